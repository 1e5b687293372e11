"""The card of one question, its source (依据), and the overview of all questions."""

from collections.abc import Sequence
from dataclasses import dataclass

from checklists.attachments import Attachment, Medium, Phase
from checklists.composing import ChecklistItem
from checklists.hazards import Hazard, Level, format_number
from checklists.inspections import ANSWER_NAMES, Answer, ItemAnswer, Progress
from handlers.buttons import pages_of, turning
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import Request
from handlers.walking import Walk
from handlers.words import _, aside, full_day, html, shorten

MARKS = {Answer.OPEN: "▫️", Answer.GOOD: "✅", Answer.HAZARD: "⚠️", Answer.NOT_APPLICABLE: "➖"}
ON_A_PAGE = 20
IN_A_ROW = 5
_BAR = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What stands beside an answer."""

    answer: ItemAnswer | None = None
    attachments: Sequence[Attachment] = ()
    hazard: Hazard | None = None


def show_item(request: Request, walk: Walk, item: int, *, notice: str = "", toast: str = "") -> Reply:
    """The card of this question, where the chat now is."""
    walk.item(item)
    request.enter("inspection", id=walk.id, item=item)
    screen = item_screen(walk, item, beside(request, walk, item), zone_code=request.zone.code, notice=notice)
    return Reply(screen=screen, toast=toast)


def beside(request: Request, walk: Walk, item: int) -> Beside:
    """What was kept beside the answer; most questions have nothing and cost no query."""
    progress, tx = walk.inspection.progress, request.tx
    noted = progress.noted(item)
    return Beside(
        answer=tx.inspections.answer_to(walk.id, item) if noted else None,
        attachments=tx.attachments.of_item(walk.id, item) if noted else (),
        hazard=tx.hazards.at_item(walk.id, item) if progress.answer(item) is Answer.HAZARD else None,
    )


def item_screen(walk: Walk, item: int, kept: Beside, *, zone_code: str, notice: str = "") -> Screen:
    """One question with what was said of it so far, and its buttons."""
    question, progress = walk.item(item), walk.inspection.progress
    section = walk.checklist.section_of(item)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("第 {at}/{all} 题 · {section}").format(at=item + 1, all=len(progress), section=html(_(section.name))),
        _("{bar} 已答 {answered}").format(bar=bar(progress), answered=progress.answered),
        "",
        f"<b>{html(question.ask)}</b>",
        "",
        *([_("👀 看哪里：{look}").format(look=html(question.look))] if question.look else []),
        *_kept_lines(progress.answer(item), kept, zone_code),
    ]
    return Screen(text="\n".join(lines), buttons=_item_buttons(walk, item, kept))


def bar(progress: Progress) -> str:
    """How far the walk is, in ten blocks; full only when every question is answered."""
    full = progress.answered * _BAR // max(1, len(progress))
    return "▓" * full + "░" * (_BAR - full)


def _kept_lines(answer: Answer, kept: Beside, zone_code: str) -> list[str]:
    lines = []
    if answer is not Answer.OPEN:
        reason = aside(html(_(kept.answer.reason))) if kept.answer and kept.answer.reason else ""
        lines.append(_("您的回答：{answer}").format(answer=f"{MARKS[answer]} {_(ANSWER_NAMES[answer])}{reason}"))
    if kept.hazard:
        number = format_number(zone_code, kept.hazard.year, kept.hazard.sequence)
        lines.append(_("隐患编号：{number}").format(number=number))
    if kept.answer and kept.answer.remark:
        lines.append(_("📝 备注：{remark}").format(remark=html(shorten(kept.answer.remark, 600))))
    if handed_in := handed_in_words(kept.attachments):
        lines.append(handed_in)
    return ["", *lines] if lines else []


def handed_in_words(attachments: Sequence[Attachment]) -> str:
    """How many photos and voice notes there are; empty for none."""
    photos = sum(a.kind is Medium.PHOTO for a in attachments)
    voices = len(attachments) - photos
    parts = [
        _("📷 照片 {count} 张").format(count=photos) if photos else "",
        _("🎤 语音 {count} 条").format(count=voices) if voices else "",
    ]
    return "　".join(part for part in parts if part)


def _item_buttons(walk: Walk, item: int, kept: Beside) -> tuple[tuple[Button, ...], ...]:
    run, progress = walk.id, walk.inspection.progress
    version, last = progress.version(item), len(progress) - 1
    said = progress.answer(item)
    movable = [a for a in kept.attachments if a.phase != Phase.AFTER]
    following = _("下一题 ›") if said is not Answer.OPEN else _("稍后 ›")

    def answering(answer: Answer) -> Button:
        mark = "● " if answer is said else ""
        label = f"{mark}{MARKS[answer]} {_(ANSWER_NAMES[answer])}"
        return Button(label, data("ia", run, item, version, answer.value))

    return rows(
        [answering(Answer.GOOD), answering(Answer.HAZARD)],
        [answering(Answer.NOT_APPLICABLE)],
        [Button(_("打开隐患"), data("z", kept.hazard.id)) if kept.hazard else None],
        [
            Button(_("清除备注"), data("it", run, item)) if kept.answer and kept.answer.remark else None,
            Button(_("最后一个放错了"), data("ou", run, item, movable[-1].id)) if movable else None,
        ],
        [
            Button(_("‹ 上一题"), data("ig", run, item - 1)) if item > 0 else None,
            Button(following, data("ig", run, item + 1)) if item < last else None,
        ],
        [
            Button(_("依据"), data("ib", run, item)),
            Button(_("概览"), data("io", run, item // ON_A_PAGE)),
            Button(_("提交"), data("is", run)) if progress.next_open(-1) is None else None,
        ],
    )


def show_source(request: Request, walk: Walk, item: int) -> Reply:
    """What a question rests on; the chat stays at the question."""
    walk.item(item)
    request.enter("inspection", id=walk.id, item=item)
    return Reply(screen=source_screen(walk, item))


def source_screen(walk: Walk, item: int) -> Screen:
    """Standard, clause, level and standing of one question, with what the reader of this list must know."""
    question, section = walk.item(item), walk.checklist.section_of(item)
    lines = [
        _("<b>第 {at} 题的依据</b>").format(at=item + 1),
        html(question.ask),
        "",
        html(_(basis_of(question))),
        source_level(question),
        _("检查表按 {day} 现行有效的版本生成。").format(day=full_day(walk.inspection.started_at)),
        *([] if question.verified else [_("这一条由辖区监管办公室审核采用，原文以正式文本为准。")]),
        *([_("适用：{applies}").format(applies=html(question.applies))] if question.applies else []),
        *(f"· {html(shorten(note, 300))}" for note in section.notes),
    ]
    back = Button(_("返回这一题"), data("ig", walk.id, item))
    return Screen(text="\n".join(lines), buttons=rows([back]))


def basis_of(question: ChecklistItem) -> str:
    """Standard and clause in one line; an own item's standard is its basis already."""
    parts = dict.fromkeys((question.standard, question.clause))
    return " ".join(part for part in parts if part)


