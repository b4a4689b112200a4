"""The list of imports: which are running, complete, cut off or withdrawn, and what each one could not take."""

import json
import os
import socket
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reviewer.domain.identity import new_id


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import of one path in one format."""

    id: int
    state: str
    """``running``, ``complete``, ``interrupted``, ``withdrawn``, or ``withdrawing`` until all of it is taken out."""
    source: str
    path: str
    new: int
    changed: int
    unchanged: int
    rejected: int
    started_at: str
    finished_at: str | None
    host: str
    process: int
    completed_by: int | None = None
    """Of one that was interrupted: the import that later took in all of the same path, as the list of all says it."""


_HALF_WITHDRAWN = "state = 'interrupted' AND json_type(options, '$.withdrawing') IS NOT NULL"
_COLUMNS = (
    f"id, CASE WHEN {_HALF_WITHDRAWN} THEN 'withdrawing' ELSE state END, source, path, new, changed, unchanged, "
    "rejected, started_at, finished_at, host, process"
)


def list_imports(connection: sqlite3.Connection) -> tuple[ImportRow, ...]:
    """Return every import, newest first; one of this machine whose process is gone as interrupted."""
    gone = dead_imports(connection)
    rows = connection.execute(f"SELECT {_COLUMNS} FROM imports ORDER BY id DESC").fetchall()
    completed: dict[tuple[str, str], int] = {}
    found = []
    for row in (ImportRow(*row) for row in rows):
        if row.state == "complete":
            completed[row.path, row.source] = row.id
        elif row.state == "interrupted" or row.id in gone:
            row = replace(row, state="interrupted", completed_by=completed.get((row.path, row.source)))
        found.append(row)
    return tuple(found)


def import_by_id(connection: sqlite3.Connection, import_id: int) -> ImportRow | None:
    """Return an import, or None where there is none of that number."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM imports WHERE id = ?", (import_id,)).fetchone()
    return None if row is None else ImportRow(*row)


def imports_begun(connection: sqlite3.Connection) -> int:
    """Return the number of the newest import, 0 where there is none."""
    number: int = connection.execute("SELECT coalesce(max(id), 0) FROM imports").fetchone()[0]
    return number


JUDGEMENTS = "judgements"
"""What the row of an import of judgements that were made elsewhere is of."""

MERGE = "merge"
"""What the row of a merge of another store is of, whose files may be those of another machine."""


def begin_import(connection: sqlite3.Connection, source: str, path: str, options: Mapping[str, Any], now: str) -> int:
    """Write the row of an import that starts now; return its id."""
    cursor = connection.execute(
        "INSERT INTO imports (uuid, state, source, path, options, host, process, started_at) "
        "VALUES (?, 'running', ?, ?, ?, ?, ?, ?)",
        (new_id(), source, path, json.dumps(dict(options)), socket.gethostname(), os.getpid(), now),
    )
    return cursor.lastrowid or 0


def count_into_import(
    connection: sqlite3.Connection, import_id: int, *, new: int, changed: int, unchanged: int, rejected: int
) -> None:
    """Add a batch's counts to the import's row, in the transaction of the batch."""
    connection.execute(
        "UPDATE imports SET new = new + ?, changed = changed + ?, unchanged = unchanged + ?, rejected = rejected + ? "
        "WHERE id = ?",
        (new, changed, unchanged, rejected, import_id),
    )


def finish_import(connection: sqlite3.Connection, import_id: int, state: str, now: str) -> None:
    """Write that the import has ended: ``complete`` or ``interrupted``."""
    connection.execute("UPDATE imports SET state = ?, finished_at = ? WHERE id = ?", (state, now, import_id))


def begin_withdrawal(connection: sqlite3.Connection, import_id: int, now: str) -> None:
    """Write that an import is being withdrawn, and by which process, so that one that is broken off is known for it."""
    connection.execute(
        "UPDATE imports SET state = 'interrupted', finished_at = ?, options = json_set(options, '$.withdrawing', "
        "json_object('host', ?, 'process', ?)) WHERE id = ?",
        (now, socket.gethostname(), os.getpid(), import_id),
    )


def finish_withdrawal(connection: sqlite3.Connection, import_id: int, now: str) -> None:
    """Write that all of an import has been withdrawn."""
    connection.execute(
        "UPDATE imports SET state = 'withdrawn', finished_at = ?, options = json_remove(options, '$.withdrawing') "
        "WHERE id = ?",
        (now, import_id),
    )


