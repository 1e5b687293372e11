"""Before submitting: what was answered and found, who led and took part, and the declaration."""

import hashlib
from dataclasses import replace

from checklists.attachments import Attachment
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, format_number
from checklists.inspections import Answer, Inspection
from checklists.people import ROLE_NAMES, Role
from handlers.items import MARKS, bar, show_item
from handlers.recording import STATEMENT
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Request
from handlers.walking import Walk, known_people
from handlers.words import _, aside, full_day, html, shorten

_MOST_LISTED = 12


def go_on(request: Request, walk: Walk, after: int, *, notice: str = "", toast: str = "") -> Reply:
    """The next unanswered question, or the summary when there is none."""
    following = walk.inspection.progress.next_open(after)
    if following is None:
        return show_summary(request, walk, notice=notice, toast=toast)
    return show_item(request, walk, following, notice=notice, toast=toast)


def show_summary(request: Request, walk: Walk, *, notice: str = "", toast: str = "") -> Reply:
    """Where the whole inspection stands."""
    request.enter("summary", id=walk.id)
    hazards = request.tx.hazards.of_inspection(walk.id)
    unsorted = request.tx.attachments.unsorted(walk.id)
    screen = summary_screen(walk, hazards, unsorted, zone_code=request.zone.code, notice=notice)
    return Reply(screen=screen, toast=toast)


def summary_screen(
    walk: Walk, hazards: list[Hazard], unsorted: list[Attachment], *, zone_code: str, notice: str = ""
) -> Screen:
    """Counts, hazards with their numbers, the people, and what is still to do before submitting."""
    run, progress = walk.inspection, walk.inspection.progress
    following = progress.next_open(-1)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("<b>提交前看一遍</b>"),
        _("{bar} 已答 {answered}/{all}").format(bar=bar(progress), answered=progress.answered, all=len(progress)),
        _("{good} 合格 {a}　{bad} 有隐患 {b}　{none} 不涉及 {c}").format(
            good=MARKS[Answer.GOOD],
            bad=MARKS[Answer.HAZARD],
            none=MARKS[Answer.NOT_APPLICABLE],
            a=progress.count(Answer.GOOD),
            b=progress.count(Answer.HAZARD),
            c=progress.count(Answer.NOT_APPLICABLE),
        ),
        *(_hazard_line(hazard, zone_code) for hazard in hazards[:_MOST_LISTED]),
        "",
        _("带队：{leader}").format(leader=html(run.led_by) or _("还没选")),
        _("参加：{names}").format(names=html(run.participants) or _("还没选")),
    ]
    if following is not None:
        missing = len(progress) - progress.answered
        lines += ["", _("还有 {count} 题没答，答完才能提交。").format(count=missing)]
    return Screen(text="\n".join(lines), buttons=_summary_buttons(walk, hazards, unsorted, following, zone_code))


def _summary_buttons(
    walk: Walk, hazards: list[Hazard], unsorted: list[Attachment], following: int | None, zone_code: str
) -> tuple[tuple[Button, ...], ...]:
    run = walk.id
    open_hazards = [h for h in hazards if not h.is_settled][:_MOST_LISTED]
    return rows(
        [Button(_("去答没答的题"), data("ig", run, following)) if following is not None else None],
        *([Button(_("去填隐患 {number}").format(number=_number(h, zone_code)), data("z", h.id))] for h in open_hazards),
        [
            Button(_("还有 {count} 个照片、语音没放到题下").format(count=len(unsorted)), data("os", run))
            if unsorted
            else None
        ],
        [Button(_("带队人"), data("il", run)), Button(_("参加人员"), data("ip", run))],
        [Button(_("概览"), data("io", run, 0)), Button(_("提交"), data("iz", run)) if following is None else None],
    )


def _number(hazard: Hazard, zone_code: str) -> str:
    return format_number(zone_code, hazard.year, hazard.sequence)


def _hazard_line(hazard: Hazard, zone_code: str) -> str:
    deadline = hazard.arrangements.deadline
    until = _("，{day}前").format(day=full_day(deadline)) if deadline else ""
    return _("· 隐患 {number}　{level}，{state}{until}").format(
        number=_number(hazard, zone_code),
        level=_(LEVEL_NAMES[hazard.level]),
        state=_(STATE_NAMES[hazard.state]),
        until=until,
    )


def ask_leader(request: Request, walk: Walk, *, toast: str = "") -> Reply:
    """Who led the inspection: a known person by a press, anybody by a text."""
    request.enter("leader", id=walk.id)
    people = known_people(request.tx, walk.inspection.enterprise_id)
    buttons = [
        Button(shorten(name + aside(_(ROLE_NAMES[role])), 40), data("ic", walk.id, key))
        for key, (name, role) in people.items()
    ]
    text = _("<b>这次自查由谁带队？</b>\n按规定由主要负责人带队。点名字，或者直接打字写姓名。")
    back = Button(_("返回"), data("is", walk.id))
    return Reply(screen=Screen(text=text, buttons=rows(*([b] for b in buttons), [back])), toast=toast)


