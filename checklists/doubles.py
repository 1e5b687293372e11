"""Questions that stand in several lists under ids of their own, and are one question all the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from checklists.criteria import load_criteria


def same_question(criterion_id: str) -> frozenset[str]:
    """The ids under which the lists ask what this criterion asks, its own among them.

    A list asks a double under the id of the other (`same_as`), so that a finding under one id and an answer under
    another speak of the same thing. An id that no list knows stands for itself alone.
    """
    return _groups().get(criterion_id, frozenset({criterion_id}))


@cache
def _groups() -> Mapping[str, frozenset[str]]:
    beside: dict[str, set[str]] = defaultdict(set)
    for criterion in load_criteria():
        for other in criterion.same_as:
            beside[criterion.id].add(other)
            beside[other].add(criterion.id)
    groups: dict[str, frozenset[str]] = {}
    for criterion_id in beside:
        if criterion_id not in groups:
            group = _reached(criterion_id, beside)
            groups |= dict.fromkeys(group, group)
    return groups


def _reached(start: str, beside: Mapping[str, Iterable[str]]) -> frozenset[str]:
    reached, ahead = {start}, [start]
    while ahead:
        new = set(beside[ahead.pop()]) - reached
        reached |= new
        ahead += new
    return frozenset(reached)
