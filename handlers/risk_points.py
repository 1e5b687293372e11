"""Risk points of a firm: the register, the card a scan opens with last checks and open hazards, and codes to print."""

from collections.abc import Sequence

from checklists.defences import DEFENCE_NAMES
from checklists.hazards import STATE_NAMES, Hazard
from checklists.people import Permission, allows
from checklists.risk_cycles import in_order, standing
from checklists.risk_points import GRADE_NAMES, RiskCheck, RiskPoint
from handlers import internal_reports
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.documents.risk_point_sheet import RiskCard, risk_point_labels_pdf, risk_point_sheets_pdf
from handlers.hazard_cards import number_of
from handlers.official_cards import firm_of
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.risk_due import redraw_if, waits
from handlers.risk_words import assessment_words, cycle_lines, due_mark, standing_lines, suggestion
from handlers.routing import About, Display, Gone, Press, Request, Route, Stale
from handlers.walking import name_of
from handlers.words import _, clock, day, full_day, html, labelled, shorten

POINT = "r-"
_MOST_LISTED = 5


def entries(request: Request) -> list[Button]:
    """The firm's way to its register."""
    if request.enterprise_id is None:
        return []
    return [Button(_("风险点"), data("k", request.enterprise_id, 0))]


def link_of(point: RiskPoint) -> str:
    """What stands behind ?start= to open the point, as its QR says."""
    return f"{POINT}{point.code}"


def follow(request: Request, code: str) -> Reply | None:
    """The card of the point with this code, for people of its firm and the office; None for others."""
    point = request.tx.risk_points.by_code(code)
    if point is None or not allows(request.person, Permission.LOOK, enterprise_id=point.enterprise_id):
        return None
    return show(request, point)


def register(request: Request) -> Reply:
    """The points of one firm by their numbers."""
    return show_register(request, request.number(0), request.number(1))


def show_register(request: Request, enterprise_id: int, page: int) -> Reply:
    """One page of the register."""
    firm, every = firm_of(request.tx, enterprise_id), request.tx.risk_points.of_enterprise(enterprise_id)
    pages = pages_of(len(every))
    page = min(page, pages - 1)
    request.enter("risk_points", id=firm.id, page=page)
    cycle, today = request.tx.risk_cycles.cycle(), request.today
    found = request.tx.risk_cycles.found([firm.id], today)
    lines = [_("<b>风险点 · {firm}</b>　共 {count} 个").format(firm=html(firm.name), count=len(every))]
    lines += standing_lines(standing(every, cycle, found, today))
    every = in_order(every, cycle, today)
    if not every:
        if may_edit(request, firm.id):
            lines.append(_("还没有风险点。把容易出事的设备、地点一个一个加进来，每个都有自己的二维码。"))
        else:
            lines.append(_("还没有风险点，由企业自己加。"))
    here = every[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    buttons = [[Button(_label(p) + due_mark(p, cycle, today), data("kc", p.id))] for p in here]
    add = Button(_("➕ 加一个"), data("ka", firm.id)) if may_edit(request, firm.id) else None
    print_all = Button(_("打印全部二维码"), data("kl", firm.id)) if every else None
    back = Button(_("企业"), data("ev", firm.id))
    turns = turning("k", firm.id, page=page, pages=pages)
    return Reply(
        screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, [add, print_all], [back, to_home()]))
    )


def _label(point: RiskPoint) -> str:
    return f"{_(GRADE_NAMES[point.grade]).split()[0]} {point.number}. {shorten(point.name, 24)}"


def may_edit(request: Request, enterprise_id: int) -> bool:
    """Whether this person keeps the register of the firm."""
    return allows(request.person, Permission.INSPECT, enterprise_id=enterprise_id)


def current(request: Request) -> RiskPoint:
    """The point a press names, else the one of the dialog; raises Gone."""
    named = request.number(0) if request.arguments else int(request.dialog.data["id"] if request.dialog else 0)
    point = request.tx.risk_points.get(named)
    if point is None:
        raise Gone
    return point


