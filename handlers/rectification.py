"""The firm puts right: photos of the same place and a sentence, handed in for review, or taken back before it."""

from dataclasses import replace

from checklists.attachments import Attachment, Phase
from checklists.evidence import Doubt, Suspicion
from checklists.hazard_moves import Step
from checklists.hazards import STATE_NAMES, Hazard
from checklists.people import Permission
from handlers import hazard_pictures
from handlers.hazard_cards import measure_words, number_of, seen_attachments
from handlers.hazards import current, show_step
from handlers.life import again, done, politely, pressed, who
from handlers.picture_dates import claims_of_picture, doubt_words
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.routing import About, Display, Input, Press, Request, Route
from handlers.words import N_, _, full_day, html, shorten

_MOST_WORDS = 500
# Told to the sender at once: whoever took the wrong photo by mistake takes another one.
_TOLD_AT_ONCE = {
    Doubt.BEFORE_AGAIN: N_("这张和整改前的照片几乎一样，请在改好的地方重拍一张。"),
    Doubt.USED_ELSEWHERE: N_("这张照片在别处用过，请在这个地方重拍一张。"),
    Doubt.DATED_BEFORE: N_("这张照片自己写的时间是{day}，早于发现隐患。请在改好的地方现在拍一张。"),
    Doubt.FORWARDED_FROM_BEFORE: N_("这张是转发来的，原发于{day}，早于发现隐患。请在改好的地方现在拍一张。"),
}


def ask_evidence(request: Request) -> Reply:
    """交整改: a photo of the same place, and what was done."""
    return show_evidence(request, current(request))


def show_evidence(request: Request, hazard: Hazard, *, notice: str = "") -> Reply:
    """What is there so far and what is still to come; the card when there is nothing to hand in now."""
    if not _may_hand_in(request, hazard):
        return _not_now(request, hazard)
    request.enter("life_evidence", id=hazard.id)
    count = request.tx.hazard_life.evidence_count(hazard)
    plan, number = hazard.arrangements, html(number_of(request, hazard))
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("📷 <b>交整改　隐患 {number}</b>").format(number=number),
        *([_("情况：{words}").format(words=html(shorten(_(hazard.words), 300)))] if hazard.words else []),
        _("措施：{words}").format(words=html(measure_words(plan))),
        *([_("期限：{day}").format(day=full_day(plan.deadline))] if plan.deadline else []),
        "",
        _("✅ 整改后照片 {count} 张，可以再发。").format(count=count)
        if count
        else _("<b>在同一个地方再拍一张，发到这里。</b>没有改后的照片，不能提交。"),
        _("整改说明：{words}").format(words=html(hazard.rectified))
        if hazard.rectified
        else _("也可以写一句改了什么。"),
    ]
    hand_in = Button(_("提交复查"), data("yi", hazard.id, hazard.version)) if count else None
    drop = Button(_("去掉最后一张"), data("yx", hazard.id, count)) if count else None
    look = hazard_pictures.button(request, hazard)
    buttons = rows([hand_in], [look], [drop, Button(_("返回"), data("z", hazard.id))])
    return Reply(screen=Screen(text="\n".join(lines), buttons=buttons))


def _may_hand_in(request: Request, hazard: Hazard) -> bool:
    return Step.HAND_IN in request.tx.hazard_life.steps_for(hazard, request.who.id)


def _not_now(request: Request, hazard: Hazard, *, lost: str = "") -> Reply:
    state = _(STATE_NAMES[hazard.state])
    words = _("这条隐患现在是“{state}”，不能交整改。{lost}").format(state=state, lost=lost)
    return show_step(request, hazard, "view", notice=words, toast=words)


def take_photo(request: Request) -> Reply:
    """A photo or voice note for the evidence of the present round; an album is answered by one message."""
    hazard = current(request)
    if not _may_hand_in(request, hazard):
        return replace(_not_now(request, hazard, lost=_("刚才发的没有记下。")), group=request.album)
    attachments, where = request.tx.attachments, {"hazard_id": hazard.id, **who(request)}
    if request.photo is None:
        attachments.add_voice(request.voice, **where)
        return show_evidence(request, hazard, notice=_("语音已存好。"))
    claims = claims_of_picture(request)
    kept = attachments.add_photo(request.photo, phase=Phase.AFTER, album=request.album, claims=claims, **where)
    if caption := " ".join(request.text.split()):
        hazard = _described(request, hazard, caption)
    notice = warning(request, hazard, kept) or _("照片已存好。")
    return replace(show_evidence(request, hazard, notice=notice), group=request.album)


