"""Making a random draw (双随机): from which firms, how many, which inspectors; then one press draws, once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from checklists.draws import MOST_DRAWN
from checklists.people import Permission
from handlers import draws
from handlers.buttons import pages_of, to_home, turning
from handlers.draw_pools import communities, may_inspect, pool_of, said, trades, usual_inspectors, whole_pools
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route, Stale
from handlers.words import _, html, listed
from storage.draws import DrawRefused

_NUMBERS = (3, 5, 10)
_ON_A_PAGE = 12
_CHOICES = {"t": trades, "c": communities}


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a press would draw now, as it stands in the dialog and in the database."""

    key: tuple[str, ...]
    words: str
    pool: Sequence[int]
    number: int
    inspectors: Sequence[int]

    @property
    def check(self) -> int:
        """Changes with anything of it, so that a press draws what the person has seen."""
        seen = [self.key, sorted(self.pool), self.number, sorted(self.inspectors)]
        return crc32(json.dumps(seen).encode())


def ask_pool(request: Request) -> Reply:
    """From which firms."""
    request.enter("draw_pool")
    text = _("<b>双随机抽查</b>\n\n<b>从哪些企业里抽？</b>")
    whole = [[button] for button in whole_pools(request)]
    narrower = [Button(_("按行业"), data("rl", "t", 0)), Button(_("按社区"), data("rl", "c", 0))]
    return Reply(
        screen=Screen(text=text, buttons=rows(*whole, narrower, [Button(_("返回"), data("rd", 0)), to_home()]))
    )


def list_choices(request: Request) -> Reply:
    """The trades or the communities."""
    return _list_choices(request, request.word(0), request.number(1))


def _list_choices(request: Request, kind: str, page: int) -> Reply:
    if kind not in _CHOICES:
        raise Gone
    choices = _CHOICES[kind](request)
    pages = pages_of(len(choices), _ON_A_PAGE)
    page = min(page, pages - 1)
    request.enter("draw_choices", choice=kind, page=page)
    here = choices[page * _ON_A_PAGE :][:_ON_A_PAGE]
    pairs = [here[n : n + 2] for n in range(0, len(here), 2)]
    text = _("选一个行业：") if kind == "t" else _("选一个社区或网格：")
    turns = turning("rl", kind, page=page, pages=pages)
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, turns, [Button(_("返回"), data("rn")), to_home()])))


def choices_again(request: Request) -> Reply:
    """The trades or the communities once more."""
    assert request.dialog is not None
    return _list_choices(request, str(request.dialog.data["choice"]), int(request.dialog.data["page"]))


def choose_pool(request: Request) -> Reply:
    """The pool is chosen: how many, and by whom."""
    if not request.arguments:
        raise Gone
    pool_of(request, request.arguments)
    usual = usual_inspectors(request.tx)
    return _show(request, _planned(request, request.arguments, _NUMBERS[1], usual))


def _planned(request: Request, key: Sequence[str], number: int, inspectors: Sequence[int]) -> Plan:
    words, pool = pool_of(request, key)
    may = {p.id for p in may_inspect(request.tx)}
    kept = [i for i in inspectors if i in may]
    return Plan(key=tuple(key), words=words, pool=pool, number=number, inspectors=kept)


def _current(request: Request) -> Plan:
    """What is being planned in this chat; raises Stale when nothing is."""
    dialog = request.dialog
    if dialog is None or dialog.kind not in ("draw_plan", "draw_inspectors"):
        raise Stale(_("先选从哪些企业里抽。"))
    return _planned(request, dialog.data["pool"], int(dialog.data["number"]), dialog.data["inspectors"])


def _enter(request: Request, kind: str, plan: Plan) -> None:
    request.enter(kind, pool=list(plan.key), number=plan.number, inspectors=list(plan.inspectors))


def show(request: Request) -> Reply:
    """What would be drawn."""
    return _show(request, _current(request))


def _show(request: Request, plan: Plan, *, notice: str = "") -> Reply:
    _enter(request, "draw_plan", plan)
    names = [html(p.name) for p in may_inspect(request.tx) if p.id in plan.inspectors]
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>双随机抽查</b>"),
        _("企业范围：{words}，共 {count} 家").format(words=html(said(plan.words)), count=len(plan.pool)),
        _("抽几家：{count}").format(count=plan.number),
        _("检查人员：{names}（{count} 人）").format(names=listed(names) or _("还没有选"), count=len(names)),
        "",
        *_warnings(plan),
        _("在某家企业任职的检查人员，不会派去查那一家。"),
        _("<b>抽取以后不能重抽。</b>再抽一次会另记一次，两次都看得到。"),
    ]
    numbers = [
        Button(("✓ " if n == plan.number else "") + _("{count} 家").format(count=n), data("ru", n)) for n in _NUMBERS
    ]
    draw = Button(_("🎲 抽取"), data("rv", plan.check)) if plan.pool and plan.inspectors else None
    change = [Button(_("选检查人员"), data("ri")), Button(_("换企业范围"), data("rn"))]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(numbers, change, [draw], [to_home()])))


