"""Ratings of many units as counts: for each way in which a unit was rated, how many units were rated so.

A unit is what is rated, as a proposal; who rated it is not kept. So a million ratings take no more room than the
different ways in which a unit came to be rated, and no pair of ratings is ever made.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

Counts = tuple[tuple[int, int], ...]
"""How one unit was rated: the places of its categories on the scale, ascending, each with how many gave it."""


class ScaleKind(StrEnum):
    """What may be said of two categories of a scale."""

    NOMINAL = "nominal"
    """That they are the same or not."""
    ORDINAL = "ordinal"
    """Which comes first as well."""
    INTERVAL = "interval"
    """How far apart they are as well."""


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The categories that a rating can have, in order where they have one, with a number for each.

    Raises ValueError where there are fewer than two, two are the same, or the numbers are not as many, or of ordered
    categories not ascending.
    """

    kind: ScaleKind
    categories: tuple[str, ...]
    values: tuple[float, ...] = ()
    """What each category counts as; without them 0, 1, 2 and on. Only of an interval scale do they matter."""
    _places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = {category: place for place, category in enumerate(self.categories)}
        if len(places) < 2 or len(places) < len(self.categories):
            raise ValueError("a scale has two categories or more, no two the same")
        values = self.values or tuple(map(float, range(len(places))))
        if len(values) != len(places) or not all(map(math.isfinite, values)):
            raise ValueError("a scale has a finite number for each category")
        if self.kind is not ScaleKind.NOMINAL and any(a >= b for a, b in pairwise(values)):
            raise ValueError("the numbers of ordered categories ascend")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "_places", MappingProxyType(places))

    def place(self, category: str) -> int:
        """Return where a category stands on the scale, from 0. Raises KeyError where it is none of it."""
        return self._places[category]


def whole_numbers(low: int, high: int, kind: ScaleKind = ScaleKind.INTERVAL) -> RatingScale:
    """Return the scale of the whole numbers from ``low`` to ``high``, both of them on it: ``1`` to ``10``."""
    numbers = range(low, high + 1)
    return RatingScale(kind, tuple(map(str, numbers)), tuple(map(float, numbers)))


PER_CENT = whole_numbers(0, 100)
"""The scale of forecasts, in whole per cent; the place of a category is the forecast itself."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """How many units were rated in each way, on one scale; a way no unit was rated in is not among them."""

    scale: RatingScale
    units: Mapping[Counts, int]


def tallied_units(scale: RatingScale, units: Iterable[Mapping[int, int]]) -> Tallies:
    """Return the tallies of units, each given by how many ratings it has at which place of the scale.

    Nothing of a unit is kept once it is read. A unit without ratings is left out. Raises ValueError for a place that
    the scale has not, and for a negative number.
    """
    ways: Counter[Counts] = Counter()
    for unit in units:
        if counts := tuple(sorted((place, n) for place, n in unit.items() if n)):
            ways[counts] += 1
    _check(scale, ways)
    return Tallies(scale, MappingProxyType(dict(ways)))


def _check(scale: RatingScale, ways: Iterable[Counts]) -> None:
    for counts in ways:
        if counts[0][0] < 0 or counts[-1][0] >= len(scale.categories):
            raise ValueError(f"a scale of {len(scale.categories)} categories has no place for {counts}")
        if any(n < 0 for _, n in counts):
            raise ValueError(f"a negative number of ratings: {counts}")
