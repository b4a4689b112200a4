"""What can be an adjudication."""

import math

import pytest

from reviewer.domain.adjudications import Adjudication, check_adjudication
from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Verdict


def test_texts_lose_their_blanks() -> None:
    said = Adjudication(Verdict.CONDITIONAL, 0.0, " labels stay\n", "\twhy ")
    assert check_adjudication(said) == Adjudication(Verdict.CONDITIONAL, 0.0, "labels stay", "why")


@pytest.mark.parametrize("forecast", [-0.01, 1.01, math.nan, math.inf])
def test_a_forecast_is_a_probability(forecast: float) -> None:
    with pytest.raises(UserError, match="A forecast is from 0 to 100 %"):
        check_adjudication(Adjudication(Verdict.FAILS, forecast))


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.CONDITIONAL])
def test_a_condition_belongs_to_a_conditional_verdict(verdict: Verdict) -> None:
    with pytest.raises(UserError, match="A condition belongs to the verdict conditional"):
        check_adjudication(Adjudication(verdict, condition="x"))
    assert check_adjudication(Adjudication(verdict, condition=" ")) == Adjudication(verdict)
