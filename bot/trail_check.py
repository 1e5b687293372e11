"""One check of the trail in a process of its own, so that nobody's tap waits for it: `python -m bot.trail_check`.

Reads one line of JSON with the job; writes lines of JSON: how far it is, then what it found. Ends when its input ends,
which is when the bot that asked is gone.
"""

import json
import os
import sys
import threading
from collections import Counter
from typing import Any

from storage.reading import reading
from storage.verification import Fault, faults

_MOST_FAULTS = 1000
_MOST_KEYS = 5


def main() -> None:
    """Do the job; whatever goes wrong is named by its kind alone, since its words can repeat an address."""
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_asker, daemon=True).start()
    os.nice(10)
    try:
        _say(_check(job))
    except Exception as error:
        _say({"failed": type(error).__name__})


def _check(job: dict[str, Any]) -> dict[str, Any]:
    said = -1

    def seen(share: float) -> None:
        nonlocal said
        if (percent := int(100 * share)) > said:
            said = percent
            _say({"percent": percent})

    counted: Counter[tuple[str, str]] = Counter()
    keys: dict[str, list[str]] = {}
    with reading(job["address"], job["zone_id"]) as tx:
        head = tx.trail.head()
        for fault in faults(tx, heads=job["heads"], seen=seen):
            _count(fault, counted, keys)
            if counted.total() >= _MOST_FAULTS:
                break
    found = [{"table": table, "wrong": wrong, "number": n} for (table, wrong), n in sorted(counted.items())]
    return {"head": str(head), "head_at": head.at.isoformat(), "events": head.number, "found": found, "keys": keys}


def _count(fault: Fault, counted: Counter[tuple[str, str]], keys: dict[str, list[str]]) -> None:
    counted[fault.table, fault.wrong.value] += 1
    known = keys.setdefault(fault.table, [])
    if fault.key and fault.key not in known and len(known) < _MOST_KEYS:
        known.append(fault.key)


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def _end_with_the_asker() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
