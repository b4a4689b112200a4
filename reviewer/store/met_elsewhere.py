"""Where else proposals were met, as they are, than in the file that each names: noted, found again, and taken out."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from reviewer.domain.whereabouts import links_followed, whereabouts
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
        self._lies: dict[tuple[str, str], str] = {}

    def lies(self, file: str) -> str:
        """Return where a file lies that the import reads."""
        return self._where(file, self._import_path)

    def elsewhere(self, file: str, named: str, named_import: int) -> str:
        """Return where a file lies, and nothing where it is the one that a revision of an import names."""
        key = (file, named, named_import)
        found = self._found.get(key)
        if found is None:
            path = self.lies(file)
            found = self._found[key] = "" if path == self._where(named, self._path(named_import)) else path
        return found

    def _where(self, file: str, import_path: str) -> str:
        key = (file, import_path)
        if key not in self._lies:
            self._lies[key] = links_followed(whereabouts(file, import_path))
        return self._lies[key]

    def _path(self, import_id: int) -> str:
        if import_id not in self._paths:
            self._paths[import_id] = import_path(self._connection, import_id)
        return self._paths[import_id]


def import_path(connection: Connection, import_id: int) -> str:
    """Return by which path an import is known."""
    path: str = connection.execute("SELECT path FROM imports WHERE id = ?", (import_id,)).fetchone()[0]
    return path


class _Place(NamedTuple):
    """A meeting, where its file lies, and whether that is the file which its revision names."""

    meeting: Meeting
    path: str
    is_named: bool


class _Row(NamedTuple):
    """What is noted of a place: the imports of ``import_path`` from the first to the last one met it so."""

    id: int
    first: int
    last: int
    import_path: str
    read: tuple[str, str, str]
    """File, hash, and place in the file."""


def note_meetings(
    connection: Connection, met: Sequence[Meeting], files: FilesNamed, *, import_id: int, now: str
) -> list[int]:
    """Write where revisions are met by another import than their own; return the numbers of what is in a new place.

    Where the import of the same path just before this one read the same there, that row is this one's as well: what is
    imported again and again takes no more room. It takes few statements for all of them.
    """
    found = _placed(connection, met, files, import_id) if met else []
    if not found:
        return []
    noted = _noted(connection, found)
    path, before = _import_before(connection, import_id)
    new: list[int] = []
    added: dict[tuple[int, str], _Place] = {}
    again: dict[int, None] = {}
    refreshed: dict[int, _Place] = {}
    for each in found:
        m = each.meeting
        key = (m.revision_id, each.path)
        rows = noted.get(key, ())
        if key in added:
            continue
        own = [row for row in rows if row.first <= import_id <= row.last and row.import_path == path]
        if any(row.read[1] == m.sha256 for row in own):
            again.update(dict.fromkeys(row.id for row in own if row.read[1] == m.sha256))
        elif alone := next((row for row in own if row.first == row.last), None):
            refreshed.setdefault(alone.id, each)
        elif last := next(
            (row for row in rows if row.last == before and row.import_path == path
             and row.read == (m.file, m.sha256, m.place)), None,
        ):  # fmt: skip
            again[last.id] = None
        else:
            added[key] = each
            if not (rows or each.is_named):
                new.append(m.number)
    connection.executemany(
        "INSERT INTO met_elsewhere (revision_id, path, file, sha256, place, same_raw, is_named, import_id, "
        "last_import_id, first_met, last_met) "
        "SELECT ?1, ?2, ?3, ?4, ?5, raw = ?6, ?7, ?8, ?8, ?9, ?9 FROM revisions WHERE id = ?1",
        [
            (m.revision_id, where, m.file, m.sha256, m.place, m.raw, is_named, import_id, now)
            for m, where, is_named in added.values()
        ],
    )
    connection.executemany(
        "UPDATE met_elsewhere SET last_import_id = max(last_import_id, ?), last_met = ? WHERE id = ?",
        [(import_id, now, row_id) for row_id in again],
    )
    connection.executemany(
        "UPDATE met_elsewhere SET file = ?, sha256 = ?, place = ?, last_met = ?, "
        "same_raw = (SELECT r.raw = ? FROM revisions r WHERE r.id = revision_id) WHERE id = ?",
        [(m.file, m.sha256, m.place, now, m.raw, row_id) for row_id, (m, _, _) in refreshed.items()],
    )
    return new


def _import_before(connection: Connection, import_id: int) -> tuple[str, int | None]:
    """Return by which path an import is known, and the last one before it of that path that is not withdrawn."""
    path = import_path(connection, import_id)
    before = connection.execute(
        "SELECT max(id) FROM imports WHERE path = ? AND id < ? AND state <> 'withdrawn'", (path, import_id)
    ).fetchone()[0]
    return path, before


def foresee_meeting(connection: Connection, meeting: Meeting, files: FilesNamed) -> bool:
    """Return whether it would be a new one, of an import that reads these files."""
    (found,) = _placed(connection, [meeting], files, None)
    return not found.is_named and (meeting.revision_id, found.path) not in _noted(connection, [found])


def _placed(connection: Connection, met: Sequence[Meeting], files: FilesNamed, import_id: int | None) -> list[_Place]:
    """Return where they are, but for what an import meets again in the file that its own revision names.

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
        file, sha256, place, of, source = named[each.revision_id]
        is_copy = source == MERGE and (sha256, place) == (each.sha256, each.place)
        elsewhere = "" if is_copy else files.elsewhere(each.file, file, of)
        if elsewhere or of != import_id:
            found.append(_Place(each, elsewhere or files.lies(each.file), is_named=not elsewhere))
    return found


