"""Pictures sent together are kept at once and put to their questions afterwards, one by one or all together."""

from checklists.attachments import Attachment, Medium, Phase
from checklists.hazards import Hazard
from checklists.people import Permission
from handlers.buttons import pages_of, turning
from handlers.items import IN_A_ROW, MARKS, ON_A_PAGE, show_item
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Gone, Input, Press, Request, Route, Stale
from handlers.running import while_running
from handlers.summaries import show_summary
from handlers.walking import Walk
from handlers.words import _, clock, html, shorten

_MOST_HAZARDS = 4


def show_sorting(request: Request, walk: Walk, item: int | None, *, last: int = 0, toast: str = "") -> Reply:
    """Where the next unsorted picture belongs; with none left, back to `item`, the question the person was at."""
    waiting = request.tx.attachments.unsorted(walk.id)
    if not waiting:
        done = toast or _("都放好了。")
        if item is None:
            return show_summary(request, walk, toast=done)
        return show_item(request, walk, item, toast=done)
    request.enter("sort", id=walk.id, item=item, last=last)
    return Reply(screen=_sorting_screen(request, walk, waiting, item, last), toast=toast)


def _sorting_screen(request: Request, walk: Walk, waiting: list[Attachment], item: int | None, last: int) -> Screen:
    run, first = walk.id, waiting[0]
    together = request.tx.attachments.of_album(first.sent_by, first.album) or [first]
    at = next((n for n, one in enumerate(together, 1) if one.id == first.id), 1)
    lines = [
        _("<b>收到 {count} {what}，都已存好。放到哪一题？</b>").format(count=len(together), what=_what(first)),
        _("现在放第 {at}/{all} 个（{time} 收到）。").format(at=at, all=len(together), time=clock(first.received_at)),
        _("也可以直接打题号。还没放好的有 {count} 个。").format(count=len(waiting)),
    ]
    places: list[int] = [] if item is None else [item]
    found = [h for h in request.tx.hazards.of_inspection(run) if request.tx.hazard_life.may_describe(h)]
    places += [h.item for h in found[:_MOST_HAZARDS] if h.item is not None and h.item not in places]
    buttons = [[_place_button(walk, first, number, here=item)] for number in places]
    all_here = None
    if item is not None and len(waiting) > 1:
        all_here = Button(_("全部放到第 {at} 题").format(at=item + 1), data("oa", run, item, len(waiting)))
    return Screen(
        text="\n".join(lines),
        buttons=rows(
            [all_here],
            *buttons,
            [Button(_("选别的题"), data("oo", run, first.id, 0))],
            [
                Button(_("撤销上一个"), data("oz", run, last)) if last else None,
                Button(_("这个不要"), data("ox", run, first.id)),
            ],
            [Button(_("以后再放"), data("ob", run))],
        ),
    )


def _what(attachment: Attachment) -> str:
    return _("张照片") if attachment.kind is Medium.PHOTO else _("条语音")


def _place_button(walk: Walk, attachment: Attachment, item: int, *, here: int | None) -> Button:
    label = _("放到第 {at} 题（刚才那题）") if item == here else _("放到第 {at} 题的隐患")
    return Button(label.format(at=item + 1), data("op", walk.id, attachment.id, item))


def place(request: Request, walk: Walk, attachment: Attachment, item: int) -> Walk:
    """Put a picture to a question, and to the hazard found there."""
    walk.item(item)
    hazard = hazard_shown_at(request, walk, item)
    phase = Phase.BEFORE if hazard else ""
    request.tx.attachments.place(attachment.id, item=item, hazard_id=hazard.id if hazard else None, phase=phase)
    return walk.now(request.tx.inspections.note(walk.inspection, item, at=request.now))


def hazard_shown_at(request: Request, walk: Walk, item: int) -> Hazard | None:
    """The hazard that a picture put to this question shows; none where what was found stands as it was submitted."""
    hazard = request.tx.hazards.at_item(walk.id, item)
    return hazard if hazard is not None and request.tx.hazard_life.may_describe(hazard) else None


def _waiting(request: Request, walk: Walk) -> Attachment:
    """The unsorted picture a button names; raises Stale when it was put somewhere already."""
    attachment = request.tx.attachments.get(request.number(1))
    if attachment is None or attachment.inspection_id != walk.id:
        raise Stale(_("这个已经不在了。"))
    if attachment.item is not None:
        raise Stale(_("这个刚才已经放好了。"))
    return attachment


def _here(request: Request) -> int | None:
    """The question the person was at before sorting."""
    value = request.dialog.data.get("item") if request.dialog else None
    return None if value is None else int(value)


