"""Krippendorff's α with its interval, from counts (Krippendorff 2011; any number of raters, ratings may be missing).

Interval α is 1 − [Σ_u m_u s²_u / n] / s²_all over the units with two ratings or more, ordinal α the same of mid-ranks;
nominal α counts instead how often two ratings of a unit differ. Which interval is given is decided by how the ratings
are spread, as the simulations in ``tests/benchmarks/coverage.md`` show where which one holds:

- of ordered categories the F interval of the one-way ICC, on mid-ranks where ordinal, while no category has half of the
  ratings and, of three categories or fewer, units have about as many ratings each;
- else the interval of α's linearised variance (Gwet 2014, for α as a function of sums over units), by Student's t and
  symmetric on log(1 − α);
- none where one category has nearly all of them: neither holds there.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.intervals import Limits, critical_value
from reviewer.judgement.arrays import Numbers
from reviewer.judgement.rating_table import RatingTable, rating_table
from reviewer.judgement.tallies import ScaleKind, Tallies
from reviewer.judgement.variance import Components

ONE_HAS_NEARLY_ALL = 0.8
"""Where a larger share of the ratings is of one category, α is low however often reviewers agree (Feinstein and
Cicchetti 1990)."""

_UNEVEN = 1.1
"""By how much the squares of the numbers of ratings exceed those of equal numbers before the F interval is too narrow.
"""

FEW_CATEGORIES = "In simulations of three categories such intervals held the truth 90 to 95 % of the time."
"""The caution of an F interval of so few."""

UNEVEN_NUMBERS = "In simulations of uneven numbers of reviews such intervals held the truth 89 to 94 % of the time."
"""The caution of an F interval of units with unlike numbers of ratings."""

FEW_UNITS = "In simulations of fewer than 100 units such intervals held the truth 92 to 96 % of the time."
"""The caution of the linearised interval of so few."""


class AlphaInterval(StrEnum):
    """How the interval of α was had."""

    F = "F interval of the one-way ICC"
    LINEARISED = "t interval of log(1 − α) by its linearised variance"


@dataclass(frozen=True, slots=True)
class Alpha:
    """α with its interval; where it has none ``reason`` says why in a sentence."""

    value: float
    limits: Limits | None
    interval: AlphaInterval
    reason: str = ""
    caution: str = ""
    """What has to be known before the interval is believed; empty where nothing has."""


def alpha_of(tallies: Tallies) -> float | None:
    """Return α alone, of however few; None where it is undefined, as where all ratings are of one category."""
    table = rating_table(tallies)
    return None if table.units == 0 or table.same is not None else _value(table)


def nearly_all_in_one(table: RatingTable) -> bool:
    """Return whether one category has so many of the ratings that α misleads."""
    # In whole numbers, since a share of exactly so much is not more.
    return 100 * table.largest > round(100 * ONE_HAS_NEARLY_ALL) * table.ratings


def alpha_interval(table: RatingTable) -> AlphaInterval:
    """Return which interval serves ratings that are spread like these."""
    coarse_and_uneven = _is_coarse(table) and _is_uneven(table)
    half_in_one = 2 * table.largest >= table.ratings
    by_f = table.kind is not ScaleKind.NOMINAL and not half_in_one and not coarse_and_uneven
    return AlphaInterval.F if by_f else AlphaInterval.LINEARISED


def alpha_with_interval(table: RatingTable) -> Alpha:
    """Return α of ratings that are not all of one category, with two units or more."""
    value, interval = _value(table), alpha_interval(table)
    if nearly_all_in_one(table):
        return Alpha(value, None, interval, "No interval: where one category has nearly all, none is known to hold.")
    limits = _f_limits(table) if interval is AlphaInterval.F else _linearised_limits(table, value)
    if limits is None:
        return Alpha(value, None, interval, NOTHING_DIFFERS)
    return Alpha(value, limits, interval, caution=_caution(table, interval))


def _caution(table: RatingTable, interval: AlphaInterval) -> str:
    if interval is AlphaInterval.LINEARISED:
        return FEW_UNITS if table.units < _ENOUGH_UNITS else ""
    if _is_coarse(table):
        return FEW_CATEGORIES
    return UNEVEN_NUMBERS if _is_uneven(table) else ""


_FEW_CATEGORIES, _ENOUGH_UNITS = 3, 100


def _is_coarse(table: RatingTable) -> bool:
    return len(table.totals.nonzero()[0]) <= _FEW_CATEGORIES


def _is_uneven(table: RatingTable) -> bool:
    return table.squared_sizes * table.units > _UNEVEN * table.ratings**2


NOTHING_DIFFERS = "No interval: no two reviews of one unit differ, so that nothing says how often they would."
"""Why α and AC1 have no interval where reviewers agree each time."""


def _value(table: RatingTable) -> float:
    n = table.ratings
    if table.kind is ScaleKind.NOMINAL:
        expected = float((table.totals * (n - table.totals)).sum()) / (n - 1)
        return 1 - float((_nominally_apart(table) * table.many).sum()) / expected
    scores = _scores(table)
    _, squares = _means_and_squares(table, scores)
    within = float((squares * table.size / (table.size - 1) * table.many).sum()) / n
    overall = float((table.totals * scores**2).sum()) / (n - 1)
    return 1 - within / overall


def _nominally_apart(table: RatingTable) -> Numbers:
    """Return for each way how many of a unit's ratings another of its ratings would differ from."""
    size = table.size[table.way]
    return table.summed(table.count * (size - table.count)) / (table.size - 1)