def _noted(connection: Connection, found: Iterable[_Place]) -> dict[tuple[int, str], list[_Row]]:
    """Return what is noted of the revisions, by these and by where the files lie."""
    noted: dict[tuple[int, str], list[_Row]] = {}
    for revision_id, path, row_id, first, last, of, *read in connection.execute(
        "SELECT w.revision_id, w.path, w.id, w.import_id, w.last_import_id, i.path, w.file, w.sha256, w.place "
        "FROM json_each(?) a CROSS JOIN met_elsewhere w ON w.revision_id = a.value "
        "CROSS JOIN imports i ON i.id = w.import_id ORDER BY w.id",
        (json.dumps(list({each.meeting.revision_id for each in found})),),
    ):
        file, sha256, place = read
        noted.setdefault((revision_id, path), []).append(_Row(row_id, first, last, of, (file, sha256, place)))
    return noted


def take_out_some(connection: Connection, import_id: int, after: int) -> tuple[int, int | None]:
    """Take an import out of some places at which it met what others brought, of those with row ids after one. What it
    brought itself keeps its places until it goes.

    Returns how many other places it alone had met, and the last row id, None where there are no further ones.
    """
    some = [
        row_id
        for (row_id,) in connection.execute(
            "SELECT id FROM met_elsewhere WHERE id > ?3 AND (import_id = ?1 OR last_import_id = ?1) AND NOT EXISTS "
            "(SELECT 1 FROM revisions r WHERE r.id = revision_id AND r.import_id = ?1) ORDER BY id LIMIT ?2",
            (import_id, PLACES_AT_ONCE, after),
        )
    ]
    return _take_out(connection, some, import_id), some[-1] if some else None


def forget_meetings(connection: Connection, import_id: int) -> None:
    """Take an import that was refused out of all places at which it met what others brought: it holds none of that."""
    after: int | None = 0
    while after is not None:
        _, after = take_out_some(connection, import_id, after)


def take_out_of_methods(connection: Connection, method_ids: Iterable[int], import_id: int) -> None:
    """Take an import out of the places of methods, be they its own."""
    of_them = connection.execute(
        "SELECT w.id FROM json_each(?) m CROSS JOIN revisions r ON r.method_id = m.value "
        "CROSS JOIN met_elsewhere w ON w.revision_id = r.id WHERE w.import_id = ?2 OR w.last_import_id = ?2",
        (json.dumps(sorted(method_ids)), import_id),
    )
    _take_out(connection, [row_id for (row_id,) in of_them], import_id)


