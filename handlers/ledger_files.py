"""The files of the ledger, written into a folder: Excel, prominent hazards, and the ledger with its photos."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from checklists.hazard_rules import Gate
from checklists.ledger import LedgerFilter
from checklists.prominent_hazards import reasons_of
from handlers.documents.hazard_columns import LedgerRow
from handlers.documents.hazard_ledger import write_hazard_ledger
from handlers.documents.prominent_hazards import Prominent, prominent_hazards_xlsx
from handlers.ledger_filters import said_filters, view_from
from handlers.ledger_photos import Packed, Parts, Target, write_with_photos
from handlers.ledger_rows import EVERYTHING, rows_of
from handlers.replies import Document
from handlers.words import SHANGHAI, _, aside, listed, shorten, speaking
from storage.photos import PhotoStore
from storage.transaction import Transaction
from storage.zones import Zone

WHOLE, FILTERED, PHOTOS, PHOTOS_FILTERED = "everything", "filtered", "photos", "photos_filtered"
WITH_PHOTOS = frozenset({PHOTOS, PHOTOS_FILTERED})
_MOST_PROMINENT = 500
_OFTEN, _OFTEN_WITH_PHOTOS = 500, 25  # rows between two words about how far it is
_MOST_FILTERS = 300  # letters of a caption, which may have 1024

Said = Callable[[int], None]  # told now and then how many hazards are written


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What to make: a key of MAKERS, the view it is narrowed to, and what the maker cannot look up.

    With `sources` it says where hazards came from, which only who supervises is told.
    """

    what: str
    view: Mapping[str, Any] | None
    now: datetime
    bot_name: str
    photos: Path
    sources: bool = False

    def wanted(self) -> LedgerFilter:
        """The hazards it is about."""
        if self.what == "prominent":
            return LedgerFilter()
        if self.view is None:
            return EVERYTHING
        return view_from(dict(self.view)).filter(self.now.astimezone(SHANGHAI).date())

    def to_json(self) -> dict[str, Any]:
        """As values that JSON knows."""
        return {
            "what": self.what,
            "view": self.view,
            "now": self.now.isoformat(),
            "bot_name": self.bot_name,
            "photos": str(self.photos),
            "sources": self.sources,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Order":
        """The order that `to_json` wrote."""
        now, photos = datetime.fromisoformat(values["now"]), Path(values["photos"])
        return cls(**{**values, "now": now, "photos": photos})

    @property
    def day(self) -> str:
        return self.now.astimezone(SHANGHAI).date().isoformat()

    @property
    def filters(self) -> str:
        """What it is narrowed to, said in a caption; empty for everything."""
        if self.view is None:
            return ""
        words = shorten(listed(said_filters(view_from(dict(self.view)))), _MOST_FILTERS)
        return _("只有筛选的：{filters}。").format(filters=words)


def make(tx: Transaction, order: Order, folder: Path, said: Said) -> tuple[Document, ...]:
    """Write the files; they are Chinese whoever asked, since they are handed on. Memory does not grow with the rows."""
    zone = tx.zones.current()
    assert zone is not None
    with speaking("zh"):
        return _MAKERS[order.what](tx, order, zone, folder, said)


def _link(order: Order) -> Callable[[str], str]:
    return lambda payload: f"https://t.me/{order.bot_name}?start={payload}"


def _counted(rows: Iterator[LedgerRow], said: Said, *, often: int = _OFTEN) -> Iterator[LedgerRow]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % often == 0:
            said(count)


def _ledger(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    rows = _counted(rows_of(tx, _link(order), order.wanted(), sources=order.sources), said)
    name = _("隐患台账（筛选）-{day}") if order.filters else _("隐患台账-{day}")
    file = folder / f"{name.format(day=order.day)}.xlsx"
    with file.open("wb") as target:
        count = write_hazard_ledger(
            rows, target, zone=zone.name, as_of=order.now, only=order.filters, sources=order.sources
        )
    caption = _("隐患台账，共 {count} 条。").format(count=count) + order.filters
    return (Document(name=file.name, file=file, caption=caption),)


def _prominent(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    today = order.now.astimezone(SHANGHAI).date()
    chosen: list[Prominent] = []
    count = 0
    for row in _counted(rows_of(tx, _link(order), order.wanted()), said):
        if reasons := reasons_of(row.hazard, today=today, repeats=row.repeats):
            count += 1
            if count <= _MOST_PROMINENT:
                chosen.append(Prominent(row=row, reasons=reasons))
    month = today.strftime("%Y-%m")
    file = folder / _("突出隐患-{month}.xlsx").format(month=month)
    vets = tx.hazard_life.rules().gate is Gate.BEFORE_REPORT
    file.write_bytes(prominent_hazards_xlsx(chosen, zone=zone.name, month=month, as_of=order.now, vets=vets))
    caption = _("突出隐患，共 {count} 条。报出前请核对。").format(count=count)
    if count > len(chosen):
        caption += _("表里只有前 {count} 条。").format(count=len(chosen))
    if unvetted := sum(p.row.hazard.vetted_at is None for p in chosen) if vets else 0:
        clause = aside(tx.hazard_life.rules().clause("review_gate"))
        caption += _("按方案{clause}，报出前要经科室审核：还有 {count} 条没有审核。").format(
            clause=clause, count=unvetted
        )
    return (Document(name=file.name, file=file, caption=caption),)


def write_ledger_with_photos(
    tx: Transaction,
    photos: PhotoStore,
    target: Target,
    *,
    as_of: datetime,
    wanted: LedgerFilter = EVERYTHING,
    only: str = "",
    said: Said = lambda _written: None,
) -> Packed:
    """The Excel of these hazards and the pictures it opens; `only` says what it is narrowed to."""
    zone = tx.zones.current()
    name = zone.name if zone else ""

    def sheet(chosen: Iterator[LedgerRow], file: BinaryIO) -> int:
        counted = _counted(chosen, said, often=_OFTEN_WITH_PHOTOS)
        return write_hazard_ledger(counted, file, zone=name, as_of=as_of, only=only)

    return write_with_photos(tx, photos, rows_of(tx, None, wanted), target, sheet)


def _with_photos(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    name = _("隐患台账（筛选）-{day}") if order.filters else _("隐患台账和照片-{day}")
    with Parts(folder, name.format(day=order.day)) as parts:
        packed = write_ledger_with_photos(
            tx,
            PhotoStore(order.photos),
            parts,
            as_of=order.now,
            wanted=order.wanted(),
            only=order.filters,
            said=said,
        )
        files = parts.close()
    told = _("隐患台账和照片，共 {count} 条、{photos} 张照片。").format(count=packed.rows, photos=packed.photos)
    told += order.filters
    if packed.missing:
        told += _("有 {missing} 张照片的文件读不出来，表里写着“读不出来”。").format(missing=packed.missing)
    if packed.held_back:
        told += _("举报查实的隐患不附整改前照片，免得认出举报人。")
    if len(files) > 1:
        rest = _("共 {parts} 个压缩包，这是第 {part} 个。全部下载后解压到同一个文件夹，再打开表格，照片才点得开。")
        captions = [f"{told}{rest.format(parts=len(files), part=part)}" for part in range(1, len(files) + 1)]
    else:
        captions = [told + _("先解压，再打开里面的表格，照片就点得开。")]
    return tuple(Document(name=f.name, file=f, caption=c) for f, c in zip(files, captions, strict=True))


_Maker = Callable[[Transaction, Order, Zone, Path, Said], tuple[Document, ...]]
_MAKERS: Mapping[str, _Maker] = {
    WHOLE: _ledger,
    FILTERED: _ledger,
    "prominent": _prominent,
    PHOTOS: _with_photos,
    PHOTOS_FILTERED: _with_photos,
}
KINDS = frozenset(_MAKERS)
