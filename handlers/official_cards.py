"""What an inspection by the office says: who inspects whom and how, the findings, and the facts beside them."""

import json
from zlib import crc32

from checklists.enterprises import Enterprise
from checklists.hazards import LEVEL_NAMES, STATE_NAMES, Hazard, State
from checklists.official_inspections import MODE_NAMES, Mode, OfficialInspection
from handlers.finding_facts import facts
from handlers.life_words import number_in
from handlers.routing import Gone, Request
from handlers.walking import name_of
from handlers.words import _, aside, full_day, html, labelled, listed, shorten
from storage.transaction import Transaction

MOST_LISTED = 15


def current(request: Request) -> OfficialInspection:
    """The inspection a press names, else the one of the dialog; raises Gone."""
    named = request.number(0) if request.arguments else int(request.dialog.data["id"] if request.dialog else 0)
    official = request.tx.official_inspections.get(named)
    if official is None:
        raise Gone
    return official


def firm_of(tx: Transaction, enterprise_id: int | None) -> Enterprise:
    """The firm with this id; raises Gone."""
    firm = tx.enterprises.get(enterprise_id or 0)
    if firm is None:
        raise Gone
    return firm


def inspection_lines(tx: Transaction, official: OfficialInspection, *, for_office: bool = True) -> list[str]:
    """Who inspects whom and how, and what was found; the facts are for the office alone."""
    firm = firm_of(tx, official.enterprise_id)
    found = tx.hazards.of_official_inspection(official.id)
    lines = [
        _("<b>监督检查 · {firm}</b>").format(firm=html(firm.name)),
        labelled(_("检查方式"), mode_words(tx, official)),
        labelled(_("检查人员"), html(official.inspectors)),
        *expert_lines(tx, official.id),
        labelled(_("企业陪同人员"), html(official.present) or _("没填")),
        *([labelled(_("检查情况"), html(shorten(official.words, 500)))] if official.words else []),
        _("发现问题 {count} 条").format(count=len(found)) if found else _("还没有发现问题"),
    ]
    for hazard in found[:MOST_LISTED]:
        lines.append(finding_line(tx, hazard))
        lines += [f"　{fact}" for fact in (facts(tx, hazard) if for_office else [])]
    more = len(found) - MOST_LISTED
    return [*lines, _("……还有 {count} 条。").format(count=more)] if more > 0 else lines


def content_sum(tx: Transaction, official: OfficialInspection) -> int:
    """Changes with anything that a signature stands for; what becomes of a finding afterwards is not part of it."""
    found = tx.hazards.of_official_inspection(official.id)
    signed = [
        [official.mode, official.inspectors, official.present, official.words],
        *(
            [h.id, h.words, h.clause, h.level, h.level_confirmed_by is not None, h.state is State.WITHDRAWN]
            for h in found
        ),
    ]
    experts = [person.id for person in tx.experts.at(official.id)]
    return crc32(json.dumps([*signed, experts] if experts else signed).encode())


def mode_words(tx: Transaction, official: OfficialInspection) -> str:
    """How it is made; of a random one (双随机) when it was drawn, or that it was not."""
    name = _(MODE_NAMES[official.mode])
    if official.mode is not Mode.RANDOM:
        return name
    made = tx.draws.of_inspection(official.id)
    return name + aside(_("{day}抽取").format(day=full_day(made.made_at)) if made else _("没有抽取"))


def finding_line(tx: Transaction, hazard: Hazard) -> str:
    """Number, level and words of one finding."""
    level = _(LEVEL_NAMES[hazard.level]) if hazard.level_confirmed_by else _(STATE_NAMES[hazard.state])
    words = html(shorten(hazard.words, 40)) or _("还没写")
    expert = expert_who_found(tx, hazard)
    return f"· {html(number_in(tx, hazard))}　{level}　{words}" + (aside(html(expert)) if expert else "")


def expert_names(tx: Transaction, inspection_id: int) -> list[str]:
    """The names of the experts who take part."""
    return [person.name for person in tx.experts.at(inspection_id)]


def expert_lines(tx: Transaction, inspection_id: int) -> list[str]:
    """Which experts take part; nothing where none does."""
    names = expert_names(tx, inspection_id)
    return [labelled(_("参加专家"), html(listed(names)))] if names else []


def expert_who_found(tx: Transaction, hazard: Hazard) -> str:
    """The expert who found this at an inspection of the office, also one who was taken off since; else empty."""
    inspection_id = hazard.official_inspection_id
    if inspection_id is None or not tx.experts.was_at(inspection_id, hazard.found_by):
        return ""
    return name_of(tx, hazard.found_by)


def experts_of(tx: Transaction, hazard: Hazard) -> list[str]:
    """On the card of a hazard: the expert who found it, or those who took part when it was found."""
    if hazard.official_inspection_id is None:
        return []
    if found := expert_who_found(tx, hazard):
        return [labelled(_("查出的专家"), html(found))]
    return expert_lines(tx, hazard.official_inspection_id)
