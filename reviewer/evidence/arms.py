"""One side of a comparison: what a method measured, as far as statistics can stand on it."""

import math
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from reviewer.domain.methods import Measurement
from reviewer.domain.numbers import MINUS, finer, number
from reviewer.domain.problems import Metric
from reviewer.evidence.metrics import known_whole

Runs = tuple[tuple[int | None, float], ...]
"""The seed's number and the value of each run."""

AGREEMENT = 0.002
"""Two sightings of one share that differ by no more than this, of all that there is, are the same share, rounded."""


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
    whole: float | None = None
    """What all that there is comes to in this unit, of a share: 1, or 100; None where it is not known to be one."""

    @property
    def rounding(self) -> float:
        """Return how far what the source states, or the mean of the seeds, may be off by its digits."""
        if not self.seeds:
            return half_a_digit(self.mean, self.whole)
        # The first of them show with how many digits they are written, and the mean is off by no more than each.
        return min(half_a_digit(value, self.whole) for _, value in self.seeds[:_SEEDS_LOOKED_AT])

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
    """An arm in shares of a gap; ``left_open`` is what the digits of its parts leave open of them."""

    left_open: float = 0.0

    @property
    def rounding(self) -> float:
        """Return what the digits of its parts leave open."""
        return self.left_open


def without_noise(value: float) -> float:
    """Return a value without what binary fractions leave of equal ones, so that these are equal in an order too."""
    return float(f"{value:.12g}")


def apart(ours: Arm, theirs: Arm) -> float:
    """Return by how much the means of two arms differ: 0 where they do by what binary fractions leave of equal ones."""
    difference = ours.mean - theirs.mean
    return 0.0 if abs(difference) <= 1e-12 * max(abs(ours.mean), abs(theirs.mean)) else difference


def is_more(difference: float, left_open: float) -> bool:
    """Return whether a difference is more than what digits leave open, and not exactly that in binary fractions."""
    return difference > left_open * (1 + 1e-9)


def is_same(one: float, other: float, metric: Metric | None, least: float = AGREEMENT) -> bool:
    """Return whether two numbers for one thing are the same one, rounded, in a unit of which ``metric`` tells.

    Shares may differ by ``least`` of all that there is. What is no number that can be measured is the same as nothing.
    """
    if not (is_measurable(one) and is_measurable(other)):
        return False
    whole = None if metric is None else known_whole(metric)
    rounded = max(half_a_digit(one, whole), half_a_digit(other, whole), least * (whole or 1.0))
    return not is_more(abs(one - other), rounded)


def states_otherwise(stated: float, used: Arm) -> bool:
    """Return whether a source states another value than the one that is used, and not that one rounded.

    It is that one where it is so by the digits that it is written with, give or take what the seeds' own digits leave
    open, or where both agree as well as two sightings of one number do: of what is no share, as far as so much of it.
    """
    fine = finer(used.mean, used.standard_error or math.inf)
    if number(stated, fine) == number(used.mean, fine):
        return False
    rounded = half_a_digit(stated, used.whole, _OF_STATED) + used.rounding
    size = max(abs(stated), abs(used.mean))
    agreed = min(AGREEMENT * (size if used.whole is None else used.whole), 0.02 * size)
    return is_more(abs(stated - used.mean), max(rounded, agreed))


def is_restated(measurement: Measurement, metric: Metric) -> bool:
    """Return whether the runs that are listed, be they all or not, have another mean than the stated value."""
    arm = arm_of(measurement._replace(n_seeds=None), metric)
    return arm is not None and measurement.value is not None and states_otherwise(measurement.value, arm)


def arm_of(measurement: Measurement | None, metric: Metric | None = None) -> Arm | None:
    """Return what a measurement gives to compare, or None where it has no value that is a number.

    Runs that are listed go before what the source states of them: their mean is the mean, and their deviation gives the
    error. They count only where there are as many as the source says, since else some were left out; what is stated of
    all of them serves then, unless those that are listed speak against it.

    The ``metric``, as it is at the place, tells what its digits leave open.
    """
    if measurement is None or measurement.value is None or not is_measurable(measurement.value):
        return None
    return _arm(measurement, measurement.value, None if metric is None else known_whole(metric))


