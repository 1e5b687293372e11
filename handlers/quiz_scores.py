"""Scores: one's own, and who of the firm has passed, for its heads."""

from collections.abc import Sequence

from checklists.people import ENTERPRISE_ROLES, ROLE_NAMES, Permission, Person, Role
from checklists.quizzes import KIND_NAMES, Kind, Score
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.official_cards import firm_of
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Press, Request, Route
from handlers.words import _, full_day, html, labelled, listed


def own(request: Request) -> Reply:
    """The finished quizzes of this person, the newest first."""
    return _own(request, request.number(0))


def _own(request: Request, page: int) -> Reply:
    number = request.tx.quizzes.count(request.who.id)
    pages = pages_of(number)
    page = min(page, pages - 1)
    request.enter("quiz_scores", page=page)
    scores = request.tx.quizzes.scores(request.who.id, limit=ON_ONE_PAGE, offset=page * ON_ONE_PAGE)
    firms = {f.id: f.name for f in request.tx.enterprises.some(_firms(scores))}
    lines = [_("<b>我的成绩</b>"), *(_line(score, firms.get(score.enterprise_id or 0, "")) for score in scores)]
    if not scores:
        lines.append(_("还没有做完过测验。"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(turning("fz", page=page, pages=pages), [to_home()])))


def _firms(scores: Sequence[Score]) -> list[int]:
    return sorted({s.enterprise_id for s in scores if s.enterprise_id is not None})


def _line(score: Score, firm: str) -> str:
    words = (
        _("✅ {kind}：您 {day} 通过，{correct}/{asked}")
        if score.passed
        else _("{kind}：{day}，{correct}/{asked}，没通过")
    )
    line = words.format(
        kind=_(KIND_NAMES[score.kind]), day=full_day(score.finished_at), correct=score.correct, asked=score.asked
    )
    return f"{line}　{html(firm)}" if firm else line


def of_firm(request: Request) -> Reply:
    """Everybody with a role in the firm: passed and when, not passed, or not tried; never how many were right."""
    return _of_firm(request, request.number(1))


def _of_firm(request: Request, page: int) -> Reply:
    firm = firm_of(request.tx, request.enterprise_id)
    people = sorted(request.tx.people.in_enterprises([firm.id]), key=lambda p: (_rank(p, firm.id), p.id))
    pages = pages_of(len(people))
    page = min(page, pages - 1)
    request.enter("quiz_firm_scores", id=firm.id, page=page)
    here = people[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    scores = request.tx.quizzes.of_people([p.id for p in here])
    lines = [_("<b>本单位谁通过了</b>　{firm}").format(firm=html(firm.name))]
    lines += [line for person in here for line in _person_lines(person, scores, firm.id)]
    turns = turning("fw", firm.id, page=page, pages=pages)
    back = Button(_("返回"), data("fi", firm.id))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(turns, [back, to_home()])))


def _rank(person: Person, enterprise_id: int) -> int:
    order = [r for r in Role if r in ENTERPRISE_ROLES]
    return min(order.index(a.role) for a in person.assignments if a.enterprise_id == enterprise_id)


def _person_lines(person: Person, scores: Sequence[Score], enterprise_id: int) -> list[str]:
    held = [a.role for a in person.assignments if a.enterprise_id == enterprise_id]
    # A worker enters nothing, so that the use of the ledger is not for him.
    kinds = [Kind.CRITERIA] if held == [Role.WORKER] else list(Kind)
    lines = [labelled(f"<b>{html(person.name)}</b>", listed(_(ROLE_NAMES[r]) for r in held))]
    for kind in kinds:
        mine = [s for s in scores if s.person_id == person.id and s.counts_for(kind, enterprise_id)]
        lines.append("　" + labelled(_(KIND_NAMES[kind]), _state(mine)))
    return lines


def _state(scores: Sequence[Score]) -> str:
    passed = next((s for s in scores if s.passed), None)
    if passed is not None:
        return _("✅ {day} 通过").format(day=full_day(passed.finished_at))
    return _("还没通过") if scores else _("还没测")


def _own_again(request: Request) -> Reply:
    assert request.dialog is not None
    return _own(request, int(request.dialog.data.get("page", 0)))


def _of_firm_again(request: Request) -> Reply:
    assert request.dialog is not None
    return _of_firm(request, int(request.dialog.data.get("page", 0)))


ROUTES: tuple[Route, ...] = (
    Press(name="fz", needs=Permission.TRY, handler=own),
    Press(name="fw", needs=Permission.SIGN, about=About.ENTERPRISE, handler=of_firm),
    Display(dialog="quiz_scores", needs=Permission.TRY, handler=_own_again),
    Display(dialog="quiz_firm_scores", needs=Permission.SIGN, about=About.ENTERPRISE, handler=_of_firm_again),
)
