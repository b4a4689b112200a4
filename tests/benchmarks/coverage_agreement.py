"""How often the intervals of agreement, and of lab against production, hold the truth.

Agreement is of units of a latent normal quality, each rating with noise of its own. The truth is had by integration
over the quality, since a unit's ratings are independent once that is known.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from reviewer.domain.intervals import Limits
from reviewer.judgement.agreement import Agreement, agreement_of
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.tallies import PER_CENT, RatingScale, ScaleKind, tallied_units, whole_numbers
from reviewer.judgement.vanishing import Effect, EffectPair, Vanishing, vanishing_of
from tests.benchmarks.coverage import Case

Size = Callable[[random.Random], int]
"""Draws how many ratings a unit has."""


@dataclass(frozen=True, slots=True)
class World:
    """Ratings on a scale: its categories by their shares of all ratings, and how far two of one unit go together."""

    scale: RatingScale
    shares: tuple[float, ...]
    correlation: float
    """Of the latent qualities that two ratings of a unit see."""

    @property
    def cuts(self) -> list[float]:
        """Return above which latent qualities the next category begins."""
        from scipy.special import ndtri

        sums = [math.fsum(self.shares[: place + 1]) for place in range(len(self.shares) - 1)]
        return [float(ndtri(total)) for total in sums]

    def together(self) -> Sequence[Sequence[float]]:
        """Return how often two ratings of one unit have which two categories."""
        import numpy as np
        from scipy.special import ndtr, roots_hermitenorm

        nodes, weights = roots_hermitenorm(120)
        noise = math.sqrt(1 - self.correlation)
        cuts = np.array([-math.inf, *self.cuts, math.inf])
        below = ndtr((cuts[None, :] - math.sqrt(self.correlation) * nodes[:, None]) / noise)
        each = np.diff(below, axis=1)
        both = np.einsum("u,uk,ul->kl", weights / weights.sum(), each, each)
        return [[float(p) for p in row] for row in both]

    def drawn(self, rng: random.Random, units: int, size: Size) -> Agreement:
        """Return the agreement of so many units."""
        from bisect import bisect_left

        cuts, noise, quality = self.cuts, math.sqrt(1 - self.correlation), math.sqrt(self.correlation)
        rated = []
        for _ in range(units):
            middle = quality * rng.gauss(0, 1)
            counts: dict[int, int] = {}
            for _ in range(size(rng)):
                place = bisect_left(cuts, middle + noise * rng.gauss(0, 1))
                counts[place] = counts.get(place, 0) + 1
            rated.append(counts)
        return agreement_of(tallied_units(self.scale, rated))

    def alpha(self) -> float:
        """Return the true α."""
        both = self.together()
        if self.scale.kind is ScaleKind.NOMINAL:
            return 1 - (1 - self.percent()) / (1 - math.fsum(share**2 for share in self.shares))
        scores = self.scale.values
        if self.scale.kind is ScaleKind.ORDINAL:
            scores = tuple(math.fsum(self.shares[:place]) + share / 2 for place, share in enumerate(self.shares))
        pairs = [(k, m) for k in range(len(scores)) for m in range(len(scores))]
        seen = math.fsum(both[k][m] * (scores[k] - scores[m]) ** 2 for k, m in pairs)
        by_chance = math.fsum(self.shares[k] * self.shares[m] * (scores[k] - scores[m]) ** 2 for k, m in pairs)
        return 1 - seen / by_chance

    def percent(self) -> float:
        """Return how often two ratings of one unit are the same."""
        return math.fsum(row[place] for place, row in enumerate(self.together()))

    def ac1(self) -> float:
        """Return the true AC1."""
        chance = math.fsum(share * (1 - share) for share in self.shares) / (len(self.shares) - 1)
        return (self.percent() - chance) / (1 - chance)


def two(rng: random.Random) -> int:
    """Draw the number of ratings where each unit has two."""
    return 2


def three(rng: random.Random) -> int:
    """Draw the number of ratings where each unit has three."""
    return 3


def uneven(rng: random.Random) -> int:
    """Draw the number of ratings where most units have two and one in five has six."""
    return 6 if rng.random() < 0.2 else 2


SIZES: dict[Size, str] = {two: "2 each", three: "3 each", uneven: "2 or 6 each"}

VERDICTS = RatingScale(ScaleKind.ORDINAL, ("fails", "conditional", "survives"))
UNORDERED = RatingScale(ScaleKind.NOMINAL, ("a", "b", "c"))
BINARY = RatingScale(ScaleKind.NOMINAL, ("no", "yes"))
EVEN, SKEWED, DOMINATED = (0.3, 0.4, 0.3), (0.1, 0.2, 0.7), (0.06, 0.06, 0.88)
TEN = (0.02, 0.05, 0.1, 0.15, 0.18, 0.18, 0.15, 0.1, 0.05, 0.02)
FORECASTS = (1 / 101,) * 101

_FEW_CATEGORIES = "three categories; the caution beside it says how often it holds"
_UNEVEN_NUMBERS = "uneven numbers of ratings; the caution beside it says how often it holds"
_FEW_UNITS = "fewer than 100 units; the caution beside it says how often it holds"


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _by_f()
    yield from _linearised()
    yield from _others()
    yield from _lab_and_production()


def _by_f() -> Iterator[Case]:
    verdicts = World(VERDICTS, EVEN, 0.7)
    for size in (two, three):
        for units in (10, 30, 100):
            yield _alpha("verdicts", verdicts, units, size, _FEW_CATEGORIES)
    for correlation in (0.0, 0.3, 0.9):
        yield _alpha("verdicts", World(VERDICTS, EVEN, correlation), 50, two, _FEW_CATEGORIES)
    for units in (10, 30, 100):
        for kind in (ScaleKind.ORDINAL, ScaleKind.INTERVAL):
            yield _alpha("scores from 1 to 10", World(whole_numbers(1, 10, kind), TEN, 0.6), units, two)
        yield _alpha("forecasts", World(PER_CENT, FORECASTS, 0.5), units, two)
        for kind in (ScaleKind.ORDINAL, ScaleKind.INTERVAL):
            world = World(whole_numbers(1, 10, kind), TEN, 0.6)
            yield _alpha("scores from 1 to 10", world, units, uneven, _UNEVEN_NUMBERS)
    yield _alpha("scores from 1 to 10", World(whole_numbers(1, 10), TEN, 0.6), 30, three)
    yield _alpha("scores from 1 to 10", World(whole_numbers(1, 10), TEN, 0.9), 30, two)


def _linearised() -> Iterator[Case]:
    for units in (10, 20, 30, 100):
        known = _FEW_UNITS if units < 100 else ""
        yield _alpha("verdicts", World(VERDICTS, EVEN, 0.7), units, uneven, known)
        yield _alpha("verdicts, one of 70 %", World(VERDICTS, SKEWED, 0.7), units, two, known)
        yield _alpha("verdicts, one of 70 %", World(VERDICTS, SKEWED, 0.7), units, uneven, known)
        yield _alpha("yes or no", World(BINARY, (0.5, 0.5), 0.7), units, two, known)
        yield _alpha("yes or no, 70 % yes", World(BINARY, (0.3, 0.7), 0.7), units, two, known)
        yield _alpha("three without order", World(UNORDERED, EVEN, 0.7), units, two, known)


def _others() -> Iterator[Case]:
    high = "lies too high; the caution beside it says how often"
    for name, world in (("verdicts, one of 88 %", World(VERDICTS, DOMINATED, 0.7)),
                        ("yes or no, 90 % yes", World(BINARY, (0.1, 0.9), 0.7))):  # fmt: skip
        for units in (10, 30, 100):
            yield _case(name, world, units, two, "AC1", high)
        yield _case(name, world, 100, uneven, "AC1", high)
    wide = "too wide where units have more than two: errors on the safe side"
    for size in (two, three, uneven):
        for units in (5, 10, 30, 100):
            known = wide if size is not two else "counts of five are coarse" if units == 5 else ""
            yield _case("verdicts", World(VERDICTS, EVEN, 0.7), units, size, "percent agreement", known)


def _alpha(name: str, world: World, units: int, size: Size, known: str = "") -> Case:
    return _case(name, world, units, size, "α", known)


def _case(name: str, world: World, units: int, size: Size, figure: str, known: str) -> Case:
    truth = {"α": world.alpha, "AC1": world.ac1, "percent agreement": world.percent}[figure]()

    def once(rng: random.Random) -> Limits | None:
        return next((one.limits for one in world.drawn(rng, units, size).figures if one.name == figure), None)

    method = f"{world.scale.kind} α" if figure == "α" else figure
    return Case(method, f"{name}, {units} units of {SIZES[size]}, {figure} = {truth:.2f}", truth, once, known=known)


def _lab_and_production() -> Iterator[Case]:
    for n in (10, 30, 100):
        for rho in (0.0, 0.5, 0.9):
            # Of the bivariate normal (Pearson 1907).
            truth = 6 / math.pi * math.asin(rho / 2)
            once = partial(_lab_once, n=n, rho=rho, figure=lambda found: found.correlation)
            known = "too wide of ten pairs: errors on the safe side" if n == 10 else ""
            yield Case("Spearman ρ", f"{n} pairs, ρ = {truth:.2f}", truth, once, known=known)
        once = partial(_lab_once, n=n, rho=0.5, figure=lambda found: found.slope)
        yield Case("slope of production on lab", f"{n} pairs", 0.5, once)
        once = partial(_lab_once, n=n, rho=0.5, figure=lambda found: found.change)
        yield Case("mean change", f"{n} pairs", 0, once)
    for n in (10, 30):
        once = partial(_lab_once, n=n, rho=0.5, figure=lambda found: found.groups[0].adjusted, groups=2)
        yield Case("production at the same lab value", f"two groups of {n} pairs", 0, once)


def _lab_once(
    rng: random.Random, *, n: int, rho: float, figure: Callable[[Vanishing], Estimate], groups: int = 1
) -> Limits | None:
    pairs = []
    for group in range(groups):
        for _ in range(n):
            lab = rng.gauss(0, 1)
            # The second group's lab values are higher, and its production by as much as the slope makes that.
            shift = float(group)
            production = rho * (lab + shift) + math.sqrt(1 - rho**2) * rng.gauss(0, 1)
            pairs.append(EffectPair(Effect(lab + shift), Effect(production), str(group)))
    return figure(vanishing_of(pairs)).limits