def _arm(measurement: Measurement, value: float, whole: float | None) -> Arm:
    listed = tuple([(s.seed, s.value) for s in measurement.seeds if is_measurable(s.value)])
    stated, n_test = measurement.n_seeds, measurement.n_test
    if len(listed) >= 2 and len(listed) >= (stated or 0):
        return _of_seeds(listed, n_test, whole)
    if len(listed) == 1 and stated in (None, 1):
        unused = "" if measurement.standard_error is None else _OF_ONE_RUN
        return Arm(listed[0][1], None, 1, listed, n_test=n_test, unused=unused, whole=whole)
    if stated is not None and len(listed) < stated and (flaw := _speaks_against(value, listed, measurement, whole)):
        return Arm(value, None, stated, (), flaw, n_test, whole=whole)
    if stated is not None and stated < 1:
        return Arm(value, flaw=f"it is said to rest on {stated} seeds", n_test=n_test, whole=whole)
    error, flaw = _usable(measurement.standard_error)
    if stated == 1 and error is not None:
        return Arm(value, None, 1, n_test=n_test, unused=_OF_ONE_RUN, whole=whole)
    return Arm(value, error, stated, (), flaw, n_test, whole=whole)


_OF_ONE_RUN = "it is stated of one run, and so is not that between seeds"


_OF_MEASURED = 3
_OF_STATED = 2
"""So many decimals of a share are taken as written at least: 0.7 may be 0.700, or 0.70 where it stands in a text."""

_BEYOND_SHARES = 10
"""What is more than so many times all that there is, is in another unit than its metric says."""


def half_a_digit(value: float, whole: float | None, digits: int = _OF_MEASURED) -> float:
    """Return half a unit of the last digit that a number is written with, as far as one can tell.

    Numbers lose the zeros at their end. So of a share, of which all that there is comes to ``whole``, so many
    ``digits`` after the point are taken as written at least; where nobody knows that it is one, so many altogether.
    """
    if whole is not None and abs(value) <= _BEYOND_SHARES * whole:
        before_the_point = 0 if whole == 1 else 2
    else:
        before_the_point = max(0, math.floor(math.log10(abs(value))) + 1) if value else 0
    return 0.5 * 10.0 ** min(_last_place(value), before_the_point - digits)


def _last_place(value: float) -> int:
    """Return the power of ten of the last digit of a number that is not 0; 0 for what is no number."""
    text = repr(value)
    if "." in text and "e" not in text and not text.endswith(".0"):
        # As most are; it is asked of every value there is.
        return text.index(".") + 1 - len(text)
    exponent = Decimal(text).normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


_SEEDS_LOOKED_AT = 4


def _speaks_against(value: float, listed: Runs, measurement: Measurement, whole: float | None) -> str:
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
    if abs(mean - value) <= far + half_a_digit(value, whole):
        return ""
    own, theirs = (number(one, finer(one, abs(mean - value))) for one in (mean, value))
    far_off = f"their mean, {own}, is far from the stated {theirs}"
    are = "is" if len(listed) == 1 else "are"
    return f"of its {n:,} runs {len(listed):,} {are} listed; {far_off}".replace("-", MINUS)


def _listed_twice(listed: Runs) -> str:
    named = Counter(seed for seed, _ in listed if seed is not None)
    twice = next((seed for seed, times in named.items() if times > 1), None)
    return "" if twice is None else f"seed {twice} is listed more than once"


def _of_seeds(listed: Runs, n_test: int | None, whole: float | None) -> Arm:
    values = [value for _, value in listed]
    n = len(values)
    mean = math.fsum(values) / n
    error, flaw = None, _listed_twice(listed)
    if not flaw:
        variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
        # What rounding alone makes of equal values is no deviation.
        if math.sqrt(variance) <= max(1e-12 * abs(mean), 1e-100):
            flaw = f"its {n} runs all have the same value, as copies or rounded ones do"
        else:
            error = math.sqrt(variance / n)
    return Arm(mean, error, n, listed, flaw, n_test, whole=whole)


def is_measurable(value: float) -> bool:
    """Return whether it is a number whose square is one too; nothing that is measured is larger."""
    return abs(value) < 1e100


def _usable(error: float | None) -> tuple[float | None, str]:
    if error is None:
        return None, ""
    if not is_measurable(error):
        return None, "its error is no number"
    if error < 0:
        return None, f"its error is negative ({error:g})"
    if error < 1e-100:
        return None, "its error is 0, as of copies or rounded values"
    return error, ""
