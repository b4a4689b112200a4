"""What is written in the form of an outcome, made into one, and what was said of it so far as lines."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

from reviewer.domain.errors import UserError
from reviewer.domain.numbers import MINUS
from reviewer.domain.outcome_words import decided_words, outcome_words
from reviewer.domain.outcomes import Outcome, OutcomeEvent, check_outcome, day_of
from reviewer.domain.probabilities import probability_of
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Resolution, Result, Setting
from reviewer.tui.said_lines import said_lines
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.tui.wrong_field import WrongFieldError
from reviewer.workflow.outcomes import OutcomeState

RESULT, DATE, EFFECT, ERROR, METRIC, SETTING, CONSTRAINT, EVIDENCE, CHOSEN, NOTE = FIELDS = (
    "result", "date", "effect", "error", "metric", "setting", "constraint", "evidence", "chosen_with", "note",
)  # fmt: skip
TODAY = "today"
"""What one writes in place of today's date."""


def texts_of(outcome: Outcome | None) -> dict[str, str]:
    """Return what stands in each field for an outcome; nothing for none."""
    if outcome is None:
        return dict.fromkeys(FIELDS, "")
    return {
        RESULT: outcome.result,
        DATE: outcome.happened_on.isoformat(),
        EFFECT: "" if outcome.effect is None else f"{outcome.effect!r}",
        ERROR: "" if outcome.standard_error is None else f"{outcome.standard_error!r}",
        METRIC: outcome.metric,
        SETTING: outcome.setting or "",
        CONSTRAINT: outcome.constraint,
        EVIDENCE: outcome.evidence,
        CHOSEN: "" if outcome.chosen_with is None else _chance_text(outcome.chosen_with),
        NOTE: outcome.note,
    }


def _chance_text(chance: float) -> str:
    """Return a probability as people write it, so that it is read as the very same."""
    text = f"{100 * chance:g} %"
    return text if probability_of(text) == chance else repr(chance)


def outcome_of(texts: Mapping[str, str], constraints: Collection[str], today: date) -> Outcome:
    """Return the outcome that is written; ``today`` is in UTC.

    Raises:
        WrongFieldError: for the first field that cannot be taken.
    """
    written = {name: text.strip() for name, text in texts.items()}
    if not written[RESULT]:
        raise WrongFieldError(RESULT, "Say what became of it: survived, failed, partly or withdrawn.")
    outcome = Outcome(Result(written[RESULT]), _day(written[DATE], today))
    # Each part by itself, so that it is known which field is wrong.
    _check(DATE, outcome, today)
    effect, error = _number(EFFECT, written[EFFECT]), _number(ERROR, written[ERROR])
    constraint = written[CONSTRAINT]
    if constraint and constraint not in constraints:
        raise WrongFieldError(CONSTRAINT, f"There is no constraint “{safe_line(constraint, 60)}”; choose another one.")
    outcome = Outcome(
        outcome.result,
        outcome.happened_on,
        written[METRIC],
        effect,
        error,
        Setting(written[SETTING]) if written[SETTING] else None,
        constraint,
        written[EVIDENCE],
        written[NOTE],
    )
    outcome = _check(ERROR, outcome, today)
    return _check(CHOSEN, replace(outcome, chosen_with=_chance(written[CHOSEN])), today)


def _check(field: str, outcome: Outcome, today: date) -> Outcome:
    try:
        return check_outcome(outcome, today)
    except UserError as error:
        raise WrongFieldError(field, str(error)) from error


def _day(written: str, today: date) -> date:
    if not written:
        raise WrongFieldError(DATE, f"On which day was it known? Write it as 2026-03-31, or {TODAY}.")
    if written.casefold() == TODAY:
        return today
    try:
        return day_of(written)
    except ValueError:
        shown = safe_line(written, 40)
        raise WrongFieldError(DATE, f"“{shown}” is no date; write it as 2026-03-31, or {TODAY}.") from None


def _number(field: str, written: str) -> float | None:
    if not written:
        return None
    try:
        value = float(written.replace(MINUS, "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise WrongFieldError(field, f"“{safe_line(written, 40)}” is no number; write it as 0.005.")
    return value


def _chance(written: str) -> float | None:
    try:
        return probability_of(written) if written else None
    except UserError as error:
        raise WrongFieldError(CHOSEN, str(error)) from error


def remark_on(texts: Mapping[str, str], metrics: Collection[str]) -> str:
    """Return what one should know of the metric that is written, which is taken as it is; empty where nothing."""
    metric = texts[METRIC].strip()
    if metric and metric not in metrics:
        return f"No metric of this problem is called “{safe_line(metric, 60)}”; it is taken as it is."
    if not metric and texts[EFFECT].strip():
        return "An effect of which nobody knows the metric is held against nothing in the ledger."
    return ""


def outcome_lines(state: OutcomeState) -> Iterator[TextLine]:
    """Yield what is known of how a proposal ended: what holds first, then all that was said, newest first."""
    if state.resolution is Resolution.UNRESOLVED:
        yield plain(f"{state.due} has passed, and nobody has said what became of it: unresolved, which is not failed.")
    elif state.resolution is Resolution.OPEN:
        decided = decided_words(state.due, state.months, is_own=state.is_own)
        by = f"; {decided}" if decided else ""
        yield plain(f"Nobody has said yet what became of it{by}.", "dim")
    yield from said_lines(state.events, state.current, _words, holds="holds")


def _words(event: OutcomeEvent) -> str | None:
    return outcome_words(event.outcome) if event.outcome else None
