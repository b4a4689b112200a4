"""How much ratings differ between units and within them: the one-way analysis of variance behind the ICC.

Mean squares, variance components and the typical number of ratings n₀ are those of Searle, Casella and McCulloch
(Variance Components, 1992, §3.6) for unequal numbers; the interval of the intraclass correlation is the F interval of
Shrout and Fleiss (1979) with n₀ for the number of ratings.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.domain.intervals import LEVEL, Limits


@dataclass(frozen=True, slots=True)
class UnitSums:
    """The ratings of one unit, summed: how many, their mean, and the squared deviations from it, added up."""

    n: int
    mean: float
    squares: float


@dataclass(frozen=True, slots=True)
class Components:
    """An analysis of variance of two units or more, not each with one rating, in the ratings' unit squared."""

    units: int
    ratings: int
    squared_numbers: float
    """The squares of the units' numbers of ratings, added up."""
    squares_between: float
    squares_within: float

    @property
    def typical(self) -> float:
        """Return n₀, how many ratings a unit has as far as its mean is concerned."""
        return (self.ratings - self.squared_numbers / self.ratings) / (self.units - 1)

    @property
    def mean_square_between(self) -> float:
        """Return the variance of unit means as one rating would see it."""
        return self.squares_between / (self.units - 1)

    @property
    def within(self) -> float:
        """Return the variance of one rating around what its unit would come to with very many."""
        return self.squares_within / (self.ratings - self.units)

    @property
    def between(self) -> float:
        """Return the variance of the units themselves; 0 where they differ no more than their ratings make them."""
        return max(0.0, (self.mean_square_between - self.within) / self.typical)

    def correlation_limits(self) -> Limits | None:
        """Return the F interval of the intraclass correlation; None where no two ratings of a unit differ."""
        if self.squares_within <= 1e-12 * self.squares_between or self.squares_within == 0:
            return None
        from scipy.special import fdtri

        df, df_within = self.units - 1, self.ratings - self.units
        f, upper = self.mean_square_between / self.within, (1 + LEVEL) / 2
        low, high = f / float(fdtri(df, df_within, upper)), f * float(fdtri(df_within, df, upper))
        return (low - 1) / (low + self.typical - 1), (high - 1) / (high + self.typical - 1)


def components_of(units: Iterable[UnitSums]) -> Components | None:
    """Return the analysis of units with a rating or more as they come, keeping none.

    It is None unless there are two units, and two ratings of one of them. A unit with one rating tells of how units
    differ and not of the noise within; who would have such left out, as α does, gives none.
    """
    many = ratings = squared = 0
    within: list[float] = []
    mean = between = 0.0
    for unit in units:
        many, ratings, squared = many + 1, ratings + unit.n, squared + unit.n**2
        within.append(unit.squares)
        if len(within) > _ADDED_AT_ONCE:
            within = [math.fsum(within)]
        # Welford's way: the mean moves along, and no square is taken of a value far from it.
        off = unit.mean - mean
        mean += off * unit.n / ratings
        between += off * (unit.mean - mean) * unit.n
    if many < 2 or ratings == many:
        return None
    return Components(many, ratings, squared, between, math.fsum(within))


_ADDED_AT_ONCE = 1000
