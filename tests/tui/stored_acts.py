"""What the app has left in the store, read without it."""

import sqlite3
from contextlib import closing
from pathlib import Path


def saved(path: Path, title: str, reviewer: str = "kim") -> tuple[str | None, float | None, str, str]:
    """What stands in the store: verdict, forecast, rationale and condition."""
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            "SELECT verdict, forecast, rationale, condition FROM current_judgements JOIN methods "
            "ON methods.id = method_id JOIN reviewers ON reviewers.id = reviewer_id "
            "WHERE methods.title = ? AND reviewers.name = ?",
            (title, reviewer),
        ).fetchone()
    return (None, None, "", "") if row is None else tuple(row)


def events(path: Path) -> list[str]:
    """The kinds of all acts, in their order."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT kind FROM annotations ORDER BY id")]
