"""What a problem has to hold a method against, made ready for many methods."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Bound, Direction
from reviewer.evidence import metrics
from reviewer.evidence.arms import Arm, arm_of, without_noise
from reviewer.evidence.baselines import Standing, is_human, metric_label, standing
from reviewer.evidence.checks import wording
from reviewer.evidence.checks.compared import Gap, Side, gap_between, side_of
from reviewer.evidence.checks.measured import best_sightings, key_of
from reviewer.evidence.checks.sane import sane
from reviewer.evidence.comparison import Key, find_bounds
from reviewer.evidence.derived import Derivation
from reviewer.evidence.odd_values import LeftOut, Reach, reach
from reviewer.evidence.recovered import can_be_parts, compared_at_once, surely_unresolved

_LABELS_KEPT = 5_000
_ARMS_KEPT = 500

_Measured = tuple[Method, Measurement]


class Context:
    """A problem with its baselines and references, made ready to be looked up for many methods.

    ``proposals`` is how many proposals the problem has at least, as :func:`at_least` rounds it; ``shared_seeds`` says
    that runs of the same seed number share that seed's artefacts. ``rerun_distances`` is what the function of that name
    gives; ``self_scores`` has by namespace and name which shares of what can be given were given, and how often.
    """

    def __init__(
        self,
        problem: Problem,
        baselines: Sequence[Method],
        references: Sequence[Method],
        *,
        proposals: int = 0,
        shared_seeds: bool = False,
        rerun_distances: Mapping[tuple[str, Key], float] = MappingProxyType({}),
        self_scores: Mapping[tuple[str, str], Sequence[tuple[float, int]]] = MappingProxyType({}),
    ) -> None:
        self.problem = problem
        self.derivation = Derivation(problem, references)
        self.baselines = tuple(map(self.derivation.complete, baselines))
        self.references = tuple(references)
        self.proposals = proposals
        self.shared_seeds = shared_seeds
        self.rerun_distances = rerun_distances
        self.self_scores = self_scores
        self._metrics = {m.name: m for m in problem.metrics}
        self._here: dict[Key, Metric] = {}
        self._reaches: dict[Key, Reach] = {}
        self._arms: dict[int, tuple[Measurement, Arm | None]] = {}
        self._contrary = self._find_contrary()
        self._against: dict[Key, list[_Measured]] = {}
        self.measured_by = {b.id: best_sightings(b) for b in self.baselines}
        """What each baseline measured on whole datasets, by its row id."""
        self.measured_at = {key for of in self.measured_by.values() for key in of}
        """Where any baseline has a number, be it one that nothing can be held against."""
        self._times: dict[float, list[Method]] = {}
        for baseline in self.baselines:
            for seconds in {s.seconds for m in baseline.measurements for s in m.seeds if s.seconds is not None}:
                self._times.setdefault(seconds, []).append(baseline)
        self._labels: dict[tuple[Key, str], str] = {}
        self._bases: dict[Key, Metric | None] = {}
        self._shares: dict[Key, bool] = {}
        self._ends: dict[Key, Sequence[tuple[Bound, Measurement, Measurement]]] = {}
        self._bounds: dict[Key, tuple[Measurement | None, Measurement | None]] = {}
        self._gaps: dict[Key, Gap | None] = {}
        self._sides: dict[tuple[int, Key], Side | None] = {}
        for baseline in self.baselines:
            of = self.measured_by[baseline.id]
            for key, m in of.items():
                if not self.is_odd(m, of):
                    self._against.setdefault(key, []).append((baseline, m))
        for key, several in self._against.items():
            self._against[key] = self._best_first(several, self.metric(key[0]))

    def _best_first(self, several: list[_Measured], metric: Metric) -> list[_Measured]:
        """Return baselines as the evidence ranks them: humans' first, then by what is compared."""

        def place(one: _Measured) -> tuple[bool, bool, Standing]:
            baseline, m = one
            of = self.measured_by[baseline.id]
            stands = standing(self.shown(m, of), self.used(m, of), metric.direction)
            return not is_human(baseline.origin), self._lacks_parts(m, of), stands

        return sorted(several, key=place)

    def ran_elsewhere(self, seconds: float, method: Method) -> str:
        """Return the title of another baseline with a run that took the very same time; empty where there is none."""
        return next((b.title for b in self._times.get(seconds, ()) if b.id != method.id), "")

    def metric(self, name: str) -> Metric:
        """Return a metric by its name; one that nobody described has an unknown direction."""
        found = self._metrics.get(name)
        if found is None:
            found = self._metrics[name] = Metric(name)
        return found

    def here(self, key: Key) -> Metric:
        """Return a metric at a place, with what is known of its unit there."""
        found = self._here.get(key)
        if found is None:
            found = self._here[key] = self.problem.metric_at(*key)
        return found

    def reach(self, key: Key) -> Reach:
        """Return between which values a metric can be at a place."""
        found = self._reaches.get(key)
        if found is None:
            found = self._reaches[key] = reach(self.here(key))
        return found

    def is_odd(self, m: Measurement, of: Mapping[Key, Measurement]) -> bool:
        """Return whether what is shown of a measurement is none that its metric can have.

        Rules ask of such a one what it is, and nothing else.
        """
        return self._cannot_be(self.shown(m, of), key_of(m))

    def is_odd_alone(self, m: Measurement) -> bool:
        """Return the same of a measurement as it is stated, whatever a share of a gap comes to."""
        return self._cannot_be(self.arm_of(m), key_of(m))

    def is_in_another_unit(self, m: Measurement) -> bool:
        """Return whether a measurement as it is stated is a share where the others are in per cent."""
        return m.value is not None and self.reach(key_of(m)).odd(m.value, 0.0, ()) is LeftOut.HUNDREDTH

    def _cannot_be(self, arm: Arm | None, key: Key) -> bool:
        if arm is None:
            return True
        return self.reach(key).odd(arm.mean, arm.standard_error or 0.0, [v for _, v in arm.seeds]) is not None

    def contrary_to(self, metric: str) -> Sequence[Metric]:
        """Return the metrics that belong to this one, by name or by what it is derived from, and go the other way."""
        return self._contrary.get(metric, ())

    def _find_contrary(self) -> dict[str, list[Metric]]:
        alike: dict[str, list[str]] = {}
        for metric in self.problem.metrics:
            alike.setdefault(_plain(metric.name), []).append(metric.name)
        found: dict[str, list[Metric]] = {}
        for metric in self.problem.metrics:
            for other in map(self.metric, (*metric.derived_from, *alike[_plain(metric.name)])):
                # A share of a gap is better the more it is, whichever way the metric of the gap goes.
                if metrics.beneath(metric) == other.name:
                    if metric.direction is Direction.LOWER:
                        found.setdefault(metric.name, []).append(other)
                    continue
                if {metric.direction, other.direction} == {Direction.HIGHER, Direction.LOWER}:
                    found.setdefault(metric.name, []).append(other)
        return found

    def base_of(self, m: Measurement) -> Metric | None:
        """Return the metric of whose gap a measurement says how much was recovered; None where it is another kind."""
        key = key_of(m)
        if key not in self._bases:
            base = metrics.beneath(self.here(key))
            self._bases[key] = None if base is None else self.here((base, *key[1:]))
        return self._bases[key]

    def all_examples(self, m: Measurement, key: Key | None = None) -> float | None:
        """Return what all of the examples is in the unit of a measurement; None where it is no share of them."""
        key = key_of(m) if key is None else key
        if m.value is None or not (self.is_share(key) or m.n_correct):
            return None
        return metrics.all_examples(self.here(key), m.value, m.n_correct, m.n_test)

    def is_share(self, key: Key) -> bool:
        """Return whether a metric is a share of the test examples at a place, from 0 to 1 or in per cent."""
        found = self._shares.get(key)
        if found is None:
            found = self._shares[key] = metrics.is_of_examples(self.here(key))
        return found

    def whole(self, key: Key) -> float:
        """Return what all of it is, of a share at a place: 100 in per cent, else 1."""
        return metrics.whole(self.here(key))

    def against(self, method: Method, key: Key) -> tuple[Method, Measurement] | None:
        """Return the best other baseline where one was measured on the same, the first where nothing is best.

        One that is known to be a human's goes before any that is not.
        """
        for pair in self._against.get(key, ()):
            if pair[0].id != method.id:
                return pair
        return None

    def best_of_all(self, key: Key) -> tuple[Method, float] | None:
        """Return the best baseline at a place, whoever made it, and what is compared of it; None where none is best."""
        sign = {Direction.HIGHER: 1, Direction.LOWER: -1, Direction.UNKNOWN: 0}[self.metric(key[0]).direction]
        there = [(b, self.used(m, self.measured_by[b.id])) for b, m in self._against.get(key, ())]
        return max(there, key=lambda pair: sign * without_noise(pair[1])) if there and sign else None

    def bounds(self, key: Key) -> tuple[Measurement | None, Measurement | None]:
        """Return floor and ceiling for a place, both of one setting and one split, its own where it has them."""
        if key not in self._bounds:
            floor, ceiling = find_bounds(self.references, *key)
            ends = [None if end is None or self._cannot_be(self.arm_of(end.measurement), key) else end.measurement
                    for end in (floor, ceiling)]  # fmt: skip
            self._bounds[key] = ends[0], ends[1]
        return self._bounds[key]

    def ends_told(self, key: Key) -> Sequence[tuple[Bound, Measurement, Measurement]]:
        """Return of floor and ceiling the lowest and the highest number that is told of each for a place."""
        if key not in self._ends:
            self._ends[key] = tuple(self._find_ends(key))
        return self._ends[key]

    def _find_ends(self, key: Key) -> Iterator[tuple[Bound, Measurement, Measurement]]:
        for bound, taken in zip((Bound.FLOOR, Bound.CEILING), self.bounds(key), strict=True):
            of_bound = (m for r in self.references if r.bound is bound for m in r.measurements)
            told = [m for m in of_bound if taken is not None and not m.subset and key_of(m) == key_of(taken)]
            numbers = sorted((m.value, i) for i, m in enumerate(told) if m.value is not None and sane(m.value))
            if numbers:
                yield bound, told[numbers[0][1]], told[numbers[-1][1]]

    def gap(self, key: Key) -> tuple[float, float] | None:
        """Return floor and ceiling for a place, or None where either is missing."""
        floor, ceiling = map(self.arm_of, self.bounds(key))
        if floor is None or ceiling is None or not sane(floor.mean) or not sane(ceiling.mean):
            return None
        return without_noise(floor.mean), without_noise(ceiling.mean)

    def key_beneath(self, m: Measurement) -> Key | None:
        """Return where the metric beneath stands, of a share of a gap; None for what is none."""
        base = self.base_of(m)
        return None if base is None else (base.name, m.dataset, m.setting, m.split)

    def unresolved(self, key: Key) -> bool:
        """Return whether floor and ceiling at a place are known and cannot be told apart."""
        gap = self._gap_with_errors(key)
        return gap is not None and gap.unresolved

    def arm_of(self, m: Measurement | None) -> Arm | None:
        """Return what a measurement gives to compare, as many rules ask for; of the last hundreds it is kept."""
        if m is None:
            return None
        kept = self._arms.get(id(m))
        if kept is None or kept[0] is not m:
            if len(self._arms) >= _ARMS_KEPT:
                self._arms.clear()
            kept = self._arms[id(m)] = m, arm_of(m, self.here(key_of(m)))
        return kept[1]

    def shown(self, m: Measurement, of: Mapping[Key, Measurement]) -> Arm | None:
        """Return the arm by which a measurement is shown, by arithmetic alone: of a share what its parts come to."""
        stated, key = self.arm_of(m), self.key_beneath(m)
        beneath = None if key is None else self.arm_of(of.get(key))
        gap = None if key is None else self._gap_with_errors(key)
        if stated is None or beneath is None or gap is None or gap.unresolved or not can_be_parts(gap.base, beneath):
            return stated
        return compared_at_once(stated, beneath, gap.floor, gap.ceiling, gap.base.direction, self.whole(key_of(m)))

    def used(self, m: Measurement, of: Mapping[Key, Measurement]) -> float:
        """Return the value that is compared, by arithmetic alone: the seeds' mean, what a share's parts come to.

        By that shares of a gap that is not resolved are in order too, although their stated values are shown.
        """
        arm, key = self.shown(m, of), self.key_beneath(m)
        gap = None if key is None else self._gap_with_errors(key)
        beneath = None if key is None else self.arm_of(of.get(key))
        if arm is not None and gap is not None and gap.unresolved and beneath is not None:
            arm = compared_at_once(arm, beneath, gap.floor, gap.ceiling, gap.base.direction, self.whole(key_of(m)))
        return (m.value or 0.0) if arm is None else arm.mean

    def _lacks_parts(self, m: Measurement, of: Mapping[Key, Measurement]) -> bool:
        """Return whether it is a share of a gap that tells nothing, with nothing beneath that could be compared."""
        key = self.key_beneath(m)
        gap = None if key is None else self._gap_with_errors(key)
        return gap is not None and key not in of and surely_unresolved(gap.floor, gap.ceiling)

    def side(self, m: Measurement, of: Mapping[Key, Measurement]) -> Side | None:
        """Return a measurement as one side of a row, beside what else ``of`` the method was measured."""
        key = self.key_beneath(m)
        beneath, gap = (None, None) if key is None else (of.get(key), self._gap_with_errors(key))
        whole = self.whole(key_of(m))
        return side_of(self.arm_of(m), self.arm_of(beneath), gap, whole, shared_seeds=self.shared_seeds)

    def side_of_baseline(self, baseline: Method, m: Measurement) -> Side | None:
        """Return the same of a baseline, against which many are held."""
        place = baseline.id, key_of(m)
        if place not in self._sides:
            self._sides[place] = self.side(m, self.measured_by[baseline.id])
        return self._sides[place]

    def _gap_with_errors(self, key: Key) -> Gap | None:
        if key not in self._gaps:
            self._gaps[key] = gap_between(*self.bounds(key), self.here(key), shared_seeds=self.shared_seeds)
        return self._gaps[key]

    def label(self, m: Measurement) -> str:
        """Return what was measured on what, in words."""
        place = (m.metric, m.dataset, m.setting, m.split), m.subset
        label = self._labels.get(place)
        if label is None:
            if len(self._labels) > _LABELS_KEPT:
                self._labels.clear()
            metric = self.metric(m.metric)
            title = metric_label(metric.title or metric.name)
            label = self._labels[place] = wording.where(title, m.dataset, m.setting, m.split, m.subset)
        return label


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def at_least(n: int) -> int:
    """Return ``n`` rounded down to 1, 2 or 5 times a power of ten, so that it does not change with each proposal."""
    if n <= 0:
        return 0
    power = int("1" + "0" * (len(str(n)) - 1))
    return next(k * power for k in (5, 2, 1) if k * power <= n)
