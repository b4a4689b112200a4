"""The two values that stand in an exported row: the proposal's at the revision judged, and its baseline's now."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Setting
from reviewer.evidence.baselines import Ground, ground_of
from reviewer.evidence.comparison import find_sighting
from reviewer.store.export_rows import JudgementRow, Measured, measured_at
from reviewer.store.methods import method_by_id
from reviewer.store.problems import problem_by_id

Value = tuple[float | None, float | None, int | None, str | None]
"""Value, standard error, number of seeds, basis."""

NO_VALUE: Value = (None, None, None, None)


class ComparedValues(NamedTuple):
    """What a proposal was compared on first, with both values."""

    dataset: str | None = None
    metric: str | None = None
    direction: str | None = None
    setting: str | None = None
    proposal: Value = NO_VALUE
    baseline: Value = NO_VALUE

    @property
    def difference(self) -> float | None:
        """The proposal's value less the baseline's, exactly as the two stand in the row; None where one is missing."""
        ours, theirs = self.proposal[0], self.baseline[0]
        return None if ours is None or theirs is None else ours - theirs


_REMEMBERED = 10_000


class ValueFinder:
    """Finds both values of each judgement by the rules of ``evidence``, for many at a time.

    Which measurement is compared hangs on everything but the numbers, and proposals of one fleet measure the same
    things: so each pattern of measurements is decided once. Baselines are few, and are remembered too.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._problems: dict[int, Problem] = {}
        self._chosen: dict[tuple[Any, ...], tuple[Ground, str, int] | None] = {}
        self._baselines: dict[tuple[int, Ground], Value] = {}
        self._measured: Mapping[int, Sequence[Measured]] = {}

    def read(self, rows: Iterable[JudgementRow]) -> None:
        """Read what the proposals of these rows measured; only these can be compared next."""
        self._measured = measured_at(self._connection, {j.revision_id for j in rows})

    def compared(self, j: JudgementRow) -> ComparedValues:
        """Return both values for one row."""
        measured = self._measured.get(j.revision_id)
        if not measured:
            return ComparedValues()
        pattern = (j.problem_id, *[m.kind for m in measured])
        if pattern not in self._chosen:
            _make_room(self._chosen)
            self._chosen[pattern] = self._choose(j, measured)
        chosen = self._chosen[pattern]
        if chosen is None:
            return ComparedValues()
        ground, direction, place = chosen
        ours = measured[place]
        return ComparedValues(
            ground.dataset,
            ground.metric,
            direction,
            ground.setting,
            (ours.value, ours.standard_error, ours.n_seeds, ours.basis),
            NO_VALUE if j.baseline_id is None else self._baseline(j.baseline_id, ground),
        )

    def _choose(self, j: JudgementRow, measured: Sequence[Measured]) -> tuple[Ground, str, int] | None:
        problem = self._problem(j.problem_id)
        records = [m.as_measurement() for m in measured]
        proposal = replace(method_by_id(self._connection, j.method_id), measurements=tuple(records))
        ground = ground_of(proposal, problem)
        if ground is None:
            return None
        sighting = find_sighting(proposal, ground.metric, ground.dataset, ground.setting, split=ground.split)
        if sighting is None:
            return None
        place = next(i for i, record in enumerate(records) if record is sighting.measurement)
        return ground, problem.metric(ground.metric).direction, place

    def _baseline(self, baseline_id: int, ground: Ground) -> Value:
        key = (baseline_id, ground)
        if key not in self._baselines:
            _make_room(self._baselines)
            method = method_by_id(self._connection, baseline_id)
            sighting = find_sighting(method, ground.metric, ground.dataset, Setting(ground.setting), split=ground.split)
            m = sighting.measurement if sighting else None
            self._baselines[key] = (m.value, m.standard_error, m.n_seeds, m.basis) if m else NO_VALUE
        return self._baselines[key]

    def _problem(self, problem_id: int) -> Problem:
        if problem_id not in self._problems:
            self._problems[problem_id] = problem_by_id(self._connection, problem_id).problem
        return self._problems[problem_id]


def _make_room(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= _REMEMBERED:
        remembered.clear()
