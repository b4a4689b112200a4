"""How a queue is drawn, and with which probability each comes next: by counting out every way."""

import math
from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reviewer.judgement.drawing import RANDOM_SHARE, Draw, chance_key, draws, inclusion


def queue(n: int, seed: int, share: float = RANDOM_SHARE, first: int = 0) -> list[Draw]:
    by_chance = sorted(range(n), key=lambda item: chance_key(seed, item))
    return list(draws(range(n), by_chance, n, seed, first=first, share=share))


@given(n=st.integers(0, 60), seed=st.integers(0, 10**9), share=st.floats(0, 1))
def test_a_queue_has_each_item_once_and_each_draw_its_probability(n: int, seed: int, share: float) -> None:
    drawn = queue(n, seed, share)
    assert drawn == queue(n, seed, share)
    assert sorted(d.item for d in drawn) == list(range(n))
    left = list(range(n))
    for place, d in enumerate(drawn):
        assert d.place == place
        assert d.by_chance or d.item == left[0]
        assert d.probability == pytest.approx(share / len(left) + (1 - share) * (d.item == left[0]))
        left.remove(d.item)


def test_without_chance_it_is_the_order_of_priority_and_with_nothing_else_the_other() -> None:
    assert [d.item for d in queue(9, 5, 0.0)] == list(range(9))
    assert [d.item for d in queue(9, 5, 1.0)] == sorted(range(9), key=lambda item: chance_key(5, item))


def test_looking_again_after_some_reviews_goes_on_as_before() -> None:
    drawn = queue(30, 8, 0.4)
    gone = {d.item for d in drawn[:10]}
    left = [item for item in range(30) if item not in gone]
    again = list(draws(left, sorted(left, key=lambda item: chance_key(8, item)), 20, 8, first=10, share=0.4))
    assert again == drawn[10:]


def test_no_more_of_an_order_is_read_than_is_needed() -> None:
    def endless() -> object:
        raise AssertionError("read too far")

    by_priority = (item if item < 40 else endless() for item in range(10**6))
    by_chance = (item if item < 40 else endless() for item in range(10**6))
    first = list(islice(draws(by_priority, by_chance, 10**6, 3), 20))  # type: ignore[arg-type]
    assert len(first) == 20


def test_an_order_that_ends_too_soon_is_told() -> None:
    with pytest.raises(ValueError, match="fewer items than are said to be left"):
        list(draws([1, 2], [1, 2], 3, 1))


@pytest.mark.parametrize("n", [1, 3, 7])
def test_how_often_items_are_among_the_first_is_what_is_computed(n: int) -> None:
    runs, size = 4_000, 9
    seen = Counter(d.item for seed in range(runs) for d in queue(size, seed, 0.4)[:n])
    computed = inclusion(n, size, share=0.4)
    for rank in range(size):
        p = computed.of(rank)
        assert seen[rank] / runs == pytest.approx(p, abs=4.5 * math.sqrt(p * (1 - p) / runs) + 1e-9)


def counted_out(n: int, size: int, share: float) -> list[float]:
    """Return the same by going through every way in which the first n can come."""
    found = [0.0] * size

    def go(left: tuple[int, ...], p: float, places: int) -> None:
        for i, item in enumerate(left if places else ()):
            here = p * (share / len(left) + (1 - share) * (i == 0))
            found[item] += here
            go(left[:i] + left[i + 1 :], here, places - 1)

    go(tuple(range(size)), 1.0, n)
    return found


@given(size=st.integers(1, 6), share=st.floats(0, 1), data=st.data())
@settings(max_examples=40)
def test_it_is_what_all_ways_of_drawing_add_up_to(size: int, share: float, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, size))
    computed = inclusion(n, size, share=share)
    assert [computed.of(rank) for rank in range(size)] == pytest.approx(counted_out(n, size, share))


@given(size=st.integers(1, 400), share=st.floats(0, 1), data=st.data())
def test_the_probabilities_add_up_to_the_places_and_fall_with_the_rank(
    size: int, share: float, data: st.DataObject
) -> None:
    n = data.draw(st.integers(0, size))
    computed = inclusion(n, size, share=share)
    every = [computed.of(rank) for rank in range(size)]
    assert math.fsum(every) == pytest.approx(n)
    assert all(a >= b - 1e-9 for a, b in pairwise(every))
    assert all(p >= share * n / size - 1e-9 for p in every)


@pytest.mark.parametrize(("n", "size", "share"), [(3, 2, 0.1), (-1, 2, 0.1), (1, 2, 1.1)])
def test_what_cannot_be_drawn_is_refused(n: int, size: int, share: float) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        inclusion(n, size, share=share)


def test_keys_of_chance_are_uniform_and_stay_what_they_are() -> None:
    keys = [chance_key(1, item) for item in range(5_000)]
    assert stats.kstest(keys, "uniform").pvalue > 0.01
    assert chance_key(1, 1) == 0.486314531694371
    assert [chance_key(2, item) for item in range(3)] != keys[:3]
