"""Who has passed, for the office: counts, who has not by name, the Excel, and one reminder a month to each."""

from checklists.people import OFFICE_ROLES, ROLE_NAMES, Permission, Person, Role, allows
from checklists.quiz_coverage import Coverage, Group, Wanted, coverage_of
from checklists.quizzes import KIND_NAMES
from handlers.buttons import ON_ONE_PAGE, pages_of, to_home, turning
from handlers.documents.quiz_sheet import ScoreRow, quiz_sheet_xlsx
from handlers.quiz_reminders import remind
from handlers.replies import Button, Document, Reply, Screen, data, rows
from handlers.routing import Display, Gone, Press, Request, Route
from handlers.words import N_, _, html, labelled, listed
from storage.transaction import Transaction

_NAMES = {
    Group.FIRMS: N_("判定标准：主要负责人通过的企业"),
    Group.KEEPERS: N_("台账使用：主要负责人、安全管理员"),
    Group.OFFICE: N_("台账使用：办公室人员"),
}
_MISSING = {
    Group.FIRMS: N_("判定标准：主要负责人没通过的企业"),
    Group.KEEPERS: N_("台账使用：没通过的主要负责人、安全管理员"),
    Group.OFFICE: N_("台账使用：没通过的办公室人员"),
}
_MOST_NAMED = 10


def coverages(tx: Transaction, *groups: Group) -> list[Coverage]:
    """How far these groups have come, firms by name."""
    firms, people, passed = [firm.id for firm in tx.enterprises.all()], tx.people.everybody(), tx.quizzes.passed()
    return [coverage_of(group, people, firms, passed) for group in groups]


def _missing_of(request: Request, group: Group) -> list[Wanted]:
    return coverages(request.tx, group)[0].missing


def show(request: Request) -> Reply:
    """谁通过了: the counts, and the ways to the lists."""
    return _show(request)


def _show(request: Request) -> Reply:
    request.enter("quiz_coverage")
    found = coverages(request.tx, *Group)
    lines = [
        _("<b>谁通过了测验</b>"),
        *(labelled(_(_NAMES[c.group]), f"{c.done}/{len(c.wanted)}") for c in found),
        _("这里只看得到通过没有、答对几题，看不到答错了哪些。"),
    ]
    missing = [
        [Button(_("没通过的 · {kind}").format(kind=_(_SHORT[c.group])), data("fu", c.group.value, 0))]
        for c in found
        if c.missing
    ]
    sheet = Button(_("发 Excel：学习和测验记录"), data("fd"))
    back = Button(_("返回"), data("fo"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(*missing, [sheet], [back, to_home()])))


_SHORT = {
    Group.FIRMS: N_("企业，判定标准"),
    Group.KEEPERS: N_("企业，台账使用"),
    Group.OFFICE: N_("办公室，台账使用"),
}


def _group(word: str) -> Group:
    try:
        return Group(word)
    except ValueError as unknown:
        raise Gone from unknown


def missing(request: Request) -> Reply:
    """Who of a group has not passed."""
    return _missing(request, _group(request.word(0)), request.number(1))


def _missing(request: Request, group: Group, page: int, *, notice: str = "") -> Reply:
    left = _missing_of(request, group)
    pages = pages_of(len(left))
    page = min(page, pages - 1)
    request.enter("quiz_missing", group=group.value, page=page)
    here = left[page * ON_ONE_PAGE :][:ON_ONE_PAGE]
    firms = _firm_names(request.tx, here)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        f"<b>{_(_MISSING[group])}</b>　{len(left)}",
        *(_line(wanted, firms) for wanted in here),
    ]
    may_remind = left and allows(request.who, Permission.MANAGE)
    ask = Button(_("提醒没测的"), data("fh", group.value)) if may_remind else None
    turns = turning("fu", group.value, page=page, pages=pages)
    back = Button(_("返回"), data("fv"))
    return Reply(screen=Screen(text="\n".join(lines), buttons=rows(turns, [ask], [back, to_home()])))


def _firm_names(tx: Transaction, wanted: list[Wanted]) -> dict[int, str]:
    ids = sorted({w.enterprise_id for w in wanted if w.enterprise_id is not None})
    return {firm.id: firm.name for firm in tx.enterprises.some(ids)}


def _line(wanted: Wanted, firms: dict[int, str]) -> str:
    names = listed(html(p.name) for p in wanted.people) or _("主要负责人还没加入")
    if wanted.enterprise_id is None:
        return f"· {names}"
    return "· " + labelled(html(firms.get(wanted.enterprise_id, "")), names)