def _scores(table: RatingTable) -> Numbers:
    """Return what each place counts as, less the mean of all ratings: mid-ranks or values, as shares of their span."""
    import numpy as np

    if table.kind is ScaleKind.ORDINAL:
        scores: Numbers = (np.cumsum(table.totals) - table.totals / 2) / table.ratings
    else:
        used = table.values[table.totals > 0]
        scores = np.where(table.totals > 0, (table.values - used[0]) / (used[-1] - used[0]), 0.0)
    return scores - float((table.totals * scores).sum()) / table.ratings


def _means_and_squares(table: RatingTable, scores: Numbers) -> tuple[Numbers, Numbers]:
    """Return of each way the mean of its scores and their squared deviations from it, added up."""
    each = scores[table.place]
    means = table.summed(table.count * each) / table.size
    return means, table.summed(table.count * (each - means[table.way]) ** 2)


def _f_limits(table: RatingTable) -> Limits | None:
    means, squares = _means_and_squares(table, _scores(table))
    return Components(
        units=table.units,
        ratings=table.ratings,
        squared_numbers=table.squared_sizes,
        squares_between=float((table.size * means**2 * table.many).sum()),
        squares_within=float((squares * table.many).sum()),
    ).correlation_limits()


def _linearised_limits(table: RatingTable, alpha: float) -> Limits | None:
    seen, by_chance, of_seen, of_chance = _parts(table)
    if seen <= _NOTHING * by_chance:
        return None
    # How far each unit moves log(1 − α) = log of what is seen − log of what chance would show.
    moves = of_seen / seen - of_chance / by_chance
    units = table.units
    error = math.sqrt(float((moves**2 * table.many).sum()) / (units * (units - 1)))
    half = critical_value(units - 1) * error
    low = 1 - (1 - alpha) * math.exp(min(half, _FARTHEST))
    return max(-1.0, low), 1 - (1 - alpha) * math.exp(-half)


_NOTHING = 1e-12
_FARTHEST = 50.0
"""α is never below −1; a limit farther down need not be computed."""


def _parts(table: RatingTable) -> tuple[float, float, Numbers, Numbers]:
    """Return the disagreement seen and that of chance, and for each way how far one unit moves either."""
    weight = table.size * table.units / table.ratings
    shares = table.totals / table.ratings
    if table.kind is ScaleKind.NOMINAL:
        unit_seen, from_all = _nominally_apart(table) / table.size, 1 - shares
        by_place_seen = by_place_chance = None
    else:
        scores = _scores(table)
        _, squares = _means_and_squares(table, scores)
        spread = float((shares * scores**2).sum())
        unit_seen, from_all = 2 * squares / (table.size - 1), scores**2 + spread
        by_place_seen, by_place_chance = _moved_by_ranks(table, scores)
    seen = float((weight * unit_seen * table.many).sum()) / table.units
    by_chance = float((shares * from_all).sum())

    def of_unit(by_place: Numbers) -> Numbers:
        return table.summed(table.count * by_place[table.place]) / table.size

    of_seen, of_chance = weight * (unit_seen - seen), 2 * weight * (of_unit(from_all) - by_chance)
    if by_place_seen is not None and by_place_chance is not None:
        of_seen = of_seen + weight * of_unit(by_place_seen)
        of_chance = of_chance + weight * of_unit(by_place_chance)
    return seen, by_chance, of_seen, of_chance


def _moved_by_ranks(table: RatingTable, scores: Numbers) -> tuple[Numbers | None, Numbers | None]:
    """Return by the place how far one rating there moves both disagreements in that it moves all mid-ranks."""
    import numpy as np

    if table.kind is not ScaleKind.ORDINAL:
        return None, None
    shares = table.totals / table.ratings
    # Of what is seen the slope by each mid-rank: its distance from the other ratings of the same units, summed.
    means, _ = _means_and_squares(table, scores)
    apart = table.size[table.way] / (table.size[table.way] - 1) * (scores[table.place] - means[table.way])
    seen: Numbers = np.bincount(table.place, table.many[table.way] * table.count * apart, len(shares)).astype(float)
    return _through_ranks(4 / table.ratings * seen, shares), _through_ranks(4 * shares * scores, shares)


def _through_ranks(slope: Numbers, shares: Numbers) -> Numbers:
    """Return by the place what a rating there adds through the mid-ranks, whose own effect is ``slope``.

    A rating lifts the mid-rank of its own place by a half and of each later one by 1.
    """
    import numpy as np

    later = slope.sum() - np.cumsum(slope)
    added: Numbers = slope / 2 + later
    return added - float((shares * added).sum())
