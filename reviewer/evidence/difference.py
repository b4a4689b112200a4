"""A proposal's value against its baseline's: the difference, how sure it is, and what could have been found at all.

Which method serves is decided by what is known of either side, never by what comes out:

- both of two runs or more: Welch's t (Welch 1947); where the runs are known to share their seeds' artefacts, t of the
  differences by seed;
- one run against several: Crawford and Howell (1998);
- an error without the number of runs: the normal distribution, which is too narrow where that number is small;
- anything less: two numbers, and the reason why there is no more.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.domain.intervals import LEVEL, critical_value, two_sided_p
from reviewer.evidence.arms import Arm, apart
from reviewer.evidence.few_runs import is_lopsided
from reviewer.evidence.power import detectable_difference

FEW_SEEDS = 5
"""Below so many runs a side that shows no difference is likely to have missed one."""


class Procedure(StrEnum):
    """How an interval was had."""

    WELCH = "Welch t"
    PAIRED = "paired t by seed"
    CRAWFORD_HOWELL = "Crawford–Howell t"
    NORMAL = "normal, n unknown"


ASSUMPTIONS = {
    Procedure.WELCH: "The means over seeds are taken as normal, the two variances may differ; in simulations such "
    "intervals held the truth 91 % of the time where the two sides are skewed opposite ways.",
    Procedure.PAIRED: "Runs with the same seed share what the seed makes; their differences are taken as normal. In "
    "simulations such intervals held the truth 89 % of the time where these are skewed.",
    Procedure.CRAWFORD_HOWELL: "One run is held against the other side's seeds, and is taken to vary as they do. In "
    "simulations such intervals held the truth 93 % of the time where runs are skewed.",
    Procedure.NORMAL: "How many runs an error rests on is not said; the interval is too narrow if they are few.",
}


FEW_AGAINST_MANY = "Two or three runs are held against many: where they lie close together by luck, p is far too small."


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval around a difference, in the unit of the metric, and the test that it turns round.

    ``p`` is two-sided, ``df`` None for the normal distribution, ``pairs`` how many seeds were paired.
    """

    low: float
    high: float
    p: float
    standard_error: float
    procedure: Procedure
    df: float | None = None
    pairs: int | None = None
    lopsided: bool = False
    """Whether it is of two or three runs against so many that such intervals hold the truth less often than they say.
    """

    @property
    def detectable(self) -> float | None:
        """Return the true difference that runs like these would tell from nothing four times in five.

        Where the number of runs is not known it is at least so much. It takes ten times as long as all the rest, so it
        is worked out when asked for.
        """
        return detectable_difference(self.standard_error, self.df, level=LEVEL)

    @property
    def resolved(self) -> bool:
        """Return whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0

    @property
    def caution(self) -> str:
        """Return what has to be known before the interval is believed; empty where nothing has."""
        if self.procedure in (Procedure.CRAWFORD_HOWELL, Procedure.NORMAL):
            return ASSUMPTIONS[self.procedure]
        return FEW_AGAINST_MANY if self.lopsided else ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Proposal minus baseline in the unit of the metric; where it has no interval ``reason`` says why."""

    value: float
    interval: Interval | None = None
    reason: str = ""
    unpaired: bool = False
    """Whether runs that share seeds are not paired, since some seeds were run on one side alone."""
    odd: bool = False
    """Whether one of the two is no value that the metric can have, so that the difference is of nothing."""


def difference_of(ours: Arm, theirs: Arm, *, paired: bool = False) -> Difference:
    """Return how the proposal's arm differs from the baseline's.

    ``paired`` says that runs with the same seed number share the seed's artefact, which the person has to know: to pair
    because it looks better makes findings of nothing.
    """
    if paired and (by_seed := _by_seed(ours, theirs)) is not None:
        return by_seed
    difference = _independent(ours, theirs)
    alone = paired and difference.interval is not None and ours.seeds and theirs.seeds
    return replace(difference, unpaired=True) if alone else difference


def _independent(ours: Arm, theirs: Arm) -> Difference:
    value = apart(ours, theirs)
    for side, arm in (("The proposal", ours), ("The baseline", theirs)):
        if arm.flaw:
            return Difference(value, reason=f"No interval: {side.lower()}'s error cannot be used, since {arm.flaw}.")
    if ours.single and theirs.single:
        return Difference(value, reason="No interval: one run on either side says nothing of the noise between seeds.")
    if ours.single or theirs.single:
        return _one_against_many(value, ours, theirs)
    if ours.standard_error is None or theirs.standard_error is None:
        return Difference(value, reason=f"No interval: {_who_is_silent(ours, theirs)}.")
    a = ours.standard_error
    error = math.hypot(a, theirs.standard_error)
    if ours.n is None or theirs.n is None:
        return _normal(value, error)
    # Welch and Satterthwaite, by the shares of the variance, since squares of squares of small errors vanish.
    share = (a / error) ** 2
    df = 1 / (share**2 / (ours.n - 1) + (1 - share) ** 2 / (theirs.n - 1))
    return _t(value, error, df, Procedure.WELCH, lopsided=is_lopsided(ours.n, theirs.n))


def _who_is_silent(ours: Arm, theirs: Arm) -> str:
    if ours.standard_error is None and theirs.standard_error is None:
        return "neither side states an error between seeds"
    side, arm = ("proposal", ours) if ours.standard_error is None else ("baseline", theirs)
    # Of one run something could be said, so that the number is missing too.
    missing = "no error and no n" if arm.n is None else "no error between seeds"
    return f"the {side} states {missing}"


def _one_against_many(value: float, ours: Arm, theirs: Arm) -> Difference:
    many, side = (theirs, "baseline") if ours.single else (ours, "proposal")
    if many.standard_error is None:
        return Difference(value, reason=f"No interval: one run, and the {side} states no error between seeds.")
    if many.deviation is None or many.n is None:
        return Difference(
            value, reason=f"No interval: one run, and nobody says of how many runs the {side}'s error is."
        )
    error = many.deviation * math.sqrt(1 + 1 / many.n)
    return _t(value, error, many.n - 1, Procedure.CRAWFORD_HOWELL)


def _by_seed(ours: Arm, theirs: Arm) -> Difference | None:
    """Return the difference by seed, or None unless every run of either side has its seed's run on the other.

    Pairs that leave runs out would compare other means than those that are shown.
    """
    if ours.flaw or theirs.flaw:
        return None
    other = {seed: value for seed, value in theirs.seeds if seed is not None}
    pairs = [value - other[seed] for seed, value in ours.seeds if seed in other]
    n = len(pairs)
    if n < 2 or n < max(len(ours.seeds), len(theirs.seeds)):
        return None
    mean = math.fsum(pairs) / n
    deviation = math.sqrt(math.fsum((d - mean) ** 2 for d in pairs) / (n - 1))
    if deviation <= 1e-12 * max(abs(mean), abs(ours.mean), abs(theirs.mean)):
        return Difference(mean, reason=f"No interval: the {n} differences by seed are all the same, as of copies.")
    return _t(mean, deviation / math.sqrt(n), n - 1, Procedure.PAIRED, pairs=n)


def _t(
    value: float, error: float, df: float, procedure: Procedure, *, pairs: int | None = None, lopsided: bool = False
) -> Difference:
    half, p = critical_value(df) * error, two_sided_p(value / error, df)
    return Difference(value, Interval(value - half, value + half, p, error, procedure, df, pairs, lopsided))


def _normal(value: float, error: float) -> Difference:
    half, p = critical_value() * error, two_sided_p(value / error)
    return Difference(value, Interval(value - half, value + half, p, error, Procedure.NORMAL))
