"""The life of a hazard: whether a move may be made now, by this person, and where it leads."""

from checklists.hazard_guards import GUARDS, Circumstances
from checklists.hazard_moves import TABLE, Move, Relation, Step
from checklists.hazards import STATE_NAMES, MoveRefused, State


class NotFromThisState(MoveRefused):
    """The hazard is not where this move begins."""


class NotThisPersons(MoveRefused):
    """The move belongs to other people."""


class OwnWork(MoveRefused):
    """Somebody wanted to judge what he found or put right himself."""


def check(step: Step, now: Circumstances) -> State:
    """The state after this move; raises MoveRefused in one of its kinds, with a sentence for the person."""
    move = TABLE[step]
    if now.state not in move.begins:
        raise NotFromThisState("这条隐患现在是“{state}”，不能{move}。", state=STATE_NAMES[now.state], move=move.label)
    if not now.relations & move.who:
        raise NotThisPersons("{move}不归您办，请联系负责的人。", move=move.label)
    if now.relations & move.never & {Relation.FINDER, Relation.RECTIFIER, Relation.ASKER}:
        raise OwnWork("{move}要由另一个人来办：不能自己查、自己改、自己审。", move=move.label)
    if now.relations & move.never:
        raise NotThisPersons("{move}不能由本企业的人来办。", move=move.label)
    for need in move.needs:
        GUARDS[need](now)
    return _end(move, now)


def allowed(step: Step, state: State, relations: frozenset[Relation]) -> bool:
    """Whether the move begins in this state and belongs to such a person; its needs are not asked."""
    move = TABLE[step]
    return state in move.begins and bool(relations & move.who) and not relations & move.never


def _end(move: Move, now: Circumstances) -> State:
    match move.ends:
        case ():
            return now.state
        case (only,):
            return only
        case (complete, incomplete):
            return complete if now.arrangements.complete else incomplete
        case _:
            raise AssertionError(move.ends)
