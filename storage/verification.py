"""Whether everything still is what the program wrote: the chain of the trail, and every kept row against its seal."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import Table, select

from storage import sealing
from storage.seal_book import SealBook
from storage.tables import answers, events, inspections, zones
from storage.trail import SEALED
from storage.transaction import Transaction

T = TypeVar("T")


class Wrong(StrEnum):
    """What is wrong with the trail or a row."""

    CHAIN = "chain"
    HEAD = "head"
    ALTERED = "altered"
    REPLACED = "replaced"
    REMOVED = "removed"
    ADDED = "added"


WRONG_NAMES = {
    Wrong.CHAIN: "操作记录从第 {event} 条起对不上，可能被改动过",
    Wrong.HEAD: "操作记录里没有当时抄下的那一条，末尾可能被删过",
    Wrong.ALTERED: "内容被改动过",
    Wrong.REPLACED: "内容曾被改动，后来程序又保存过（第 {event} 条）",
    Wrong.REMOVED: "记录被删掉了",
    Wrong.ADDED: "记录不是程序写进来的",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is wrong; `event` is the number in the trail where it shows, for a lost head its own number."""

    wrong: Wrong
    table: str
    key: str = ""
    event: int | None = None

    def __str__(self) -> str:
        words = WRONG_NAMES[self.wrong].format(event=self.event)
        return f"{self.table} {self.key}：{words}" if self.key else words


def faults(
    tx: Transaction, *, heads: Iterable[str] = (), seen: Callable[[float], None] = lambda _share: None
) -> Iterator[Fault]:
    """Everything that does not fit, the chain first; `heads` are earlier `Trail.head()`s that were written down.

    `seen` hears how far it is, from 0 to 1, at the least once in a thousand rows. However much there is, the memory it
    takes stays the same.
    """
    number = max(1, tx.trail.head().number)
    broken = tx.trail.broken_at(seen=lambda at: seen(_CHAIN * at / number))
    if broken is not None:
        yield Fault(wrong=Wrong.CHAIN, table=events.name, event=broken)
    for head in dict.fromkeys(heads):
        if not tx.trail.holds(head):
            yield Fault(wrong=Wrong.HEAD, table=events.name, event=_number_of(head))
    with closing(SealBook()) as seals:
        yield from _replay(tx, seals, lambda at: seen(_CHAIN + _SEALS * at / number))
        tables = sealing.kept_tables()
        for done, table in enumerate(tables):
            share = _CHAIN + _SEALS + (1 - _CHAIN - _SEALS) * done / len(tables)
            seen(share)
            alive = partial(seen, share)
            yield from _answers_faults(tx, seals, alive) if table is answers else _faults_of(tx, table, seals, alive)
    seen(1.0)


def _passing(rows: Iterable[T], alive: Callable[[], None]) -> Iterator[T]:
    """The rows as they come, with a sign of life at every thousandth: a table may take longer than a watcher waits."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % _AT_ONCE == 0:
            alive()


def _number_of(head: str) -> int | None:
    number = head.partition(":")[0]
    return int(number) if number.isdecimal() else None


def _replay(tx: Transaction, seals: SealBook, seen: Callable[[int], None]) -> Iterator[Fault]:
    """Fill `seals` with the last seal of each row; a row changed outside the program shows when it is sealed again."""
    statement = select(events.c.number, events.c.body).where(events.c.zone_id == tx.zone_id, events.c.what == SEALED)
    sealed = tx.connection.execute(statement.order_by(events.c.number), execution_options=_STREAM)
    for count, (number, body) in enumerate(sealed, 1):
        if count % _AT_ONCE == 0:
            seen(number)
        for table, rows in _seals_in(body):
            for key, (was, now) in rows.items():
                if seals.known(table, key) != was:
                    yield Fault(wrong=Wrong.REPLACED, table=table, key=key, event=number)
                seals.note(table, key, now)


def _seals_in(body: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The seals of one event; an altered event that makes no sense says nothing, the chain names it."""
    try:
        for table, rows in json.loads(body)["after"].items():
            yield table, {str(key): [str(was), str(now)] for key, (was, now) in rows.items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        return


def _faults_of(tx: Transaction, table: Table, seals: SealBook, alive: Callable[[], None]) -> Iterator[Fault]:
    mine = table.c.id == tx.zone_id if table is zones else table.c.zone_id == tx.zone_id
    rows = tx.connection.execute(select(table).where(mine), execution_options=_STREAM).mappings()
    for row in _passing(rows, alive):
        key = sealing.key_of(table, row)
        seal, now = seals.take(table.name, key), sealing.seal_of(table, row)
        if seal != now:
            wrong = Wrong.ADDED if seal == sealing.NONE else Wrong.ALTERED
            yield Fault(wrong=wrong, table=table.name, key=key)
    for key, _seal in seals.left(table.name):
        yield Fault(wrong=Wrong.REMOVED, table=table.name, key=key)


def _answers_faults(tx: Transaction, seals: SealBook, alive: Callable[[], None]) -> Iterator[Fault]:
    """The answers of submitted inspections against their seal, those of running ones against the progress."""
    statement = select(answers).where(answers.c.zone_id == tx.zone_id)
    ordered = statement.order_by(answers.c.inspection_id, answers.c.item)
    rows = tx.connection.execute(ordered, execution_options=_STREAM).mappings()
    for inspection_id, group in groupby(_passing(rows, alive), key=itemgetter("inspection_id")):
        kept, key = list(group), str(inspection_id)
        seal = seals.take(sealing.ANSWERS, key)
        if seal == sealing.NONE:
            fits = _fits_progress(tx, inspection_id, {r["item"]: r["answer"] for r in kept})
        else:
            fits = seal == sealing.seal_of_answers(kept)
        if not fits:
            yield Fault(wrong=Wrong.ALTERED, table=answers.name, key=key)
    for key, seal in seals.left(sealing.ANSWERS):
        if seal != sealing.seal_of_answers(()):
            yield Fault(wrong=Wrong.REMOVED, table=answers.name, key=key)


def _fits_progress(tx: Transaction, inspection_id: int, kept: dict[int, str]) -> bool:
    mine = (inspections.c.zone_id == tx.zone_id) & (inspections.c.id == inspection_id)
    progress = str(tx.connection.execute(select(inspections.c.progress).where(mine)).scalar() or "")
    said = {item: answer for item, answer in enumerate(progress[::2]) if answer != "."}
    return said == {item: answer for item, answer in kept.items() if answer != "."}


_AT_ONCE = 1000
_STREAM = {"yield_per": _AT_ONCE}
_CHAIN, _SEALS = 0.4, 0.3  # what share of the work it is, roughly
