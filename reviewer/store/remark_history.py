"""What a remark said before an import changed it, so that withdrawing the import sets it back."""

import json
import sqlite3

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


def withdraw_remarks(connection: sqlite3.Connection, import_id: int) -> None:
    """Take out the remarks that an import brought, and set back those that it changed."""
    rows = connection.execute(
        "SELECT id, remark_id, import_id, said FROM remark_history WHERE remark_id IN "
        "(SELECT remark_id FROM remark_history WHERE import_id = ?) ORDER BY remark_id, id DESC",
        (import_id,),
    ).fetchall()
    later: dict[int, int] = {}
    for row_id, remark_id, changed_by, said in rows:
        if changed_by != import_id:
            later[remark_id] = row_id
            continue
        if remark_id in later:
            connection.execute("UPDATE remark_history SET said = ? WHERE id = ?", (said, later[remark_id]))
        else:
            assignments = ", ".join(f"{column} = ?" for column in _COLUMNS)
            connection.execute(f"UPDATE remarks SET {assignments} WHERE id = ?", (*json.loads(said), remark_id))
        connection.execute("DELETE FROM remark_history WHERE id = ?", (row_id,))
    # What this import said first, and another has changed since, is nothing to go back to.
    connection.execute("DELETE FROM remark_history WHERE json_extract(said, ?) = ?", (f"$[{_IMPORT}]", import_id))
    connection.execute("DELETE FROM remarks WHERE import_id = ?", (import_id,))
