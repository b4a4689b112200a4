"""Krippendorff's α: his own example, the paradox tables, against other implementations, and what must not matter."""

import math
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import fleiss_kappa

from reviewer.judgement.alpha import (
    FEW_CATEGORIES,
    FEW_UNITS,
    NOTHING_DIFFERS,
    UNEVEN_NUMBERS,
    Alpha,
    AlphaInterval,
    alpha_of,
    alpha_with_interval,
)
from reviewer.judgement.rating_table import rating_table
from reviewer.judgement.tallies import ScaleKind, Tallies, tallied_units
from tests.judgement.rated import KINDS, UNITS, YES_NO, krippendorffs, of_lists, two_raters


@pytest.mark.parametrize(
    ("kind", "printed"), [(ScaleKind.NOMINAL, 0.743), (ScaleKind.ORDINAL, 0.815), (ScaleKind.INTERVAL, 0.849)]
)
def test_krippendorffs_own_example(kind: ScaleKind, printed: float) -> None:
    assert alpha_of(krippendorffs(kind)) == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize(("table", "kappa"), [((40, 9, 6, 45), 0.70), ((80, 10, 5, 5), 0.31)])
def test_the_paradox_of_feinstein_and_cicchetti(table: tuple[int, int, int, int], kappa: float) -> None:
    """Their tables (1990) agree in 85 of 100 cases both times; α is Scott's π but for the small sample."""
    assert alpha_of(two_raters(*table)) == pytest.approx(kappa, abs=0.01)


def test_ectopic_pregnancies() -> None:
    """Gwet's example of two abstractors, as the R package irrCAC prints it (``cont3x3abstractors``)."""
    units = [[0, 0]] * 13 + [[1, 1]] * 20 + [[1, 2]] * 11 + [[2, 2]] * 56
    assert alpha_of(of_lists(units, ScaleKind.NOMINAL, 3)) == pytest.approx(0.7972585, abs=5e-8)


def matrix(units: list[list[int]]) -> list[list[int]]:
    return [[places.count(place) for place in range(5)] for places in units]


@given(units=UNITS, kind=KINDS)
def test_it_is_that_of_the_krippendorff_package(units: list[list[int]], kind: ScaleKind) -> None:
    several = [places for places in units if len(places) > 1]
    alpha = alpha_of(of_lists(units, kind))
    if len({place for places in several for place in places}) < 2:
        assert alpha is None
        return
    theirs = krippendorff.alpha(
        value_counts=np.array(matrix(units)), value_domain=[1, 2, 3, 4, 5], level_of_measurement=kind.value
    )
    assert alpha == pytest.approx(theirs, abs=1e-9)


@given(units=st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=30))
def test_nominal_alpha_of_equal_numbers_is_fleiss_kappa_but_for_the_small_sample(units: list[list[int]]) -> None:
    assume(len({place for places in units for place in places}) > 1)
    n = 3 * len(units)
    kappa = fleiss_kappa(np.array(matrix(units)))
    assert alpha_of(of_lists(units, ScaleKind.NOMINAL)) == pytest.approx(1 - (1 - kappa) * (n - 1) / n, abs=1e-9)


@given(units=UNITS, kind=KINDS)
def test_counts_come_to_what_pairs_come_to(units: list[list[int]], kind: ScaleKind) -> None:
    several = [places for places in units if len(places) > 1]
    pooled = sorted(place for places in several for place in places)
    assume(len(set(pooled)) > 1)
    ranks = {place: pooled.index(place) + pooled.count(place) / 2 for place in pooled}

    def apart(a: int, b: int) -> float:
        if kind is ScaleKind.NOMINAL:
            return float(a != b)
        return (ranks[a] - ranks[b]) ** 2 if kind is ScaleKind.ORDINAL else float((a - b) ** 2)

    seen = math.fsum(
        2 * math.fsum(apart(a, b) for a, b in combinations(places, 2)) / (len(places) - 1) for places in several
    )
    by_chance = 2 * math.fsum(apart(a, b) for a, b in combinations(pooled, 2)) / (len(pooled) - 1)
    assert alpha_of(of_lists(units, kind)) == pytest.approx(1 - seen / by_chance, abs=1e-9)


