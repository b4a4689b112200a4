"""A figure as it is shown: its value and interval with the method and n, or the sentence why there is none."""

import math
from dataclasses import dataclass

from reviewer.domain.intervals import Limits, critical_value


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure; ``n`` counts what ``of`` names, in the singular.

    Where ``value`` is None it is shown as a dash, and ``reason`` says why; where there is a value and no ``limits``
    it says why there is no interval. ``caution`` says what has to be known before the figure is believed; it is empty
    where nothing has.
    """

    name: str
    method: str
    n: int
    of: str
    value: float | None = None
    limits: Limits | None = None
    reason: str = ""
    caution: str = ""


def limits_around(value: float, error: float, df: float | None = None) -> Limits:
    """Return the 95 % limits of a figure with this standard error: Student's, the normal ones without ``df``."""
    half = critical_value(df) * error
    return value - half, value + half


def wilson_limits(share: float, n: float) -> Limits:
    """Return the 95 % limits of a probability of which ``share`` was seen in ``n`` trials (Wilson 1927).

    A mean of shares, one a trial, varies no more than one of ones and zeros: for such the limits are at most too wide.
    Of trials that go together ``n`` is the number of independent ones that would tell as much, which need not be whole.

    Raises:
        ValueError: when there is no trial.
    """
    if n < 1:
        raise ValueError("a share is of one trial or more")
    z = critical_value()
    middle = share + z**2 / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    whole = 1 + z**2 / n
    # At 0 and 1 they end there, and elsewhere the share is within, which rounding must not change.
    return min(share, max(0.0, (middle - half) / whole)), max(share, min(1.0, (middle + half) / whole))
