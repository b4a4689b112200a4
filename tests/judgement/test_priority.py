"""What one more review is worth: by integrals and by hand."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from reviewer.domain.log_odds import log_odds, probability
from reviewer.judgement.priority import (
    LEAST_DOUBLE,
    NO_FORECASTS,
    ForecastSums,
    Spread,
    Why,
    learn_spread,
    worth,
)

FORECAST = st.floats(0.02, 0.98)
SPREAD = st.builds(Spread, st.floats(-2, 2), st.floats(0.3, 3), st.floats(0.3, 3))


def total(forecasts: list[float]) -> float:
    return math.fsum(map(log_odds, forecasts))


def test_without_a_review_and_at_the_threshold_it_is_worked_out_by_hand() -> None:
    """v = 1, σ̃ = 1/√2, z = 0: the priority is φ(0)/√2 = .28209."""
    w = worth(0, 0.0)
    assert (w.estimate, w.deviation, w.z) == (0, 1, 0)
    assert w.move == pytest.approx(math.sqrt(0.5))
    assert w.priority == pytest.approx(0.2820948)
    assert w.turns == 0.5


def test_one_forecast_of_three_to_one() -> None:
    """v = ½, μ = ln 3/2 = .5493, σ̃ = .5/√1.5 = .40825, z = 1.345520."""
    w = worth(1, math.log(3))
    assert (w.estimate, w.move, w.z) == pytest.approx((0.549306, 0.408248, 1.345520), abs=1e-6)
    unit_loss = stats.norm.pdf(1.345520) - 1.345520 * stats.norm.sf(1.345520)
    assert w.priority == pytest.approx(0.408248 * unit_loss, rel=1e-5)


@given(forecasts=st.lists(FORECAST, max_size=8), spread=SPREAD, decision=st.floats(0.1, 0.9))
def test_it_is_the_knowledge_gradient_by_numerical_integration(
    forecasts: list[float], spread: Spread, decision: float
) -> None:
    """E max(μ', t) − max(μ, t) over the estimate μ' that one more forecast would give, from Bayes' rule itself."""
    w = worth(len(forecasts), total(forecasts), decision=decision, spread=spread)
    t, within = log_odds(decision), spread.reviewers**2
    precision = 1 / spread.proposals**2 + len(forecasts) / within
    mean = (spread.mean / spread.proposals**2 + total(forecasts) / within) / precision
    assert w.estimate == pytest.approx(mean)
    predictive = stats.norm(mean, math.sqrt(1 / precision + within))

    def after(forecast: float) -> float:
        return max((mean * precision + forecast / within) / (precision + 1 / within) - t, 0.0)

    turn = t * (precision + 1 / within) * within - mean * precision * within
    low, high = predictive.ppf([1e-12, 1 - 1e-12])
    points = [turn] if low < turn < high else None
    gain = quad(lambda x: after(x) * predictive.pdf(x), low, high, points=points, limit=200)[0] - max(mean - t, 0.0)
    assert w.priority == pytest.approx(gain, abs=1e-7)
    crosses = predictive.cdf(turn) if mean > t else predictive.sf(turn)
    assert w.turns == pytest.approx(crosses, abs=1e-7)


@given(forecast=FORECAST, n=st.integers(0, 30), spread=SPREAD)
def test_it_falls_with_every_review_that_leaves_the_estimate_where_it_is(
    forecast: float, n: int, spread: Spread
) -> None:
    """Forecasts equal to the prior's mean leave it there."""
    decision = forecast
    before, after = (worth(m, m * spread.mean, decision=decision, spread=spread) for m in (n, n + 1))
    assert after.estimate == pytest.approx(before.estimate)
    assert after.priority < before.priority or before.priority < 1e-12


@given(n=st.integers(0, 20), spread=SPREAD, decision=st.floats(0.1, 0.9), off=st.floats(0.01, 3))
def test_it_is_largest_at_the_threshold_and_the_same_to_either_side(
    n: int, spread: Spread, decision: float, off: float
) -> None:
    v = 1 / (1 / spread.proposals**2 + n / spread.reviewers**2)
    at = log_odds(decision)

    def with_estimate(estimate: float) -> float:
        if n == 0:
            there = Spread(estimate, spread.proposals, spread.reviewers)
            return worth(0, 0.0, decision=decision, spread=there).priority
        needed = (estimate / v - spread.mean / spread.proposals**2) * spread.reviewers**2
        return worth(n, needed, decision=decision, spread=spread).priority

    nearest, near, far, other = (with_estimate(at + x) for x in (0, off, off + 0.5, -off))
    assert nearest >= near >= far >= 0
    assert near == pytest.approx(other, rel=1e-6, abs=1e-12)


def test_value_and_cost_are_a_factor_and_a_divisor() -> None:
    plain = worth(2, 0.4).priority
    assert worth(2, 0.4, value=3).priority == pytest.approx(3 * plain)
    assert worth(2, 0.4, cost=4).priority == pytest.approx(plain / 4)
    with pytest.raises(ValueError, match="costs more than nothing"):
        worth(2, 0.4, cost=0)


@given(n=st.integers(0, 10**6), value=st.floats(-4.6, 4.6), decision=st.floats(0, 1))
def test_however_many_and_wherever_it_is_a_number(n: int, value: float, decision: float) -> None:
    w = worth(n, n * value, decision=decision)
    assert math.isfinite(w.priority)
    assert 0 <= w.priority <= 0.2820948
    assert 0 <= w.turns <= 0.5


@given(forecasts=st.lists(st.floats(0, 1), max_size=10))
def test_sums_are_kept_forecast_by_forecast(forecasts: list[float]) -> None:
    sums = NO_FORECASTS
    for forecast in forecasts:
        sums = sums.plus(forecast)
    logits = [log_odds(p) for p in forecasts]
    assert sums.n == len(forecasts)
    assert sums.total == pytest.approx(math.fsum(logits), abs=1e-9)
    assert sums.squares == pytest.approx(math.fsum(x * x for x in logits))


def sums_of(logits: list[float]) -> ForecastSums:
    return ForecastSums(len(logits), math.fsum(logits), math.fsum(x * x for x in logits))


def groups(n: int, tau: float, sigma: float, seed: int = 1, sizes: tuple[int, ...] = (2, 3)) -> list[list[float]]:
    rng = random.Random(seed)
    truths = [rng.gauss(-0.7, tau) for _ in range(n)]
    return [[t + rng.gauss(0, sigma) for _ in range(sizes[i % len(sizes)])] for i, t in enumerate(truths)]


def test_from_thirty_double_reviews_on_and_not_from_twenty_nine() -> None:
    many = [sums_of(each) for each in groups(LEAST_DOUBLE, 1.5, 0.8)]
    single = [sums_of([0.3])] * 100
    few = learn_spread([*many[:-1], *single, NO_FORECASTS], mean=-0.5)
    assert (few.mean, few.proposals, few.reviewers) == (-0.5, 1, 1)
    assert few.sentence == (
        "Reviewers and proposals are taken to vary by 1 in log odds each: that is learnt from 30 proposals with two "
        "forecasts on, and 1 such proposal is missing."
    )
    assert "30 such proposals are missing." in learn_spread([]).sentence
    enough = learn_spread(many)
    assert enough.proposals != 1
    assert enough.sentence.startswith("Learnt from 30 proposals with two forecasts or more: proposals vary by ")


@given(seed=st.integers(0, 10**6), sizes=st.sampled_from([(2,), (2, 3), (1, 2, 4)]))
@settings(max_examples=20)
def test_the_mean_squares_are_those_of_scipys_analysis_of_variance(seed: int, sizes: tuple[int, ...]) -> None:
    drawn = groups(90, 1.2, 0.7, seed, sizes)
    s = learn_spread(map(sums_of, drawn))
    within = sum((len(g) - 1) * np.var(g, ddof=1) for g in drawn if len(g) > 1) / sum(len(g) - 1 for g in drawn)
    assert s.reviewers**2 == pytest.approx(within)
    n = [len(g) for g in drawn]
    usual = (sum(n) - sum(x * x for x in n) / sum(n)) / (len(n) - 1)
    f = float(stats.f_oneway(*drawn).statistic)
    assert s.proposals**2 == pytest.approx((f * within - within) / usual)
    assert s.mean == pytest.approx(np.mean([np.mean(g) for g in drawn]))


def test_of_many_it_finds_what_they_were_drawn_with() -> None:
    s = learn_spread(map(sums_of, groups(20_000, 1.3, 0.6, sizes=(1, 2, 3))))
    assert (s.mean, s.proposals, s.reviewers) == pytest.approx((-0.7, 1.3, 0.6), abs=0.03)


@pytest.mark.parametrize(
    ("drawn", "why"),
    [
        ([[i / 10, i / 10] for i in range(40)], "reviewers all agree"),
        ([[1.0, -1.0]] * 40, "forecasts of one proposal differ as those of several"),
    ],
)
def test_what_no_variance_can_be_learnt_from_says_so(drawn: list[list[float]], why: str) -> None:
    s = learn_spread(map(sums_of, drawn), mean=0.25)
    assert (s.mean, s.proposals, s.reviewers) == (0.25, 1, 1)
    assert s.sentence == f"Reviewers and proposals are taken to vary by 1 in log odds each, since so far {why}."


def why(forecasts: list[float], *, by_chance: bool = False) -> Why:
    n = len(forecasts)
    lowest, highest = (min(forecasts), max(forecasts)) if forecasts else (None, None)
    return Why(n, lowest, highest, 0.5, worth(n, total(forecasts)), by_chance)


def test_why_it_is_here_is_one_sentence() -> None:
    assert why([0.2, 0.4, 0.7]).sentence == (
        "3 forecasts between 20 % and 70 %; one more review may change the decision at 50 %, with a probability of "
        "15 %."
    )
    assert why([]).sentence == (
        "No forecast yet; one more review may change the decision at 50 %, with a probability of 50 %."
    )
    assert why([0.3]).sentence.startswith("1 forecast, of 30 %; one more review may change")
    assert why([0.3, 0.3]).sentence.startswith("2 forecasts, all of 30 %; ")
    assert (
        why([0.02] * 4).sentence == "4 forecasts, all of 2 %; one more review would hardly change the decision at 50 %."
    )


def test_what_others_said_is_not_in_what_is_told_before_ones_own() -> None:
    assert why([0.2, 0.7]).blind_sentence == why([]).blind_sentence
    assert not any(c.isdigit() for c in why([0.2, 0.7]).blind_sentence)
    by_chance = why([0.2, 0.7], by_chance=True)
    assert by_chance.sentence == by_chance.blind_sentence
    assert by_chance.sentence.startswith("Drawn by chance, as 15 % of places are")


@given(p=FORECAST)
def test_estimates_are_log_odds(p: float) -> None:
    surely = worth(10**6, 10**6 * log_odds(p))
    assert probability(surely.estimate) == pytest.approx(p, abs=1e-4)
