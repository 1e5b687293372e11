"""专家名册: who helps the office inspect, of which kind, good at what, and what each did this year."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from checklists.experts import KIND_NAMES, ExpertProfile, Kind, Work
from checklists.people import Permission, allows
from checklists.trade_groups import load_trade_groups
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Input, Press, Request, Route
from handlers.trades import page_of_trade, trade_choices, trade_words
from handlers.words import SHANGHAI, _, aside, html

_MOST_LETTERS = 200


def new_year(now: datetime) -> datetime:
    """The first moment of the present year in Shanghai."""
    return now.astimezone(SHANGHAI).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def show_all(request: Request) -> Reply:
    """One page of the roster."""
    return _show_all(request, request.number(0))


def _show_all(request: Request, page: int) -> Reply:
    every, work = request.tx.experts.roster(), request.tx.experts.work(new_year(request.now))
    pages = pages_of(len(every))
    page = min(page, pages - 1)
    request.enter("expert_roster", page=page)
    here = every[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    lines = [_("<b>专家名册</b>　共 {count} 人").format(count=len(every))]
    for expert in here:
        lines += ["", *profile_lines(expert, work.get(expert.person_id, Work()))]
    if not every:
        lines.append(_("还没有专家。由管理员在“办公室人员”里邀请。"))
    buttons: list[list[Button]] = [[Button(e.name, data("xb", e.person_id))] for e in here]
    turns, back = turning("xa", page=page, pages=pages), Button(_("监督检查"), data("jn"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*buttons, turns, [back, to_home()])))


def profile_lines(expert: ExpertProfile, work: Work) -> list[str]:
    """Name and kind, trades, what he is good at, and what he did this year."""
    return [
        f"<b>{html(expert.name)}</b>{aside(_(KIND_NAMES[expert.kind]))}",
        _("行业：{trades}").format(trades=trade_words(expert.trades) or _("还没有选")),
        *([_("擅长：{words}").format(words=html(expert.words))] if expert.words else []),
        _("今年参加检查 {inspections} 次，查出隐患 {findings} 条").format(
            inspections=work.inspections, findings=work.findings
        ),
    ]


def _expert(request: Request) -> ExpertProfile:
    """The expert a press or the dialog names; raises Gone for who is none (any more)."""
    named = request.number(0) if request.arguments else int(request.dialog.data["person"]) if request.dialog else 0
    expert = request.tx.experts.profile(named)
    if expert is None:
        raise Gone
    return expert


def show(request: Request) -> Reply:
    """One expert."""
    return _show(request, _expert(request))


def _show(request: Request, expert: ExpertProfile, *, notice: str = "") -> Reply:
    request.enter("expert", person=expert.person_id)
    work = request.tx.experts.work(new_year(request.now)).get(expert.person_id, Work())
    lines = [*([f"<i>{html(notice)}</i>"] if notice else []), *profile_lines(expert, work)]
    back = [Button(_("专家名册"), data("xa", 0)), to_home()]
    if not allows(request.person, Permission.MANAGE):
        return Reply(screen=Screen(text="\n".join(lines), buttons=rows(back)))
    lines.append(_("属于哪一类，点一下就改："))
    kinds = [
        Button(("✓ " if kind is expert.kind else "") + _(name), data("xk", expert.person_id, kind.value))
        for kind, name in KIND_NAMES.items()
    ]
    change = [
        Button(_("选行业"), data("xt", expert.person_id, 0)),
        Button(_("写擅长什么"), data("xw", expert.person_id)),
    ]
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(kinds[:2], kinds[2:], change, back)))


def _set(request: Request, expert: ExpertProfile) -> ExpertProfile:
    return request.tx.experts.set_profile(expert, by=request.who.id, at=request.now)


def choose_kind(request: Request) -> Reply:
    """One of the four kinds was tapped."""
    kind = next((k for k in Kind if k.value == request.word(1)), None)
    if kind is None:
        raise Gone
    return _show(request, _set(request, replace(_expert(request), kind=kind)))


def choose_trades(request: Request) -> Reply:
    """One page of trades, those of the expert marked."""
    return _trades(request, _expert(request), request.number(1))


def _trades(request: Request, expert: ExpertProfile, page: int) -> Reply:
    groups = load_trade_groups()
    if not 0 <= page < len(groups):
        raise Gone
    request.enter("expert_trades", person=expert.person_id, page=page)
    choices: Sequence[Sequence[Button | None]] = trade_choices(
        expert.trades,
        page,
        toggle=lambda trade, wanted: data("xz", expert.person_id, trade, wanted),
        turn=lambda to: data("xt", expert.person_id, to),
    )
    text = _("<b>{name}</b> 熟悉哪些行业？\n第 {page}/{pages} 页 · <b>{group}</b>").format(
        name=html(expert.name), page=page + 1, pages=len(groups), group=_(groups[page].name)
    )
    done = Button(_("选好了"), data("xb", expert.person_id))
    return Reply(screen=Screen(text=text, buttons=rows(*choices, [done])))


def toggle_trade(request: Request) -> Reply:
    """Take a trade in or out, as the button said; a button pressed twice does it once."""
    expert, trade = _expert(request), request.word(1)
    page = page_of_trade(trade)
    if page is None:
        raise Gone
    others = tuple(t for t in expert.trades if t != trade)
    wanted = (*others, trade) if request.number(2) else others
    kept = expert if set(wanted) == set(expert.trades) else _set(request, replace(expert, trades=wanted))
    return _trades(request, kept, page)


def ask_words(request: Request) -> Reply:
    """写擅长什么: in the officer's words."""
    return _ask_words(request, _expert(request))


