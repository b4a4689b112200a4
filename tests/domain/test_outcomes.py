"""What an outcome can be, and when it is decided."""

from dataclasses import replace
from datetime import date

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.outcomes import (
    ForecastCounts,
    HeldForecast,
    LeftOut,
    Outcome,
    check_outcome,
    day_of,
    due_on,
    resolution,
)
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Resolution, Result

TODAY = date(2026, 5, 6)
OUTCOME = Outcome(Result.FAILED, TODAY)
HELD = HeldForecast(
    method_id=1,
    problem_id=1,
    reviewer_id=1,
    reviewer="kim",
    forecast=0.35,
    forecast_at="2026-05-05T23:59:59.999Z",
    forecast_event="e",
    forecast_target_version=None,
    verdict=None,
    blockers=(),
    result=Result.FAILED,
    happened_on=date(2026, 5, 5),
    constraint="",
    outcome_event="o",
    outcome_target_version=None,
    seen_from="2026-05-06T00:00:00.000Z",
    changed_afterwards=False,
)


def test_two_results_are_scored_and_two_are_not() -> None:
    assert {r: r.score for r in Result} == {
        Result.SURVIVED: 1, Result.FAILED: 0, Result.PARTLY: None, Result.WITHDRAWN: None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (replace(OUTCOME, happened_on=date(2026, 5, 7)), "2026-05-07 is in the future .today is 2026-05-06 in UTC."),
        (replace(OUTCOME, effect=float("nan")), "The effect nan is no number"),
        (replace(OUTCOME, effect=0.1, standard_error=float("inf")), "The standard error inf is no number"),
        (replace(OUTCOME, standard_error=0.1), "belongs to an effect"),
        (replace(OUTCOME, effect=0.1, standard_error=-0.1), "-0.1 is below 0"),
        (replace(OUTCOME, chosen_with=0.0), "The probability 0 of being chosen is not above 0 and at most 1"),
        (replace(OUTCOME, chosen_with=1.01), "The probability 1.01 of being chosen"),
        (replace(OUTCOME, chosen_with=float("nan")), "The probability nan of being chosen"),
        (replace(OUTCOME, chosen_with=1e-7), "The probability 1e-07 of being chosen"),
    ],
)
def test_what_can_be_no_outcome_is_refused(outcome: Outcome, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        check_outcome(outcome, TODAY)


def test_what_happened_today_and_an_effect_of_nothing_are_taken() -> None:
    outcome = replace(OUTCOME, effect=0.0, standard_error=0.0)
    assert check_outcome(outcome, TODAY) == outcome
    blanks = replace(OUTCOME, metric=" m", constraint="c ", evidence="\te", note="a\nb\n")
    assert check_outcome(blanks, TODAY) == replace(OUTCOME, metric="m", constraint="c", evidence="e", note="a\nb")


@pytest.mark.parametrize("text", ["20260506", "2026-W19-3", "2026-02-30", "", " 2026-05-06"])
def test_a_day_has_one_form(text: str) -> None:
    with pytest.raises(ValueError):
        day_of(text)


@pytest.mark.parametrize(
    ("target", "judged", "due"),
    [
        (None, "2026-01-31T08:00:00.000Z", None),
        (Target("c"), "2026-01-31T08:00:00.000Z", None),
        (Target("c", horizon="spring"), "2026-01-31T08:00:00.000Z", None),
        (Target("c", horizon="2026-03-31"), None, date(2026, 3, 31)),
        (Target("c", horizon="2026-03-31", months=1), "2026-01-31T08:00:00.000Z", date(2026, 3, 31)),
        (Target("c", months=1), None, None),
        (Target("c", months=1), "2026-01-31T08:00:00.000Z", date(2026, 2, 28)),
        (Target("c", months=11), "2026-01-31T08:00:00.000Z", date(2026, 12, 31)),
        (Target("c", months=25), "2026-12-15T08:00:00.000Z", date(2029, 1, 15)),
    ],
)
def test_when_it_is_decided(target: Target | None, judged: str | None, due: date | None) -> None:
    assert due_on(target, judged) == due
    assert due_on(target, judged, "2026-01-01") == date(2026, 1, 1), "a day of one's own goes before it"


def test_what_has_passed_its_day_is_unresolved_and_has_not_failed() -> None:
    yesterday = date(2026, 5, 5)
    assert resolution(False, yesterday, TODAY) is Resolution.UNRESOLVED
    assert resolution(False, TODAY, TODAY) is Resolution.OPEN, "the last day has not passed"
    assert resolution(False, None, TODAY) is Resolution.OPEN
    assert resolution(True, yesterday, TODAY) is Resolution.RESOLVED


def test_each_forecast_is_counted_once_with_the_reason_why_it_is_left_out() -> None:
    counts = ForecastCounts()
    for held in (
        HELD,
        replace(HELD, changed_afterwards=True, forecast_at="2026-05-06T00:00:00.000Z"),
        replace(HELD, forecast=None),
        replace(HELD, forecast=None, changed_afterwards=True),
        replace(HELD, result=Result.PARTLY),
        replace(HELD, result=Result.WITHDRAWN, changed_afterwards=True),
        replace(HELD, forecast=None, critique_from="2026-05-01T00:00:00.000Z", after_critique=0.4),
    ):
        counts.add(held)
    assert counts == ForecastCounts(2, 1, 1, 0, dict.fromkeys(LeftOut, 1))
