"""Sample rows of a hazard ledger for the tests of its documents."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from checklists.defences import Defence
from checklists.hazards import Arrangements, Hazard, Level, Source, State
from handlers.documents.hazard_columns import LedgerRow

FOUND = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # already 2 March in China
AS_OF = datetime(2026, 4, 9, 17, 0, tzinfo=UTC)  # already 10 April in China
TODAY = date(2026, 4, 10)

OPEN = Hazard(
    id=31,
    year=2026,
    sequence=31,
    enterprise_id=1,
    source=Source.SELF_INSPECTION,
    inspection_id=7,
    item=4,
    criterion_id="light-industry-ammonia-1",
    clause="工贸企业重大事故隐患判定标准 第十条",
    state=State.RECTIFYING,
    level=Level.MAJOR,
    level_confirmed_by=9,
    words="液氨报警没有联锁",
    arrangements=Arrangements(
        responsible="王厂长",
        measure="停用，修复联锁",
        funds="8000元",
        deadline=date(2026, 4, 1),
        contingency="撤人、警戒",
        defences=(Defence.TECHNOLOGY, Defence.ENGINEERING),
    ),
    withdrawn_reason="",
    version=3,
    found_by=5,
    found_at=FOUND,
    place="制冷机房",
    listed_at=datetime(2026, 3, 5, 2, tzinfo=UTC),
    month_found="2026-03",
)
CLOSED = replace(
    OPEN,
    id=32,
    sequence=32,
    source=Source.OFFICIAL_INSPECTION,
    state=State.CLOSED,
    level=Level.GENERAL,
    words="通道堵塞",
    clause="消防法 第二十八条",
    arrangements=replace(OPEN.arrangements, deadline=date(2026, 3, 9)),
    listed_at=None,
    handed_in_at=datetime(2026, 3, 6, 3, tzinfo=UTC),
    reviewed_at=datetime(2026, 3, 7, 3, tzinfo=UTC),
    closed_at=datetime(2026, 3, 8, 3, tzinfo=UTC),
    days_open=6,
)
OPEN_ROW = LedgerRow(
    hazard=OPEN,
    number="SL-2026-0031",
    enterprise="样例食品有限公司",
    uscc="91350211M000100Y46",
    trades=("轻工", "涉氨制冷"),
    community="一社区",
    reviewer="周科员",
    photos_before=("https://sample.invalid/p/1", "https://sample.invalid/p/2"),
    major_report_at=datetime(2026, 3, 2, 17, tzinfo=UTC),  # already 3 March in China
)
CLOSED_ROW = LedgerRow(
    hazard=CLOSED,
    number="SL-2026-0032",
    enterprise="样例食品有限公司",
    uscc="91350211M000100Y46",
    trades=("轻工",),
    community="一社区",
    reviewer="周科员",
    photos_before=("https://sample.invalid/p/3",),
    photos_after=("https://sample.invalid/p/4",),
    repeats=2,
)


def row(base: LedgerRow = OPEN_ROW, **changes: Any) -> LedgerRow:
    """A row like the sample, with changes of the row or of its hazard."""
    own = {name: changes.pop(name) for name in list(changes) if name in LedgerRow.__slots__}
    return replace(base, hazard=replace(base.hazard, **changes), **own)


def many(count: int) -> Iterator[LedgerRow]:
    """As many different rows as wanted, one after another, with two photos each."""
    for number in range(count):
        yield row(
            CLOSED_ROW if number % 3 else OPEN_ROW,
            id=number,
            sequence=number,
            words=f"第{number}处通道堆放纸箱，影响疏散，现场已拍照",
            found_at=FOUND - timedelta(days=number % 700),
            number=f"SL-2026-{number:04d}",
            enterprise=f"样例{number % 300}厂",
            community=f"{number % 40}社区",
            trades=(f"行业{number % 12}",),
            photos_before=(f"https://sample.invalid/p/{number}",),
            photos_after=(f"https://sample.invalid/q/{number}",),
        )
