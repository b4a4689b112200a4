"""Many proposals: published examples, other implementations, what must not matter, and coverage by simulation."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from reviewer.evidence.arms import Arm
from reviewer.evidence.many import Shrinkage, Shrunken, adjusted_apart, adjusted_p, shrink, shrink_arms
from tests.evidence.arms import of_seeds

P = st.floats(0, 1)
VALUE = st.floats(-100, 100).map(lambda x: round(x, 3))
ERROR = st.floats(0.05, 20).map(lambda x: round(x, 3))
PAIRS = st.lists(st.tuples(VALUE, ERROR), min_size=4, max_size=30)


def all_of(shrinkage: Shrinkage) -> list[Shrunken]:
    found = [s for s in shrinkage.values if s is not None]
    assert len(found) == len(shrinkage.values), shrinkage.reason
    return found


THROMBOLYSIS = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]
"""Benjamini and Hochberg (1995), section 4: fifteen comparisons, of which their procedure finds four at .05."""


def test_the_example_of_benjamini_and_hochberg() -> None:
    adjusted = [p for p in adjusted_p(THROMBOLYSIS) if p is not None]
    assert [p <= 0.05 for p in adjusted] == [True] * 4 + [False] * 11
    assert adjusted[:4] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625])


@given(ps=st.lists(P, min_size=1, max_size=50))
def test_adjusted_p_is_that_of_scipy(ps: list[float]) -> None:
    assert adjusted_p(ps) == pytest.approx(tuple(stats.false_discovery_control(ps)))


@given(ps=st.lists(P | st.none() | st.sampled_from([math.nan, -0.1, 1.1, math.inf]), max_size=30))
def test_what_was_not_tested_stays_out_and_counts_for_nothing(ps: list[float | None]) -> None:
    adjusted = adjusted_p(ps)
    usable = [p is not None and 0 <= p <= 1 for p in ps]
    assert [p is not None for p in adjusted] == usable
    assert [p for p in adjusted if p is not None] == list(
        adjusted_p([p for p, is_usable in zip(ps, usable, strict=True) if is_usable])
    )
    assert all(a >= p for a, p in zip(adjusted, ps, strict=True) if a is not None and p is not None)


@given(tests=st.lists(st.tuples(P, st.booleans()), min_size=1, max_size=30))
def test_doubtful_tests_change_nothing_of_the_others(tests: list[tuple[float, bool]]) -> None:
    adjusted = adjusted_apart([p for p, _ in tests], [doubt for _, doubt in tests])
    sound = [p for p, doubt in tests if not doubt]
    assert [a for a, (_, doubt) in zip(adjusted, tests, strict=True) if not doubt] == list(adjusted_p(sound))
    every = adjusted_p([p for p, _ in tests])
    assert [a for a, (_, doubt) in zip(adjusted, tests, strict=True) if doubt] == [
        a for a, (_, doubt) in zip(every, tests, strict=True) if doubt
    ]


HITS = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]
PUBLISHED = [0.290, 0.286, 0.281, 0.277, 0.273, 0.273, 0.268, 0.264, 0.259, 0.259] + [0.254] * 5 + [0.249, 0.244, 0.239]
"""Efron and Morris (1975), table 1: hits of eighteen batters in 45 times at bat, and Stein's estimates of their skill;
their shares of hits were rounded to three digits before they were transformed."""


def test_the_batters_of_efron_and_morris() -> None:
    transformed = [math.sqrt(45) * math.asin(2 * hits / 45 - 1) for hits in HITS]
    s = shrink(transformed, [1.0] * len(HITS))
    skills = [(1 + math.sin(b.value / math.sqrt(45))) / 2 for b in all_of(s)]
    assert skills == pytest.approx(PUBLISHED, abs=6e-4)
    assert all_of(s)[0].kept == pytest.approx(0.209, abs=1e-3)


@given(pairs=PAIRS)
def test_the_spread_is_that_of_statsmodels(pairs: list[tuple[float, float]]) -> None:
    values, variances = np.array([y for y, _ in pairs]), np.square([e for _, e in pairs])
    s = shrink([y for y, _ in pairs], [e for _, e in pairs])
    oracle = combine_effects(values, variances, method_re="iterated", atol=1e-8)
    assert s.spread is not None
    plain = values - np.average(values, weights=1 / variances)
    if oracle.tau2 == 0 and float(np.sum(plain**2 / variances)) > len(pairs) - 1:
        # A step of its that comes out a rounding too far is given up as 0: then by what τ² has to fulfil.
        total = variances + s.spread**2
        off = values - np.average(values, weights=1 / total)
        assert float(np.sum(off**2 / total)) == pytest.approx(len(pairs) - 1)
        return
    assert s.spread**2 == pytest.approx(oracle.tau2, rel=1e-5, abs=1e-6)
    assert s.mean == pytest.approx(oracle.mean_effect_re, rel=1e-5, abs=1e-6)


@given(pairs=PAIRS, shift=st.floats(-50, 50), scale=st.floats(0.01, 100), seed=st.integers(0, 99))
def test_neither_unit_nor_order_matters(
    pairs: list[tuple[float, float]], shift: float, scale: float, seed: int
) -> None:
    plain = all_of(shrink([y for y, _ in pairs], [e for _, e in pairs]))
    moved = all_of(shrink([y * scale + shift for y, _ in pairs], [e * scale for _, e in pairs]))
    order = random.Random(seed).sample(range(len(pairs)), len(pairs))
    mixed = all_of(shrink([pairs[i][0] for i in order], [pairs[i][1] for i in order]))
    for i, one in enumerate(plain):
        assert moved[i].value == pytest.approx(one.value * scale + shift, rel=1e-6, abs=1e-4)
        assert moved[i].deviation == pytest.approx(one.deviation * scale, rel=1e-5, abs=1e-6)
        assert moved[i].kept == pytest.approx(one.kept, rel=1e-5, abs=1e-5)
    for place, i in enumerate(order):
        assert mixed[place].value == pytest.approx(plain[i].value, rel=1e-6, abs=1e-6)


@given(pairs=PAIRS)
def test_a_value_comes_nearer_to_the_mean_and_stays_on_its_side(pairs: list[tuple[float, float]]) -> None:
    s = shrink([y for y, _ in pairs], [e for _, e in pairs])
    assert s.mean is not None
    for (raw, _), one in zip(pairs, all_of(s), strict=True):
        assert 0 <= one.kept <= 1
        assert abs(one.value - s.mean) <= abs(raw - s.mean) + 1e-9
        assert (one.value - s.mean) * (raw - s.mean) >= -1e-9
        assert one.low < one.value < one.high


def test_errors_are_pooled_over_all_arms_by_their_runs() -> None:
    arms = [of_seeds([1.0, 2.0, 3.0]), of_seeds([4.0, 8.0]), Arm(3.0, n=1), Arm(5.0, 1.0, 4), Arm(4.0, 1.0, 4)]
    pooled = math.sqrt((2 * 1 + 1 * 8 + 3 * 4 + 3 * 4) / 9)
    told = shrink([2, 6, 3, 5, 4], [pooled / math.sqrt(n) for n in (3, 2, 1, 4, 4)])
    assert [s.value for s in all_of(shrink_arms(arms))] == pytest.approx([s.value for s in all_of(told)])


def test_one_that_states_a_million_seeds_does_not_tell_the_noise_of_all() -> None:
    telling = [of_seeds([float(i), i + 1.0, i + 2.0]) for i in range(6)]
    usual = all_of(shrink_arms([*telling, Arm(4.0, 1 / math.sqrt(6), 6)]))
    s = all_of(shrink_arms([*telling, Arm(4.0, 1e-6, 10**6)]))
    assert s[0].high - s[0].low == pytest.approx(usual[0].high - usual[0].low, rel=0.3)


def test_one_that_tells_no_noise_borrows_that_of_the_others_and_says_so() -> None:
    telling = [of_seeds([float(i), i + 1.0, i + 2.5]) for i in range(4)]
    s = shrink_arms([*telling, Arm(3.0, n=1), Arm(3.0, n=5)])
    assert [one.borrowed for one in all_of(s)] == [False] * 4 + [True] * 2
    few = shrink_arms([*telling[:3], *[Arm(float(i), n=1) for i in range(9)]])
    assert set(few.values) == {None}
    assert "it takes 4 proposals whose error and number of runs are known, and there are 3." in few.reason


def test_an_arm_that_cannot_be_reckoned_with_has_no_part() -> None:
    four = [of_seeds([float(i), i + 1.0, i + 2.5]) for i in range(4)]
    odd = [None, Arm(9.0), Arm(9.0, 0.1), Arm(9.0, n=3, flaw="its 3 runs all have the same value")]
    s = shrink_arms([*odd, *four])
    assert s.values[:4] == (None,) * 4
    assert s.values[4:] == shrink_arms(four).values
    assert not s.reason


@pytest.mark.parametrize(
    ("arms", "reason"),
    [
        ([], "no proposal tells the noise"),
        ([Arm(1.0, n=1)] * 9, "no proposal tells the noise"),
        ([Arm(1.0, 0.1)] * 9, "no proposal tells the noise"),
        ([Arm(1.0, 0.1, 5)] * 3, "it takes 4 proposals whose error and number of runs are known, and there are 3"),
        ([Arm(1.0, 0.1, 5), Arm(2.0)], "and there is 1"),
        ([Arm(s * 1e99, 1e-100, 2) for s in (1, -1, 2, -2)], "too far apart"),
    ],
)
def test_where_nothing_is_shrunken_one_sentence_says_why(arms: list[Arm], reason: str) -> None:
    s = shrink_arms(arms)
    assert (s.values, s.mean, s.spread) == ((None,) * len(arms), None, None)
    assert reason in s.reason
    assert s.reason.endswith(".")


@given(
    arms=st.lists(
        st.tuples(st.floats(-1e99, 1e99), st.none() | st.floats(1e-99, 1e99), st.none() | st.integers(1, 10**6)),
        max_size=12,
    )
)
def test_whatever_comes_is_numbers_or_a_reason(arms: list[tuple[float, float | None, int | None]]) -> None:
    s = shrink_arms([Arm(mean, None if n == 1 else error, n) for mean, error, n in arms])
    assert len(s.values) == len(arms)
    assert bool(s.reason) is (s.mean is None)
    assert all(
        math.isfinite(x) for one in s.values if one is not None for x in (one.value, one.deviation, one.low, one.high)
    )


def test_equal_values_are_left_where_they_are() -> None:
    equal = all_of(shrink([0.5] * 6, [0.1] * 6))
    assert [s.value for s in equal] == pytest.approx([0.5] * 6)


def test_the_best_of_fifty_is_covered_as_it_should_be_and_no_longer_flattered() -> None:
    """Fifty proposals of five seeds, whose true spread is the error of a mean: the raw best is far too high."""
    draw = random.Random(7)
    covered, off, runs = 0, 0.0, 300
    for _ in range(runs):
        truths = [draw.gauss(0, math.sqrt(1 / 5)) for _ in range(50)]
        arms = [of_seeds([draw.gauss(truth, 1) for _ in range(5)]) for truth in truths]
        best = max(range(50), key=lambda i: arms[i].mean)
        one = all_of(shrink_arms(arms))[best]
        covered += one.low <= truths[best] <= one.high
        off += (one.value - truths[best]) / runs
    assert covered / runs == pytest.approx(0.95, abs=0.035)
    assert off == pytest.approx(0, abs=0.07)
