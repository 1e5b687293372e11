"""Makes the files of the ledger in a process of its own, so that taps need not wait for them.

Run as `python -m handlers.ledger_making`, with a job as in handlers.child (address, zone_id, folder, order). It tells
how far it is ({"written": 500}) and at last {"documents": [...]} or {"failed": "…"}, a key of FAILURES.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handlers.child import say, take_job
from handlers.documents.hazard_ledger import TooManyRows
from handlers.ledger_files import Order, make
from handlers.replies import Document
from handlers.words import N_
from storage.engine import CannotOpen
from storage.files import NO_SPACE
from storage.reading import reading

TOO_MANY, NO_ROOM, NO_DATABASE, BROKEN = "too_many", "no_room", "no_database", "broken"
UNSENT, TOO_BIG, NOT_TAKEN = "unsent", "too_big", "not_taken"
FAILURES: Mapping[str, str] = {
    TOO_MANY: N_("条数太多，一个表格放不下。请先筛选，再发清单里筛选的。"),
    NO_ROOM: N_("服务器磁盘满了，文件没有做成。请告诉管理员。"),
    NO_DATABASE: N_("数据库现在读不了，文件没有做成。请过一会儿再试。"),
    BROKEN: N_("文件没有做成。请再试一次，还不行就告诉管理员。"),
    UNSENT: N_("第 {part} 个文件没有发出去，共 {parts} 个，网络不好。请再按一次。"),
    TOO_BIG: N_("第 {part} 个文件太大，Telegram 不收，共 {parts} 个。请先筛选，再发清单里筛选的。"),
    NOT_TAKEN: N_("第 {part} 个文件没有发出去，共 {parts} 个，Telegram 不收。请告诉管理员。"),
}


def document_of(values: Mapping[str, Any], folder: Path) -> Document:
    """A document as it was told on standard output."""
    return Document(name=values["name"], file=folder / values["file"], caption=values["caption"])


def why_of(error: OSError) -> str:
    """What of FAILURES this trouble of the disk is."""
    return NO_ROOM if error.errno in NO_SPACE else BROKEN


def _made(job: Mapping[str, Any]) -> list[dict[str, str]]:
    folder = Path(job["folder"])
    with reading(job["address"], job["zone_id"]) as tx:
        documents = make(tx, Order.from_json(job["order"]), folder, lambda written: say(written=written))
    return [{"name": d.name, "file": d.file.name, "caption": d.caption} for d in documents if d.file is not None]


def main() -> None:
    """Do the job; what nobody thought of is named by its kind alone, since its words can repeat people's."""
    job = take_job()
    try:
        say(documents=_made(job))
    except TooManyRows:
        say(failed=TOO_MANY)
    except CannotOpen:
        say(failed=NO_DATABASE)
    except OSError as error:
        say(failed=why_of(error))
    except Exception as error:
        sys.stderr.write(f"the files could not be made: {type(error).__name__}\n")
        say(failed=BROKEN)


if __name__ == "__main__":
    main()
