"""How much of the gap between floor and ceiling is recovered (PGR), from the metric beneath, with its own interval.

The ratio's interval is Fieller's (1954) with the variances of its three parts kept apart. Floor and ceiling are taken
with their errors: as constants they would make it far too narrow where the gap is small.
"""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from reviewer.domain.intervals import critical_value, fieller_limits
from reviewer.domain.numbers import MINUS, number
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Direction
from reviewer.evidence.arms import AGREEMENT, Arm, Shares, is_more
from reviewer.evidence.difference import difference_of
from reviewer.evidence.few_runs import fieller_holds
from reviewer.evidence.metrics import SHARE
from reviewer.evidence.odd_values import odd


@dataclass(frozen=True, slots=True)
class Recovered:
    """(value − floor) / (ceiling − floor) with its 95 % interval, never clipped to 0 and 1; or that in per cent.

    ``value`` is that of the three means, None where there is no gap. Without an interval ``reason`` says why in a
    sentence; where the gap itself cannot be told from nothing ``unresolved`` is true, and the ratio means nothing.
    """

    value: float | None
    limits: tuple[float, float] | None = None
    df: float | None = None
    shared_seeds: int | None = None
    """Seeds common to all three parts, where they were taken seed by seed."""
    by_seed: float | None = None
    """What these seeds alone come to, which is what the interval then is around."""
    unresolved: bool = False
    gapless: bool = False
    """Whether there is no gap at all, or the floor is the better of its ends."""
    reason: str = ""
    caution: str = ""
    """What has to be known before the interval is believed; empty where nothing has."""


ROUNDED_TO_TWO = 0.00501
"""What rounding to two decimals makes of a number, and of the binary fraction that stands for it."""

NOT_RESOLVED = "The gap between floor and ceiling is not distinguishable from 0; the share recovered is undefined."


_COULD_BE_ANYTHING = "No interval: so little is known of floor and ceiling that the share could be anything."


HOLDS_WHERE_SKEWED = "92 %"
"""How often an interval holds the truth where the seeds are skewed, as the simulation of coverage shows."""


def recovered(
    value: Arm,
    floor: Arm,
    ceiling: Arm,
    *,
    shared_seeds: bool = False,
    direction: Direction = Direction.UNKNOWN,
    whole: float = 1.0,
) -> Recovered:
    """Return the share of the gap that ``value`` recovers; all three in the metric beneath, of that direction.

    ``shared_seeds`` says that runs with the same seed number share that seed's artefacts in all three; ``whole`` is
    what all of the gap is in the unit of the share, 1, or 100 for per cent.
    """
    share = _recovered(value, floor, ceiling, shared_seeds, direction)
    limits, by_seed = share.limits, share.by_seed
    return replace(
        share,
        value=None if share.value is None else whole * share.value,
        limits=None if limits is None else (whole * limits[0], whole * limits[1]),
        by_seed=None if by_seed is None else whole * by_seed,
    )


def _recovered(value: Arm, floor: Arm, ceiling: Arm, shared_seeds: bool, direction: Direction) -> Recovered:
    unresolved = gap_unresolved(floor, ceiling, shared_seeds=shared_seeds, direction=direction)
    gap = ceiling.mean - floor.mean
    if unresolved is not None:
        return unresolved if unresolved.gapless else replace(unresolved, value=(value.mean - floor.mean) / gap)
    share = (value.mean - floor.mean) / gap
    if shared_seeds and (by_seed := _by_seed(value, floor, ceiling, share)) is not None:
        return by_seed
    for name, arm in (("value beneath", value), ("floor", floor), ("ceiling", ceiling)):
        if arm.flaw:
            return Recovered(share, reason=f"No interval: the {name}'s error cannot be used, since {arm.flaw}.")
        if arm.standard_error is None or arm.n is None:
            what = "rests on one run" if arm.single else "states no error between seeds with their number"
            return Recovered(share, reason=f"No interval: the {name} {what}.")
    v, f, c = ((arm.standard_error or 0.0) ** 2 for arm in (value, floor, ceiling))
    parts = [(v, value.n), (share**2 * c, ceiling.n), ((1 - share) ** 2 * f, floor.n)]
    total = math.fsum(part for part, _ in parts)
    df = 1 / math.fsum((part / total) ** 2 / (n - 1) for part, n in parts if n is not None)
    limits = fieller_limits(value.mean - floor.mean, gap, v + f, f, c + f, critical_value(df))
    said = _said(share, limits, df)
    return said if limits is None else replace(said, caution=fieller_holds([n for _, n in parts if n is not None]))


