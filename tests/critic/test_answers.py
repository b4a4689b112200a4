"""What of an answer is believed."""

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.critic.answers import BadAnswerError, answer_schema, read_answer
from reviewer.domain.critiques import MOST_FAILURE_MODES, Severity, Stance
from tests.critic.answers import answer, critique, failure_mode

SLUGS = ("scale", "noise")
SENT = "Method:\nWe train on confident labels only. It was tried on chat alone."


def read(said: Any) -> Any:
    return read_answer(said if isinstance(said, str) else json.dumps(said), SLUGS, SENT)


def test_an_answer_is_read_in_the_order_of_the_rubric() -> None:
    found = read(answer(critique("noise", stance="fails"), critique("scale")))
    assert [each.constraint for each in found] == ["scale", "noise"]
    assert found[1].stance is Stance.FAILS


def test_a_quote_that_is_there_is_verified_and_one_that_is_not_hides_its_failure_mode() -> None:
    there = failure_mode(claim="one dataset", quote="It was tried on chat alone.")
    forged = failure_mode(claim="no seeds", quote="We ran a single seed and stopped.")
    silent = failure_mode(claim="no cost", quote="", severity="blocker")
    (found,) = read(answer(critique("scale", failure_modes=[there, forged, silent])))
    assert [mode.claim for mode in found.shown] == ["no cost", "one dataset"]
    assert found.hidden == 1
    span = found.failure_modes[0].span
    assert span is not None
    assert SENT[slice(*span)] == "It was tried on chat alone."


def test_the_worst_failure_mode_is_shown_first_and_no_more_than_five_are_kept() -> None:
    modes = [failure_mode(claim=str(n), severity="blocker" if n == 3 else "minor") for n in range(9)]
    (found,) = read(answer(critique("scale", failure_modes=modes)))
    assert len(found.failure_modes) == MOST_FAILURE_MODES == 5
    assert [mode.severity for mode in found.shown][:2] == [Severity.BLOCKER, Severity.MINOR]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "no JSON"),
        ("The proposal is fine.", "no JSON"),
        ('{"critiques": [', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "the whole"),
        ({"critiques": []}, "no constraint"),
        ({"critiques": [{**critique("scale"), "score": 7}]}, r"critiques\.0\.score"),
        ({"critiques": [{k: v for k, v in critique("scale").items() if k != "stance"}]}, r"critiques\.0\.stance"),
        (answer(critique("scale", stance="excellent")), r"critiques\.0\.stance"),
        (answer(critique("cost")), "'cost' that was not asked"),
        (answer(critique("scale"), critique("scale")), "twice"),
        (answer(critique("scale", out_of_scope="perhaps")), r"critiques\.0\.out_of_scope"),
        (answer(critique("scale", conditions="none")), r"critiques\.0\.conditions"),
    ],
)
def test_what_is_not_of_the_form_is_not_believed(said: Any, why: str) -> None:
    with pytest.raises(BadAnswerError, match=why):
        read(said)


def test_the_schema_takes_an_answer_and_asks_for_every_field() -> None:
    schema = answer_schema(SLUGS)
    jsonschema.validate(answer(critique("scale", failure_modes=[failure_mode()])), schema)
    for part in (schema, *schema["$defs"].values()):
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert sorted(part["required"]) == sorted(part["properties"])


def test_the_schema_names_the_constraints_that_are_asked_about() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer(critique("cost")), answer_schema(SLUGS))


def test_the_schema_is_within_what_structured_output_can_say() -> None:
    text = json.dumps(answer_schema(SLUGS))
    for word in ("maxItems", "minItems", "maxLength", "pattern", "minimum", "default", "anyOf", "description"):
        assert f'"{word}"' not in text


@given(st.text(max_size=200) | st.recursive(st.none() | st.booleans() | st.text(max_size=5), st.lists).map(json.dumps))
def test_nothing_but_an_answer_is_one(said: str) -> None:
    with pytest.raises(BadAnswerError):
        read(said)
