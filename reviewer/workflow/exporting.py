"""Writing judgements out: one row for each proposal and reviewer, every event, or long and wide tables of them."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded
from reviewer.domain.problems import no_such_problem
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Rating
from reviewer.exports.columns import (
    COLUMNS,
    COLUMNS_VERSION,
    EACH_REVIEWER,
    RATING_PARTS,
    Column,
    Shape,
    constraint_columns,
    has_ratings,
    reviewer_columns,
)
from reviewer.exports.formats import CsvText, Format, JsonLinesText, Row
from reviewer.exports.output import to_file, to_stdout
from reviewer.store.connection import Store
from reviewer.store.drafts import files_of
from reviewer.store.export_rows import (
    PIECE,
    JudgementRow,
    Selection,
    reviewers_of,
    stream_events,
    stream_judgements,
)
from reviewer.store.problems import list_problems
from reviewer.store.rubrics import all_constraint_slugs
from reviewer.store.search_index import index_all, unindexed
from reviewer.workflow.compared_values import ComparedValues, ValueFinder
from reviewer.workflow.rubrics import load_rubric

TOLD_EVERY = 1000
"""How many rows go by between two words on the progress."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What is exported, and how. ``problem`` is a slug; None for it or for ``reviewer_id`` leaves nobody out.

    Of others those judgements alone are written that ``viewer_id`` may see, and what is sealed for them has no more
    than its title; with None all is written, for who organises the reviews.

    The filter is asked of each exported judgement itself, as it stands now; a history has all events of those that
    it leaves in. ``excel`` puts a byte order mark first, and ``raw_cells`` leaves text that a spreadsheet would run
    as a formula as it is: both are about CSV.
    """

    shape: Shape = Shape.JUDGEMENTS
    format: Format = Format.CSV
    excel: bool = False
    raw_cells: bool = False
    problem: str | None = None
    reviewer_id: int | None = None
    viewer_id: int | None = None
    asked: QueueFilter = field(default_factory=QueueFilter)
    checks: CheckSettings = field(default_factory=CheckSettings)
    """By which a filter by a check is asked."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """How many rows were written, where (None: to standard output), and whether a file gave way to them."""

    rows: int
    path: Path | None
    replaced: bool = False
    unrated: int = 0
    """How many judgements there are where a table of ratings has no row, since none of them rates anything."""


def export(
    store: Store,
    destination: Path | None,
    options: ExportOptions,
    progress: Callable[[int], None] | None = None,
) -> ExportSummary:
    """Write judgements to ``destination``, or to standard output where that is None; the store is only read,
    but that a filter by text first puts into the search index what waits for it, and one by a check first checks.

    All rows show one state of the store, and never more than a few of them are in memory. A file is
    replaced when everything is written; on any error it stays as it was. ``progress`` is told every thousand rows or so
    how many there are so far.

    Raises:
        UserError: when the problem is unknown, or the destination is a folder, the store itself or not writable.
        StoreError: when the store cannot be read.
    """
    if options.asked.text:
        _complete_search_index(store.path)
    if options.asked.check:
        _complete_checks(store.path, options.checks)
    replaced = destination is not None and expanded(destination).is_file()
    # A connection of its own: the read transaction lasts as long as the export does.
    with closing(Store(store.path, readonly=True)) as own, own.read() as connection:
        selection = _select(connection, options)
        text, rows = _prepare(connection, selection, options)
        written = 0
        with to_file(destination, files_of(store.path)) if destination else to_stdout() as write:
            write(text.head())
            for piece in rows:
                write(text.rows(piece))
                before, written = written, written + len(piece)
                if progress is not None and before // TOLD_EVERY < written // TOLD_EVERY:
                    progress(written)
        no_rating = options.shape is Shape.LONG and not written
        unrated = sum(map(len, stream_judgements(connection, selection))) if no_rating else 0
    return ExportSummary(written, destination, replaced, unrated)


def _complete_search_index(path: Path) -> None:
    """Put what waits for the search index into it: a filter by text would leave out, in silence, what is not there.

    Raises:
        StoreError: when something waits and the store cannot be written.
    """
    with closing(Store(path, readonly=True)) as own, own.read() as connection:
        waiting = unindexed(connection)
    if waiting:
        with closing(Store(path)) as own:
            index_all(own)


def _complete_checks(path: Path, settings: CheckSettings) -> None:
    """Check what waits to be checked: a filter by a check would leave out, in silence, what is not.

    Raises:
        StoreError: when something waits and the store cannot be written.
    """
    from reviewer.workflow.checking import Checking  # what other exports need not load
    from reviewer.workflow.completing import check_all

    with closing(Store(path, readonly=True)) as own:
        waiting = Checking(own, settings).waiting()
    if waiting:
        with closing(Store(path)) as own:
            check_all(own, settings)


def _select(connection: sqlite3.Connection, options: ExportOptions) -> Selection:
    if options.problem is None:
        return Selection(None, options.reviewer_id, options.asked, options.viewer_id)
    known = {p.problem.slug: p.id for p in list_problems(connection)}
    if options.problem not in known:
        raise UserError(no_such_problem(options.problem, known))
    return Selection(known[options.problem], options.reviewer_id, options.asked, options.viewer_id)


Pieces = Iterator[Sequence[Row]]


def _prepare(
    connection: sqlite3.Connection, selection: Selection, options: ExportOptions
) -> tuple[CsvText | JsonLinesText, Pieces]:
    shape = options.shape
    groups: tuple[str, ...] = ()
    others: tuple[Column, ...] = ()
    within: str | None = None
    parts: tuple[str, ...] = ()
    evidence = ValueFinder(connection)
    rows: Pieces
    if has_ratings(shape):
        # A store in which nobody has judged yet has no rubric: the columns are then those that it will have by default.
        groups = all_constraint_slugs(connection) or tuple(c.slug for c in load_rubric(None).constraints)
        others = constraint_columns(shape, groups)
        within, parts = "ratings", RATING_PARTS
        make = _judgement_rows if shape is Shape.JUDGEMENTS else _event_rows
        rows = make(connection, selection, evidence)
    elif shape is Shape.LONG:
        rows = _long_rows(connection, selection)
    else:
        groups = reviewers_of(connection, selection)
        others = reviewer_columns(groups)
        within, parts = "reviewers", tuple(c.name for c in EACH_REVIEWER)
        rows = _wide_rows(connection, selection)
    if options.format is Format.JSON_LINES:
        return JsonLinesText(COLUMNS[shape], within), rows
    guard = not options.raw_cells
    return CsvText(COLUMNS[shape], groups, parts, others, guard=guard, mark=options.excel), rows


def _judgement_rows(connection: sqlite3.Connection, selection: Selection, evidence: ValueFinder) -> Pieces:
    for piece in stream_judgements(connection, selection):
        evidence.read(piece)
        yield [_row((), j, _compared(evidence, j), first_at=True) for j in piece]


def _event_rows(connection: sqlite3.Connection, selection: Selection, evidence: ValueFinder) -> Pieces:
    for piece in stream_events(connection, selection):
        evidence.read([e.judgement for e in piece])
        rows = []
        for event in piece:
            j = event.judgement
            what = (j.event, event.act, event.kind, event.reverses, event.supersedes, j.updated_at)
            rows.append(_row(what, j, _compared(evidence, j), first_at=False))
        yield rows


def _compared(evidence: ValueFinder, j: JudgementRow) -> ComparedValues:
    return ComparedValues() if j.sealed else evidence.compared(j)


Ratings = Mapping[str, Mapping[str, Any]]
_NO_RATINGS: Ratings = {}
_NOTHING: list[str] = []
_decode = json.JSONDecoder().decode


def _row(what: Sequence[Any], j: JudgementRow, compared: ComparedValues, *, first_at: bool) -> Row:
    """Return the row of a judgement or, after ``what`` is of the event, of an event."""
    ratings = _ratings(j)
    values = [
        *what,
        j.proposal,
        j.namespace,
        j.external_id,
        j.revision,
        j.revision_is_current,
        j.problem,
        compared.dataset,
        j.title,
        j.agent,
        j.run,
        j.family,
        j.baseline,
        j.baseline_title,
        compared.metric,
        compared.direction,
        compared.setting,
        *compared.proposal,
        *compared.baseline,
        compared.difference,
        j.status,
        j.verdict,
        j.condition,
        j.next_experiment,
        j.forecast,
        _blockers(ratings),
        _list(j.tags),
        j.flagged,
        j.rationale,
        j.seconds,
        j.visible,
        j.reviewer,
    ]
    if first_at:
        values += (j.first_at, j.updated_at, j.rubric, j.target_version, j.event, COLUMNS_VERSION, j.resolves_on)
        values += (j.critique, j.critique_model, j.critique_template, j.critique_shown_at, j.critique_changed)
        values += (j.shareable, _list(j.sightings), j.alike_to, j.alike)
    else:
        values += (j.rubric, j.target_version, COLUMNS_VERSION, j.resolves_on, j.shareable)
    return Row(values, ratings)


def _long_rows(connection: sqlite3.Connection, selection: Selection) -> Pieces:
    for piece in stream_judgements(connection, selection):
        yield [
            Row(
                (
                    *j[: j._fields.index("baseline")],
                    j.reviewer,
                    j.status,
                    j.verdict,
                    j.forecast,
                    slug,
                    rating["rating"],
                    rating["note"],
                    j.updated_at,
                    j.rubric,
                    j.target_version,
                    j.event,
                    COLUMNS_VERSION,
                )
            )
            for j in piece
            for slug, rating in _ratings(j).items()
        ]


def _wide_rows(connection: sqlite3.Connection, selection: Selection) -> Pieces:
    every = (j for piece in stream_judgements(connection, selection) for j in piece)
    rows: list[Row] = []
    for _, group in groupby(every, key=lambda j: j.method_id):
        held = list(group)
        j = held[0]
        judged = sum(each.verdict is not None for each in held)
        values = (j.proposal, j.namespace, j.external_id, j.problem, j.title, j.agent, j.run, j.family, judged,
                  COLUMNS_VERSION)  # fmt: skip
        rows.append(Row(values, {each.reviewer: _each_reviewer(each) for each in held}))
        if len(rows) == PIECE:
            yield rows
            rows = []
    if rows:
        yield rows


def _each_reviewer(j: JudgementRow) -> Mapping[str, Any]:
    return {"status": j.status, "verdict": j.verdict, "forecast": j.forecast, "blockers": _blockers(_ratings(j)),
            "rationale": j.rationale}  # fmt: skip


def _ratings(j: JudgementRow) -> Ratings:
    return _decode(j.ratings) if j.ratings != "{}" else _NO_RATINGS


def _blockers(ratings: Ratings) -> list[str]:
    return [slug for slug, rating in ratings.items() if rating["rating"] == Rating.BLOCKER] if ratings else _NOTHING


def _list(text: str) -> list[str]:
    return _decode(text) if text != "[]" else _NOTHING
