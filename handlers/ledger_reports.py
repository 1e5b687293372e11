"""The ledger as files in chat: Excel of the list as filtered, with its photos, prominent hazards, charts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checklists.deliveries import Delivery, DeliveryState
from checklists.ledger import OVERDUE, UNNOTIFIED, Target, targets
from checklists.people import Permission
from handlers.buttons import to_home
from handlers.ledger_charts import chart_pictures
from handlers.ledger_files import KINDS, PHOTOS, Order, make
from handlers.ledger_filters import filter_lines, kept_view, view_to
from handlers.ledger_making import FAILURES
from handlers.outgoing import Outgoing
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.services import Services
from handlers.words import N_, _, day, full_day, html, listed, speaking
from storage.transaction import Transaction

REPORT = "ledger_report"
_CHARTS = "charts"
_AT_ONCE = 500  # hazards whose files are made beside people's taps: starting a process takes longer
_MOST_QUARTERS = 4
_PARTS = {OVERDUE: N_("逾期"), UNNOTIFIED: N_("没有通知到")}


def overview(request: Request) -> Reply:
    """The figures in words, against the plan's targets, and the files to ask for."""
    request.enter("ledger_reports")
    every = request.tx.ledger.totals(today=request.today)
    lines = [
        _("<b>隐患统计</b>（截至{day}，不含误报）").format(day=day(request.today)),
        _("发现 {found} 条，其中重大 {major} 条").format(found=every.found, major=every.major),
        _("已销号 {closed} 条，销号率 {rate}%").format(closed=every.closed, rate=every.close_percent),
        _("没有销号 {open} 条，其中逾期 {overdue} 条").format(open=every.open, overdue=every.overdue),
    ]
    if every.days_to_close is not None:
        lines.append(_("平均 {days:.1f} 天销号").format(days=every.days_to_close))
    plan_id = request.tx.office_settings.plan_id()
    against = targets(plan_id, request.tx.ledger.major_figures(today=request.today))
    lines += ["", _("<b>对照方案目标</b>（重大隐患）"), *(_target_line(t) for t in against)] if against else []
    view = kept_view(request)
    filtered = Button(_("发 Excel：清单里筛选的"), data("gz", "filtered")) if filter_lines(view) else None
    buttons = rows(
        [Button(_("发 Excel：全部台账"), data("gz", "everything"))],
        [filtered],
        [Button(_("发台账和照片（压缩包）"), data("gz", PHOTOS))],
        [Button(_("发 Excel：本月突出隐患"), data("gz", "prominent"))],
        [Button(_("发统计图"), data("gz", _CHARTS))],
        [Button(_("待办"), data("gi")), to_home()],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _target_line(target: Target) -> str:
    mark = {True: "✅", False: "❗", None: "·"}[target.met]
    by = _("（{day}前）").format(day=full_day(target.by)) if target.by else ""
    parts = [f"{_(_PARTS.get(name, name))} {count}" for name, count in target.series.items()][-_MOST_QUARTERS:]
    now = listed(parts) or str(target.count)
    return _("{mark} {what}{by}：现在 {count}").format(mark=mark, what=html(target.what), by=by, count=now)


def ask_for(request: Request) -> Reply:
    """Queue a file; it is made when it is sent, so that nobody's tap waits for it."""
    what = request.word(0)
    if what not in {*KINDS, _CHARTS}:
        raise Gone
    view = kept_view(request)
    narrowed = what == "filtered" or (what == PHOTOS and bool(filter_lines(view)))
    about = {"what": what, "view": view_to(view) if narrowed else None}
    last = request.tx.deliveries.last_of(request.who.id, REPORT)
    if last is not None and last.state is DeliveryState.WAITING and last.about == about:
        return Reply(toast=_("还在生成，好了马上发给您。"))
    dedupe = f"{REPORT}:{request.who.id}:{what}:{request.now.timestamp():.3f}"
    request.tx.deliveries.add(REPORT, dedupe, request.who, about, request.now, request.now)
    return Reply(toast=_("正在生成，马上发给您。"))


def stop(request: Request) -> Reply:
    """No longer wanted: what is being made is not sent."""
    delivery = request.tx.deliveries.get(request.number(0))
    if delivery is None or delivery.kind != REPORT or delivery.person_id != request.who.id:
        raise Gone
    buttons = rows([Button(_("统计和文件"), data("gr"))])
    if delivery.state is not DeliveryState.WAITING:
        return Reply(screen=Screen(text=_("已经结束了，没有什么要停的。"), buttons=buttons))
    request.tx.deliveries.withdrawn(delivery)
    return Reply(screen=Screen(text=_("已停止，不发文件了。"), buttons=buttons))


def report(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The files as the ledger stands at the moment of sending; only for people still in the office.

    Few hazards are written here and now; many of them, and photos, by a process of its own.
    """
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if person is None or not person.in_office:
        return None
    if delivery.about["what"] == _CHARTS:
        return Outgoing(documents=chart_pictures(tx, now=now))
    order = Order(
        what=delivery.about["what"],
        view=delivery.about.get("view"),
        now=now,
        bot_name=services.bot_name,
        photos=services.photos.root.resolve(),
    )
    count = tx.ledger.count(order.wanted())
    if order.what == PHOTOS or count > _AT_ONCE:
        making = LedgerMaking(order=order.to_json(), count=count, language=person.language, delivery_id=delivery.id)
        return Outgoing(making=making)
    with TemporaryDirectory() as folder:
        made = make(tx, order, Path(folder), lambda _written: None)
        return Outgoing(documents=tuple(replace(d, file=None, content=d.file.read_bytes()) for d in made if d.file))


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerMaking:
    """Files of many hazards, and the card that tells the officer how far they are."""

    order: Mapping[str, Any]
    count: int
    language: str
    delivery_id: int

    def card(self, written: int) -> Screen:
        """How far it is."""
        with speaking(self.language):
            text = _("正在生成文件：共 {count} 条，已写 {written} 条。您可以先做别的，好了自动发来。")
            stopping = rows([Button(_("不要了"), data("ls", self.delivery_id))])
            return Screen(text=text.format(count=self.count, written=written), buttons=stopping)

    def finished(self) -> Screen:
        """The files come now."""
        with speaking(self.language):
            return Screen(text=_("文件做好了，共 {count} 条，正在发来。").format(count=self.count))

    def failed(self, why: str) -> Screen:
        """There will be no files."""
        with speaking(self.language):
            return Screen(text=_(FAILURES[why]), buttons=rows([Button(_("统计和文件"), data("gr"))]))


ROUTES: tuple[Route, ...] = (
    Press(name="gr", needs=Permission.OFFICE, handler=overview),
    Press(name="gz", needs=Permission.OFFICE, handler=ask_for),
    Press(name="ls", needs=Permission.OFFICE, handler=stop),
    Display(dialog="ledger_reports", needs=Permission.OFFICE, handler=overview),
)
