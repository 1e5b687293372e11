"""On what a step of the office rests: the line with the plan's clause, and the plan's own cases as answers to tap."""

from collections.abc import Mapping
from zlib import crc32

from checklists.hazard_rules import Rule
from checklists.hazards import Hazard
from handlers.life_questions import Question
from handlers.replies import pack
from handlers.routing import Request
from handlers.words import _, aside, html


def basis_lines(request: Request, hazard: Hazard, question: Question) -> list[str]:
    """依据 with law, clause and what it orders in short; nothing where the plan is silent on such a hazard."""
    law = [_("依据：{law}").format(law=html(question.law))] if question.law else []
    return [
        *law,
        *(
            _("依据：本方案{clause}").format(clause=html(rule.clause)) + aside(html(_(rule.words)))
            for rule in _bases(request, hazard, question)
        ),
    ]


def answers(request: Request, hazard: Hazard, question: Question) -> Mapping[str, str]:
    """What can be tapped, by the key of its button: the cases of the plan, then what is said everywhere.

    The key of a case is made from its words, so that a button from under another plan is never taken for another case.
    """
    grounds = _bases(request, hazard, question) if question.proposal else ()
    cases = [case for rule in grounds for case in rule.cases]
    usual = {pack(n): words for n, words in enumerate(question.offered) if words not in cases}
    return {f"p{crc32(case.encode())}": case for case in cases} | usual


def _bases(request: Request, hazard: Hazard, question: Question) -> tuple[Rule, ...]:
    rules = request.tx.hazard_life.rules()
    if question.proposal is not None:
        return rules.bases(question.proposal, hazard, request.today)
    rule = rules.of(question.rule, hazard)
    return (rule,) if rule is not None else ()
