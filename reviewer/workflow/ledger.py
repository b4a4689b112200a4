"""The ledger: what proposals measured in the lab and held out, what was forecast of them, and how they ended.

Of a proposal others' forecasts are shown to whom the protocol lets see them: in the blind one that is who has given it
a verdict, since before that they would sway the verdict, which agreement is held against later. One's own are always
shown. Who has not said who they are sees nobody's. The outcome itself is shown to everybody who may see the evidence,
and a forecast that is made after it is scored no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from reviewer.domain.identity import Clock, utc_now
from reviewer.domain.methods import Method
from reviewer.domain.outcomes import HeldForecast, due_on, resolution
from reviewer.domain.vocabulary import Direction, Resolution, Role, Setting
from reviewer.evidence.baselines import ground_of, rank_baselines
from reviewer.evidence.comparison import compare
from reviewer.evidence.derived import Derivation
from reviewer.evidence.stages import Gain, Stage, lost, stage_in
from reviewer.evidence.units import as_measured
from reviewer.exports.formats import CsvText, Row
from reviewer.exports.outcome_columns import OUTCOME_COLUMNS, OUTCOME_COLUMNS_VERSION
from reviewer.exports.output import to_file, to_stdout
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.drafts import files_of
from reviewer.store.held_forecasts import stream_held_forecasts
from reviewer.store.ledger import LedgerEntry, own_judged, stream_ledger, stream_measured
from reviewer.store.methods import methods_by_ids, methods_of_role
from reviewer.store.problems import StoredProblem, problem_by_id
from reviewer.store.protocols import SeenOf, seen_of
from reviewer.workflow.outcomes import today


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One proposal with its outcome.

    The stages are of the metric that the outcome names, else of the one that the proposal is compared on first.
    """

    entry: LedgerEntry
    metric: str
    direction: Direction
    stages: Mapping[Setting, Stage]
    """In lab, held out, pilot and production, as far as it was measured there."""
    forecasts: tuple[HeldForecast, ...]
    """What the viewer may see of what each reviewer held in time; without a forecast where they had none."""
    hidden: bool
    """Whether others', be there any or not, are kept back until the viewer may see them."""

    @property
    def effect(self) -> Gain | None:
        """Return what was gained in production: what the outcome says, else what was measured there.

        An effect of which nobody says of what metric it is, or that it was measured in production, is not taken for it.
        """
        entry = self.entry
        if entry.effect is None:
            return self.gain(Setting.PRODUCTION)
        told = entry.metric and entry.setting == Setting.PRODUCTION
        return Gain(entry.effect, entry.standard_error) if told else None

    @property
    def lost_held_out(self) -> Gain | None:
        """Return how much of the gain in the lab was not there held out."""
        return lost(self.gain(Setting.LAB), self.gain(Setting.HELD_OUT), self.direction)

    @property
    def lost_in_production(self) -> Gain | None:
        """Return how much of the gain held out, or in the lab where it was not held out, was not there in the end."""
        held_out = self.gain(Setting.HELD_OUT)
        return lost(self.gain(Setting.LAB) if held_out is None else held_out, self.effect, self.direction)

    @property
    def lost(self) -> Gain | None:
        """Return how much of the gain in the lab, or held out where it was not in the lab, was not there in the end."""
        lab = self.gain(Setting.LAB)
        return lost(self.gain(Setting.HELD_OUT) if lab is None else lab, self.effect, self.direction)

    def gain(self, setting: Setting) -> Gain | None:
        """Return what was gained over the baseline in a setting; None where that is not known."""
        stage = self.stages.get(setting)
        return stage.gain if stage else None


_STAGES = (Setting.LAB, Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION)


def ledger(
    connection: Connection, problem_id: int, viewer_id: int, *, everyone: bool = False, after_claude: bool = False
) -> Iterator[LedgerRow]:
    """Yield the ledger of a problem, what ended first first, as one viewer may see it; 0 is nobody.

    With ``everyone`` nothing is kept back, whatever the viewer has judged: for who organises the reviews. Forecasts are
    those that were held before Claude's critique, with ``after_claude`` those that were held in the end. Rows are read
    as they are asked for: keep the transaction open meanwhile.
    """
    finding = _Stages(connection, problem_id)
    every = stream_held_forecasts(connection, problem_id, after_claude=after_claude)
    forecasts = groupby(every, key=lambda held: held.method_id)
    group = next(forecasts, None)
    for piece in stream_ledger(connection, problem_id):
        ids = [entry.method_id for entry in piece]
        seen = SeenOf(frozenset(ids), frozenset(ids)) if everyone else seen_of(connection, problem_id, ids, viewer_id)
        for entry, method in zip(piece, _in_order(methods_by_ids(connection, ids), ids), strict=True):
            held: tuple[HeldForecast, ...] = ()
            if group is not None and group[0] == entry.method_id:
                held = tuple(group[1])
                group = next(forecasts, None)
            if entry.method_id not in seen.evidence:
                continue
            shown = entry.method_id in seen.others
            told = tuple(h for h in held if shown or h.reviewer_id == viewer_id)
            yield LedgerRow(entry, *finding.stages(method, entry.metric), told, not shown)


def measured_only(connection: Connection, problem_id: int, viewer_id: int) -> Iterator[LedgerRow]:
    """Yield the proposals of a problem that were measured in production and of which nobody has said how they ended.

    No forecast is held against them before somebody does. Keep the transaction open meanwhile.
    """
    finding = _Stages(connection, problem_id)
    for piece in stream_measured(connection, problem_id):
        ids = [entry.method_id for entry in piece]
        seen = seen_of(connection, problem_id, ids, viewer_id)
        for entry, method in zip(piece, _in_order(methods_by_ids(connection, ids), ids), strict=True):
            if entry.method_id in seen.evidence:
                yield LedgerRow(entry, *finding.stages(method, entry.metric), (), entry.method_id not in seen.others)


