"""The firm's report of a major hazard (重大事故隐患报告): its three parts, and what can be proposed from what is known.

总局令第16号第十四条 names the parts, 第十五条 the six points of the treatment plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from checklists.criteria import Criterion
from checklists.defences import marked
from checklists.hazards import Hazard, Level, MoveRefused
from checklists.working_days import SHANGHAI

# A part is always shown whole on one screen; Telegram counts a message in units of UTF-16.
MOST_UNITS = 3000
_MOST_OF_WORDS = 1200
_MOST_OF_AIM = 200


class Part(StrEnum):
    """The parts in the order of the article."""

    CAUSE = "cause"
    HARM = "harm"
    TREATMENT = "treatment"


PART_NAMES: Mapping[Part, str] = {
    Part.CAUSE: "现状和产生原因",
    Part.HARM: "危害程度和整改难易程度",
    Part.TREATMENT: "治理方案",
}
# What only a person on site can say, each a tap; the difficulties follow the definition of a major hazard.
CAUSE_WORDS: Mapping[str, str] = {
    "a": "设备、设施老化或损坏",
    "b": "安装、改造时没有按标准做",
    "c": "使用、堆放不按规定",
    "d": "日常检查没有发现",
    "e": "人员培训不到位",
}
DIFFICULTY_WORDS: Mapping[str, str] = {
    "a": "本单位自己能改，不用停产",
    "b": "要停用有关设备或场所才能改",
    "c": "要全部停产停业才能改",
    "d": "本单位自己改不了，要外单位来做",
}
CHOICES: Mapping[Part, Mapping[str, str]] = {
    Part.CAUSE: CAUSE_WORDS,
    Part.HARM: DIFFICULTY_WORDS,
    Part.TREATMENT: {},
}
_BEFORE_ANSWER = {Part.CAUSE: "产生原因：", Part.HARM: "整改难易程度：", Part.TREATMENT: "补充："}


class ReportNotNeeded(MoveRefused):
    """A report about a hazard that is none of the confirmed major ones, or not open any more."""


class ReportIncomplete(MoveRefused):
    """A part has not been written yet."""


class ReportStands(MoveRefused):
    """The report was handed in: what it says is added to, not changed."""


class ReportNotThere(MoveRefused):
    """There is no report handed in that could be added to."""


class ReportTooLong(MoveRefused):
    """A part would not fit on one screen any more."""


class PartEmpty(MoveRefused):
    """Nothing was written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MajorReport:
    """The report of one life of a hazard; `version` rises with every change, a part left empty is not written yet."""

    hazard_id: int
    life: int
    version: int
    written_by: int
    written_at: datetime
    cause: str = ""
    harm: str = ""
    treatment: str = ""
    handed_in_by: int | None = None
    handed_in_at: datetime | None = None

    def words(self, part: Part) -> str:
        return str(getattr(self, part.value))

    def missing(self) -> tuple[Part, ...]:
        """The parts that are not written yet."""
        return tuple(part for part in Part if not self.words(part).strip())

    @property
    def is_handed_in(self) -> bool:
        return self.handed_in_at is not None


def is_owed(hazard: Hazard) -> bool:
    """Whether a hazard of this kind must be reported while it is open: major, and a person has confirmed it."""
    return hazard.level is Level.MAJOR and hazard.level_confirmed_by is not None


def fits(words: str) -> bool:
    """Whether a part of this length can be kept."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2 <= MOST_UNITS


def proposed(part: Part, hazard: Hazard, *, criterion: Criterion | None, principal: str) -> str:
    """What is known for certain, as the report would say it; empty where nothing can be said yet.

    Causes and difficulties are never guessed: they are chosen or written by a person. A treatment plan is proposed
    only once all five arrangements (五落实) stand or it is put right, so that report and ledger say the same.
    """
    match part:
        case Part.CAUSE:
            return _state(hazard, criterion)
        case Part.HARM:
            return _harm(hazard, criterion)
        case Part.TREATMENT:
            return _treatment(hazard, principal) if hazard.arrangements.complete else _fixed(hazard)


def answered(part: Part, facts: str, answer: str) -> str:
    """The facts with what a person chose or wrote below them."""
    return f"{facts}\n{_BEFORE_ANSWER[part]}{answer}" if facts else answer


def chosen(part: Part, facts: str, key: str) -> str:
    """The facts with one of the CHOICES below them."""
    return answered(part, facts, f"{CHOICES[part][key]}。")


def supplemented(words: str, more: str, *, by: str, on: date) -> str:
    """A part that was handed in with what is added to it, which says when and by whom."""
    return f"{words}\n补充（{_day(on)}，{by}）：{more}"


def on_paper(note: str) -> str:
    """What stands in a part that the office has only on paper."""
    return f"见企业交来的书面报告（{note}）"


def _state(hazard: Hazard, criterion: Criterion | None) -> str:
    words = _one_line(hazard.words, _MOST_OF_WORDS) or (f"不符合“{criterion.ask}”" if criterion else "")
    place = f"（位置：{hazard.place}）" if hazard.place else ""
    found = _day(hazard.found_at.astimezone(SHANGHAI).date())
    return f"现状：{_sentence(words + place)}{found}查出，{_basis(hazard)}已确认为重大事故隐患。"


def _harm(hazard: Hazard, criterion: Criterion | None) -> str:
    # A criterion lists the hazards that count as major; where a person set the level, nothing more is known.
    listed = criterion is not None and criterion.level is Level.MAJOR
    why = f"{_basis(hazard)}属于判定标准列明的重大事故隐患。" if listed else f"{_basis(hazard)}经确认为重大事故隐患。"
    return f"危害程度：{why}改好以前，可能导致事故发生。"


def _treatment(hazard: Hazard, principal: str) -> str:
    plan = hazard.arrangements
    assert plan.deadline is not None
    until, basis = _day(plan.deadline), f"，符合{hazard.clause}的要求" if hazard.clause else ""
    aim = _one_line(hazard.words, _MOST_OF_AIM) or "这条隐患"
    points = (
        f"目标和任务：{until}前消除隐患（{aim}）{basis}",
        f"方法和措施：{marked(plan.measure, plan.defences)}",
        f"经费和物资：{plan.funds}",
        f"机构和人员：{principal}组织，{plan.responsible}负责整改",
        f"时限和要求：{until}前改好，拍照提交复查，复查通过并销号才算完成",
        f"安全措施和应急预案：{plan.contingency}",
    )
    return "\n".join(f"{number}．{_sentence(point)}" for number, point in enumerate(points, 1))


def _fixed(hazard: Hazard) -> str:
    """What was put right on the spot never had arrangements."""
    if hazard.handed_in_at is None:
        return ""
    return f"{_day(hazard.handed_in_at.astimezone(SHANGHAI).date())}已立查立改，整改后的照片已提交复查。"


def _basis(hazard: Hazard) -> str:
    return f"依据{hazard.clause}，" if hazard.clause else ""


def _sentence(words: str) -> str:
    return words if not words or words.endswith(("。", "！", "？", ".")) else f"{words}。"


def _one_line(words: str, most: int) -> str:
    line = "；".join(part.strip() for part in words.splitlines() if part.strip())
    return line if len(line) <= most else line[: most - 1] + "…"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
