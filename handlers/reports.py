"""未自查名单: who has not reported, by trade and community, at any time, as a message and as Excel."""

import zlib
from collections.abc import Sequence
from datetime import date, datetime

from checklists.deliveries import Delivery
from checklists.duties import PRINCIPAL_INSPECTION
from checklists.people import INSPECTING_ROLES, Permission, Person, Role
from checklists.reports import GroupCount, Grouping, Unreported
from checklists.sector_sets import load_sector_sets
from handlers.buttons import pages_of, to_home, turning
from handlers.documents.spreadsheets import OverdueRow, overdue_list_xlsx
from handlers.duties import period_name, plan_ending
from handlers.outgoing import Outgoing
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import Command, Display, Gone, Press, Request, Route
from handlers.services import Services
from handlers.words import SHANGHAI, _, aside, day, html, shorten, speaking
from storage.transaction import Transaction

ON_ONE_PAGE = 10
GROUPS_ON_ONE_PAGE = 8
MOST_ROWS = 50_000

_HEADINGS = {Grouping.TRADE: lambda: _("按行业"), Grouping.COMMUNITY: lambda: _("按社区")}


def entries(request: Request) -> list[Button]:
    """The menu's way to the list, with the number of those overdue; only for the office."""
    if request.enterprise_id is not None or not request.who.sees_zone:
        return []
    overdue = request.tx.reports.standing(PRINCIPAL_INSPECTION, request.today).overdue
    label = _("未自查名单（逾期{number}）").format(number=overdue) if overdue else _("未自查名单")
    return [Button(label, data("d"))]


def overview(request: Request) -> Reply:
    """How the present period stands, and the ways into the list."""
    request.enter("late", view="")
    standing = request.tx.reports.standing(PRINCIPAL_INSPECTION, request.today)
    title = _("<b>未自查名单</b>（截至{day}）").format(day=day(request.today))
    if not standing.owed and not standing.overdue:
        text = "\n".join([title, _("现在没有企业有应做的自查。"), *plan_ending(request.zone, request.today)])
        return Reply(screen=Screen(text=text, buttons=rows([to_home()])))
    counts = _("本期应自查 {owed} 家\n已完成 {done} 家\n还没完成 {open} 家\n以前逾期未做 {overdue} 家")
    text = (
        title
        + "\n\n"
        + counts.format(owed=standing.owed, done=standing.done, open=standing.open, overdue=standing.overdue)
        + "".join(f"\n\n{line}" for line in plan_ending(request.zone, request.today))
    )
    buttons = rows(
        [Button(_("看名单（逾期在前）"), data("dl", Grouping.ALL.value, 0, 0))],
        [
            Button(_("按行业"), data("dt", Grouping.TRADE.value, 0)),
            Button(_("按社区"), data("dt", Grouping.COMMUNITY.value, 0)),
        ],
        [Button(_("发 Excel 给我"), data("dx"))],
        [to_home()],
    )
    return Reply(screen=Screen(text=text, buttons=buttons))


def overview_below(request: Request) -> Reply:
    """The same as a new message, so that the report above it stays."""
    reply = overview(request)
    return Reply(screen=reply.screen, anew=True)


def groups(request: Request) -> Reply:
    """The trades or communities with their numbers; one tap opens one of them."""
    return show_groups(request, _grouping(request.word(0)), request.number(1))


def show_groups(request: Request, by: Grouping, page: int) -> Reply:
    """One page of the trades or communities."""
    if by is Grouping.ALL:
        raise Gone
    found = request.tx.reports.groups(PRINCIPAL_INSPECTION, request.today, by)
    pages = pages_of(len(found), GROUPS_ON_ONE_PAGE)
    page = min(page, pages - 1)
    request.enter("late", view="groups", by=by.value, page=page)
    shown = found[page * GROUPS_ON_ONE_PAGE :][:GROUPS_ON_ONE_PAGE]
    lines = [_("<b>未自查名单 · {heading}</b>").format(heading=_HEADINGS[by]()), ""]
    lines += [
        _("{name}：{number} 家，其中逾期 {overdue} 家").format(
            name=html(_group_name(by, g.value)), number=g.number, overdue=g.overdue
        )
        for g in shown
    ] or [_("名单是空的。")]
    buttons = [[Button(_group_label(by, g), data("dl", by.value, _key(g.value), 0))] for g in shown]
    turn = turning("dt", by.value, page=page, pages=pages)
    back = [Button(_("返回"), data("d"))]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turn, back)))


