"""The pictures before the reviewer: what is in doubt comes first, each doubt as a fact in words and side by side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from checklists.attachments import Attachment, Medium, Phase
from checklists.evidence import DOUBT_NAMES, Doubt, Suspicion
from checklists.hazards import Hazard
from handlers.life_words import moment, number_in
from handlers.picture_dates import doubt_words
from handlers.pictures import Panel
from handlers.words import _, aside, html, labelled, listed, shorten
from storage.transaction import Transaction

_ROWS = 2  # rows of before and after that nobody doubts; all photos are in the record
_DOUBTED_ROWS = 4
_FACTS = 5
_FORWARDED = 2

Row = tuple[Panel, Panel]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The pictures of one hazard: from before, and of the present round with what speaks against them.

    `doubts` begin with the strongest of each picture, so that many about one hide no other; `again` are the ids of
    pictures that were handed in already in an earlier round.
    """

    hazard: Hazard
    before: Sequence[Attachment]
    after: Sequence[Attachment]
    doubts: Sequence[Suspicion]
    again: frozenset[int]

    def place(self, suspicion: Suspicion) -> int:
        """Which of the pictures it is about, counted from 1."""
        return [a.id for a in self.after].index(suspicion.picture.attachment_id) + 1


def evidence_of(tx: Transaction, hazard: Hazard) -> Evidence:
    """What there is to compare."""
    photos = [a for a in tx.attachments.of_hazard(hazard.id) if a.kind is Medium.PHOTO]
    ids = set(tx.hazard_life.evidence_ids(hazard))
    after = [a for a in photos if a.id in ids]
    earlier = {a.sha256 for a in photos if a.phase == Phase.AFTER and a.id not in ids}
    return Evidence(
        hazard=hazard,
        before=[a for a in photos if a.phase != Phase.AFTER],
        after=after,
        doubts=_strongest_of_each([s for s in tx.doubts.pictures(hazard) if s.picture.attachment_id in ids]),
        again=frozenset(a.id for a in after if a.sha256 in earlier),
    )


def _strongest_of_each(doubts: Sequence[Suspicion]) -> list[Suspicion]:
    """First the strongest doubt of every picture, then the second ones."""
    met: Counter[int] = Counter()
    ranked = []
    for suspicion in doubts:
        ranked.append((met[suspicion.picture.attachment_id], suspicion))
        met[suspicion.picture.attachment_id] += 1
    return [suspicion for _rank, suspicion in sorted(ranked, key=lambda entry: entry[0])]


def fact_lines(tx: Transaction, evidence: Evidence, *, room: int) -> list[str]:
    """The facts in at most `room` characters, newlines counted; what is left out is counted."""
    facts = [(s.picture.attachment_id, _doubt_line(tx, evidence, s)) for s in evidence.doubts]
    facts += [
        (a.id, _("· 整改后第 {at} 张：上一次交过同一张照片").format(at=at))
        for at, a in enumerate(evidence.after, 1)
        if a.id in evidence.again
    ]
    lines = _forwarded_lines(evidence)
    lines += [_("⚠️ <b>请留意（只是提示，由您判断）：</b>")] if facts else []
    rest = _("· 另有 {count} 张照片也要留意，请点“隐患详情”看照片。")
    left = room - sum(len(line) + 1 for line in (*lines, rest))
    unsaid = {attachment_id for attachment_id, _words in facts}
    for attachment_id, words in facts[:_FACTS]:
        if len(words) >= left:
            break
        lines.append(words)
        left -= len(words) + 1
        unsaid.discard(attachment_id)
    return [*lines, rest.format(count=len(unsaid))] if unsaid else lines


def _doubt_line(tx: Transaction, evidence: Evidence, suspicion: Suspicion) -> str:
    return _("· 整改后第 {at} 张：{doubt}{where}").format(
        at=evidence.place(suspicion),
        doubt=doubt_words(DOUBT_NAMES[suspicion.doubt], suspicion),
        where=_where(tx, evidence, suspicion),
    )


