"""What others have brought and told of a problem so far: a handful of rows, to be asked for again and again."""

import sqlite3
from dataclasses import dataclass

from reviewer.store.imports import imports_stamp


@dataclass(frozen=True, slots=True)
class Brought:
    """How much imports have brought so far: the proposals of one problem, and how often anything was changed.

    ``told`` counts how often anything was told of what the problem has already, such as the settings of measurements;
    ``target`` is the version of its target, 0 where nobody wrote one.
    """

    proposals: int
    changes: int
    told: int = 0
    target: int = 0


def brought_so_far(connection: sqlite3.Connection, problem_id: int) -> Brought:
    """Return what imports have brought so far, and what was told."""
    row = connection.execute(
        """
        SELECT
            (SELECT max(n) FROM counts WHERE problem_id = ?1 AND reviewer_id = 0 AND name = 'proposals'),
            (SELECT last FROM used_ids WHERE name = ?2),
            (SELECT max(version) FROM targets WHERE problem_id = ?1)
        """,
        (problem_id, _told(problem_id)),
    ).fetchone()
    proposals, told, target = (n or 0 for n in row)
    return Brought(proposals, imports_stamp(connection)[1], told, target)


def note_telling(connection: sqlite3.Connection, problem_id: int) -> None:
    """Note that something was told of what a problem has already, in the transaction of what was told.

    Nothing else shows it but the measurements themselves, of which there are too many to look through.
    """
    connection.execute(
        "INSERT INTO used_ids (name, last) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1",
        (_told(problem_id),),
    )


def _told(problem_id: int) -> str:
    """Return the name under which the tellings of a problem are numbered, beside the rows of tables."""
    return f"told:{problem_id}"