def _ask_words(request: Request, expert: ExpertProfile, *, notice: str = "") -> Reply:
    request.enter("expert_words", person=expert.person_id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>{name} 擅长什么？</b>写一句，例如：压力容器、防爆电气。").format(name=html(expert.name)),
        *([_("现在写的是：{words}").format(words=html(expert.words))] if expert.words else []),
    ]
    back = Button(_("返回"), data("xb", expert.person_id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows([back])))


def write_words(request: Request) -> Reply:
    """What he is good at has come; what is too long is not cut."""
    expert, words = _expert(request), " ".join(request.text.split())
    if not words:
        return _ask_words(request, expert)
    if len(words) > _MOST_LETTERS:
        notice = _("写了 {count} 个字，太长了，没有记下。请在 {most} 个字以内。")
        return _ask_words(request, expert, notice=notice.format(count=len(words), most=_MOST_LETTERS))
    return _show(request, _set(request, replace(expert, words=words)), notice=_("已记下。"))


def _again_all(request: Request) -> Reply:
    assert request.dialog is not None
    return _show_all(request, int(request.dialog.data.get("page", 0)))


def _again_trades(request: Request) -> Reply:
    assert request.dialog is not None
    return _trades(request, _expert(request), int(request.dialog.data.get("page", 0)))


_SUPERVISE, _MANAGE = Permission.SUPERVISE, Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="xa", needs=_SUPERVISE, handler=show_all),
    Press(name="xb", needs=_SUPERVISE, handler=show),
    Press(name="xk", needs=_MANAGE, handler=choose_kind),
    Press(name="xt", needs=_MANAGE, handler=choose_trades),
    Press(name="xz", needs=_MANAGE, handler=toggle_trade),
    Press(name="xw", needs=_MANAGE, handler=ask_words),
    Input(dialog="expert_words", takes=frozenset({"text"}), needs=_MANAGE, handler=write_words),
    Display(dialog="expert_roster", needs=_SUPERVISE, handler=_again_all),
    Display(dialog="expert", needs=_SUPERVISE, handler=show),
    Display(dialog="expert_trades", needs=_MANAGE, handler=_again_trades),
    Display(dialog="expert_words", needs=_MANAGE, handler=ask_words),
)