def _warnings(plan: Plan) -> list[str]:
    lines = [_("也可以直接写抽几家，例如：8。")]
    if not plan.pool:
        lines.append(_("❗ 这个范围里没有企业，请换一个。"))
    elif plan.number > len(plan.pool):
        lines.append(_("这个范围里只有 {count} 家，会全部抽中。").format(count=len(plan.pool)))
    if not plan.inspectors:
        lines.append(_("❗ 请先选检查人员。"))
    elif len(plan.inspectors) == 1:
        lines.append(_("❗ 只选了一名检查人员，每家只能派一个人。"))
    else:
        lines.append(_("每家派两名检查人员，也是随机派，家数尽量平均。"))
    return lines


def choose_number(request: Request) -> Reply:
    """One of the usual numbers."""
    return _numbered(request, str(request.number(0)))


def write_number(request: Request) -> Reply:
    """A number that was typed."""
    return _numbered(request, request.text.strip().removesuffix("家").strip())


def _numbered(request: Request, words: str) -> Reply:
    plan = _current(request)
    number = int(words) if words.isdecimal() and len(words) < 5 else 0
    if not 1 <= number <= MOST_DRAWN:
        return _show(request, plan, notice=_("没看懂。请写 1 到 {most} 之间的数字，例如：8。").format(most=MOST_DRAWN))
    return _show(request, _planned(request, plan.key, number, plan.inspectors))


def ask_inspectors(request: Request) -> Reply:
    """Who may be sent."""
    return _ask_inspectors(request, _current(request))


def _ask_inspectors(request: Request, plan: Plan) -> Reply:
    _enter(request, "draw_inspectors", plan)
    people = [
        Button(
            ("✅ " if p.id in plan.inspectors else "") + p.name, data("rw", p.id, 0 if p.id in plan.inspectors else 1)
        )
        for p in may_inspect(request.tx)
    ]
    pairs = [people[n : n + 2] for n in range(0, len(people), 2)]
    text = _("<b>派哪些人去检查？</b>点一下选上，再点一下去掉。")
    return Reply(screen=Screen(text=text, buttons=rows(*pairs, [Button(_("选好了"), data("rk"))])))


def toggle_inspector(request: Request) -> Reply:
    """Take somebody in or out, as the button said; a button pressed twice does it once."""
    plan, person_id, wanted = _current(request), request.number(0), request.number(1)
    others = [i for i in plan.inspectors if i != person_id]
    return _ask_inspectors(
        request, _planned(request, plan.key, plan.number, [*others, person_id] if wanted else others)
    )


def make(request: Request) -> Reply:
    """抽取: drawn now and kept; the inspectors are told."""
    dialog = request.dialog
    if dialog is None or dialog.kind != "draw_plan":
        raise Stale(_("这次已经抽过了，或者还没有选企业范围。"))
    plan = _current(request)
    if request.number(0) != plan.check:
        raise Stale(_("内容刚才有变动，请再看一遍。"))
    try:
        made = request.tx.draws.make(
            pool_words=plan.words,
            pool=plan.pool,
            inspectors=plan.inspectors,
            number=plan.number,
            by=request.who.id,
            at=request.now,
        )
    except DrawRefused:
        return _show(request, plan, notice=_("这些检查人员在这些企业里都有任职，一个也派不出去。请换人，或者换范围。"))
    return draws.show(request, made, notice=draws.tell(request, made))


_MANAGE = Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="rn", needs=_MANAGE, handler=ask_pool),
    Press(name="rl", needs=_MANAGE, handler=list_choices),
    Press(name="rp", needs=_MANAGE, handler=choose_pool),
    Press(name="ru", needs=_MANAGE, handler=choose_number),
    Press(name="ri", needs=_MANAGE, handler=ask_inspectors),
    Press(name="rw", needs=_MANAGE, handler=toggle_inspector),
    Press(name="rk", needs=_MANAGE, handler=show),
    Press(name="rv", needs=_MANAGE, handler=make),
    Input(dialog="draw_plan", takes=frozenset({"text"}), needs=_MANAGE, handler=write_number),
    Display(dialog="draw_pool", needs=_MANAGE, handler=ask_pool),
    Display(dialog="draw_choices", needs=_MANAGE, handler=choices_again),
    Display(dialog="draw_plan", needs=_MANAGE, handler=show),
    Display(dialog="draw_inspectors", needs=_MANAGE, handler=ask_inspectors),
)
