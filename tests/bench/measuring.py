"""What all measurements share: pinning to a core, medians, tables, the machine, processes of their own."""

import os
import platform
import resource
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from unicodedata import east_asian_width

BOT_CORE, COUNTERPART_CORE = 0, 1
TOKEN = "5000000001:bench-token-for-loopback-only-AAAA"
_LIBRARIES = ("python-telegram-bot", "aiohttp", "httpx", "SQLAlchemy", "psycopg", "orjson", "uvicorn")


def pin(core: int) -> None:
    """Keep this process on one core where the system can do that and there are at least two."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {core})


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """The most memory a process has held so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Iterable[float]) -> float:
    return median(values)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, printed so that they can be pasted into Markdown."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def text(self) -> str:
        """The table as Markdown, columns aligned for a terminal that shows Chinese."""
        widths = [max(_width(row[i]) for row in (self.columns, *self.rows)) for i in range(len(self.columns))]
        lines = [self.columns, tuple("-" * w for w in widths), *self.rows]
        body = ["| " + " | ".join(_pad(c, w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines]
        return "\n".join([f"### {self.title}", "", *body, ""])


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def machine() -> str:
    """One line about where this was measured."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    load = f"，开始时负载 {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} × {model}{load}；{platform.system()} {platform.release()}，"
        f"Python {sys.version.split()[0]}，SQLite {sqlite3.sqlite_version}；{libraries}"
    )
