"""The profile of an enterprise asked on the phone: yes/no questions one at a time, at most a minute of taps."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from checklists.enterprises import Enterprise
from checklists.people import Permission, allows
from checklists.profiles import questions_for_profile
from checklists.sector_sets import load_sector_sets
from checklists.traits import Trait, load_traits
from handlers import trades
from handlers.buttons import progress_bar, to_home
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route
from handlers.standards import checklist_for, traits_holding
from handlers.words import _, full_day, html, listed

_ANSWERS: Mapping[str, bool | None] = {"y": True, "n": False, "u": None}


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a person is in the questions: `asked` so far, the place in them, and how many there will be.

    The first `earlier` of them were answered on another occasion. With `again` known answers are asked once more,
    so that they can be put right.
    """

    asked: tuple[str, ...]
    at: int = 0
    total: int = 0
    earlier: int = 0
    again: bool = False


def entries(request: Request) -> list[Button]:
    """The menu's way to the profile: first of all when it was never filled in."""
    if not allows(request.who, Permission.KEEP_STANDARD, enterprise_id=request.enterprise_id):
        return []
    enterprise = _enterprise(request) if request.enterprise_id else None
    if enterprise is None or enterprise.profiled_at is not None:
        return []
    answered = len(request.tx.enterprises.trait_answers(enterprise.id))
    label = _("继续填企业资料（已答 {count} 题）").format(count=answered) if answered else _("填企业资料（一分钟）")
    return [Button(label, data("qs", enterprise.id, 0))]


def _enterprise(request: Request) -> Enterprise:
    enterprise = request.tx.enterprises.get(request.enterprise_id or 0)
    if enterprise is None:
        raise Gone
    return enterprise


def show(request: Request) -> Reply:
    """What is known of the enterprise, and the ways to put it right."""
    enterprise = _enterprise(request)
    request.enter("profile_view", id=enterprise.id)
    answered_by = {a.trait: a.answered_by for a in request.tx.enterprises.trait_answers(enterprise.id)}
    people = {i: request.tx.people.get(i) for i in set(answered_by.values())}
    by_office = {t for t, i in answered_by.items() if (person := people[i]) and person.in_office}
    may_change = allows(request.who, Permission.KEEP_STANDARD, enterprise_id=enterprise.id)
    return Reply(screen=profile_screen(enterprise, by_office, may_change=may_change))


def profile_screen(enterprise: Enterprise, by_office: set[str], *, may_change: bool) -> Screen:
    """Trades and traits as they are known; what the office put right is marked."""
    lines = [
        _("<b>{name} · 企业资料</b>").format(name=html(enterprise.name)),
        _("行业：{trades}").format(trades=trade_names(enterprise.trades) or _("还没填")),
        _("是/有：{traits}").format(traits=_trait_names(enterprise.traits, True, by_office)),
        _("不是/没有：{traits}").format(traits=_trait_names(enterprise.traits, False, by_office)),
    ]
    if enterprise.profiled_at:
        lines.append(_("填写完成：{day}").format(day=full_day(enterprise.profiled_at)))
    change = [
        Button(_("改行业"), data("qg", enterprise.id, 0)),
        Button(_("重新回答"), data("qs", enterprise.id, 1)),
    ]
    more = Button(_("回答还不清楚的"), data("qs", enterprise.id, 0))
    back = Button(_("返回企业"), data("ev", enterprise.id))
    able = [change, [more]] if may_change else []
    return Screen(text="\n".join(lines), buttons=rows(*able, [back, to_home()]))


def trade_names(ids: Sequence[str]) -> str:
    """The trades, without what stands in brackets."""
    known = load_sector_sets().trades
    return listed(_(known[i].name.partition("（")[0]) for i in ids if i in known)


