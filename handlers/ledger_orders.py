"""The ledger as files in chat: asked for, not wanted any more, made, and what the officer sees meanwhile."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checklists.deliveries import PART_OUT, Delivery, DeliveryState
from checklists.people import Permission, knows_sources
from handlers.ledger_charts import chart_pictures
from handlers.ledger_files import FILTERED, KINDS, PHOTOS, PHOTOS_FILTERED, WHOLE, WITH_PHOTOS, Order, make
from handlers.ledger_filters import filter_lines, kept_view, view_to
from handlers.ledger_making import BROKEN, FAILURES, NO_DATABASE, why_of
from handlers.outgoing import Outgoing
from handlers.replies import Button, Document, Reply, Rows, Screen, data, rows
from handlers.routing import Gone, Press, Request, Route, Stale
from handlers.services import Services
from handlers.words import _, speaking
from storage.engine import CannotOpen, opening
from storage.transaction import Transaction

logger = logging.getLogger(__name__)

REPORT = "ledger_report"
_CHARTS = "charts"
# What is made without saying where hazards came from for who may not know it.
_WITHOUT_SOURCES = frozenset({WHOLE, FILTERED, _CHARTS})
_AT_ONCE = 500  # hazards whose files are made beside people's taps: starting a process takes longer


def file_buttons(request: Request) -> list[list[Button]]:
    """What can be asked for; what the list is narrowed to only while it is."""
    narrowed = bool(filter_lines(kept_view(request)))
    if not knows_sources(request.person):
        only = [Button(_("发 Excel：清单里筛选的"), data("gz", FILTERED))]
        return [
            [Button(_("发 Excel：全部台账"), data("gz", WHOLE))],
            *([only] if narrowed else []),
            [Button(_("发统计图"), data("gz", _CHARTS))],
        ]
    filtered = []
    if narrowed:
        filtered = [
            [Button(_("发 Excel：清单里筛选的"), data("gz", FILTERED))],
            [Button(_("发台账和照片：清单里筛选的"), data("gz", PHOTOS_FILTERED))],
        ]
    return [
        [Button(_("发 Excel：全部台账"), data("gz", WHOLE))],
        [Button(_("发台账和照片：全部（压缩包）"), data("gz", PHOTOS))],
        *filtered,
        [Button(_("发 Excel：本月突出隐患"), data("gz", "prominent"))],
        [Button(_("发统计图"), data("gz", _CHARTS))],
    ]


def ask_for(request: Request) -> Reply:
    """Queue a file; it is made when it is sent, so that nobody's tap waits for it."""
    what = request.word(0)
    if what not in {*KINDS, _CHARTS}:
        raise Gone
    if what not in _WITHOUT_SOURCES and not knows_sources(request.person):
        raise Stale(_("这种文件只发给监管人员。"))
    narrowed = what in (FILTERED, PHOTOS_FILTERED)
    about = {"what": what, "view": view_to(kept_view(request)) if narrowed else None}
    last = request.tx.deliveries.last_of(request.who.id, REPORT)
    if last is not None and last.state is DeliveryState.WAITING and last.about == about:
        return Reply(toast=_("还在生成，好了马上发给您。"))
    dedupe = f"{REPORT}:{request.who.id}:{what}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(REPORT, dedupe, request.who, about, request.now, request.now)
    return Reply(toast=_("正在生成，马上发给您。"))


def stop(request: Request) -> Reply:
    """No longer wanted: what is being made, and what was not sent yet, is not sent."""
    delivery = request.tx.deliveries.get(request.number(0))
    if delivery is None or delivery.kind != REPORT or delivery.person_id != request.who.id:
        raise Gone
    buttons = rows([Button(_("统计和文件"), data("gr"))])
    if delivery.state is not DeliveryState.WAITING or "end" in delivery.about:
        return Reply(screen=Screen(text=_("已经结束了，没有什么要停的。"), buttons=buttons))
    request.tx.deliveries.withdrawn(delivery)
    if delivery.outcome == PART_OUT:
        return Reply(screen=Screen(text=_("已停止。前面的文件已经发出，后面的不发了。"), buttons=buttons))
    return Reply(screen=Screen(text=_("已停止，不发文件了。"), buttons=buttons))


