"""The reliability curve: published figures, other implementations, what must always hold, and its band."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_diagnostics.scoring import SquaredError, decompose
from sklearn.isotonic import IsotonicRegression

from reviewer.judgement.corp import MOST_POINTS, corp, usual_limit
from reviewer.judgement.resolved import by_outcome
from tests.judgement.forecasts import PAIRS, SEVERAL, Pair, drawn, of, of_several, resolved
from tests.judgement.niamey import EMOS, RAIN

FEW = 5
"""Simulations where the band does not matter."""


def test_the_rain_at_niamey() -> None:
    """As the README of ``reliabilitydiag`` has it: 0.232, 0.0183, 0.0305 and 0.244."""
    c = corp(of(list(zip(EMOS, map(bool, RAIN), strict=True))), simulations=200)
    assert (round(c.score, 3), round(c.miscalibration, 4)) == (0.232, 0.0183)
    assert (round(c.discrimination, 4), round(c.uncertainty, 3)) == (0.0305, 0.244)
    assert not c.beyond_chance


def test_the_six_forecasts_of_model_diagnostics() -> None:
    """Its tests quote ``reliabilitydiag``: 0.227, 0.102, 0.125 and 0.25."""
    c = corp(of([(0.4, False), (0.3, False), (0.2, False), (0.1, True), (0.5, True), (0.9, True)]), simulations=FEW)
    assert (round(c.score, 3), round(c.miscalibration, 3)) == (0.227, 0.102)
    assert (round(c.discrimination, 3), round(c.uncertainty, 2)) == (0.125, 0.25)


@given(pairs=PAIRS)
def test_it_is_that_of_model_diagnostics(pairs: list[Pair]) -> None:
    c = corp(of(pairs), simulations=FEW)
    ys, ps = np.array([float(y) for _, y in pairs]), np.array([p for p, _ in pairs])
    if len(pairs) > 1:
        row = decompose(ys, ps, scoring_function=SquaredError()).row(0, named=True)
        assert [c.score, c.miscalibration, c.discrimination, c.uncertainty] == pytest.approx(
            [row["score"], row["miscalibration"], row["discrimination"], row["uncertainty"]], abs=1e-9
        )


@given(rows=SEVERAL)
def test_the_curve_is_that_of_scikit_learn_with_each_outcome_counted_once(rows: list[tuple[list[float], bool]]) -> None:
    c = corp(of_several(rows), simulations=FEW)
    ps, ys, weights = zip(*((p, float(y), 1 / len(held)) for held, y in rows for p in held), strict=True)
    oracle = IsotonicRegression().fit(ps, ys, sample_weight=weights)
    assert [point.recalibrated for point in c.points] == pytest.approx(
        oracle.predict([point.forecast for point in c.points]).tolist(), abs=1e-9
    )
    assert sum(point.count for point in c.points) == len(ps)
    assert c.outcomes == len(rows)


@given(rows=SEVERAL)
def test_its_parts_always_add_up(rows: list[tuple[list[float], bool]]) -> None:
    c = corp(of_several(rows), simulations=FEW)
    assert c.score == pytest.approx(c.miscalibration - c.discrimination + c.uncertainty, abs=1e-12)
    assert 0 <= c.miscalibration <= c.score + 1e-12
    assert -1e-12 <= c.discrimination <= c.uncertainty + 1e-12
    assert 0 <= c.uncertainty <= 0.25
    assert 0 <= c.score <= 1


@given(rows=SEVERAL)
def test_the_curve_rises_from_0_to_1_and_so_does_its_band(rows: list[tuple[list[float], bool]]) -> None:
    points = corp(of_several(rows), simulations=FEW).points
    for series in ([p.forecast for p in points], [p.recalibrated for p in points], [p.low for p in points]):
        assert series == sorted(series)
        assert series[0] >= -1e-12
        assert series[-1] <= 1 + 1e-12
    assert all(point.low <= point.high for point in points)


@settings(max_examples=20)
@given(pairs=PAIRS, seed=st.integers(0, 99))
def test_order_does_not_matter_and_the_seed_decides_the_band(pairs: list[Pair], seed: int) -> None:
    mixed = resolved(pairs)
    random.Random(seed).shuffle(mixed)
    assert corp(by_outcome(mixed), simulations=FEW) == corp(of(pairs), simulations=FEW)


@given(pairs=PAIRS)
def test_forecasts_that_are_the_recalibrated_ones_are_not_miscalibrated(pairs: list[Pair]) -> None:
    curve = {point.forecast: point.recalibrated for point in corp(of(pairs), simulations=FEW).points}
    again = corp(of([(min(1.0, max(0.0, curve[p])), y) for p, y in pairs]), simulations=FEW)
    assert again.miscalibration == pytest.approx(0, abs=1e-12)


def test_the_band_is_where_nine_in_ten_calibrated_forecasters_are() -> None:
    """Of one forecast alone the curve is the share that survived, whose quantiles are those of the binomial."""
    from scipy.stats import binom

    (point,) = corp(of([(0.3, i < 30) for i in range(100)]), simulations=4000).points
    assert point.recalibrated == pytest.approx(0.3)
    assert point.low == pytest.approx(binom.ppf(0.05, 100, 0.3) / 100, abs=0.011)
    assert point.high == pytest.approx(binom.ppf(0.95, 100, 0.3) / 100, abs=0.011)


def test_several_reviewers_of_one_proposal_make_the_band_no_narrower() -> None:
    alone = corp(of([(0.3, i < 30) for i in range(100)]))
    together = corp(of_several([([0.3] * 5, i < 30) for i in range(100)]))
    assert together.points[0].low == pytest.approx(alone.points[0].low)
    assert together.points[0].high == pytest.approx(alone.points[0].high)
    assert together.p == alone.p


def test_a_forecaster_who_is_far_off_is_beyond_chance_and_a_calibrated_one_is_not() -> None:
    off, fair = corp(of(drawn(100, slope=-1.0))), corp(of(drawn(100)))
    assert off.beyond_chance
    assert off.p < 0.01
    assert off.miscalibration > off.by_chance
    assert not fair.beyond_chance


def test_p_is_as_often_below_a_twentieth_as_it_says() -> None:
    """Of 400 calibrated forecasters: 20 of them, give or take three errors."""
    found = sum(corp(of(drawn(50, seed)), simulations=99).p <= 0.05 for seed in range(400))
    assert found == pytest.approx(20, abs=14)


@pytest.mark.parametrize(("outcomes", "limit"), [(49, None), (50, 0.043), (99, 0.043), (100, 0.025), (5000, 0.025)])
def test_the_usual_limits(outcomes: int, limit: float | None) -> None:
    assert usual_limit(outcomes) == limit


def test_miscalibration_within_the_usual_limit_is_not_beyond_chance() -> None:
    """Of one forecast for all a small miscalibration is already rare."""
    c = corp(of([(0.3, i < 44) for i in range(100)]))
    assert c.p < 0.05
    assert c.miscalibration < 0.025
    assert not c.beyond_chance


@pytest.mark.parametrize("survived", [True, False])
def test_all_outcomes_alike(survived: bool) -> None:
    c = corp(of([(0.2, survived), (0.9, survived)]), simulations=FEW)
    assert (c.uncertainty, c.discrimination) == (0, 0)
    assert c.miscalibration == pytest.approx(c.score)


@pytest.mark.parametrize(("forecast", "survived"), [(0.0, True), (1.0, True), (0.0, False), (0.4, False)])
def test_one_forecast(forecast: float, survived: bool) -> None:
    (point,) = corp(of([(forecast, survived)]), simulations=FEW).points
    assert point.recalibrated == survived


def test_nothing_has_no_curve() -> None:
    with pytest.raises(ValueError, match="one outcome or more"):
        corp(of([]))


def test_of_very_many_different_forecasts_the_curve_has_points_enough() -> None:
    rng = random.Random(3)
    many = [(p, rng.random() < p) for p in (rng.random() for _ in range(3 * MOST_POINTS))]
    whole = corp(of(many), simulations=FEW)
    forecasts = sorted(p for p, _ in many)
    given = [point.forecast for point in whole.points]
    assert len(given) == MOST_POINTS
    assert (given[0], given[-1]) == (forecasts[0], forecasts[-1])
    assert set(given) < set(forecasts)
    assert max(forecasts.index(b) - forecasts.index(a) for a, b in pairwise(given)) <= 4
    assert whole.score == pytest.approx(whole.miscalibration - whole.discrimination + whole.uncertainty)
