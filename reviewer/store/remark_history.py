"""What a remark said before an import changed it, so that withdrawing the import sets it back."""

import json
import sqlite3
from collections.abc import Sequence

_COLUMNS = (
    "kind", "idea", "about", "title", "author", "text", "created_at", "raw", "content_hash", "file", "sha256", "place",
    "import_id",
)  # fmt: skip
_IMPORT = len(_COLUMNS) - 1


def keep_remark(connection: sqlite3.Connection, remark_id: int, import_id: int) -> None:
    """Keep what a remark says, before an import changes it."""
    row = connection.execute(f"SELECT {', '.join(_COLUMNS)} FROM remarks WHERE id = ?", (remark_id,)).fetchone()
    connection.execute(
        "INSERT INTO remark_history (remark_id, import_id, said) VALUES (?, ?, ?)",
        (remark_id, import_id, json.dumps(row)),
    )


def remarks_of_import(connection: sqlite3.Connection, import_id: int) -> tuple[int, ...]:
    """Return the row ids of the remarks that an import brought or changed: a walk over all remarks."""
    found = connection.execute(
        "SELECT id FROM remarks WHERE import_id = ?1 UNION SELECT remark_id FROM remark_history "
        "WHERE import_id = ?1 OR json_extract(said, ?2) = ?1 ORDER BY 1",
        (import_id, f"$[{_IMPORT}]"),
    ).fetchall()
    return tuple(remark_id for (remark_id,) in found)


def withdraw_remarks(connection: sqlite3.Connection, remark_ids: Sequence[int], import_id: int) -> int:
    """Take out those of the remarks that an import brought, and set back those that it changed; return how many."""
    asked = json.dumps(remark_ids)
    rows = connection.execute(
        "SELECT h.id, h.remark_id, h.import_id, h.said FROM json_each(?) r CROSS JOIN remark_history h "
        "ON h.remark_id = r.value ORDER BY h.remark_id, h.id DESC",
        (asked,),
    ).fetchall()
    later: dict[int, int] = {}
    changed: set[int] = set()
    for row_id, remark_id, changed_by, said in rows:
        if changed_by != import_id:
            later[remark_id] = row_id
            continue
        if remark_id in later:
            connection.execute("UPDATE remark_history SET said = ? WHERE id = ?", (said, later[remark_id]))
        else:
            assignments = ", ".join(f"{column} = ?" for column in _COLUMNS)
            connection.execute(f"UPDATE remarks SET {assignments} WHERE id = ?", (*json.loads(said), remark_id))
            changed.add(remark_id)
        connection.execute("DELETE FROM remark_history WHERE id = ?", (row_id,))
    # What this import said first, and another has changed since, is nothing to go back to.
    connection.execute(
        "DELETE FROM remark_history WHERE remark_id IN (SELECT value FROM json_each(?)) AND json_extract(said, ?) = ?",
        (asked, f"$[{_IMPORT}]", import_id),
    )
    gone = connection.execute(
        "DELETE FROM remarks WHERE id IN (SELECT value FROM json_each(?)) AND import_id = ? RETURNING id",
        (asked, import_id),
    ).fetchall()
    return len(changed.union(remark_id for (remark_id,) in gone))
