"""Intervals of reviews that are not independent, against independent libraries and what is known to the letter."""

import math
import random
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from reviewer.judgement import clustered
from reviewer.judgement.clustered import (
    FOR_INTERVAL,
    Review,
    Sureness,
    in_columns,
    sureness_of_correlation,
    sureness_of_difference,
    sureness_of_mean,
)
from reviewer.judgement.correlation import Coefficient, Correlation, correlation_of
from reviewer.judgement.groups import mean_of

RNG = random.Random()


@pytest.fixture(autouse=True)
def seeded() -> None:
    RNG.seed(20261129)


def of_mean(reviews: Sequence[Review], *, of_proposals: bool = False) -> Sureness:
    (columns,) = in_columns(reviews)
    return sureness_of_mean(mean_of(columns.scores), columns, of_proposals=of_proposals)


def of_difference(ours: Sequence[Review], theirs: Sequence[Review], *, of_proposals: bool = False) -> Sureness:
    return sureness_of_difference(*in_columns(ours, theirs), of_proposals=of_proposals)


def of_correlation(found: Correlation, pairs: Sequence[tuple[float, float]], of: Sequence[Review]) -> Sureness:
    xs, ys = zip(*pairs, strict=True)
    return sureness_of_correlation(found, xs, ys, *in_columns(of))


def panel(proposals: int, reviewers: int) -> list[Review]:
    """Return a review of every proposal by every reviewer."""
    merit, lenient = ([RNG.gauss(0, 1) for _ in range(n)] for n in (proposals, reviewers))
    return [
        Review(merit[p] + lenient[r] + RNG.gauss(0, 1), p, r) for p, r in product(range(proposals), range(reviewers))
    ]


def test_of_independent_reviews_they_are_those_of_statsmodels() -> None:
    ours, theirs = ([Review(RNG.gauss(0, i + 1), 100 * i + n, 100 * i + n) for n in range(9 + i)] for i in (0, 1))
    scores = [[one.score for one in side] for side in (ours, theirs)]
    for of_proposals in (False, True):
        assert of_mean(ours, of_proposals=of_proposals).limits == pytest.approx(DescrStatsW(scores[0]).tconfint_mean())
        found = of_difference(ours, theirs, of_proposals=of_proposals).limits
        welch = CompareMeans(*map(DescrStatsW, scores)).tconfint_diff(usevar="unequal")
        assert found == pytest.approx(welch)


def test_of_proposals_that_each_one_reviewer_sees_alone_only_the_proposals_count() -> None:
    reviews = [Review(RNG.gauss(proposal, 1), proposal, (proposal, n)) for proposal in range(12) for n in range(3)]
    means = [np.mean([one.score for one in reviews if one.proposal == proposal]) for proposal in range(12)]
    expected = DescrStatsW(means).tconfint_mean()
    assert of_mean(reviews).limits == pytest.approx(expected)
    assert of_mean(reviews, of_proposals=True).limits == pytest.approx(expected)


@pytest.mark.parametrize("of_proposals", [False, True])
def test_where_all_review_all_it_is_statsmodels_clustered_by_both(of_proposals: bool) -> None:
    proposals, reviewers = 12, 7
    reviews = panel(proposals, reviewers)
    scores = np.array([one.score for one in reviews])
    fit = sm.OLS(scores, np.ones(len(scores))).fit()

    def variance(groups: Sequence[object], n: int) -> float:
        codes = np.array([groups.index(group) for group in groups])
        found = fit.get_robustcov_results("cluster", groups=codes, use_correction=False)
        return float(found.cov_params()[0, 0]) * n / (n - 1)

    by_proposal = variance([one.proposal for one in reviews], proposals)
    by_reviewer = variance([one.reviewer for one in reviews], reviewers)
    single = variance(list(range(len(reviews))), len(reviews))
    (larger, most), (smaller, few) = sorted(((by_proposal, proposals), (by_reviewer, reviewers)), reverse=True)
    assert smaller > single, "as they are drawn"
    error = larger + smaller - single
    df = error**2 / (larger**2 / (most - 1) + (smaller - single) ** 2 / (few - 1))
    half = stats.t.ppf(0.975, df) * math.sqrt(error)
    limits = of_mean(reviews, of_proposals=of_proposals).limits
    assert limits == pytest.approx((scores.mean() - half, scores.mean() + half))


