"""Writing many rows by few statements, and the row ids that they get."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from reviewer.domain.vocabulary import Setting
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import PreparedMeasurement

T = TypeVar("T")

ROWS_A_STATEMENT = (64, 16, 4, 1)
"""A statement for each row takes half as long again. Of few sizes all are prepared once, whatever a batch comes to."""

# SQLite's module asks each None how it wants to be kept, which raises two errors inside: three times the rest of it.
_AS_IT_IS: dict[None, None] = {}
sqlite3.register_adapter(type(None), _AS_IT_IS.get)


def by_statement(items: Sequence[T], width: int = 1) -> Iterator[Sequence[T]]:
    """Yield the items in as many as one statement takes at a time; an item is ``width`` values in a row."""
    start = 0
    for rows in ROWS_A_STATEMENT:
        length = rows * width
        while len(items) - start >= length:
            yield items[start : start + length]
            start += length


RETURNS_FROM = 1 << 40
"""Revisions and their returns are numbered in one row, in which they came: a revision's id is its number, that of a
return is its number and this. Smaller ids of returns are of earlier reviewers, and tell nothing of that order."""


class NewRows:
    """Rows of one table that are still to be written; ``into`` is the statement up to its values."""

    def __init__(self, into: str) -> None:
        self._into = into
        self._width = into.count(",") + 1
        self._values: list[Any] = []

    def add(self, *groups: tuple[Any, ...]) -> None:
        """Add a row, whose values are given in groups."""
        for group in groups:
            self._values += group

    def write(self, connection: sqlite3.Connection) -> None:
        """Write the rows that were added since the last time."""
        values, self._values = self._values, []
        places = f"({','.join('?' * self._width)})"
        for some in by_statement(values, self._width):
            rows = len(some) // self._width
            connection.execute(f"{self._into} VALUES {','.join([places] * rows)}", some)


def new_revisions() -> NewRows:
    """Return what takes the rows of new revisions."""
    return NewRows(
        "INSERT INTO revisions (id, uuid, method_id, part, content_hash, current, title, hypothesis, body, claims, "
        "raw, file, sha256, place, rerun_of, import_id, recorded_at)"
    )


def new_measurements() -> NewRows:
    """Return what takes the rows of new measurements."""
    return NewRows(
        "INSERT INTO measurements (id, revision_id, method_id, metric, dataset, split, subset, setting, setting_from, "
        "value, standard_error, n_seeds, n_test, n_correct, basis, source, missing, n_evaluations)"
    )


def new_seed_values() -> NewRows:
    """Return what takes the rows of new seed values."""
    return NewRows(
        "INSERT INTO seed_values (measurement_id, seed, value, n_correct, n_test, basis, seconds, predicted_share, "
        "label_share, says, completed, exit_status)"
    )


def new_self_scores() -> NewRows:
    """Return what takes the rows of what agents gave their own ideas."""
    return NewRows("INSERT INTO self_scores (revision_id, method_id, name, value, most)")


def new_reviews() -> NewRows:
    """Return what takes the rows of reviews that sources brought along."""
    return NewRows("INSERT INTO outside_reviews (revision_id, method_id, score, most, confidence, used_ai, consent)")


def settled(known: KnownProblem, measurement: PreparedMeasurement) -> PreparedMeasurement:
    """Return a measurement under its dataset's one name, in the setting that its file or else a person told."""
    dataset = known.dataset(measurement.dataset)
    if dataset != measurement.dataset:
        measurement = measurement._replace(dataset=dataset)
    if measurement.setting == "unknown" and known.told(dataset) is not Setting.UNKNOWN:
        measurement = measurement._replace(setting=str(known.told(dataset)), setting_from="person")
    known.metric(measurement.metric)
    return measurement


def next_id(connection: sqlite3.Connection, table: str) -> int:
    """Return the row id that a new row of the table may have, as long as the caller holds the write lock.

    No row that is gone ever had it: a window that still shows what was withdrawn must not act on something else.
    """
    returned = f", coalesce((SELECT max(id) FROM returns), 0) - {RETURNS_FROM}" if table == "revisions" else ""
    last: int = connection.execute(
        f"SELECT max(coalesce((SELECT max(id) FROM {table}), 0), "
        f"coalesce((SELECT last FROM used_ids WHERE name = ?), 0){returned})",
        (table,),
    ).fetchone()[0]
    return last + 1


def keep_ids(connection: sqlite3.Connection) -> None:
    """Note which row ids have been given out, before rows are deleted."""
    for table in ("problems", "methods", "revisions", "measurements"):
        connection.execute(
            f"INSERT INTO used_ids (name, last) SELECT ?, coalesce(max(id), 0) FROM {table} WHERE true "
            "ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
            (table,),
        )
