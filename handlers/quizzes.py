"""学一学、测一测: the ways to the lessons and quizzes, and beginning a quiz or going on with the one that runs."""

import secrets
from collections.abc import Callable
from datetime import date

from checklists import quiz_making, quiz_questions
from checklists.criteria import Sector, load_criteria
from checklists.enterprises import Enterprise
from checklists.people import Permission, Role, allows
from checklists.quiz_making import Item, items_of, items_of_lists, quizzable
from checklists.quiz_questions import Side
from checklists.quizzes import KIND_NAMES, PASS_PERCENT, Kind, Quiz, Sheet
from handlers.buttons import to_home
from handlers.official_cards import firm_of
from handlers.quiz_running import show
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Press, Request, Route, Stale
from handlers.standards import checklist_for
from handlers.words import _, day, html, labelled, shorten

ALL_LISTS = "-"


def entries(request: Request) -> list[Button]:
    """The menu's way to lessons and quizzes, of the firm or of the office."""
    if request.enterprise_id is None:
        label = _("学一学、测一测") if request.who.in_office else _("学一学")
        return [Button(label, data("fo"))]
    return [Button(_("学一学、测一测"), data("fi", request.enterprise_id))]


def ways(request: Request) -> list[list[Button]]:
    """For a worker's menu: a button for each firm he works for."""
    held = dict.fromkeys(a.enterprise_id for a in request.who.assignments if a.role is Role.WORKER)
    firms = request.tx.enterprises.some([i for i in held if i is not None])
    label = _("学一学、测一测")
    return [[Button(f"{label} · {shorten(f.name, 20)}" if len(firms) > 1 else label, data("fi", f.id))] for f in firms]


def items_for(request: Request, enterprise: Enterprise) -> list[Item]:
    """The criteria that apply to the firm today, those that the office adopted among them."""
    return items_of(checklist_for(request.tx, enterprise, request.today))


def lists(on: date) -> list[Sector]:
    """The lists somebody of the office may choose: those with something verified in force."""
    return [s for s in load_criteria().sectors.values() if quizzable(items_of_lists(s.id, on=on))]


def side_of(request: Request) -> Side:
    """Whose lessons on the ledger this person gets."""
    return Side.OFFICE if request.who.sees_zone else Side.FIRM


def firm_hub(request: Request) -> Reply:
    """What people of a firm can learn and try, and how they stand."""
    firm = firm_of(request.tx, request.enterprise_id)
    request.enter("quiz_firm_hub", id=firm.id)
    keeps = allows(request.who, Permission.INSPECT, enterprise_id=firm.id)
    signs = allows(request.who, Permission.SIGN, enterprise_id=firm.id)
    kinds = tuple(Kind) if keeps else (Kind.CRITERIA,)
    own = [[Button(_("本单位谁通过了"), data("fw", firm.id, 0))]] if signs else []
    return Reply(
        screen=Screen(
            text="\n".join([f"<b>{html(firm.name)} · {_('学一学、测一测')}</b>", *_standings(request, kinds, firm.id)]),
            buttons=rows(
                [Button(_("📖 学判定标准"), data("fl", firm.id)), Button(_("✏️ 测判定标准"), data("fq", firm.id))],
                _ledger_ways() if keeps else [],
                [Button(_("我的成绩"), data("fz", 0))],
                *own,
                [to_home()],
            ),
        )
    )


def office_hub(request: Request) -> Reply:
    """What people of the office can learn and try, and the way to who has passed; a liaison learns only."""
    request.enter("quiz_office_hub")
    if not request.who.in_office:
        return _reader_hub()
    sees = allows(request.who, Permission.SUPERVISE)
    return Reply(
        screen=Screen(
            text="\n".join([f"<b>{_('学一学、测一测')}</b>", *_standings(request, tuple(Kind), None)]),
            buttons=rows(
                [Button(_("📖 学判定标准"), data("ft", "m")), Button(_("✏️ 测判定标准"), data("ft", "r"))],
                _ledger_ways(),
                [Button(_("我的成绩"), data("fz", 0)), Button(_("谁通过了"), data("fv")) if sees else None],
                [to_home()],
            ),
        )
    )


def _reader_hub() -> Reply:
    text = "\n".join([f"<b>{_('学一学')}</b>", _("您只看，不用测验。")])
    ways = [Button(_("📖 学判定标准"), data("ft", "m")), Button(_("📖 学台账使用"), data("fc", 0))]
    return Reply(screen=Screen(text=text, buttons=rows(ways, [to_home()])))


def _ledger_ways() -> list[Button]:
    return [Button(_("📖 学台账使用"), data("fc", 0)), Button(_("✏️ 测台账使用"), data("fb"))]


def _standings(request: Request, kinds: tuple[Kind, ...], enterprise_id: int | None) -> list[str]:
    """A line a kind: passed and when, running, or not yet."""
    scores = request.tx.quizzes.of_people([request.who.id])
    lines = [_in_short()] if len(kinds) > 1 else []
    for kind in kinds:
        passed = [s for s in scores if s.passed and s.counts_for(kind, enterprise_id)]
        running = running_quiz(request, kind)
        if running is not None:
            words = _("做到一半，已答 {done}/{all}").format(done=running.sheet.counted, all=running.sheet.asked)
        elif passed:
            last = passed[0]
            words = _("✅ {day}通过，{correct}/{asked}").format(
                day=day(last.finished_at), correct=last.correct, asked=last.asked
            )
        else:
            words = _("还没通过")
        lines.append(labelled(_(KIND_NAMES[kind]), words))
    return lines