def open_one(request: Request) -> Reply:
    """The card of one point."""
    return show(request, current(request))


def show(request: Request, point: RiskPoint, *, notice: str = "", toast: str = "") -> Reply:
    """The card: grade, measures, last checks, open hazards; where the chat now is."""
    request.enter("risk_point", id=point.id)
    tx = request.tx
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *_point_lines(request, point)]
    lines += _cycle_lines(request, point)
    lines += _check_lines(request, point, tx.risk_points.checks(point.id, limit=3))
    lines += _hazard_lines(request, tx.hazards.of_risk_point(point.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=_buttons(request, point)), toast=toast)


def _point_lines(request: Request, point: RiskPoint) -> list[str]:
    firm = firm_of(request.tx, point.enterprise_id)
    lines = [
        _("<b>{number} 号风险点 · {name}</b>").format(number=point.number, name=html(point.name)),
        html(firm.name),
        _(GRADE_NAMES[point.grade]),
        *([labelled(_("地点"), html(point.place))] if point.place else []),
        *([labelled(_("责任人"), html(point.responsible))] if point.responsible else []),
        *(labelled(_(DEFENCE_NAMES[m.defence]), html(m.words)) for m in point.measures),
    ]
    if point.retired_at is not None:
        lines.append(_("这个风险点 {day} 起已经取消。").format(day=full_day(point.retired_at)))
    return lines


def _cycle_lines(request: Request, point: RiskPoint) -> list[str]:
    """When it is to be looked at and assessed, and who assessed it last; what suggests it is for who keeps it."""
    tx, cycles = request.tx, request.tx.risk_cycles
    last = tx.risk_points.last_assessment(point.id)
    lines = cycle_lines(point, cycles.cycle(), request.today)
    lines += [assessment_words(last, name_of(tx, last.by))] if last else []
    if allows(request.person, Permission.SEE_ENTERPRISE, enterprise_id=point.enterprise_id):
        why = suggestion(cycles.found([point.enterprise_id], request.today).get(point.id))
        lines += [why] if why else []
    return lines


def _check_lines(request: Request, point: RiskPoint, checks: Sequence[RiskCheck]) -> list[str]:
    lines = [f"{'✅' if c.good else '⚠️'} {day(c.at)} {clock(c.at)} {_check_words(request, point, c)}" for c in checks]
    return ["", _("最近查看："), *lines] if lines else ["", _("还没有人查看过。")]


def _check_words(request: Request, point: RiskPoint, check: RiskCheck) -> str:
    # Colleagues read the card too: who reported, and in what words, is for those who put it right.
    if not check.good and not _may_read(request, point.enterprise_id, check.by):
        return _("有人报告")
    return html(name_of(request.tx, check.by)) + (f"　{html(shorten(check.words, 40))}" if check.words else "")


def _may_read(request: Request, enterprise_id: int, author_id: int) -> bool:
    """Whether this person may read what somebody reported from the firm."""
    sees = allows(request.person, Permission.SEE_ENTERPRISE, enterprise_id=enterprise_id)
    return sees or author_id == request.who.id


def _hazard_lines(request: Request, found: Sequence[Hazard]) -> list[str]:
    lines = [
        f"· {number_of(request, h)}　{_(STATE_NAMES[h.state])}"
        + (f"　{html(shorten(h.words, 30))}" if _may_read(request, h.enterprise_id, h.found_by) else "")
        for h in found[:_MOST_LISTED]
    ]
    return [_("没有销号的隐患 {count} 条：").format(count=len(found)), *lines] if found else [_("现在没有隐患。")]