@given(units=UNITS, kind=KINDS)
def test_a_unit_with_one_rating_does_not_matter(units: list[list[int]], kind: ScaleKind) -> None:
    assert alpha_of(of_lists([*units, [0]], kind)) == alpha_of(of_lists(units, kind))


@given(units=UNITS)
def test_turning_the_scale_round_does_not_matter(units: list[list[int]]) -> None:
    turned = [[4 - place for place in places] for places in units]
    for kind in (ScaleKind.ORDINAL, ScaleKind.INTERVAL):
        assert alpha_of(of_lists(turned, kind)) == pytest.approx(alpha_of(of_lists(units, kind)), abs=1e-9)


def given_of(tallies: Tallies) -> Alpha:
    return alpha_with_interval(rating_table(tallies))


MANY = st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=6), min_size=10, max_size=40)


@given(units=MANY, kind=KINDS)
def test_the_interval_lies_around_alpha_or_one_sentence_says_why_there_is_none(
    units: list[list[int]], kind: ScaleKind
) -> None:
    assume(len({place for places in units for place in places}) > 1)
    alpha = given_of(of_lists(units, kind))
    if alpha.limits is None:
        assert alpha.reason.index(".") == len(alpha.reason) - 1
        return
    assert not alpha.reason
    assert -1 <= alpha.limits[0] <= alpha.value <= alpha.limits[1] <= 1


@given(units=MANY, kind=KINDS, data=st.data())
def test_twice_as_many_units_rated_so_make_the_interval_narrower(
    units: list[list[int]], kind: ScaleKind, data: st.DataObject
) -> None:
    once, twice = (given_of(of_lists(each, kind)) if _differ(each) else None for each in (units, units * 2))
    assume(once is not None and twice is not None)
    assert once is not None
    assert twice is not None
    assert twice.value == pytest.approx(once.value, abs=0.1)
    assert twice.interval is once.interval
    assume(once.limits is not None and once.limits[0] > -1)
    assert once.limits is not None
    assert twice.limits is not None
    assert twice.limits[1] - twice.limits[0] < once.limits[1] - once.limits[0]


def _differ(units: list[list[int]]) -> bool:
    return len({place for places in units for place in places}) > 1


def test_the_f_interval_of_interval_alpha_is_that_of_shrout_and_fleiss() -> None:
    """Their table 2 (1979), with ICC(1,1) between -.13 and .72."""
    rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    alpha = given_of(of_lists([[value - 1 for value in row] for row in rows], ScaleKind.INTERVAL, 10))
    assert alpha.interval is AlphaInterval.F
    assert alpha.limits == pytest.approx((-0.1329, 0.7226), abs=5e-4)
    assert alpha.caution == ""


def test_the_linearised_interval_is_that_of_gwet_near_enough() -> None:
    """As irrCAC prints for Krippendorff's example: .14557 for the standard error of nominal α."""
    alpha = given_of(krippendorffs(ScaleKind.NOMINAL))
    assert alpha.interval is AlphaInterval.LINEARISED
    assert alpha.limits is not None
    logs = [math.log(1 - limit) for limit in alpha.limits]
    t = 2.228139
    assert (logs[0] - logs[1]) / 2 / t * (1 - alpha.value) == pytest.approx(0.14557, rel=0.03)


