"""All methods of a problem by one metric: who stands where, how sure that is, and how much of it is luck.

A pure table. The p values are adjusted over every proposal of the problem that could be tested, and shrinkage is over
every proposal too, never over a part that somebody looks at.
"""

from dataclasses import dataclass

from reviewer.domain.intervals import LEVEL
from reviewer.domain.numbers import finer
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Role, Setting
from reviewer.evidence.arms import Arm, Shares
from reviewer.evidence.baselines import Ground
from reviewer.evidence.contenders import Found
from reviewer.evidence.difference import Difference, Procedure
from reviewer.evidence.examples import error_by_examples
from reviewer.evidence.many import FALSE_DISCOVERY_RATE, Shrinkage, Shrunken
from reviewer.evidence.mean_interval import MeanInterval, mean_interval
from reviewer.evidence.odd_values import LeftOut
from reviewer.evidence.recovered import Pair, Recovered, pair_of
from reviewer.evidence.tested import pair_difference

TOP = 20
"""So many of the best proposals are shown with the value after shrinkage: it is there that luck gathers."""


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A method and its value. ``rank`` counts proposals and baselines alone; equal values share one.

    ``p`` is that of the difference from the best baseline, one-sided: how easily luck alone would make a proposal look
    as much better; ``procedure`` says which test it is of. ``adjusted`` is the same after Benjamini and Hochberg, over
    all that were tested, or, where it is not ``doubtful``, over all that are not.
    ``shrunken`` is there for the top alone. ``left_out`` says why it has part in neither. ``arm`` and ``shares`` are
    without the values by seed, which stand in ``seeds``, unless runs are compared in pairs.
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
    shares: Shares | None = None
    """Of a share of a gap: the metric beneath in such shares, where floor, ceiling and that are what it comes from."""
    recovered: Recovered | None = None
    """The share that these come to, with Fieller's interval, or that the gap is not resolved."""
    procedure: Procedure | None = None
    left_out: LeftOut | None = None
    """Why it has part neither in tests nor in shrinkage; an odd value has no rank either, and stands below the rest."""
    own: Arm | None = None
    """What the source states of a share, where another arm takes its place."""
    stated: float | None = None
    """What the source states, where that is another value than the one that is computed, and compared."""
    namespace: str = ""
    external_id: str = ""
    why_untested: str = ""
    """Why the difference of one that has part in the tests has none all the same."""
    lopsided: bool = False
    """Whether the test is of two or three runs against so many that it finds too much."""

    @property
    def value(self) -> float:
        """Return the value, in the unit of the metric."""
        return self.arm.mean

    @property
    def interval(self) -> MeanInterval:
        """Return the interval of the value, or why there is none; Fieller's of a share, with the errors of the ends."""
        share = self.recovered
        if self.left_out is not None and self.left_out is not LeftOut.UNRESOLVED:
            return MeanInterval(self.arm.mean, reason=f"No interval: {self.left_out}.")
        if share is not None and share.unresolved:
            return MeanInterval(self.arm.mean, reason=f"No interval: {LeftOut.UNRESOLVED}.")
        if share is not None and share.limits is not None:
            how = f"Fieller's interval, from the metric beneath; {share.caution}".removesuffix("; ")
            return MeanInterval(self.arm.mean, share.limits, share.df, caution=f"{how}.")
        if share is not None and self.own is not None:
            # An interval of the metric beneath in shares would take the gap as known.
            return MeanInterval(self.arm.mean, reason=share.reason)
        return mean_interval(self.arm)

    @property
    def stands_out(self) -> bool:
        """Return whether it is better: by the adjusted p, and by the interval of its difference, which leaves 0 out.

        Of few runs against many the smallest p of all is mostly luck, whatever its size.
        """
        if self.p is None or self.adjusted is None or self.lopsided:
            return False
        return self.adjusted <= FALSE_DISCOVERY_RATE and self.p <= (1 - LEVEL) / 2

    @property
    def doubtful(self) -> bool:
        """Return whether p stands on less than it should: few runs, or an error over an unknown number of them."""
        return is_doubtful(self.procedure, lopsided=self.lopsided)

    @property
    def untested(self) -> bool:
        """Return whether it is a proposal whose difference from the baseline could have had a test, and has none."""
        return self.role is Role.PROPOSAL and self.left_out is None and self.p is None

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
    best; ``outdone_by`` is a better one of which nobody says that a human made it. ``floor`` and ``ceiling`` are those
    of the metric on the dataset. ``tested`` proposals have a p value, ``shrinkage`` is over all proposals (None where
    there are none), and ``unmeasured`` methods of the problem have no value here.
    """

    ground: Ground
    metric: Metric
    rows: tuple[LeaderboardRow, ...]
    scale: Scale
    baseline: LeaderboardRow | None = None
    outdone_by: LeaderboardRow | None = None
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
    known_beneath: bool = False
    """Whether some method has a value of the metric beneath."""
    not_recomputed: int = 0
    """So many shares of a gap are not computed from their parts, since a part is no value that it can have."""
    why_not_recomputed: str = ""
    """Which part that is of the first of them, and what it is."""
    base: str = ""
    """The metric beneath, where the metric says how much of a gap was recovered."""
    usual_error: float | None = None
    """The error that half of those that there are do not exceed."""

    def error(self, row: LeaderboardRow) -> float | None:
        """Return the error of a row's value between runs, or that of the test set; None where neither is known."""
        return self.examples_error(row) if row.arm.standard_error is None else row.arm.standard_error

    def examples_error(self, row: LeaderboardRow) -> float | None:
        """Return the error by the test set, where that is all that is known of the noise of a row's value."""
        if row.arm.standard_error is not None or row.left_out is not None:
            return None
        return error_by_examples(self.metric, row.value, row.arm.n_test)

    def fineness(self, row: LeaderboardRow) -> float | None:
        """Return how fine a difference is to be seen in the numbers of a row; None where nothing is known of that."""
        own = self.error(row) or None
        if not self.scale.low <= row.value <= self.scale.high:
            return own
        usual = self.usual_error or finer(row.value, (self.scale.high - self.scale.low) / _TOLD_APART)
        return min((error for error in (own, usual) if error), default=None)

    @property
    def baseline_words(self) -> str:
        """Return what the baseline is that everything is held against."""
        return "best baseline" if self.outdone_by is None else "best human baseline"

    @property
    def proposals(self) -> int:
        """Return how many proposals have a value here."""
        return sum(row.role is Role.PROPOSAL for row in self.rows)

    @property
    def illustrative(self) -> bool:
        """Return whether any value of a row, or of floor and ceiling, is illustrative."""
        return bool(self.illustrative_bounds) or any(row.illustrative for row in self.rows)

    def difference(self, row: LeaderboardRow) -> Difference | None:
        """Return how a proposal differs from the best baseline; None where there is nothing to hold it against.

        None too where its value is left out: ``untested`` says why.
        """
        if self.baseline is None or row.role is not Role.PROPOSAL or row.left_out:
            return None
        return pair_difference(compared_arms(row, self.baseline), self.metric, paired=self.shared_seeds)

    def untested(self, row: LeaderboardRow) -> str:
        """Return why a proposal's difference is not tested, or what the test takes for granted; empty for neither."""
        if row.role is not Role.PROPOSAL:
            return ""
        if row.left_out is not None:
            return f"Not tested: {row.left_out}."
        if self.baseline is None:
            return ""
        difference = self.difference(row)
        if difference is None or difference.interval is None:
            return difference.reason if difference else ""
        return difference.interval.caution

    def tested_on(self, row: LeaderboardRow) -> str:
        """Return the metric beneath where a proposal's difference is tested on it; empty where it is not."""
        if row.role is not Role.PROPOSAL or self.baseline is None:
            return ""
        return self.base if not row.left_out and compared_arms(row, self.baseline).on_shares else ""


def compared_arms(ours: "LeaderboardRow | Found", theirs: "LeaderboardRow | Found") -> Pair:
    """Return the arms that are compared, as in the evidence."""
    return pair_of(ours.own or ours.arm, ours.shares, theirs.own or theirs.arm, theirs.shares)


def is_doubtful(procedure: Procedure | None, *, lopsided: bool) -> bool:
    """Return whether a p stands on less than it should: few runs, or an error over an unknown number of them."""
    return lopsided or procedure in (Procedure.CRAWFORD_HOWELL, Procedure.NORMAL)


_TOLD_APART = 40
"""So many values on a scale are told apart by their digits, where nothing is known of errors."""