def report(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The files as the ledger stands at the moment of sending; only for people who still may see it.

    Few hazards are written here and now; many of them, and photos, by a process of its own.
    """
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None or not person.sees_zone:
        return None
    view = delivery.about.get("view") or {}
    if not knows_sources(person) and (delivery.about["what"] not in _WITHOUT_SOURCES or view.get("source")):
        return None
    if end := delivery.about.get("end"):
        return Outgoing(screen=_sorry(end["why"], end["numbers"]))
    if delivery.about["what"] == _CHARTS:
        return _at_once(lambda _folder: chart_pictures(tx, now=now))
    order = Order(
        what=delivery.about["what"],
        view=delivery.about.get("view"),
        now=now,
        bot_name=services.bot_name,
        photos=services.photos.root.resolve(),
        sources=knows_sources(person),
    )
    count = tx.ledger.count(order.wanted())
    if order.what in WITH_PHOTOS or count > _AT_ONCE:
        return Outgoing(
            making=LedgerMaking(order=order.to_json(), count=count, language=person.language, delivery=delivery)
        )
    return _at_once(lambda folder: make(tx, order, folder, lambda _written: None))


def _at_once(made: Callable[[Path], tuple[Document, ...]]) -> Outgoing:
    try:
        with opening(), TemporaryDirectory() as folder:
            documents = made(Path(folder))
            return Outgoing(
                documents=tuple(replace(d, file=None, content=d.file.read_bytes()) if d.file else d for d in documents)
            )
    except CannotOpen:
        why = NO_DATABASE
    except OSError as error:
        why = why_of(error)
    except Exception:
        logger.exception("the files of an order could not be made")
        why = BROKEN
    return Outgoing(screen=_sorry(why, {}))


def _sorry(why: str, numbers: Mapping[str, int]) -> Screen:
    words = _(FAILURES.get(why, FAILURES[BROKEN]))
    return Screen(text=words.format(**numbers), buttons=rows([Button(_("统计和文件"), data("gr"))]))


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerMaking:
    """Files of many hazards, and the card that tells the officer how far they are."""

    order: Mapping[str, Any]
    count: int
    language: str
    delivery: Delivery

    def card(self, written: int) -> Screen:
        """How far it is."""
        with speaking(self.language):
            text = _("正在生成文件：共 {count} 条，已写 {written} 条。您可以先做别的，好了自动发来。")
            return Screen(text=text.format(count=self.count, written=written), buttons=self._stopping())

    def queued(self) -> Screen:
        """Other files come first."""
        with speaking(self.language):
            text = _("排队中：前面还有别的文件在做，轮到了马上开始。您可以先做别的，好了自动发来。")
            return Screen(text=text, buttons=self._stopping())

    def sending(self) -> Screen:
        """The files come now."""
        with speaking(self.language):
            text = _("文件做好了，共 {count} 条，正在发来。").format(count=self.count)
            return Screen(text=text, buttons=self._stopping())

    def sent(self) -> Screen:
        """All files have come."""
        with speaking(self.language):
            return Screen(text=_("文件都发来了，共 {count} 条。").format(count=self.count))

    def failed(self) -> Screen:
        """The words below say why there are no files."""
        with speaking(self.language):
            return Screen(text=_("这次没有做成，请看下面的消息。"))

    def instead(self, why: str, numbers: Mapping[str, int]) -> Mapping[str, Any]:
        """The order as words that say why there will be no (more) files."""
        return {**self.delivery.about, "end": {"why": why, "numbers": dict(numbers)}}

    def _stopping(self) -> Rows:
        return rows([Button(_("不要了"), data("ls", self.delivery.id))])


ROUTES: tuple[Route, ...] = (
    Press(name="gz", needs=Permission.READ, handler=ask_for),
    Press(name="ls", needs=Permission.READ, handler=stop),
)
