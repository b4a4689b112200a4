"""Rows that stand in for lost ones of a damaged store to which others refer; an index may have their names."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from reviewer.domain.identity import new_id
from reviewer.store.acts import LOST
from reviewer.store.salvaged_rows import try_to_write


def let_stand_in(connection: sqlite3.Connection, tables: Sequence[str], parent: str, now: str) -> int:
    """Write a row for each lost one of a table to which others refer, with all that indexes have of it.

    Return how many. Which of the revisions are lost stands in ``lost_revisions`` from then on.
    """
    ids: set[int] = set()
    for child, column in _references(connection, tables, parent):
        ids |= {
            row_id
            for (row_id,) in connection.execute(
                f"SELECT DISTINCT {column} FROM {child} WHERE {column} IS NOT NULL "
                f"AND {column} NOT IN (SELECT id FROM {parent})"
            ).fetchall()
        }
    wanted = [(row[1], row[3]) for row in connection.execute(f"PRAGMA table_info ({parent})").fetchall()]
    n = 0
    for row_id in sorted(ids):
        cursor = connection.execute(f"SELECT * FROM seen_{parent} WHERE id = ?", (row_id,))
        seen = dict(zip((c[0] for c in cursor.description), cursor.fetchone() or (), strict=False))
        known = {name: value for name, value in seen.items() if value is not None}
        values = _by_default(connection, parent, row_id, now) | known | {"id": row_id}
        if parent in ("problems", "methods") and "title" not in known:
            values["title"] = values["slug" if parent == "problems" else "external_id"]
        names = [name for name, required in wanted if name in known or name == "id" or (required and name in values)]
        written = try_to_write(
            connection,
            f"INSERT OR IGNORE INTO {parent} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            tuple(values[name] for name in names),
        )
        n += written
    if parent == "revisions":
        connection.execute("CREATE TEMP TABLE lost_revisions (id INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO lost_revisions VALUES (?)", [(row_id,) for row_id in sorted(ids)])
    return n


def _by_default(connection: sqlite3.Connection, table: str, row_id: int, now: str) -> dict[str, Any]:
    lost = f"{LOST}{row_id}"
    nothing = dict.fromkeys(
        ("description", "agent", "run", "parent", "idea", "family", "host", "part", "title", "hypothesis", "body",
         "raw", "file", "sha256", "place"),
        "",
    )  # fmt: skip
    first = {name: connection.execute(f"SELECT min(id) FROM {name}").fetchone()[0] for name in ("problems", "imports")}
    of = connection.execute(
        "SELECT method_id FROM annotations WHERE ?1 IN (revision_id, judged_revision_id) "
        "UNION ALL SELECT method_id FROM adjudications WHERE revision_id = ?1 "
        "UNION ALL SELECT method_id FROM critiques WHERE revision_id = ?1 LIMIT 1",
        (row_id,),
    ).fetchone()
    return nothing | {
        "uuid": new_id(),
        "slug": lost,
        "name": lost,
        "external_id": lost,
        "namespace": "lost",
        "content_hash": lost,
        "role": "proposal",
        "origin": "unknown",
        "state": "complete",
        "source": "native",
        "path": "lost",
        "options": "{}",
        "claims": "[]",
        "process": 0,
        "current": 0,
        "problem_id": first["problems"],
        "import_id": first["imports"],
        "method_id": of[0] if table == "revisions" and of else 0,
        **dict.fromkeys(("created_at", "imported_at", "started_at", "recorded_at"), now),
    }


def _references(connection: sqlite3.Connection, tables: Sequence[str], parent: str) -> Iterator[tuple[str, str]]:
    for child in tables:
        if parent == "revisions" and child not in ("annotations", "adjudications", "critiques"):
            continue
        for row in connection.execute(f"PRAGMA foreign_key_list ({child})").fetchall():
            if row[2] == parent:
                yield child, row[3]
