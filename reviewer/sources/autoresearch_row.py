"""One row of a keep-or-discard log, turned into the method that it stands for."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from reviewer.domain.identity import content_hash
from reviewer.domain.methods import Measurement, MethodRecord, Provenance
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import aar_study
from reviewer.sources.autoresearch_columns import (
    CRASHED,
    KEPT,
    NOTHING,
    Columns,
    cells_of,
    is_verdict,
    verdict_of,
)
from reviewer.sources.autoresearch_parents import Parents
from reviewer.sources.fields import BadFieldError
from reviewer.sources.written_numbers import number_in
from reviewer.sources.written_times import time_in

_LONGEST_TITLE = 200
_LONGEST_ID = 200
_BASELINE = re.compile(r"\W*baseline\b", re.IGNORECASE)
_COMMIT = re.compile(r"(?=[0-9a-f]*[0-9])[0-9a-f]{6,40}", re.IGNORECASE)
"""A commit. Whatever else stands in its place, as ``HEAD``, ``exp2`` or ``7``, other runs have as well."""


class Row(NamedTuple):
    """The cells of a row, one for each column, and whether commas stand between them in place of tabs."""

    cells: tuple[str, ...]
    by_commas: bool = False

    def at(self, place: int | None) -> str:
        """Return the cell in a column; empty where there is no such column, or nothing in it."""
        cell = "" if place is None else self.cells[place]
        return "" if cell.casefold() in NOTHING else cell


def row_of(line: str, columns: Columns) -> Row:
    """Return the row that a line is.

    Tabs within a description that stands last belong to it; a row that ends after its verdict lacks its description.

    Raises:
        BadFieldError: when it is none; the message says why.
    """
    width = len(columns.names)
    cells = cells_of(line)
    if len(cells) == 1:
        by_commas = [cell.strip() for cell in line.rstrip("\r\n").split(",", width - 1)]
        if _is_even(by_commas, columns):
            return Row(tuple(by_commas), by_commas=True)
        raise BadFieldError(f"is no row: it has no tabs, where a row has {width} cells")
    if len(cells) > width and columns.description == width - 1:
        cells = [*cells[: width - 1], " ".join(cells[width - 1 :]).strip()]
    if len(cells) < width and len(cells) > columns.status and is_verdict(cells[columns.status]):
        cells += [""] * (width - len(cells))
    if len(cells) != width:
        raise BadFieldError(f"is no row: it has {len(cells)} cells, where a row has {width}")
    if number_in(cells[columns.status]) is not None:
        raise BadFieldError(
            f"has {cells[columns.status][:40]} where the verdict stands ({columns.names[columns.status]}): its cells "
            "are out of place"
        )
    if not is_verdict(cells[columns.status]) and all(number_in(cells[i]) is None for i in columns.measured()):
        raise BadFieldError("is no row: it has neither a number nor a verdict")
    return Row(tuple(cells))


def _is_even(cells: Sequence[str], columns: Columns) -> bool:
    """Tell whether cells are those of a row beyond doubt: a verdict where one stands, numbers where they do."""
    if len(cells) != len(columns.names) or not is_verdict(cells[columns.status]):
        return False
    measured = [cells[i] for i in columns.measured() if cells[i].casefold() not in NOTHING]
    return bool(measured) and number_in(measured[0]) is not None


class Place(NamedTuple):
    """Where a row stands: its line's number, the id of the row kept last before it, and what is known of its file."""

    line: int
    kept: str
    namespace: str
    run: str
    problem: str
    provenance: Provenance


def is_kept(row: Row, columns: Columns) -> bool:
    """Tell whether the agent kept what the row describes."""
    return verdict_of(row.cells[columns.status]) in KEPT