def warning(request: Request, hazard: Hazard, kept: Attachment) -> str:
    """What the sender of a doubtful picture hears at once; empty when there is nothing to say."""
    mine = [s for s in request.tx.doubts.pictures(hazard) if s.picture.attachment_id == kept.id]
    told = next((s for s in mine if s.doubt in _TOLD_AT_ONCE and _may_hear(request, hazard, s)), None)
    return doubt_words(_TOLD_AT_ONCE[told.doubt], told) if told else ""


def _may_hear(request: Request, hazard: Hazard, suspicion: Suspicion) -> bool:
    """Whether it rests on what this person knows of already.

    Else anybody could find out by sending a picture whether another firm or a tip-off has sent the same one.
    """
    beside = suspicion.beside
    if beside is None:
        return True
    if beside.enterprise_id != hazard.enterprise_id:
        return False
    other = request.tx.hazards.get(beside.hazard_id) if beside.hazard_id is not None else None
    return other is None or beside.attachment_id in {a.id for a in seen_attachments(request, other)}


def write(request: Request) -> Reply:
    """What was done, in the person's words."""
    hazard, words = current(request), " ".join(request.text.split())
    if not _may_hand_in(request, hazard):
        return _not_now(request, hazard, lost=_("您写的没有记下。"))
    return show_evidence(request, _described(request, hazard, words), notice=_("已记下。"))


def _described(request: Request, hazard: Hazard, words: str) -> Hazard:
    said = f"{hazard.rectified}；{words}" if hazard.rectified else words
    return request.tx.hazard_life.say_rectified(hazard, said[:_MOST_WORDS], **who(request))


def drop_last(request: Request) -> Reply:
    """The last photo does not belong here; pressed twice, only one goes."""
    hazard = current(request)
    if not _may_hand_in(request, hazard):
        return _not_now(request, hazard)
    ids = request.tx.hazard_life.evidence_ids(hazard)
    if not ids or len(ids) != request.number(1):
        return show_evidence(request, hazard, notice=_("照片刚才有变动，请看一下现在的张数。"))
    request.tx.attachments.remove(ids[-1], at=request.now)
    return show_evidence(request, hazard, notice=_("已去掉最后一张。"))


@politely
def hand_in(request: Request) -> Reply:
    """提交复查."""
    hazard = pressed(request)
    after = request.tx.hazard_life.hand_in(hazard, **who(request))
    return done(request, Step.HAND_IN, hazard, after, _("已提交，等办公室复查。复查通过并销号以后，才算完成。"))


@politely
def take_back(request: Request) -> Reply:
    """撤回提交: what is there stays, to be completed."""
    hazard = pressed(request)
    after = request.tx.hazard_life.take_back(hazard, **who(request))
    return done(request, Step.TAKE_BACK, hazard, after, _("已撤回，照片都在，改好以后再提交。"))


def _again(request: Request, hazard: Hazard) -> Reply:
    if not _may_hand_in(request, hazard):
        return show_step(request, hazard, "view")
    return show_evidence(request, hazard)


_ABOUT = About.HAZARD
_INSPECT = Permission.INSPECT

ROUTES: tuple[Route, ...] = (
    Press(name="yh", needs=_INSPECT, about=_ABOUT, handler=ask_evidence),
    Press(name="yi", needs=_INSPECT, about=_ABOUT, handler=hand_in),
    Press(name="yx", needs=_INSPECT, about=_ABOUT, handler=drop_last),
    Press(name="yb", needs=_INSPECT, about=_ABOUT, handler=take_back),
    Input(
        dialog="life_evidence",
        takes=frozenset({"photo", "voice"}),
        needs=_INSPECT,
        about=_ABOUT,
        handler=politely(take_photo),
    ),
    Input(dialog="life_evidence", takes=frozenset({"text"}), needs=_INSPECT, about=_ABOUT, handler=politely(write)),
    Display(dialog="life_evidence", needs=_INSPECT, about=_ABOUT, handler=again(_again)),
)
