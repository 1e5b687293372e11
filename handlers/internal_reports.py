"""A hazard reported from inside the firm, by a worker or at a risk point: number at once, the head is told at once."""

from dataclasses import replace
from datetime import datetime, timedelta

from checklists.attachments import Medium, Phase
from checklists.deliveries import Delivery
from checklists.hazards import STATE_NAMES, Hazard, Level, Source, State
from checklists.people import INSPECTING_ROLES, Permission, Person, allows
from handlers import voice_notes
from handlers.buttons import to_home
from handlers.expert_findings import who_confirms
from handlers.hazard_cards import number_of
from handlers.items import handed_in_words
from handlers.life_words import number_in
from handlers.official_cards import firm_of
from handlers.outgoing import Outgoing
from handlers.replies import Button, Reply, Screen, data, rows
from handlers.risk_due import redraw_if, waits
from handlers.routing import About, Display, Gone, Input, Press, Request, Route
from handlers.services import Services
from handlers.walking import name_of
from handlers.words import _, html, shorten
from storage.transaction import Transaction

REPORTED = "worker_report"
_MOST_WORDS = 1000
# Who never says that he has finished reports something else the next day.
_ONE_REPORT = timedelta(hours=12)


def ways(request: Request) -> list[list[Button]]:
    """A button for each firm whose hazards this person may report."""
    held = dict.fromkeys(a.enterprise_id for a in request.who.assignments if a.enterprise_id is not None)
    firms = request.tx.enterprises.some(list(held))
    several = len(firms) > 1
    label = _("⚠️ 报告隐患")
    return [[Button(f"{label} · {shorten(f.name, 20)}" if several else label, data("jr", f.id))] for f in firms]


def with_own(request: Request, screen: Screen) -> Screen:
    """The menu of a worker with what became of the own reports below."""
    own = request.tx.hazards.reported_by(request.who.id)
    if not own:
        return screen
    lines = [f"· {html(number_of(request, h))}　{_(STATE_NAMES[h.state])}　{html(shorten(h.words, 20))}" for h in own]
    return replace(screen, text="\n".join([screen.text, "", _("您报告过的："), *lines]))


def begin(request: Request) -> Reply:
    """The first photo or word is asked for."""
    return ask(request, request.enterprise_id or 0, point_id=0)


def ask(request: Request, enterprise_id: int, *, point_id: int) -> Reply:
    """The question, at a risk point or not (0)."""
    firm = firm_of(request.tx, enterprise_id)
    point = request.tx.risk_points.get(point_id) if point_id else None
    request.enter("report", id=firm.id, point=point.id if point else 0, hazard=0)
    where = f"{html(firm.name)} · {html(point.name)}" if point else html(firm.name)
    lines = [
        _("<b>报告隐患</b>\n{where}").format(where=where),
        "",
        _("<b>拍张照片发来，或者写一句哪里不对。</b>也可以发语音。"),
        _who_hears(request, firm.id),
    ]
    text = "\n".join(lines)
    return Reply(screen=Screen(text=text, buttons=rows([to_home()])))


def _who_hears(request: Request, enterprise_id: int) -> str:
    """Who will know of the report and of who made it."""
    if _is_head(request, enterprise_id):
        if _reachable_heads(request, enterprise_id):
            return _("本单位其他负责人马上会收到。记下以后，您也可以自己确认级别、安排整改。")
        return _("记下以后，您自己确认级别、安排整改。")
    if _reachable_heads(request, enterprise_id):
        return _("本单位负责人马上会收到，看得到是您报告的。不想让单位知道，请打举报电话 12350。")
    if _other_heads(request, enterprise_id):
        return _(
            "本单位负责人现在收不到消息，您的报告先发给监管办公室；负责人以后也看得到是您报告的。"
            "不想让单位知道，请打举报电话 12350。"
        )
    return _(
        "本单位还没有负责人在用，您的报告先发给监管办公室；负责人以后加入，也看得到是您报告的。"
        "不想让单位知道，请打举报电话 12350。"
    )


