"""Makes the files of the ledger in a process of its own, so that taps need not wait for them.

Run as `python -m handlers.ledger_making`. Standard input gives one line of JSON (address, zone_id, folder, order) and
stays open: when the bot ends, however that happens, it closes and this process ends too. Standard output tells in lines
of JSON how far it is ({"written": 500}) and at last {"documents": [...]} or {"failed": "…"}, a key of FAILURES.
"""

import contextlib
import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handlers.documents.hazard_ledger import TooManyRows
from handlers.ledger_files import Order, make
from handlers.replies import Document
from handlers.words import N_
from storage.engine import CannotOpen
from storage.files import NO_SPACE
from storage.reading import reading

TOO_MANY, NO_ROOM, NO_DATABASE, BROKEN = "too_many", "no_room", "no_database", "broken"
FAILURES: Mapping[str, str] = {
    TOO_MANY: N_("条数太多，一个表格放不下。请先筛选，再发清单里筛选的。"),
    NO_ROOM: N_("服务器磁盘满了，文件没有做成。请告诉管理员。"),
    NO_DATABASE: N_("数据库现在读不了，文件没有做成。请过一会儿再试。"),
    BROKEN: N_("文件没有做成。请再试一次，还不行就告诉管理员。"),
}
_NICENESS = 10  # taps come first


def document_of(values: Mapping[str, Any], folder: Path) -> Document:
    """A document as it was told on standard output."""
    return Document(name=values["name"], file=folder / values["file"], caption=values["caption"])


def _say(**values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _end_with_the_bot() -> None:
    sys.stdin.read()
    os._exit(1)


def _made(job: Mapping[str, Any]) -> list[dict[str, str]]:
    folder = Path(job["folder"])
    with reading(job["address"], job["zone_id"]) as tx:
        documents = make(tx, Order.from_json(job["order"]), folder, lambda written: _say(written=written))
    return [{"name": d.name, "file": d.file.name, "caption": d.caption} for d in documents if d.file is not None]


def main() -> None:
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_bot, daemon=True).start()
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    try:
        _say(documents=_made(job))
    except TooManyRows:
        _say(failed=TOO_MANY)
    except CannotOpen:
        _say(failed=NO_DATABASE)
    except OSError as error:
        _say(failed=NO_ROOM if error.errno in NO_SPACE else BROKEN)


if __name__ == "__main__":
    main()
