"""Where else proposals were met, as they are, than in the file that each names: noted, found again, and taken out."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reviewer.domain.whereabouts import whereabouts
from reviewer.store.imports import MERGE
from reviewer.store.method_history import SAID_FROM

Connection = sqlite3.Connection

PLACES_AT_ONCE = 2000
"""Places taken out in one transaction, which holds the write lock for some 20 ms."""


class Meeting(NamedTuple):
    """That an import reads what a revision says: a number of the caller's, the revision, and where it is read."""

    number: int
    revision_id: int
    file: str
    sha256: str
    place: str
    raw: str


class FilesNamed:
    """Where the files lie that an import of a path reads, beside those that revisions name: asked of every record."""

    def __init__(self, connection: Connection, import_path: str) -> None:
        self._connection = connection
        self._import_path = import_path
        self._paths: dict[int, str] = {}
        self._found: dict[tuple[str, str, int], str] = {}

    def elsewhere(self, file: str, named: str, named_import: int) -> str:
        """Return where a file lies, and nothing where it is the one that a revision of an import names."""
        key = (file, named, named_import)
        found = self._found.get(key)
        if found is None:
            path = whereabouts(file, self._import_path)
            found = self._found[key] = "" if path == whereabouts(named, self._path(named_import)) else path
        return found

    def _path(self, import_id: int) -> str:
        if import_id not in self._paths:
            self._paths[import_id] = import_path(self._connection, import_id)
        return self._paths[import_id]


def import_path(connection: Connection, import_id: int) -> str:
    """Return by which path an import is known."""
    path: str = connection.execute("SELECT path FROM imports WHERE id = ?", (import_id,)).fetchone()[0]
    return path


class _Place(NamedTuple):
    """A meeting in another file than the one that its revision names, and where that file lies."""

    meeting: Meeting
    path: str


def note_meetings(
    connection: Connection, met: Sequence[Meeting], files: FilesNamed, *, import_id: int, now: str
) -> list[int]:
    """Write where revisions are met besides in the files that they name; return the numbers of what is new of it.

    What was met there before is only met there once more. It takes few statements for all of them.
    """
    if not met:
        return []
    found = _elsewhere(connection, met, files)
    if not found:
        return []
    known = _noted(connection, found)
    new: dict[tuple[int, str], _Place] = {}
    again: dict[tuple[int, str], None] = {}
    for each in found:
        key = (each.meeting.revision_id, each.path)
        if key in known:
            again[key] = None
        else:
            new.setdefault(key, each)
    connection.executemany(
        "INSERT INTO met_elsewhere (revision_id, path, file, sha256, place, same_raw, import_id, last_import_id, "
        "first_met, last_met) SELECT ?1, ?2, ?3, ?4, ?5, raw = ?6, ?7, ?7, ?8, ?8 FROM revisions WHERE id = ?1",
        [(m.revision_id, where, m.file, m.sha256, m.place, m.raw, import_id, now) for m, where in new.values()],
    )
    connection.executemany(
        "UPDATE met_elsewhere SET last_import_id = ?, last_met = ? WHERE revision_id = ? AND path = ?",
        [(import_id, now, *key) for key in again],
    )
    return [each.meeting.number for each in new.values()]


def foresee_meeting(connection: Connection, meeting: Meeting, path: str) -> bool:
    """Return whether it would be a new one, of an import of that path."""
    found = _elsewhere(connection, [meeting], FilesNamed(connection, path))
    return any((meeting.revision_id, each.path) not in _noted(connection, found) for each in found)


def _elsewhere(connection: Connection, met: Sequence[Meeting], files: FilesNamed) -> list[_Place]:
    """Return those that are not in the file that their revision names.

    What a merge brought names files of another machine, perhaps: there the same bytes are the same file.
    """
    named = {
        row_id: rest
        for row_id, *rest in connection.execute(
            "SELECT r.id, r.file, r.sha256, r.place, r.import_id, i.source FROM json_each(?) a "
            "CROSS JOIN revisions r ON r.id = a.value CROSS JOIN imports i ON i.id = r.import_id",
            (json.dumps([each.revision_id for each in met]),),
        )
    }
    found: list[_Place] = []
    for each in met:
        file, sha256, place, import_id, source = named[each.revision_id]
        if source == MERGE and (sha256, place) == (each.sha256, each.place):
            continue
        if path := files.elsewhere(each.file, file, import_id):
            found.append(_Place(each, path))
    return found


