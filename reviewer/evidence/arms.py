"""One side of a comparison: what a method measured, as far as statistics can stand on it."""

import math
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from reviewer.domain.methods import Measurement
from reviewer.domain.numbers import MINUS, number

Runs = tuple[tuple[int | None, float], ...]
"""The seed's number and the value of each run."""

AGREEMENT = 0.002
"""Two sightings of one number that differ by no more than this are the same number, rounded."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A mean with what is known of its error, in the unit of the metric.

    ``standard_error`` is that of the mean over ``n`` runs with different seeds, and positive; None where nothing can be
    made of what the source says. ``flaw`` then says why, where there is more to say than that it states none.
    """

    mean: float
    standard_error: float | None = None
    n: int | None = None
    seeds: Runs = ()
    """Those that are listed."""
    flaw: str = ""
    n_test: int | None = None
    """Test examples behind each value, where the source says so."""
    unused: str = ""
    """Why an error that the source states is not used, although nothing is wrong with the rest."""
    rounding: float = 0.0
    """How far what the source states may be off by its digits."""

    @property
    def deviation(self) -> float | None:
        """Return the standard deviation between runs, or None where it is not known."""
        if self.standard_error is None or self.n is None or self.n < 2:
            return None
        return self.standard_error * math.sqrt(self.n)

    @property
    def single(self) -> bool:
        """Return whether it is known to be one run."""
        return self.n == 1


@dataclass(frozen=True, slots=True)
class Shares(Arm):
    """An arm in shares of a gap, of which all is ``whole``: 1, or 100 where the shares are in per cent."""

    whole: float = 1.0


def apart(ours: Arm, theirs: Arm) -> float:
    """Return by how much the means of two arms differ: 0 where they do by what binary fractions leave of equal ones."""
    difference = ours.mean - theirs.mean
    return 0.0 if abs(difference) <= 1e-12 * max(abs(ours.mean), abs(theirs.mean)) else difference


def states_otherwise(stated: float, used: float) -> bool:
    """Return whether a source states another value than the one that is used, and not that one rounded."""
    if number(stated) == number(used):
        return False
    return abs(stated - used) > min(AGREEMENT, 0.02 * max(abs(stated), abs(used)))


def arm_of(measurement: Measurement | None) -> Arm | None:
    """Return what a measurement gives to compare, or None where it has no value that is a number.

    Runs that are listed go before what the source states of them: their mean is the mean, and their deviation gives the
    error. They count only where there are as many as the source says, since else some were left out; what is stated of
    all of them serves then, unless those that are listed speak against it.
    """
    if measurement is None or measurement.value is None or not _is_measurable(measurement.value):
        return None
    return _arm(measurement, measurement.value)


def _arm(measurement: Measurement, value: float) -> Arm:
    listed = tuple([(s.seed, s.value) for s in measurement.seeds if _is_measurable(s.value)])
    stated, n_test, rounding = measurement.n_seeds, measurement.n_test, half_a_digit(value)
    if len(listed) >= 2 and len(listed) >= (stated or 0):
        return _of_seeds(listed, n_test)
    if len(listed) == 1 and stated in (None, 1):
        unused = "" if measurement.standard_error is None else _OF_ONE_RUN
        return Arm(listed[0][1], None, 1, listed, n_test=n_test, unused=unused)
    if stated is not None and len(listed) < stated and (flaw := _speaks_against(value, listed, measurement)):
        return Arm(value, None, stated, (), flaw, n_test, rounding=rounding)
    if stated is not None and stated < 1:
        return Arm(value, flaw=f"it is said to rest on {stated} seeds", n_test=n_test, rounding=rounding)
    error, flaw = _usable(measurement.standard_error)
    if stated == 1 and error is not None:
        return Arm(value, None, 1, n_test=n_test, unused=_OF_ONE_RUN, rounding=rounding)
    return Arm(value, error, stated, (), flaw, n_test, rounding=rounding)


_OF_ONE_RUN = "it is stated of one run, and so is not that between seeds"


def half_a_digit(value: float) -> float:
    """Return half a unit of the last digit that a number is written with, of the third decimal at most."""
    exponent = Decimal(repr(value)).as_tuple().exponent
    return 0.5 * 10.0 ** min(exponent if isinstance(exponent, int) else 0, -3)


def _speaks_against(value: float, listed: Runs, measurement: Measurement) -> str:
    """Return why those runs that are listed cannot be of those that an error is stated of; empty where they can.

    The mean of k of n values differs from that of all by s·√(1/k − 1/n), of which five are too many.
    """
    if not listed:
        return ""
    n, error = measurement.n_seeds or 0, measurement.standard_error
    if twice := _listed_twice(listed):
        return twice
    if error is None or _usable(error)[0] is None:
        return ""
    mean = math.fsum(each for _, each in listed) / len(listed)
    far = 5 * error * math.sqrt(n) * math.sqrt(1 / len(listed) - 1 / n)
    if abs(mean - value) <= far + half_a_digit(value):
        return ""
    far_off = f"their mean, {number(mean)}, is far from the stated {number(value)}"
    are = "is" if len(listed) == 1 else "are"
    return f"of its {n:,} runs {len(listed):,} {are} listed; {far_off}".replace("-", MINUS)


def _listed_twice(listed: Runs) -> str:
    named = Counter(seed for seed, _ in listed if seed is not None)
    twice = next((seed for seed, times in named.items() if times > 1), None)
    return "" if twice is None else f"seed {twice} is listed more than once"


def _of_seeds(listed: Runs, n_test: int | None) -> Arm:
    values = [value for _, value in listed]
    n = len(values)
    mean = math.fsum(values) / n
    if twice := _listed_twice(listed):
        return Arm(mean, None, n, listed, twice, n_test)
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    # What rounding alone makes of equal values is no deviation.
    if math.sqrt(variance) <= max(1e-12 * abs(mean), 1e-100):
        return Arm(mean, None, n, listed, f"its {n} runs all have the same value, as copies or rounded ones do", n_test)
    return Arm(mean, math.sqrt(variance / n), n, listed, n_test=n_test)


def _is_measurable(value: float) -> bool:
    """Return whether it is a number whose square is one too; nothing that is measured is larger."""
    return abs(value) < 1e100


def _usable(error: float | None) -> tuple[float | None, str]:
    if error is None:
        return None, ""
    if not _is_measurable(error):
        return None, "its error is no number"
    if error < 0:
        return None, f"its error is negative ({error:g})"
    if error < 1e-100:
        return None, "its error is 0, as of copies or rounded values"
    return error, ""
