"""All methods of a problem by one metric: who stands where, how sure that is, and how much of it is luck.

A pure table. The p values are adjusted over every proposal of the problem that could be tested, and shrinkage is over
every proposal too, never over a part that somebody looks at.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

from reviewer.domain.counted import counted
from reviewer.domain.problems import Metric
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.baselines import Ground
from reviewer.evidence.comparison import find_bounds
from reviewer.evidence.contenders import Contender, Found, find, with_shares
from reviewer.evidence.difference import Difference, difference_of
from reviewer.evidence.many import (
    FALSE_DISCOVERY_RATE,
    WHERE_SHRINKAGE_FAILS,
    Shrinkage,
    Shrunken,
    adjusted_p,
    shrink_arms,
)
from reviewer.evidence.mean_interval import MeanInterval, mean_interval
from reviewer.evidence.metrics import beneath
from reviewer.evidence.recovered import Recovered

TOP = 20
"""So many of the best proposals are shown with the value after shrinkage: it is there that luck gathers."""

NOTHING_IS_BEST = "Whether more or less of this metric is better is unknown: the rows stand by name, and none is best."


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A method and its value. ``rank`` counts proposals and baselines alone; equal values share one.

    ``p`` is that of the difference from the best baseline, one-sided: how easily luck alone would make a proposal look
    as much better. ``adjusted`` is the same after Benjamini and Hochberg. ``shrunken`` is there for the top alone.
    ``arm`` and ``shares`` are without the values by seed, which stand in ``seeds``, unless runs are compared in pairs.
    """

    method_id: int
    uuid: str
    title: str
    role: Role
    bound: Bound | None
    arm: Arm
    seeds: tuple[float, ...]
    basis: Basis
    rank: int | None = None
    p: float | None = None
    adjusted: float | None = None
    shrunken: Shrunken | None = None
    shares: Arm | None = None
    """Of a share of a gap: the metric beneath in such shares, where floor, ceiling and that are what it comes from."""
    recovered: Recovered | None = None
    """The share that these come to, with Fieller's interval."""

    @property
    def value(self) -> float:
        """Return the value, in the unit of the metric."""
        return self.arm.mean

    @property
    def interval(self) -> MeanInterval:
        """Return the interval of the value, or why there is none; Fieller's where it states no error of its own."""
        share = self.recovered
        if self.arm.standard_error is None and share is not None and share.limits is not None:
            how = f"Fieller's interval, from the metric beneath; {share.caution}".removesuffix("; ")
            return MeanInterval(self.arm.mean, share.limits, share.df, caution=f"{how}.")
        return mean_interval(self.arm)

    @property
    def illustrative(self) -> bool:
        """Return whether the value is illustrative."""
        return self.basis is Basis.ILLUSTRATIVE


@dataclass(frozen=True, slots=True)
class Scale:
    """What a row of bars reaches from and to, in the unit of the metric; ``low`` is below ``high``."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a value stands, 0 at the low end and 1 at the high one; beyond them outside of that."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The rows in order, and what they are held against.

    ``baseline`` is the best baseline, a human's where there is one of these, None where there is none or nothing is
    best. ``floor`` and ``ceiling`` are those of the metric on the dataset. ``tested`` proposals have a p value,
    ``shrinkage`` is over all proposals (None where there are none), and ``unmeasured`` methods of the problem have no
    value here.
    """

    ground: Ground
    metric: Metric
    rows: tuple[LeaderboardRow, ...]
    scale: Scale
    baseline: LeaderboardRow | None = None
    floor: float | None = None
    ceiling: float | None = None
    bounds_setting: Setting | None = None
    """Where floor and ceiling were measured, if that is another setting than the ground's."""
    tested: int = 0
    shrinkage: Shrinkage | None = None
    unmeasured: int = 0
    shared_seeds: bool = False
    """Whether runs of one seed number are compared in pairs."""
    illustrative_bounds: frozenset[Bound] = frozenset()
    """Those of floor and ceiling whose value is illustrative."""
    base: str = ""
    """The metric beneath, where the metric says how much of a gap was recovered."""

    @property
    def proposals(self) -> int:
        """Return how many proposals have a value here."""
        return sum(row.role is Role.PROPOSAL for row in self.rows)

    @property
    def illustrative(self) -> bool:
        """Return whether any value of a row, or of floor and ceiling, is illustrative."""
        return bool(self.illustrative_bounds) or any(row.illustrative for row in self.rows)

    def difference(self, row: LeaderboardRow) -> Difference | None:
        """Return how a proposal differs from the best baseline; None where there is nothing to hold it against."""
        if self.baseline is None or row.role is not Role.PROPOSAL:
            return None
        return difference_of(*_compared(row, self.baseline), paired=self.shared_seeds)

    def tested_on(self, row: LeaderboardRow) -> str:
        """Return the metric beneath where a proposal's difference is tested on it; empty where it is not."""
        on_shares = row.role is Role.PROPOSAL and self.baseline is not None and row.shares and self.baseline.shares
        return self.base if on_shares else ""


