"""In which unit a metric is at each place, as far as its unit and what was measured there tell."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Bound, Direction, Origin, Role, Setting
from reviewer.evidence.arms import AGREEMENT, Arm, arm_of
from reviewer.evidence.comparison import Key, find_bounds, sight
from reviewer.evidence.metrics import (
    PER_CENT,
    SHARE,
    CountedShare,
    DoubtfulUnit,
    PerCent,
    UntoldUnit,
    beneath,
    counted_whole,
    described,
    has_a_whole,
    is_share,
    plain,
    states_per_cent,
    states_share,
)
from reviewer.evidence.odd_values import MOST_OF_GAP, STANDS_FOR_NONE
from reviewer.evidence.recovered import rounded_of

_Place = tuple[str | Setting, ...]
"""Metric, dataset, setting and split; the first two alone, or the first, stand for all that begin so."""


@dataclass(frozen=True, slots=True)
class MeasuredProblem(Problem):
    """A problem with what its baselines and references tell of the unit of each metric at each place."""

    told: Mapping[_Place, Metric] = field(default_factory=dict)
    untold: Mapping[_Place, Metric] = field(default_factory=dict)
    """Places where something was measured that tells nothing, as a PGR of 7 does."""

    def metric_at(self, name: str, dataset: str, setting: Setting, split: str | None) -> Metric:
        """Return the metric as the place itself tells it, else the dataset where all of it agrees, else all places."""
        own = (name, dataset, setting, split or "")
        for place in (own, (name, dataset), (name,)):
            if (metric := self.told.get(place)) is not None:
                return metric
        return self.untold.get(own) or _untold(self.metric(name))


class _Said(NamedTuple):
    """A value at a place, and what it proves of its unit: what all of it is, None where it proves nothing."""

    value: float
    error: float | None
    proof: float | None
    of_human: bool
    of_reference: bool


def as_measured(problem: Problem, *held_against: Iterable[Method]) -> Problem:
    """Return the problem with each metric that may be in per cent told at each place, as far as anything tells.

    ``held_against`` are its baselines and references; no proposal tells anything of a unit. At each place that unit
    counts which is stated; else the one that values prove, since parts or counted answers come to them in it; else the
    one in which most values can be, of those that cannot be in either. Where what humans measured tells something, no
    agent's value does.
    """
    methods = list(chain(*held_against))
    parts = _Parts(problem, [m for m in methods if m.role is Role.REFERENCE])
    said: dict[Key, list[_Said]] = {}
    candidates: dict[str, bool] = {}
    for method in methods:
        for m in method.measurements:
            if m.metric not in candidates:
                candidates[m.metric] = may_be_per_cent(problem.metric(m.metric))
            if m.subset or not (candidates[m.metric] or m.n_correct):
                continue
            if (one := _said(method, m, parts)) is not None:
                said.setdefault((m.metric, m.dataset, m.setting, m.split), []).append(one)
    told: dict[_Place, Metric] = {(m.name,): _in_per_cent(m, ()) for m in problem.metrics if states_per_cent(m)
                                  and may_be_per_cent(m)}  # fmt: skip
    untold: dict[_Place, Metric] = {}
    for place, here in said.items():
        metric = problem.metric(place[0])
        if (decided := _decided(metric, here)) is not None:
            told[place] = decided
        elif may_be_per_cent(metric):
            untold[place] = _untold(metric, tuple(abs(one.value) for one in here if abs(one.value) > 1))
    for length in (2, 1):
        told |= _agreed(problem, said, told, length)
    return MeasuredProblem(**{f.name: getattr(problem, f.name) for f in fields(Problem)}, told=told, untold=untold)


def _agreed(
    problem: Problem, said: Mapping[Key, Sequence[_Said]], told: Mapping[_Place, Metric], length: int
) -> dict[_Place, Metric]:
    """Return what all places that begin so say, for where nothing was measured; nothing of those that disagree."""
    kinds: dict[_Place, set[type[Metric]]] = {}
    everything: dict[_Place, list[_Said]] = {}
    for place, here in said.items():
        if place in told:
            kinds.setdefault(place[:length], set()).add(type(told[place]))
        everything.setdefault(place[:length], []).extend(here)
    return {
        start: _as(kind, problem.metric(str(start[0])), everything[start])
        for start, those in kinds.items()
        if len(those) == 1
        for kind in those
    }


def may_be_per_cent(metric: Metric) -> bool:
    """Return whether a metric is a share by its name, be it from 0 to 1 or in per cent, or one from 0 to 1 by its unit.

    Per cents there are of many things: a load of 240 %, a change of −2 %, a word error rate of 104 %.
    """
    return beneath(metric) is not None or is_share(metric) or (states_per_cent(metric) and has_a_whole(metric))


class _Parts:
    """The parts of shares of gaps, by which a value proves its unit."""

    def __init__(self, problem: Problem, references: Sequence[Method]) -> None:
        self._references = references
        self._bases: dict[str, str | None] = {m.name: beneath(m) for m in problem.metrics}
        self._ends: dict[Key, tuple[Arm, Arm] | None] = {}
        self._method: Method | None = None
        self._beneath: dict[Key, list[Measurement]] = {}

    def base(self, metric: str) -> str | None:
        """Return the metric beneath, of a share of a gap."""
        return self._bases.get(metric)

    def proof(self, method: Method, m: Measurement, value: float, base: str) -> float | None:
        """Return what all of the gap is in the unit of a share of it, by its parts or as an end of the gap."""
        if method.bound is Bound.CEILING and value in (SHARE, PER_CENT):
            return value
        place = base, m.dataset, m.setting, m.split
        sighting, ends = sight(self._beneath_of(method).get(place, ())), self._ends_at(place)
        own = None if sighting is None else arm_of(sighting.measurement)
        if own is None or ends is None or _stands_for_none(own):
            return None
        gap = ends[1].mean - ends[0].mean
        share, rounded = (own.mean - ends[0].mean) / gap, max(arm.rounding for arm in (own, *ends)) / abs(gap)
        fitting = [
            of for of in (SHARE, PER_CENT) if abs(value - of * share) <= rounded_of(value, of, AGREEMENT) + of * rounded
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _beneath_of(self, method: Method) -> Mapping[Key, Sequence[Measurement]]:
        if method is not self._method:
            self._method, self._beneath = method, {}
            bases = set(self._bases.values())
            for m in method.measurements:
                if m.metric in bases and not m.subset:
                    self._beneath.setdefault((m.metric, m.dataset, m.setting, m.split), []).append(m)
        return self._beneath

    def _ends_at(self, key: Key) -> tuple[Arm, Arm] | None:
        if key not in self._ends:
            floor, ceiling = (
                None if one is None else arm_of(one.measurement) for one in find_bounds(self._references, *key)
            )
            known = floor is not None and ceiling is not None and floor.mean != ceiling.mean
            sound = known and not any(arm is not None and _stands_for_none(arm) for arm in (floor, ceiling))
            self._ends[key] = (floor, ceiling) if sound and floor is not None and ceiling is not None else None
        return self._ends[key]


def _said(method: Method, m: Measurement, parts: _Parts) -> _Said | None:
    arm = arm_of(m)
    if arm is None or _stands_for_none(arm):
        return None
    base = parts.base(m.metric)
    proof = counted_whole(m.value, m.n_correct, m.n_test) if base is None else parts.proof(method, m, arm.mean, base)
    return _Said(arm.mean, arm.standard_error, proof, method.origin is Origin.HUMAN, method.role is Role.REFERENCE)


def _stands_for_none(arm: Arm) -> bool:
    return STANDS_FOR_NONE in (arm.mean, *(value for _, value in arm.seeds))


def _decided(metric: Metric, said: Sequence[_Said]) -> Metric | None:
    """Return the metric as those values at one place tell its unit; None where they tell nothing."""
    proved = _of_most([one.proof for one in said if one.of_human or one.of_reference]) or _of_most(
        [one.proof for one in said]
    )
    if not may_be_per_cent(metric):
        return None if proved is None else _as(PerCent if proved == PER_CENT else CountedShare, metric, said)
    if states_per_cent(metric):
        # As per cent they would be very little, and as shares they would be nothing out of the way.
        in_doubt = all(abs(one.value) <= 1 for one in said) and any(one.value for one in said)
        proved_share = Metric if metric.derived_from else CountedShare
        kinds = {None: DoubtfulUnit, SHARE: proved_share, PER_CENT: PerCent}
        return _as(kinds[proved] if in_doubt else PerCent, metric, said)
    if (of := next(_votes(metric, said), None)) is None:
        return metric if states_share(metric) else None
    return _as(PerCent if of == PER_CENT else Metric, metric, said)


def _votes(metric: Metric, said: Sequence[_Said]) -> Iterator[float]:
    """Yield what all of it is by what tells it, the strongest first."""
    humans = [one for one in said if one.of_human]
    if _are_small_per_cents(metric, [one.value for one in said]):
        yield PER_CENT
    several = (
        [one.proof for one in said if one.of_human or one.of_reference],
        [_speaks_for(metric, one) for one in humans],
        [one.proof for one in said],
        [_speaks_for(metric, one) for one in said],
    )
    for votes in several:
        if (of := _of_most(votes)) is not None:
            yield of
    if any(vote is not None for votes in several for vote in votes):
        yield SHARE


def _of_most(votes: Sequence[float | None]) -> float | None:
    """Return what most of the votes that are any say; None where none is, or as many say either."""
    counted = Counter(vote for vote in votes if vote is not None)
    return None if counted[SHARE] == counted[PER_CENT] else max((SHARE, PER_CENT), key=lambda of: counted[of])


def _are_small_per_cents(metric: Metric, values: Sequence[float]) -> bool:
    """Return whether errors stand close to one another on either side of 1, as 0.8 % and 1.2 % do."""
    small, beyond = max((v for v in values if 0 < v <= 1), default=0.0), min((v for v in values if v > 1), default=0.0)
    return metric.direction is Direction.LOWER and not metric.derived_from and 0 < beyond <= _CLOSE * small


_CLOSE = 3


def _speaks_for(metric: Metric, one: _Said) -> float | None:
    """Return what all of it is in the unit that a value speaks for; None where it can be in either, or in neither."""
    if metric.derived_from and one.error is not None and one.error > 1:
        # An error of more than a whole gap is one of the gap's hundredths.
        return PER_CENT
    return _by_size(metric, one.value)


def _by_size(metric: Metric, value: float) -> float | None:
    size = abs(value) if metric.derived_from else value
    most = 100 * MOST_OF_GAP if metric.derived_from else 100
    if 0 < size <= 1:
        return SHARE
    return PER_CENT if (MOST_OF_GAP if metric.derived_from else 1) < size <= most else None


def _as(kind: type[Metric], metric: Metric, said: Sequence[_Said]) -> Metric:
    """Return the metric as being of a kind, between those values that tell what is none of it."""
    values = [one.value for one in said]
    if kind is PerCent:
        errors = [one.error for one in said if one.error is not None and one.value > 1]
        return _in_per_cent(metric, values, errors, proved=any(one.proof for one in said))
    if kind is DoubtfulUnit:
        sized = [value for value in values if value]
        return DoubtfulUnit(**described(metric), lowest=min(sized), highest=max(sized))
    return kind(**described(metric))


def _in_per_cent(
    metric: Metric, values: Sequence[float], errors: Sequence[float] = (), *, proved: bool = False
) -> PerCent:
    among = [value for value in values if 1 < value <= (100 * MOST_OF_GAP if metric.derived_from else 100)]
    if states_per_cent(metric) and among and not metric.derived_from:
        # What is stated holds for what is small there too, as an error of 0.7 % is.
        return PerCent(**described(metric), proved=True)
    low, high = (min(among), max(among)) if among else (0.0, 0.0)
    ends = (min(errors), max(errors)) if errors else (0.0, 0.0)
    return PerCent(**described(metric), lowest=low, highest=high, proved=proved, errors=ends)


@lru_cache(1000)
def _untold(metric: Metric, sizes: tuple[float, ...] = ()) -> Metric:
    """Return the metric as one of whose unit nothing is told, which its name alone says to be a share."""
    if not may_be_per_cent(metric) or states_share(metric):
        return metric
    return UntoldUnit(**described(metric), lowest=min(sizes, default=0.0), highest=max(sizes, default=0.0))


def as_ranked(metric: Metric, values: Sequence[float]) -> Metric:
    """Return a metric of whose unit nothing is told as most of the values in a table have it.

    Where most cannot be shares all stand as they are stated, but for what would be a share among them; else it is a
    share, as its name says, and what cannot be one is odd.
    """
    if not isinstance(metric, UntoldUnit) or metric.highest:
        return metric
    votes = [(_by_size(metric, value), value) for value in values if value != STANDS_FOR_NONE]
    beyond = tuple(abs(value) for vote, value in votes if vote == PER_CENT)
    if not beyond:
        return metric
    if _of_most([vote for vote, _ in votes]) == PER_CENT:
        return _untold(plain(metric), beyond)
    return plain(metric)
