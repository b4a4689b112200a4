"""Rubrics as the store keeps them: a version, once written, never changes."""

import json
import sqlite3
from collections.abc import Mapping

from reviewer.domain.errors import UserError
from reviewer.domain.identity import content_hash
from reviewer.domain.rubrics import Rubric


def holds_rubric(connection: sqlite3.Connection, rubric: Rubric) -> bool:
    """Return whether the store has this version of the rubric, with these constraints."""
    row = connection.execute(
        "SELECT content_hash FROM rubrics WHERE slug = ? AND version = ?", (rubric.slug, rubric.version)
    ).fetchone()
    return row is not None and bool(row[0] == content_hash(rubric.asked))


def save_rubric(connection: sqlite3.Connection, rubric: Rubric, now: str) -> None:
    """Write the rubric where it is new.

    Raises:
        UserError: when this version is in the store with other constraints; judgements refer to it.
    """
    digest = content_hash(rubric.asked)
    row = connection.execute(
        "SELECT content_hash FROM rubrics WHERE slug = ? AND version = ?", (rubric.slug, rubric.version)
    ).fetchone()
    if row is not None:
        if row[0] != digest:
            raise UserError(
                f"The rubric {rubric.label} is in the store with other constraints, and judgements refer to it; "
                "give the changed rubric a higher version."
            )
        return
    cursor = connection.execute(
        "INSERT INTO rubrics (slug, version, required, content_hash, created_at) VALUES (?, ?, ?, ?, ?)",
        (rubric.slug, rubric.version, json.dumps(rubric.required), digest, now),
    )
    connection.executemany(
        "INSERT INTO constraints (rubric_id, position, slug, title, question) VALUES (?, ?, ?, ?, ?)",
        [(cursor.lastrowid, i, c.slug, c.title, c.question) for i, c in enumerate(rubric.constraints)],
    )


def all_constraint_slugs(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the slug of every constraint that any rubric ever had, in the order of the rubrics."""
    rows = connection.execute("SELECT slug FROM constraints GROUP BY slug ORDER BY min(id)").fetchall()
    return tuple(slug for (slug,) in rows)


def constraint_titles(connection: sqlite3.Connection) -> Mapping[str, str]:
    """Return the titles of all constraints by slug, those of the last rubric where several name one."""
    return dict(connection.execute("SELECT slug, title FROM constraints ORDER BY id").fetchall())
