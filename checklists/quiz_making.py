"""Drawing the questions of a quiz on criteria (判定标准) from a seed, so that one option alone is right.

What each kind of question rests on: docs/decisions/quizzes.md.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random

from checklists.composing import OWN_SECTION, Checklist
from checklists.criteria import Criterion, load_criteria
from checklists.doubles import same_question
from checklists.hazards import LEVEL_NAMES, Level
from checklists.matching import alike
from checklists.quizzes import MOST_OPTIONS, Asks, Question, Sheet

QUESTIONS = 10
# No more of one kind than this, while there are others to ask.
_MOST_OF_A_KIND: Mapping[Asks, int] = {
    Asks.LEVEL: 3,
    Asks.MAJOR: 3,
    Asks.STANDARD: 2,
    Asks.NUMBER: 3,
    Asks.LISTED: 2,
    Asks.ANSWER: 2,
}
_JUDGES = "判定"
_GAP = "（　　）"
# A number with its unit; what is a name (20区, 6类, 12伏) or a range is not asked for.
_NUMBER = re.compile(
    r"(?<![\d.～—])(\d+(?:\.\d+)?)(?=(?:%|公斤|米|厘米|公里|平方米|人|个|台|倍|小时|分钟|时至|月|年|kPa|瓦))"
)
_FACTORS = (0.5, 1.5, 2, 3, 4)

# What was seen on site, and what is answered then; said in the words of the checklist's own buttons.
GOOD_WORDS = "现场看过，做到了"
UNSEEN_WORDS = "还没有到现场看"
LAST_TIME_WORDS = "上次检查做到了，这次还没去看"
ABSENT_WORDS = "这一条本单位不适用"
FIXED_WORDS = "现场看过，没做到，马上就能改好"
LATER_WORDS = "现场看过，没做到，下个月大修时改"
ALWAYS_WORDS = "现场看过，没做到，多年来一直这样，没出过事"
_BAD = (FIXED_WORDS, LATER_WORDS, ALWAYS_WORDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One criterion as it is learnt and asked; the level is that of its doubles too."""

    id: str
    sector: str
    where: str
    ask: str
    look: str
    clause: str
    standard_title: str
    standard: str
    level: Level
    applies: str = ""
    verified: bool = True

    @property
    def basis(self) -> str:
        """Standard and clause, in one line."""
        return f"{self.standard} {self.clause}"


def items_of(checklist: Checklist) -> list[Item]:
    """The criteria of a firm's checklist, without what the firm added itself or this version no longer has."""
    known = load_criteria().by_id
    return [
        _item(known[item.id], section.name, item.level)
        for section in checklist.sections
        for item in section.items
        if item.sector != OWN_SECTION and item.id in known
    ]


def items_of_lists(scope: str, *, on: date, adopted: Iterable[str] = ()) -> list[Item]:
    """The criteria in force of one list, or of all with an empty scope; KeyError for an unknown list."""
    sectors, chosen = load_criteria().sectors, frozenset(adopted)
    lists = [sectors[scope]] if scope else list(sectors.values())
    return [
        _item(c, sector.name, _level(c))
        for sector in lists
        for c in sector.criteria
        if c.in_force(on) and (c.verified or c.id in chosen)
    ]


def quizzable(items: Iterable[Item]) -> list[Item]:
    """What may be asked in a quiz: only what was checked against its text."""
    return [item for item in items if item.verified]


def draw(items: Sequence[Item], *, seed: str, scope: str = "") -> Sheet:
    """Up to ten questions on these items, the same for the same seed; ValueError when there is nothing to ask."""
    pool = quizzable(items)
    if not pool:
        raise ValueError("no criterion to ask about")
    rng = Random(seed)
    rng.shuffle(pool)
    questions: list[Question] = []
    for most in (_MOST_OF_A_KIND, None):
        while len(questions) < QUESTIONS and (more := _round(pool, questions, rng, most)):
            questions += more
    rng.shuffle(questions)
    return Sheet(seed=seed, questions=tuple(questions), scope=scope)


def _round(
    pool: Sequence[Item], questions: Sequence[Question], rng: Random, most: Mapping[Asks, int] | None
) -> list[Question]:
    """One more question about each item, as far as there is room."""
    new: list[Question] = []
    for item in pool:
        so_far = [*questions, *new]
        if len(so_far) == QUESTIONS:
            break
        kinds = Counter(q.asks for q in so_far)
        asked = {q.asks for q in so_far if q.about == item.id}
        open_kinds = [k for k in MAKERS if k not in asked and (most is None or kinds[k] < most[k])]
        rng.shuffle(open_kinds)
        made = (MAKERS[kind](item, pool, rng) for kind in open_kinds)
        new += [question for question in made if question is not None][:1]
    return new


def _level_asked(item: Item, pool: Sequence[Item], rng: Random) -> Question | None:
    """Major or general: of a general one only where nothing major is like it."""
    if item.level is not Level.MAJOR and not never_major(item.id):
        return None
    names = (LEVEL_NAMES[Level.MAJOR], LEVEL_NAMES[Level.GENERAL])
    return _question(Asks.LEVEL, item, LEVEL_NAMES[item.level], names, rng)


def _major_asked(item: Item, pool: Sequence[Item], rng: Random) -> Question | None:
    """One major among three of the same firm that nothing major is like."""
    if item.level is not Level.MAJOR:
        return None
    general = [i for i in pool if i.level is not Level.MAJOR and i.ask != item.ask and never_major(i.id)]
    return _among(Asks.MAJOR, item, item.ask, [i.ask for i in general], rng)


