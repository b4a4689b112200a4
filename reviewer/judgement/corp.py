"""CORP reliability: what share survived of what was forecast how, without bins, and three figures that add up.

After Dimitriadis, Gneiting and Jordan (2021): the forecasts are recalibrated by isotonic regression (the pool of
adjacent violators, equal forecasts pooled first). With S the mean Brier score of the forecasts, S(p̂) that of the
recalibrated ones and UNC that of the base rate, miscalibration is MCB = S − S(p̂), discrimination DSC = UNC − S(p̂), and
S = MCB − DSC + UNC always.

Where several reviewers forecast one proposal each of them counts by one over their number, so that an outcome counts
once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.judgement.arrays import Numbers, Places
from reviewer.judgement.resolved import ForecastOutcome

BAND = 0.90
"""The share of calibrated forecasters whose curve is inside the band at any one forecast."""

SIMULATIONS = 1000
"""How many calibrated forecasters the band is of."""

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


def corp(outcomes: Sequence[ForecastOutcome], *, simulations: int = SIMULATIONS, seed: int = SEED) -> Corp:
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

    many = np.array([len(o.forecasts) for o in outcomes])
    place = np.repeat(np.arange(len(outcomes)), many)
    weight = (1 / many)[place]
    forecasts = np.fromiter((one.forecast for o in outcomes for one in o.forecasts), dtype=float, count=len(place))
    values, group, counts = np.unique(forecasts, return_inverse=True, return_counts=True)
    given = _Given(values, group, weight, np.bincount(group, weight).astype(float))
    survived = np.array([o.survived for o in outcomes], dtype=float)
    recalibrated, miscalibration, discrimination = _fitted(given, survived[place])

    rng = np.random.default_rng(seed)
    drawn = [_fitted(given, (rng.random(len(outcomes))[place] < forecasts).astype(float)) for _ in range(simulations)]
    low, high = np.quantile([curve for curve, _, _ in drawn], [(1 - BAND) / 2, (1 + BAND) / 2], axis=0)
    by_chance = np.array([each for _, each, _ in drawn])
    uncertainty = float(survived.mean() * (1 - survived.mean()))
    rows = zip(values, recalibrated, counts, low, high, strict=True)
    return Corp(
        len(outcomes),
        score=float(weight @ (forecasts - survived[place]) ** 2) / len(outcomes),
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


def _fitted(given: _Given, survived: Numbers) -> tuple[Numbers, float, float]:
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
