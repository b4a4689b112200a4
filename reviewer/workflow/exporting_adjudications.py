"""Exporting what was adjudicated, as far as the viewer may see what others hold."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from reviewer.domain.errors import UserError
from reviewer.domain.problems import no_such_problem
from reviewer.exports.columns import COLUMNS, COLUMNS_VERSION, Shape
from reviewer.exports.formats import CsvText, Format, JsonLinesText, Row
from reviewer.exports.output import to_file, to_stdout
from reviewer.store.adjudications import AdjudicatedProposal, stream_adjudicated
from reviewer.store.connection import Store
from reviewer.store.drafts import files_of
from reviewer.store.problems import list_problems


def export_adjudications(
    store: Store,
    destination: Path | None,
    viewer_id: int | None,
    *,
    format: Format = Format.CSV,
    problem: str | None = None,
    excel: bool = False,
    raw: bool = False,
) -> int:
    """Write the adjudications that hold, of proposals of which a viewer may see what others hold.

    0 is nobody, None sees all. They go to a file, or to standard output; returns how many there are. ``excel`` puts a
    byte order mark first,
    ``raw`` leaves text as it is that a spreadsheet would run as a formula.

    Raises:
        UserError: when there is no such problem, or the destination cannot be written.
        StoreError: when the store cannot be read.
    """
    columns = COLUMNS[Shape.ADJUDICATIONS]
    text: CsvText | JsonLinesText = JsonLinesText(columns, None)
    if format is Format.CSV:
        text = CsvText(columns, (), (), (), guard=not raw, mark=excel)
    n = 0
    # A connection of its own: the read transaction lasts as long as the export does.
    with closing(Store(store.path, readonly=True)) as own, own.read() as connection:
        known = {stored.problem.slug: stored.id for stored in list_problems(connection)}
        if problem is not None and problem not in known:
            raise UserError(no_such_problem(problem, known))
        with to_file(destination, files_of(store.path)) if destination else to_stdout() as write:
            write(text.head())
            for problem_id in known.values() if problem is None else (known[problem],):
                for piece in stream_adjudicated(connection, problem_id, viewer_id):
                    write(text.rows(Row(_cells(one)) for one in piece))
                    n += len(piece)
    return n


def _cells(one: AdjudicatedProposal) -> tuple[Any, ...]:
    *before, judgements, event = one
    return (*before, json.loads(judgements), event, COLUMNS_VERSION)
