"""The rows of revisions and measurements, and writing many rows by few statements."""

import json
import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

from reviewer.domain.methods import JsonText, Measurement, MethodRecord
from reviewer.domain.vocabulary import Setting
from reviewer.store.known_problem import KnownProblem

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


def revision_row(record: MethodRecord, revision_id: int, uuid: str, method_id: int, *, import_id: int, now: str) -> Row:
    """Return the row of a record's revision, which counts now."""
    return (
        revision_id, uuid, method_id, record.part, record.revision_hash(), 1, record.title, record.hypothesis,
        record.body, json_text(list(record.claims)) if record.claims else "[]", json_text(record.raw),
        record.provenance.file, record.provenance.sha256, record.provenance.place, import_id, now,
    )  # fmt: skip


def measurement_row(
    known: KnownProblem, measurement: Measurement, row_id: int, revision_id: int, method_id: int
) -> Row:
    """Return the row of a measurement, under its dataset's one name and in the setting that file or person told."""
    dataset = known.dataset(measurement.dataset)
    setting, source = measurement.setting, "file"
    if setting is Setting.UNKNOWN and known.told(dataset) is not Setting.UNKNOWN:
        setting, source = known.told(dataset), "person"
    # Plain texts, since SQLite's module asks around what to do with any other kind of them.
    return (
        row_id, revision_id, method_id, known.metric(measurement.metric), dataset, measurement.split,
        measurement.subset, str(setting), source, measurement.value, measurement.standard_error, measurement.n_seeds,
        measurement.n_test, measurement.n_correct, str(measurement.basis), measurement.source, measurement.missing,
    )  # fmt: skip


def seed_rows(measurement: Measurement, measurement_id: int) -> list[Row]:
    """Return the rows of a measurement's values by seed."""
    return [(measurement_id, s.seed, s.value, s.n_correct, s.n_test, str(s.basis)) for s in measurement.seeds]


def json_text(value: Any) -> str:
    """Return ``value`` as JSON text. Anything that JSON cannot say is an error here, never silently its ``repr``."""
    if type(value) is JsonText:
        return str(value)
    return whole(_to_json(value))


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def whole(text: str) -> str:
    """Return the text with lone surrogates replaced, which SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
