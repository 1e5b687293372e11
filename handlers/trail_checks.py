"""Checking the trail (台账防改): taking up a check, what it found, the screen of the administrator."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from checklists.people import Permission, Person, Role
from checklists.trail_checks import Found, TrailCheck
from handlers.buttons import to_home
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Display, Press, Request, Route
from handlers.trail_news import CLEAN, FAILED, FAULTY, all_found, head_lines, moment
from handlers.words import _, html
from storage.transaction import Transaction

_NEW = {"token": "", "began_at": None, "beat_at": None, "percent": 0, "asked_by": None}
_UNEXPLAINED = {"explained": "", "explained_by": None, "explained_at": None, "reason": ""}
_MOST_HAZARDS = 5  # named in a message


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a check found: the head it saw, how many things are wrong where, and their keys by table.

    With `cut` it stopped counting, so that there may be more.
    """

    head: str
    head_at: datetime
    events: int
    found: tuple[Found, ...]
    keys: Mapping[str, Sequence[str]]
    cut: bool = False


def take_up(tx: Transaction, now: datetime) -> TrailCheck | None:
    """Begin a check if one is due and no other process was faster; it keeps what the check begins from."""
    if not tx.trail_checks.is_due(now):
        return None
    before = tx.trail_checks.present()
    new = {"token": secrets.token_hex(8), "began_at": now, "beat_at": now, "percent": 0}
    return tx.trail_checks.change(before, **new, first_at=before.first_at or now)


def note_progress(tx: Transaction, token: str, percent: int, now: datetime) -> bool:
    """A sign of life; False if the check is not ours any more."""
    before = tx.trail_checks.present()
    return before.token == token and tx.trail_checks.change(before, percent=percent, beat_at=now) is not None


def give_up(tx: Transaction, token: str, now: datetime, *, failed: bool) -> None:
    """A check that came to no result: it is made again, soon or after a failure some time later."""
    before = tx.trail_checks.present()
    if before.token != token:
        return
    if not failed:
        tx.trail_checks.change(before, **{**_NEW, "asked_by": before.asked_by})
        return
    tx.trail_checks.change(before, **_NEW, failed_at=now)
    if asker := _asker(tx, before):
        tx.deliveries.add(FAILED, f"{FAILED}:{token}", asker, {}, now, now)


def finish(tx: Transaction, token: str, outcome: Outcome, now: datetime) -> bool:
    """Keep the result, leave an event, and tell who must know; False if another process has done it meanwhile."""
    before = tx.trail_checks.present()
    if before.token != token:
        return False
    mark = mark_of(outcome)
    if tx.trail_checks.change(before, **_NEW, **_kept(before, outcome, mark)) is None:
        return False
    found = [asdict(one) for one in outcome.found]
    after = {"head": outcome.head, "found": found}
    tx.trail.add("trail_checked", subject="zone", subject_id=tx.zone_id, person_id=before.asked_by, at=now, after=after)
    hazards = outcome.keys.get("hazards", ())
    about = {
        "checked_at": before.began_at.isoformat() if before.began_at else now.isoformat(),
        "clean_at": before.clean_at.isoformat() if before.clean_at else None,
        "events": outcome.events,
        "found": found,
        "cut": outcome.cut,
        "hazards": list(hazards[:_MOST_HAZARDS]),
        "more_hazards": outcome.cut or len(hazards) > _MOST_HAZARDS,
    }
    _tell(tx, before, about, new=bool(mark) and mark != before.told, token=token, now=now)
    return True


def _kept(before: TrailCheck, outcome: Outcome, mark: str) -> dict[str, Any]:
    """What stays of a result. A head may be trusted again when just the explained faults stand."""
    values: dict[str, Any] = {"checked_at": before.began_at, "failed_at": None, "events": outcome.events, "told": mark}
    values |= {"found": outcome.found, "cut": outcome.cut}
    if not outcome.found:
        values["clean_at"] = before.began_at
    if mark != before.explained:
        values |= _UNEXPLAINED
    if mark in ("", before.explained):
        values |= {"clean_head": outcome.head, "clean_head_at": outcome.head_at}
    return values