@while_running
def place_one(request: Request, walk: Walk) -> Reply:
    """This picture belongs to that question."""
    attachment = _waiting(request, walk)
    walk = place(request, walk, attachment, request.number(2))
    words = _("已放到第 {at} 题。").format(at=request.number(2) + 1)
    return show_sorting(request, walk, _here(request), last=attachment.id, toast=words)


@while_running
def place_by_number(request: Request, walk: Walk) -> Reply:
    """The number of a question was typed."""
    waiting, text = request.tx.attachments.unsorted(walk.id), request.text.strip().strip("第题 ")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not waiting or not 0 < number <= len(walk.inspection.progress):
        return show_sorting(request, walk, _here(request))
    walk = place(request, walk, waiting[0], number - 1)
    return show_sorting(request, walk, _here(request), last=waiting[0].id)


@while_running
def place_all(request: Request, walk: Walk) -> Reply:
    """All unsorted pictures belong to that question, if they are still as many as were shown."""
    waiting, item = request.tx.attachments.unsorted(walk.id), request.number(1)
    if len(waiting) != request.number(2):
        return show_sorting(request, walk, _here(request), toast=_("数目变了，请再看一眼。"))
    for attachment in waiting:
        walk = place(request, walk, attachment, item)
    words = _("{count} 个都放到第 {at} 题了。").format(count=len(waiting), at=item + 1)
    return show_sorting(request, walk, item, toast=words)


@while_running
def undo(request: Request, walk: Walk) -> Reply:
    """The picture placed or dropped last is unsorted again."""
    attachment_id = request.number(1)
    if not request.dialog or request.dialog.kind != "sort" or request.dialog.data["last"] != attachment_id:
        raise Stale(_("已经不能撤销了。"))
    request.tx.attachments.restore(attachment_id)
    attachment = request.tx.attachments.get(attachment_id)
    if attachment is None or attachment.inspection_id != walk.id:
        raise Gone
    request.tx.attachments.place(attachment_id, item=None)
    return show_sorting(request, walk, _here(request), toast=_("已撤销，请重新放。"))


@while_running
def drop(request: Request, walk: Walk) -> Reply:
    """This picture is not wanted."""
    attachment = _waiting(request, walk)
    request.tx.attachments.remove(attachment.id, at=request.now)
    return show_sorting(request, walk, _here(request), last=attachment.id, toast=_("这个不要了。"))


@while_running
def pick(request: Request, walk: Walk) -> Reply:
    """Choose the question from all questions, a page at a time."""
    attachment, page = _waiting(request, walk), request.number(2)
    pages = pages_of(len(walk.inspection.progress), ON_A_PAGE)
    page = min(page, pages - 1)
    progress, items = walk.inspection.progress, walk.checklist.items
    on_page = range(page * ON_A_PAGE, min((page + 1) * ON_A_PAGE, len(items)))
    grid = [Button(f"{MARKS[progress.answer(i)]}{i + 1}", data("op", walk.id, attachment.id, i)) for i in on_page]
    lines = [
        _("<b>放到哪一题？</b>"),
        *(f"{MARKS[progress.answer(i)]} {i + 1}. {html(shorten(items[i].ask, 26))}" for i in on_page),
    ]
    return Reply(
        screen=Screen(
            text="\n".join(lines),
            buttons=rows(
                *(grid[i : i + IN_A_ROW] for i in range(0, len(grid), IN_A_ROW)),
                turning("oo", walk.id, attachment.id, page=page, pages=pages),
                [Button(_("返回"), data("os", walk.id))],
            ),
        )
    )


@while_running
def sort(request: Request, walk: Walk) -> Reply:
    """Go on with sorting."""
    last = int(request.dialog.data.get("last", 0)) if request.dialog and request.dialog.kind == "sort" else 0
    return show_sorting(request, walk, _here(request), last=last)


@while_running
def leave(request: Request, walk: Walk) -> Reply:
    """Leave the rest for later; the summary reminds of it."""
    item = _here(request)
    return show_summary(request, walk) if item is None else show_item(request, walk, item)


_ABOUT = About.INSPECTION
_INSPECT = Permission.INSPECT

ROUTES: tuple[Route, ...] = (
    Press(name="os", needs=_INSPECT, about=_ABOUT, handler=sort),
    Press(name="op", needs=_INSPECT, about=_ABOUT, handler=place_one),
    Press(name="oa", needs=_INSPECT, about=_ABOUT, handler=place_all),
    Press(name="oz", needs=_INSPECT, about=_ABOUT, handler=undo),
    Press(name="ox", needs=_INSPECT, about=_ABOUT, handler=drop),
    Press(name="oo", needs=_INSPECT, about=_ABOUT, handler=pick),
    Press(name="ob", needs=_INSPECT, about=_ABOUT, handler=leave),
    Input(dialog="sort", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=place_by_number),
    Display(dialog="sort", needs=_INSPECT, about=_ABOUT, handler=sort),
)