def listing(request: Request) -> Reply:
    """One page of the list, or of one trade or community."""
    return show_list(request, _grouping(request.word(0)), request.number(1), request.number(2))


def show_list(request: Request, by: Grouping, key: int, page: int) -> Reply:
    """One page of enterprises, longest overdue first, with what keeps a reminder from reaching them."""
    tx, today = request.tx, request.today
    value = _value(request, by, key)
    page = min(page, MOST_ROWS // ON_ONE_PAGE)
    found = tx.reports.unreported(
        PRINCIPAL_INSPECTION, today, by=by, value=value, limit=ON_ONE_PAGE + 1, offset=page * ON_ONE_PAGE
    )
    if page and not found:
        return show_list(request, by, key, 0)
    request.enter("late", view="list", by=by.value, key=key, page=page)
    shown = found[:ON_ONE_PAGE]
    people = tx.people.in_enterprises([u.enterprise_id for u in shown])
    heading = _group_name(by, value) if by is not Grouping.ALL else _("全部")
    lines = [_("<b>未自查名单 · {heading}</b>").format(heading=html(heading)), ""]
    number = page * ON_ONE_PAGE
    for offset, unreported in enumerate(shown, start=1):
        lines.append(f"{number + offset}. " + _list_line(unreported, people, today))
    if not shown:
        lines.append(_("名单是空的。"))
    back = data("d") if by is Grouping.ALL else data("dt", by.value, 0)
    turn = [
        Button(_("‹ 上一页"), data("dl", by.value, key, page - 1)) if page else None,
        Button(_("下一页 ›"), data("dl", by.value, key, page + 1)) if len(found) > ON_ONE_PAGE else None,
    ]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(turn, [Button(_("返回"), back)])))


def again(request: Request) -> Reply:
    """The screen of the list this officer is on."""
    view = request.dialog.data if request.dialog else {}
    by = _grouping(str(view.get("by", Grouping.ALL.value)))
    page = int(view.get("page", 0))
    match view.get("view"):
        case "groups":
            return show_groups(request, by, page)
        case "list":
            return show_list(request, by, int(view.get("key", 0)), page)
    return overview(request)


def send_excel(request: Request) -> Reply:
    """Queue the whole list as a file; it is made when it is sent, so that nobody's tap waits for it."""
    about = {"day": request.today.isoformat()}
    dedupe = f"overdue_list:{request.who.id}:{request.now.isoformat()}"
    request.tx.deliveries.add("overdue_list", dedupe, request.who, about, request.now, request.now)
    return Reply(toast=_("正在生成名单，马上发给您。"))


