"""The files of the ledger, written into a folder: Excel, prominent hazards, charts, and the ledger with its photos."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from checklists.ledger import LedgerFilter, gathered
from checklists.prominent_hazards import reasons_of
from checklists.sector_sets import load_sector_sets
from handlers.documents.charts import areas_png, closing_png, flows, months_png, trades_png
from handlers.documents.hazard_columns import LedgerRow
from handlers.documents.hazard_ledger import write_hazard_ledger
from handlers.documents.prominent_hazards import Prominent, prominent_hazards_xlsx
from handlers.ledger_filters import view_from
from handlers.ledger_photos import Parts, write_with_photos
from handlers.ledger_rows import EVERYTHING, rows_of
from handlers.replies import Document
from handlers.words import SHANGHAI, _, speaking
from storage.photos import PhotoStore
from storage.transaction import Transaction
from storage.zones import Zone

PHOTOS = "photos"
_MOST_PROMINENT = 500
_OFTEN = 500  # rows between two words about how far it is

Said = Callable[[int], None]  # told now and then how many hazards are written


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What to make: a key of MAKERS, the view it is narrowed to, and what the maker cannot look up."""

    what: str
    view: Mapping[str, Any] | None
    now: datetime
    bot_name: str
    photos: Path

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
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Order":
        """The order that `to_json` wrote."""
        now, photos = datetime.fromisoformat(values["now"]), Path(values["photos"])
        return cls(**{**values, "now": now, "photos": photos})

    @property
    def day(self) -> str:
        return self.now.astimezone(SHANGHAI).date().isoformat()


def make(tx: Transaction, order: Order, folder: Path, said: Said) -> tuple[Document, ...]:
    """Write the files; they are Chinese whoever asked, since they are handed on. Memory does not grow with the rows."""
    zone = tx.zones.current()
    assert zone is not None
    with speaking("zh"):
        return _MAKERS[order.what](tx, order, zone, folder, said)


def _link(order: Order) -> Callable[[str], str]:
    return lambda payload: f"https://t.me/{order.bot_name}?start={payload}"


def _counted(rows: Iterator[LedgerRow], said: Said) -> Iterator[LedgerRow]:
    for count, row in enumerate(rows, start=1):
        yield row
        if count % _OFTEN == 0:
            said(count)


def _ledger(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    rows = _counted(rows_of(tx, _link(order), order.wanted()), said)
    file = folder / _("隐患台账-{day}.xlsx").format(day=order.day)
    with file.open("wb") as target:
        count = write_hazard_ledger(rows, target, zone=zone.name, as_of=order.now)
    return (Document(name=file.name, file=file, caption=_("隐患台账，共 {count} 条。").format(count=count)),)


def _prominent(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    today = order.now.astimezone(SHANGHAI).date()
    chosen: list[Prominent] = []
    for row in _counted(rows_of(tx, _link(order), order.wanted()), said):
        reasons = reasons_of(row.hazard, today=today, repeats=row.repeats)
        if reasons and len(chosen) < _MOST_PROMINENT:
            chosen.append(Prominent(row=row, reasons=reasons))
    month = today.strftime("%Y-%m")
    file = folder / _("突出隐患-{month}.xlsx").format(month=month)
    file.write_bytes(prominent_hazards_xlsx(chosen, zone=zone.name, month=month, as_of=order.now))
    caption = _("突出隐患，共 {count} 条。报出前请核对。").format(count=len(chosen))
    return (Document(name=file.name, file=file, caption=caption),)


def _charts(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    today = order.now.astimezone(SHANGHAI).date()
    found = tx.ledger.figures(today=today)
    by_month = {f.month: f.found for f in gathered(found, "month")}
    flow = flows(by_month, tx.ledger.closed_by_month(), last=today.strftime("%Y-%m"))
    told: dict[str, Any] = {"zone": zone.name, "as_of": order.now}
    pictures = {
        _("发现与销号"): months_png(flow, **told),
        _("销号率"): closing_png(found, **told),
        _("各行业隐患"): trades_png(found, **told, name=_trade_name),
        _("各社区隐患"): areas_png(found, **told),
    }
    return tuple(
        Document(name=f"{caption}.png", content=content, caption=caption, is_photo=True)
        for caption, content in pictures.items()
    )


def _trade_name(trade: str) -> str:
    known = load_sector_sets().trades.get(trade)
    return known.name if known else trade


def _with_photos(tx: Transaction, order: Order, zone: Zone, folder: Path, said: Said) -> tuple[Document, ...]:
    parts = Parts(folder, _("隐患台账和照片-{day}").format(day=order.day))
    rows = _counted(rows_of(tx, None, order.wanted()), said)

    def sheet(chosen: Iterator[LedgerRow], target: BinaryIO) -> int:
        return write_hazard_ledger(chosen, target, zone=zone.name, as_of=order.now)

    packed = write_with_photos(tx, PhotoStore(order.photos), rows, parts, sheet)
    files = parts.close()
    told = _("隐患台账和照片，共 {count} 条、{photos} 张照片。").format(count=packed.rows, photos=packed.photos)
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
    "everything": _ledger,
    "filtered": _ledger,
    "prominent": _prominent,
    "charts": _charts,
    PHOTOS: _with_photos,
}
KINDS = frozenset(_MAKERS)
