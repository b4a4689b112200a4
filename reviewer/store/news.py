"""What others have brought and told of a problem so far: a handful of rows, to be asked for again and again."""

import sqlite3
from dataclasses import dataclass

from reviewer.store.imports import imports_stamp
from reviewer.store.protocols import SEES_EVIDENCE, protocol_of


@dataclass(frozen=True, slots=True)
class Brought:
    """How much imports have brought so far: the proposals of one problem, and how often anything was changed.

    ``told`` counts how often anything was told of what the problem has already, such as the settings of measurements;
    ``target`` is the version of its target, 0 where nobody wrote one; ``protocol`` is another number whenever somebody
    set by which protocol it is judged.
    """

    proposals: int
    changes: int
    told: int = 0
    target: int = 0
    outcome: int = 0
    """The row id of the latest outcome that somebody else recorded, among the last that anybody did."""
    protocol: int = 0


def brought_so_far(connection: sqlite3.Connection, problem_id: int, viewer_id: int) -> Brought:
    """Return what imports have brought so far, and what others than the viewer told."""
    row = connection.execute(
        f"""
        SELECT
            (SELECT max(n) FROM counts WHERE problem_id = :problem AND reviewer_id = 0 AND name = 'proposals'),
            (SELECT last FROM used_ids WHERE name = :told),
            (SELECT max(version) FROM targets WHERE problem_id = :problem),
            (SELECT id FROM (SELECT id, method_id, reviewer_id FROM outcomes ORDER BY id DESC LIMIT 200) o
                WHERE reviewer_id <> :viewer
                AND EXISTS (SELECT 1 FROM methods WHERE id = o.method_id AND problem_id = :problem)
                AND {SEES_EVIDENCE.format(of="o.method_id")} LIMIT 1),
            (SELECT max(id) FROM protocols WHERE problem_id = :problem OR problem_id IS NULL)
        """,
        {
            "problem": problem_id,
            "told": _told(problem_id),
            "viewer": viewer_id,
            "protocol": protocol_of(connection, problem_id),
        },
    ).fetchone()
    proposals, told, target, outcome, protocol = (n or 0 for n in row)
    return Brought(proposals, imports_stamp(connection)[1], told, target, outcome, protocol)


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
