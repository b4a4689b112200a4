"""What is written in the form of an adjudication, made into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.adjudications import Adjudication
from reviewer.domain.vocabulary import Verdict
from reviewer.tui.screens.adjudication import FIELDS, adjudication_of, texts_of
from reviewer.tui.wrong_field import WrongFieldError

TEXTS = st.text(max_size=10).map(str.strip)


@given(st.sampled_from(Verdict), st.none() | st.integers(0, 100).map(lambda n: n / 100), TEXTS, TEXTS)
def test_what_holds_comes_back_from_the_texts_as_it_was(
    verdict: Verdict, forecast: float | None, condition: str, rationale: str
) -> None:
    held = Adjudication(verdict, forecast, condition if verdict is Verdict.CONDITIONAL else "", rationale)
    again = adjudication_of(texts_of(held))
    assert again.forecast == (forecast if forecast is None else pytest.approx(forecast))
    assert (again.verdict, again.condition, again.rationale) == (held.verdict, held.condition, held.rationale)


def test_nothing_is_filled_in_where_nothing_was_said() -> None:
    assert texts_of(None) == dict.fromkeys(FIELDS, "")


@pytest.mark.parametrize(
    ("texts", "field", "words"),
    [
        ({}, "verdict", "Say what it comes to"),
        ({"verdict": "fails", "forecast": "half"}, "forecast", "“half” is no probability"),
        ({"verdict": "fails", "condition": "x"}, "condition", "A condition belongs to"),
    ],
)
def test_what_is_wrong_is_a_sentence_at_its_field(texts: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(WrongFieldError, match=words) as told:
        adjudication_of(texts_of(None) | texts)
    assert told.value.field == field
