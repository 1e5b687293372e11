"""Faults of the trail whose reason is known: an administrator writes it down, and the morning report stops asking."""

from dataclasses import asdict

from checklists.people import Permission
from checklists.trail_checks import TrailCheck
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Input, Press, Request, Route, Stale
from handlers.trail_checks import show
from handlers.words import _

_MOST_WORDS = 1000


def ask(request: Request) -> Reply:
    """已查明，写原因: what happened is asked for."""
    return _ask(request, request.word(0))


def _ask(request: Request, mark: str) -> Reply:
    _unexplained(request, mark)
    request.enter("trail_reason", mark=mark)
    lines = [
        _("<b>查明了是什么原因，怎么处理的？</b>请写下来发给我，例如：昨天服务器坏了，从备份恢复过。"),
        _("写下以后，早报里不再提这些改动；这里照样看得到，写的话留在操作记录里。再有别的改动，还是马上告诉您。"),
    ]
    buttons = rows([Button(_("返回"), data("us"))])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def explain(request: Request) -> Reply:
    """The reason has come: it is kept for just the faults that were shown when it was asked for."""
    assert request.dialog is not None
    mark, reason = str(request.dialog.data["mark"]), request.text.strip()[:_MOST_WORDS]
    check = _unexplained(request, mark)
    if not reason:
        return _ask(request, mark)
    tx, who = request.tx, request.who.id
    kept = {"explained": mark, "explained_by": who, "explained_at": request.now, "reason": reason}
    if tx.trail_checks.change(check, **kept) is None:
        raise Stale(_("没有记下，请再发一次。"))
    after = {"mark": mark, "reason": reason, "found": [asdict(one) for one in check.found]}
    tx.trail.add("trail_explained", subject="zone", subject_id=tx.zone_id, person_id=who, at=request.now, after=after)
    return show(request)


def _unexplained(request: Request, mark: str) -> TrailCheck:
    check = request.tx.trail_checks.present()
    if check.found and check.told == mark and not check.is_explained:
        return check
    if check.is_explained:
        raise Stale(_("原因已经写过了。"))
    raise Stale(_("又核对过一次，结果不一样了，请先看看。"))


def _again(request: Request) -> Reply:
    assert request.dialog is not None
    try:
        return _ask(request, str(request.dialog.data["mark"]))
    except Stale:
        return show(request)


_ADMINISTER = Permission.ADMINISTER
ROUTES: tuple[Route, ...] = (
    Press(name="ux", needs=_ADMINISTER, handler=ask),
    Input(dialog="trail_reason", takes=frozenset({"text"}), needs=_ADMINISTER, handler=explain),
    Display(dialog="trail_reason", needs=_ADMINISTER, handler=_again),
)
