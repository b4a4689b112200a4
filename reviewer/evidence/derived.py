"""Shares of a gap that a source does not state although their parts are there: what these come to."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Role
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.comparison import Key, find_bounds, find_sighting
from reviewer.evidence.metrics import beneath, whole
from reviewer.evidence.recovered import can_be_parts, share_at_once


def share_of(value: Measurement, metric: Metric, base: Metric, floor: Arm, ceiling: Arm) -> Measurement | None:
    """Return how much of a gap a value of the metric ``base`` beneath recovers, at the place of that value.

    It says nothing of errors, which are those of its parts. None where there is no gap, or the value is no part of one.
    """
    arm = arm_of(value, base)
    if arm is None or not can_be_parts(base, arm, floor, ceiling):
        return None
    share = share_at_once(arm, floor, ceiling, base.direction, whole(metric))
    if share is None:
        return None
    return Measurement(
        metric.name,
        value.dataset,
        share,
        setting=value.setting,
        split=value.split,
        basis=Basis.RECOMPUTED,
        source=f"from {base.name}, floor and ceiling",
    )


class Derivation:
    """What is derived in one problem, from the floor and the ceiling that its ``references`` measured.

    Of a metric that says how much of a gap was recovered, a method that states none has what its value of the metric
    beneath comes to. The gaps are worked out once for all methods.
    """

    def __init__(self, problem: Problem, references: Sequence[Method]) -> None:
        self._problem = problem
        self._references = references
        self._of = [(m.name, base) for m in problem.metrics if references and (base := beneath(m)) is not None]
        self._gaps: dict[Key, tuple[Arm, Arm] | None] = {}

    def complete(self, method: Method) -> Method:
        """Return a proposal or a baseline with the shares that it does not state; any other method as it is."""
        if not self._of or method.role is Role.REFERENCE:
            return method
        more = tuple(self._missing(method))
        return replace(method, measurements=(*method.measurements, *more)) if more else method

    def pairs(self) -> Sequence[tuple[str, str]]:
        """Return the metrics that are shares of a gap, each with the one beneath it."""
        return self._of

    def has_gap(self, key: Key) -> bool:
        """Return whether there is a gap at a place that a value of the metric beneath could recover a share of."""
        metric = self._problem.metric_at(*key)
        name = beneath(metric)
        gap = None if name is None else self._gap((name, *key[1:]))
        if name is None or gap is None:
            return False
        base = self._problem.metric_at(name, *key[1:])
        return can_be_parts(base, *gap) and share_at_once(gap[0], *gap, base.direction, whole(metric)) is not None

    def _missing(self, method: Method) -> Iterator[Measurement]:
        stated: set[Key] = {(m.metric, m.dataset, m.setting, m.split) for m in method.measurements if not m.subset}
        for metric, base in self._of:
            for name, dataset, setting, split in sorted(stated):
                key = metric, dataset, setting, split
                if name != base or key in stated:
                    continue
                found = find_sighting(method, base, dataset, setting, split=split)
                share = None if found is None else self._share(key, found.measurement)
                if share is not None:
                    yield share

    def _share(self, key: Key, value: Measurement) -> Measurement | None:
        metric = self._problem.metric_at(*key)
        name = beneath(metric)
        if name is None or (gap := self._gap((name, *key[1:]))) is None:
            return None
        return share_of(value, metric, self._problem.metric_at(name, *key[1:]), *gap)

    def _gap(self, key: Key) -> tuple[Arm, Arm] | None:
        if key not in self._gaps:
            base = self._problem.metric_at(*key)
            floor, ceiling = (
                None if one is None else arm_of(one.measurement, base) for one in find_bounds(self._references, *key)
            )
            self._gaps[key] = None if floor is None or ceiling is None else (floor, ceiling)
        return self._gaps[key]
