"""What runs like these could have found: the difference that a t test tells from nothing four times in five."""

from functools import lru_cache

from reviewer.domain.intervals import LEVEL, critical_value

POWER = 0.8
"""How often a true difference of the detectable size is found."""


def detectable_difference(
    standard_error: float, df: float | None, *, level: float = LEVEL, power: float = POWER
) -> float:
    """Return the true difference that a two-sided t test finds with this power, in the unit of ``standard_error``.

    It solves the power of the noncentral t distribution for its noncentrality (Cohen 1988, ch. 2); without ``df``, that
    of the normal distribution.
    """
    return standard_error * (_of_normal(level, power) if df is None else _noncentrality(round(df, 6), level, power))


def _of_normal(level: float, power: float) -> float:
    from scipy.special import ndtri

    return critical_value(level=level) + float(ndtri(power))


@lru_cache(maxsize=4096)
def _noncentrality(df: float, level: float, power: float) -> float:
    from scipy.optimize import brentq
    from scipy.special import nctdtr

    critical = critical_value(df, level)

    def short_of(noncentrality: float) -> float:
        return float(1 - nctdtr(df, noncentrality, critical)) - power

    # The other tail is left out: where the power is four fifths it holds less than one in a million.
    high = critical + 2
    while short_of(high) < 0:
        high *= 2
    return float(brentq(short_of, 0.0, high, xtol=1e-9))
