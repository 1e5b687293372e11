"""What a process beside the bot has in common with the next one: its job, its words, and that it ends with the bot.

Standard input gives one line of JSON, the job, and stays open: when the bot ends, however that happens, it closes and
the process ends too. On standard output the process says what it has to say, one line of JSON at a time.
"""

import json
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_NICENESS = 10  # taps come first
_ANY = 1 << 16


def line_of(values: Mapping[str, Any]) -> bytes:
    """One line as both sides write it; a path that is no proper text survives it."""
    return json.dumps(values, ensure_ascii=False).encode(errors="surrogatepass") + b"\n"


def take_job() -> dict[str, Any]:
    """The job of this process, which from now on gives way to people's taps and ends with the bot."""
    job: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_bot, daemon=True).start()
    with suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    return job


def say(**values: Any) -> None:
    """Tell the bot."""
    sys.stdout.buffer.write(line_of(values))
    sys.stdout.buffer.flush()


def _end_with_the_bot() -> None:
    # not through sys.stdin, whose lock a thread that waits would hold when the process ends by itself
    while os.read(0, _ANY):
        pass
    os._exit(1)
