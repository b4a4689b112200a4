"""How often the intervals of reviewing itself hold the truth: what a reveal changes, how long what is left takes."""

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta

from reviewer.judgement.estimates import Estimate
from reviewer.judgement.pace import ActiveDay, pace_of
from reviewer.judgement.reveals import RevealPair, reveal_figures
from tests.benchmarks.coverage import Case, Limits

CHANGES = (-0.45, -0.25, -0.15, -0.1, -0.05, 0.0, 0.0, 0.0, 0.05, 0.1)
"""Changes of a forecast by seeing the evidence, equally likely: mostly small, some far down."""


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _reveals()
    yield from _pace()


def _reveals() -> Iterator[Case]:
    truth = 100 * sum(CHANGES) / len(CHANGES)
    size = 100 * sum(map(abs, CHANGES)) / len(CHANGES)

    def change(n: int, name: str, truth: float, known: str = "") -> Case:
        def once(rng: random.Random) -> Limits:
            pairs = [RevealPair(i, "kim", 0.5, 0.5 + rng.choice(CHANGES)) for i in range(n)]
            return _named(reveal_figures(pairs, "evidence"), name).limits

        return Case("t over proposals, change at a reveal", f"{name}, {n} proposals", truth, once, known=known)

    skewed = "too narrow with few proposals, since changes are skewed; the figure's caution says so"
    for n, of_mean, of_size in ((10, skewed, skewed), (30, "", skewed), (100, "", "")):
        yield change(n, "change by evidence", truth, of_mean)
        yield change(n, "size of the change by evidence", size, of_size)


def _pace() -> Iterator[Case]:
    def left(n: int, to_go: int, spread: float, known: str = "") -> Case:
        def once(rng: random.Random) -> Limits:
            def a_day() -> int:
                return max(1, round(rng.gauss(12, 12 * spread)))

            start = date(2026, 1, 1)
            days = [ActiveDay(start + timedelta(i), a_day()) for i in range(n)]
            done = sum(day.judged for day in days)
            took, still = 0, to_go
            while still > 0:
                still -= a_day()
                took += 1
            found = _named(pace_of(days, {}, done, done + to_go, start + timedelta(n)).figures, "active days to go")
            return None if found.limits is None else (found.limits[0] - took, found.limits[1] - took)

        said = f"{to_go} to go after {n} days, which vary by {100 * spread:.0f} %"
        return Case("prediction of the active days to go", said, 0, once, known=known)

    whole = "days are whole numbers: errors on the safe side"
    for n in (5, 14):
        for to_go in (50, 400):
            for spread in (0.3, 0.7):
                yield left(n, to_go, spread, whole)


def _named(figures: tuple[Estimate, ...], name: str) -> Estimate:
    (found,) = [one for one in figures if one.name == name]
    if found.value is not None and not math.isfinite(found.value):
        raise ValueError(f"{found.name} is {found.value}")
    return found
