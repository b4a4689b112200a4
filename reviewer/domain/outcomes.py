"""What happened to a proposal afterwards, and which forecasts may be held against it."""

import math
from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from reviewer.domain.errors import UserError
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Resolution, Result, Setting, Verdict

LEAST_CHANCE = 1e-6
"""What was chosen with less would not have been, unless somebody mistyped: it would outweigh all else."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, as somebody says. What they leave out stays open: no number, metric or setting is ever guessed.

    ``effect`` is what was gained over what production had before, in the unit of ``metric``, with the standard error of
    it.
    """

    result: Result
    happened_on: date
    """The day on which it was known, in UTC."""
    metric: str = ""
    effect: float | None = None
    standard_error: float | None = None
    setting: Setting | None = None
    """Where the effect was measured; None where nobody has said."""
    constraint: str = ""
    """The slug of the constraint that bit; empty where none did, or nobody has said."""
    evidence: str = ""
    """Where the evidence is to be found: a link, a path, a name."""
    note: str = ""
    chosen_with: float | None = None
    """The probability, above 0 and at most 1, with which it was chosen to be tried; None where nobody wrote it down."""


@dataclass(frozen=True, slots=True)
class OutcomeEvent:
    """That somebody said what happened, said it again otherwise, or took it back; ``outcome`` is None in that case."""

    event_id: str
    method_id: int
    outcome: Outcome | None
    said_by: str
    recorded_at: str
    """When it was written into a store: from then on it could be seen."""
    target_version: int | None = None
    """The version of the problem's target that held then; None where nobody had written one."""
    supersedes: str | None = None
    """The event that this one corrects or takes back."""
    note: str = ""
    """Why it was taken back."""


def check_outcome(outcome: Outcome, today: date) -> Outcome:
    """Return the outcome where it can be one, its texts without blanks around them; ``today`` is in UTC.

    Raises:
        UserError: when it is said to have happened in the future, or its numbers are none.
    """
    if outcome.happened_on > today:
        raise UserError(
            f"{outcome.happened_on} is in the future (today is {today} in UTC); an outcome is what has happened."
        )
    for name, value in (("effect", outcome.effect), ("standard error", outcome.standard_error)):
        if value is not None and not math.isfinite(value):
            raise UserError(f"The {name} {value} is no number that can be measured.")
    if outcome.standard_error is not None:
        if outcome.effect is None:
            raise UserError("A standard error belongs to an effect; say the effect too.")
        if outcome.standard_error < 0:
            raise UserError(f"The standard error {outcome.standard_error:g} is below 0.")
    chance = outcome.chosen_with
    if chance is not None and not LEAST_CHANCE <= chance <= 1:
        raise UserError(
            f"The probability {chance:g} of being chosen is not above 0 and at most 1, from one in a million on."
        )
    texts = {name: getattr(outcome, name).strip() for name in ("metric", "constraint", "evidence", "note")}
    return replace(outcome, **texts)


def day_of(text: str) -> date:
    """Return the day that ``YYYY-MM-DD`` names.

    Raises:
        ValueError: when it is another form, or no day.
    """
    day = date.fromisoformat(text)
    # Python takes other forms too, which would not sort among these.
    if day.isoformat() != text:
        raise ValueError(text)
    return day


def due_on(target: Target | None, first_judged_at: str | None, own: str | None = None) -> date | None:
    """Return the last day by which it is decided whether a proposal meets the target; None where nobody has said.

    A reviewer's ``own`` day for the proposal goes before the target's, for that reviewer. Of the target one date for
    all goes before months. These count from the day on which the proposal was first judged, since there was nothing to
    decide before; one that nobody has judged has no such day.
    """
    if own is not None:
        return day_of(own)
    if target is None:
        return None
    try:
        return day_of(target.horizon)
    except ValueError:
        pass
    if target.months is None or first_judged_at is None:
        return None
    return months_after(datetime.fromisoformat(first_judged_at).date(), target.months)


