"""Plans (行动方案): what an official plan orders, by when, and how often, as validated data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Literal, Self

from pydantic import Field, model_validator

from checklists.data import DataError, Record, data_file, data_files, read
from checklists.sector_sets import load_sector_sets


class Subject(StrEnum):
    """Who owes a duty."""

    ENTERPRISE = "enterprise"
    OFFICE = "office"
    DEPARTMENT = "department"


class Per(StrEnum):
    """How often; an unspecified period (定期、常态) is not scheduled before the office sets one."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    PROJECT = "project"
    AFTER_EVENT = "after_event"
    UNSPECIFIED = "unspecified"


class PlanRow(Record):
    id: str
    title: str
    issuer: str
    doc_no: str | None
    issued: date | None
    region: str
    region_level: str
    addressed_to: tuple[str, ...]
    starts: date | None
    ends: date | None
    dates_assumed: bool
    assumed_starts: date | None = None
    assumed_ends: date | None = None
    parents: tuple[str, ...]
    numbering: str
    notes: tuple[str, ...]


class HighRiskRow(Record):
    used_in: tuple[str, ...]
    note: str
    mentioned: tuple[str, ...]


class DatedRow(Record):
    by: date
    what: str


class PhaseRow(Record):
    id: str
    m: str
    name: str
    starts: date
    ends: date
    duties: tuple[str, ...]
    dated: tuple[DatedRow, ...]
    clause: str


class TimesRow(Record):
    min_times: int
    per: Per


class DueRow(Record):
    kind: Literal["day_of_quarter_last_month", "month_day", "before_event", "after_event", "in_phase"]
    months: tuple[int, ...] = ()
    month: int | None = None
    day: int | None = None
    first: date | None = None
    wording: str = ""
    inclusive: str = ""
    event: str = ""
    no_date: bool = False
    phase: str = ""
    latest: date | None = None
    within: str = ""


class EntryRow(Record):
    """One thing a plan orders, with whatever the text says of it beyond its words and its place.

    `level` says of which hazards a clause speaks, `level_words` which of its words say so; `sectors` are the criteria
    it is about, all if empty. `proposals` are what may be proposed on its ground (checklists.hazard_records.Proposal).
    """

    id: str
    m: str
    clause: str
    zh: str = ""
    what: str = ""
    who: str = ""
    to: str | tuple[str, ...] = ""
    organiser: str = ""
    by: date | None = None
    measure: str = ""
    degree: str = ""
    on_miss: str = ""
    gate: str = ""
    rule: str = ""
    also: str = ""
    batch: bool = False
    channels: tuple[str, ...] = ()
    calendar_national: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    level: Literal["major", "any"] | None = None
    level_words: str = ""
    sectors: tuple[str, ...] = ()
    proposals: tuple[Literal["stop_use", "suspend", "closure", "penalty", "accountability"], ...] = ()
    topics: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_of_which_hazards(self) -> Self:
        if (self.steps or self.proposals) and not (self.level and self.level_words):
            raise ValueError("level and level_words must say of which hazards the clause speaks")
        return self


class CadenceRow(Record):
    id: str
    m: str
    subject: Subject
    zh: str
    what: str
    who: str
    normal: TimesRow
    high_risk: TimesRow | None
    due: DueRow | None
    starts: date | None
    proof: str | None
    clause: str
    modes: tuple[str, ...] = ()
    high_risk_sectors: tuple[str, ...] = ()


class TrainingRow(Record):
    by_year: Mapping[int, tuple[EntryRow, ...]]
    other: tuple[EntryRow, ...]


class PlanFile(Record):
    """A whole plan profile as it stands in its file; null means that the plan is silent."""

    schema_: Literal["plan-profile/1"] = Field(alias="schema")
    plan: PlanRow
    high_risk_sectors: tuple[str, ...] | None
    high_risk_note: HighRiskRow
    key_sectors: tuple[str, ...]
    phases: tuple[PhaseRow, ...]
    cadences: Mapping[str, CadenceRow | None]
    targets: tuple[EntryRow, ...]
    training: TrainingRow
    hazard_rules: Mapping[str, EntryRow | None]
    rewards: Mapping[str, EntryRow | None]
    broadcasts: tuple[EntryRow, ...]
    officials: tuple[EntryRow, ...]
    other: tuple[EntryRow, ...]


class MechanismRow(Record):
    m: str
    group: str
    zh: str
    program: str
    plans: Mapping[str, tuple[str, ...] | None]


class MechanismsFile(Record):
    schema_: Literal["mechanisms/1"] = Field(alias="schema")
    groups: Mapping[str, str]
    mechanisms: tuple[MechanismRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A plan with the days it runs; `high_risk` are the names of its own list, or None where it has none."""

    id: str
    title: str
    starts: date
    ends: date
    issued: date | None
    high_risk: tuple[str, ...] | None
    cadences: Mapping[str, CadenceRow]
    profile: PlanFile


def plan_ids() -> tuple[str, ...]:
    """The ids of the packaged plans; each is the name of its file."""
    return tuple(source.name.removesuffix(".yaml") for source in data_files("plans"))


@cache
def load_plan(plan_id: str) -> Plan:
    """The plan with this id, read once; ValueError names those there are, DataError what is wrong in its file."""
    if plan_id not in plan_ids():
        raise ValueError(f"没有这个方案：{plan_id}；可选：{'、'.join(plan_ids())}")
    return _plan(read(data_file("plans", f"{plan_id}.yaml"), PlanFile))


@cache
def load_mechanisms() -> MechanismsFile:
    """What the plans order, by mechanism, with the clauses of each plan."""
    return read(data_file("mechanisms.yaml"), MechanismsFile)


def _plan(row: PlanFile) -> Plan:
    starts, ends = row.plan.starts or row.plan.assumed_starts, row.plan.ends or row.plan.assumed_ends
    if starts is None or ends is None or ends < starts:
        raise DataError(f"{row.plan.id}: the plan has no days it runs")
    for cadence in filter(None, row.cadences.values()):
        if cadence.due and cadence.due.kind == "in_phase" and cadence.due.latest is None:
            raise DataError(f"{row.plan.id}: {cadence.id} is due in a phase without a latest day")
    # A name that no set explains would silently make nobody high-risk.
    load_sector_sets().includes(row.high_risk_sectors or (), (), {})
    return Plan(
        id=row.plan.id,
        title=row.plan.title,
        starts=starts,
        ends=ends,
        issued=row.plan.issued,
        high_risk=row.high_risk_sectors,
        cadences={name: cadence for name, cadence in row.cadences.items() if cadence is not None},
        profile=row,
    )
