"""Submitting an inspection for ever, and correcting a submitted one by a new version."""

from dataclasses import replace

from checklists.inspections import Inspection, InspectionState
from checklists.people import Permission, Role
from handlers import summaries
from handlers.documents.inspection_record import digest
from handlers.duties import fulfil
from handlers.recording import make_record, of_questions, seconds_spent, write_record
from handlers.records import show_record
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.running import while_running
from handlers.walking import Walk, inspection_id, walk_of
from handlers.words import N_, _

_REASONS = (N_("有题答错了"), N_("漏了隐患"), N_("带队人或参加人员写错了"))


@while_running
def submit(request: Request, walk: Walk) -> Reply:
    """The declaration was pressed: keep the record for ever, fulfil the duty, send the record to the principal."""
    run = walk.inspection
    if run.progress.next_open(-1) is not None or not run.led_by:
        return summaries.ask_submit(request, walk)
    if request.word(1) != summaries.seal(run):
        return summaries.ask_submit(request, walk, toast=_("刚才有改动，请再看一遍。"))
    record = make_record(request, walk)
    seconds = seconds_spent(list(request.tx.inspections.answers_of(run.id).values()), run.started_at)
    kept = request.tx.inspections.submit(
        run, by=request.who.id, at=request.now, seconds=seconds, record=write_record(record), digest=digest(record)
    )
    if not kept:
        raise Stale(_("这次自查刚刚已经提交。"))
    submitted = request.tx.inspections.get(run.id)
    assert submitted is not None
    fulfil(request, submitted)
    _send_record(request, submitted)
    return replace(show_record(request, submitted), toast=_("已提交，记录 {number}。").format(number=record.number))


def _send_record(request: Request, run: Inspection) -> None:
    people = {p.id: p for p in request.tx.people.with_role(Role.PRINCIPAL, enterprise_id=run.enterprise_id)}
    people[request.who.id] = request.who
    for person in people.values():
        dedupe = f"record:{run.id}:{person.id}"
        request.tx.deliveries.add("record", dedupe, person, {"inspection": run.id}, request.now, request.now)


def ask_correction(request: Request) -> Reply:
    """Why a submitted record is to be corrected; nothing begins before that is said."""
    run = _correctable(request)
    request.enter("correction", id=run.id)
    buttons = [[Button(_(reason), data("ik", run.id, code))] for code, reason in enumerate(_REASONS)]
    text = _(
        "<b>更正自查记录</b>\n会照原来的答案开一份新的一版，改好再提交。原来那份原样保留。\n"
        "为什么更正？点一个，或者直接打字。"
    )
    return Reply(screen=Screen(text=text, buttons=rows(*buttons, [Button(_("不更正了"), data("iv", run.id))])))


def correct_by_press(request: Request) -> Reply:
    """Begin the correction for one of the offered reasons."""
    code = request.number(1)
    if code >= len(_REASONS):
        raise Gone
    return _correct(request, _REASONS[code])


def correct_by_words(request: Request) -> Reply:
    """Begin the correction for a reason that was typed."""
    reason = " ".join(request.text.split())
    return _correct(request, reason) if reason else ask_correction(request)


def _correct(request: Request, reason: str) -> Reply:
    tx, old = request.tx, _correctable(request)
    new = tx.inspections.start(
        enterprise_id=old.enterprise_id,
        period=old.period,
        checklist=tx.inspections.checklist(old.checklist_digest),
        items=len(old.progress),
        by=request.who.id,
        at=request.now,
        progress=old.progress,
        corrects=old,
        correction_reason=reason,
    )
    tx.inspections.copy_answers(old, new)
    tx.inspections.name_participants(new.id, led_by=old.led_by, participants=old.participants)
    for attachment in of_questions(tx, old.id):
        tx.attachments.copy(attachment, inspection_id=new.id)
    tx.hazards.carry_over(old.id, new.id, by=request.who.id, at=request.now)
    return summaries.show_summary(request, walk_of(tx, new.id), notice=_("这是更正的一版，改好后再提交一次。"))


def _correctable(request: Request) -> Inspection:
    """The submitted record to correct; raises Stale when it is not the newest or another inspection is running."""
    run = request.tx.inspections.get(inspection_id(request))
    if run is None or run.is_running:
        raise Gone
    if run.state is InspectionState.CORRECTED or request.tx.inspections.correction_of(run.id):
        raise Stale(_("这份记录已经在更正，或已有更正后的一版。"))
    if request.tx.inspections.running(run.enterprise_id):
        raise Stale(_("还有一次自查没做完，先把它提交，再来更正。"))
    return run


_ABOUT = About.INSPECTION
_INSPECT = Permission.INSPECT

_summary = while_running(summaries.show_summary)
_leader = while_running(summaries.ask_leader)
_participants = while_running(summaries.ask_participants)
_declaration = while_running(summaries.ask_submit)

ROUTES: tuple[Route, ...] = (
    Press(name="is", needs=_INSPECT, about=_ABOUT, handler=_summary),
    Press(name="il", needs=_INSPECT, about=_ABOUT, handler=_leader),
    Press(name="ic", needs=_INSPECT, about=_ABOUT, handler=while_running(summaries.choose_leader)),
    Press(name="ip", needs=_INSPECT, about=_ABOUT, handler=_participants),
    Press(name="iq", needs=_INSPECT, about=_ABOUT, handler=while_running(summaries.toggle_participant)),
    Press(name="iw", needs=_INSPECT, about=_ABOUT, handler=while_running(summaries.clear_participants)),
    Press(name="iz", needs=_INSPECT, about=_ABOUT, handler=_declaration),
    Press(name="iy", needs=_INSPECT, about=_ABOUT, handler=submit),
    Press(name="ij", needs=_INSPECT, about=_ABOUT, handler=ask_correction),
    Press(name="ik", needs=_INSPECT, about=_ABOUT, handler=correct_by_press),
    Input(
        dialog="leader",
        takes=frozenset({"text"}),
        needs=_INSPECT,
        about=_ABOUT,
        handler=while_running(summaries.write_leader),
    ),
    Input(
        dialog="participants",
        takes=frozenset({"text"}),
        needs=_INSPECT,
        about=_ABOUT,
        handler=while_running(summaries.write_participants),
    ),
    Input(dialog="correction", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=correct_by_words),
    Display(dialog="summary", needs=_INSPECT, about=_ABOUT, handler=_summary),
    Display(dialog="leader", needs=_INSPECT, about=_ABOUT, handler=_leader),
    Display(dialog="participants", needs=_INSPECT, about=_ABOUT, handler=_participants),
    Display(dialog="submit", needs=_INSPECT, about=_ABOUT, handler=_declaration),
    Display(dialog="correction", needs=_INSPECT, about=_ABOUT, handler=ask_correction),
)
