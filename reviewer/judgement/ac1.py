"""Gwet's AC1, for where one category has nearly all ratings (Gwet 2008; with missing ratings as Gwet 2014)."""

import math

from reviewer.domain.intervals import Limits
from reviewer.judgement.arrays import Numbers
from reviewer.judgement.estimates import limits_around
from reviewer.judgement.rating_table import RatingTable

AC1_METHOD = "Gwet's AC1; t interval by his linearised variance"
"""How AC1 and its interval are had."""

TOO_HIGH = "In simulations such intervals lay too high for 5 to 9 % of the time, and too low for 1 %."
"""As ``tests/benchmarks/coverage.md`` has it, where one category has nearly all."""


def agreeing(table: RatingTable) -> Numbers:
    """Return for each way the share of a unit's pairs that agree (Fleiss 1971)."""
    return table.summed(table.count * (table.count - 1)) / (table.size * (table.size - 1))


def ac1_of(table: RatingTable) -> tuple[float, Limits | None]:
    """Return AC1 and its limits; these are None where no two ratings of a unit differ.

    It is of ratings that are not all of one category, of two units or more. What chance would do is told by the units
    with one rating as well.
    """
    import numpy as np

    q = len(table.totals)
    units, every = table.units, table.units + float(table.alone.sum())
    own_shares = table.count * table.many[table.way] / table.size[table.way]
    shares = (np.bincount(table.place, own_shares, q) + table.alone) / every
    chance = float((shares * (1 - shares)).sum()) / (q - 1)
    agreed = agreeing(table)
    value = (float((agreed * table.many).sum()) / units - chance) / (1 - chance)

    def chance_moved(by_chance: Numbers) -> Numbers:
        return 2 * (1 - value) * (by_chance - chance) / (1 - chance)

    by_place = (1 - shares) / (q - 1)
    double = every / units * (agreed - chance) / (1 - chance)
    double = double - chance_moved(table.summed(table.count * by_place[table.place]) / table.size)
    single = -chance_moved(by_place)
    squares = float((table.many * (double - value) ** 2).sum() + (table.alone * (single - value) ** 2).sum())
    if agreed.min() == 1:
        return value, None
    low, high = limits_around(value, math.sqrt(squares / (every * (every - 1))), units - 1)
    return value, (low, min(1.0, high))
