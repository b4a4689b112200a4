"""What the interval and the test of a figure with a standard error are made of, wherever one is told."""

import math
from functools import lru_cache

LEVEL = 0.95
"""The confidence of every interval."""

Limits = tuple[float, float]
"""The lower and the upper end of an interval."""


@lru_cache(maxsize=4096)
def critical_value(df: float | None = None, level: float = LEVEL) -> float:
    """Return how many standard errors a limit lies from its figure: by Student's t, the normal one without ``df``."""
    from scipy.special import ndtri, stdtrit

    place = (1 + level) / 2
    if df is not None and math.isfinite(student := float(stdtrit(df, place))):
        return student
    # Of very many degrees of freedom scipy may find no t, which is the normal one to all digits there.
    return float(ndtri(place))


def two_sided_p(statistic: float, df: float | None = None) -> float:
    """Return how often one is as far from 0 as this by chance: of Student's t, of the normal one without ``df``."""
    from scipy.special import ndtr, stdtr

    return 2 * float(ndtr(-abs(statistic)) if df is None else stdtr(df, -abs(statistic)))


def fieller_limits(
    over: float, under: float, over_variance: float, covariance: float, under_variance: float, critical: float
) -> Limits | None:
    """Return the limits of over/under (Fieller 1954); None where they are unbounded, since ``under`` may be 0.

    They are the ratios θ at which over − θ·under is ``critical`` of its own errors from 0.
    """
    square = critical**2
    a = under**2 - square * under_variance
    if a <= 0:
        return None
    b = over * under - square * covariance
    c = over**2 - square * over_variance
    root = math.sqrt(max(0.0, b**2 - a * c))
    return (b - root) / a, (b + root) / a
