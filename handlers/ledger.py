"""The hazard ledger of the office: what waits, the list with filters and search, and the way back to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, State, format_number, parse_number
from checklists.ledger import Overview
from checklists.people import Permission, allows
from handlers import hazard_lists, hazards
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.hazard_cards import hazard_of
from handlers.ledger_filters import (
    ALL,
    OVERDUE,
    RUNG,
    TO_REVIEW,
    UNREPORTED,
    View,
    chosen,
    fields_for,
    filter_lines,
    keep_view,
    kept_view,
    options,
    value_name,
    value_of,
)
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Command, Display, Gone, Input, Press, Request, Route
from handlers.words import _, aside, day, html, shorten

_CHOICES_ON_ONE_PAGE = 12
_MOST_WORDS = 50


def entries(request: Request) -> list[Button]:
    """The office's way to the ledger, with the number of hazards on it."""
    if request.enterprise_id is not None or not request.who.sees_zone:
        return []
    return [Button(_("隐患台账{count}").format(count=aside(request.tx.hazards.count_in_zone())), data("gi"))]


def inbox(request: Request) -> Reply:
    """What waits for the office, in numbers, each a way into the list."""
    request.enter("ledger", view="inbox")
    counts = request.tx.ledger.overview(today=request.today)
    return Reply(screen=inbox_screen(counts, meets=allows(request.who, Permission.OFFICE)))


def inbox_screen(counts: Overview, *, meets: bool) -> Screen:
    """The numbers and the ways to them; what is nothing has no button."""
    text = _(
        "<b>隐患台账</b>\n在册 {open} 条，其中重大隐患 {major} 条，挂牌督办 {listed} 条。\n\n"
        "等着办的：\n· 待确认 {to_confirm}\n· 待复查 {to_review}\n· 待销号 {to_close}\n· 延期申请 {deferrals}\n"
        "· 逾期 {overdue}{rungs}\n· 重大未报告 {unreported}{proposals}\n\n"
        "直接发几个字就能查找，例如：配电箱。发编号直接打开，例如：2026-0031。"
    ).format(
        open=counts.open,
        major=counts.major,
        listed=counts.listed,
        to_confirm=counts.to_confirm,
        to_review=counts.to_review,
        to_close=counts.to_close,
        deferrals=counts.deferrals,
        overdue=counts.overdue,
        unreported=counts.unreported,
        rungs=_("，其中该升级 {count}").format(count=counts.rungs) if counts.rungs else "",
        proposals=_proposals_line(counts),
    )

    def way(label: str, count: int, *arguments: str) -> Button | None:
        return Button(label + aside(count), data(*arguments)) if count else None

    return Screen(
        text=text,
        buttons=rows(
            [
                way(_("待确认"), counts.to_confirm, "gq", "s", State.FOUND.value),
                way(_("待复查"), counts.to_review, "gq", "s", TO_REVIEW),
            ],
            [
                way(_("待销号"), counts.to_close, "gq", "s", State.REVIEWED.value),
                way(_("延期申请"), counts.deferrals, "gd", "0"),
            ],
            [way(_("逾期"), counts.overdue, "gq", "s", OVERDUE), way(_("该升级"), counts.rungs, "gq", "s", RUNG)],
            [
                way(_("重大隐患"), counts.major, "gq", "l", "major"),
                way(_("重大未报告"), counts.unreported, "gq", "s", UNREPORTED),
            ],
            [way(_("建议待跟进"), counts.unsent + counts.unanswered, "nd", "0")],
            [way(_("挂牌督办"), counts.listed, "gq", "g", "y"), Button(_("看清单"), data("gx"))],
            [Button(_("筛选"), data("gf")), Button(_("统计和文件"), data("gr"))],
            [Button(_("登记隐患"), data("rx")), Button(_("分析会"), data("ca")) if meets else None],
            [to_home()],
        ),
    )


def _proposals_line(counts: Overview) -> str:
    if not counts.unsent and not counts.unanswered:
        return ""
    words = _("\n· 建议没有发函 {unsent}，发出后没有答复 {unanswered}")
    return words.format(unsent=counts.unsent, unanswered=counts.unanswered)


def open_list(request: Request) -> Reply:
    """From the inbox: only one field narrows the list."""
    return show_list(request, chosen(request, View(), request.word(0), request.word(1)))


def show_everything(request: Request) -> Reply:
    """All that is open, without filters."""
    return show_list(request, View())


def back_to_list(request: Request) -> Reply:
    """The list as it was left."""
    return show_list(request, kept_view(request))


