"""Several forecasts as one: worked examples, what must not matter, and how far to move them, against statsmodels."""

import math
import random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gmean

from reviewer.domain.log_odds import log_odds, probability
from reviewer.judgement.aggregate import LEAST_OUTCOMES, Aggregate, Extremising, aggregate, learn_extremising

FORECASTS = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def of(forecasts: list[float]) -> Aggregate:
    found = aggregate(forecasts)
    assert found is not None
    return found


def test_odds_of_one_to_four_and_nine_to_one_come_to_three_to_two() -> None:
    """√(1/4 · 9/1) = 3/2, a probability of 60 %."""
    a = of([0.2, 0.9])
    assert a.odds_mean == pytest.approx(0.6)
    assert (a.mean, a.median) == pytest.approx((0.55, 0.55))
    assert a.n == 2
    assert (a.lowest, a.highest, a.clipped) == (0.2, 0.9, 0)
    assert a.range == pytest.approx(0.7)


def test_in_words_it_has_its_number_and_its_range() -> None:
    assert of([0.2, 0.9]).sentence == (
        "2 forecasts from 20 % to 90 % come to 60 % by the geometric mean of their odds; mean 55 %, median 55 %."
    )
    assert of([0.35]).sentence == "One forecast, of 35 %."
    assert of([0.35] * 3).sentence == "3 forecasts, all of 35 %."


def test_certainty_counts_as_one_in_a_hundred_and_is_counted() -> None:
    a = of([0.0, 0.5, 1.0])
    assert a.odds_mean == pytest.approx(0.5)
    assert (a.lowest, a.highest, a.clipped) == (0.0, 1.0, 2)
    assert a.sentence.endswith(" 2 count as 1 or 99 %, since certainty would outweigh all others.")
    assert " 1 of them counts as 1 or 99 %" in of([0.0, 0.5]).sentence
    assert " It counts as 1 or 99 %" in of([1.0]).sentence
    assert (of([0.01, 0.99]).clipped, of([0.009]).clipped) == (0, 1)


def test_without_forecasts_there_is_nothing() -> None:
    assert aggregate([]) is None