def overdue_list(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """The whole list as Excel, as it stands at the moment of sending; only for people still in the office."""
    person = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    zone = tx.zones.current()
    if person is None or zone is None or not person.in_office:
        return None
    today = now.astimezone(SHANGHAI).date()
    found = tx.reports.unreported(PRINCIPAL_INSPECTION, today, limit=MOST_ROWS)
    with speaking("zh"):  # the file is handed on in Chinese
        content = overdue_list_xlsx(_excel_rows(tx, found), zone=zone.name, as_of=now)
    name = _("未自查名单-{day}.xlsx").format(day=today.isoformat())
    caption = _("未自查名单，共 {number} 家。").format(number=len(found))
    return Outgoing(documents=(Document(name=name, content=content, caption=caption),))


def reach_of(enterprise_id: int, people: Sequence[Person]) -> str:
    """What keeps reminders from an enterprise: nobody bound, nobody reachable; "" when somebody gets them."""
    own = [p for p in people if any(p.holds(role, enterprise_id=enterprise_id) for role in INSPECTING_ROLES)]
    bound = [p for p in own if p.telegram_id is not None]
    if not bound:
        return _("无人绑定")
    return "" if any(p.reachable for p in bound) else _("联系不上")


def _excel_rows(tx: Transaction, found: Sequence[Unreported]) -> list[OverdueRow]:
    trades = load_sector_sets().trades
    lines = []
    for start in range(0, len(found), 500):
        part = found[start : start + 500]
        ids = [u.enterprise_id for u in part]
        people, last = tx.people.in_enterprises(ids), tx.reports.last_submitted(ids)
        for unreported, enterprise in zip(part, tx.enterprises.some(ids), strict=True):
            contact = tx.enterprises.contacts(enterprise.id).get(Role.PRINCIPAL)
            run = tx.inspections.running(enterprise.id)
            done = last.get(enterprise.id)
            lines.append(
                OverdueRow(
                    enterprise=enterprise.name,
                    uscc=enterprise.uscc,
                    trades=[trades[t].name for t in enterprise.trades if t in trades],
                    community=enterprise.community,
                    principal=contact.name if contact else "",
                    phone=contact.phone if contact else "",
                    duty=_("主要负责人带队自查"),
                    period=period_name(unreported.period),
                    due=unreported.due_on,
                    progress=f"{run.progress.answered}/{len(run.progress)}" if run else _("未开始"),
                    last_done=done.astimezone(SHANGHAI).date() if done else None,
                    reached=reach_of(enterprise.id, people) or _("能收到"),
                )
            )
    return lines


def _list_line(unreported: Unreported, people: Sequence[Person], today: date) -> str:
    days = (today - unreported.due_on).days
    name, period = html(shorten(unreported.enterprise, 40)), period_name(unreported.period)
    if days > 0:
        line = _("⚠️ {name}：{period}，逾期{days}天").format(name=name, period=period, days=days)
    else:
        line = _("{name}：{period}，{due}到期").format(name=name, period=period, due=day(unreported.due_on))
    if unreported.missed > 1:
        line += _("，共欠{number}期").format(number=unreported.missed)
    reach = reach_of(unreported.enterprise_id, people)
    return line + aside(reach) if reach else line


def _group_name(by: Grouping, value: str) -> str:
    if by is Grouping.TRADE and value:
        trade = load_sector_sets().trades.get(value)
        return _(trade.name) if trade else value
    return value or (_("没有填行业") if by is Grouping.TRADE else _("没有填社区"))


def _group_label(by: Grouping, group: GroupCount) -> str:
    return shorten(_group_name(by, group.value), 20) + aside(group.number)


def _grouping(word: str) -> Grouping:
    try:
        return Grouping(word)
    except ValueError:
        raise Gone from None


def _key(value: str) -> int:
    """A name of any length as a number that fits a button."""
    return zlib.crc32(value.encode())


def _value(request: Request, by: Grouping, key: int) -> str:
    if by is Grouping.ALL:
        return ""
    found = request.tx.reports.groups(PRINCIPAL_INSPECTION, request.today, by)
    value = next((g.value for g in found if _key(g.value) == key), None)
    if value is None:
        raise Gone
    return value


ROUTES: tuple[Route, ...] = (
    Press(name="d", needs=Permission.READ, handler=overview),
    Press(name="dm", needs=Permission.READ, handler=overview_below),
    Press(name="dt", needs=Permission.READ, handler=groups),
    Press(name="dl", needs=Permission.READ, handler=listing),
    Press(name="dx", needs=Permission.OFFICE, handler=send_excel),
    Command(name="late", needs=Permission.READ, handler=overview),
    Display(dialog="late", needs=Permission.READ, handler=again),
)
