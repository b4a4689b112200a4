"""Scores by group: by published examples, against scipy and statsmodels, and with cells that are missing."""

import random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from reviewer.judgement.groups import by_group, contrast_of, mann_whitney_of, mean_of, welch_of

SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Cushny and Peebles (1905), by which Student showed his test (1908)."""

SCORES = st.lists(st.integers(1, 10).map(float), min_size=2, max_size=30)
"""On a scale from 1 to 10, so with many that are equal."""
DISTINCT = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=40, unique=True)


def test_welch_on_students_sleep_data() -> None:
    """As R prints it: ``t.test(extra ~ group, data = sleep)``."""
    found, reason = welch_of(SLEEP_1, SLEEP_2)
    assert found is not None
    assert reason == ""
    assert found.t == pytest.approx(-1.8608, abs=5e-5)
    assert found.df == pytest.approx(17.776, abs=5e-4)
    assert found.p == pytest.approx(0.07939, abs=5e-6)
    assert found.limits == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


def test_mann_whitney_on_permeability() -> None:
    """Hollander and Wolfe (1973), p. 69, as R prints it: ``wilcox.test(x, y)``: W = 35, exact p of .2544."""
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    earlier = [1.15, 0.88, 0.90, 0.74, 1.21]
    found = mann_whitney_of(at_term, earlier)
    assert (found.u, found.exact) == (35, True)
    assert found.p == pytest.approx(0.2544, abs=5e-5)
    assert found.share == 0.7


@given(ours=SCORES, theirs=SCORES)
def test_both_tests_are_those_of_scipy_where_scores_are_equal(ours: list[float], theirs: list[float]) -> None:
    assume(len({*ours, *theirs}) > 1)
    found = mann_whitney_of(ours, theirs)
    theirs_u = stats.mannwhitneyu(ours, theirs)
    assert found.u == theirs_u.statistic
    assert found.p == pytest.approx(theirs_u.pvalue, rel=1e-9, abs=1e-12)
    assume(len(set(ours)) > 1 or len(set(theirs)) > 1)
    welch, _ = welch_of(ours, theirs)
    assert welch is not None
    theirs_t = stats.ttest_ind(ours, theirs, equal_var=False)
    assert welch.t == pytest.approx(theirs_t.statistic, rel=1e-9, abs=1e-12)
    assert welch.p == pytest.approx(theirs_t.pvalue, rel=1e-6, abs=1e-12)
    assert welch.limits == pytest.approx(tuple(theirs_t.confidence_interval()), rel=1e-6, abs=1e-9)


@given(both=DISTINCT, data=st.data())
def test_mann_whitney_is_that_of_scipy_where_no_two_are_equal(both: list[float], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(both) - 1))
    found, theirs = mann_whitney_of(both[:cut], both[cut:]), stats.mannwhitneyu(both[:cut], both[cut:])
    assert found.u == theirs.statistic
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.parametrize(("few", "exact"), [(8, True), (9, False)])
def test_p_comes_from_all_orders_up_to_eight(few: int, exact: bool) -> None:
    assert mann_whitney_of([float(i) for i in range(few)], [i + 0.5 for i in range(20)]).exact is exact


def test_very_many_against_few_do_not_take_all_orders() -> None:
    assert mann_whitney_of([0.25, 7.25], [float(i) for i in range(100_000)]).exact is False


@given(values=SCORES)
def test_a_mean_is_that_of_statsmodels(values: list[float]) -> None:
    found = mean_of(values)
    theirs = DescrStatsW(values)
    assert found.mean == pytest.approx(theirs.mean)
    if len(set(values)) == 1:
        assert found.limits is None
        assert found.reason == f"No interval: all {len(values)} scores are the same."
        return
    assert found.standard_error == pytest.approx(theirs.std_mean)
    assert found.limits == pytest.approx(theirs.tconfint_mean(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("values", "reason"), [([], "there is no score"), ([3.0], "one score says nothing")])
def test_few_scores_have_a_reason(values: list[float], reason: str) -> None:
    found = mean_of(values)
    assert (found.limits, found.standard_error) == (None, None)
    assert reason in found.reason
    assert mean_of([3.0, 4.0]).reason == ""


def test_hundreds_of_reviews_with_missing_cells() -> None:
    """The figures of each group and of each two are those of numpy and scipy on the cells that are there."""
    rng = random.Random(7)
    rows: list[tuple[str, float | None]] = [
        (group, None if rng.random() < 0.1 else float(min(10, max(1, round(rng.gauss(middle, 1.8))))))
        for group, middle in (("agent", 5.6), ("human", 4.8), ("agent, reranked", 5.8))
        for _ in range(150)
    ]
    found = by_group(rows)
    scores = {name: [x for group, x in rows if group == name and x is not None] for name, _ in rows}
    assert [one.group for one in found.means] == ["agent", "agent, reranked", "human"]
    for one in found.means:
        values = scores[one.group]
        assert (one.n, one.left_out) == (len(values), 150 - len(values))
        assert one.mean == pytest.approx(np.mean(values))
        assert one.deviation == pytest.approx(np.std(values, ddof=1))
    assert found.left_out == 450 - sum(map(len, scores.values()))
    pairs = [("agent", "agent, reranked"), ("agent", "human"), ("agent, reranked", "human")]
    assert [(one.first, one.second) for one in found.contrasts] == pairs
    for contrast in found.contrasts:
        ours, theirs = scores[contrast.first], scores[contrast.second]
        assert contrast.numbers == (len(ours), len(theirs))
        assert contrast.welch is not None
        assert contrast.mann_whitney is not None
        assert contrast.welch.p == pytest.approx(stats.ttest_ind(ours, theirs, equal_var=False).pvalue)
        assert contrast.mann_whitney.p == pytest.approx(stats.mannwhitneyu(ours, theirs).pvalue)
    assert found.caution.startswith("These are 3 tests")


@given(rows=st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(1, 5).map(float))), data=st.data())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[str, float | None]], data: st.DataObject) -> None:
    one, other = by_group(rows), by_group(data.draw(st.permutations(rows)))
    assert [(m.group, m.n, m.left_out) for m in one.means] == [(m.group, m.n, m.left_out) for m in other.means]
    for a, b in zip(one.contrasts, other.contrasts, strict=True):
        assert (a.first, a.second, a.numbers, a.reason) == (b.first, b.second, b.numbers, b.reason)
        if a.welch is not None and b.welch is not None:
            assert a.welch.p == pytest.approx(b.welch.p)


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        ([3.0, 3.0], [3.0], "No test: all scores of the two are the same."),
        ([3.0, 4.0], [5.0], "No t: a group of one score"),
        ([3.0, 3.0], [4.0, 4.0], "No t: in neither group do scores differ."),
    ],
)
def test_what_cannot_be_tested_has_a_reason(ours: list[float], theirs: list[float], reason: str) -> None:
    found = contrast_of("a", ours, "b", theirs)
    assert found.welch is None
    assert found.reason.startswith(reason)
    assert (found.mann_whitney is None) is reason.startswith("No test")


def test_one_test_needs_no_caution_and_an_empty_group_is_not_compared() -> None:
    found = by_group([("a", 1.0), ("a", 2.0), ("b", 2.0), ("b", 4.0), ("c", None)])
    assert found.caution == ""
    assert found.means[2].reason == "No mean: there is no score."
    assert len(found.contrasts) == 1