def test_who_is_lenient_to_both_groups_makes_their_difference_no_less_sure() -> None:
    strict = {r: 3 * RNG.gauss(0, 1) for r in range(8)}

    def half(place: int, people: Sequence[int]) -> list[Review]:
        return [Review(strict[r] + RNG.gauss(0, 0.5), (place, p), r) for p in range(20) for r in people]

    def width(ours: list[Review], theirs: list[Review]) -> float:
        limits = of_difference(ours, theirs).limits
        assert limits is not None
        return limits[1] - limits[0]

    everybody = range(8)
    crossed = width(half(0, everybody), half(1, everybody))
    nested = width(half(0, range(8)), [one._replace(reviewer=("other", one.reviewer)) for one in half(1, everybody)])
    assert crossed < nested / 3


@pytest.mark.parametrize("coefficient", Coefficient)
def test_a_correlation_moves_by_each_pair_as_it_does_where_that_is_left_out(coefficient: Coefficient) -> None:
    n = 400
    xs = [float(RNG.randint(1, 5)) for _ in range(n)]
    ys = [float(min(5, max(1, round(x + RNG.gauss(0, 1.2))))) for x in xs]
    theirs = stats.pearsonr if coefficient is Coefficient.PEARSON else stats.spearmanr
    whole = theirs(xs, ys).statistic
    moves = (clustered._pearson_moves if coefficient is Coefficient.PEARSON else clustered._spearman_moves)(
        np.array(xs), np.array(ys)
    )
    for place in range(0, n, 37):
        without = theirs(xs[:place] + xs[place + 1 :], ys[:place] + ys[place + 1 :]).statistic
        assert moves[place] == pytest.approx((n - 1) * (whole - without), abs=0.03)


def test_a_correlation_of_independent_pairs_has_fishers_interval() -> None:
    pairs = [(x, x + RNG.gauss(0, 1)) for x in (RNG.gauss(0, 1) for _ in range(30))]
    for coefficient in Coefficient:
        found = correlation_of(coefficient, pairs)
        apart = of_correlation(found, pairs, [Review(0.0, n, n) for n in range(30)])
        assert apart.limits == found.limits
        together = of_correlation(found, pairs, [Review(0.0, n // 3, n) for n in range(30)])
        assert together.limits is not None
        assert together.limits[0] < (found.value or 0) < together.limits[1]
        assert together.limits != found.limits


def test_from_five_proposals_and_five_reviewers_on_there_is_an_interval() -> None:
    n = FOR_INTERVAL
    assert of_mean(panel(n, n)).limits is not None
    assert of_mean(panel(n - 1, n)) == Sureness(None, "No interval: it needs 5 proposals, and 1 is missing.")
    assert of_mean(panel(n, n - 2)) == Sureness(None, "No interval: it needs 5 reviewers, and 2 are missing.")
    few = panel(n, n - 1)
    pairs = [(one.score, one.score + RNG.gauss(0, 1)) for one in few]
    for coefficient in Coefficient:
        found = of_correlation(correlation_of(coefficient, pairs), pairs, few)
        assert found == Sureness(None, "No interval: it needs 5 reviewers, and 1 is missing.")


def test_of_a_difference_either_group_has_to_have_five() -> None:
    reviews = panel(9, 6)
    ours, theirs = ([one for one in reviews if (one.proposal in range(4)) is few] for few in (True, False))
    assert of_difference(ours, theirs) == Sureness(None, "No interval: it needs 5 proposals, and 1 is missing.")
    alone = [one for one in reviews if one.reviewer == 0]
    assert of_difference(alone, theirs).reason == (
        "No interval: one reviewer has all the scores or nearly, and nothing says how far others would lie."
    )


def test_what_has_no_interval_of_its_own_keeps_the_reason() -> None:
    assert of_mean([Review(3.0, "p", "r")]).reason == "No interval: one score says nothing of how far others lie."
    assert of_mean([Review(3.0, n, n) for n in range(9)]).reason == "No interval: all 9 scores are the same."
    pairs = [(float(n), float(n)) for n in range(6)]
    found = correlation_of(Coefficient.PEARSON, pairs)
    assert of_correlation(found, pairs, [Review(0.0, 0, n) for n in range(6)]).reason == found.reason


@given(
    st.lists(
        st.builds(Review, st.integers(1, 10).map(float), st.integers(0, 9), st.integers(0, 9)),
        min_size=2, max_size=40, unique_by=lambda one: (one.proposal, one.reviewer),
    ),
    st.booleans(),
)  # fmt: skip
def test_limits_hold_the_mean_or_there_is_a_reason(reviews: list[Review], of_proposals: bool) -> None:
    found = of_mean(reviews, of_proposals=of_proposals)
    assert (found.limits is None) is bool(found.reason)
    if found.limits is not None:
        assert found.limits[0] < found.limits[1]
        if not of_proposals:
            assert found.limits[0] < mean_of([one.score for one in reviews]).mean < found.limits[1]  # type: ignore[operator]