def take(request: Request) -> Reply:
    """A photo, a voice note or words: a new hazard, or more of the one reported just now."""
    firm = firm_of(request.tx, request.enterprise_id)
    hazard, point_id = _at(request)
    words = request.text.strip()
    if hazard is None:
        hazard = _open(request, firm.id, point_id, words[:_MOST_WORDS])
    elif words:
        more = f"{hazard.words}\n{words}" if hazard.words else words
        hazard = request.tx.hazards.describe(hazard, more[:_MOST_WORDS], by=request.who.id, at=request.now)
    notice = voice_notes.keep(request, hazard) if request.voice else ""
    if request.photo is not None:
        request.tx.attachments.add_photo(
            request.photo,
            by=request.who.id,
            at=request.now,
            hazard_id=hazard.id,
            phase=Phase.BEFORE,
            album=request.album,
        )
    tell(request, hazard)
    request.enter("report", id=firm.id, point=point_id, hazard=hazard.id)
    return replace(Reply(screen=_taken(request, hazard, notice=notice)), group=request.album)


def _open(request: Request, enterprise_id: int, point_id: int, words: str) -> Hazard:
    point = request.tx.risk_points.get(point_id) if point_id else None
    if point is not None and point.enterprise_id != enterprise_id:
        raise Gone
    hazard = request.tx.hazards.open(
        enterprise_id=enterprise_id,
        source=Source.WORKER,
        inspection_id=None,
        item=None,
        criterion_id=None,
        clause="",
        level=Level.GENERAL,
        year=request.today.year,
        by=request.who.id,
        at=request.now,
        words=words,
        risk_point_id=point.id if point else None,
        place=point.place or point.name if point else "",
    )
    if point is not None:
        by, at, waited = request.who.id, request.now, waits(request, point)
        request.tx.risk_points.add_check(point, good=False, words=words, hazard_id=hazard.id, by=by, at=at)
        redraw_if(request, waited, enterprise_id)
    return hazard


def _at(request: Request) -> tuple[Hazard | None, int]:
    """The report that is being added to, and the risk point it is about (0 for none).

    What has been taken up or is of another day is added to no more: what comes then is a report of its own, and
    nobody has said that it is about the same point.
    """
    assert request.dialog is not None
    hazard_id, point_id = int(request.dialog.data.get("hazard", 0)), int(request.dialog.data.get("point", 0))
    if not hazard_id:
        return None, point_id
    hazard = _reported(request, hazard_id)
    return (hazard, point_id) if hazard else (None, 0)


def _reported(request: Request, hazard_id: int) -> Hazard | None:
    """The report with this id, while it is this person's own, nobody has confirmed its level, and it is of today."""
    hazard = request.tx.hazards.get(hazard_id)
    if hazard is None or hazard.found_by != request.who.id or hazard.source is not Source.WORKER:
        return None
    fresh = hazard.state is State.FOUND and request.now - hazard.found_at < _ONE_REPORT
    return hazard if fresh else None


def _taken(request: Request, hazard: Hazard, *, notice: str = "") -> Screen:
    kept = request.tx.attachments.of_hazard(hazard.id)
    lines = [
        *([f"<i>{html(notice)}</i>"] if notice else []),
        _("✅ <b>已报告：隐患 {number}</b>").format(number=html(number_of(request, hazard))),
        *([html(shorten(hazard.words, 500))] if hazard.words else []),
        *([handed_in_words(kept)] if kept else []),
        "",
        _thanks(request, hazard) if hazard.words else _("<b>再写一句哪里不对。</b>"),
    ]
    confirm = Button(_("去确认"), data("zn", hazard.id)) if _is_head(request, hazard.enterprise_id) else None
    return Screen(text="\n".join(lines), buttons=rows([confirm], [Button(_("报完了"), data("h"))]))


