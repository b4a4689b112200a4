"""How much survives, beside how much was forecast to: the first thing that a few outcomes can tell."""

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from reviewer.domain.intervals import Limits
from reviewer.judgement.estimates import wilson_limits
from reviewer.judgement.resolved import ForecastOutcomes

BINS = 10
"""Into how many equal parts forecasts from 0 to 1 are sorted for the dots beside a curve."""


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How many of ``n`` proposals survived, with Wilson's limits of the share, beside the mean forecast of them."""

    n: int
    survived: int
    limits: Limits
    mean_forecast: float

    @property
    def share(self) -> float:
        """Return the share that survived."""
        return self.survived / self.n

    @property
    def told(self) -> str:
        """Return in a sentence how the mean forecast stands to what survived."""
        low, high = self.limits
        if low <= self.mean_forecast <= high:
            return "The mean forecast is within the limits of what survived."
        side = "below" if self.mean_forecast < low else "above"
        return f"The mean forecast is {side} the limits of what survived."


@dataclass(frozen=True, slots=True)
class Dot:
    """The proposals that were forecast from ``low`` to below ``high`` (the last: up to 1), each counted once."""

    low: float
    high: float
    rate: BaseRate


def base_rate(outcomes: ForecastOutcomes) -> BaseRate:
    """Return how many survived, beside the mean of the forecasts, of each proposal the mean one.

    Raises:
        ValueError: when there is no outcome.
    """
    return _rate(outcomes.mean_of_each(lambda forecast, _: forecast), sum(outcomes.survived))


def dots(outcomes: ForecastOutcomes) -> tuple[Dot, ...]:
    """Return the parts of the scale in which there are forecasts, from the lowest on.

    A proposal that several reviewers forecast alike is one in its part, and one in each part where they differ.
    """
    within: dict[int, array[float]] = defaultdict(lambda: array("d"))
    survived = Counter[int]()
    for outcome in outcomes:
        parts: dict[int, list[float]] = {}
        for one in outcome.forecasts:
            # What is 0.3 to all the digits that a binary fraction has begins the fourth part.
            part = min(BINS - 1, math.floor(one.forecast * BINS + 1e-9))
            parts.setdefault(part, []).append(one.forecast)
        for part, forecasts in parts.items():
            within[part].append(fmean(forecasts))
            survived[part] += outcome.survived
    return tuple(Dot(part / BINS, (part + 1) / BINS, _rate(within[part], survived[part])) for part in sorted(within))


def _rate(forecasts: Sequence[float], survived: int) -> BaseRate:
    n = len(forecasts)
    if not n:
        raise ValueError("a base rate is of one outcome or more")
    return BaseRate(n, survived, wilson_limits(survived / n, n), fmean(forecasts))
