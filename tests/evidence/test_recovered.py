"""The share of the gap recovered: against the test that its interval turns round, and where there is no gap."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer.domain.vocabulary import Direction
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.difference import difference_of
from reviewer.evidence.recovered import NOT_RESOLVED, Recovered, recovered
from tests.builders import measured
from tests.evidence.arms import of_seeds


def arm(mean: float, deviation: float, n: int) -> Arm:
    return Arm(mean, deviation / math.sqrt(n), n)


def limits(r: Recovered) -> tuple[float, float]:
    assert r.limits is not None
    return r.limits


CHAT = arm(0.5280, 0.0120, 16), arm(0.7325, 0.0085, 16)
"""Floor and ceiling of the weak-to-strong study on chat."""


def test_confident_labels_on_chat() -> None:
    r = recovered(arm(0.576, 0.0245, 5), *CHAT)
    assert r.value == pytest.approx(0.2347, abs=5e-5)
    low, high = limits(r)
    assert low < 0.234 < high
    assert (r.unresolved, r.reason) == (False, "")


@given(
    share=st.floats(-0.5, 1.5),
    gap=st.floats(0.05, 0.5),
    deviations=st.tuples(*[st.floats(0.002, 0.03)] * 3),
    numbers=st.tuples(*[st.integers(2, 16)] * 3),
)
def test_limits_are_where_the_test_turns(
    share: float, gap: float, deviations: tuple[float, float, float], numbers: tuple[int, int, int]
) -> None:
    """At either limit θ, value − θ·ceiling − (1−θ)·floor is just as far from 0 as t allows; within, nearer."""
    value = arm(0.5 + share * gap, deviations[0], numbers[0])
    floor, ceiling = arm(0.5, deviations[1], numbers[1]), arm(0.5 + gap, deviations[2], numbers[2])
    r = recovered(value, floor, ceiling)
    ends = difference_of(ceiling, floor).interval
    assert ends is not None
    assert r.unresolved is not ends.resolved
    if r.unresolved:
        assert r.reason == NOT_RESOLVED
        return
    assert r.df is not None
    t = float(stats.t.ppf(0.975, r.df))

    def distance(theta: float) -> float:
        off = value.mean - theta * ceiling.mean - (1 - theta) * floor.mean
        errors = [share * (a.standard_error or 0) for share, a in ((1, value), (theta, ceiling), (1 - theta, floor))]
        return abs(off) / math.hypot(*errors) / t

    if r.limits is None:
        far = 1e6  # the limit of the distance, either way
        assert min(distance(far), distance(-far)) <= 1 + 1e-3
        assert r.reason.startswith("No interval: so little is known of floor and ceiling")
        return
    low, high = limits(r)
    assert r.value is not None
    assert low <= r.value <= high
    assert distance(low) == pytest.approx(1, rel=1e-6)
    assert distance(high) == pytest.approx(1, rel=1e-6)


def test_nothing_is_clipped() -> None:
    above = recovered(arm(0.80, 0.01, 5), *CHAT)
    below = recovered(arm(0.50, 0.01, 5), *CHAT)
    assert (above.value or 0) > 1
    assert (below.value or 0) < 0
    assert limits(above)[1] > 1
    assert limits(below)[0] < 0


def test_a_gap_that_may_be_nothing_is_not_resolved() -> None:
    r = recovered(arm(0.52, 0.02, 5), arm(0.50, 0.02, 3), arm(0.51, 0.02, 3))
    assert (r.unresolved, r.limits, r.reason) == (True, None, NOT_RESOLVED)


def test_no_gap_at_all() -> None:
    r = recovered(arm(0.52, 0.02, 5), arm(0.50, 0.02, 3), arm(0.50, 0.02, 3))
    assert (r.value, r.unresolved) == (None, True)
    assert "no gap to recover" in r.reason


def test_digits_decide_whether_ends_are_equal_only_where_no_error_does() -> None:
    floor, ceiling, value = (
        arm_of(measured(x, "kl", standard_error=error, n_seeds=5))
        for x, error in ((0.002, 0.00002), (0.0018, 0.00002), (0.0019, 0.00002))
    )
    assert floor is not None
    assert ceiling is not None
    assert value is not None
    share = recovered(value, floor, ceiling, direction=Direction.LOWER)
    assert share.value == pytest.approx(0.5)
    assert share.limits is not None
    bare = [replace(each, standard_error=None) for each in (floor, ceiling, value)]
    assert "as far as their digits go" in recovered(bare[2], *bare[:2], direction=Direction.LOWER).reason


def test_a_floor_above_the_ceiling_is_computed_as_it_is() -> None:
    r = recovered(arm(0.55, 0.001, 5), arm(0.70, 0.001, 5), arm(0.50, 0.001, 5))
    assert r.value == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("value", "floor", "reason"),
    [
        (Arm(0.57, n=1), CHAT[0], "the value beneath rests on one run"),
        (Arm(0.57, 0.01), CHAT[0], "the value beneath states no error between seeds with their number"),
        (arm(0.57, 0.01, 5), Arm(0.528), "the floor states no error between seeds with their number"),
        (
            Arm(0.57, n=5, flaw="its error is 0"),
            CHAT[0],
            "the value beneath's error cannot be used, since its error is 0",
        ),
    ],
)
def test_where_there_is_no_interval_one_sentence_says_why(value: Arm, floor: Arm, reason: str) -> None:
    r = recovered(value, floor, CHAT[1])
    assert r.value is not None
    assert (r.limits, r.unresolved) == (None, False)
    assert reason in r.reason


def test_shared_seeds_give_the_exact_answer() -> None:
    """Turned round: at either limit θ the t of value − θ·ceiling − (1−θ)·floor by seed is just at its bound."""
    values, floors, ceilings = [0.60, 0.62, 0.58, 0.61], [0.52, 0.55, 0.50, 0.53], [0.73, 0.74, 0.72, 0.73]
    r = recovered(of_seeds(values), of_seeds(floors), of_seeds(ceilings), shared_seeds=True)
    assert (r.shared_seeds, r.df) == (4, 3)
    for theta in limits(r):
        rows = [t - theta * s - (1 - theta) * w for t, w, s in zip(values, floors, ceilings, strict=True)]
        assert stats.ttest_1samp(rows, 0).pvalue == pytest.approx(0.05, abs=1e-9)
    alone = recovered(of_seeds(values), of_seeds(floors), of_seeds(ceilings))
    assert limits(r)[1] - limits(r)[0] < limits(alone)[1] - limits(alone)[0]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_copies_recover_a_share_without_an_interval(share: float) -> None:
    floors, ceilings = [0.52, 0.55, 0.50], [0.73, 0.74, 0.72]
    values = [w + share * (s - w) for w, s in zip(floors, ceilings, strict=True)]
    r = recovered(of_seeds(values), of_seeds(floors), of_seeds(ceilings), shared_seeds=True)
    assert r.value == pytest.approx(share)
    assert (r.limits, r.unresolved, r.shared_seeds) == (None, False, 3)
    assert "every run recovers the same share" in r.reason


def test_a_constant_gain_over_a_gap_that_varies_has_an_interval() -> None:
    """By hand: with b the same in every run, θ solves n·(b − θ·ā)² = t²·θ²·s², s the deviation of the gaps."""
    gaps = [0.20, 0.22, 0.24, 0.18]
    floors = [0.50, 0.51, 0.52, 0.53]
    r = recovered(
        of_seeds([f + 0.1 for f in floors]),
        of_seeds(floors),
        of_seeds([f + g for f, g in zip(floors, gaps, strict=True)]),
        shared_seeds=True,
    )
    mean, error = stats.tmean(gaps), stats.sem(gaps)
    t = stats.t.ppf(0.975, 3)
    assert limits(r) == pytest.approx((0.1 / (mean + t * error), 0.1 / (mean - t * error)))


def test_runs_without_their_floor_are_not_left_out() -> None:
    value, floor, ceiling = of_seeds([0.60, 0.62, 0.58]), of_seeds([0.52, 0.55], first=43), of_seeds([0.73, 0.74, 0.72])
    r = recovered(value, floor, ceiling, shared_seeds=True)
    assert r == recovered(value, floor, ceiling)
    assert r.shared_seeds is None


def test_seeds_that_are_not_shared_are_not_paired() -> None:
    far = of_seeds([0.60, 0.62, 0.58], first=900)
    r = recovered(far, of_seeds([0.52, 0.55, 0.50]), of_seeds([0.73, 0.74, 0.72]), shared_seeds=True)
    assert r.shared_seeds is None
    assert limits(r)


@pytest.mark.parametrize(
    ("n", "caution"),
    [
        (2, "one part rests on 2 runs and another on 16, such intervals held the truth 87 to 96 %"),
        (3, "92 to"),
        (4, ""),
    ],
)
def test_an_interval_that_is_known_to_be_too_narrow_says_so(n: int, caution: str) -> None:
    said = recovered(arm(0.57, 0.01, n), *CHAT).caution
    assert caution in said if caution else not said