def turn(request: Request) -> Reply:
    """Another page; one that was never reached begins the list anew."""
    view, page = kept_view(request), request.number(0)
    return show_list(request, replace(view, page=page) if page < len(view.places) else view.narrowed())


def show_list(request: Request, view: View) -> Reply:
    """One page of the list; the next one begins behind its last hazard, whatever was added meanwhile."""
    wanted = view.filter(request.today)
    page = request.tx.ledger.page(wanted, after=view.places[view.page], limit=ON_ONE_PAGE)
    places = view.places[: view.page + 1] + ((page.following,) if page.following else ())
    view = keep_view(request, replace(view, places=places))
    request.enter("ledger", view="list")
    names = firm_names(request, page.hazards)
    whole = view.page == 0 and page.following is None
    count = len(page.hazards) if whole else request.tx.ledger.count(wanted)
    return Reply(screen=list_screen(page.hazards, view, names, count=count, request=request))


def list_screen(found: Sequence[Hazard], view: View, names: dict[int, str], *, count: int, request: Request) -> Screen:
    """One page with its filters, a line and a button for each hazard."""
    pages = pages_of(count)
    lines = [_("<b>隐患台账</b>　共 {count} 条，按期限排列").format(count=count), *filter_lines(view)]
    code, today = request.zone.code, request.today
    lines += [hazard_line(h, names[h.enterprise_id], zone_code=code, today=today) for h in found]
    if not found:
        lines.append(_("没有找到。换几个字，或者改一改筛选。"))
    turns = [
        Button(_("‹ 上一页"), data("gp", view.page - 1)) if view.page else None,
        Button(f"{view.page + 1}/{max(pages, view.page + 1)}", data("gp", view.page)) if pages > 1 else None,
        Button(_("下一页 ›"), data("gp", view.page + 1)) if len(view.places) > view.page + 1 else None,
    ]
    wider = Button(_("在全部隐患里找"), data("gs", "s", ALL)) if view.words and view.status != ALL else None
    clear = Button(_("清除筛选"), data("gx")) if filter_lines(view) else None
    return Screen(
        text="\n".join(lines),
        buttons=rows(
            *([hazard_button(h, request.zone.code)] for h in found),
            turns,
            [wider],
            [Button(_("筛选"), data("gf")), clear],
            [Button(_("待办"), data("gi")), to_home()],
        ),
    )


def firm_names(request: Request, found: Sequence[Hazard]) -> dict[int, str]:
    """The names of the firms of these hazards by id."""
    return request.tx.enterprises.names({h.enterprise_id for h in found})


def hazard_line(hazard: Hazard, firm: str, *, zone_code: str, today: date) -> str:
    """Number, level, state, deadline and firm in one line."""
    number = format_number(zone_code, hazard.year, hazard.sequence)
    mark = "⛔ " if hazard.is_listed else "· "
    state = f"{_(LEVEL_NAMES[hazard.level])}　{_(STATE_NAMES[hazard.state])}{_until(hazard, today)}"
    return f"{mark}{number}　{state}　{html(shorten(firm, 16))}"


def _until(hazard: Hazard, today: date) -> str:
    deadline = hazard.arrangements.deadline
    if deadline is None or not hazard.is_open:
        return ""
    words = _("，已超期（{day}）") if hazard.is_overdue(today) else _("，{day}前")
    return words.format(day=day(deadline))


def hazard_button(hazard: Hazard, zone_code: str) -> Button:
    """Opens one hazard with a way back to the list."""
    number = format_number(zone_code, hazard.year, hazard.sequence)
    return Button(f"{number} {shorten(_(hazard.words), 18)}".strip(), data("go", hazard.id))


def open_hazard(request: Request) -> Reply:
    """The card of one hazard; there the office finds the way back to the list."""
    return hazards.show_step(request, hazard_of(request, request.number(0)), "view")


def deferrals(request: Request) -> Reply:
    """The requests for a later deadline that wait for an answer, oldest first."""
    return _deferrals(request, request.number(0))