@settings(max_examples=20)
@given(units=MANY, kind=KINDS)
def test_the_linearised_variance_is_that_of_one_unit_more_or_less(units: list[list[int]], kind: ScaleKind) -> None:
    """The jackknife, which makes each figure anew, comes to the same where units are many."""
    units = [*units * 12, [0, 4], [1, 2, 3]]
    if kind is not ScaleKind.NOMINAL:  # There it is used once a category has half of the ratings.
        places = [place for each in units for place in each]
        units += [[0, 0]] * math.ceil((len(places) - 2 * places.count(0)) / 2)
    alpha = given_of(of_lists(units, kind))
    assume(alpha.limits is not None and alpha.limits[0] > -1)
    assert alpha.limits is not None
    several = [(list(places), units.count(list(places))) for places in {tuple(places) for places in units}]
    left = [(_without(units, places, kind), many) for places, many in several]
    n = len(units)
    mean = math.fsum(value * many for value, many in left) / n
    error = math.sqrt((n - 1) / n * math.fsum(many * (value - mean) ** 2 for value, many in left))
    half = math.log((1 - alpha.limits[0]) / (1 - alpha.limits[1])) / 2
    t = 1.98 if n < 200 else 1.968
    assert half / t == pytest.approx(error, rel=0.1)


def _without(units: list[list[int]], places: list[int], kind: ScaleKind) -> float:
    rest = units.copy()
    rest.remove(places)
    value = alpha_of(of_lists(rest, kind))
    assert value is not None
    return math.log(1 - value)


@pytest.mark.parametrize(
    ("kind", "units", "interval"),
    [
        (ScaleKind.NOMINAL, [[0, 1], [1, 1], [2, 2]], AlphaInterval.LINEARISED),
        (ScaleKind.ORDINAL, [[0, 1], [1, 2], [2, 2]], AlphaInterval.LINEARISED),
        (ScaleKind.ORDINAL, [[0, 1], [1, 2], [2, 0]], AlphaInterval.F),
        (ScaleKind.ORDINAL, [[0, 1], [1, 2], [2, 0, 2, 0, 1, 0, 1]], AlphaInterval.LINEARISED),
        (ScaleKind.INTERVAL, [[0, 1], [1, 2], [2, 0, 1]], AlphaInterval.F),
    ],
)
def test_which_interval_serves_is_told_by_how_ratings_are_spread(
    kind: ScaleKind, units: list[list[int]], interval: AlphaInterval
) -> None:
    alpha = given_of(of_lists(units, kind))
    assert alpha.interval is interval
    assert (alpha.caution == FEW_CATEGORIES) is (interval is AlphaInterval.F)


@pytest.mark.parametrize(("units", "caution"), [(99, FEW_UNITS), (100, "")])
def test_below_a_hundred_units_the_linearised_interval_says_how_often_it_holds(units: int, caution: str) -> None:
    assert given_of(two_raters(units - 45, 5, 0, 40)).caution == caution


def test_of_many_categories_the_f_interval_stays_where_numbers_are_uneven_and_says_how_often_it_holds() -> None:
    units = [[i % 5, (i + 1) % 5] * (3 if i % 5 == 0 else 1) for i in range(40)]
    uneven, even = (given_of(of_lists(each, ScaleKind.ORDINAL)) for each in (units, [unit[:2] for unit in units]))
    assert (uneven.interval, uneven.caution) == (AlphaInterval.F, UNEVEN_NUMBERS)
    assert (even.interval, even.caution) == (AlphaInterval.F, "")


def test_where_one_category_has_more_than_eight_in_ten_there_is_no_interval() -> None:
    at, beyond = two_raters(70, 10, 10, 10), two_raters(71, 10, 10, 9)
    assert given_of(at).limits is not None
    refused = given_of(beyond)
    assert refused.limits is None
    assert "one category has nearly all" in refused.reason


def test_where_no_two_ratings_of_a_unit_differ_there_is_no_interval() -> None:
    for kind in ScaleKind:
        alpha = given_of(of_lists([[0, 0], [1, 1], [2, 2]] * 5, kind))
        assert (alpha.value, alpha.limits, alpha.reason) == (1, None, NOTHING_DIFFERS)


def test_where_all_ratings_are_of_one_category_it_is_undefined() -> None:
    assert alpha_of(tallied_units(YES_NO, [{0: 2}] * 50)) is None
    assert alpha_of(tallied_units(YES_NO, [])) is None
