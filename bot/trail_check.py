"""One check of the trail in a process of its own, so that nobody's tap waits for it: `python -m bot.trail_check`.

Takes its job as in handlers.child; says how far it is, then what it found.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from handlers.child import say, take_job
from storage.reading import reading
from storage.verification import Fault, faults

_MOST_FAULTS = 1000
_BEAT_S = 1.0


def main() -> None:
    """Do the job; whatever goes wrong is named by its kind alone, since its words can repeat an address."""
    job = take_job()
    try:
        say(**_check(job))
    except Exception as error:
        say(failed=type(error).__name__)


def progress(tell: Callable[[int], None], *, clock: Callable[[], float] = time.monotonic) -> Callable[[float], None]:
    """Hears the share that is done, often; tells the percent when it has grown, and else once in a second.

    In a long table it does not grow for minutes, and a check that gives no sign is taken for a dead one.
    """
    said, at = -1, 0.0

    def seen(share: float) -> None:
        nonlocal said, at
        percent, now = int(100 * share), clock()
        if percent > said or now - at >= _BEAT_S:
            said, at = percent, now
            tell(percent)

    return seen


def _check(job: Mapping[str, Any]) -> dict[str, Any]:
    seen = progress(lambda percent: say(percent=percent))
    counted: Counter[tuple[str, str]] = Counter()
    keys: dict[str, list[str]] = {}
    cut = False
    with reading(job["address"], job["zone_id"]) as tx:
        head = tx.trail.head()
        for fault in faults(tx, heads=job["heads"], seen=seen):
            if cut := counted.total() == _MOST_FAULTS:
                break
            _count(fault, counted, keys)
    found = [{"table": table, "wrong": wrong, "number": n} for (table, wrong), n in sorted(counted.items())]
    return {
        "head": str(head),
        "head_at": head.at.isoformat(),
        "events": head.number,
        "found": found,
        "keys": keys,
        "cut": cut,
    }


def _count(fault: Fault, counted: Counter[tuple[str, str]], keys: dict[str, list[str]]) -> None:
    counted[fault.table, fault.wrong.value] += 1
    known = keys.setdefault(fault.table, [])
    if fault.key and fault.key not in known:
        known.append(fault.key)


if __name__ == "__main__":
    main()
