"""What the card of a firm says of its risk points: how many wait, and for the office which grades were lowered."""

from handlers.risk_words import change_words, standing_lines
from handlers.routing import Request
from handlers.walking import name_of
from handlers.words import _, day, html, shorten

_MOST_LOWERED = 3


def lines(request: Request, enterprise_id: int) -> list[str]:
    """Lines for the card; nothing where the firm has no risk point and never lowered one."""
    cycles, today = request.tx.risk_cycles, request.today
    standing = cycles.standings([enterprise_id], today).get(enterprise_id)
    found = [_("风险点：{count} 个").format(count=standing.points), *standing_lines(standing)] if standing else []
    if not request.who.in_office:
        return found
    lowered = cycles.lowered(enterprise_id, today)
    words = _("⬇️ {day} {name}把风险点“{point}”降级：{change}。{reason}")
    found += [
        words.format(
            day=day(assessment.at),
            name=html(name_of(request.tx, assessment.by)),
            point=html(shorten(point, 24)),
            change=change_words(assessment),
            reason=html(shorten(_(assessment.words), 100)),
        )
        for point, assessment in lowered[:_MOST_LOWERED]
    ]
    if len(lowered) > _MOST_LOWERED:
        found.append(_("一年内还有 {count} 次降级。").format(count=len(lowered) - _MOST_LOWERED))
    return found
