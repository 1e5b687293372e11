"""Documents of the ledger: seconds and memory for 1,000 and 100,000 rows, each written in a process of its own."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from handlers.documents.exports import Form, write_hazards
from handlers.documents.hazard_columns import LedgerRow
from handlers.documents.hazard_ledger import write_hazard_ledger
from tests.bench.measuring import Table, resident_mb
from tests.ledger_rows import AS_OF, many

SIZES, QUICK_SIZES = (1_000, 100_000), (1_000, 20_000)
MOST_MB_MORE = 16.0

Write = Callable[[Iterable[LedgerRow], BinaryIO], int]
DOCUMENTS: dict[str, Write] = {
    "台账 Excel（30列，含照片表、统计）": lambda rows, target: write_hazard_ledger(
        rows, target, zone="例", as_of=AS_OF
    ),
    "开放数据 xlsx": lambda rows, target: write_hazards(rows, target, Form.EXCEL, as_of=AS_OF),
    "开放数据 csv": lambda rows, target: write_hazards(rows, target, Form.CSV, as_of=AS_OF),
    "开放数据 jsonl": lambda rows, target: write_hazards(rows, target, Form.JSON_LINES, as_of=AS_OF),
}


async def measure(*, quick: bool = False) -> tuple[list[Table], list[str]]:
    """Time, file and memory of each document; what takes more memory for more rows misses its target."""
    sizes = QUICK_SIZES if quick else SIZES
    rows, misses = [], []
    for name in DOCUMENTS:
        measured = [await _in_a_process(name, size) for size in sizes]
        (_, _, few_mb), (seconds, file_mb, many_mb) = measured
        cells = (f"{seconds:.1f}", f"{file_mb:.1f}", f"{few_mb:.0f}", f"{many_mb:.0f}", f"{many_mb - few_mb:+.1f}")
        rows.append((name, *cells))
        if many_mb - few_mb > MOST_MB_MORE:
            misses.append(
                f"{name}：{sizes[1]:,}行比{sizes[0]:,}行多用{many_mb - few_mb:.1f}MB（要求不超过{MOST_MB_MORE:.0f}MB）"
            )
    columns = (
        "文件",
        "处理器时间（s）",
        "大小（MB）",
        f"{sizes[0]:,}行内存（MB）",
        f"{sizes[1]:,}行内存（MB）",
        "增加（MB）",
    )
    return [Table(f"台账文件：{sizes[1]:,}条隐患，内存不随条数增长", columns, tuple(rows))], misses


async def _in_a_process(name: str, size: int) -> tuple[float, float, float]:
    """Seconds of the processor, megabytes of the file, most megabytes held."""
    command = (sys.executable, "-m", "tests.bench.ledger_documents", name, str(size))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert process.returncode == 0
    seconds, file_mb, held_mb = map(float, told.split())
    return seconds, file_mb, held_mb


def _write(name: str, size: int) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document")
        began = time.process_time()
        with file.open("wb") as target:
            assert DOCUMENTS[name](many(size), target) == size
        return time.process_time() - began, file.stat().st_size / 1e6, resident_mb(os.getpid())


if __name__ == "__main__":
    print(*_write(sys.argv[1], int(sys.argv[2])))
