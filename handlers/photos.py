"""Photos and voice notes that come in: to the question or hazard the person is at, or kept to be sorted."""

from dataclasses import replace

from checklists.attachments import Attachment, Medium, Phase
from checklists.hazard_moves import Step
from checklists.hazards import STATE_NAMES, Hazard, State
from checklists.people import Permission
from handlers import hazards, rectification
from handlers.buttons import to_home
from handlers.hazard_cards import hazard_of, number_of
from handlers.items import show_item
from handlers.life_telling import tell
from handlers.picture_dates import claims_of_picture
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Input, Press, Request, Route, Stale
from handlers.running import while_running
from handlers.sorting import hazard_shown_at, show_sorting
from handlers.summaries import show_summary
from handlers.walking import Walk, walk_of
from handlers.words import N_, _

_MOST_WORDS = 1000


@while_running
def take(request: Request, walk: Walk) -> Reply:
    """A photo or voice note during an inspection; an album goes where its first picture went, or is sorted."""
    together = request.tx.attachments.of_album(request.who.id, request.album)
    if together and together[0].hazard_id is not None:
        return _follow(request, walk, together[0])
    item = _here(request)
    if not together and item is not None and not _is_sorting(request):
        return _to_item(request, walk, item)
    if len(together) == 1 and together[0].item is not None:
        # It came alone a moment ago and was put to the question; now it turns out to be one of several.
        request.tx.attachments.place(together[0].id, item=None)
    _keep(request, inspection_id=walk.id)
    return _grouped(request, show_sorting(request, walk, item))


def _here(request: Request) -> int | None:
    value = request.dialog.data.get("item") if request.dialog else None
    return None if value is None else int(value)


def _is_sorting(request: Request) -> bool:
    return request.dialog is not None and request.dialog.kind == "sort"


def _grouped(request: Request, reply: Reply) -> Reply:
    """One message answers a whole album."""
    return replace(reply, toast="", group=request.album)


def _keep(
    request: Request,
    *,
    inspection_id: int | None = None,
    item: int | None = None,
    hazard_id: int | None = None,
    phase: str = "",
) -> Attachment:
    where = {"inspection_id": inspection_id, "item": item, "hazard_id": hazard_id}
    attachments, by, at = request.tx.attachments, request.who.id, request.now
    if request.photo is None:
        return attachments.add_voice(request.voice, by=by, at=at, **where)
    claims = claims_of_picture(request)
    return attachments.add_photo(request.photo, by=by, at=at, phase=phase, album=request.album, claims=claims, **where)


def _to_item(request: Request, walk: Walk, item: int) -> Reply:
    hazard = hazard_shown_at(request, walk, item)
    kept = _keep(
        request,
        inspection_id=walk.id,
        item=item,
        hazard_id=hazard.id if hazard else None,
        phase=Phase.BEFORE if hazard else "",
    )
    run = request.tx.inspections.note(walk.inspection, item, at=request.now)
    if caption := request.text.strip():
        run = request.tx.inspections.remark(run, item, caption[:_MOST_WORDS], by=request.who.id, at=request.now)
    words = _("照片已记到第 {at} 题。") if kept.kind is Medium.PHOTO else _("语音已记到第 {at} 题。")
    return _grouped(request, show_item(request, walk.now(run), item, notice=words.format(at=item + 1)))


def _follow(request: Request, walk: Walk, first: Attachment) -> Reply:
    """The rest of an album that was begun for a hazard, after the person was led on."""
    assert first.hazard_id is not None
    hazard = hazard_of(request, first.hazard_id)
    _show(request, hazard, first.phase)
    words = _("照片已加到隐患 {number}。").format(number=number_of(request, hazard))
    item = _here(request)
    if item is None:
        return _grouped(request, show_summary(request, walk, notice=words))
    return _grouped(request, show_item(request, walk, item, notice=words))


def take_for_hazard(request: Request) -> Reply:
    """A photo or voice note while at a hazard; the photo after fixing marks it fixed on the spot."""
    hazard = hazards.current(request)
    assert request.dialog is not None
    step = str(request.dialog.data.get("step", ""))
    together = request.tx.attachments.of_album(request.who.id, request.album)
    if not hazard.is_live:
        return hazards.show_step(request, hazard, "view", notice=_("这条隐患已撤回，照片没有记下。"))
    if not request.tx.hazard_life.may_describe(hazard):
        return _after_inspection(request, hazard)
    if request.photo is not None and step == "fixed" and hazard.state is State.CONFIRMED:
        return _fixed(request, hazard)
    phase = together[0].phase if together else _phase(hazard)
    kept = _show(request, hazard, phase)
    if request.photo is None:
        return _spoken(request, hazard, step)
    notice, caption = rectification.warning(request, hazard, kept) or _("照片已存好。"), request.text.strip()
    if caption and hazard.is_found_inside:
        words = f"{hazard.words}\n{caption}" if hazard.words else caption
        hazard = request.tx.hazards.describe(hazard, words[:_MOST_WORDS], by=request.who.id, at=request.now)
    elif caption:
        notice += _("附的文字没有记下。查出的情况由办公室写。")
    following = step
    if step == "photo":
        following = "level" if hazard.words else "words"
    return _grouped(request, hazards.show_step(request, hazard, following or "view", notice=notice))