@pytest.mark.parametrize("forecast", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_probability_is_refused(forecast: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        aggregate([0.5, forecast])


@given(forecasts=FORECASTS)
def test_the_odds_mean_is_that_of_scipy(forecasts: list[float]) -> None:
    odds = float(gmean([p / (1 - p) for p in np.clip(forecasts, 0.01, 0.99)]))
    assert of(forecasts).odds_mean == pytest.approx(odds / (1 + odds))


@given(forecasts=FORECASTS, seed=st.integers(0, 99))
def test_it_lies_between_the_lowest_and_the_highest_and_order_does_not_matter(
    forecasts: list[float], seed: int
) -> None:
    a = of(forecasts)
    low, high = (min(max(end, 0.01), 0.99) for end in (a.lowest, a.highest))
    assert low - 1e-12 <= a.odds_mean <= high + 1e-12
    assert a.lowest <= a.median <= a.highest
    assert of(random.Random(seed).sample(forecasts, len(forecasts))) == a


@given(forecasts=FORECASTS)
def test_the_other_way_round_it_is_the_other_way_round(forecasts: list[float]) -> None:
    turned = of([1 - p for p in forecasts])
    assert turned.odds_mean == pytest.approx(1 - of(forecasts).odds_mean)


@given(x=st.floats(-4.59, 4.59))
def test_log_odds_and_back(x: float) -> None:
    assert log_odds(probability(x)) == pytest.approx(x)
    assert probability(-1e9) == 0
    assert probability(1e9) == 1


def drawn(n: int, factor: float, seed: int = 1, base: float = 0.3) -> list[tuple[float, bool]]:
    """Return aggregates whose outcomes follow once their distance from the base rate is multiplied by the factor."""
    rng = random.Random(seed)
    b = log_odds(base)
    off = [rng.gauss(0, 1) for _ in range(n)]
    return [(probability(b + x), rng.random() < probability(b + factor * x)) for x in off]


def learnt(past: list[tuple[float, bool]]) -> tuple[float, float, float]:
    e = learn_extremising(past)
    assert e.a is not None, e.reason
    assert e.limits is not None
    return e.a, *e.limits


def test_from_fifty_outcomes_on_and_not_from_forty_nine() -> None:
    past = drawn(LEAST_OUTCOMES, 1.0)
    few = learn_extremising(past[:-1])
    assert (few.outcomes, few.a, few.limits) == (49, None, None)
    assert few.sentence == (
        "Forecasts are not moved from the geometric mean of their odds: how far is learnt from 50 outcomes on, and "
        "1 outcome is missing."
    )
    assert few.moved(0.8) == 0.8
    assert few.caution == ""
    assert "50 outcomes are missing." in learn_extremising([]).sentence
    enough = learn_extremising(past)
    assert enough.a is not None
    assert "a posterior one whose prior has the factor near 1" in enough.caution
    assert enough.sentence.startswith("50 outcomes say to multiply the distance of an aggregate from the base rate of ")


@pytest.mark.parametrize(("outcome", "word"), [(True, "survived"), (False, "failed")])
def test_outcomes_that_are_all_alike_teach_nothing(outcome: bool, word: str) -> None:
    e = learn_extremising([(0.3, outcome)] * 60)
    assert (e.a, e.limits) == (None, None)
    assert e.sentence == f"Forecasts are not moved: all 60 proposals with an outcome {word}, which says not how far."


def test_of_very_many_it_is_the_slope_of_statsmodels() -> None:
    past = drawn(40_000, 1.6)
    b = log_odds((sum(y for _, y in past) + 0.5) / (len(past) + 1))
    off = np.array([log_odds(p) - b for p, _ in past])
    oracle = sm.GLM([float(y) for _, y in past], off, family=sm.families.Binomial(), offset=np.full(len(past), b)).fit()
    a, low, high = learnt(past)
    assert a == pytest.approx(float(oracle.params[0]), abs=0.002)
    assert (low, high) == pytest.approx(tuple(oracle.conf_int()[0]), abs=0.003)
    assert low < 1.6 < high


def test_of_few_it_is_the_peak_and_the_middle_of_the_posterior() -> None:
    past = drawn(60, 1.8, seed=3)
    b = log_odds((sum(y for _, y in past) + 0.5) / 61)

    def density(x: float) -> float:
        fit = sum(math.log(probability((1 if y else -1) * (b + math.exp(x) * (log_odds(p) - b)))) for p, y in past)
        return math.exp(fit + 30 - x * x / 2 / 0.09)

    a, low, high = learnt(past)
    peak = math.log(a)
    assert density(peak) >= max(density(peak - 1e-3), density(peak + 1e-3))
    whole = quad(density, -2, 2, points=[peak])[0]
    assert quad(density, -2, math.log(low))[0] / whole == pytest.approx(0.025, abs=2e-4)
    assert quad(density, math.log(high), 2)[0] / whole == pytest.approx(0.025, abs=2e-4)


def test_little_is_learnt_from_little_and_much_from_much() -> None:
    few, many = learnt(drawn(50, 2.2, seed=5)), learnt(drawn(5_000, 2.2, seed=5))
    assert 1 < few[0] < 2
    assert many[0] == pytest.approx(2.2, abs=0.15)
    assert few[2] - few[1] > many[2] - many[1]
    assert "away from it, as forecasts were too timid" in learn_extremising(drawn(5_000, 2.2)).sentence
    assert "towards it, as forecasts were too bold" in learn_extremising(drawn(5_000, 0.4)).sentence
    assert "which may be no move at all" in learn_extremising(drawn(60, 1.0)).sentence


@given(p=st.floats(0.01, 0.99), a=st.floats(0.3, 3), base=st.floats(0.02, 0.98))
def test_a_move_is_along_the_log_odds_from_the_base_rate(p: float, a: float, base: float) -> None:
    e = Extremising(60, base, a, (a / 2, a * 2))
    moved = e.moved(p)
    assert (moved - base) * (p - base) >= -1e-12
    assert (abs(moved - base) >= abs(p - base) - 1e-9) is (a >= 1) or moved == pytest.approx(p, abs=1e-6)
    assert Extremising(60, base, 1.0, (0.5, 2.0)).moved(p) == pytest.approx(p)


def test_the_order_of_what_is_past_does_not_matter() -> None:
    past = drawn(80, 1.3)
    assert learnt(past[::-1]) == pytest.approx(learnt(past))


def test_forecasts_that_are_all_the_base_rate_teach_nothing_beyond_the_prior() -> None:
    a, low, high = learnt([(0.5, i % 2 == 0) for i in range(60)])
    assert a == pytest.approx(1, abs=1e-3)
    assert (math.log(low), math.log(high)) == pytest.approx((-0.588, 0.588), abs=2e-3)
