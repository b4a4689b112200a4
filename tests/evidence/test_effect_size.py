"""The size of an effect: limits that another implementation of the noncentral t confirms, and what must not matter."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer.evidence.arms import Arm
from reviewer.evidence.effect_size import effect_size
from tests.evidence.arms import VALUES, of_seeds


def test_hedges_g_of_a_textbook_example() -> None:
    """Borenstein et al. (2009), ch. 4: means 103 and 100, deviations 5.5 and 4.5, 50 a side: d = .597, g = .592."""
    size = effect_size(Arm(103, 5.5 / math.sqrt(50), 50), Arm(100, 4.5 / math.sqrt(50), 50))
    assert size is not None
    assert size.g == pytest.approx(0.5924, abs=5e-5)


@given(ours=VALUES, theirs=VALUES)
def test_limits_are_those_under_which_t_would_be_usual(ours: list[float], theirs: list[float]) -> None:
    size = effect_size(of_seeds(ours), of_seeds(theirs))
    if size is None:
        return
    scale = math.sqrt(1 / len(ours) + 1 / len(theirs))
    df = len(ours) + len(theirs) - 2
    t = float(stats.ttest_ind(ours, theirs, equal_var=True).statistic)
    if abs(t) < 30:
        assert stats.nct.cdf(t, df, size.low / scale) == pytest.approx(0.975, abs=1e-5)
        assert stats.nct.cdf(t, df, size.high / scale) == pytest.approx(0.025, abs=1e-5)
    assert size.low < size.high
    assert 0 <= size.superiority_low <= size.superiority <= size.superiority_high <= 1


@given(ours=VALUES, theirs=VALUES, scale=st.floats(0.1, 10))
def test_a_unit_does_not_matter_and_arms_swap(ours: list[float], theirs: list[float], scale: float) -> None:
    size, swapped = effect_size(of_seeds(ours), of_seeds(theirs)), effect_size(of_seeds(theirs), of_seeds(ours))
    scaled = effect_size(of_seeds([x * scale for x in ours]), of_seeds([x * scale for x in theirs]))
    if size is None or swapped is None or scaled is None:
        return
    assert [swapped.g, swapped.low] == pytest.approx([-size.g, -size.high], rel=1e-5, abs=1e-6)
    assert swapped.superiority == pytest.approx(1 - size.superiority)
    assert scaled.g == pytest.approx(size.g, rel=1e-6, abs=1e-9)


def test_sides_that_are_far_apart_have_limits_too() -> None:
    size = effect_size(Arm(100, 0.01, 5), Arm(0, 0.01, 5))
    assert size is None or (math.isfinite(size.low) and size.low < size.g < size.high)
    assert effect_size(Arm(30, 1, 5), Arm(0, 1, 5)) is not None


@pytest.mark.parametrize("arm", [Arm(0.5), Arm(0.5, 0.1), Arm(0.5, n=1), Arm(0.5, n=5, flaw="its error is 0")])
def test_without_a_deviation_there_is_none(arm: Arm) -> None:
    assert effect_size(arm, Arm(0.4, 0.1, 5)) is None
    assert effect_size(Arm(0.4, 0.1, 5), arm) is None