def gap_unresolved(
    floor: Arm, ceiling: Arm, *, shared_seeds: bool = False, direction: Direction = Direction.UNKNOWN
) -> Recovered | None:
    """Return what any share of the gap comes to, where the gap is none or cannot be told from nothing; else None.

    It is decided once for a gap, whatever is held against it: by the difference of its two ends.
    """
    if reason := _why_gapless(floor, ceiling, direction):
        return Recovered(None, unresolved=True, gapless=True, reason=reason)
    interval = difference_of(ceiling, floor, paired=shared_seeds).interval
    return None if interval is None or interval.resolved else Recovered(None, unresolved=True, reason=NOT_RESOLVED)


def surely_unresolved(floor: Arm, ceiling: Arm) -> bool:
    """Return whether a gap cannot be told from nothing whatever the degrees of freedom: by arithmetic alone."""
    if floor.standard_error is None or ceiling.standard_error is None:
        return False
    return abs(ceiling.mean - floor.mean) <= 1.959 * math.hypot(floor.standard_error, ceiling.standard_error)


_BINARY_NOISE = 1e-12
"""What is left of a difference of equal means, in size of the means, where numbers are binary fractions."""


def _why_gapless(floor: Arm, ceiling: Arm, direction: Direction) -> str:
    """Return in a sentence why there is no gap between two ends, by arithmetic alone; empty where there is one."""
    gap = ceiling.mean - floor.mean
    if abs(gap) <= _BINARY_NOISE * max(abs(floor.mean), abs(ceiling.mean)):
        return "Floor and ceiling are equal; there is no gap to recover."
    # Where errors are known they decide.
    bare = floor.standard_error is None and ceiling.standard_error is None
    if bare and is_more(floor.rounding + ceiling.rounding, abs(gap)):
        return "Floor and ceiling are equal, as far as their digits go; there is no gap to recover."
    if gap < 0 if direction is Direction.HIGHER else gap > 0 and direction is Direction.LOWER:
        return "The floor is better than the ceiling; there is nothing to recover."
    return ""


def _by_seed(value: Arm, floor: Arm, ceiling: Arm, of_means: float) -> Recovered | None:
    """Return the exact answer where every run's seed has its floor and its ceiling; None where not, or for one run."""
    if value.flaw or floor.flaw or ceiling.flaw:
        return None
    floors, ceilings = ({s: x for s, x in arm.seeds if s is not None} for arm in (floor, ceiling))
    rows = [(x - floors[s], ceilings[s] - floors[s]) for s, x in value.seeds if s in floors and s in ceilings]
    n = len(rows)
    if n < 2 or n < len(value.seeds):
        return None
    b, a = math.fsum(row[0] for row in rows) / n, math.fsum(row[1] for row in rows) / n
    if a == 0:
        return Recovered(of_means, shared_seeds=n, reason=_COULD_BE_ANYTHING)
    bb, ab, aa = (
        math.fsum(products) / (n - 1) / n
        for products in (
            [(y - b) ** 2 for y, _ in rows],
            [(y - b) * (x - a) for y, x in rows],
            [(x - a) ** 2 for _, x in rows],
        )
    )
    share = b / a
    if bb - 2 * share * ab + share**2 * aa <= 1e-18 * (b * b + share**2 * a * a):
        copies = "No interval: every run recovers the same share, as copies do."
        return Recovered(of_means, shared_seeds=n, by_seed=share, reason=copies)
    said = _said(of_means, fieller_limits(b, a, bb, ab, aa, critical_value(n - 1)), n - 1, shared_seeds=n)
    return replace(said, by_seed=share)


def share_at_once(value: Arm, floor: Arm, ceiling: Arm, direction: Direction, whole: float) -> float | None:
    """Return the share that the three come to, by arithmetic alone; None where there is no gap.

    No statistics are asked whether the gap is resolved, so that it serves while a key waits.
    """
    if _why_gapless(floor, ceiling, direction):
        return None
    return whole * (value.mean - floor.mean) / (ceiling.mean - floor.mean)


def compared_at_once(stated: Arm, value: Arm, floor: Arm, ceiling: Arm, direction: Direction, whole: float) -> Arm:
    """Return the arm by which a share is shown and compared, by arithmetic alone; ``value`` is of the metric beneath.

    Where the gap tells nothing it is what the three come to all the same, by which such shares are in order.
    """
    share = share_at_once(value, floor, ceiling, direction, whole)
    shares = None if share is None else in_shares(value, floor, ceiling, Recovered(share), whole)
    return shown(stated, shares)