def ask_reminder(request: Request) -> Reply:
    """Before everybody of the list gets a message."""
    group = _group(request.word(0))
    left = _missing_of(request, group)
    request.enter("quiz_missing", group=group.value, page=0)
    people = {p.id for w in left for p in w.people}
    text = _("给没通过的 {count} 人各发一条提醒？\n一个人一个月最多收到一条，上班时间发。").format(count=len(people))
    yes = Button(_("发提醒"), data("fj", group.value))
    return Reply(screen=Screen(text=text, buttons=rows([yes], [Button(_("不发"), data("fu", group.value, 0))])))


def send_reminder(request: Request) -> Reply:
    """One message to each of the list; who cannot be reached is named."""
    group = _group(request.word(0))
    left = _missing_of(request, group)
    told = remind(request, group.kind, list({p.id: p for w in left for p in w.people}.values()))
    nobody = [w for w in left if not w.people]
    firms = _firm_names(request.tx, nobody)
    words = [_("已安排提醒 {count} 人。").format(count=told.queued)]
    if told.before:
        words.append(_("{count} 人这个月已经提醒过，不再发。").format(count=told.before))
    if told.unreachable:
        words.append(_("收不到消息，请当面告诉：{names}。").format(names=_some([p.name for p in told.unreachable])))
    if nobody:
        words.append(
            _("主要负责人还没加入：{names}。").format(
                names=_some([firms.get(w.enterprise_id or 0, "") for w in nobody])
            )
        )
    return _missing(request, group, 0, notice="".join(words))


def _some(names: list[str]) -> str:
    shown = listed(names[:_MOST_NAMED])
    return _("{names}等 {count} 个").format(names=shown, count=len(names)) if len(names) > _MOST_NAMED else shown


def sheet(request: Request) -> Reply:
    """学习和测验记录: all finished quizzes of who enters data, as Excel."""
    made = quiz_sheet_xlsx(_rows(request.tx), zone=request.zone.name, as_of=request.now)
    name = _("学习和测验记录_{day}.xlsx").format(day=request.today.isoformat())
    return Reply(documents=(Document(name=name, content=made),), toast=_("文件在下面。"))


def _rows(tx: Transaction) -> list[ScoreRow]:
    people = {p.id: p for p in tx.people.everybody() if any(a.role is not Role.WORKER for a in p.assignments)}
    firms = {firm.id: firm.name for firm in tx.enterprises.all(active=None)}
    return [
        ScoreRow(
            name=people[score.person_id].name,
            positions=tuple(dict.fromkeys(ROLE_NAMES[a.role] for a in people[score.person_id].assignments)),
            enterprises=_firms_of(people[score.person_id], score.enterprise_id, firms),
            kind=KIND_NAMES[score.kind],
            asked=score.asked,
            correct=score.correct,
            passed=score.passed,
            finished_at=score.finished_at,
        )
        for score in tx.quizzes.everything()
        if score.person_id in people and not _is_of_a_worker(people[score.person_id], score.enterprise_id)
    ]


def _is_of_a_worker(person: Person, enterprise_id: int | None) -> bool:
    """A worker's result is for himself and the heads of his firm, whatever he is elsewhere."""
    held = {a.role for a in person.assignments if a.enterprise_id == enterprise_id}
    return enterprise_id is not None and held == {Role.WORKER}


def _firms_of(person: Person, enterprise_id: int | None, firms: dict[int, str]) -> tuple[str, ...]:
    if enterprise_id is not None:
        return (firms.get(enterprise_id, ""),)
    if person.holds(*OFFICE_ROLES):
        return ()
    return tuple(dict.fromkeys(firms[a.enterprise_id] for a in person.assignments if a.enterprise_id in firms))


def _missing_again(request: Request) -> Reply:
    assert request.dialog is not None
    values = request.dialog.data
    return _missing(request, _group(str(values.get("group", ""))), int(values.get("page", 0)))


_SEES, _MANAGE = Permission.SUPERVISE, Permission.MANAGE
ROUTES: tuple[Route, ...] = (
    Press(name="fv", needs=_SEES, handler=show),
    Press(name="fu", needs=_SEES, handler=missing),
    Press(name="fd", needs=_SEES, handler=sheet),
    Press(name="fh", needs=_MANAGE, handler=ask_reminder),
    Press(name="fj", needs=_MANAGE, handler=send_reminder),
    Display(dialog="quiz_coverage", needs=_SEES, handler=show),
    Display(dialog="quiz_missing", needs=_SEES, handler=_missing_again),
)
