"""The rows of revisions and measurements, and writing many rows by few statements."""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Setting
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import PreparedMeasurement, PreparedMethod

Row = tuple[Any, ...]

ROWS_A_STATEMENT = 50
"""The lists in CHECK constraints are set up once a statement, which takes as long as writing a row of numbers."""

REVISIONS = (
    "INSERT INTO revisions (id, uuid, method_id, part, content_hash, current, title, hypothesis, body, claims, raw, "
    "file, sha256, place, import_id, recorded_at)"
)
MEASUREMENTS = (
    "INSERT INTO measurements (id, revision_id, method_id, metric, dataset, split, subset, setting, setting_from, "
    "value, standard_error, n_seeds, n_test, n_correct, basis, source, missing)"
)
DATASET, SETTING = 4, 7
"""Where these stand in the row of a measurement."""

SEED_VALUES = "INSERT INTO seed_values (measurement_id, seed, value, n_correct, n_test, basis)"


def insert_rows(connection: sqlite3.Connection, into: str, rows: Sequence[Row]) -> None:
    """Write rows of one table; ``into`` is the statement up to its values."""
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        some = rows[start : start + ROWS_A_STATEMENT]
        places = f"({','.join('?' * len(some[0]))})"
        connection.execute(f"{into} VALUES {','.join([places] * len(some))}", list(chain.from_iterable(some)))


def next_id(connection: sqlite3.Connection, table: str) -> int:
    """Return the row id that a new row of the table may have, as long as the caller holds the write lock.

    No row that is gone ever had it: a window that still shows what was withdrawn must not act on something else.
    """
    last: int = connection.execute(
        f"SELECT max(coalesce((SELECT max(id) FROM {table}), 0), "
        "coalesce((SELECT last FROM used_ids WHERE name = ?), 0))",
        (table,),
    ).fetchone()[0]
    return last + 1


def keep_ids(connection: sqlite3.Connection) -> None:
    """Note which row ids have been given out, before rows are deleted."""
    for table in ("methods", "revisions", "measurements"):
        connection.execute(
            f"INSERT INTO used_ids (name, last) SELECT ?, coalesce(max(id), 0) FROM {table} WHERE true "
            "ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
            (table,),
        )


def revision_row(method: PreparedMethod, revision_id: int, method_id: int, *, import_id: int, now: str) -> Row:
    """Return the row of a new revision, which counts now."""
    return (
        revision_id, new_id(), method_id, method.part, method.content_hash, 1, method.title, method.hypothesis,
        method.body, method.claims, method.raw, *method.provenance, import_id, now,
    )  # fmt: skip


def measurement_row(
    known: KnownProblem, measurement: PreparedMeasurement, row_id: int, revision_id: int, method_id: int
) -> Row:
    """Return the row of a measurement, under its dataset's one name and in the setting that file or person told."""
    metric, said, split, subset, setting, *numbers, _ = measurement
    dataset = known.dataset(said)
    source = "file"
    if setting == "unknown" and known.told(dataset) is not Setting.UNKNOWN:
        setting, source = str(known.told(dataset)), "person"
    return (
        row_id, revision_id, method_id, known.metric(metric), dataset, split, subset, setting, source, *numbers,
    )  # fmt: skip


def seed_rows(measurement: PreparedMeasurement, measurement_id: int) -> list[Row]:
    """Return the rows of a measurement's values by seed."""
    return [(measurement_id, *seed) for seed in measurement.seeds]