def _buttons(request: Request, point: RiskPoint) -> tuple[tuple[Button, ...], ...]:
    in_firm = allows(request.person, Permission.REPORT, enterprise_id=point.enterprise_id)
    inspects = may_edit(request, point.enterprise_id)
    active = point.retired_at is None
    good = Button(_("✅ 查过，正常"), data("kg", point.id)) if inspects and active else None
    bad = Button(_("⚠️ 报告隐患"), data("kh", point.id)) if in_firm and active else None
    edit = Button(_("修改"), data("ke", point.id)) if inspects and active else None
    assess = Button(_("重新评估"), data("kw", point.id)) if inspects and active else None
    code = Button(_("打印二维码"), data("kq", point.id)) if active else None
    sees = allows(request.person, Permission.SEE_ENTERPRISE, enterprise_id=point.enterprise_id)
    every = Button(_("全部风险点"), data("k", point.enterprise_id, 0)) if sees else None
    return rows([good, bad], [edit, assess], [code], [every, to_home()])


def check_good(request: Request) -> Reply:
    """Somebody who inspects stood before the point and found it in order."""
    point = current(request)
    if point.retired_at is not None:
        raise Stale(_("这个风险点已经取消了。"))
    last = next(iter(request.tx.risk_points.checks(point.id, limit=1)), None)
    if last is not None and last.by == request.who.id and (request.now - last.at).total_seconds() < 60:
        return show(request, point, toast=_("刚才已经记下了。"))
    waited = waits(request, point)
    request.tx.risk_points.add_check(point, good=True, by=request.who.id, at=request.now)
    redraw_if(request, waited, point.enterprise_id)
    return show(request, current(request), toast=_("已记下：查过，正常。"))


def report(request: Request) -> Reply:
    """A hazard at this point."""
    point = current(request)
    if point.retired_at is not None:
        raise Stale(_("这个风险点已经取消了。"))
    return internal_reports.ask(request, point.enterprise_id, point_id=point.id)


def send_sheet(request: Request) -> Reply:
    """One page to hang up beside the point."""
    point = current(request)
    content = risk_point_sheets_pdf([_card(request, point)], printed_at=request.now)
    name = _("风险点-{number}-{name}.pdf").format(number=point.number, name=point.name)
    return Reply(documents=(Document(name=name, content=content, caption=_("打印出来，贴在风险点旁边。")),))


def send_labels(request: Request) -> Reply:
    """Labels of every point of the firm."""
    firm = firm_of(request.tx, request.enterprise_id)
    every = request.tx.risk_points.of_enterprise(firm.id)
    if not every:
        raise Stale(_("还没有风险点。"))
    content = risk_point_labels_pdf([_card(request, p) for p in every], printed_at=request.now)
    name = _("风险点二维码-{firm}.pdf").format(firm=firm.name)
    return Reply(documents=(Document(name=name, content=content, caption=_("不干胶标签，每页 24 个。")),))


def _card(request: Request, point: RiskPoint) -> RiskCard:
    firm = firm_of(request.tx, point.enterprise_id)
    return RiskCard(point=point, enterprise=firm.name, link=request.services.deep_link(link_of(point)))


def again(request: Request) -> Reply:
    """The register as it was open."""
    assert request.dialog is not None
    return show_register(request, int(request.dialog.data["id"]), int(request.dialog.data["page"]))


_SEE, _LOOK, _POINT = Permission.SEE_ENTERPRISE, Permission.LOOK, About.RISK_POINT
ROUTES: tuple[Route, ...] = (
    Press(name="k", needs=_SEE, about=About.ENTERPRISE, handler=register),
    Press(name="kl", needs=_SEE, about=About.ENTERPRISE, handler=send_labels),
    Press(name="kc", needs=_LOOK, about=_POINT, handler=open_one),
    Press(name="kg", needs=Permission.INSPECT, about=_POINT, handler=check_good),
    Press(name="kh", needs=Permission.REPORT, about=_POINT, handler=report),
    Press(name="kq", needs=_LOOK, about=_POINT, handler=send_sheet),
    Display(dialog="risk_points", needs=_SEE, about=About.ENTERPRISE, handler=again),
    Display(dialog="risk_point", needs=_LOOK, about=_POINT, handler=open_one),
)
