"""Who reviews what: evenly, by chance that can be had again, nobody twice and nobody against a conflict."""

import math
import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer.domain.errors import UserError
from reviewer.judgement.assignment import (
    LEAST_OVERLAPPED,
    Balance,
    OverlapError,
    assign,
    balance,
)

NAMES = [f"r{i}" for i in range(8)]


@given(n=st.integers(0, 60), r=st.integers(1, 8), seed=st.integers(0, 10**9), data=st.data())
def test_without_conflicts_loads_differ_by_one_at_most(n: int, r: int, seed: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, r))
    a = assign(range(n), NAMES[:r], k, seed)
    assert {proposal for proposal, _ in a} == set(range(n))
    assert all(len(set(chosen)) == len(chosen) == k for _, chosen in a)
    loads = balance(a).loads
    assert max(loads.values()) - min(loads.values()) <= 1
    assert sum(loads.values()) == n * k


@given(n=st.integers(1, 40), seed=st.integers(0, 10**9), k=st.integers(1, 3), data=st.data())
def test_nobody_gets_what_they_must_not_review(n: int, seed: int, k: int, data: st.DataObject) -> None:
    barred = st.sets(st.sampled_from(NAMES), max_size=8 - k)
    conflicts = {proposal: data.draw(barred) for proposal in range(n)}
    a = assign(range(n), NAMES, k, seed, conflicts)
    assert all(len(set(chosen)) == k for _, chosen in a)
    assert not any(conflicts[proposal] & set(chosen) for proposal, chosen in a)


@given(seed=st.integers(0, 10**9), shuffled=st.integers(0, 99))
def test_the_same_seed_gives_the_same_and_order_does_not_matter(seed: int, shuffled: int) -> None:
    rng = random.Random(shuffled)
    ids, names = list(range(30)), NAMES[:5]
    conflicts = {3: ["r1"], 7: ["r0", "r2"]}
    a = assign(ids, names, 2, seed, conflicts)
    again = assign([*rng.sample(ids, 30), 4], [*rng.sample(names, 5), "r1"], 2, seed, conflicts)
    assert again == a
    assert list(again) == list(a)


PINNED = {1: ("bo", "cy"), 3: ("ann", "cy"), 2: ("ann", "bo"), 0: ("bo", "cy"), 4: ("ann", "cy")}


def test_it_stays_what_it_is_on_any_machine() -> None:
    a = assign(range(5), ["ann", "bo", "cy"], 2, 42)
    assert (a.reviewers, a.overlap, a.seed) == (("ann", "bo", "cy"), 2, 42)
    assert list(a) == list(PINNED.items())
    assert tuple(a.of("ann")) == tuple(proposal for proposal, chosen in PINNED.items() if "ann" in chosen)


def test_other_seeds_give_others_and_each_pair_its_turn() -> None:
    given_to = Counter(dict(assign(range(6), NAMES[:4], 2, seed))[0] for seed in range(1_200))
    assert set(given_to) == set(combinations(NAMES[:4], 2))
    assert stats.chisquare(list(given_to.values())).pvalue > 1e-4


def test_pairs_are_even_too() -> None:
    pairs = balance(assign(range(280), NAMES, 2, 3)).pairs
    assert len(pairs) == 28
    assert sum(pairs.values()) == 280
    assert max(pairs.values()) - min(pairs.values()) <= 2


def test_with_conflicts_loads_are_even_as_far_as_can_be() -> None:
    conflicts = {proposal: ["r0"] for proposal in range(90)}
    loads = balance(assign(range(100), NAMES[:4], 1, 9, conflicts)).loads
    assert loads["r0"] <= 10
    others = [load for name, load in loads.items() if name != "r0"]
    assert max(others) - min(others) <= 1


def test_conflicts_of_others_and_of_other_proposals_do_not_matter() -> None:
    plain = assign(range(10), NAMES[:3], 2, 1)
    assert assign(range(10), NAMES[:3], 2, 1, {4: ["somebody else"], 99: NAMES}) == plain


@pytest.mark.parametrize(
    ("names", "overlap", "conflicts", "message"),
    [
        (["ann"], 0, {}, "Each proposal needs at least 1 reviewer; the overlap is 0."),
        ([], 1, {}, "There is no reviewer to assign anything to. Name them with --reviewers."),
        (
            ["ann", "bo"],
            3,
            {},
            "Each proposal is to have 3 reviewers, and there are only 2. Name more, or take a smaller overlap.",
        ),
        (
            ["ann", "bo", "cy"],
            2,
            {2: ["ann", "bo"], 3: ["ann", "bo", "cy"], 1: ["cy"]},
            "Proposal 2 cannot have 2 reviewers: because of conflicts only cy may review it, and 1 more proposal "
            "likewise. Name more reviewers, or take a smaller overlap.",
        ),
        (
            ["ann"],
            1,
            {1: ["ann"]},
            "Proposal 1 cannot have 1 reviewer: because of conflicts nobody may review it. Name more reviewers, or "
            "take a smaller overlap.",
        ),
    ],
)
def test_what_cannot_be_met_is_said(
    names: list[str], overlap: int, conflicts: dict[int, list[str]], message: str
) -> None:
    with pytest.raises(OverlapError) as raised:
        assign(range(5), names, overlap, 1, conflicts)
    assert str(raised.value) == message
    assert isinstance(raised.value, UserError)
    assert all(proposal in conflicts for proposal in raised.value.proposals)