def can_be_parts(base: Metric, *arms: Arm) -> bool:
    """Return whether values of the metric beneath can be what a share is made of, and not what stands for none."""
    return all(odd(arm, base) is None for arm in arms)


def no_parts(base: Metric, **parts: Arm | None) -> str:
    """Return which of those parts that are known is no value of the metric beneath, by its name; empty for none."""
    for name, arm in parts.items():
        if arm is not None and (why := odd(arm, base)) is not None:
            return f"the {name} of {base.name} is {number(arm.mean)}, and {why}".replace("-", MINUS)
    return ""


def in_shares(value: Arm, floor: Arm, ceiling: Arm, share: Recovered, whole: float = 1.0) -> Shares | None:
    """Return an arm of the metric beneath in shares of the gap, whose ends are taken as known.

    Its mean is the ``share`` that the three come to, in the unit in which all of the gap is ``whole``, and its
    ``rounding`` what their digits leave open of that. None where the gap cannot be told from nothing.

    To test two methods that share floor and ceiling this is all that is needed: the floor falls out of the difference,
    and the gap is a scale, which leaves p as it is.
    """
    if share.unresolved or share.value is None:
        return None
    scale = whole / (ceiling.mean - floor.mean)
    error, mean = value.standard_error, share.value
    return Shares(
        mean,
        None if error is None else error * abs(scale),
        value.n,
        tuple((seed, mean + (each - value.mean) * scale) for seed, each in value.seeds),
        value.flaw,
        value.n_test,
        value.unused,
        whole,
        max(value.rounding, floor.rounding, ceiling.rounding) * abs(scale),
    )


def is_as_stated(stated: float, shares: Shares) -> bool:
    """Return whether a share that a source states is the one that its parts come to, but for what was rounded."""
    left_open = rounded_of(stated, shares.whole or SHARE, AGREEMENT) + shares.rounding
    return not is_more(abs(stated - shares.mean), left_open)


def is_in_other_unit(stated: float, given: float) -> bool:
    """Return whether a share is stated in per cent of what its parts give as one from 0 to 1, or the other way."""
    return any(math.isclose(stated, given * times, rel_tol=0.02) for times in (100, 0.01))


def rounded_of(stated: float, whole: float, least: float) -> float:
    """Return what rounding may have taken of a share as it is stated, and at least so much of all of a gap.

    It is half a hundredth of the gap where hundredths of it are stated, be it as per cent.
    """
    decimals = 2 if whole == 1 else 0
    return whole * (max(ROUNDED_TO_TWO, least) if round(stated, decimals) == stated else least)


class Pair(NamedTuple):
    """Two arms as they are compared and shown; ``on_shares`` says that both are of the metric beneath, in shares.

    ``untested`` says in a sentence why they are not tested; empty where they may be.
    """

    ours: Arm
    theirs: Arm
    on_shares: bool = False
    untested: str = ""


def pair_of(ours: Arm, our_shares: Shares | None, theirs: Arm, their_shares: Shares | None) -> Pair:
    """Return what is compared of two shares of one gap: what their parts come to, as far as these are known.

    A share that is stated otherwise than its parts have it is not tested against one whose parts are unknown.
    """
    used = shown(ours, our_shares), shown(theirs, their_shares)
    on_shares = our_shares is not None and their_shares is not None
    comparable = on_shares or (_as_stated(ours, our_shares) and _as_stated(theirs, their_shares))
    on_shares = on_shares and used[0] is our_shares and used[1] is their_shares
    return Pair(*used, on_shares, "" if comparable else _NOT_COMPARABLE)


def shown(stated: Arm, shares: Shares | None) -> Arm:
    """Return the arm by which a share is shown and compared: that of its parts, unless it alone states an error."""
    if shares is None:
        return stated
    error_of_share_alone = shares.standard_error is None and stated.standard_error is not None
    return stated if error_of_share_alone and is_as_stated(stated.mean, shares) else shares


def _as_stated(stated: Arm, shares: Shares | None) -> bool:
    return shares is None or is_as_stated(stated.mean, shares) or is_in_other_unit(stated.mean, shares.mean)


_NOT_COMPARABLE = (
    "No interval: one share is not what its source states of it, and of the other nobody knows what its parts come to."
)


def _said(share: float, limits: tuple[float, float] | None, df: float, shared_seeds: int | None = None) -> Recovered:
    if limits is None:
        return Recovered(share, df=df, shared_seeds=shared_seeds, reason=_COULD_BE_ANYTHING)
    return Recovered(share, limits, df, shared_seeds)
