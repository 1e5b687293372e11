"""From words to clause: the criteria a finding in free words most likely falls under; a hint, never a verdict."""

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from checklists.criteria import Criterion, load_criteria
from checklists.doubles import same_question

MOST_PROPOSED = 3
# What a word pair counts that stands only in the hint where to look, not in the question itself.
_LOOK_SHARE = 0.6
# A criterion on the firm's own list is the likelier one, yet another trade's may win by its words.
_OWN_SHARE = 2.0
# Less than about one rare pair of characters in common is chance; far behind the likeliest is noise.
_LEAST = 5.0
_NEAR = 0.25
# What of the rare pairs of the shorter question two may share before a quiz takes them for the same thing.
_ALIKE = 0.12
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class _Index:
    asked: Mapping[str, frozenset[str]]
    looked: Mapping[str, frozenset[str]]
    rarity: Mapping[str, float]


def proposals(words: str, *, on: date, own: Collection[str] = ()) -> list[Criterion]:
    """The three most likely criteria in force on that day, the likeliest first, or fewer, or none.

    `own` are the ids on the firm's list. Compared are pairs of neighbouring Chinese characters, rare ones weigh more.
    """
    index, wanted = _index(), _pairs(words)
    mine = frozenset(own)
    scored = []
    for criterion in load_criteria():
        score = _score(index, criterion.id, wanted) * (_OWN_SHARE if criterion.id in mine else 1.0)
        if score >= _LEAST and criterion.in_force(on):
            scored.append((-score, criterion.id not in mine, criterion.id, criterion))
    scored.sort(key=lambda entry: entry[:3])
    near = [entry[-1] for entry in scored if entry[0] <= scored[0][0] * _NEAR]
    return _without_doubles(near)


def alike(one: str, other: str) -> bool:
    """Whether two criteria (ids) may well be about the same thing: doubles, or questions of much the same words."""
    if other in same_question(one):
        return True
    index = _index()
    shared = sum(index.rarity[pair] for pair in index.asked[one] & index.asked[other])
    return shared >= _ALIKE * min(_weight(one), _weight(other))


@cache
def _weight(criterion_id: str) -> float:
    index = _index()
    return sum(index.rarity[pair] for pair in index.asked[criterion_id])


def _without_doubles(found: Sequence[Criterion]) -> list[Criterion]:
    chosen: list[Criterion] = []
    for criterion in found:
        said_already = any(c.id in criterion.same_as or criterion.id in c.same_as for c in chosen)
        if not said_already and len(chosen) < MOST_PROPOSED:
            chosen.append(criterion)
    return chosen


def _score(index: _Index, criterion_id: str, wanted: frozenset[str]) -> float:
    asked, looked = index.asked[criterion_id], index.looked[criterion_id]
    in_question = sum(index.rarity[pair] for pair in wanted & asked)
    return in_question + _LOOK_SHARE * sum(index.rarity[pair] for pair in (wanted & looked) - asked)


@cache
def _index() -> _Index:
    criteria = list(load_criteria())
    asked = {c.id: _pairs(c.ask) for c in criteria}
    looked = {c.id: _pairs(c.look) for c in criteria}
    spread = Counter(pair for c in criteria for pair in asked[c.id] | looked[c.id])
    return _Index(asked, looked, {pair: math.log((len(criteria) + 1) / (n + 0.5)) for pair, n in spread.items()})


def _pairs(text: str) -> frozenset[str]:
    return frozenset(run[n : n + 2] for run in _CHINESE.findall(text) for n in range(len(run) - 1))