def _thanks(request: Request, hazard: Hazard) -> str:
    heads = _reachable_heads(request, hazard.enterprise_id)
    if heads:
        told = _("正在通知本单位负责人（{count} 人）。").format(count=len(heads))
    elif _is_head(request, hazard.enterprise_id):
        return _("请您自己确认级别、安排整改。还可以继续发照片、语音或文字。")
    else:
        told = _("正在通知监管办公室。")
    return _("谢谢您。{told}还可以继续发照片、语音或文字。").format(told=told)


def _is_head(request: Request, enterprise_id: int) -> bool:
    """Whether who reports puts hazards right himself."""
    return allows(request.person, Permission.INSPECT, enterprise_id=enterprise_id)


def _other_heads(request: Request, enterprise_id: int) -> list[Person]:
    """The people of the firm who put hazards right, without the one who reports."""
    people = request.tx.people.with_role(*INSPECTING_ROLES, enterprise_id=enterprise_id)
    return [person for person in people if person.id != request.who.id]


def _reachable_heads(request: Request, enterprise_id: int) -> list[Person]:
    return [person for person in _other_heads(request, enterprise_id) if person.reachable]


def tell(request: Request, hazard: Hazard) -> None:
    """The heads of the firm hear of it at once, without any of them the office; what was told is drawn again.

    A head who reports knows of it and acts himself: then the office is told nothing.
    """
    told = _reachable_heads(request, hazard.enterprise_id)
    if not told and not _is_head(request, hazard.enterprise_id):
        told = who_confirms(request.tx, hazard)
    for person in told:
        dedupe = f"{REPORTED}:{hazard.id}:{person.id}"
        about = {"hazard": hazard.id}
        if not request.tx.deliveries.add(REPORTED, dedupe, person, about, request.now, request.now):
            known = request.tx.deliveries.by_dedupe(dedupe)
            if known is not None:
                request.tx.deliveries.again(known.id, request.now)


def again(request: Request) -> Reply:
    """Where the report stands."""
    hazard, point_id = _at(request)
    if hazard is not None:
        return Reply(screen=_taken(request, hazard))
    return ask(request, request.enterprise_id or 0, point_id=point_id)


def reported(tx: Transaction, services: Services, delivery: Delivery, now: datetime) -> Outgoing | None:
    """To the firm's heads or the office: what was reported, and the way to its level and arrangements."""
    hazard = tx.hazards.get(int(delivery.about["hazard"]))
    person: Person | None = tx.people.get(delivery.person_id) if delivery.person_id is not None else None
    if hazard is None or person is None:
        return None
    inspects = allows(person, Permission.INSPECT, enterprise_id=hazard.enterprise_id)
    if not inspects and not person.in_office:
        return None
    kept = tx.attachments.of_hazard(hazard.id)
    lines = [
        _("⚠️ <b>有人报告隐患 {number}</b>").format(number=html(number_in(tx, hazard))),
        _("报告人：{name}").format(name=html(name_of(tx, hazard.found_by))),
        *([_("地点：{place}").format(place=html(hazard.place))] if hazard.place else []),
        *([html(shorten(hazard.words, 500))] if hazard.words else []),
        *([handed_in_words(kept)] if kept else []),
        _("请尽快到现场看，确认级别，安排整改。"),
    ]
    spoken = any(a.kind is Medium.VOICE for a in kept)
    hear = Button(_("🎤 听语音"), data("rh", hazard.id)) if spoken else None
    look = Button(_("去确认"), data("zn", hazard.id)) if inspects else Button(_("看隐患"), data("z", hazard.id))
    return Outgoing(screen=Screen(text="\n".join(lines), buttons=rows([hear], [look])))


_REPORT = Permission.REPORT
ROUTES: tuple[Route, ...] = (
    Press(name="jr", needs=_REPORT, about=About.ENTERPRISE, handler=begin),
    Input(
        dialog="report",
        takes=frozenset({"text", "photo", "voice"}),
        needs=_REPORT,
        about=About.ENTERPRISE,
        handler=take,
    ),
    Display(dialog="report", needs=_REPORT, about=About.ENTERPRISE, handler=again),
)
