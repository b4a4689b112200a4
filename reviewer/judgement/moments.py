"""Number, mean and spread of values that come one by one, of which none is kept: a million take no more room than ten.

A piece of them at a time is added up to the letter, and joined to those before (Chan, Golub and LeVeque 1979): no
square is taken of a value far from the mean.
"""

import math
from array import array
from collections.abc import Iterable
from statistics import fmean

_PIECE = 1000


class Moments:
    """What values come to so far; values can be added at any time."""

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._n = 0
        self._mean = self._squares = 0.0
        self._low, self._high = math.inf, -math.inf
        self._waiting = array("d")
        for value in values:
            self.add(value)

    def add(self, value: float) -> None:
        """Add a value."""
        self._waiting.append(value)
        if len(self._waiting) == _PIECE:
            self._join()

    def __len__(self) -> int:
        """Return how many values there are."""
        return self._n + len(self._waiting)

    @property
    def mean(self) -> float:
        """Return their mean; 0 of none."""
        self._join()
        return self._mean

    @property
    def variance(self) -> float:
        """Return the mean square about the mean, over one less than there are.

        Raises:
            ValueError: when there are fewer than two.
        """
        self._join()
        if self._n < 2:
            raise ValueError("a variance is of two values or more")
        return self._squares / (self._n - 1)

    @property
    def reach(self) -> float:
        """Return how far the largest is from the smallest; 0 of none."""
        self._join()
        return max(0.0, self._high - self._low)

    def _join(self) -> None:
        if not self._waiting:
            return
        many, mean = len(self._waiting), fmean(self._waiting)
        off_mean = array("d", (value - mean for value in self._waiting))
        # Less what the rounding of the mean adds: of values that are all the same nothing is left.
        squares = max(0.0, math.fsum(off * off for off in off_mean) - math.fsum(off_mean) ** 2 / many)
        self._low, self._high = min(self._low, *self._waiting), max(self._high, *self._waiting)
        before, off = self._n, mean - self._mean
        self._n += many
        self._mean = mean if not before else self._mean + off * many / self._n
        self._squares += squares + off**2 * before * many / self._n
        self._waiting = array("d")
