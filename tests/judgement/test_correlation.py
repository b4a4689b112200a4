"""Correlations: by a published example, against scipy, and where there is none."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from reviewer.judgement.correlation import Coefficient, correlation_of, mid_ranks

ANSCOMBE = [(10, 8.04), (8, 6.95), (13, 7.58), (9, 8.81), (11, 8.33), (14, 9.96), (6, 7.24), (4, 4.26), (12, 10.84),
            (7, 4.82), (5, 5.68)]  # fmt: skip
"""Anscombe (1973), the first of his four sets."""

VALUE = st.floats(-1e6, 1e6).map(lambda x: round(x, 2))
PAIRS = st.lists(st.tuples(VALUE | st.integers(1, 10).map(float), VALUE), min_size=4, max_size=40)


def test_anscombe() -> None:
    """As R prints it: ``cor.test(~ x1 + y1, anscombe)``."""
    found = correlation_of(Coefficient.PEARSON, ANSCOMBE)
    assert found.value == pytest.approx(0.8164205, abs=5e-8)
    assert found.p == pytest.approx(0.00217, abs=5e-6)
    assert found.limits == pytest.approx((0.4243912, 0.9506933), abs=5e-7)


@given(pairs=PAIRS)
def test_both_are_those_of_scipy(pairs: list[tuple[float, float]]) -> None:
    xs, ys = zip(*pairs, strict=True)
    assume(len(set(xs)) > 1 and len(set(ys)) > 1)
    pearson = correlation_of(Coefficient.PEARSON, pairs)
    theirs = stats.pearsonr(xs, ys)
    assert pearson.value == pytest.approx(theirs.statistic, abs=1e-9)
    assert pearson.p == pytest.approx(theirs.pvalue, rel=1e-5, abs=1e-6)
    if pearson.limits is not None and abs(theirs.statistic) < 1 - 1e-9:
        assert pearson.limits == pytest.approx(tuple(theirs.confidence_interval()), abs=1e-6)
    spearman = correlation_of(Coefficient.SPEARMAN, pairs)
    theirs = stats.spearmanr(xs, ys)
    assert spearman.value == pytest.approx(theirs.statistic, abs=1e-9)
    assert spearman.p == pytest.approx(theirs.pvalue, rel=1e-5, abs=1e-6)


@given(values=st.lists(st.integers(0, 9).map(float), max_size=30))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    assert list(mid_ranks(values)) == list(stats.rankdata(values))


@given(pairs=PAIRS, data=st.data())
def test_order_does_not_matter_and_sides_swap(pairs: list[tuple[float, float]], data: st.DataObject) -> None:
    for coefficient in Coefficient:
        found = correlation_of(coefficient, pairs)
        turned = correlation_of(coefficient, [(y, x) for x, y in data.draw(st.permutations(pairs))])
        assert turned.value == pytest.approx(found.value, abs=1e-9)
        assert turned.n == found.n


def test_the_interval_of_spearman_is_wider_by_what_bonett_and_wright_found() -> None:
    found = correlation_of(Coefficient.SPEARMAN, ANSCOMBE)
    assert found.value == pytest.approx(0.8181818, abs=5e-8)
    half = 1.959964 * math.sqrt((1 + 0.8181818**2 / 2) / 8)
    middle = math.atanh(0.8181818)
    assert found.limits == pytest.approx((math.tanh(middle - half), math.tanh(middle + half)), abs=5e-7)


def test_a_pair_that_lacks_a_value_is_left_out_and_counted() -> None:
    found = correlation_of(Coefficient.PEARSON, [*ANSCOMBE, (None, 1.0), (1.0, None), (None, None)])
    assert (found.n, found.left_out) == (11, 3)
    assert found.value == correlation_of(Coefficient.PEARSON, ANSCOMBE).value


@pytest.mark.parametrize(
    ("n", "reason"),
    [
        (0, "No correlation: it needs 3 pairs, and 3 are missing."),
        (2, "No correlation: it needs 3 pairs, and 1 is missing."),
        (3, "No interval: it needs 4 pairs."),
        (4, ""),
    ],
)
def test_few_pairs_have_a_reason(n: int, reason: str) -> None:
    found = correlation_of(Coefficient.PEARSON, ANSCOMBE[:n])
    assert found.reason == reason
    assert (found.value is None) is (n < 3)
    assert (found.limits is None) is (n < 4)


def test_where_one_side_is_all_the_same_there_is_none() -> None:
    found = correlation_of(Coefficient.SPEARMAN, [(1.0, float(i)) for i in range(9)])
    assert (found.value, found.p) == (None, None)
    assert "all values of one side are the same" in found.reason


def test_the_same_order_throughout_has_no_interval() -> None:
    found = correlation_of(Coefficient.SPEARMAN, [(float(i), -float(i**3)) for i in range(9)])
    assert (found.value, found.p, found.limits) == (-1, 0, None)
    assert found.reason.startswith("No interval")
