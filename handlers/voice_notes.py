"""Voice notes of a hazard: kept beside it, and played again from its card for those who may hear them."""

from collections.abc import Sequence

from checklists.attachments import Attachment, Medium
from checklists.hazards import Hazard
from checklists.people import Permission, Person, knows_sources
from handlers.hazard_cards import hazard_of, is_of_the_firm, number_of
from handlers.life_words import moment
from handlers.replies import Button, Document, Reply, data
from handlers.routing import About, Press, Request, Route, Stale
from handlers.walking import name_of
from handlers.words import _
from storage.transaction import Transaction

_MOST_AT_ONCE = 10


def keep(request: Request, hazard: Hazard) -> str:
    """Keep the voice note of this request beside the hazard; what to say of it."""
    request.tx.attachments.add_voice(request.voice, by=request.who.id, at=request.now, hazard_id=hazard.id)
    if hazard.words:
        return _("语音已存好。")
    return _("语音已存好，以后可以再听。还请写几个字：台账和文书里要用。")


def audible(tx: Transaction, hazard: Hazard, listener: Person, kept: Sequence[Attachment]) -> list[Attachment]:
    """The voice notes this person may hear: who supervises all of them, others those of the firm's own people.

    What somebody of the office has spoken, or been given by others, stays in the office, also after he has left it.
    """
    voices = [a for a in kept if a.kind is Medium.VOICE]
    if knows_sources(listener) or hazard.is_found_inside:
        return voices
    return [a for a in voices if is_of_the_firm(tx, a, hazard)]


def button(request: Request, hazard: Hazard, kept: Sequence[Attachment]) -> Button | None:
    """The way to the voice notes, where this person may hear any."""
    heard = audible(request.tx, hazard, request.who, kept)
    return Button(_("🎤 听语音（{count}）").format(count=len(heard)), data("rh", hazard.id)) if heard else None


def play(request: Request) -> Reply:
    """The newest voice notes, each with who spoke when."""
    hazard = hazard_of(request, request.number(0))
    heard = audible(request.tx, hazard, request.who, request.tx.attachments.of_hazard(hazard.id))
    if not heard:
        raise Stale(_("这条隐患没有您能听的语音。"))
    notes, lost = [], 0
    for number, voice in enumerate(heard[-_MOST_AT_ONCE:], 1):
        try:
            content = request.services.voices.open(voice.sha256)
        except FileNotFoundError:
            lost += 1
            continue
        told = _("隐患 {number}　{name}　{moment}").format(
            number=number_of(request, hazard), name=name_of(request.tx, voice.sent_by), moment=moment(voice.received_at)
        )
        notes.append(
            Document(name=f"{number_of(request, hazard)}-{number}.ogg", content=content, caption=told, is_voice=True)
        )
    toast = _("有 {count} 条语音的文件不在了，请告诉管理员。").format(count=lost) if lost else _("马上发给您。")
    return Reply(documents=tuple(notes), toast=toast, alert=bool(lost))


ROUTES: tuple[Route, ...] = (Press(name="rh", needs=Permission.SEE_ENTERPRISE, about=About.HAZARD, handler=play),)
