"""How much survives, beside how much was forecast to: the first thing that a few outcomes can tell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.judgement.means import LEVEL
from reviewer.judgement.resolved import Outcome

BINS = 10
"""Into how many equal parts forecasts from 0 to 1 are sorted for the dots beside a curve."""


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % limits of a probability of which ``share`` was seen in ``n`` trials (Wilson 1927).

    A mean of shares, one a trial, varies no more than one of ones and zeros: for such the limits are at most too wide.

    Raises:
        ValueError: when there is no trial.
    """
    if n < 1:
        raise ValueError("a share is of one trial or more")
    z = _critical()
    middle = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    whole = 1 + z**2 / n
    # At 0 and 1 they end there, which rounding must not pass.
    low = 0.0 if share <= 0 else max(0.0, (middle - half) / whole)
    high = 1.0 if share >= 1 else min(1.0, (middle + half) / whole)
    return low, high


def _critical() -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + LEVEL) / 2))


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How many of ``n`` proposals survived, with Wilson's limits of the share, beside the mean forecast of them."""

    n: int
    survived: int
    limits: tuple[float, float]
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


def base_rate(outcomes: Sequence[Outcome]) -> BaseRate:
    """Return how many survived, beside the mean of the forecasts, of each proposal the mean one.

    Raises:
        ValueError: when there is no outcome.
    """
    return _rate([(outcome.mean_forecast, outcome.survived) for outcome in outcomes])


def dots(outcomes: Sequence[Outcome]) -> tuple[Dot, ...]:
    """Return the parts of the scale in which there are forecasts, from the lowest on.

    A proposal that several reviewers forecast alike is one in its part, and one in each part where they differ.
    """
    within: dict[int, list[tuple[float, bool]]] = {}
    for outcome in outcomes:
        parts: dict[int, list[float]] = {}
        for one in outcome.forecasts:
            # What is 0.3 to all the digits that a binary fraction has begins the fourth part.
            part = min(BINS - 1, math.floor(one.forecast * BINS + 1e-9))
            parts.setdefault(part, []).append(one.forecast)
        for part, forecasts in parts.items():
            within.setdefault(part, []).append((math.fsum(forecasts) / len(forecasts), outcome.survived))
    return tuple(Dot(part / BINS, (part + 1) / BINS, _rate(within[part])) for part in sorted(within))


def _rate(pairs: Sequence[tuple[float, bool]]) -> BaseRate:
    n, survived = len(pairs), sum(y for _, y in pairs)
    if not n:
        raise ValueError("a base rate is of one outcome or more")
    return BaseRate(n, survived, wilson(survived / n, n), math.fsum(forecast for forecast, _ in pairs) / n)