def _where(tx: Transaction, evidence: Evidence, suspicion: Suspicion) -> str:
    """Which picture it is like: from before, of another hazard, of another firm."""
    beside, hazard = suspicion.beside, evidence.hazard
    if beside is None:
        return ""
    if beside.hazard_id == hazard.id:
        at = _place_before(evidence, beside.attachment_id)
        return aside(_("整改前第 {at} 张").format(at=at)) if at else ""
    firm = tx.enterprises.get(beside.enterprise_id) if beside.enterprise_id != hazard.enterprise_id else None
    other = tx.hazards.get(beside.hazard_id) if beside.hazard_id is not None else None
    words = [html(shorten(firm.name, 20))] if firm else []
    words += [_("隐患 {number}").format(number=number_in(tx, other))] if other else []
    return aside(listed(words)) if words else ""


def _place_before(evidence: Evidence, attachment_id: int) -> int:
    """Which of several pictures from before this is, counted from 1; 0 where there is no need to say."""
    ids = [a.id for a in evidence.before]
    return ids.index(attachment_id) + 1 if len(ids) > 1 and attachment_id in ids else 0


def _forwarded_lines(evidence: Evidence) -> list[str]:
    """Forwarded pictures that are in no doubt for it: a fact the reviewer may want to know."""
    doubtful = {s.picture.attachment_id for s in evidence.doubts if s.doubt is Doubt.FORWARDED_FROM_BEFORE}
    forwarded = [
        _("第 {at} 张原发于{moment}").format(at=at, moment=moment(picture.forwarded_at))
        for at, picture in enumerate(evidence.after, 1)
        if picture.forwarded_at is not None and picture.id not in doubtful
    ][:_FORWARDED]
    return [labelled(_("转发来的照片"), listed(forwarded))] if forwarded else []


def comparison_rows(evidence: Evidence) -> tuple[Row, ...]:
    """What was and what is, side by side: first every doubted picture, beside what it resembles, then the others."""
    strongest: dict[int, Suspicion] = {}
    for suspicion in evidence.doubts:
        strongest.setdefault(suspicion.picture.attachment_id, suspicion)
    doubted = list(strongest.values())[:_DOUBTED_ROWS]
    lines = [_doubted_row(evidence, s) for s in doubted]
    # A picture used elsewhere stands beside that one, and still has to be compared with the place before.
    compared = {s.picture.attachment_id for s in doubted if _is_of_this_place(evidence, s)}
    left = [at for at, a in enumerate(evidence.after) if a.id not in compared]
    left.sort(key=lambda at: evidence.after[at].id not in evidence.again)
    lines += [_plain_row(evidence, at) for at in left[:_ROWS]]
    return tuple(lines or [(_before_panel(evidence, 0), Panel(_("整改后")))])


def _is_of_this_place(evidence: Evidence, suspicion: Suspicion) -> bool:
    return suspicion.beside is None or suspicion.beside.hazard_id == evidence.hazard.id


def _doubted_row(evidence: Evidence, suspicion: Suspicion) -> Row:
    at, beside = evidence.place(suspicion), suspicion.beside
    if beside is None:
        return _plain_row(evidence, at - 1)
    if beside.hazard_id == evidence.hazard.id:
        return Panel(_before_label(_place_before(evidence, beside.attachment_id)), beside.sha256), _after(evidence, at)
    label = _("很像的另一张") if suspicion.doubt is Doubt.RESEMBLES else _("别处用过的")
    now = Panel(_("这次交的（第 {at} 张）").format(at=at), suspicion.picture.sha256)
    return Panel(label, beside.sha256), now


def _plain_row(evidence: Evidence, at: int) -> Row:
    return _before_panel(evidence, at), _after(evidence, at + 1)


def _after(evidence: Evidence, at: int) -> Panel:
    return Panel(_("整改后 {at}").format(at=at), evidence.after[at - 1].sha256)


def _before_panel(evidence: Evidence, at: int) -> Panel:
    if not evidence.before:
        return Panel(_("整改前：没有照片"))
    was = evidence.before[min(at, len(evidence.before) - 1)]
    return Panel(_before_label(_place_before(evidence, was.id)), was.sha256)


def _before_label(at: int) -> str:
    return _("整改前 {at}").format(at=at) if at else _("整改前")