def months_after(day: date, months: int) -> date:
    """Return the day so many months later, the last of its month where that is shorter.

    Raises:
        ValueError: when there is no such year.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def resolution(has_outcome: bool, due: date | None, today: date) -> Resolution:
    """Return whether it is known what became of a proposal; the last day itself has not passed yet."""
    if has_outcome:
        return Resolution.RESOLVED
    return Resolution.UNRESOLVED if due is not None and due < today else Resolution.OPEN


class Seen(StrEnum):
    """What can be seen of how a proposal ended: a forecast that is given from then on is kept and not scored."""

    OUTCOME = "outcome"
    """Somebody says what became of it."""
    TAKEN_BACK = "taken_back"
    """Somebody said so, and it was taken back."""
    PRODUCTION = "production"
    """It has a measurement in production."""


class LeftOut(StrEnum):
    """Why a reviewer's forecast of a proposal with an outcome is in no score."""

    NO_FORECAST = "no_forecast"
    """The reviewer looked at it, and never gave one."""
    MADE_AFTERWARDS = "made_afterwards"
    """It was first given when the outcome, or a measurement in production, could be seen."""
    AFTER_CRITIQUE = "after_critique"
    """It was first given when the reviewer had had Claude's critique of the proposal before them."""
    PARTLY = "partly"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class HeldForecast:
    """What one reviewer held of a proposal with an outcome, when neither that nor a production row could be seen yet.

    Where they held no forecast then, ``forecast`` is None, and verdict and blockers are what they held besides.
    """

    method_id: int
    problem_id: int
    reviewer_id: int
    reviewer: str
    forecast: float | None
    forecast_at: str | None
    """When they gave that forecast, which they still held at the end."""
    forecast_event: str | None
    """The event by which they gave it."""
    forecast_target_version: int | None
    verdict: Verdict | None
    blockers: tuple[str, ...]
    """The slugs of the constraints that they had called blockers."""
    result: Result
    happened_on: date
    constraint: str
    """The slug of the constraint that bit; empty where none did, or nobody has said."""
    outcome_event: str
    outcome_target_version: int | None
    seen_from: str
    """When something of how it ended could be seen for the first time."""
    changed_afterwards: bool
    """Whether they gave another forecast later, which is kept and not scored."""
    chosen_with: float | None = None
    """The probability with which the proposal was chosen to be tried; None where nobody wrote it down."""
    earlier_text: bool = False
    """Whether another revision than the one that counts now was read when the forecast was given.

    It is scored, since nobody says which one was tried.
    """
    critique_from: str | None = None
    """When they first had Claude's critique of the proposal before them; None where they never had."""
    after_critique: float | None = None
    """Another forecast, which they held in the end after that critique, and which is kept and not scored."""

    @property
    def given_after_critique(self) -> bool:
        """Return whether the forecast was given after the critique, since what was held in the end was asked for."""
        return bool(self.forecast_at and self.critique_from and self.forecast_at >= self.critique_from)

    @property
    def left_out(self) -> LeftOut | None:
        """Return why it is in no score; None where it is in it."""
        if self.forecast is None and self.after_critique is None:
            return LeftOut.MADE_AFTERWARDS if self.changed_afterwards else LeftOut.NO_FORECAST
        unscored = {Result.PARTLY: LeftOut.PARTLY, Result.WITHDRAWN: LeftOut.WITHDRAWN}.get(self.result)
        return unscored or (LeftOut.AFTER_CRITIQUE if self.forecast is None else None)

    @property
    def after_the_fact(self) -> bool:
        """Return whether the forecast was given after the day of the outcome, though before anybody entered it here.

        It is scored, since nothing in the store could tell; whoever wants to may hold it apart.
        """
        return self.forecast_at is not None and self.forecast_at[:10] > self.happened_on.isoformat()


@dataclass(slots=True)
class ForecastCounts:
    """How many forecasts may be scored, and how many are left out, by the reason."""

    scored: int = 0
    changed_afterwards: int = 0
    """Of those scored: how many were changed later, which is not scored."""
    after_the_fact: int = 0
    """Of those scored: how many were given after the day of the outcome."""
    earlier_text: int = 0
    """Of those scored: how many were given on another revision than the one that counts now."""
    left_out: dict[LeftOut, int] = field(default_factory=lambda: dict.fromkeys(LeftOut, 0))
    changed_after_critique: int = 0
    """Of those scored: how many were changed after Claude's critique, which is not scored."""
    given_after_critique: int = 0
    """Of those scored: how many were given after it, since what was held in the end was asked for."""

    @property
    def unscored_after_critique(self) -> int:
        """Return how many forecasts that were given after Claude's critique are not scored for that alone."""
        return self.changed_after_critique + self.left_out[LeftOut.AFTER_CRITIQUE]

    @property
    def n(self) -> int:
        """Return how many judgements were counted."""
        return self.scored + sum(self.left_out.values())

    def add(self, held: HeldForecast) -> None:
        """Count one."""
        why = held.left_out
        if why is not None:
            self.left_out[why] += 1
            return
        self.scored += 1
        self.changed_afterwards += held.changed_afterwards
        self.after_the_fact += held.after_the_fact
        self.earlier_text += held.earlier_text
        self.changed_after_critique += held.after_critique is not None
        self.given_after_critique += held.given_after_critique
