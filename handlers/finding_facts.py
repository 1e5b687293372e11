"""What the ledger knows of a finding before anybody judges it: found again, still unfinished, missed by the firm."""

from checklists.hazards import STATE_NAMES, Hazard
from handlers.life_words import number_in
from handlers.walking import name_of
from handlers.words import _, day, html
from storage.office_settings import REPEAT_DAYS
from storage.transaction import Transaction


def facts(tx: Transaction, hazard: Hazard) -> list[str]:
    """Facts with their records, for the office alone; the judgement is left to people."""
    lines = []
    if repeats := tx.doubts.repeats(hazard):
        last = repeats[0]
        lines.append(
            _("🔁 屡查屡犯：{days}天内同一条第 {count} 次，上次是 {number}（{day}）。").format(
                days=tx.office_settings.figure(REPEAT_DAYS),
                count=len(repeats) + 1,
                number=number_in(tx, last),
                day=day(last.found_at),
            )
        )
    if unfinished := tx.doubts.unfinished(hazard):
        lines.append(_unfinished(tx, unfinished[0]))
    if missed := tx.doubts.missed(hazard):
        lines.append(
            _("❓ 查不出：企业{day}自查时，第 {item} 题答的是“合格”（{name}）。").format(
                day=day(missed.answered_at), item=missed.item + 1, name=html(name_of(tx, missed.answered_by))
            )
        )
    return lines


def _unfinished(tx: Transaction, earlier: Hazard) -> str:
    deadline, state = earlier.arrangements.deadline, _(STATE_NAMES[earlier.state])
    until = _("，期限{day}").format(day=day(deadline)) if deadline else ""
    return _("⏳ 同一条还没有销号：{number}（{state}{until}）。").format(
        number=number_in(tx, earlier), state=state, until=until
    )