def _deferrals(request: Request, page: int) -> Reply:
    waiting = request.tx.hazard_records.deferrals_waiting()
    pages = pages_of(len(waiting))
    page = min(page, pages - 1)
    request.enter("ledger", view="deferrals", page=page)
    shown = waiting[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    found = {h.id: h for h in request.tx.hazards.some([d.hazard_id for d in shown])}
    names = firm_names(request, list(found.values()))
    lines = [_("<b>延期申请</b>　共 {count} 条").format(count=len(waiting))]
    for asked in shown:
        hazard = found[asked.hazard_id]
        number = format_number(request.zone.code, hazard.year, hazard.sequence)
        line = _("· {number}　{present} → {wanted}　{reason}　{firm}").format(
            number=number,
            present=day(asked.present),
            wanted=day(asked.wanted),
            reason=html(shorten(asked.reason, 30)),
            firm=html(shorten(names[hazard.enterprise_id], 16)),
        )
        lines.append(line)
    if not waiting:
        lines.append(_("现在没有延期申请。"))
    buttons = rows(
        *([hazard_button(found[d.hazard_id], request.zone.code)] for d in shown),
        turning("gd", page=page, pages=pages),
        [Button(_("待办"), data("gi")), to_home()],
    )
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def filters(request: Request) -> Reply:
    """The fields that can narrow the list, each with what it says now."""
    view = kept_view(request)
    request.enter("ledger", view="filters")
    lines = [_("<b>筛选隐患</b>　点一项来选。"), *(filter_lines(view) or [_("现在没有筛选：在册的全部都在清单里。")])]
    fields = [_field_button(view, field, name) for field, name in fields_for(request).items()]
    clear = Button(_("清除筛选"), data("gx")) if filter_lines(view) else None
    show = Button(_("看清单{count}").format(count=aside(_count(request, view))), data("gp", 0))
    buttons = rows(*(fields[n : n + 2] for n in range(0, len(fields), 2)), [clear], [show], [to_home()])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _count(request: Request, view: View) -> int:
    return request.tx.ledger.count(view.filter(request.today))


def _field_button(view: View, field: str, name: str) -> Button:
    value = value_of(view, field)
    return Button(_(name) + (aside(shorten(value_name(field, value), 10)) if value else ""), data("gc", field, 0))


def choices(request: Request) -> Reply:
    """The options of one field."""
    return _choices(request, request.word(0), request.number(1))


def _choices(request: Request, field: str, page: int) -> Reply:
    fields = fields_for(request)
    if field not in fields:
        raise Gone
    offered = options(request, field)
    pages = pages_of(len(offered), _CHOICES_ON_ONE_PAGE)
    page = min(page, pages - 1)
    request.enter("ledger", view="choices", field=field, page=page)
    here = offered[page * _CHOICES_ON_ONE_PAGE :][:_CHOICES_ON_ONE_PAGE]
    buttons = [Button(shorten(value_name(field, value), 20), data("gs", field, key)) for key, value in here]
    none = Button(_("不限"), data("gs", field, "-"))
    text = _("<b>按{field}筛选</b>　请选一个：").format(field=_(fields[field]))
    pairs = [buttons[n : n + 2] for n in range(0, len(buttons), 2)]
    turns = turning("gc", field, page=page, pages=pages)
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, turns, [none, Button(_("返回"), data("gf"))])))


def choose(request: Request) -> Reply:
    """One option was tapped: the list with it."""
    return show_list(request, chosen(request, kept_view(request), request.word(0), request.word(1)))


def search(request: Request) -> Reply:
    """Words typed anywhere in the ledger: a number opens its hazard, others narrow the list."""
    words = request.text.strip()[:_MOST_WORDS]
    if parse_number(words) is not None:
        return hazard_lists.by_number(replace(request, arguments=(words,)))
    return show_list(request, kept_view(request).narrowed(words=words))


def again(request: Request) -> Reply:
    """The screen of the ledger this officer is on."""
    where = request.dialog.data if request.dialog else {}
    match where.get("view"):
        case "list":
            return show_list(request, kept_view(request))
        case "filters":
            return filters(request)
        case "choices":
            return _choices(request, str(where["field"]), int(where["page"]))
        case "deferrals":
            return _deferrals(request, int(where["page"]))
    return inbox(request)


_READ = Permission.READ
ROUTES: tuple[Route, ...] = (
    Press(name="gi", needs=_READ, handler=inbox),
    Press(name="gq", needs=_READ, handler=open_list),
    Press(name="gx", needs=_READ, handler=show_everything),
    Press(name="gl", needs=_READ, handler=back_to_list),
    Press(name="gp", needs=_READ, handler=turn),
    Press(name="gd", needs=_READ, handler=deferrals),
    Press(name="gf", needs=_READ, handler=filters),
    Press(name="gc", needs=_READ, handler=choices),
    Press(name="gs", needs=_READ, handler=choose),
    Press(name="go", needs=_READ, about=About.HAZARD, handler=open_hazard),
    Command(name="ledger", needs=_READ, handler=inbox),
    Input(dialog="ledger", takes=frozenset({"text"}), needs=_READ, handler=search),
    Display(dialog="ledger", needs=_READ, handler=again),
)
