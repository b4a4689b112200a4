"""Brier and log score, what knowing nothing scores, skill and differences: published, against libraries, degenerate."""

import math
import random

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.weightstats import DescrStatsW

from reviewer.judgement.resolved import ForecastOutcomes, Resolved, by_outcome
from reviewer.judgement.scores import ALL_ALIKE, Rule, difference, score, skill
from tests.judgement.forecasts import FORECAST, MIXED, PAIRS, SEVERAL, Pair, drawn, of, of_several, resolved
from tests.judgement.niamey import EMOS, RAIN

BRIER_1950: list[Pair] = list(
    zip([0.7, 0.9, 0.8, 0.4, 0.2, 0, 0, 0, 0, 0.1], [False, True, True, True] + [False] * 6, strict=True)
)
"""The ten forecasts of rain in table 1 of Brier (1950)."""


def test_the_table_of_brier() -> None:
    """His P is of both classes, and twice as large: .19."""
    assert 2 * score(of(BRIER_1950), Rule.BRIER).mean.value == pytest.approx(0.19)


def test_the_rain_at_niamey() -> None:
    outcomes = of(list(zip(EMOS, map(bool, RAIN), strict=True)))
    assert round(score(outcomes, Rule.BRIER).mean.value, 3) == 0.232


def test_the_example_of_scikit_learn() -> None:
    """Of ``sklearn.metrics.log_loss``: 0.21616…"""
    pairs = [(0.9, True), (0.1, False), (0.2, False), (0.65, True)]
    assert score(of(pairs), Rule.LOG).mean.value == pytest.approx(0.21616187468057912)


@given(pairs=PAIRS)
def test_they_are_those_of_scikit_learn_and_scoringrules(pairs: list[Pair]) -> None:
    ps, ys = [p for p, _ in pairs], [int(y) for _, y in pairs]
    brier, log = score(of(pairs), Rule.BRIER), score(of(pairs), Rule.LOG)
    assert brier.mean.value == pytest.approx(brier_score_loss(ys, ps))
    assert brier.mean.value == pytest.approx(float(sum(scoringrules.brier_score(y, p) for p, y in pairs)) / len(pairs))
    cut = [min(max(p, 0.01), 0.99) for p in ps]
    assert log.mean.value == pytest.approx(log_loss(ys, cut, labels=[0, 1]))
    by_other = [float(scoringrules.log_score(y, p)) for y, p in zip(ys, cut, strict=True)]
    assert log.mean.value == pytest.approx(sum(by_other) / len(pairs))
    assert log.clipped == sum(p in (0, 1) for p in ps)


@given(pairs=PAIRS)
def test_they_stay_within_their_bounds(pairs: list[Pair]) -> None:
    assert 0 <= score(of(pairs), Rule.BRIER).mean.value <= 1
    assert -math.log(0.99) - 1e-12 <= score(of(pairs), Rule.LOG).mean.value <= -math.log(0.01) + 1e-12


@pytest.mark.parametrize(
    ("forecast", "counted"), [(0.0, 1), (0.009, 1), (0.01, 0), (0.5, 0), (0.99, 0), (0.991, 1), (1.0, 1)]
)
def test_what_is_clipped_is_counted(forecast: float, counted: int) -> None:
    outcomes = of([(forecast, True)])
    assert score(outcomes, Rule.LOG).clipped == counted
    assert score(outcomes, Rule.BRIER).clipped == 0


def test_zero_for_what_came_costs_no_more_than_the_bound() -> None:
    assert score(of([(0.0, True)]), Rule.LOG).mean.value == pytest.approx(-math.log(0.01))


@given(truth=FORECAST, said=FORECAST, rule=st.sampled_from(Rule))
def test_nobody_gains_by_saying_another_probability(truth: float, said: float, rule: Rule) -> None:
    honest, other = (truth * rule.of(p, True) + (1 - truth) * rule.of(p, False) for p in (truth, said))
    assert honest <= other + 1e-12


@given(rows=SEVERAL, rule=st.sampled_from(Rule))
def test_an_outcome_counts_once_however_many_forecast_it(rows: list[tuple[list[float], bool]], rule: Rule) -> None:
    found = score(of_several(rows), rule)
    means = [sum(rule.of(p, y) for p in ps) / len(ps) for ps, y in rows]
    assert found.mean.n == len(rows)
    assert found.mean.value == pytest.approx(sum(means) / len(means))
    alike = of_several([([ps[0]] * 3, y) for ps, y in rows])
    once = of_several([(ps[:1], y) for ps, y in rows])
    tripled, single = score(alike, rule).mean, score(once, rule).mean
    assert tripled.value == pytest.approx(single.value)
    assert (tripled.limits or ()) == pytest.approx(single.limits or ())