def _noted(connection: Connection, found: Iterable[_Place]) -> set[tuple[int, str]]:
    return set(
        connection.execute(
            "SELECT w.revision_id, w.path FROM json_each(?) i CROSS JOIN met_elsewhere w ON w.revision_id = i.value",
            (json.dumps(list({each.meeting.revision_id for each in found})),),
        )
    )


def take_out_some(connection: Connection, import_id: int) -> tuple[int, bool]:
    """Take out some places at which an import alone met what others brought; those that another one met too are that
    one's from now on. What it brought itself keeps its places until it goes.

    Returns how many were taken out, and whether there may be more of either.
    """
    some = "SELECT id FROM met_elsewhere WHERE {of} LIMIT ?2"
    own = some.format(
        of="import_id = ?1 AND last_import_id = ?1 "
        "AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.id = revision_id AND r.import_id = ?1)"
    )
    gone = connection.execute(f"DELETE FROM met_elsewhere WHERE id IN ({own})", (import_id, PLACES_AT_ONCE)).rowcount
    first = some.format(of="import_id = ?1 AND last_import_id <> ?1")
    last = some.format(of="last_import_id = ?1 AND import_id <> ?1")
    handed = 0
    for sql in (
        f"UPDATE met_elsewhere SET import_id = last_import_id, first_met = last_met WHERE id IN ({first})",
        f"UPDATE met_elsewhere SET last_import_id = import_id, last_met = first_met WHERE id IN ({last})",
    ):
        handed += connection.execute(sql, (import_id, PLACES_AT_ONCE)).rowcount
    return gone, bool(gone or handed)


def hand_over_to_places(connection: Connection, method_ids: Iterable[int], import_id: int) -> dict[int, set[int]]:
    """Give the revisions of an import that another one met elsewhere to the first that did, as if read there first.

    Where the raw record is written otherwise there, it is kept as it was read first, and so is the file that it is of.
    Returns the methods by the imports whose revisions they have now.
    """
    found = connection.execute(
        "SELECT r.method_id, r.id, w.import_id FROM json_each(?) m CROSS JOIN revisions r "
        "ON r.method_id = m.value CROSS JOIN met_elsewhere w ON w.revision_id = r.id WHERE +r.import_id = ? "
        "AND w.id = (SELECT first.id FROM met_elsewhere first WHERE first.revision_id = r.id "
        "AND first.import_id <> r.import_id ORDER BY first.same_raw DESC, first.id LIMIT 1)",
        (json.dumps(sorted(method_ids)), import_id),
    ).fetchall()
    handed: dict[int, set[int]] = {}
    for method_id, revision_id, other_id in found:
        handed.setdefault(other_id, set()).add(method_id)
        connection.execute("UPDATE revisions SET import_id = ? WHERE id = ?", (other_id, revision_id))
        connection.execute("UPDATE method_history SET import_id = ? WHERE id = ?", (other_id, SAID_FROM + revision_id))
        name_place_of(connection, revision_id, other_id)
    return handed


def name_place_of(connection: Connection, revision_id: int, import_id: int) -> None:
    """Let a revision that an import has now name where that one met it, if its raw record is the same there."""
    place = connection.execute(
        "SELECT id, file, sha256, place, first_met FROM met_elsewhere WHERE revision_id = ? AND import_id = ? "
        "AND same_raw = 1 ORDER BY id LIMIT 1",
        (revision_id, import_id),
    ).fetchone()
    if place is not None:
        place_id, *named = place
        connection.execute(
            "UPDATE revisions SET file = ?, sha256 = ?, place = ?, recorded_at = ? WHERE id = ?", (*named, revision_id)
        )
        connection.execute("DELETE FROM met_elsewhere WHERE id = ?", (place_id,))
