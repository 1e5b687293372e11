"""What the ledger knows about a finding before anybody judges it: found again (屡查屡犯), not found (查不出)."""

from checklists.hazards import Hazard
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
    if missed := tx.doubts.missed(hazard):
        lines.append(
            _("❓ 查不出：企业{day}自查时，第 {item} 题答的是“合格”（{name}）。").format(
                day=day(missed.answered_at), item=missed.item + 1, name=html(name_of(tx, missed.answered_by))
            )
        )
    return lines
