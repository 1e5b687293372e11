"""The experts who help the office inspect: of which kind, good at which trades, and whose trade fits a firm."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """From where an expert comes, as the plans name them."""

    EXPERT = "expert"
    RETIRED = "retired"
    AGENCY = "agency"
    INSURER = "insurer"


KIND_NAMES: Mapping[Kind, str] = {
    Kind.EXPERT: "专家",
    Kind.RETIRED: "退休技安人员",
    Kind.AGENCY: "技术服务机构",
    Kind.INSURER: "保险机构",
}


class TiedToFirm(ValueError):
    """Who holds a role in the firm does not inspect it (回避)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpertProfile:
    """What the office knows of one expert; `words` say in short what he is good at."""

    person_id: int
    name: str
    kind: Kind = Kind.EXPERT
    trades: tuple[str, ...] = ()
    words: str = ""

    def fits(self, trades: Collection[str]) -> bool:
        """Whether one of these trades is the expert's."""
        return not set(self.trades).isdisjoint(trades)


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What an expert did in a year: inspections of the office he took part in, and hazards he found anywhere."""

    inspections: int = 0
    findings: int = 0


def by_fit(experts: Sequence[ExpertProfile], trades: Collection[str]) -> list[ExpertProfile]:
    """The experts whose trade fits a firm of these trades first, else in the order given."""
    return sorted(experts, key=lambda expert: not expert.fits(trades))
