"""Which text a method shows: the fullest of its parts as they count now, and of two as full the first by name.

An import and the withdrawal of one follow this rule alike, so that what is left looks as if only the others had come.
"""

import sqlite3
from typing import NamedTuple

Connection = sqlite3.Connection


class Text(NamedTuple):
    """The text of a revision: how long it is, and the part that it is of."""

    revision_id: int
    part: str
    length: int


def text_of(connection: Connection, revision_id: int) -> Text:
    """Return the text of a revision."""
    row = connection.execute("SELECT id, part, length(body) FROM revisions WHERE id = ?", (revision_id,)).fetchone()
    return Text(*row)


def shown_text(connection: Connection, method_id: int) -> Text | None:
    """Return the text that a method shows now, or None where it shows none that counts."""
    row = connection.execute(
        "SELECT r.id, r.part, length(r.body) FROM methods m CROSS JOIN revisions r ON r.id = m.revision_id "
        "WHERE m.id = ? AND r.method_id = m.id AND r.current = 1",
        (method_id,),
    ).fetchone()
    return None if row is None else Text(*row)


def fullest_text(connection: Connection, method_id: int) -> Text:
    """Return the text that a method shows by the rule, having looked at all its parts."""
    row = connection.execute(
        "SELECT id, part, length(body) AS length FROM revisions WHERE method_id = ? AND current = 1 "
        "ORDER BY length DESC, part LIMIT 1",
        (method_id,),
    ).fetchone()
    return Text(*row)


def text_to_show(connection: Connection, method_id: int, shown: Text | None, come: Text) -> Text:
    """Return what a method shows once a text has come, given what it showed before.

    All its parts are looked at only where the part that is shown has become shorter.
    """
    if shown is None or (come.part == shown.part and come.length < shown.length):
        return fullest_text(connection, method_id)
    if come.part == shown.part:
        return come
    return min(come, shown, key=lambda text: (-text.length, text.part))


def show_text(connection: Connection, method_id: int, text: Text) -> None:
    """Make a method show a text, and count the revisions of the part that it is of."""
    connection.execute(
        "UPDATE methods SET revision_id = ?, revisions = (SELECT count(*) FROM revisions WHERE method_id = methods.id "
        "AND part = ?) WHERE id = ?",
        (text.revision_id, text.part, method_id),
    )
