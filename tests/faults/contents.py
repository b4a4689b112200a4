"""What a store says, without what differs between two stores that say the same: row ids, UUIDs and times."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

Contents = Mapping[str, Counter[tuple[Any, ...]]]
"""The rows of each table, each with how often it is there."""

_NAMES = {
    "problems": "SELECT id, slug FROM problems",
    "reviewers": "SELECT id, name FROM reviewers",
    "methods": "SELECT id, namespace || '/' || external_id FROM methods",
    "revisions": "SELECT r.id, m.external_id || '/' || r.part || '/' || r.content_hash FROM revisions r "
    "JOIN methods m ON m.id = r.method_id",
    "measurements": "SELECT x.id, m.external_id || '/' || x.metric || '/' || x.dataset || '/' || x.setting "
    "FROM measurements x JOIN methods m ON m.id = x.method_id",
    "annotations": "SELECT id, uuid FROM annotations",
    "remarks": "SELECT id, namespace || '/' || external_id FROM remarks",
    "rubrics": "SELECT id, slug || '/' || version FROM rubrics",
    "assignment_rounds": "SELECT id, seed || '/' || overlap || '/' || reviewers FROM assignment_rounds",
}
"""How rows that others point at are named, whatever their ids are."""

_UNDECLARED = {("methods", "revision_id"): "revisions", ("counts", "reviewer_id"): "reviewers"}
"""What is pointed at by columns that declare no reference."""

_OF_ONE_RUN = {
    "imports": None,
    "used_ids": None,
    "checked_problems": None,
    "grouping": None,
    "problems": {"created_at"},
    "targets": {"created_at"},
    "assignment_rounds": {"made_at"},
    "met_elsewhere": {"first_met", "last_met"},
}
"""What is of a run and not of what was imported: whole tables (None), or columns of them."""

_WHICH = {
    "rejects": " WHERE import_id = (SELECT max(id) FROM imports)",
    # That an import met a record again in the file that it names tells how often that was imported.
    "met_elsewhere": " WHERE is_named = 0",
}
"""Which rows of a table are of what was imported, where not all are."""

_OF_ANY_RUN = {"id", "uuid", "import_id", "imported_at", "recorded_at"}


def contents(store: Path) -> Contents:
    """Return what a store says, its own folder left out of paths. Of rejects it is those of the last import."""
    here = f"{store.parent}/"
    with closing(sqlite3.connect(store)) as connection:
        names = {table: dict(connection.execute(sql).fetchall()) for table, sql in _NAMES.items()}
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict ORDER BY name"
        ).fetchall()
        return {
            table: Counter(_rows(connection, table, names, here))
            for (table,) in tables
            if _OF_ONE_RUN.get(table, set()) is not None
        }


def _rows(
    connection: sqlite3.Connection, table: str, names: Mapping[str, Mapping[int, str]], here: str
) -> Iterator[tuple[Any, ...]]:
    points_at = {row[3]: row[2] for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
    points_at |= {column: other for (of, column), other in _UNDECLARED.items() if of == table}
    left_out = _OF_ANY_RUN | (_OF_ONE_RUN.get(table) or set())
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept = [column for column in columns if column not in left_out or column in points_at]
    kept = [column for column in kept if points_at.get(column) != "imports"]
    for row in connection.execute(f"SELECT {', '.join(kept)} FROM {table}{_WHICH.get(table, '')}"):
        yield tuple(
            names[points_at[column]].get(value, value)
            if column in points_at
            else value.removeprefix(here)
            if isinstance(value, str)
            else value
            for column, value in zip(kept, row, strict=True)
        )


def differences(expected: Contents, found: Contents) -> tuple[str, ...]:
    """Return in which tables two stores do not say the same, with a row for each."""
    told = []
    for table in sorted({*expected, *found}):
        missing = expected.get(table, Counter()) - found.get(table, Counter())
        beyond = found.get(table, Counter()) - expected.get(table, Counter())
        if missing or beyond:
            example = str(next(iter(missing or beyond)))[:200]
            told.append(f"{table}: {missing.total()} rows missing, {beyond.total()} too many, such as {example}")
    return tuple(told)
