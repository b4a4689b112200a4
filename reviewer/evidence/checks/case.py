"""What a rule looks at: one method, and what its problem has to hold it against."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewer.domain.methods import Measurement, Method, Opinions
from reviewer.domain.vocabulary import Direction
from reviewer.evidence.baselines import ground_of
from reviewer.evidence.checks import wording
from reviewer.evidence.checks.compared import Compared, compared
from reviewer.evidence.checks.context import Context
from reviewer.evidence.checks.measured import best_sightings, key_of
from reviewer.evidence.checks.sane import LARGEST, SMALLEST
from reviewer.evidence.comparison import Key
from reviewer.evidence.fineness import Fineness, fineness

_ENOUGH_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Row:
    """A method's number beside the best other baseline's for the same thing.

    ``gain`` is how much better the method's is, in the unit of the metric; None where the direction is unknown.
    """

    label: str
    ours: Measurement
    baseline: Method
    theirs: Measurement
    gain: float | None


def _gains(rows: Iterable[Row]) -> tuple[tuple[Row, float], ...]:
    return tuple((row, row.gain) for row in rows if row.gain is not None and row.gain > 0)


_NONE_GIVEN = Opinions()


@dataclass(frozen=True, slots=True)
class Namesake:
    """An earlier proposal of the same title, or of a similar one: ``common`` of the ``either`` words of both titles."""

    id: int
    name: str
    title: str
    same: bool
    common: int
    either: int


class Case:
    """One method and what it is held against; it is made once and never changed."""

    __slots__ = ("_compared", "_gains_anywhere", "_text", "context", "gains", "held_against", "main", "method",
                 "namesake", "opinions", "rows", "sightings", "values", "with_seeds", "with_subset")  # fmt: skip

    def __init__(
        self, method: Method, context: Context, namesake: Namesake | None = None, opinions: Opinions = _NONE_GIVEN
    ) -> None:
        own = {key_of(m) for m in method.measurements}
        self.method = method = context.derivation.complete(method)
        self.context = context
        self.namesake = namesake
        self.opinions = opinions
        self._text: str | None = None
        self._compared: dict[Key, Compared | None] = {}
        self._gains_anywhere: tuple[tuple[Row, float], ...] | None = None
        self.sightings = best_sightings(method)
        """The one number for each thing that was measured on a whole dataset, where it can be computed with."""
        every = tuple(m for m in self.sightings.values() if not context.is_odd(m, self.sightings))
        self.values = tuple(m for m in every if key_of(m) in own)
        """Those of them that their metrics can have, without the shares that its source does not state."""
        self.with_seeds = tuple(m for m in method.measurements if m.seeds)
        self.with_subset = tuple(m for m in method.measurements if m.subset)
        self.main = self._main(every)
        """The numbers that count first: those of the primary metric, be they stated or not, else of the first one."""
        self.held_against = self._held_against()
        """The baseline that the evidence holds it against first, where there are several."""
        self.rows = tuple(self._rows(self.main))
        """The numbers that count first beside those of that baseline, or of a better one, where there is one."""
        self.gains = _gains(self.rows)
        """The rows in which the method is the better one, with by how much."""

    def gains_anywhere(self) -> tuple[tuple[Row, float], ...]:
        """Return the same of every metric: those that count first, then whatever says something else than they do.

        A share of a gap and the metric beneath say the same.
        """
        if self._gains_anywhere is None:
            counted = {m.metric for m in self.main}
            same = {base.name for m in self.main if (base := self.context.base_of(m)) is not None}
            others = (m for m in self.values if m.metric not in counted and m.metric not in same)
            unlike = [m for m in others if (base := self.context.base_of(m)) is None or base.name not in counted]
            self._gains_anywhere = self.gains + _gains(self._rows(unlike))
        return self._gains_anywhere

    def text(self) -> str:
        """Return what the method says of itself, in small letters; of a very long text the beginning."""
        if self._text is None:
            said = "\n".join((self.method.hypothesis, self.method.body, *self.method.claims))
            self._text = said[:_ENOUGH_TEXT].lower()
        return self._text

    def runs(self, m: Measurement, baseline: Method | None = None) -> int | None:
        """Return over how many runs a number is that is compared, the method's or a baseline's; None where unknown."""
        arm = self.context.shown(m, self.sightings if baseline is None else self.context.measured_by[baseline.id])
        return None if arm is None else arm.n

    def unresolved(self, m: Measurement) -> bool:
        """Return whether a number is a share of a gap that cannot be told from nothing."""
        key = self.context.key_beneath(m)
        return key is not None and self.context.unresolved(key)

    def has_error(self, m: Measurement) -> bool:
        """Return whether an error between runs is used of a number, be it that of the metric beneath."""
        arm = self.context.shown(m, self.sightings)
        return arm is not None and arm.standard_error is not None

    def compared(self, row: Row) -> Compared | None:
        """Return what one of the rows comes to, as the evidence shows it; None where either side has no number."""
        key = key_of(row.ours)
        if key not in self._compared:
            ours = self.context.side(row.ours, self.sightings)
            theirs = self.context.side_of_baseline(row.baseline, row.theirs)
            self._compared[key] = (
                None
                if ours is None or theirs is None
                else compared(ours, theirs, self.context.here(key), shared_seeds=self.context.shared_seeds)
            )
        return self._compared[key]

    def fineness(self, row: Row) -> Fineness:
        """Return how fine the numbers of one of the rows are shown."""
        return self.fineness_beside(row.ours, row.baseline, row.theirs)

    def fineness_beside(self, ours: Measurement, baseline: Method, theirs: Measurement) -> Fineness:
        """Return how fine a number of the method and one of a baseline are shown."""
        of = self.context.measured_by[baseline.id]
        arms = self.context.shown(ours, self.sightings), self.context.shown(theirs, of)
        return fineness(*arms, self.context.here(key_of(ours)))

    def figure(self, m: Measurement) -> str:
        """Return one of the method's numbers as its row shows it."""
        found = self.in_hand(key_of(m))
        arm = self.context.shown(m, self.sightings)
        alone = fineness(arm, None, self.context.here(key_of(m)))
        fine = alone if found is None else self.fineness_beside(m, *found)
        return wording.figure(self.context.used(m, self.sightings), fine.ours)

    def _main(self, every: Iterable[Measurement]) -> tuple[Measurement, ...]:
        primary = self.context.problem.primary_metric
        first = tuple(m for m in every if m.metric == primary)
        return first or tuple(m for m in self.values if m.metric == self.values[0].metric)

    def _held_against(self) -> Method | None:
        """Return the baseline that the evidence holds the method against first, where there are several."""
        if len(self.context.baselines) < 2 or not self.values:
            return None
        ground = ground_of(self.method, self.context.problem)
        key = None if ground is None else (ground.metric, ground.dataset, ground.setting, ground.split or "")
        found = None if key is None else self.context.against(self.method, key)
        return found[0] if found else None

    def in_hand(self, key: Key) -> tuple[Method, Measurement] | None:
        """Return what the evidence holds a number against: the baseline in hand, else the best one there."""
        own = None if self.held_against is None else self.context.measured_by[self.held_against.id].get(key)
        if self.held_against is None or own is None:
            return self.context.against(self.method, key)
        return self.held_against, own

    def _against(self, key: Key) -> tuple[Method, Measurement] | None:
        """Return what a gain has to be over: the baseline that the evidence shows, or the one that it names as better.

        Where a human's is less than that in hand, which is not known to be one, a gain over it would be none.
        """
        best, first = self.context.against(self.method, key), self.held_against
        own = None if first is None else self.context.measured_by[first.id]
        theirs = None if own is None else own.get(key)
        if best is None or first is None or own is None or theirs is None or self.context.is_odd(theirs, own):
            return best
        more = self.context.used(best[1], self.context.measured_by[best[0].id]) - self.context.used(theirs, own)
        direction = self.context.metric(key[0]).direction
        is_better = more > 0 if direction is Direction.HIGHER else more < 0 and direction is Direction.LOWER
        return best if is_better else (first, theirs)

    def _rows(self, measurements: Iterable[Measurement]) -> Iterator[Row]:
        for m in measurements:
            found = self._against(key_of(m))
            if found is None or m.value is None or found[1].value is None:
                continue
            direction = self.context.metric(m.metric).direction
            gain = None
            key = self.context.key_beneath(m)
            unresolved = key is not None and self.context.unresolved(key)
            if direction is not Direction.UNKNOWN and not unresolved:
                ours = self.context.used(m, self.sightings)
                theirs = self.context.used(found[1], self.context.measured_by[found[0].id])
                gain = ours - theirs if direction is Direction.HIGHER else theirs - ours
            yield Row(self.context.label(m), m, *found, gain)

    def share_and_tests(self, m: Measurement, baseline: Method | None = None) -> tuple[float, int, float] | None:
        """Return the share of right answers behind a number, of how many, and how much of the unit one whole is.

        It is one of the method's, or of a ``baseline``.

        For a recovered gap that is the accuracy behind it and the size of the gap; None where it cannot be known.
        """
        if m.value is None:
            return None
        sightings = self.sightings if baseline is None else self.context.measured_by[baseline.id]
        if (whole := self.context.all_examples(m)) is not None:
            share, tests, size = self.context.used(m, sightings) / whole, m.n_test, 1 / whole
        else:
            key = self.context.key_beneath(m)
            if key is None:
                return None
            gap = self.context.gap(key)
            if gap is None or gap[0] == gap[1] or self.context.unresolved(key):
                return None
            own, all_of_gap = sightings.get(key), self.context.whole(key_of(m))
            all_examples = self.context.all_examples(Measurement(*key[:2], gap[1]) if own is None else own, key)
            if all_examples is None:
                return None
            size = abs(gap[1] - gap[0]) / all_examples / all_of_gap
            beneath = self.context.arm_of(own)
            share = gap[0] + m.value / all_of_gap * (gap[1] - gap[0]) if beneath is None else beneath.mean
            share /= all_examples
            tests = (own.n_test if own else None) or m.n_test
        if not tests or tests > LARGEST or not 0 <= share <= 1 or size < SMALLEST:
            return None
        return share, tests, size