def interval_of_icc(icc: float, n: int) -> float:
    """Return the half-width of the F interval of a one-way ICC with two raters."""
    f = (1 + icc) / (1 - icc)
    low, high = f / stats.f.ppf(0.975, n - 1, n), f * stats.f.ppf(0.975, n, n - 1)
    return float((high - 1) / (high + 1) - (low - 1) / (low + 1)) / 2


@pytest.mark.parametrize(("n", "halves"), [(30, (0.35, 0.24)), (50, (0.27, 0.18)), (100, (0.19, 0.13))])
def test_the_half_widths_are_those_of_the_table_and_of_the_intraclass_correlation(
    n: int, halves: tuple[float, float]
) -> None:
    told = Balance({"a": n, "b": n}, {("a", "b"): n}, n).half_widths
    assert [alpha for alpha, _ in told] == [0.2, 0.6]
    assert [round(half, 2) for _, half in told] == list(halves)
    assert [half for _, half in told] == pytest.approx([interval_of_icc(alpha, n) for alpha, _ in told], abs=0.02)


def test_fifty_are_enough_and_forty_nine_not() -> None:
    enough, short = (balance(assign(range(n), ["a", "b"], 2, 1)).sentences for n in (LEAST_OVERLAPPED, 49))
    assert enough == (
        "Each of 2 reviewers has 50 proposals.",
        "Any two reviewers are together on 50 of them.",
        "Krippendorff's α of their agreement will be known to about ±0.27 where it is 0.2 and ±0.18 where it is 0.6.",
    )
    assert short[2].endswith(" 50 proposals with two reviewers are the least; 1 more would be needed.")


def test_thirty_tell_a_width_and_twenty_nine_not() -> None:
    some, none = (balance(assign(range(n), ["a", "b", "c"], 2, 1)) for n in (30, 29))
    assert len(some.half_widths) == 2
    assert none.half_widths == ()
    assert none.sentences == (
        "Each of 3 reviewers has 19 to 20 proposals.",
        "Any two reviewers are together on 9 to 10 of them.",
        "Too few have two reviewers to know Krippendorff's α of their agreement. "
        "50 proposals with two reviewers are the least; 21 more would be needed.",
    )


def test_without_overlap_nothing_is_known_of_agreement() -> None:
    one = balance(assign(range(3), ["a"], 1, 1))
    assert one.sentences == (
        "The one reviewer has 3 proposals.",
        "No proposal has two reviewers, so that nothing will be known of their agreement.",
    )
    assert math.isclose(one.overlapped, 0)


@given(n=st.integers(1, 30), r=st.integers(1, 6), seed=st.integers(0, 10**9), data=st.data())
def test_who_has_reviewed_it_already_counts_and_is_not_chosen_again(
    n: int, r: int, seed: int, data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, r))
    had = {i: data.draw(st.lists(st.sampled_from([*NAMES[:r], "somebody else"]), max_size=r)) for i in range(n)}
    pairs = [(proposal, name) for proposal, who in had.items() for name in who]
    a = assign(range(n), NAMES[:r], k, seed, had=pairs)
    assert a == assign(range(n), NAMES[:r], k, seed, had=data.draw(st.permutations(pairs)))
    for proposal, chosen in a:
        known = set(had[proposal]) & set(NAMES[:r])
        assert not known & set(chosen)
        assert len(chosen) == max(0, k - len(known))
        assert [NAMES[place] for place in a.had.of(proposal)] == sorted(known)
    assert all(list(a.of(name)) == [proposal for proposal, chosen in a if name in chosen] for name in NAMES[:r])
    told = balance(a)
    together = [len(chosen) + len(a.had.of(proposal)) for proposal, chosen in a]
    assert sum(told.loads.values()) == sum(len(chosen) for _, chosen in a)
    assert told.overlapped == sum(each > 1 for each in together)
    assert sum(told.pairs.values()) == sum(math.comb(each, 2) for each in together)


def test_who_has_it_already_leaves_room_that_a_conflict_does_not() -> None:
    assert list(assign([1], ["ann", "bo"], 2, 1, had=[(1, "ann")])) == [(1, ("bo",))]
    with pytest.raises(OverlapError, match="nobody may review it"):
        assign([1], ["ann", "bo"], 2, 1, conflicts={1: ["bo"]}, had=[(1, "ann")])
