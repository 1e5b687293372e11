"""Who should have passed which quiz: principals the criteria of their firm, whoever enters data the ledger's use."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checklists.people import OFFICE_ROLES, Person, Role
from checklists.quizzes import Kind

_KEEPERS = frozenset({Role.PRINCIPAL, Role.SAFETY_MANAGER})
Passed = Collection[tuple[int, int | None, Kind]]


class Group(StrEnum):
    """Whom the office counts together."""

    FIRMS = "c"
    KEEPERS = "f"
    OFFICE = "o"

    @property
    def kind(self) -> Kind:
        return Kind.CRITERIA if self is Group.FIRMS else Kind.LEDGER


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One that should have passed: a firm with its principals (none, while nobody has joined), or one person."""

    enterprise_id: int | None
    people: tuple[Person, ...]
    passed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How far a group has come."""

    group: Group
    wanted: Sequence[Wanted]

    @property
    def missing(self) -> list[Wanted]:
        return [w for w in self.wanted if not w.passed]

    @property
    def done(self) -> int:
        return len(self.wanted) - len(self.missing)


def coverage_of(group: Group, people: Iterable[Person], firms: Sequence[int], passed: Passed) -> Coverage:
    """The coverage of a group among these people (with the roles they hold now) and active firms (ids), in order.

    A firm is done when one of its principals passed its own criteria; a person when he passed the ledger's use.
    """
    everybody = list(people)
    if group is Group.FIRMS:
        return Coverage(group=group, wanted=_firms(everybody, firms, passed))
    active = set(firms)
    wanted = [p for p in everybody if _is_in(group, p, active)]
    return Coverage(
        group=group,
        wanted=[Wanted(enterprise_id=_firm_of(p, active), people=(p,), passed=_knows(p, passed)) for p in wanted],
    )


def _firms(people: Sequence[Person], firms: Sequence[int], passed: Passed) -> list[Wanted]:
    principals: dict[int, list[Person]] = {}
    for person in people:
        for held in person.assignments:
            if held.role is Role.PRINCIPAL and held.enterprise_id is not None:
                principals.setdefault(held.enterprise_id, []).append(person)
    return [
        Wanted(
            enterprise_id=firm,
            people=tuple(principals.get(firm, ())),
            passed=any((p.id, firm, Kind.CRITERIA) in passed for p in principals.get(firm, ())),
        )
        for firm in firms
    ]


def _is_in(group: Group, person: Person, active: Collection[int]) -> bool:
    if group is Group.OFFICE:
        return person.holds(*OFFICE_ROLES)
    # Who also works for the office is counted there.
    return not person.in_office and _firm_of(person, active) is not None


def _firm_of(person: Person, active: Collection[int]) -> int | None:
    held = (a.enterprise_id for a in person.assignments if a.role in _KEEPERS)
    return next((firm for firm in held if firm in active), None)


def _knows(person: Person, passed: Passed) -> bool:
    return (person.id, None, Kind.LEDGER) in passed
