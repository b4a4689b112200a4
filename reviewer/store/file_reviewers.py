"""Reviewers whose judgements came in a file: who they are, and under which name they stand beside those who judge here.

Whom files call by one name is one person, in whatever file and store: their id follows from that name.
"""

import sqlite3
from uuid import UUID, uuid5

Connection = sqlite3.Connection

FILE_LIMIT = 40
_NAME_LIMIT = 76
"""A little less than a name may have, for a number behind it."""

_PEOPLE = UUID("0d0c1f5c-5a55-5d0e-8f5a-3c8a7f2f6b21")
"""The namespace in which the ids of such reviewers are made."""


def name_with_file(name: str, file: str) -> str:
    """Return under which name a reviewer of a file stands where somebody of their own name judges here."""
    behind = _behind(file)
    return f"{name[: _NAME_LIMIT - len(behind)]}{behind}"


def _behind(file: str) -> str:
    return f" ({file[:FILE_LIMIT]})"


def free_name(connection: Connection, name: str) -> None:
    """Name a reviewer of that name whose judgements came in a file with the file too, for who judges here."""
    row = connection.execute(
        "SELECT id, imported_from FROM reviewers WHERE name = ? AND imported_from IS NOT NULL", (name,)
    ).fetchone()
    if row is None:
        return
    named, n = name_with_file(name, row[1]), 1
    while _is_taken(connection, named):
        n += 1
        named = f"{name_with_file(name, row[1])} {n}"
    connection.execute("UPDATE reviewers SET name = ? WHERE id = ?", (named, row[0]))


def _is_taken(connection: Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM reviewers WHERE name = ?", (name,)).fetchone() is not None


def name_for(connection: Connection, name: str, file: str) -> str:
    """Return under which name whom a file calls so is entered: with the file's where somebody so called judges here."""
    known = connection.execute("SELECT name FROM reviewers WHERE uuid = ?", (_person(name),)).fetchone()
    if known is not None:
        return str(known[0])
    row = connection.execute("SELECT imported_from FROM reviewers WHERE name = ?", (name,)).fetchone()
    return name_with_file(name, file) if row is not None and row[0] is None else name


def _person(name: str) -> str:
    return str(uuid5(_PEOPLE, name))


def save_file_reviewer(connection: Connection, name: str, file: str, now: str) -> int:
    """Return the row id of whom a file calls so, who is none of those who judge here; they are entered where new."""
    entered = name_for(connection, name, file)
    row = connection.execute("SELECT id FROM reviewers WHERE name = ?", (entered,)).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO reviewers (uuid, name, created_at, imported_from) VALUES (?, ?, ?, ?) RETURNING id",
            (_person(name), entered, now, file),
        ).fetchone()
    reviewer: int = row[0]
    note_file(connection, reviewer, file)
    return reviewer


def note_file(connection: Connection, reviewer_id: int, file: str) -> None:
    """Note that a file has what a reviewer said; of several files the one stands with them that comes first by name."""
    name, known = connection.execute(
        "SELECT name, imported_from FROM reviewers WHERE id = ?", (reviewer_id,)
    ).fetchone()
    if known is None or known <= file:
        return
    connection.execute("UPDATE reviewers SET imported_from = ? WHERE id = ?", (file, reviewer_id))
    own = name.removesuffix(_behind(known))
    if own != name and not _is_taken(connection, named := name_with_file(own, file)):
        connection.execute("UPDATE reviewers SET name = ? WHERE id = ?", (named, reviewer_id))
