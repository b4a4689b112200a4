"""Ratings for the tests of what many of them come to."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

from hypothesis import strategies as st

from reviewer.judgement.tallies import RatingScale, ScaleKind, Tallies, tallied_units, whole_numbers

OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
"""Krippendorff (2011), Computing Krippendorff's alpha-reliability, part C: four observers, twelve units."""

YES_NO = RatingScale(ScaleKind.NOMINAL, ("yes", "no"))


def tallied(scale: RatingScale, ratings: Iterable[tuple[Hashable, int]]) -> Tallies:
    """Return the tallies of ratings, each a unit and the place of its category on the scale, in any order."""
    by_unit: dict[Hashable, Counter[int]] = defaultdict(Counter)
    for unit, place in ratings:
        by_unit[unit][place] += 1
    return tallied_units(scale, by_unit.values())


def krippendorffs(kind: ScaleKind) -> Tallies:
    """Return Krippendorff's example on a scale of this kind."""
    scale = whole_numbers(1, 5, kind)
    ratings = ((unit, str(value)) for row in OBSERVERS for unit, value in enumerate(row) if value is not None)
    return tallied(scale, ((unit, scale.place(value)) for unit, value in ratings))


def two_raters(both_yes: int, first: int, second: int, both_no: int) -> Tallies:
    """Return the tallies of a table of two raters who say yes or no."""
    units = [{0: 2}] * both_yes + [{0: 1, 1: 1}] * (first + second) + [{1: 2}] * both_no
    return tallied_units(YES_NO, units)


def of_lists(units: Iterable[Sequence[int]], kind: ScaleKind, categories: int = 5) -> Tallies:
    """Return the tallies of units, each given by the places of its ratings."""
    scale = whole_numbers(1, categories, kind)
    return tallied(scale, ((unit, place) for unit, places in enumerate(units) for place in places))


UNITS = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), min_size=1, max_size=25)
"""Units, each by the places of its ratings on a scale of five."""

KINDS = st.sampled_from(ScaleKind)
