"""Run the measurements and print their tables: `python -m tests.bench [--check] [--quick] [NAME …]`."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from tests.bench import due, latency, ledger, ledger_documents, ledger_excel, ratings, updates
from tests.bench.measuring import Table, machine

Measurement = Callable[[bool], Coroutine[Any, Any, tuple[list[Table], list[str]]]]


async def _updates(quick: bool) -> tuple[list[Table], list[str]]:
    return await updates.measure(repetitions=1 if quick else updates.REPETITIONS)


async def _due(quick: bool) -> tuple[list[Table], list[str]]:
    return await due.measure(quick=quick)


async def _latency(quick: bool) -> tuple[list[Table], list[str]]:
    return await latency.measure(quick=quick)


async def _ledger(quick: bool) -> tuple[list[Table], list[str]]:
    return await ledger.measure(quick=quick)


async def _ledger_documents(quick: bool) -> tuple[list[Table], list[str]]:
    return await ledger_documents.measure(quick=quick)


async def _ledger_excel(quick: bool) -> tuple[list[Table], list[str]]:
    return await ledger_excel.measure(quick=quick)


async def _ratings(quick: bool) -> tuple[list[Table], list[str]]:
    return await ratings.measure(quick=quick)


MEASUREMENTS: dict[str, Measurement] = {
    "updates": _updates,
    "latency": _latency,
    "due": _due,
    "ledger": _ledger,
    "ledger_documents": _ledger_documents,
    "ledger_excel": _ledger_excel,
    "ratings": _ratings,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the bot on this machine.")
    parser.add_argument("names", nargs="*", choices=[[], *MEASUREMENTS], metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--check", action="store_true", help="fail where a target is missed")
    parser.add_argument("--quick", action="store_true", help="one repetition, smaller tables")
    chosen = parser.parse_args()
    print(machine(), flush=True)
    missed: list[str] = []
    for name in chosen.names or MEASUREMENTS:
        tables, misses = asyncio.run(MEASUREMENTS[name](chosen.quick))
        for table in tables:
            print(f"\n{table.text()}", flush=True)
        missed += misses
    for miss in missed:
        print(f"目标未达到：{miss}")
    sys.exit(1 if missed and chosen.check else 0)


if __name__ == "__main__":
    main()
