"""What happened to a hazard as dated sentences for a letter: only what is recorded, and nobody by name.

How the office came to know is said of inspections alone, else the letter would tell of tips: what came from a tip, from
above, from an expert or from a worker reads alike. Notes for the office, such as those on receipts, stay out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checklists.hazard_records import Deferral, Escalation, Life, Listing, Notice, Outcome, Receipt, Review
from checklists.hazard_rules import RECIPIENT_NAMES
from checklists.hazards import LEVEL_NAMES, Hazard, Level, Source
from checklists.repeats import Missed
from checklists.working_days import SHANGHAI
from handlers.documents.letter_contents import LetterFact

# Events of the trail that are said as they are; all others are said from their own records, or not at all.
_EVENTS: Mapping[str, str] = {
    "hazard_fixed_on_spot": "企业报当场整改完成。",
    "hazard_handed_in": "企业提交整改情况，申请复查。",
    "hazard_taken_back": "企业撤回提交的整改情况。",
    "hazard_closed": "销号。",
    "major_report_handed_in": "企业提交重大事故隐患报告。",
    "major_report_on_paper": "收到企业书面的重大事故隐患报告。",
    "hazard_reported": "按规定上报。",
}
_LEVELS: Mapping[str, str] = {"hazard_confirmed": "确认为{level}。", "hazard_regraded": "级别改为{level}。"}
_REVIEWS: Mapping[Outcome, str] = {
    Outcome.APPROVED: "复查通过",
    Outcome.RETURNED: "复查没有通过，退回重新整改",
    Outcome.FAKE: "认定为虚假整改",
}

Said = tuple[datetime, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """Another hazard of the same criterion at the same firm."""

    number: str
    found_on: date
    closed_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """All that is kept of a hazard and may be said; `mode` is how was inspected, empty without an inspection.

    `events` are the trail's with what is behind them. `repeats` were found in the `repeat_days` before this one and
    closed when it was found, the newest first; `unfinished` are still open.
    """

    hazard: Hazard
    mode: str
    events: Sequence[tuple[datetime, str, Mapping[str, object]]]
    notices: Sequence[Notice]
    reviews: Sequence[Review]
    deferrals: Sequence[Deferral]
    listings: Sequence[Listing]
    escalations: Sequence[Escalation]
    lives: Sequence[Life]
    repeats: Sequence[Earlier]
    repeat_days: int
    unfinished: Sequence[Earlier]
    missed: Missed | None


def letter_facts(course: Course, *, today: date) -> list[LetterFact]:
    """The facts in the order of time, those of `today` (Shanghai) last."""
    said = [
        *_found(course),
        *_events(course),
        *_notices(course.notices),
        *_reviews(course.reviews),
        *_deferrals(course.deferrals),
        *_listings(course.listings),
        *((step.at, _with(f"采取“{step.rung}”措施", step.note)) for step in course.escalations),
        *((life.opened_again_at, _with("重新打开", life.reason)) for life in course.lives if not life.fake),
    ]
    said.sort(key=lambda one: one[0])
    facts = [LetterFact(on=_on(at), words=words) for at, words in said]
    return [*facts, *(LetterFact(on=today, words=words) for words in _now(course, today))]


def plan_basis(title: str, clauses: Sequence[str]) -> str:
    """The plan with these clauses, each once, as 《…方案》二（三）12; empty where there is none."""
    named = "；".join(dict.fromkeys(clause for clause in clauses if clause))
    return f"《{title}》{named}" if named else ""


def pictures(before: int, after: int) -> list[str]:
    """How many pictures go with a letter, of the place as found and as put right; nothing for none."""
    counted = {"现场照片": before, "整改照片": after}
    return [f"{name}{number}张" for name, number in counted.items() if number]


def _found(course: Course) -> Iterator[Said]:
    hazard = course.hazard
    if course.missed is not None:
        yield course.missed.answered_at, "企业自查，对同一条的回答是“合格”。"
    who = "企业自查" if hazard.source is Source.SELF_INSPECTION else ""
    inspected = f"监督检查（{course.mode}）" if course.mode else ""
    yield hazard.found_at, f"{who or inspected}发现该隐患。"
    if course.repeats:
        last = course.repeats[0]
        ended = f"，{_day(last.closed_on)}销号" if last.closed_on else ""
        before = f"此前{course.repeat_days}天内，同一条隐患查出并销号过{len(course.repeats)}次"
        yield hazard.found_at, f"{before}，上一次是{last.number}，{_day(last.found_on)}查出{ended}。"


def _events(course: Course) -> Iterator[Said]:
    for at, what, after in course.events:
        if what in _EVENTS:
            yield at, _EVENTS[what]
        elif what in _LEVELS and "level" in after:
            yield at, _LEVELS[what].format(level=LEVEL_NAMES[Level(str(after["level"]))])


def _notices(notices: Sequence[Notice]) -> Iterator[Said]:
    for notice in notices:
        if notice.received_at is not None:
            paper = "（纸质回执）" if notice.how == Receipt.PAPER else ""
            yield notice.received_at, f"{RECIPIENT_NAMES[notice.recipient]}确认收到告知{paper}。"


def _reviews(reviews: Sequence[Review]) -> Iterator[Said]:
    for review in reviews:
        if review.outcome in _REVIEWS:
            on_site = "（现场查看）" if review.on_site else ""
            yield review.at, _with(_REVIEWS[review.outcome] + on_site, review.words)


def _deferrals(deferrals: Sequence[Deferral]) -> Iterator[Said]:
    for asked in deferrals:
        words = f"企业申请把整改期限从{_day(asked.present)}延到{_day(asked.wanted)}"
        yield asked.asked_at, _with(words, asked.reason)
        if asked.decided_at is not None:
            yield asked.decided_at, _with("同意延期" if asked.granted else "没有同意延期", asked.decision)


def _listings(listings: Sequence[Listing]) -> Iterator[Said]:
    for listing in listings:
        until = f"，{_day(listing.until)}前办结" if listing.until else ""
        yield listing.listed_at, _with(f"挂牌督办{until}", listing.reason)
        if listing.unlisted_at is not None:
            yield listing.unlisted_at, _with("摘牌", listing.unlisted_reason)


def _now(course: Course, today: date) -> Iterator[str]:
    hazard = course.hazard
    deadline = hazard.arrangements.deadline
    if deadline is not None and hazard.is_overdue(today):
        yield f"已超过整改期限{(today - deadline).days}天，没有整改到位。"
    if hazard.fakes:
        yield f"累计认定虚假整改{hazard.fakes}次。"
    waiting = [RECIPIENT_NAMES[n.recipient] for n in course.notices if n.received_at is None]
    if waiting and hazard.is_open:
        yield f"{'、'.join(waiting)}还没有确认收到告知。"
    for other in course.unfinished:
        yield f"同一条隐患还有没有销号的：{other.number}，{_day(other.found_on)}查出。"


def _with(head: str, words: str) -> str:
    """A sentence with what was written about it, as it was written."""
    return f"{head}：{words.rstrip('。')}。" if words else f"{head}。"


def _on(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
