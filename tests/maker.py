"""A process in place of the one that makes the ledger: it says and leaves what ZICHA_TEST_MAKER asks for."""

import os
import tempfile
import time
from pathlib import Path

from handlers.child import say, take_job

PARTS = 3


def main() -> None:
    """`python -m tests.maker`, with a job as handlers.ledger_making takes it."""
    folder = Path(take_job()["folder"])
    match os.environ["ZICHA_TEST_MAKER"]:
        case "long line":
            say(written=1, more="长" * 100_000)
        case "nonsense":
            os.write(1, b"[1, 2]\n")
        case "ends":
            return
        case "silent":
            time.sleep(600)
        case "gone":
            say(documents=[{"name": "台账.zip", "file": "nothing.zip", "caption": ""}])
            return
    names = [f"台账-{part}.zip" for part in range(1, PARTS + 1)]
    for name in names:
        (folder / name).write_text(tempfile.gettempdir(), encoding="utf-8")
    say(documents=[{"name": name, "file": name, "caption": name} for name in names])


if __name__ == "__main__":
    main()