@given(pairs=MIXED, seed=st.integers(0, 99))
def test_order_does_not_matter(pairs: list[Pair], seed: int) -> None:
    mixed = resolved(pairs)
    random.Random(seed).shuffle(mixed)
    for rule in Rule:
        assert score(by_outcome(mixed), rule) == score(of(pairs), rule)
    assert skill(by_outcome(mixed)) == skill(of(pairs))


@given(pairs=MIXED)
def test_the_base_rate_is_that_of_the_other_outcomes(pairs: list[Pair]) -> None:
    n, rate = len(pairs), sum(y for _, y in pairs) / len(pairs)
    found = score(of(pairs), Rule.BRIER)
    assert found.base_rate == pytest.approx((n / (n - 1)) ** 2 * rate * (1 - rate))
    assert found.even == 0.25
    assert skill(of(pairs)).value == pytest.approx(1 - found.mean.value / (found.base_rate or 0))
    others = [(n * rate - y) / (n - 1) for _, y in pairs]
    log = score(of(pairs), Rule.LOG)
    assert log.base_rate == pytest.approx(
        log_loss([int(y) for _, y in pairs], [min(max(p, 0.01), 0.99) for p in others], labels=[0, 1])
    )
    assert log.even == pytest.approx(math.log(2))


@given(pairs=MIXED)
def test_the_limits_of_the_skill_are_where_the_ratio_is_just_not_told_from_them(pairs: list[Pair]) -> None:
    n, rate = len(pairs), sum(y for _, y in pairs) / len(pairs)
    found = skill(of(pairs))
    if found.limits is None:
        assert found.reason
        return
    assert found.value is not None
    assert found.limits[0] <= found.value + 1e-9 <= found.limits[1] + 2e-9
    for limit in found.limits:
        left = [(p - y) ** 2 - (1 - limit) * (n / (n - 1)) ** 2 * (y - rate) ** 2 for p, y in pairs]
        if max(left) - min(left) > 1e-6:
            assert stats.ttest_1samp(left, 0).pvalue == pytest.approx(0.05, abs=1e-5)


@pytest.mark.parametrize("survived", [True, False])
def test_while_all_outcomes_agree_skill_is_undefined(survived: bool) -> None:
    outcomes = of([(0.2, survived), (0.7, survived), (0.9, survived)])
    for rule in Rule:
        found = score(outcomes, rule)
        assert (found.base_rate, found.reason) == (None, ALL_ALIKE)
        assert found.mean.limits is not None
    assert skill(outcomes).value is None
    assert skill(outcomes).reason == ALL_ALIKE


@pytest.mark.parametrize(("n", "cautioned"), [(49, True), (50, False)])
def test_a_skill_of_few_outcomes_is_cautioned(n: int, cautioned: bool) -> None:
    found = skill(of(drawn(n)))
    assert found.limits is not None
    assert found.caution.startswith("In simulations") is cautioned


def test_a_base_rate_that_few_outcomes_tell_gives_no_interval() -> None:
    found = skill(of([(0.1, True)] + [(0.2, False)] * 19))
    assert found.value is not None
    assert found.limits is None
    assert found.reason.startswith("No interval: too few")


def test_one_forecast_has_a_score_and_no_interval() -> None:
    found = score(of([(0.3, True)]), Rule.BRIER)
    assert found.mean.value == pytest.approx(0.49)
    assert found.mean.limits is None


def test_a_difference_is_on_the_same_proposals() -> None:
    ours, theirs = drawn(40), [(min(1.0, p + 0.2), y) for p, y in drawn(40)]
    alone = resolved([(0.0, True)] * 30, first=100)
    found = difference(by_outcome([*resolved(ours), *alone]), of(theirs))
    losses = [[(p - y) ** 2 for p, y in pairs] for pairs in (ours, theirs)]
    oracle = stats.ttest_rel(*losses)
    interval = oracle.confidence_interval()
    assert found is not None
    assert found.n == 40
    assert found.limits == pytest.approx((interval.low, interval.high))
    assert difference(of(ours), by_outcome(alone)) is None


@given(pairs=PAIRS, other=st.lists(FORECAST, min_size=60, max_size=60))
def test_a_difference_turned_round_is_its_opposite(pairs: list[Pair], other: list[float]) -> None:
    theirs = of([(p, y) for p, (_, y) in zip(other, pairs, strict=False)])
    there, back = difference(of(pairs), theirs), difference(theirs, of(pairs))
    assert there is not None
    assert back is not None
    assert there.value == pytest.approx(-back.value)