def _trait_names(answers: Mapping[str, bool], wanted: bool, by_office: set[str]) -> str:
    traits = load_traits()
    named = [
        html(_(traits[t].name)) + (_("（办公室更正）") if t in by_office else "")
        for t, present in answers.items()
        if present is wanted and t in traits
    ]
    return listed(named) or _("无")


def begin(request: Request) -> Reply:
    """The button that starts the questions, goes on with them, or asks all of them again."""
    return start(request, again=request.number(1) == 1)


def start(request: Request, *, again: bool = False) -> Reply:
    """The trades first if none is known, then the questions from where they were left."""
    enterprise = _enterprise(request)
    if not enterprise.trades:
        return trades.show_page(request, 0)
    held = traits_holding(request.tx, enterprise, request.today)
    given = (a.trait for a in request.tx.enterprises.trait_answers(enterprise.id))
    answered = () if again else tuple(trait for trait in given if trait in held)
    # A minute of taps a sitting; the first filling-in is one sitting, however often it is put down.
    earlier = len(answered) if enterprise.profiled_at else 0
    return _go_on(request, Walk(answered, at=len(answered), earlier=earlier, again=again))


def _go_on(request: Request, walk: Walk, *, toast: str = "") -> Reply:
    """The question at this place; behind the last one asked the next is chosen, and without one the walk is over."""
    enterprise = _enterprise(request)
    if walk.at >= len(walk.asked):
        following = _following(request, enterprise, walk)
        if not following:
            return replace(finish(request, enterprise), toast=toast)
        asked = (*walk.asked, following[0].id)
        walk = replace(walk, asked=asked, at=len(asked) - 1, total=len(walk.asked) + len(following))
    _keep(request, enterprise, walk)
    return Reply(screen=question_screen(enterprise, walk), toast=toast)


def _following(request: Request, enterprise: Enterprise, walk: Walk) -> list[Trait]:
    held = traits_holding(request.tx, enterprise, request.today)
    known = {t: v for t, v in held.items() if t in walk.asked} if walk.again else held
    questions = questions_for_profile(
        enterprise.trades,
        known,
        on=request.today,
        adopted=request.tx.standards.adopted(),
        taken=len(walk.asked) - walk.earlier,
    )
    return [q for q in questions if q.id not in walk.asked]


def _keep(request: Request, enterprise: Enterprise, walk: Walk) -> None:
    request.enter("profile", id=enterprise.id, **asdict(walk))


def _walk(request: Request) -> Walk | None:
    """The walk this chat is on, if it is about the enterprise of the request."""
    dialog = request.dialog
    if dialog is None or dialog.kind != "profile" or dialog.data["id"] != request.enterprise_id:
        return None
    values = {name: value for name, value in dialog.data.items() if name != "id"}
    return Walk(**{**values, "asked": tuple(values["asked"])})


def question_screen(enterprise: Enterprise, walk: Walk) -> Screen:
    """One question with its answer so far."""
    trait = load_traits()[walk.asked[walk.at]]
    total = max(walk.total, len(walk.asked))
    known = enterprise.traits.get(trait.id)
    yes, no = answer_words(trait)
    lines = [
        _("{name} · 企业资料 {at}/{total}").format(name=html(enterprise.name), at=walk.at + 1, total=total),
        progress_bar(walk.at, total),
        f"\n<b>{html(_(trait.ask))}</b>",
    ]
    if known is not None:
        lines.append(_("现在的回答：{answer}").format(answer=yes if known else no))

    def answer(label: str, value: str) -> Button:
        return Button(label, data("qa", enterprise.id, walk.at, trait.id, value))

    back = Button(_("上一题"), data("qb", enterprise.id, walk.at)) if walk.at else None
    keep = Button(_("不改，下一题"), data("qn", enterprise.id, walk.at)) if known is not None else None
    return Screen(
        text="\n".join(lines),
        buttons=rows([answer(yes, "y"), answer(no, "n")], [answer(_("不清楚"), "u"), back, keep], [_later()]),
    )


