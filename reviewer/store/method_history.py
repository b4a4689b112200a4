"""What each revision said of a method's own columns, so that withdrawing an import lets those left say it again.

What a revision says of them is part of its content, so it is kept once for each, and only of methods that have several:
a method with one revision says what that one said.
"""

import sqlite3
from typing import Any

from reviewer.domain.vocabulary import Role
from reviewer.store.arrivals import arrivals_of
from reviewer.store.problems import ROLE_COUNT, add_to_count

Connection = sqlite3.Connection
Heading = tuple[Any, ...]
"""A method's own columns, in the order of ``HEADING``."""

HEADING = ("role", "origin", "bound", "title", "agent", "run", "parent", "idea", "family", "created_at")
_COLUMNS = ", ".join(HEADING)
_TITLE = HEADING.index("title")

SAID_FROM = 1 << 40
"""The id of a row is this and the revision's. Smaller ids are of earlier reviewers: such a row has what the columns
said *before* its import changed them."""


def begin_history(connection: Connection, method_id: int) -> None:
    """See to it that what a method's revisions have said so far is kept, before another one comes."""
    newest = connection.execute("SELECT max(id) FROM method_history WHERE method_id = ?", (method_id,)).fetchone()[0]
    if newest is not None and newest >= SAID_FROM:
        return
    bring_history_over(connection, method_id)
    connection.execute(
        f"INSERT OR IGNORE INTO method_history (id, method_id, import_id, {_COLUMNS}) "
        f"SELECT ? + r.id, m.id, r.import_id, {', '.join(f'm.{column}' for column in HEADING)} "
        "FROM methods m CROSS JOIN revisions r ON r.id = m.revision_id WHERE m.id = ?",
        (SAID_FROM, method_id),
    )


def keep_said(connection: Connection, method_id: int, revision_id: int, said: Heading, *, import_id: int) -> None:
    """Keep what a revision says of a method's own columns."""
    connection.execute(
        f"INSERT OR IGNORE INTO method_history (id, method_id, import_id, {_COLUMNS}) "
        f"VALUES (?, ?, ?{', ?' * len(HEADING)})",
        (SAID_FROM + revision_id, method_id, import_id, *said),
    )


def set_heading(connection: Connection, method_id: int, shown: int, last: int) -> None:
    """Let a method's own columns say what the revision ``shown`` says, and its role what the one that came last says.

    What is not known, since it came before such things were kept, stays; the title is known of every revision. The
    method is counted under its role.
    """
    before = _heading(connection, method_id)
    said = _said(connection, shown)
    if said is None:
        (title,) = connection.execute("SELECT title FROM revisions WHERE id = ?", (shown,)).fetchone()
        said = (*before[:_TITLE], title, *before[_TITLE + 1 :])
    after = ((_said(connection, last) or before)[0], *said[1:])
    if after == before:
        return
    assignments = ", ".join(f"{column} = ?" for column in HEADING)
    connection.execute(f"UPDATE methods SET {assignments} WHERE id = ?", (*after, method_id))
    if after[0] != before[0]:
        (problem_id,) = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
        add_to_count(connection, problem_id, 0, ROLE_COUNT[Role(before[0])], -1)
        add_to_count(connection, problem_id, 0, ROLE_COUNT[Role(after[0])], 1)


def end_history(connection: Connection, method_id: int) -> None:
    """Forget what a method's revisions said where one of them alone is left, whose words the method has itself."""
    connection.execute(
        "DELETE FROM method_history WHERE method_id = ?1 AND (SELECT count(*) FROM revisions WHERE method_id = ?1) = 1",
        (method_id,),
    )


def bring_history_over(connection: Connection, method_id: int) -> None:
    """Put what an earlier reviewer kept of a method under the revisions that said it, as far as that can be told."""
    before = connection.execute(
        f"SELECT import_id, {_COLUMNS} FROM method_history WHERE method_id = ? AND id < ? ORDER BY id",
        (method_id, SAID_FROM),
    ).fetchall()
    if not before:
        return
    titles = dict(connection.execute("SELECT id, title FROM revisions WHERE method_id = ?", (method_id,)).fetchall())
    first, *after = [tuple(said) for _, *said in before]
    after.append(_heading(connection, method_id))
    came = arrivals_of(connection, method_id)
    known: dict[int, tuple[int, Heading]] = {}

    def put(said: Heading, imports: set[int]) -> None:
        for _, revision_id, import_id in came:
            if import_id in imports and revision_id not in known and titles[revision_id] == said[_TITLE]:
                known[revision_id] = (import_id, said)
                return

    for (import_id, *_), said in zip(before, after, strict=True):
        put(said, {import_id})
    came.reverse()
    put(first, {arrival.import_id for arrival in came} - {import_id for import_id, *_ in before})
    connection.execute("DELETE FROM method_history WHERE method_id = ? AND id < ?", (method_id, SAID_FROM))
    for revision_id, (import_id, said) in known.items():
        keep_said(connection, method_id, revision_id, said, import_id=import_id)


def _heading(connection: Connection, method_id: int) -> Heading:
    row: Heading = connection.execute(f"SELECT {_COLUMNS} FROM methods WHERE id = ?", (method_id,)).fetchone()
    return row


def _said(connection: Connection, revision_id: int) -> Heading | None:
    row: Heading | None = connection.execute(
        f"SELECT {_COLUMNS} FROM method_history WHERE id = ?", (SAID_FROM + revision_id,)
    ).fetchone()
    return row