def _in_short() -> str:
    return _("判定标准最多 {criteria} 题，台账使用 {ledger} 题，对 {percent}% 就通过。").format(
        criteria=quiz_making.QUESTIONS, ledger=quiz_questions.QUESTIONS, percent=PASS_PERCENT
    )


def running_quiz(request: Request, kind: Kind) -> Quiz | None:
    """The unfinished attempt of this person."""
    quiz = request.tx.quizzes.newest(request.who.id, kind)
    return quiz if quiz is not None and quiz.finished_at is None else None


def begin_firm(request: Request) -> Reply:
    """A quiz on the criteria of the firm."""
    firm = firm_of(request.tx, request.enterprise_id)
    pool = items_for(request, firm)
    return _begin(request, Kind.CRITERIA, lambda seed: quiz_making.draw(pool, seed=seed), 1, ("fq", firm.id), firm.id)


def begin_list(request: Request) -> Reply:
    """A quiz on one list of criteria, or on all."""
    scope = chosen_list(request)
    pool = items_of_lists(scope, on=request.today)
    return _begin(
        request,
        Kind.CRITERIA,
        lambda seed: quiz_making.draw(pool, seed=seed, scope=scope),
        1,
        ("fr", scope or ALL_LISTS),
        None,
    )


def begin_ledger(request: Request) -> Reply:
    """A quiz on the use of the ledger."""
    side = side_of(request)
    return _begin(request, Kind.LEDGER, lambda seed: quiz_questions.draw(side, seed=seed), 0, ("fb",), None)


def chosen_list(request: Request) -> str:
    """The list of the first argument, empty for all; raises Gone for one that nobody may choose."""
    word = request.word(0)
    if word != ALL_LISTS and word not in {s.id for s in lists(request.today)}:
        raise Gone
    return "" if word == ALL_LISTS else word


def _begin(
    request: Request,
    kind: Kind,
    make: Callable[[str], Sheet],
    place: int,
    again: tuple[str | int, ...],
    enterprise_id: int | None,
) -> Reply:
    """Begin, unless one runs: that is shown, and replaced only by the press that names it (argument `place`)."""
    running = running_quiz(request, kind)
    named = request.number(place) if len(request.arguments) > place else None
    if running is not None and named != running.id:
        if named is not None or (not running.sheet.answers and _same(running, enterprise_id, again)):
            return show(request, running)
        return _ask(request, running, again)
    try:
        sheet = make(secrets.token_hex(8))
    except ValueError as nothing:
        raise Stale(_("现在没有可以测的条目。")) from nothing
    quiz = request.tx.quizzes.start(request.who.id, kind, sheet, enterprise_id=enterprise_id, at=request.now)
    return show(request, quiz, notice=_opening(sheet))


def _same(running: Quiz, enterprise_id: int | None, again: tuple[str | int, ...]) -> bool:
    """Whether what runs is what was asked for: the same firm or the same list."""
    wanted = str(again[-1]) if again[0] == "fr" else ""
    return running.enterprise_id == enterprise_id and running.sheet.scope == wanted.removeprefix(ALL_LISTS)


def _opening(sheet: Sheet) -> str:
    return _("共 {count} 题，对 {percent}% 就通过。答了就不能改，中途放下没关系，回来接着做。").format(
        count=sheet.asked, percent=PASS_PERCENT
    )


def _ask(request: Request, running: Quiz, again: tuple[str | int, ...]) -> Reply:
    """Another attempt lies there: go on with it, or begin anew."""
    route, *rest = again
    text = _("上次的测验还没做完（{what}，已答 {done}/{all}）。").format(
        what=_what(request, running), done=running.sheet.counted, all=running.sheet.asked
    )
    on = Button(_("接着做"), data("fx", running.id))
    anew = Button(_("重新开始，上次的不算"), data(str(route), *rest, running.id))
    return Reply(screen=Screen(text=text, buttons=rows([on], [anew], [to_home()])))


def _what(request: Request, quiz: Quiz) -> str:
    if quiz.enterprise_id is not None:
        return html(firm_of(request.tx, quiz.enterprise_id).name)
    sector = load_criteria().sectors.get(quiz.sheet.scope)
    return html(_(sector.name) if sector else _(KIND_NAMES[quiz.kind]))


ROUTES: tuple[Route, ...] = (
    Press(name="fi", needs=Permission.REPORT, about=About.ENTERPRISE, handler=firm_hub),
    Press(name="fo", needs=Permission.READ, handler=office_hub),
    Press(name="fq", needs=Permission.REPORT, about=About.ENTERPRISE, handler=begin_firm),
    Press(name="fr", needs=Permission.OFFICE, handler=begin_list),
    Press(name="fb", needs=Permission.ANSWER, handler=begin_ledger),
    Display(dialog="quiz_firm_hub", needs=Permission.REPORT, about=About.ENTERPRISE, handler=firm_hub),
    Display(dialog="quiz_office_hub", needs=Permission.READ, handler=office_hub),
)