def _standard_asked(item: Item, pool: Sequence[Item], rng: Random) -> Question | None:
    """The standard of the list, among standards that hold nothing like this item.

    A general item may stand on its list beside the standard and rest on something else.
    """
    if _JUDGES not in item.standard_title or item.level is not Level.MAJOR:
        return None
    own = {_bare(item.standard_title), *(_bare(c.standard_title) for c in load_criteria() if c.sector == item.sector)}
    titles = [t for t, ids in _standards().items() if not _related(_bare(t), own) and not _any_alike(item.id, ids)]
    return _among(Asks.STANDARD, item, item.standard_title, titles, rng)


def _number_asked(item: Item, pool: Sequence[Item], rng: Random) -> Question | None:
    """The number that was left out of the question."""
    match = _NUMBER.search(item.ask)
    if match is None:
        return None
    text = match.group(1)
    others = [n for n in _near_numbers(text) if n not in re.findall(r"\d+(?:\.\d+)?", item.ask)]
    gapped = item.ask[: match.start()] + _GAP + item.ask[match.end() :]
    return _among(Asks.NUMBER, item, text, others, rng, ask=gapped)


def _listed_asked(item: Item, pool: Sequence[Item], rng: Random) -> Question | None:
    """The item of this list, among items of others that nothing on it is like."""
    mine = [c.id for c in load_criteria().sectors[item.sector].criteria]
    candidates = [c for c in load_criteria() if c.verified and c.sector != item.sector]
    rng.shuffle(candidates)
    others: list[str] = []
    for other in candidates:
        if len(others) < MOST_OPTIONS - 1 and other.ask not in others and not _any_alike(other.id, mine):
            others.append(other.ask)
    return _among(Asks.LISTED, item, item.ask, others, rng, ask="")


def _answer_asked(item: Item, pool: Sequence[Item], rng: Random) -> Question | None:
    """When the checklist is answered with “hazard”: only when it was seen not to be so."""
    right = rng.choice(_BAD)
    # What is for everybody cannot be said not to apply.
    third = ABSENT_WORDS if item.applies else LAST_TIME_WORDS
    return _question(Asks.ANSWER, item, right, (GOOD_WORDS, UNSEEN_WORDS, third, right), rng)


Maker = Callable[[Item, Sequence[Item], Random], Question | None]
MAKERS: Mapping[Asks, Maker] = {
    Asks.LEVEL: _level_asked,
    Asks.MAJOR: _major_asked,
    Asks.STANDARD: _standard_asked,
    Asks.NUMBER: _number_asked,
    Asks.LISTED: _listed_asked,
    Asks.ANSWER: _answer_asked,
}


@cache
def never_major(criterion_id: str) -> bool:
    """Whether no list has anything major, verified or not, that is like this criterion."""
    return not any(_level(c) is Level.MAJOR and alike(criterion_id, c.id) for c in load_criteria())


def _among(
    asks: Asks, item: Item, right: str, others: Sequence[str], rng: Random, *, ask: str | None = None
) -> Question | None:
    """The question with three of these others, or None where there are too few."""
    wrong = sorted(set(others) - {right})
    if len(wrong) < MOST_OPTIONS - 1:
        return None
    options = (right, *rng.sample(wrong, MOST_OPTIONS - 1))
    # What is chosen among does not stand above the choice.
    return _question(asks, item, right, options, rng, ask="" if asks is Asks.MAJOR else ask)


def _question(
    asks: Asks, item: Item, right: str, options: Iterable[str], rng: Random, *, ask: str | None = None
) -> Question:
    shuffled = list(options)
    rng.shuffle(shuffled)
    return Question(
        asks=asks,
        about=item.id,
        ask=item.ask if ask is None else ask,
        options=tuple(shuffled),
        right=shuffled.index(right),
        where=item.where,
        applies=item.applies,
        clause=item.basis,
        why=item.look,
    )


def _item(criterion: Criterion, where: str, level: Level) -> Item:
    return Item(
        id=criterion.id,
        sector=criterion.sector,
        where=where,
        ask=criterion.ask,
        look=criterion.look,
        clause=criterion.clause,
        standard_title=criterion.standard_title,
        standard=criterion.standard,
        level=level,
        applies=criterion.applies or "",
        verified=criterion.verified,
    )


def _level(criterion: Criterion) -> Level:
    """Major if it or a double of it is."""
    levels = {load_criteria().by_id[i].level for i in same_question(criterion.id)}
    return Level.MAJOR if Level.MAJOR in levels else Level.GENERAL


@cache
def _standards() -> Mapping[str, tuple[str, ...]]:
    """The standards that say what is major, with the ids of their criteria."""
    found: dict[str, tuple[str, ...]] = {}
    for criterion in load_criteria():
        if _JUDGES in criterion.standard_title:
            title = criterion.standard_title
            found[title] = (*found.get(title, ()), criterion.id)
    return found


def _bare(title: str) -> str:
    return title.partition("（")[0]


def _related(title: str, others: Iterable[str]) -> bool:
    """Whether one is the other with something added, as a standard and its supplement are."""
    return any(title.startswith(other) or other.startswith(title) for other in others)


def _any_alike(criterion_id: str, ids: Iterable[str]) -> bool:
    return any(alike(criterion_id, other) for other in ids)


def _near_numbers(text: str) -> list[str]:
    """Other numbers with as many decimals, none of them equal to this one."""
    decimals = len(text.partition(".")[2])
    values = (float(text) * factor for factor in _FACTORS)
    exact = (v for v in values if abs(round(v, decimals) - v) < 1e-9 and v > 0)
    return [f"{v:.{decimals}f}" for v in exact]
