"""Since when a measurement of a method in production could be seen: whoever forecast later may have seen it.

It is written with the measurement, and by a trigger where somebody tells its setting later. It is known by when the
revision came into the store, whatever setting the number was said to be of at first: it stood there to be read.
"""

import sqlite3

_COULD_BE_SEEN = """
    SELECT x.method_id, min(r.recorded_at) AS seen FROM measurements x JOIN revisions r ON r.id = x.revision_id
    WHERE x.setting = 'production' GROUP BY x.method_id
"""


def stale_exposures(connection: sqlite3.Connection) -> int:
    """Return of how many methods a measurement in production could be seen earlier than is known: a long walk."""
    n: int = connection.execute(
        f"SELECT count(*) FROM ({_COULD_BE_SEEN}) s LEFT JOIN exposures e ON e.method_id = s.method_id "
        "WHERE e.id IS NULL OR e.production_from > s.seen"
    ).fetchone()[0]
    return n


def complete_exposures(connection: sqlite3.Connection) -> int:
    """Bring what is known in step with the measurements, and forget nothing; return how many methods have one."""
    for method_id, seen in connection.execute(_COULD_BE_SEEN).fetchall():
        note_exposure(connection, method_id, seen)
    n: int = connection.execute("SELECT count(*) FROM exposures").fetchone()[0]
    return n


def note_exposure(connection: sqlite3.Connection, method_id: int, seen: str) -> None:
    """Note that a measurement of the method in production could be seen since then, or longer."""
    connection.execute(
        "INSERT INTO exposures (method_id, production_from) VALUES (?, ?) "
        "ON CONFLICT (method_id) DO UPDATE SET production_from = min(production_from, excluded.production_from)",
        (method_id, seen),
    )
