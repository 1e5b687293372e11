"""The guards of a hazard's moves: each refuses in its own kind of exception, with a sentence for the person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from checklists.hazard_moves import Need, Relation
from checklists.hazards import LEVEL_NAMES, Arrangements, Level, MoveRefused, State
from checklists.sampling import wants_look


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """How things stand with one hazard when somebody wants to do something with it.

    `evidence` counts the pictures of the present round that show it put right; `reviewed` whether another person
    passed just this round; `receipts_missing` are Chinese names of who has not confirmed; `report_missing` that
    a major hazard has no report of this life handed in; `wanted_deadline` and
    `wanted_level` are what the person asks for; `proposed` is the level that the criterion proposes; `level_of_office`
    that somebody of the office set the present one; `found_outside` that it was not the firm's own people who found it.
    """

    state: State
    level: Level
    relations: frozenset[Relation]
    criterion: str = ""
    arrangements: Arrangements = field(default_factory=Arrangements)
    evidence: int = 0
    sampled: bool = False
    on_site: bool = False
    reviewed: bool = False
    receipts_missing: tuple[str, ...] = ()
    report_missing: bool = False
    listed: bool = False
    deferral_waiting: bool = False
    department_missing: bool = False
    vetting_missing: bool = False
    vetted: bool = False
    reported: bool = False
    reason: str = ""
    wanted_level: Level | None = None
    proposed: Level | None = None
    level_of_office: bool = False
    found_outside: bool = False
    wanted_deadline: date | None = None


class CriterionMissing(MoveRefused):
    """A major hazard without the criterion that makes it one."""


class ReasonMissing(MoveRefused):
    """Nothing was said why."""


class LevelAwaitsOffice(MoveRefused):
    """The level of what an expert, a tip, an inspection or somebody above found is the office's to confirm."""


class LoweringUnexplained(MoveRefused):
    """The firm called general what the criterion proposes as major, and did not say why."""


class LevelOfOffice(MoveRefused):
    """The firm wanted another level than the one that the office set."""


class ArrangementsIncomplete(MoveRefused):
    """One of the five arrangements (五落实) is not fixed."""


class EvidenceMissing(MoveRefused):
    """No picture shows that the hazard was put right in this round."""


class DepartmentMissing(MoveRefused):
    """The plan wants a review by the duty-holding department, and nobody said which that is."""


class LookOnSiteMissing(MoveRefused):
    """A hazard fixed on the spot was drawn for a look on site, or is a major one."""


class ReviewMissing(MoveRefused):
    """Nobody else has passed what was handed in last."""


class ReceiptMissing(MoveRefused):
    """Somebody who must know of the hazard has not confirmed it."""


class MajorReportMissing(MoveRefused):
    """The firm has not handed in the report of a major hazard (总局令第16号第十四条)."""


class StillListed(MoveRefused):
    """The hazard is under listed supervision (挂牌督办)."""


class NotListed(MoveRefused):
    """The hazard is not under listed supervision."""


class NotMajor(MoveRefused):
    """Only major hazards are put under listed supervision."""


class DeferralWaiting(MoveRefused):
    """A request for a later deadline has not been decided."""


class NoDeferralWaiting(MoveRefused):
    """There is no request for a later deadline to decide."""


class DeferralNeeded(MoveRefused):
    """A deadline that stands was to be moved back without being asked for."""


class NotTheNextRung(MoveRefused):
    """A step of the ladder out of its order, or one that the plan does not have."""


class DeadlineNotLater(MoveRefused):
    """A deferral to the same or an earlier day."""


class VettingMissing(MoveRefused):
    """The data go upward only after the department has reviewed them."""


class DoneAlready(MoveRefused):
    """This was done before and is not done twice."""


def _criterion(now: Circumstances) -> None:
    if (now.wanted_level or now.level) is Level.MAJOR and not now.criterion.strip():
        raise CriterionMissing("重大隐患要写明依据哪一条判定标准。")


def _reason(now: Circumstances) -> None:
    if not now.reason.strip():
        raise ReasonMissing("请写明理由。")


def _arrangements(now: Circumstances) -> None:
    if missing := now.arrangements.missing():
        raise ArrangementsIncomplete("五落实还缺：{missing}", missing=missing)


def _evidence(now: Circumstances) -> None:
    if not now.evidence:
        raise EvidenceMissing("还没有整改后的照片，请先拍一张发来。")


