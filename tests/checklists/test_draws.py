"""The rules of a random draw: the same seed gives the same draw, work is shared evenly, nobody goes to his own firm."""

import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from checklists.draws import Draw, draw, is_as_drawn, may_be_drawn, redraw
from tests.conftest import NOW

_IDS = st.integers(min_value=1, max_value=2**62)
_SEEDS = st.text(alphabet="0123456789abcdef", min_size=64, max_size=64)


@st.composite
def circumstances(draw_: st.DrawFn) -> tuple[list[int], list[int], dict[int, frozenset[int]], int, str]:
    """A pool somebody may go to, inspectors with their ties, how many are wanted, and a seed."""
    pool = draw_(st.lists(_IDS, min_size=1, max_size=30, unique=True))
    inspectors = draw_(st.lists(_IDS, min_size=1, max_size=6, unique=True))
    held = st.sets(st.sampled_from(pool), max_size=4)
    ties = {inspector: frozenset(draw_(held)) for inspector in inspectors}
    fair = may_be_drawn(pool, inspectors, ties)
    return fair, inspectors, ties, draw_(st.integers(min_value=1, max_value=40)), draw_(_SEEDS)


@given(circumstances())
def test_firms_are_the_first_of_the_pool_by_the_hash_of_seed_and_id(
    given_: tuple[list[int], list[int], dict[int, frozenset[int]], int, str],
) -> None:
    pool, inspectors, ties, number, seed = given_
    drawn = draw(pool, inspectors, number=number, seed=seed, ties=ties)
    by_hand = sorted(pool, key=lambda i: hashlib.sha256((seed + str(i)).encode()).digest())
    assert [d.enterprise_id for d in drawn] == by_hand[:number]
    assert [d.place for d in drawn] == list(range(1, len(drawn) + 1))


@given(circumstances())
def test_the_order_in_which_pool_and_inspectors_are_given_changes_nothing(
    given_: tuple[list[int], list[int], dict[int, frozenset[int]], int, str],
) -> None:
    pool, inspectors, ties, number, seed = given_
    again = draw(pool[::-1], inspectors[::-1], number=number, seed=seed, ties=dict(reversed(ties.items())))
    assert again == draw(pool, inspectors, number=number, seed=seed, ties=ties)


@given(circumstances())
def test_nobody_goes_to_a_firm_he_belongs_to_and_two_go_where_two_may(
    given_: tuple[list[int], list[int], dict[int, frozenset[int]], int, str],
) -> None:
    pool, inspectors, ties, number, seed = given_
    for drawn in draw(pool, inspectors, number=number, seed=seed, ties=ties):
        free = {i for i in inspectors if drawn.enterprise_id not in ties[i]}
        assert set(drawn.inspectors) <= free
        assert len(set(drawn.inspectors)) == len(drawn.inspectors) == min(2, len(free))


@given(circumstances())
def test_nobody_gets_two_firms_more_than_another_who_could_have_gone(
    given_: tuple[list[int], list[int], dict[int, frozenset[int]], int, str],
) -> None:
    pool, inspectors, ties, number, seed = given_
    drawn = draw(pool, inspectors, number=number, seed=seed, ties=ties)
    firms = {i: [d for d in drawn if i in d.inspectors] for i in inspectors}
    for busy in inspectors:
        for idle in inspectors:
            if len(firms[busy]) >= len(firms[idle]) + 2:
                assert all(d.enterprise_id in ties[idle] or idle in d.inspectors for d in firms[busy])


@given(
    st.lists(_IDS, min_size=1, max_size=40, unique=True), st.lists(_IDS, min_size=1, max_size=8, unique=True), _SEEDS
)
def test_without_ties_the_shares_differ_by_one_at_most(pool: list[int], inspectors: list[int], seed: str) -> None:
    drawn = draw(pool, inspectors, number=len(pool), seed=seed, ties={})
    shares = [sum(i in d.inspectors for d in drawn) for i in inspectors]
    assert max(shares) - min(shares) <= 1


def test_another_seed_gives_another_draw_and_a_changed_one_is_found_out() -> None:
    seed, other = "0" * 64, "1" * 64
    pool, inspectors = tuple(range(1, 101)), (7, 8, 9)
    made = Draw(
        id=1,
        pool_words="全部企业",
        seed=seed,
        pool=pool,
        inspectors=inspectors,
        ties={},
        made_by=7,
        made_at=NOW,
        firms=draw(pool, inspectors, number=5, seed=seed, ties={}),
    )
    assert is_as_drawn(made)
    begun = replace(made, firms=(replace(made.firms[0], official_inspection_id=3), *made.firms[1:]))
    assert is_as_drawn(begun)
    assert redraw(begun) == made.firms
    assert draw(pool, inspectors, number=5, seed=other, ties={}) != made.firms
    friend = next(firm for firm in pool if firm not in {d.enterprise_id for d in made.firms})
    swapped = (replace(made.firms[0], enterprise_id=friend), *made.firms[1:])
    assert not is_as_drawn(replace(made, firms=swapped))
    assert not is_as_drawn(replace(made, seed=other))