def weighed(pairs: list[Pair], weights: list[float | None]) -> ForecastOutcomes:
    return by_outcome(Resolved(i, "kim", p, y, w) for i, ((p, y), w) in enumerate(zip(pairs, weights, strict=True)))


def test_a_weight_is_so_many_outcomes_alike() -> None:
    found = score(weighed([(0.2, True), (0.6, False), (0.9, True)], [1.0, 3.0, None]), Rule.BRIER, weighted=True)
    assert found.weighted
    assert found.mean.n == 2
    assert found.mean.value == pytest.approx((0.64 + 3 * 0.36) / 4)


@given(pairs=MIXED)
def test_equal_weights_change_nothing(pairs: list[Pair]) -> None:
    outcomes = weighed(pairs, [2.5] * len(pairs))
    for rule in Rule:
        weighted, plain = score(outcomes, rule, weighted=True), score(outcomes, rule)
        assert weighted.mean.value == pytest.approx(plain.mean.value)
        assert weighted.base_rate == pytest.approx(plain.base_rate)
    assert skill(outcomes, weighted=True).value == pytest.approx(skill(outcomes).value)


@given(pairs=MIXED, data=st.data())
def test_the_weighed_mean_is_that_of_statsmodels_and_its_error_lies_between_those_that_are_known_to_enclose_it(
    pairs: list[Pair], data: st.DataObject
) -> None:
    chances = data.draw(st.lists(st.floats(0.05, 1), min_size=len(pairs), max_size=len(pairs)))
    outcomes = weighed(pairs, [1 / chance for chance in chances])
    found = score(outcomes, Rule.BRIER, weighted=True)
    losses = np.array([(p - y) ** 2 for p, y in pairs])
    weights = 1 / np.array(chances)
    assert found.mean.value == pytest.approx(DescrStatsW(losses, weights).mean)
    assert found.effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert found.effective is not None
    assert found.effective <= len(pairs) + 1e-6
    if found.mean.limits is None or found.mean.df is None:
        return
    # A ratio of two sums is a regression on a constant: its linearised error is that of HC0, HC3 is the most cautious.
    fitted = [WLS(losses, np.ones_like(losses), weights).fit(cov_type=how).bse[0] for how in ("HC0", "HC3")]
    half = (found.mean.limits[1] - found.mean.limits[0]) / 2
    # Of an outcome that weighs little more is taken off than it gives to the mean, by no more than this.
    least = fitted[0] / np.sqrt(1 + (weights**2).sum() / weights.sum() ** 2)
    assert least - 1e-9 <= half / stats.t.ppf(0.975, found.mean.df) <= fitted[1] + 1e-9


def test_one_outcome_that_weighs_nearly_all_has_no_interval() -> None:
    outcomes = weighed([(0.2, True), (0.6, False), (0.9, True)], [1_000_000.0, 1.0, 1.0])
    for found in (score(outcomes, Rule.BRIER, weighted=True).mean, skill(outcomes, weighted=True)):
        assert found.limits is None
        assert "nearly all of the weight" in found.reason


def test_weights_by_the_chance_of_approval_undo_the_selection() -> None:
    """Of proposals that are bad where forecast high, the high ones are approved nine times in ten, the others one."""
    rng = random.Random(11)
    found = []
    for proposal in range(20_000):
        high = rng.random() < 0.5
        approved = 0.9 if high else 0.1
        if rng.random() < approved:
            found.append(Resolved(proposal, "kim", 0.8 if high else 0.1, rng.random() < 0.4, 1 / approved))
    truth = (0.4 * 0.04 + 0.6 * 0.64 + 0.4 * 0.81 + 0.6 * 0.01) / 2
    weighted = score(by_outcome(found), Rule.BRIER, weighted=True).mean
    plain = score(by_outcome(found), Rule.BRIER).mean
    assert weighted.limits is not None
    assert weighted.limits[0] < truth < weighted.limits[1]
    assert plain.limits is not None
    assert not plain.limits[0] < truth < plain.limits[1]


@pytest.mark.parametrize("weighted", [False, True])
def test_nothing_cannot_be_scored(weighted: bool) -> None:
    for outcomes in (of([]), of([(0.5, True)]) if weighted else of([])):
        with pytest.raises(ValueError, match="one outcome or more"):
            score(outcomes, Rule.BRIER, weighted=weighted)
        with pytest.raises(ValueError, match="one outcome or more"):
            skill(outcomes, weighted=weighted)


def test_outcomes_in_two_orders_are_not_paired() -> None:
    ours, theirs = of(drawn(10)), of(drawn(10)).part(range(9, -1, -1))
    with pytest.raises(ValueError, match="in one order"):
        difference(ours, theirs)