def _tell(tx: Transaction, before: TrailCheck, about: dict[str, Any], *, new: bool, token: str, now: datetime) -> None:
    """The whole office hears of new faults at once; who asked hears in any case."""
    kind = FAULTY if about["found"] else CLEAN
    people = tx.people.with_role(Role.OFFICER, Role.ADMINISTRATOR) if new else []
    asker = _asker(tx, before)
    if asker is not None and asker.id not in {p.id for p in people}:
        people = [*people, asker]
    for person in people:
        tx.deliveries.add(kind, f"{kind}:{token}:{person.id}", person, about, now, now)


def _asker(tx: Transaction, check: TrailCheck) -> Person | None:
    asker = tx.people.get(check.asked_by) if check.asked_by is not None else None
    return asker if asker is not None and asker.holds(Role.ADMINISTRATOR, enterprise_id=None) else None


def mark_of(outcome: Outcome) -> str:
    """Stands for just these faults: the office hears of them once, and again when they change. Empty without any."""
    if not outcome.found:
        return ""
    content = [[asdict(one) for one in outcome.found], {k: list(v) for k, v in sorted(outcome.keys.items())}]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def standing(check: TrailCheck, now: datetime) -> str:
    """One line for the office's settings: when it was checked last and what came of it."""
    if check.is_running(now):
        return _("台账防改：正在核对，已完成 {percent}%").format(percent=check.percent)
    if check.asked_by is not None:
        return _("台账防改：马上开始核对")
    if check.checked_at is None:
        if check.is_long_ago(now):
            return _("⚠️ 台账防改：还从来没有核对成功过，请告诉管理服务器的人")
        return _("台账防改：还没有核对过，今天夜里会核对")
    words = _("台账防改：上次核对 {moment}，没有发现改动")
    if check.found and not check.is_explained:
        words = _("⚠️ 台账防改：上次核对 {moment}，发现 {number} 处改动")
    elif check.is_long_ago(now):
        words = _("⚠️ 台账防改：上次核对 {moment}，之后没有核对成功")
    elif check.found:
        words = _("台账防改：上次核对 {moment}，{number} 处改动，原因已查明")
    return words.format(moment=moment(check.checked_at), number=check.faults)


def show(request: Request) -> Reply:
    """台账防改: what it is, how it stands, and the copy of the end."""
    request.enter("trail")
    check = request.tx.trail_checks.present()
    waiting = check.is_waiting(request.now)
    lines = [
        _("<b>台账防改</b>"),
        _(
            "每天夜里核对一次：操作记录和台账里的每一条数据，是不是本系统写下的原样。有人绕过本系统改了数据，马上告诉您。"
        ),
        "",
        standing(check, request.now),
        *all_found(check.found, cut=check.cut),
        *_explanation(request.tx, check),
        *head_lines(check),
    ]
    unexplained = check.found and not check.is_explained
    explain = Button(_("已查明，写原因"), data("ux", check.told)) if unexplained else None
    again = Button(_("看进度"), data("us")) if waiting else Button(_("现在核对"), data("uc"))
    buttons = rows([again], [explain], [Button(_("返回"), data("fg")), to_home()])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _explanation(tx: Transaction, check: TrailCheck) -> list[str]:
    """Who knows the reason of what was found, since when."""
    if not check.is_explained or check.explained_at is None:
        return []
    who = tx.people.get(check.explained_by) if check.explained_by is not None else None
    words = _("已查明（{who}，{moment}）：{reason}")
    name = html(who.name) if who else ""
    return [words.format(who=name, moment=moment(check.explained_at), reason=html(check.reason))]


def ask(request: Request) -> Reply:
    """现在核对: it begins within seconds; pressed twice it is one check."""
    check = request.tx.trail_checks.present()
    if not check.is_waiting(request.now):
        request.tx.trail_checks.change(check, asked_by=request.who.id, failed_at=None)
    return show(request)


_ADMINISTER = Permission.ADMINISTER
ROUTES: tuple[Route, ...] = (
    Press(name="us", needs=_ADMINISTER, handler=show),
    Press(name="uc", needs=_ADMINISTER, handler=ask),
    Display(dialog="trail", needs=_ADMINISTER, handler=show),
)
