"""The papers of an analysis meeting (安全生产分析会) as Word files: the agenda before it, the record after it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from checklists.hazards import LEVEL_NAMES, Level
from checklists.ledger import Overview
from handlers.documents.letter_fields import clean
from handlers.documents.letters import filled

TEMPLATES = Path(__file__).parent / "templates" / "meetings"
AGENDA, RECORD = "agenda.docx", "record.docx"
_FIGURES = {
    "open": "在册",
    "major": "重大隐患",
    "overdue": "逾期",
    "listed": "挂牌督办",
    "deferrals": "等答复的延期申请",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperTopic:
    """One hazard of a meeting; `grounds` say why it is there, `decision` is empty where none was made."""

    number: str
    enterprise: str
    words: str
    level: Level
    state: str
    grounds: str
    deadline: date | None
    measure: str
    decision: str = ""
    responsible: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperDecision:
    """An earlier decision that is not done, with the word that it is late."""

    number: str
    enterprise: str
    decision: str
    responsible: str
    until: date
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Agenda:
    """议题: figures of the ledger, what earlier meetings decided in vain, and a row for each hazard.

    `left_out` counts the hazards for which there is no room.
    """

    office: str
    month: str
    made_on: date
    basis: str
    figures: Overview
    undone: Sequence[PaperDecision]
    topics: Sequence[PaperTopic]
    left_out: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """会议记录: who met where, what was decided, and what the meeting did not come to."""

    office: str
    month: str
    held_on: date
    basis: str
    place: str
    chair: str
    present: str
    words: str
    recorder: str
    decided: Sequence[PaperTopic]
    undecided: Sequence[PaperTopic]
    taken_off: int = 0


def title_of(paper: Agenda | Record) -> str:
    """What a paper is called: 2026年11月安全生产分析会议题."""
    return f"{paper.month}安全生产分析会" + ("议题" if isinstance(paper, Agenda) else "会议记录")


def file_name(paper: Agenda | Record) -> str:
    """The name people see."""
    return f"{title_of(paper)}.docx"


def agenda_docx(paper: Agenda) -> bytes:
    """The agenda as .docx; the same agenda gives the same bytes."""
    return _docx(AGENDA, title_of(paper), paper.made_on, agenda_fields(paper))


def record_docx(paper: Record) -> bytes:
    """The record as .docx; the same record gives the same bytes."""
    return _docx(RECORD, title_of(paper), paper.held_on, record_fields(paper))


def agenda_fields(paper: Agenda) -> dict[str, object]:
    """What the template of the agenda may name."""
    return clean(
        {
            "单位": paper.office,
            "月份": paper.month,
            "日期": _day(paper.made_on),
            "依据": paper.basis,
            "数字": "，".join(f"{name} {getattr(paper.figures, key)} 条" for key, name in _FIGURES.items()),
            "上次决定": [_decision(made, at) for at, made in enumerate(paper.undone, 1)],
            "议题": [_topic(topic, at) for at, topic in enumerate(paper.topics, 1)],
            "没有列入": str(paper.left_out) if paper.left_out else "",
        }
    )


def record_fields(paper: Record) -> dict[str, object]:
    """What the template of the record may name."""
    return clean(
        {
            "单位": paper.office,
            "月份": paper.month,
            "日期": _day(paper.held_on),
            "依据": paper.basis,
            "地点": paper.place,
            "主持人": paper.chair,
            "参加人员": paper.present,
            "其他": paper.words,
            "记录人": paper.recorder,
            "决定": [_topic(topic, at) for at, topic in enumerate(paper.decided, 1)],
            "没有研判": [_topic(topic, at) for at, topic in enumerate(paper.undecided, 1)],
            "去掉": str(paper.taken_off) if paper.taken_off else "",
        }
    )


def _docx(name: str, title: str, on: date, values: dict[str, object]) -> bytes:
    return filled((TEMPLATES / name).read_bytes(), values, title=title, on=on)


def _topic(topic: PaperTopic, at: int) -> dict[str, object]:
    return {
        "序号": str(at),
        "编号": topic.number,
        "企业": topic.enterprise,
        "情况": topic.words,
        "级别": LEVEL_NAMES[topic.level],
        "状态": topic.state,
        "原因": topic.grounds,
        "期限": _day(topic.deadline),
        "现在的措施": topic.measure,
        "决定": topic.decision,
        "谁办": topic.responsible,
        "办到": _day(topic.until),
    }


def _decision(made: PaperDecision, at: int) -> dict[str, object]:
    return {
        "序号": str(at),
        "编号": made.number,
        "企业": made.enterprise,
        "决定": made.decision,
        "谁办": made.responsible,
        "办到": _day(made.until) + ("（已到期）" if made.late else ""),
    }


def _day(value: date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def topic_values(topic: PaperTopic) -> dict[str, Any]:
    """A topic as values that JSON knows, without the words of the hazard, which are kept with the hazard alone."""
    values = asdict(topic)
    del values["words"]
    return values | {name: values[name] and values[name].isoformat() for name in ("deadline", "until")}


def topic_from(values: dict[str, Any], *, words: str) -> PaperTopic:
    """The topic that `topic_values` wrote, with the words of its hazard."""
    days = {name: date.fromisoformat(values[name]) if values[name] else None for name in ("deadline", "until")}
    return PaperTopic(**{**values, **days, "level": Level(values["level"]), "words": words})