def _after_inspection(request: Request, hazard: Hazard) -> Reply:
    """While rectifying a photo is evidence; what was handed in is not added to behind the reviewer's back."""
    if hazard.state is State.RECTIFYING:
        return rectification.take_photo(request)
    words = _("这条隐患现在是“{state}”，刚才发的没有记下。要补照片，请先撤回提交。").format(
        state=_(STATE_NAMES[hazard.state])
    )
    if hazard.state in (State.REVIEWED, State.CLOSED):
        words = _("这条隐患现在是“{state}”，刚才发的没有记下。").format(state=_(STATE_NAMES[hazard.state]))
    return _grouped(request, hazards.show_step(request, hazard, "view", notice=words))


def _phase(hazard: Hazard) -> str:
    return Phase.AFTER if hazard.state is State.FIXED_ON_SPOT else Phase.BEFORE


def _show(request: Request, hazard: Hazard, phase: str) -> Attachment:
    """Keep what came for this hazard; the card of its question is told while the inspection runs."""
    walk = hazards.running_walk(request, hazard)
    if walk is None or hazard.item is None:
        return _keep(request, hazard_id=hazard.id, phase=phase)
    kept = _keep(request, inspection_id=walk.id, item=hazard.item, hazard_id=hazard.id, phase=phase)
    request.tx.inspections.note(walk.inspection, hazard.item, at=request.now)
    return kept


def _fixed(request: Request, hazard: Hazard) -> Reply:
    kept = _show(request, hazard, Phase.AFTER)
    before, hazard = hazard, request.tx.hazards.fix_on_spot(hazard, by=request.who.id, at=request.now)
    tell(request, Step.FIX_ON_SPOT, before, hazard)
    words = _("隐患 {number} 已立查立改，等待复核。").format(number=number_of(request, hazard))
    if warning := rectification.warning(request, hazard, kept):
        if hazards.running_walk(request, hazard) is None:
            way = _("{fixed}{warning}请先点“撤回提交”，再点“接着填”重拍。")
        else:
            way = _("{fixed}{warning}打开这条隐患，发到那里。")
        words = way.format(fixed=words, warning=warning)
    if request.text.strip():
        words += _("附的文字没有记下。")
    return _grouped(request, hazards.finish(request, hazard, notice=words))


def _spoken(request: Request, hazard: Hazard, step: str) -> Reply:
    if not hazard.words and hazard.is_found_inside:
        words = N_("见语音说明")
        hazard = request.tx.hazards.describe(hazard, words, by=request.who.id, at=request.now)
    following = "level" if step in ("photo", "words") else step
    return hazards.show_step(request, hazard, following or "view", notice=_("语音已存好。"))


def take_at_menu(request: Request) -> Reply:
    """A photo at the menu of an enterprise: to the running inspection to be sorted, or a word how to begin."""
    assert request.enterprise_id is not None
    run = request.tx.inspections.running(request.enterprise_id)
    if run is None:
        begin = Button(_("▶️ 开始自查"), data("in", request.enterprise_id))
        text = _("照片没有记下：现在没有进行中的自查。先开始自查，到那一题再发照片。")
        return Reply(screen=Screen(text=text, buttons=rows([begin], [to_home()])))
    _keep(request, inspection_id=run.id)
    return _grouped(request, show_sorting(request, walk_of(request.tx, run.id), None))


@while_running
def take_out(request: Request, walk: Walk) -> Reply:
    """The picture a card shows as the last one does not belong there: sort it again."""
    item, attachment = request.number(1), request.tx.attachments.get(request.number(2))
    if attachment is None or attachment.inspection_id != walk.id or attachment.item != item:
        raise Stale(_("这一个已经拿走了。"))
    if attachment.phase == Phase.AFTER:
        raise Stale(_("这是整改后的照片，不能拿走。"))
    if attachment.hazard_id is not None:
        shown = hazard_of(request, attachment.hazard_id)
        if not request.tx.hazard_life.may_describe(shown):
            raise Stale(_("这条隐患已经提交，照片不能拿走。"))
    request.tx.attachments.place(attachment.id, item=None)
    return show_sorting(request, walk, item)


_ABOUT = About.INSPECTION
_INSPECT = Permission.INSPECT
_MEDIA = frozenset({"photo", "voice"})
_DIALOGS = ("inspection", "overview", "reason", "summary", "leader", "participants", "submit", "sort")

ROUTES: tuple[Route, ...] = (
    Press(name="ou", needs=_INSPECT, about=_ABOUT, handler=take_out),
    *(Input(dialog=kind, takes=_MEDIA, needs=_INSPECT, about=_ABOUT, handler=take) for kind in _DIALOGS),
    *(
        Input(dialog=kind, takes=_MEDIA, needs=_INSPECT, about=About.HAZARD, handler=take_for_hazard)
        for kind in ("hazard", "withdraw")
    ),
    Input(dialog="firm", takes=_MEDIA, needs=_INSPECT, about=About.ENTERPRISE, handler=take_at_menu),
)