def _compared(ours: "LeaderboardRow | Found", theirs: "LeaderboardRow | Found") -> tuple[Arm, Arm]:
    """Return the arms that are compared: those of the metric beneath where both have one, as in the evidence."""
    return (ours.shares, theirs.shares) if ours.shares and theirs.shares else (ours.arm, theirs.arm)


def sentences(board: Leaderboard) -> tuple[str, ...]:
    """Return what has to be known of the table's figures before they are believed, in whole sentences."""
    said = [*_of_shrinkage(board), *_of_tests(board)]
    if board.bounds_setting is not None:
        words = board.bounds_setting.replace("_", "-")
        said.append(f"Floor and ceiling were measured under {words}; this setting does not have both.")
    if board.unmeasured:
        said.append(f"{counted(board.unmeasured, 'method')} of the problem {_have(board.unmeasured)} no value here.")
    return tuple(said)


def _of_tests(board: Leaderboard) -> Iterator[str]:
    proposals = [row for row in board.rows if row.role is Role.PROPOSAL]
    if board.metric.direction is Direction.UNKNOWN:
        if board.rows:
            yield NOTHING_IS_BEST
    elif not proposals:
        yield "No proposal has a value here."
    elif board.baseline is None:
        yield "No baseline has a value here, so that nothing is tested."
    elif not board.tested:
        difference = board.difference(proposals[0])
        reason = difference.reason if difference else ""
        yield f"Nothing is tested against {safe_line(board.baseline.title, 200)}. {reason}"
    else:
        yield (
            f"Adjusted p: better than the best baseline, Benjamini–Hochberg over all {board.tested:,} tested; of those "
            f"up to {FALSE_DISCOVERY_RATE:.2f} at most one in {1 / FALSE_DISCOVERY_RATE:.0f} is luck, in expectation."
        )
        if left := len(proposals) - board.tested:
            yield f"{counted(left, 'proposal')} could not be tested: too little is known of the noise."
        if any(map(board.tested_on, proposals)):
            yield (
                f"Tested on {safe_line(board.base, 40)} where it is known: floor and ceiling are the same for all, and "
                "the gap is but a scale."
            )


def _of_shrinkage(board: Leaderboard) -> Iterator[str]:
    if board.shrinkage is None or (board.shrinkage.reason and board.metric.direction is Direction.UNKNOWN):
        return
    if board.shrinkage.reason:
        yield board.shrinkage.reason
    else:
        yield WHERE_SHRINKAGE_FAILS


def _have(n: int) -> str:
    return "has" if n == 1 else "have"


def build_leaderboard(
    contenders: Iterable[Contender],
    ground: Ground,
    metric: Metric,
    *,
    base: Metric | None = None,
    shared_seeds: bool = False,
) -> Leaderboard:
    """Return the table of all methods that have a value on the ground, the best first.

    ``base`` is the metric beneath, where ``metric`` says how much of a gap was recovered: methods are then compared on
    it, as far as it is known of them.

    ``shared_seeds`` says that runs of the same seed number share that seed's artefacts, in every method of the problem.

    Where the metric's direction is unknown the rows stand by name. Floor and ceiling may come from another setting
    where the ground's own has none, as in a comparison.
    """
    found: list[Found] = []
    references: list[Contender] = []
    unmeasured = 0
    for contender in contenders:
        if contender.role is Role.REFERENCE:
            references.append(contender)
        if (one := find(contender, ground, base)) is not None:
            found.append(one)
        elif contender.role is not Role.REFERENCE:
            unmeasured += 1
    if base is not None:
        found = with_shares(found, references, ground, base, shared_seeds)
    rows, baseline, shrinkage = _rows(found, metric.direction, shared_seeds)
    floor, ceiling, setting, made_up = _bounds(references, ground, metric)
    lines = [x for x in (floor, ceiling, None if baseline is None else baseline.value) if x is not None]
    tested = sum(row.p is not None for row in rows)
    scale = _scale(rows, lines)
    return Leaderboard(
        ground, metric, rows, scale, baseline, floor, ceiling, setting, tested, shrinkage, unmeasured, shared_seeds,
        made_up, base.name if base else "",
    )  # fmt: skip