def _department(now: Circumstances) -> None:
    if now.department_missing:
        raise DepartmentMissing("还没有指定负有监管职责的科室，请先指定。")


def _on_site(now: Circumstances) -> None:
    if wants_look(now.level, now.state, sampled=now.sampled) and not now.on_site:
        raise LookOnSiteMissing("这条隐患要到现场看过才能通过。")


def _review(now: Circumstances) -> None:
    if not now.reviewed:
        raise ReviewMissing("这次整改还没有另一个人复查通过。")


def _receipts(now: Circumstances) -> None:
    if now.receipts_missing:
        raise ReceiptMissing("还没有确认收到：{missing}", missing=now.receipts_missing)


def _major_report(now: Circumstances) -> None:
    if now.report_missing:
        raise MajorReportMissing("重大隐患报告还没有交。")


def _not_listed(now: Circumstances) -> None:
    if now.listed:
        raise StillListed("这条隐患正在挂牌督办，要先摘牌。")


def _listed(now: Circumstances) -> None:
    if not now.listed:
        raise NotListed("这条隐患没有挂牌督办。")


def _major(now: Circumstances) -> None:
    if now.level is not Level.MAJOR:
        raise NotMajor("只有重大隐患才挂牌督办。")


def _no_deferral(now: Circumstances) -> None:
    if now.deferral_waiting:
        raise DeferralWaiting("延期申请还没有答复。")


def _deferral(now: Circumstances) -> None:
    if not now.deferral_waiting:
        raise NoDeferralWaiting("没有等待答复的延期申请。")


def _later_deadline(now: Circumstances) -> None:
    present = now.arrangements.deadline
    if now.wanted_deadline is None or present is None or now.wanted_deadline <= present:
        raise DeadlineNotLater("延期要写一个比现在期限更晚的日子。")


def _not_vetted(now: Circumstances) -> None:
    if now.vetted:
        raise DoneAlready("上报内容已经审核过了。")


def _vetted(now: Circumstances) -> None:
    if now.vetting_missing and not now.vetted:
        raise VettingMissing("上报前要由负有监管职责的科室审核把关。")


def _not_reported(now: Circumstances) -> None:
    if now.reported:
        raise DoneAlready("这条隐患已经上报过了。")


def _other_level(now: Circumstances) -> None:
    if now.wanted_level is None or now.wanted_level is now.level:
        raise DoneAlready("级别已经是{level}了。", level=LEVEL_NAMES[now.level])


def _lowering(now: Circumstances) -> None:
    lowered = now.proposed is Level.MAJOR and now.wanted_level is Level.GENERAL
    if lowered and Relation.FIRM in now.relations and not now.reason.strip():
        raise LoweringUnexplained("判定标准建议为重大隐患，定为一般要写明理由。")


def _own_level(now: Circumstances) -> None:
    if now.level_of_office:
        raise LevelOfOffice("级别是监管办公室定的。要改，请联系监管办公室。")


def _office_for_outside(now: Circumstances) -> None:
    if now.found_outside and Relation.OFFICE not in now.relations:
        raise LevelAwaitsOffice("级别由监管办公室确认，请等一等。")


GUARDS: Mapping[Need, Callable[[Circumstances], None]] = {
    Need.CRITERION: _criterion,
    Need.REASON: _reason,
    Need.ARRANGEMENTS: _arrangements,
    Need.EVIDENCE: _evidence,
    Need.DEPARTMENT: _department,
    Need.ON_SITE: _on_site,
    Need.REVIEW: _review,
    Need.RECEIPTS: _receipts,
    Need.MAJOR_REPORT: _major_report,
    Need.NOT_LISTED: _not_listed,
    Need.LISTED: _listed,
    Need.MAJOR: _major,
    Need.NO_DEFERRAL: _no_deferral,
    Need.DEFERRAL: _deferral,
    Need.LATER_DEADLINE: _later_deadline,
    Need.NOT_VETTED: _not_vetted,
    Need.VETTED: _vetted,
    Need.NOT_REPORTED: _not_reported,
    Need.OTHER_LEVEL: _other_level,
    Need.LOWERING: _lowering,
    Need.OWN_LEVEL: _own_level,
    Need.OFFICE_FOR_OUTSIDE: _office_for_outside,
}
