"""The figures of the ledger as pictures."""

from datetime import datetime
from typing import Any

from checklists.ledger import gathered
from checklists.sector_sets import load_sector_sets
from handlers.documents.charts import areas_png, closing_png, flows, months_png, trades_png
from handlers.replies import Document
from handlers.words import SHANGHAI, _, speaking
from storage.transaction import Transaction


def chart_pictures(tx: Transaction, *, now: datetime) -> tuple[Document, ...]:
    """What was found and closed by month, the share closed, trades and areas; Chinese, since they are handed on."""
    zone = tx.zones.current()
    today = now.astimezone(SHANGHAI).date()
    found = tx.ledger.figures(today=today)
    by_month = {f.month: f.found for f in gathered(found, "month")}
    flow = flows(by_month, tx.ledger.closed_by_month(), last=today.strftime("%Y-%m"))
    told: dict[str, Any] = {"zone": zone.name if zone else "", "as_of": now}
    with speaking("zh"):
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
