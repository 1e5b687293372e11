"""Taking an older ledger over: what would be new, what is known, what is wrong, row by row; nothing arrives closed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time

from checklists.enterprises import Enterprise
from checklists.hazard_rows import CheckedHazardRow, HazardRow, check_hazard_rows
from checklists.hazards import Level, Source, State
from checklists.ledger import LedgerFilter
from handlers.words import N_, SHANGHAI, _
from storage.transaction import Transaction

NOBODY = 0  # the command line acts for the office, not for a person


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeOver:
    """What importing would do: `new` rows with their firms, how many are there already, and the rows with problems."""

    new: tuple[tuple[HazardRow, Enterprise], ...]
    known: int
    faulty: tuple[CheckedHazardRow, ...]
    hinted: tuple[CheckedHazardRow, ...]

    @property
    def rows(self) -> int:
        return len(self.new) + self.known + len(self.faulty)


def take_over_of(
    tx: Transaction,
    rows: Sequence[Mapping[str, str]],
    columns: Mapping[str, str],
    *,
    source: Source | None,
    today: date,
) -> TakeOver:
    """What these rows mean here; `source` is for rows that name none. ValueError when a needed column is missing."""
    new, faulty, hinted, known = [], [], [], 0
    seen: dict[int, set[tuple[str, date]]] = {}
    for checked in check_hazard_rows(rows, columns, today=today):
        row, firm = checked.row, _firm(tx, checked.row) if checked.row else None
        problems = _problems(row, firm, source) if row else ()
        if row is None or firm is None or problems:
            faulty.append(replace(checked, row=None, problems=(*checked.problems, *problems)))
            continue
        if firm.id not in seen:
            seen[firm.id] = _kept(tx, firm.id)
        # What was exported here and comes back is known too: it has its words without a number below.
        if seen[firm.id] & {(stored_words(row), row.found_on), (row.words, row.found_on)}:
            known += 1
            continue
        new.append((replace(row, source=row.source or source), firm))
        hinted += [checked] if checked.hints else []
    return TakeOver(new=tuple(new), known=known, faulty=tuple(faulty), hinted=tuple(hinted))


def _firm(tx: Transaction, row: HazardRow) -> Enterprise | None:
    if row.uscc:
        return tx.enterprises.by_uscc(row.uscc)
    exact = [e for e in tx.enterprises.all(search=row.enterprise, active=None) if e.name == row.enterprise]
    return exact[0] if len(exact) == 1 else None


def _problems(row: HazardRow, firm: Enterprise | None, source: Source | None) -> tuple[str, ...]:
    problems = []
    if firm is None:
        problems.append(_("系统里没有这家企业：{firm}，请先导入企业名单").format(firm=row.uscc or row.enterprise))
    if row.source is None and source is None:
        problems.append(_("没有写来源：在台账里补上，或者用 --source 指定"))
    return tuple(problems)


def _kept(tx: Transaction, enterprise_id: int) -> set[tuple[str, date]]:
    every = tx.ledger.every(LedgerFilter(states=frozenset(State), enterprise_id=enterprise_id))
    return {(h.words, h.found_at.astimezone(SHANGHAI).date()) for h in every}


def stored_words(row: HazardRow) -> str:
    """What is wrong, with the number of the older ledger below."""
    if not row.former_number:
        return row.words
    return N_("{words}\n原台账编号：{number}").format(words=row.words, number=row.former_number)


def carry_over(tx: Transaction, plan: TakeOver, *, at: datetime) -> None:
    """Open every new row as a hazard to be confirmed, with the arrangements the older ledger names."""
    for row, firm in plan.new:
        assert row.source is not None
        hazard = tx.hazards.open(
            enterprise_id=firm.id,
            source=row.source,
            inspection_id=None,
            item=None,
            criterion_id=None,
            clause=row.basis,
            level=row.level or Level.GENERAL,
            year=row.found_on.year,
            by=NOBODY,
            at=datetime.combine(row.found_on, time(12), SHANGHAI),
            words=stored_words(row),
            place=row.place,
            **asdict(row.arrangements),
        )
        after = {"row": row.number, "claims_closed": row.claims_closed}
        tx.trail.add("hazard_imported", subject="hazard", subject_id=hazard.id, person_id=None, at=at, after=after)