def _take_out(connection: Connection, row_ids: Sequence[int], import_id: int) -> int:
    """Let rows that begin or end with an import begin or end with the next one of its path that stands; those that
    have none go. Returns at how many places nothing is met any more."""
    asked = json.dumps(list(row_ids))
    these = "id IN (SELECT value FROM json_each(?1))"
    gone: list[tuple[int, str, int]] = []
    for end, other, beyond, direction, met in (
        ("import_id", "last_import_id", ">", "ASC", "first_met = max(first_met, ?5)"),
        ("last_import_id", "import_id", "<", "DESC", "last_met = max(first_met, min(last_met, ?5))"),
    ):
        next_one = connection.execute(
            f"SELECT i.id, i.started_at, coalesce(i.finished_at, i.started_at) FROM imports own CROSS JOIN imports i "
            f"ON i.path = own.path AND i.id {beyond} own.id AND i.state <> 'withdrawn' WHERE own.id = ? "
            f"ORDER BY i.id {direction} LIMIT 1",
            (import_id,),
        ).fetchone()
        within = f"AND ?3 {beyond} {other}" if next_one else ""
        next_id, began, ended = next_one or (None, "", "")
        values: tuple[object, ...] = (asked, import_id, next_id, None, began if end == "import_id" else ended)
        gone += connection.execute(
            f"DELETE FROM met_elsewhere WHERE {these} AND {end} = ?2 {within} RETURNING revision_id, path, is_named",
            values[: 3 if next_one else 2],
        ).fetchall()
        if next_one:
            connection.execute(f"UPDATE met_elsewhere SET {end} = ?3, {met} WHERE {these} AND {end} = ?2", values)
    left = connection.execute(
        "SELECT w.revision_id, w.path FROM json_each(?) a CROSS JOIN met_elsewhere w ON w.revision_id = a.value",
        (json.dumps(list({revision_id for revision_id, _, _ in gone})),),
    )
    return len({(revision_id, path) for revision_id, path, is_named in gone if not is_named} - set(left))


def hand_over_to_places(connection: Connection, method_ids: Iterable[int], import_id: int) -> dict[int, set[int]]:
    """Give the revisions of an import that another one met elsewhere to the first that did, as if read there first.

    Where the raw record is written otherwise there, it is kept as it was read first, and so is the file that it is of.
    Returns the methods by the imports whose revisions they have now.
    """
    found = connection.execute(
        "SELECT r.method_id, r.id, w.import_id FROM json_each(?) m CROSS JOIN revisions r "
        "ON r.method_id = m.value CROSS JOIN met_elsewhere w ON w.revision_id = r.id WHERE +r.import_id = ? "
        "AND w.id = (SELECT first.id FROM met_elsewhere first CROSS JOIN imports i ON i.id = first.import_id "
        "WHERE first.revision_id = r.id AND first.import_id <> r.import_id AND i.state <> 'withdrawn' "
        "ORDER BY first.same_raw DESC, first.import_id, first.id LIMIT 1)",
        (json.dumps(sorted(method_ids)), import_id),
    ).fetchall()
    handed: dict[int, set[int]] = {}
    for method_id, revision_id, other_id in found:
        handed.setdefault(other_id, set()).add(method_id)
        name_file_whole(connection, revision_id)
        connection.execute("UPDATE revisions SET import_id = ? WHERE id = ?", (other_id, revision_id))
        connection.execute("UPDATE method_history SET import_id = ? WHERE id = ?", (other_id, SAID_FROM + revision_id))
        name_place_of(connection, revision_id, other_id)
    return handed


def name_file_whole(connection: Connection, revision_id: int) -> None:
    """Let a revision name its file by the whole path, before it is another import's: the path of that one does not tell
    where the file lies. What a merge brought is named as it was on its own machine."""
    file, path, source = connection.execute(
        "SELECT r.file, i.path, i.source FROM revisions r CROSS JOIN imports i ON i.id = r.import_id WHERE r.id = ?",
        (revision_id,),
    ).fetchone()
    if source != MERGE and (whole := whereabouts(file, path)) != file:
        connection.execute("UPDATE revisions SET file = ? WHERE id = ?", (whole, revision_id))


def name_place_of(connection: Connection, revision_id: int, import_id: int) -> None:
    """Let a revision that an import has now name where that one met it, if its raw record is the same there."""
    place = connection.execute(
        "SELECT w.path, w.file, w.sha256, w.place, max(w.first_met, i.started_at) FROM imports i "
        "CROSS JOIN met_elsewhere w ON w.revision_id = ?1 AND i.id BETWEEN w.import_id AND w.last_import_id "
        "AND w.same_raw = 1 CROSS JOIN imports first ON first.id = w.import_id AND first.path = i.path "
        "WHERE i.id = ?2 ORDER BY w.id LIMIT 1",
        (revision_id, import_id),
    ).fetchone()
    if place is not None:
        path, *named = place
        connection.execute(
            "UPDATE revisions SET file = ?, sha256 = ?, place = ?, recorded_at = ? WHERE id = ?", (*named, revision_id)
        )
        # Other imports may have met it there too, so that the rows stay.
        connection.execute("UPDATE met_elsewhere SET is_named = path = ? WHERE revision_id = ?", (path, revision_id))
