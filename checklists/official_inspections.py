"""Inspections by the office (监督检查): how they are made, what is signed, and when one is finished."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """How the inspection is made (检查方式)."""

    UNANNOUNCED = "unannounced"
    OPEN_AND_COVERT = "open_and_covert"
    RANDOM = "random"
    NIGHT = "night"
    JOINT = "joint"
    SPECIAL = "special"
    CROSS = "cross"
    REVIEW = "review"


MODE_NAMES: Mapping[Mode, str] = {
    Mode.UNANNOUNCED: "四不两直",
    Mode.OPEN_AND_COVERT: "明查暗访",
    Mode.RANDOM: "双随机",
    Mode.NIGHT: "夜查",
    Mode.JOINT: "联合检查",
    Mode.SPECIAL: "专项检查",
    Mode.CROSS: "交叉执法",
    Mode.REVIEW: "整改复查",
}


class OfficialState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    ABANDONED = "abandoned"


class NotRunning(ValueError):
    """The inspection is finished or abandoned; the text is for people."""


class SignatureMissing(ValueError):
    """The inspection cannot be finished yet; the text says whose signature is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficialInspection:
    """One inspection by the office; its findings are the hazards that name it.

    A firm that refuses to sign is noted in `refusal`, in the inspector's words, instead of its signature. Who signed
    for the firm on paper is named in `paper_signer`: then `firm_signed_by` is empty.
    """

    id: int
    enterprise_id: int
    mode: Mode
    inspectors: str
    present: str
    words: str
    state: OfficialState
    started_by: int
    started_at: datetime
    officer_signed_by: int | None = None
    officer_signed_at: datetime | None = None
    firm_signed_by: int | None = None
    firm_signed_at: datetime | None = None
    refusal: str = ""
    paper_signer: str = ""
    finished_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.state is OfficialState.RUNNING

    @property
    def is_signed(self) -> bool:
        """Whether nothing may be changed any more because somebody has signed what stood there."""
        return self.officer_signed_at is not None or self.firm_signed_at is not None

    @property
    def is_open(self) -> bool:
        """Whether findings and people may still be added."""
        return self.is_running and not self.is_signed


def check_finish(inspection: OfficialInspection) -> None:
    """Raises NotRunning or SignatureMissing; both signatures, or the officer's and the firm's refusal in words."""
    if not inspection.is_running:
        raise NotRunning("这次检查已经结束。")
    if inspection.officer_signed_at is None:
        raise SignatureMissing("检查人员还没有签字。")
    if inspection.firm_signed_at is None and not inspection.refusal.strip():
        raise SignatureMissing("企业还没有签字；拒绝签字的，请写明情况。")


def check_unsigned(inspection: OfficialInspection) -> None:
    """Raises NotRunning once somebody has signed: what was signed does not change any more."""
    if not inspection.is_running:
        raise NotRunning("这次检查已经结束。")
    if inspection.is_signed:
        raise NotRunning("已经有人签字，不能再改。要补充的，另开一次检查。")