def _later() -> Button:
    return Button(_("以后再填"), data("h"))


def answer_words(trait: Trait) -> tuple[str, str]:
    """Yes and no as they fit the question."""
    if trait.name.startswith("有"):
        return _("有"), _("没有")
    if trait.name.startswith("用") and "是用" not in trait.ask:
        return _("用"), _("不用")
    return _("是"), _("不是")


def take(request: Request) -> Reply:
    """An answer was pressed: keep it and ask on; an old button changes nothing."""
    walk, answer = _walk(request), request.word(3)
    if answer not in _ANSWERS:
        raise Gone
    if walk is None:
        return replace(start(request), toast=_("接着上次的地方问。"))
    if walk.at != request.number(1) or walk.asked[walk.at] != request.word(2):
        return _go_on(request, walk, toast=_("那一题已经过去了，这是现在的题。"))
    request.tx.enterprises.set_trait(
        _enterprise(request).id, walk.asked[walk.at], _ANSWERS[answer], by=request.who.id, at=request.now
    )
    return _go_on(request, replace(walk, at=walk.at + 1))


def back(request: Request) -> Reply:
    """The question before; its answer stays until another is pressed."""
    return _step(request, -1)


def keep(request: Request) -> Reply:
    """On to the next question, leaving this answer as it is."""
    return _step(request, 1)


def _step(request: Request, by: int) -> Reply:
    walk = _walk(request)
    if walk is None:
        return start(request)
    if walk.at != request.number(1) or walk.at + by < 0:
        return _go_on(request, walk)
    return _go_on(request, replace(walk, at=walk.at + by))


def finish(request: Request, enterprise: Enterprise) -> Reply:
    """All questions are gone through: note it, and say what follows."""
    request.tx.enterprises.profiled(enterprise.id, at=request.now)
    request.tx.trail.add(
        "profile_set",
        subject="enterprise",
        subject_id=enterprise.id,
        person_id=request.who.id,
        at=request.now,
        after={"trades": enterprise.trades, "traits": dict(enterprise.traits), "by_office": request.who.in_office},
    )
    request.enter("profile_done", id=enterprise.id)
    return show_done(replace(request, enterprise_id=enterprise.id))


def show_done(request: Request) -> Reply:
    """The end of the questions, drawn from the database."""
    enterprise = _enterprise(request)
    count = len(checklist_for(request.tx, enterprise, request.today))
    text = _(
        "资料填好了。\n<b>{name}</b> 的检查表现在有 <b>{count}</b> 条。\n以后有变化，在“企业资料”里随时可以改。"
    ).format(name=html(enterprise.name), count=count)
    see = Button(_("看企业资料"), data("q", enterprise.id))
    return Reply(screen=Screen(text=text, buttons=rows([see], [to_home()])))


def again(request: Request) -> Reply:
    """The present question, drawn from the dialog."""
    walk = _walk(request)
    assert walk is not None
    return Reply(screen=question_screen(_enterprise(request), walk))


_FIRM = About.ENTERPRISE
ROUTES: tuple[Route, ...] = (
    Press(name="q", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show),
    Press(name="qs", needs=Permission.KEEP_STANDARD, about=_FIRM, handler=begin),
    Press(name="qa", needs=Permission.KEEP_STANDARD, about=_FIRM, handler=take),
    Press(name="qb", needs=Permission.KEEP_STANDARD, about=_FIRM, handler=back),
    Press(name="qn", needs=Permission.KEEP_STANDARD, about=_FIRM, handler=keep),
    Press(name="qd", needs=Permission.KEEP_STANDARD, about=_FIRM, handler=start),
    Display(dialog="profile", needs=Permission.KEEP_STANDARD, about=_FIRM, handler=again),
    Display(dialog="profile_view", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show),
    Display(dialog="profile_done", needs=Permission.SEE_ENTERPRISE, about=_FIRM, handler=show_done),
)
