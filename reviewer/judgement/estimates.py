"""A figure as it is shown: its value and interval with the method and n, or the sentence why there is none."""

from dataclasses import dataclass

LEVEL = 0.95
"""The confidence of every interval."""

Limits = tuple[float, float]


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


def t_half_width(error: float, df: float) -> float:
    """Return half the width of Student's interval around a figure with this standard error."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + LEVEL) / 2)) * error


def t_limits(value: float, error: float, df: float) -> Limits:
    """Return Student's limits of a figure with this standard error."""
    half = t_half_width(error, df)
    return value - half, value + half


def t_p(value: float, error: float, df: float) -> float:
    """Return Student's two-sided p of a figure with this standard error against 0."""
    from scipy.special import stdtr

    return 2 * float(stdtr(df, -abs(value / error)))