def source_level(question: ChecklistItem) -> str:
    """Whether failing this question makes a major hazard."""
    if question.level is Level.MAJOR:
        return _("不合格即属于重大事故隐患判定情形。")
    return _("不合格按一般隐患处理。")


def show_overview(request: Request, walk: Walk, page: int) -> Reply:
    """All questions with their answers, a page at a time."""
    pages = pages_of(len(walk.inspection.progress), ON_A_PAGE)
    page = min(page, pages - 1)
    item = request.dialog.data.get("item") if request.dialog and request.dialog.data.get("id") == walk.id else None
    request.enter("overview", id=walk.id, page=page, item=item)
    return Reply(screen=overview_screen(walk, page))


def overview_screen(walk: Walk, page: int) -> Screen:
    """Counts by section, and one line and one small button a question of this page."""
    run, progress = walk.id, walk.inspection.progress
    items = walk.checklist.items
    on_page = range(page * ON_A_PAGE, min((page + 1) * ON_A_PAGE, len(items)))
    lines = [
        _("<b>概览</b>　已答 {answered}/{all}").format(answered=progress.answered, all=len(progress)),
        *_section_lines(walk),
        "",
        *(f"{MARKS[progress.answer(i)]} {i + 1}. {html(shorten(items[i].ask, 26))}" for i in on_page),
    ]
    grid = [Button(f"{MARKS[progress.answer(i)]}{i + 1}", data("ig", run, i)) for i in on_page]
    following = progress.next_open(-1)
    return Screen(
        text="\n".join(lines),
        buttons=rows(
            *(grid[i : i + IN_A_ROW] for i in range(0, len(grid), IN_A_ROW)),
            turning("io", run, page=page, pages=pages_of(len(items), ON_A_PAGE)),
            [
                Button(_("去答没答的题"), data("ig", run, following)) if following is not None else None,
                Button(_("提交"), data("is", run)),
            ],
        ),
    )


def _section_lines(walk: Walk) -> list[str]:
    lines, at, answers = [], 0, walk.inspection.progress.answers
    for section in walk.checklist.sections:
        part = answers[at : at + len(section.items)]
        at += len(section.items)
        answered = len(part) - part.count(Answer.OPEN)
        found = _("，隐患 {count}").format(count=part.count(Answer.HAZARD)) if Answer.HAZARD in part else ""
        lines.append(f"{html(_(section.name))} {answered}/{len(part)}{found}")
    return lines
