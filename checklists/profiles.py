"""The profile asked on the phone: which yes/no questions are worth a tap, the weightiest first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from checklists.composing import Profile, candidates, settled_traits
from checklists.criteria import Criterion, load_criteria
from checklists.traits import Lasts, Trait, load_traits

MOST_QUESTIONS = 12


def questions_for_profile(
    trades: Sequence[str],
    known: Mapping[str, bool],
    *,
    on: date,
    adopted: Collection[str] = (),
    taken: int = 0,
) -> list[Trait]:
    """The traits worth asking next, ordered by how many items each decides, at most twelve less the taps `taken`.

    A trait that joins a special list decides that list; any other decides the items a no rules out. A trait that
    another open one brings with it waits for that answer, so ask again with `known` grown after each tap.
    """
    traits = load_traits()
    profile = Profile(trades=tuple(trades), traits=known)
    settled = settled_traits(profile)
    listed = [c for _, items in candidates(profile, on=on, adopted=adopted) for c in items]
    listed = [c for c in listed if c.needs and not c.ruled_out(settled)]
    by_trait: dict[str, dict[str, Criterion]] = {}
    for criterion in listed:
        for trait_id in {up for group in criterion.needs for t in group for up in traits.implied_by(t)}:
            by_trait.setdefault(trait_id, {})[criterion.id] = criterion
    joining = _joining(profile)
    weights = {
        trait_id: joining.get(trait_id) or _ruled_out(trait_id, settled, by_trait[trait_id].values())
        for trait_id in {*by_trait, *joining}
        if trait_id not in settled and traits[trait_id].lasts is not Lasts.PASSING
    }
    open_ids = {trait_id for trait_id, weight in weights.items() if weight}
    first = [t for t in sorted(open_ids) if not (traits.implied_by(t) - {t}) & open_ids]
    first.sort(key=lambda trait_id: -weights[trait_id])
    return [traits[trait_id] for trait_id in first[: max(0, MOST_QUESTIONS - taken)]]


def _joining(profile: Profile) -> dict[str, int]:
    """For each trait that joins a list the trades are asked about, how many items a yes brings on."""
    return {
        sector.joins_by: len(sector.criteria)
        for sector in load_criteria().sectors.values()
        if sector.joins_by is not None
        and sector.id not in profile.trades
        and (not sector.ask_of or set(sector.ask_of).intersection(profile.trades))
    }


def _ruled_out(trait_id: str, settled: Mapping[str, bool], items: Iterable[Criterion]) -> int:
    refused = load_traits().refused_with(trait_id)
    after = {**settled, **dict.fromkeys(refused - settled.keys(), False)}
    return sum(criterion.ruled_out(after) for criterion in items)
