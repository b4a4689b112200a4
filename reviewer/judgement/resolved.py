"""Forecasts whose outcome is known: what may be scored, and nothing else.

Who calls this has left out what may not be scored: forecasts made after an outcome or a production row could be seen,
outcomes that are only partly one or the other, proposals that were withdrawn, and those that are not resolved yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from statistics import fmean

LARGEST_WEIGHT = 1e6
"""What has a chance of less than one in a million is not among the outcomes, unless somebody mistyped."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """One reviewer's forecast of one proposal, made before the outcome could be seen, with what came of it.

    ``proposal`` is the row id of the method. ``forecast`` is the probability, 0 to 1, that it survives. ``weight`` is
    one over the recorded probability that it got an outcome at all, None where none was recorded. ``blockers`` are the
    slugs of the constraints that the reviewer rated a blocker, ``bit`` the one that it failed by, None where nobody
    says.

    Raises:
        ValueError: when the forecast is no probability, or the weight is not one over one of a millionth or more.
    """

    proposal: int
    reviewer: str
    forecast: float
    survived: bool
    weight: float | None = None
    blockers: tuple[str, ...] = ()
    bit: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.forecast <= 1:
            raise ValueError(f"a forecast is from 0 to 1, not {self.forecast}")
        if self.weight is not None and not 1 <= self.weight <= LARGEST_WEIGHT:
            raise ValueError(f"a weight is one over a probability, from 1 to {LARGEST_WEIGHT:,.0f}, not {self.weight}")


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """One proposal's outcome with all forecasts of it, one or more: the unit that is counted, however many they are."""

    proposal: int
    survived: bool
    forecasts: tuple[Resolved, ...]
    weight: float | None = None
    bit: str | None = None

    @property
    def mean_forecast(self) -> float:
        """Return the mean of the forecasts."""
        return fmean(one.forecast for one in self.forecasts)


def by_outcome(resolved: Iterable[Resolved]) -> tuple[ForecastOutcome, ...]:
    """Return the outcomes with their forecasts, in the order of the proposals, whatever the order given.

    Raises:
        ValueError: when two forecasts of one proposal say different things of what came of it, or a reviewer has two.
    """
    ordered = sorted(resolved, key=attrgetter("reviewer"))
    ordered.sort(key=attrgetter("proposal"))
    return tuple(_outcome(tuple(forecasts)) for _, forecasts in groupby(ordered, key=attrgetter("proposal")))


def _outcome(forecasts: tuple[Resolved, ...]) -> ForecastOutcome:
    first = forecasts[0]
    if len({one.reviewer for one in forecasts}) < len(forecasts):
        raise ValueError(f"proposal {first.proposal} has two forecasts of one reviewer")
    if any((one.survived, one.weight, one.bit) != (first.survived, first.weight, first.bit) for one in forecasts):
        raise ValueError(f"proposal {first.proposal} has two outcomes")
    return ForecastOutcome(first.proposal, first.survived, forecasts, first.weight, first.bit)
