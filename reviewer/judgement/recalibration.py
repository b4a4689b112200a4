"""Whether forecasts are too bold or too timid: Cox's recalibration, logit P(y) = a + b·logit p (Cox 1958).

A slope b below 1 is of forecasts that are too extreme, above 1 of such as are not extreme enough; with b = 1 an
intercept a above 0 is of forecasts that are too low throughout. Calibrated is (0, 1). The limits are those of the
profile likelihood, so that they turn round the same test as the likelihood ratio does.

Where several reviewers forecast one proposal, it is their mean log odds that is recalibrated: one outcome, one row.
"""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.domain.intervals import Limits, critical_value
from reviewer.domain.log_odds import log_odds
from reviewer.judgement.arrays import Numbers
from reviewer.judgement.resolved import ForecastOutcomes

_FOUND_HALF = {20: 23, 50: 47, 100: 73, 200: 97}
"""In how many of a hundred simulations a slope of one half was told from 1, by the number of outcomes (notes, §1.4)."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Intercept and slope with their 95 % limits, and the test of both against calibration.

    ``ratio`` is the likelihood ratio statistic with two degrees of freedom, ``p`` its p value. Where nothing can be
    fitted all are None and ``reason`` says why in a sentence.
    """

    outcomes: int
    intercept: float | None = None
    slope: float | None = None
    intercept_limits: Limits | None = None
    slope_limits: Limits | None = None
    ratio: float | None = None
    p: float | None = None
    aggregated: bool = False
    """Whether it is of the mean log odds of several reviewers, and so of none of them alone."""
    reason: str = ""


def found_half(outcomes: int) -> int | None:
    """Return in how many of a hundred cases a slope of one half is found with so many outcomes, at least; None below
    what was simulated."""
    reached = [n for n in _FOUND_HALF if n <= outcomes]
    return _FOUND_HALF[max(reached)] if reached else None


def recalibration(outcomes: ForecastOutcomes) -> Recalibration:
    """Return Cox's recalibration of the forecasts, clipped as for the log score: the log odds of 0 have no bounds."""
    n = len(outcomes)
    odds = outcomes.mean_of_each(lambda forecast, _: log_odds(forecast))
    if reason := _why_not(odds, outcomes.survived):
        return Recalibration(n, reason=reason)
    import numpy as np

    x, y = np.array(odds), np.array(outcomes.survived, dtype=float)
    intercept, slope, errors = _fit(x, y)
    best = _likelihood(intercept + slope * x, y)
    ratio = max(0.0, 2 * (best - _likelihood(x, y)))
    ones = np.ones_like(x)
    return Recalibration(
        n,
        intercept,
        slope,
        intercept_limits=_profile(intercept, errors[0], _Profile(y, ones, x, best)),
        slope_limits=_profile(slope, errors[1], _Profile(y, x, ones, best)),
        ratio=ratio,
        # Of chi-squared with two degrees of freedom.
        p=math.exp(-ratio / 2),
        aggregated=len(outcomes.forecasts) > n,
    )


def _why_not(odds: Sequence[float], outcomes: Sequence[int]) -> str:
    survived = array("d", (x for x, did in zip(odds, outcomes, strict=True) if did))
    failed = array("d", (x for x, did in zip(odds, outcomes, strict=True) if not did))
    if not survived or not failed:
        return "No slope: all outcomes agree." if odds else "No slope: there is no outcome."
    if max(odds) - min(odds) <= 1e-9:
        return "No slope: all forecasts are the same."
    # Where forecasts separate the outcomes the likelihood rises for ever, and no slope is the best.
    if max(failed) <= min(survived):
        return "No slope: the forecasts tell all that survived from all that failed, so that no slope is too steep."
    if max(survived) <= min(failed):
        return "No slope: all that survived were forecast below all that failed, so that no slope is too steep."
    return ""


def _fit(x: Numbers, y: Numbers) -> tuple[float, float, tuple[float, float]]:
    """Return intercept and slope of greatest likelihood with their standard errors, by Newton's steps.

    A step that does not gain is halved; the likelihood is concave, so that they end at its top.
    """
    import numpy as np

    def likelihood_at(parameters: Numbers) -> float:
        return _likelihood(parameters[0] + parameters[1] * x, y)

    at = np.zeros(2)
    value = likelihood_at(at)
    for _ in range(100):
        share = _share(at[0] + at[1] * x)
        gradient = np.array([(y - share).sum(), x @ (y - share)])
        step = np.linalg.solve(_information(x, share), gradient)
        while (gained := likelihood_at(at + step)) < value - 1e-12 * abs(value):
            step = step / 2
        at, value = at + step, gained
        if float(np.abs(step).max()) < 1e-10:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(_information(x, _share(at[0] + at[1] * x)))))
    return float(at[0]), float(at[1]), (float(errors[0]), float(errors[1]))


def _information(x: Numbers, share: Numbers) -> Numbers:
    """Return Fisher's information of intercept and slope."""
    import numpy as np

    weight = share * (1 - share)
    sums = weight.sum(), weight @ x, weight @ (x * x)
    return np.array([[sums[0], sums[1]], [sums[1], sums[2]]])


def _share(log_odds: Numbers) -> Numbers:
    from scipy.special import expit

    shares: Numbers = expit(log_odds)
    return shares


def _likelihood(log_odds: Numbers, y: Numbers) -> float:
    import numpy as np

    return float(y @ log_odds - np.logaddexp(0, log_odds).sum())


class _Profile(NamedTuple):
    """Outcomes, what the parameter in question is the multiple of, what the other one is, and the best likelihood."""

    y: Numbers
    asked: Numbers
    free: Numbers
    best: float


def _profile(top: float, error: float, given: _Profile) -> Limits:
    """Return between which values the log likelihood is within half a chi-squared of the best."""
    from scipy.optimize import brentq

    ends = []
    for side in (-1, 1):
        reach = 2 * error
        while _beyond(top + side * reach, given) < 0:
            reach *= 2
        # By arguments: what a function holds that is given to brentq stays until cycles are looked for.
        ends.append(float(brentq(_beyond, *sorted((top, top + side * reach)), args=(given,), xtol=1e-6)))
    return ends[0], ends[1]


def _beyond(value: float, given: _Profile) -> float:
    return given.best - _likelihood_without(value * given.asked, given) - critical_value() ** 2 / 2


def _likelihood_without(fixed: Numbers, given: _Profile) -> float:
    """Return the greatest log likelihood where one part of the log odds is fixed, over the multiple of the other."""
    from scipy.optimize import brentq

    # It falls in the multiple, and is 0 at the top.
    reach = 1.0
    while _gradient(-reach, fixed, given) < 0 or _gradient(reach, fixed, given) > 0:
        reach *= 2
    multiple = brentq(_gradient, -reach, reach, args=(fixed, given), xtol=1e-6)
    return _likelihood(fixed + multiple * given.free, given.y)


def _gradient(multiple: float, fixed: Numbers, given: _Profile) -> float:
    return float(given.free @ (given.y - _share(fixed + multiple * given.free)))