def _in_order(methods: Sequence[Method], ids: Sequence[int]) -> Iterator[Method]:
    by_id = {method.id: method for method in methods}
    return (by_id[method_id] for method_id in ids)


class _Stages:
    """Finds the stages of proposals of one problem, by the rules of the evidence."""

    def __init__(self, connection: Connection, problem_id: int) -> None:
        problem = problem_by_id(connection, problem_id).problem
        baselines = methods_of_role(connection, problem_id, Role.BASELINE)
        self._references = methods_of_role(connection, problem_id, Role.REFERENCE)
        self._problem = as_measured(problem, baselines, self._references)
        self._derivation = Derivation(self._problem, self._references)
        self._baselines = tuple(map(self._derivation.complete, baselines))

    def stages(self, method: Method, metric: str) -> tuple[str, Direction, Mapping[Setting, Stage]]:
        """Return the metric, its direction and the stages of a proposal; of the ``metric`` that is named, if one is."""
        proposal = self._derivation.complete(method)
        if not metric:
            ground = ground_of(proposal, self._problem)
            metric = ground.metric if ground else self._problem.primary_metric or ""
        ranked = rank_baselines(proposal, self._baselines, self._problem, self._references)
        rows = compare(proposal, ranked[0].method if ranked else None, self._references, self._problem)
        found = {setting: stage_in(rows, metric, setting) for setting in _STAGES}
        stages = {setting: stage for setting, stage in found.items() if stage is not None}
        return metric, self._problem.metric(metric).direction, stages


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reviewer's own judged proposals of a problem stand; of others' it would tell what they judged."""

    judged: int
    by: Mapping[Resolution, int]


def own_standing(connection: Connection, stored: StoredProblem, reviewer_id: int, on: date) -> Standing:
    """Return of how many proposals that a reviewer judged it is known how they ended, and of how many not."""
    by = dict.fromkeys(Resolution, 0)
    for has_outcome, first_at, own in own_judged(connection, stored.id, reviewer_id):
        by[resolution(has_outcome, due_on(stored.problem.target, first_at, own), on)] += 1
    return Standing(sum(by.values()), by)


def standing_today(store: Store, stored: StoredProblem, reviewer_id: int, clock: Clock = utc_now) -> Standing:
    """Return the same for today.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return own_standing(connection, stored, reviewer_id, today(clock))


def row_as_data(row: LedgerRow) -> dict[str, Any]:
    """Return a row of the ledger as plain JSON data."""
    entry = row.entry
    return {
        **{name: value for name, value in entry._asdict().items() if name != "method_id"},
        "compared_metric": row.metric,
        "direction": row.direction,
        "stages": {
            setting: {
                "where": stage.where,
                "value": stage.value,
                "standard_error": stage.standard_error,
                "n": stage.n,
                "gain": _as_data(stage.gain),
            }
            for setting, stage in row.stages.items()
        },
        "lost_held_out": _as_data(row.lost_held_out),
        "lost_in_production": _as_data(row.lost_in_production),
        "forecasts": [
            {
                "reviewer": held.reviewer, "forecast": held.forecast, "at": held.forecast_at, "verdict": held.verdict,
                "blockers": list(held.blockers), "left_out": held.left_out,
                "changed_afterwards": held.changed_afterwards, "after_the_fact": held.after_the_fact,
                "earlier_text": held.earlier_text, "critique_from": held.critique_from,
                "after_critique": held.after_critique,
            }
            for held in row.forecasts
        ],
        "forecasts_hidden": row.hidden,
    }  # fmt: skip


def _as_data(gain: Gain | None) -> dict[str, float | None] | None:
    return gain._asdict() if gain else None


def export_outcomes(
    store: Store,
    problems: Sequence[StoredProblem],
    destination: Path | None,
    viewer_id: int | None = None,
    *,
    excel: bool = False,
    raw: bool = False,
) -> int:
    """Write the outcomes that hold as CSV to a file, or to standard output; return how many rows there are.

    Those are left out that are sealed for the viewer; none where ``viewer_id`` is None.
    ``excel`` puts a byte order mark first, ``raw`` leaves text as it is that a spreadsheet would run as a formula.

    Raises:
        UserError: when the destination cannot be written.
        StoreError: when the store cannot be read.
    """
    text = CsvText(OUTCOME_COLUMNS, (), (), (), guard=not raw, mark=excel)
    n = 0
    # A connection of its own: the read transaction lasts as long as the export does.
    with (
        closing(Store(store.path, readonly=True)) as own,
        own.read() as connection,
        to_file(destination, files_of(store.path)) if destination else to_stdout() as write,
    ):
        write(text.head())
        for stored in problems:
            for piece in stream_ledger(connection, stored.id):
                if viewer_id is not None:
                    seen = seen_of(connection, stored.id, [entry.method_id for entry in piece], viewer_id)
                    piece = [entry for entry in piece if entry.method_id in seen.evidence]
                write(text.rows(Row(_cells(entry)) for entry in piece))
                n += len(piece)
    return n


def _cells(entry: LedgerEntry) -> tuple[Any, ...]:
    return (*entry[1 : entry._fields.index("chosen_with")], OUTCOME_COLUMNS_VERSION, entry.chosen_with)
