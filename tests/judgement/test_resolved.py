"""What may be scored: forecasts by outcome, whatever their order, and what is refused."""

import math
import random
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.judgement.resolved import ForecastOutcomes, Resolved, by_outcome
from tests.judgement.forecasts import SEVERAL, of_several


def test_an_outcome_holds_all_forecasts_of_one_proposal() -> None:
    first, second = by_outcome(
        [
            Resolved(8, "kim", 0.5, False, 2.0, bit="cost"),
            Resolved(3, "ada", 0.2, True),
            Resolved(8, "ada", 0.1, False, 2.0, bit="cost"),
        ]
    )
    assert (first.proposal, first.survived, first.weight, first.bit) == (3, True, None, None)
    assert (second.proposal, second.survived, second.weight, second.bit) == (8, False, 2.0, "cost")
    assert [one.reviewer for one in second.forecasts] == ["ada", "kim"]
    assert [one.forecast for one in second.forecasts] == [0.1, 0.5]


@given(rows=SEVERAL, seed=st.integers(0, 99))
def test_order_does_not_matter(rows: list[tuple[list[float], bool]], seed: int) -> None:
    outcomes = of_several(rows)
    mixed = [one for outcome in outcomes for one in outcome.forecasts]
    random.Random(seed).shuffle(mixed)
    assert list(by_outcome(mixed)) == list(outcomes)


@pytest.mark.parametrize("forecast", [-0.01, 1.01, math.nan, math.inf])
def test_what_is_no_probability_is_refused(forecast: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        Resolved(1, "kim", forecast, True)


@pytest.mark.parametrize("weight", [0.0, 0.99, 1_000_001, math.nan, math.inf])
def test_what_is_not_one_over_a_probability_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="from 1 to 1,000,000"):
        Resolved(1, "kim", 0.5, True, weight)


@pytest.mark.parametrize(
    "other",
    [Resolved(1, "ada", 0.5, False), Resolved(1, "ada", 0.5, True, 2.0), Resolved(1, "ada", 0.5, True, bit="cost")],
)
def test_two_outcomes_of_one_proposal_are_refused(other: Resolved) -> None:
    with pytest.raises(ValueError, match="proposal 1 has two outcomes"):
        by_outcome([Resolved(1, "kim", 0.5, True), other])


def test_two_forecasts_of_one_reviewer_are_refused() -> None:
    with pytest.raises(ValueError, match="two forecasts of one reviewer"):
        by_outcome([Resolved(1, "kim", 0.5, True), Resolved(1, "kim", 0.6, True)])


def test_nothing_has_no_outcome() -> None:
    assert len(by_outcome([])) == 0


RESOLVED = st.lists(
    st.builds(
        Resolved,
        st.integers(-5, 5), st.sampled_from(["ada", "kim", "lee"]), st.floats(0, 1), st.just(True),
        st.none(), st.sampled_from([(), ("cost",), ("cost", "drift")]), st.none(),
    ),
    unique_by=lambda one: (one.proposal, one.reviewer),
)  # fmt: skip


@given(resolved=RESOLVED)
def test_columns_hold_each_forecast_as_it_was(resolved: list[Resolved]) -> None:
    outcomes = by_outcome(resolved)
    held = [one for outcome in outcomes for one in outcome.forecasts]
    assert held == sorted(resolved, key=lambda one: (one.proposal, one.reviewer))
    assert list(outcomes.forecasts) == [one.forecast for one in held]
    means = outcomes.mean_of_each(lambda forecast, _: forecast)
    assert list(means) == [fmean(one.forecast for one in outcome.forecasts) for outcome in outcomes]
    assert outcomes[:2] == tuple(outcomes)[:2]
    assert outcomes[-1:] == tuple(outcomes)[-1:]


@given(resolved=RESOLVED)
def test_a_part_of_the_outcomes_is_as_if_there_were_no_others(resolved: list[Resolved]) -> None:
    outcomes = by_outcome(resolved)
    of_kim = by_outcome(one for one in resolved if one.reviewer == "kim")
    assert list(outcomes.by_reviewer().get("kim", ())) == list(of_kim)
    assert set(outcomes.by_reviewer()) == {one.reviewer for one in resolved}
    several = [row for row, outcome in enumerate(outcomes) if len(outcome.forecasts) > 1]
    assert list(outcomes.part(several)) == [outcomes[row] for row in several]


def test_weights_are_those_that_were_recorded() -> None:
    outcomes = by_outcome([Resolved(1, "kim", 0.5, True, 4.0), Resolved(2, "kim", 0.5, False)])
    assert outcomes.weighed == 1
    assert [outcome.weight for outcome in outcomes] == [4.0, None]


def test_what_is_of_several_proposals_is_no_outcome() -> None:
    with pytest.raises(ValueError, match="two outcomes"):
        ForecastOutcomes().add([Resolved(1, "kim", 0.5, True), Resolved(2, "ada", 0.5, True)])


def test_no_forecast_is_no_outcome() -> None:
    with pytest.raises(ValueError, match="one forecast or more"):
        ForecastOutcomes().add(())