def half_withdrawn(connection: sqlite3.Connection, path: str | None = None) -> tuple[int, ...]:
    """Return the imports, of a path where one is given, whose withdrawal was broken off and not completed since.

    One that another process of this machine is still at is none of them.
    """
    rows = connection.execute(
        "SELECT id, json_extract(options, '$.withdrawing.host'), json_extract(options, '$.withdrawing.process') "
        f"FROM imports WHERE {_HALF_WITHDRAWN} AND path = coalesce(?, path) ORDER BY id",
        (path,),
    ).fetchall()
    here, own = socket.gethostname(), os.getpid()
    return tuple(
        import_id for import_id, host, process in rows if host != here or process == own or not _alive(process)
    )


def broken_off_sentence(import_id: int) -> str:
    """Return the sentence that says so of a withdrawal, and how it is completed."""
    return (
        f"The withdrawal of import {import_id} was broken off; `reviewer import --withdraw {import_id}` completes it."
    )


def cut_off_paths(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the paths of imports that were cut off and have not run again."""
    rows = connection.execute(
        f"SELECT path FROM imports i WHERE (state = 'interrupted' AND NOT ({_HALF_WITHDRAWN}) "
        "OR id IN (SELECT value FROM json_each(?))) "
        "AND NOT EXISTS (SELECT 1 FROM imports later WHERE later.path = i.path AND later.id > i.id) ORDER BY id",
        (json.dumps(dead_imports(connection)),),
    ).fetchall()
    return tuple(path for (path,) in rows)


def dead_imports(connection: sqlite3.Connection) -> tuple[int, ...]:
    """Return the ids of the imports of this machine that still say "running" although their process is gone."""
    rows = connection.execute(
        "SELECT id, process FROM imports WHERE state = 'running' AND host = ? ORDER BY id", (socket.gethostname(),)
    ).fetchall()
    return tuple(import_id for import_id, process in rows if not _alive(process))


def imports_under_way(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the ids of the imports that a process of this machine is at."""
    running = connection.execute(
        "SELECT id FROM imports WHERE state = 'running' AND host = ?", (socket.gethostname(),)
    ).fetchall()
    return frozenset(import_id for (import_id,) in running) - frozenset(dead_imports(connection))


def mark_refused(connection: sqlite3.Connection, import_id: int) -> None:
    """Write that the rest of what the import read was refused, so that what came before says nothing of the whole."""
    connection.execute(
        "UPDATE imports SET options = json_set(options, '$.refused', json('true')) WHERE id = ?", (import_id,)
    )


def whole_imports(connection: sqlite3.Connection) -> frozenset[int]:
    """Return the ids of the imports that came to their end, and of which nothing was refused as another run."""
    rows = connection.execute(
        "SELECT id FROM imports WHERE state = 'complete' AND json_extract(options, '$.refused') IS NULL"
    ).fetchall()
    return frozenset(import_id for (import_id,) in rows)


def mark_interrupted(connection: sqlite3.Connection) -> tuple[ImportRow, ...]:
    """Mark the imports of this machine whose process is gone as interrupted; return them."""
    gone = dead_imports(connection)
    connection.executemany("UPDATE imports SET state = 'interrupted' WHERE id = ?", [(i,) for i in gone])
    found = [connection.execute(f"SELECT {_COLUMNS} FROM imports WHERE id = ?", (i,)).fetchone() for i in gone]
    return tuple(ImportRow(*row) for row in found)


def interrupted_import(connection: sqlite3.Connection, path: str) -> ImportRow | None:
    """Return the last import of this path where that one was cut off, or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM imports WHERE path = ? ORDER BY id DESC LIMIT 1", (path,)
    ).fetchone()
    return ImportRow(*row) if row is not None and row[1] == "interrupted" else None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def imports_stamp(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return something that differs whenever an import has brought anything since, or one was withdrawn."""
    row = connection.execute(
        "SELECT coalesce(max(id), 0), coalesce(sum(new + changed + (state = 'withdrawn')), 0) FROM imports"
    ).fetchone()
    return row[0], row[1]


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that differs when another connection has written since: cheap enough to be asked all the time."""
    version: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return version
