"""What survived beside what was forecast: within its limits or not, and each proposal once."""

import pytest
from hypothesis import given

from reviewer.judgement.base_rate import base_rate, dots
from tests.judgement.forecasts import PAIRS, SEVERAL, Pair, of, of_several


def test_no_outcome_has_no_base_rate() -> None:
    with pytest.raises(ValueError, match="one outcome or more"):
        base_rate(of([]))


@pytest.mark.parametrize(("forecast", "said"), [(0.4, "is within"), (0.05, "is below"), (0.95, "is above")])
def test_the_mean_forecast_beside_what_survived(forecast: float, said: str) -> None:
    rate = base_rate(of([(forecast, i < 8) for i in range(20)]))
    assert (rate.n, rate.survived, rate.share) == (20, 8, 0.4)
    assert rate.mean_forecast == pytest.approx(forecast)
    assert said in rate.told


@given(rows=SEVERAL)
def test_a_proposal_counts_once_however_many_forecast_it(rows: list[tuple[list[float], bool]]) -> None:
    rate = base_rate(of_several(rows))
    assert (rate.n, rate.survived) == (len(rows), sum(y for _, y in rows))
    assert rate.mean_forecast == pytest.approx(sum(sum(ps) / len(ps) for ps, _ in rows) / len(rows))


@given(pairs=PAIRS)
def test_the_dots_hold_every_proposal_of_one_reviewer_once(pairs: list[Pair]) -> None:
    found = dots(of(pairs))
    assert sum(dot.rate.n for dot in found) == len(pairs)
    assert sum(dot.rate.survived for dot in found) == sum(y for _, y in pairs)
    assert [dot.low for dot in found] == sorted({dot.low for dot in found})
    assert all(dot.low - 1e-9 <= dot.rate.mean_forecast <= dot.high for dot in found)


@pytest.mark.parametrize(
    ("forecast", "low"), [(0.0, 0.0), (0.09, 0.0), (0.1, 0.1), (0.29, 0.2), (0.3, 0.3), (0.7, 0.7), (1.0, 0.9)]
)
def test_a_dot_begins_at_its_lower_end(forecast: float, low: float) -> None:
    assert [dot.low for dot in dots(of([(forecast, True)]))] == [low]


def test_two_reviewers_who_forecast_alike_are_one_in_their_dot() -> None:
    found = dots(of_several([([0.31, 0.39, 0.81], True)]))
    assert [(dot.low, dot.rate.n, round(dot.rate.mean_forecast, 2)) for dot in found] == [
        (0.3, 1, 0.35),
        (0.8, 1, 0.81),
    ]
