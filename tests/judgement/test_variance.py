"""The analysis of variance behind the ICC: by a published example, against scipy and statsmodels, streaming."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from reviewer.judgement.variance import Components, UnitSums, components_of

SHROUT_FLEISS = (
    (9, 2, 5, 8),
    (6, 1, 3, 2),
    (8, 4, 6, 8),
    (7, 1, 2, 6),
    (10, 5, 6, 9),
    (6, 2, 4, 7),
)
"""Shrout and Fleiss (1979), table 2: six targets, four judges."""


def sums(values: Sequence[float]) -> UnitSums:
    mean = math.fsum(values) / len(values)
    return UnitSums(len(values), mean, math.fsum((x - mean) ** 2 for x in values))


def analysed(units: Sequence[Sequence[float]]) -> Components:
    found = components_of(map(sums, units))
    assert found is not None
    return found


def test_shrout_and_fleiss() -> None:
    """Their table 3 has the mean squares 11.24 and 6.26; ICC(1,1) is .17, its limits -.13 and .72."""
    found = analysed(SHROUT_FLEISS)
    assert found.mean_square_between == pytest.approx(11.24, abs=5e-3)
    assert found.within == pytest.approx(6.26, abs=5e-3)
    assert found.typical == 4
    assert found.between / (found.between + found.within) == pytest.approx(0.17, abs=5e-3)
    assert found.correlation_limits() == pytest.approx((-0.1329, 0.7226), abs=5e-4)


RATED = st.lists(st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=6), min_size=2, max_size=20)


@given(units=RATED)
def test_its_f_is_that_of_scipy(units: list[list[float]]) -> None:
    assume(any(len(set(unit)) > 1 for unit in units))
    found = analysed(units)
    f = found.mean_square_between / found.within
    assert f == pytest.approx(stats.f_oneway(*units).statistic, rel=1e-9, abs=1e-9)


@given(units=RATED, shift=st.sampled_from([0.0, 1e6]), data=st.data())
def test_neither_order_nor_where_the_scale_begins_matters(
    units: list[list[float]], shift: float, data: st.DataObject
) -> None:
    assume(any(len(unit) > 1 for unit in units))
    moved = [[x + shift for x in unit] for unit in data.draw(st.permutations(units))]
    one, other = analysed(units), analysed(moved)
    assert other.between == pytest.approx(one.between, rel=1e-6, abs=1e-6)
    assert other.within == pytest.approx(one.within, rel=1e-6, abs=1e-6)


def test_the_typical_number_lies_below_the_mean_where_numbers_differ() -> None:
    """Searle, Casella and McCulloch: (N - Σ nᵢ²/N) / (a - 1), here (10 - 38/10) / 2."""
    assert analysed([[1, 2], [1, 2, 3, 4, 5], [3, 4, 5]]).typical == pytest.approx(3.1)


@pytest.mark.parametrize("units", [[], [[1.0, 2.0]], [[1.0], [3.0], [4.0]]])
def test_two_units_and_two_ratings_of_one_are_needed(units: list[list[float]]) -> None:
    assert components_of(map(sums, units)) is None
    assert components_of(map(sums, [*units, [1.0, 2.0], [2.0]])) is not None


def test_a_unit_with_one_rating_tells_of_the_units_alone() -> None:
    several, all_of_them = analysed([[1.0, 2.0], [4.0, 4.0]]), analysed([[1.0, 2.0], [4.0, 4.0], [9.0]])
    assert all_of_them.within == several.within == 0.25
    assert all_of_them.mean_square_between > several.mean_square_between


def test_units_that_differ_less_than_their_ratings_have_no_variance_of_their_own() -> None:
    assert analysed([[0.0, 10.0], [10.0, 0.0], [0.0, 10.0]]).between == 0


def test_where_no_two_ratings_of_a_unit_differ_there_is_no_interval() -> None:
    assert analysed([[1.0, 1.0], [2.0, 2.0], [0.1, 0.1]]).correlation_limits() is None


def test_a_hundred_thousand_units_are_read_once_and_not_kept() -> None:
    found = components_of(UnitSums(2, float(i % 7), 0.5) for i in range(100_000))
    assert found is not None
    assert found.units == 100_000
    assert found.within == pytest.approx(0.5)