def id_of(row: Row, columns: Columns, line: int, taken: Collection[str]) -> str:
    """Return how a row is known: by its commit; where it has none, by what stands there and a hash of what it says.

    Runs of one script begin with the same row, so that all that tells their rows apart then is what they say. The
    verdict is no part of that: it may still change. Where another row is known so already, the line's number follows.
    """
    stated = row.cells[columns.id]
    known_as = stated
    if not _COMMIT.fullmatch(stated):
        says = [cell for place, cell in enumerate(row.cells) if place != columns.status]
        known_as = f"{stated[:_LONGEST_ID] or 'row'} ({content_hash(says)[:8]})"
    return known_as if known_as not in taken else f"{known_as} (line {line})"


def method_of(row: Row, columns: Columns, known_as: str, where: Place, parents: Parents) -> MethodRecord:
    """Return the method that a row stands for; ``parents`` knows the rows before it by what they state.

    A parent that is none of them stands in the text, as the row names it.

    The first row that was kept is the baseline, and so is one whose verdict says so. It is a human's where the row
    calls itself the baseline: that is the script as people wrote it, measured before the agent changes anything.
    """
    described = row.at(columns.description)
    status = row.cells[columns.status]
    is_baseline = verdict_of(status) == "baseline" or (not where.kept and is_kept(row, columns))
    calls_itself = any(map(_BASELINE.match, (status, row.cells[columns.id], described)))
    named = row.at(columns.parent)
    parent = where.kept if columns.parent is None else parents.find(named) if named else ""
    return MethodRecord(
        namespace=where.namespace,
        external_id=known_as,
        role=Role.BASELINE if is_baseline else Role.PROPOSAL,
        title=_title(described) or known_as,
        problem=where.problem,
        provenance=where.provenance,
        origin=(Origin.HUMAN if calls_itself else Origin.UNKNOWN) if is_baseline else Origin.AGENT,
        agent=row.at(columns.agent),
        run=where.run,
        parent=parent,
        hypothesis=row.at(columns.hypothesis),
        body=_body(row, columns, "" if parent else named),
        created_at=time_in(row.at(columns.time)),
        measurements=tuple(_measurements(row, columns)),
        raw=dict(zip(columns.names, row.cells, strict=True)),
    )


def _title(described: str) -> str:
    return described if len(described) <= _LONGEST_TITLE else described[: _LONGEST_TITLE - 1].rstrip() + "…"


def _body(row: Row, columns: Columns, unknown_parent: str) -> str:
    """Return what the row says in words beyond its title, each text under the name of its column.

    The verdict is told as the agent's own.
    """
    status = row.at(columns.status)
    described = row.at(columns.description)
    parts = [("", described if _title(described) != described else ""), ("The agent's own verdict", status)]
    apart = {columns.id, columns.status, columns.description, columns.hypothesis, columns.parent, columns.agent}
    measured = set(columns.measured())
    for place, name in enumerate(columns.names):
        cell = row.at(place)
        is_measured = place in measured and number_in(cell) is not None
        if place not in apart and place != columns.time and not is_measured:
            parts.append((name, cell))
    if unknown_parent:
        parts.append((columns.names[columns.parent or 0], f"{unknown_parent} (no row before this one)"))
    return "\n\n".join(f"## {heading}\n\n{text}" if heading else text for heading, text in parts if text)


def _measurements(row: Row, columns: Columns) -> list[Measurement]:
    numbers = [(i, value) for i in columns.measured() if (value := number_in(row.cells[i])) is not None]
    verdict = row.cells[columns.status]
    crashed = verdict_of(verdict) in CRASHED
    # Where nothing was measured agents write zero for the metric, which stands first; a zero that was kept is a value.
    nothing = bool(numbers) and not is_kept(row, columns) and numbers[0][1] in (0, -999)
    rows = []
    for place, value in numbers:
        missing = aar_study.no_value(value)
        if not missing and value == 0 and crashed:
            missing = f"{row.cells[place][:40]} in a row whose verdict is {verdict[:40]}: it gave no result"
        elif not missing and value == 0 and nothing:
            missing = (
                f"{row.cells[place][:40]} in a row that was not kept, and whose metric is so: nothing was measured"
            )
        rows.append(
            Measurement(
                columns.names[place], aar_study.UNKNOWN_DATASET, None if missing else value, n_seeds=1, missing=missing
            )
        )
    return rows
