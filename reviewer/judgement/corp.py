"""CORP reliability: what share survived of what was forecast how, without bins, and three figures that add up.

After Dimitriadis, Gneiting and Jordan (2021): the forecasts are recalibrated by isotonic regression (the pool of
adjacent violators, equal forecasts pooled first). With S the mean Brier score of the forecasts, S(p̂) that of the
recalibrated ones and UNC that of the base rate, miscalibration is MCB = S − S(p̂), discrimination DSC = UNC − S(p̂), and
S = MCB − DSC + UNC always.

Where several reviewers forecast one proposal each of them counts by one over their number, so that an outcome counts
once.
"""

from dataclasses import dataclass
from typing import NamedTuple

from reviewer.judgement.arrays import Flags, Numbers, Places
from reviewer.judgement.resolved import ForecastOutcomes

BAND = 0.90
"""The share of calibrated forecasters whose curve is inside the band at any one forecast."""

SIMULATIONS = 1000
"""How many calibrated forecasters the band is of."""

MOST_POINTS = 1000
"""Of more different forecasts the curve has so many points, spread evenly over their order."""

SEED = 20261129
"""So that the same forecasts have the same band each time."""

CHANCE = 0.05
"""Miscalibration that a calibrated forecaster shows less often than so is beyond chance."""

_USUAL_LIMIT = {50: 0.043, 100: 0.025}
"""From so many outcomes on: miscalibration up to so much is taken for chance, whatever was forecast how."""


@dataclass(frozen=True, slots=True)
class Point:
    """One forecast that was given: what share survived after recalibration, and the band around the diagonal.

    Outside of ``low`` to ``high`` the curve of a calibrated forecaster is one time in ten.
    """

    forecast: float
    recalibrated: float
    count: int
    """How many forecasts were this one."""
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Corp:
    """A reliability curve with the parts of the Brier score, ``score`` = ``miscalibration`` − ``discrimination`` +
    ``uncertainty``.

    ``p`` is how often a forecaster that is calibrated shows so much miscalibration, ``by_chance`` how much of it one
    shows at most 19 times in 20: both by simulation, with the forecasts as they were given.
    """

    outcomes: int
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    points: tuple[Point, ...]
    p: float
    by_chance: float

    @property
    def beyond_chance(self) -> bool:
        """Return whether the miscalibration is beyond chance, by the simulation and by the usual limit both."""
        limit = usual_limit(self.outcomes)
        return self.p <= CHANCE and (limit is None or self.miscalibration > limit)


def usual_limit(outcomes: int) -> float | None:
    """Return up to how much miscalibration is taken for chance with so many outcomes; None where nobody has said."""
    reached = [n for n in _USUAL_LIMIT if n <= outcomes]
    return _USUAL_LIMIT[max(reached)] if reached else None


def corp(outcomes: ForecastOutcomes, *, simulations: int = SIMULATIONS, seed: int = SEED) -> Corp:
    """Return the reliability curve of the forecasts with its band.

    The band is of ``simulations`` forecasters who give these forecasts and are calibrated: a proposal with the forecast
    p survives with probability p. Where it has several, one draw decides for all of them, so that each is calibrated
    and their outcomes are as alike as they can be.

    Raises:
        ValueError: when there is no outcome.
    """
    if not outcomes:
        raise ValueError("a reliability curve is of one outcome or more")
    import numpy as np

    many = np.diff(np.array(outcomes.starts))

    def each(of_outcomes: Numbers) -> Numbers:
        """Return what is of outcomes for each of their forecasts."""
        return np.repeat(of_outcomes, many) if len(outcomes.forecasts) > len(outcomes) else of_outcomes

    weight, forecasts = each(1 / many), np.array(outcomes.forecasts)
    values = np.unique(forecasts)
    group = np.searchsorted(values, forecasts)
    given = _Given(values, group, weight, np.bincount(group, weight).astype(float))
    survived = np.array(outcomes.survived)
    recalibrated, miscalibration, discrimination = _fitted(given, each(survived))

    rng = np.random.default_rng(seed)
    shown = _spread(len(values))
    curves, by_chance = np.empty((simulations, len(shown))), np.empty(simulations)
    for i in range(simulations):
        curve, by_chance[i], _ = _fitted(given, each(rng.random(len(outcomes))) < forecasts)
        curves[i] = curve[shown]
    low, high = np.quantile(curves, [(1 - BAND) / 2, (1 + BAND) / 2], axis=0, overwrite_input=True)
    uncertainty = float(survived.mean() * (1 - survived.mean()))
    rows = zip(values[shown], recalibrated[shown], np.bincount(group)[shown], low, high, strict=True)
    return Corp(
        len(outcomes),
        score=float(weight @ (forecasts - each(survived)) ** 2) / len(outcomes),
        miscalibration=miscalibration,
        discrimination=discrimination,
        uncertainty=uncertainty,
        points=tuple(Point(float(x), float(y), int(n), float(lo), float(hi)) for x, y, n, lo, hi in rows),
        # As a share of the simulated ones and this one, so that it is never 0.
        p=(1 + int((by_chance >= miscalibration - 1e-12).sum())) / (1 + simulations),
        by_chance=float(np.quantile(by_chance, 1 - CHANCE)),
    )


class _Given(NamedTuple):
    """Forecasts as they were given: the distinct ones, which of them each is, what each and all the same ones weigh."""

    values: Numbers
    group: Places
    weight: Numbers
    total: Numbers


def _spread(different: int) -> Places:
    """Return which of so many different forecasts are points: all, or as many as are had, with both ends."""
    import numpy as np

    return np.unique(np.linspace(0, different - 1, min(different, MOST_POINTS)).round().astype(int))


def _fitted(given: _Given, survived: Numbers | Flags) -> tuple[Numbers, float, float]:
    """Return the recalibrated value of each distinct forecast, the miscalibration and the discrimination."""
    import numpy as np
    from scipy.optimize import isotonic_regression

    total = given.total
    shares = np.bincount(given.group, given.weight * survived) / total
    curve = isotonic_regression(shares, weights=total).x
    # What varies among equal forecasts is in the score before recalibration and after it, and cancels.
    miscalibration = total @ ((given.values - shares) ** 2 - (curve - shares) ** 2) / total.sum()
    discrimination = total @ (curve - total @ shares / total.sum()) ** 2 / total.sum()
    return curve, max(0.0, float(miscalibration)), float(discrimination)
