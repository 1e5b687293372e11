"""Enterprises (企业): who they are, what they have, and who is named for which position."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checklists.people import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Enterprise:
    """One enterprise; `trades` in its own order, `traits` only those that are known.

    `profiled_at` is when the questions of the profile were last gone through to the end; None: never.
    """

    id: int
    name: str
    uscc: str
    address: str = ""
    community: str = ""
    active: bool = True
    profiled_at: datetime | None = None
    trades: tuple[str, ...] = ()
    traits: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TraitAnswer:
    """One yes or no on the profile, and the person who gave it."""

    trait: str
    present: bool
    answered_by: int
    answered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Who holds a position by name, as far as the office knows; `until` is set for those who held it before."""

    role: Role
    name: str
    phone: str
    since: datetime
    until: datetime | None = None