def _rows(
    found: list[Found], direction: Direction, shared_seeds: bool
) -> tuple[tuple[LeaderboardRow, ...], LeaderboardRow | None, Shrinkage | None]:
    """Return the rows in order, the best baseline, and what shrinkage made of the proposals."""
    if direction is Direction.UNKNOWN:
        found.sort(key=lambda f: (f.title.casefold(), f.method_id))
        rows = tuple(_row(one, seeds=shared_seeds) for one in found)
        reason = "Nothing is shrunken: nothing is best, so that nothing is on top by luck."
        return rows, None, Shrinkage((), reason=reason) if rows else None
    sign = -1 if direction is Direction.HIGHER else 1
    found.sort(key=lambda f: (sign * f.arm.mean, f.title.casefold(), f.method_id))
    # The first of the best, as in the evidence: of a human's where there is one.
    baselines = sorted((f for f in found if f.role is Role.BASELINE), key=lambda f: not f.human)
    best = baselines[0] if baselines else None
    proposals = [f for f in found if f.role is Role.PROPOSAL]
    ps = [None if best is None else _one_sided(*_compared(f, best), direction, shared_seeds) for f in proposals]
    known = [f.shares if f.arm.standard_error is None and f.shares else f.arm for f in proposals]
    shrinkage = shrink_arms(known) if known else None
    if shrinkage is not None:
        shrinkage = replace(shrinkage, values=shrinkage.values[:TOP])
    tests = zip(ps, adjusted_p(ps), chain(shrinkage.values if shrinkage else (), repeat(None)), strict=False)
    made, rank, before, counted = [], 0, None, 0
    for one in found:
        if one.role is Role.REFERENCE:
            made.append(_row(one))
            continue
        counted += 1
        if one.arm.mean != before:
            rank, before = counted, one.arm.mean
        made.append(_row(one, rank, *(next(tests) if one.role is Role.PROPOSAL else ()), seeds=shared_seeds))
    return tuple(made), next((row for row in made if best and row.method_id == best.method_id), None), shrinkage


def _row(
    one: Found,
    rank: int | None = None,
    p: float | None = None,
    adjusted: float | None = None,
    shrunken: Shrunken | None = None,
    *,
    seeds: bool = False,
) -> LeaderboardRow:
    values = tuple([value for _, value in one.arm.seeds])
    arm, shares = one.arm, one.shares
    if not seeds:
        arm, shares = replace(arm, seeds=()), shares and replace(shares, seeds=())
    return LeaderboardRow(*one[:5], arm, values, one.basis, rank, p, adjusted, shrunken, shares, one.recovered)


def _one_sided(ours: Arm, theirs: Arm, direction: Direction, paired: bool) -> float | None:
    """Return p for "better than the baseline".

    A baseline that all proposals share makes their tests depend on one another, which the adjustment bears where they
    are one-sided.
    """
    difference = difference_of(ours, theirs, paired=paired)
    if difference.interval is None:
        return None
    half = difference.interval.p / 2
    return half if (difference.value > 0) is (direction is Direction.HIGHER) else 1 - half


def _bounds(
    references: Sequence[Contender], ground: Ground, metric: Metric
) -> tuple[float | None, float | None, Setting | None, frozenset[Bound]]:
    """Return floor and ceiling on the ground, their setting where that is another one, and which are illustrative.

    Of a share of the gap between the two they are 0 and 1.
    """
    sighted = find_bounds(references, ground.metric, ground.dataset, ground.setting, ground.split)
    floor, ceiling = (
        None if one is None or arm_of(one.measurement) is None else one.measurement.value for one in sighted
    )
    if floor is None and ceiling is None and references and beneath(metric) is not None:
        return 0.0, 1.0, None, frozenset()
    setting = next((one.measurement.setting for one in sighted if one is not None), ground.setting)
    made_up = frozenset(
        bound
        for bound, one in zip((Bound.FLOOR, Bound.CEILING), sighted, strict=True)
        if one is not None and one.measurement.basis is Basis.ILLUSTRATIVE
    )
    return floor, ceiling, None if setting is ground.setting else setting, made_up


def _scale(rows: Sequence[LeaderboardRow], lines: Sequence[float]) -> Scale:
    """Return a scale on which the rows and the lines can be told apart.

    What lies very far from the rest, or has a very wide interval, is left to reach beyond it.
    """
    values = sorted(row.value for row in rows)
    if not values and not lines:
        return Scale(0.0, 1.0)
    shown = values or sorted(lines)
    low, high = shown[len(shown) // 4], shown[-1 - len(shown) // 4]
    reach = 3 * (high - low)
    nearest, furthest = min([low - reach, *lines]), max([high + reach, *lines])
    ends = [x for row in rows for x in (row.value, *(row.interval.limits or ()))] + list(lines)
    low, high = max(nearest, min(ends)), min(furthest, max(ends))
    size = max(abs(low), abs(high))
    if not high - low > max(1e-12 * size, _LEAST_SPAN):
        # Half as much again to either side, so that the one value stands in the middle.
        around = size / 2 if size > _LEAST_SPAN else 0.5
        low, high = low - around, high + around
    return Scale(low, high)


_LEAST_SPAN = 1e-150
"""Whatever is measured, divided by this, is still a number."""
