"""What a method measured, as the rules take it up: one number for each thing, its seeds, its time."""

import math
from collections.abc import Iterable, Sequence

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Basis
from reviewer.evidence.arms import arm_of
from reviewer.evidence.checks.sane import LARGEST, sane
from reviewer.evidence.comparison import Key, sight
from reviewer.evidence.tested import odd_of_pair

_FROM_THE_FILE = "the file"
"""Stands in the reason where a source read a number that is none. Any other reason is somebody's own, and an answer."""


def read_as_none(m: Measurement) -> bool:
    """Return whether the source of a measurement has a number there that is none, as NaN is."""
    return m.value is None and _FROM_THE_FILE in m.missing


def is_stated(m: Measurement) -> bool:
    """Return whether a source states a number itself, of a whole dataset, and nobody computed it."""
    return m.basis is not Basis.RECOMPUTED and not m.subset and m.value is not None


def key_of(m: Measurement) -> Key:
    """Return by what a measurement is held against others."""
    return m.metric, m.dataset, m.setting, m.split


def best_sightings(method: Method) -> dict[Key, Measurement]:
    """Return the one number for each thing that a method measured on whole datasets, where it can be computed with."""
    found: dict[Key, list[Measurement]] = {}
    for m in method.measurements:
        if not m.subset and sane(m.value):
            found.setdefault(key_of(m), []).append(m)
    best = {}
    for key, several in found.items():
        sighting = sight(several) if len(several) > 1 else None
        best[key] = sighting.measurement if sighting else several[0]
    return best


def seed_values(m: Measurement) -> list[float]:
    """Return the per-seed values that can be computed with."""
    return [s.value for s in m.seeds if sane(s.value)]


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean of two or more values and its standard error, sample deviation / √n."""
    n = len(values)
    mean = math.fsum(values) / n
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)


def mean_seconds(m: Measurement) -> float:
    """Return how long the runs of a measurement took on average; 0 where that is not known."""
    times = [s.seconds for s in m.seeds if s.seconds is not None and 0 < s.seconds <= LARGEST]
    return math.fsum(times) / len(times) if times else 0.0


def rerun_distances(pairs: Iterable[tuple[Method, Method]], problem: Problem) -> dict[tuple[str, Key], float]:
    """Return how far runs that differ by their seed alone are apart, by namespace and what was measured: the most.

    Each pair is a method and the one that it is another run of.
    """
    found: dict[tuple[str, Key], float] = {}
    for again, original in pairs:
        theirs = best_sightings(original)
        for key, m in best_sightings(again).items():
            one, other = arm_of(m), arm_of(theirs.get(key))
            if one is not None and other is not None and odd_of_pair(one, other, problem.metric_at(*key)) is None:
                place = again.namespace, key
                found[place] = max(found.get(place, 0.0), abs(one.mean - other.mean))
    return found
