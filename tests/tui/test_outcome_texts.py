"""The texts of an outcome's form: what can be taken, what is wrong and where, and all that was said as lines."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.outcomes import LEAST_CHANCE, Outcome, OutcomeEvent
from reviewer.domain.vocabulary import Resolution, Result, Setting
from reviewer.tui.outcome_texts import FIELDS, outcome_lines, outcome_of, remark_on, texts_of
from reviewer.tui.wrong_field import WrongFieldError
from reviewer.workflow.outcomes import OutcomeState

TODAY = date(2026, 11, 29)
WHOLE = Outcome(
    Result.FAILED, date(2026, 3, 31), "pgr", -0.005, 0.004, Setting.PRODUCTION, "scale", "https://x", "A/B test"
)
PLAIN = {"result": "failed", "date": "2026-03-31"}


def texts(**written: str) -> dict[str, str]:
    return dict.fromkeys(FIELDS, "") | PLAIN | written


@given(
    st.builds(
        Outcome,
        st.sampled_from(Result),
        st.dates(max_value=TODAY),
        st.sampled_from(("", "pgr")),
        st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.floats(0, allow_nan=False, allow_infinity=False),
        st.none() | st.sampled_from([s for s in Setting if s is not Setting.UNKNOWN]),
        st.sampled_from(("", "scale")),
        chosen_with=st.none() | st.floats(LEAST_CHANCE, 1),
    )
)
def test_what_holds_comes_back_from_the_texts_as_it_was(outcome: Outcome) -> None:
    assert outcome_of(texts_of(outcome), ("scale",), TODAY) == outcome


def test_the_probability_of_having_been_chosen_is_shown_as_people_write_it() -> None:
    assert texts_of(replace(WHOLE, chosen_with=0.3))["chosen_with"] == "30 %"
    assert texts_of(replace(WHOLE, chosen_with=1.0))["chosen_with"] == "100 %"
    assert outcome_of(texts(chosen_with="0.3"), (), TODAY).chosen_with == 0.3


def test_nothing_is_filled_in_where_nothing_was_said() -> None:
    assert set(texts_of(None).values()) == {""}
    assert outcome_of(texts(), (), TODAY) == Outcome(Result.FAILED, date(2026, 3, 31))


def test_today_is_taken_where_somebody_says_so_and_not_for_an_empty_date() -> None:
    assert outcome_of(texts(date="Today "), (), TODAY).happened_on == TODAY
    with pytest.raises(WrongFieldError) as wrong:
        outcome_of(texts(date=""), (), TODAY)
    assert wrong.value.field == "date"


def test_a_minus_as_the_screen_shows_it_is_one() -> None:
    assert outcome_of(texts(effect="−0.5", error="0.1"), (), TODAY).effect == -0.5


@pytest.mark.parametrize(
    ("written", "field", "words"),
    [
        ({"result": ""}, "result", "survived, failed, partly or withdrawn"),
        ({"date": "31.3.2026"}, "date", "“31.3.2026” is no date"),
        ({"date": "20260331"}, "date", "is no date"),
        ({"date": "2026-11-30"}, "date", "in the future"),
        ({"effect": "0,005"}, "effect", "“0,005” is no number"),
        ({"effect": "nan"}, "effect", "is no number"),
        ({"effect": "1", "error": "inf"}, "error", "is no number"),
        ({"error": "0.1"}, "error", "belongs to an effect"),
        ({"effect": "1", "error": "-0.1"}, "error", "is below 0"),
        ({"constraint": "taste"}, "constraint", "no constraint “taste”"),
        ({"chosen_with": "often"}, "chosen_with", "“often” is no probability"),
        ({"chosen_with": "1"}, "chosen_with", "may be 1 % or 100 %"),
        ({"chosen_with": "0"}, "chosen_with", "not above 0"),
    ],
)
def test_what_is_wrong_is_a_sentence_at_its_field(written: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(WrongFieldError, match=words) as wrong:
        outcome_of(texts(**written), ("scale",), TODAY)
    assert wrong.value.field == field


def test_a_metric_that_nobody_knows_is_remarked_and_taken() -> None:
    assert "“pgrr”" in remark_on(texts(metric="pgrr"), ("pgr",))
    assert "nobody knows the metric" in remark_on(texts(effect="1"), ("pgr",))
    assert remark_on(texts(metric="pgr", effect="1"), ("pgr",)) == remark_on(texts(), ()) == ""
    assert outcome_of(texts(metric="pgrr"), (), TODAY).metric == "pgrr"


def event(event_id: str, outcome: Outcome | None, by: str = "kim", *, supersedes: str | None = None) -> OutcomeEvent:
    note = "" if outcome else "another one"
    return OutcomeEvent(event_id, 1, outcome, by, f"2026-04-0{event_id}T10:00:00.000Z", None, supersedes, note)


def lines(*events: OutcomeEvent, current: OutcomeEvent | None, kind: Resolution, due: date | None = None) -> list[str]:
    state = OutcomeState(events, current, kind, due, None)
    return [f"{line.mark[0].strip()}|{line.text}" for line in outcome_lines(state)]


def test_all_that_was_said_stands_newest_first_with_who_and_what_became_of_it() -> None:
    first = event("1", WHOLE, "ann [/x]\x1b[31m")
    second = event("2", replace(WHOLE, result=Result.PARTLY), supersedes="1")
    independent = event("3", Outcome(Result.SURVIVED, date(2026, 1, 1)), "bo")
    fourth = event("4", Outcome(Result.FAILED, date(2026, 1, 1)), "cy")
    shown = lines(first, second, independent, fourth, current=fourth, kind=Resolution.RESOLVED)
    assert [line.split("|")[0] for line in shown] == ["holds", "beside it", "beside it", "said before"]
    assert "failed on 2026-01-01  cy, 2026-04-04" in shown[0]
    assert (
        "failed on 2026-03-31, effect −0.0050 ±0.0040 pgr (production), constraint scale, evidence https://x, "
        in shown[3]
    )
    assert "ann [/x]" in shown[3]
    assert "\x1b" not in shown[3]


def test_a_day_of_ones_own_is_told_as_that() -> None:
    state = OutcomeState((), None, Resolution.OPEN, date(2027, 3, 31), None, is_own=True)
    (line,) = outcome_lines(state)
    assert line.text == "Nobody has said yet what became of it; you expect to know by 2027-03-31."


def test_what_was_taken_back_leaves_it_open_and_past_its_day_unresolved() -> None:
    said = event("1", WHOLE)
    back = event("2", None, supersedes="1")
    open_ = lines(said, back, current=None, kind=Resolution.OPEN, due=date(2027, 1, 1))
    assert open_[0] == "|Nobody has said yet what became of it; it is decided by 2027-01-01."
    assert open_[1].startswith("taken back|another one  kim")
    past = lines(current=None, kind=Resolution.UNRESOLVED, due=date(2026, 1, 1))
    assert past == ["|2026-01-01 has passed, and nobody has said what became of it: unresolved, which is not failed."]
    assert lines(current=None, kind=Resolution.OPEN) == ["|Nobody has said yet what became of it."]