def choose_leader(request: Request, walk: Walk) -> Reply:
    """A known person led it."""
    people = known_people(request.tx, walk.inspection.enterprise_id)
    key = request.word(1)
    if key not in people:
        return ask_leader(request, walk, toast=_("名单变了，请再选一次。"))
    return _led_by(request, walk, people[key][0])


def write_leader(request: Request, walk: Walk) -> Reply:
    """Somebody whose name was typed led it."""
    name = " ".join(request.text.split())
    return _led_by(request, walk, name[:50]) if name else ask_leader(request, walk)


def _led_by(request: Request, walk: Walk, name: str) -> Reply:
    run = walk.inspection
    request.tx.inspections.name_participants(run.id, led_by=name, participants=run.participants)
    known = known_people(request.tx, run.enterprise_id).values()
    is_principal = (name, Role.PRINCIPAL) in known
    notice = "" if is_principal else _("已记下。带队人不是登记的主要负责人，记录里会照实写。")
    return show_summary(request, walk.now(replace(run, led_by=name)), notice=notice)


def ask_participants(request: Request, walk: Walk) -> Reply:
    """Who took part: known people switched on and off, others by a text."""
    request.enter("participants", id=walk.id)
    run = walk.inspection
    present = _names(run)
    buttons = [
        Button(("☑️ " if name in present else "⬜ ") + shorten(name, 30), data("iq", walk.id, key, int(name in present)))
        for key, (name, _role) in known_people(request.tx, run.enterprise_id).items()
    ]
    text = _(
        "<b>还有谁参加了检查？</b>\n点名字选上，再点一次取消。名单外的人直接打字，几个人用顿号隔开。\n现在：{names}"
    ).format(names=html(run.participants) or _("还没选"))
    clear = Button(_("清空"), data("iw", walk.id)) if present else None
    done = Button(_("选好了"), data("is", walk.id))
    return Reply(screen=Screen(text=text, buttons=rows(*([b] for b in buttons), [clear, done])))


def toggle_participant(request: Request, walk: Walk) -> Reply:
    """A known person did take part after all, or did not; a double tap changes it once."""
    people = known_people(request.tx, walk.inspection.enterprise_id)
    key, was_in = request.word(1), bool(request.number(2))
    names = _names(walk.inspection)
    if key in people and (people[key][0] in names) is was_in:
        name = people[key][0]
        names = [n for n in names if n != name] if was_in else [*names, name]
    return _participants(request, walk, names)


def write_participants(request: Request, walk: Walk) -> Reply:
    """Names that were typed are added to those chosen."""
    text = request.text
    for separator in (",", "，", "；", ";", "\n", "/"):
        text = text.replace(separator, "、")
    typed = [" ".join(name.split())[:30] for name in text.split("、")]
    names = _names(walk.inspection)
    return _participants(request, walk, [*names, *(n for n in typed if n and n not in names)])


def clear_participants(request: Request, walk: Walk) -> Reply:
    """Begin the list of participants anew."""
    return _participants(request, walk, [])


def _participants(request: Request, walk: Walk, names: list[str]) -> Reply:
    run = walk.inspection
    text = "、".join(dict.fromkeys(names))[:300]
    request.tx.inspections.name_participants(run.id, led_by=run.led_by, participants=text)
    return ask_participants(request, walk.now(replace(run, participants=text)))


def _names(run: Inspection) -> list[str]:
    return [name for name in run.participants.split("、") if name]


def ask_submit(request: Request, walk: Walk, *, toast: str = "") -> Reply:
    """The declaration before the last press; without a leader or with open questions it cannot come to it."""
    if walk.inspection.progress.next_open(-1) is not None:
        return show_summary(request, walk, toast=_("还有题没答，答完才能提交。"))
    if not walk.inspection.led_by:
        return ask_leader(request, walk, toast=_("先选带队人。"))
    request.enter("submit", id=walk.id)
    lines = [
        _("<b>确认提交</b>"),
        *_declared(request, walk),
        "",
        _(STATEMENT),
        _("提交后不能修改，只能另出一份更正。"),
    ]
    return Reply(
        screen=Screen(
            text="\n".join(lines),
            buttons=rows(
                [Button(_("确认提交"), data("iy", walk.id, seal(walk.inspection)))],
                [Button(_("再看看"), data("is", walk.id))],
            ),
        ),
        toast=toast,
    )


def _declared(request: Request, walk: Walk) -> list[str]:
    hazards = request.tx.hazards.of_inspection(walk.id)
    unsettled = sum(not h.is_settled for h in hazards)
    loose = request.tx.attachments.count_unsorted(walk.id)
    lines = [
        _("带队：{leader}").format(leader=html(walk.inspection.led_by)),
        _("有隐患 {count} 处").format(count=len(hazards)) if hazards else _("没有发现隐患"),
    ]
    if unsettled:
        lines.append(_("其中 {count} 处还没填完，提交后可以在隐患清单里接着填。").format(count=unsettled))
    if loose:
        lines.append(_("还有 {count} 个照片、语音没放到题下，会附在记录最后。").format(count=loose))
    return lines


def seal(run: Inspection) -> str:
    """A short mark of what is declared, so that a press cannot submit answers changed since it was shown."""
    content = "\n".join((run.progress.text, run.led_by, run.participants))
    return hashlib.sha256(content.encode()).hexdigest()[:10]
