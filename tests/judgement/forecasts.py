"""Forecasts with their outcomes for the tests of what stands on them."""

import math
import random
from collections.abc import Sequence

from hypothesis import strategies as st

from reviewer.judgement.report import Compared, compare
from reviewer.judgement.resolved import ForecastOutcomes, Resolved, by_outcome

Pair = tuple[float, bool]

FORECAST = st.integers(0, 100).map(lambda per_cent: per_cent / 100)
PAIRS = st.lists(st.tuples(FORECAST, st.booleans()), min_size=1, max_size=60)
MIXED = PAIRS.filter(lambda pairs: len({y for _, y in pairs}) == 2)
"""Forecasts whose outcomes do not all agree."""

SEVERAL = st.lists(st.tuples(st.lists(FORECAST, min_size=1, max_size=4), st.booleans()), min_size=1, max_size=30)
"""By proposal the forecasts of one reviewer or more, and what came of it."""


def resolved(pairs: Sequence[Pair], reviewer: str = "kim", first: int = 0) -> list[Resolved]:
    """Return one forecast a proposal, ids from ``first`` on."""
    return [Resolved(first + i, reviewer, p, bool(y)) for i, (p, y) in enumerate(pairs)]


def of(pairs: Sequence[Pair]) -> ForecastOutcomes:
    """Return the outcomes of one reviewer's forecasts."""
    return by_outcome(resolved(pairs))


def of_several(rows: Sequence[tuple[Sequence[float], bool]]) -> ForecastOutcomes:
    """Return the outcomes of proposals with several reviewers' forecasts."""
    return by_outcome(Resolved(i, f"r{j}", p, y) for i, (ps, y) in enumerate(rows) for j, p in enumerate(ps))


def of_two(found: Sequence[Resolved], first: str, second: str) -> Compared:
    """Return how two reviewers compare on forecasts of several."""
    parts = by_outcome(found).by_reviewer()
    return compare(first, parts[first], second, parts[second])


def drawn(n: int, seed: int = 7, *, slope: float = 1.0) -> list[Pair]:
    """Return ``n`` forecasts in whole per cent, whose log odds are ``slope`` times as far from 0 in truth."""
    rng = random.Random(seed)
    found = []
    for _ in range(n):
        p = round(min(0.97, max(0.03, rng.betavariate(1.5, 2.5))), 2)
        truth = 1 / (1 + math.exp(-slope * math.log(p / (1 - p))))
        found.append((p, rng.random() < truth))
    return found
