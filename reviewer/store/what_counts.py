"""Setting right which revisions of a method count, and what it shows, from the order in which they came."""

import json
import sqlite3
from collections.abc import Sequence

from reviewer.store.arrivals import arrivals_of
from reviewer.store.claims import claim_rule, refresh_claim
from reviewer.store.method_history import end_history, set_heading
from reviewer.store.problems import problem_by_id
from reviewer.store.shown_text import fullest_text, show_text, shown_text

Connection = sqlite3.Connection

_BROKEN = """
    SELECT m.id FROM methods m LEFT JOIN revisions r ON r.id = m.revision_id AND r.method_id = m.id
    WHERE r.id IS NULL OR NOT r.current
    UNION SELECT method_id FROM revisions GROUP BY method_id, part HAVING sum(current) <> 1
"""


def methods_without_text(connection: Connection) -> tuple[int, ...]:
    """Return the methods that show no text that counts, or have a part of which not one revision does: a long walk."""
    return tuple(method_id for (method_id,) in connection.execute(_BROKEN).fetchall())


def set_right(connection: Connection, method_id: int, doubtful: Sequence[int] = ()) -> bool:
    """Let what came last count in each part where not one revision does, or one that is ``doubtful``.

    Parts that one revision counts of stay as they are, and the text that is shown stays where no part has changed. The
    method's own columns and its claim follow. Return False where the method has no revision.
    """
    came = arrivals_of(connection, method_id)
    if not came:
        return False
    parts = connection.execute(
        "SELECT part FROM revisions WHERE method_id = ? GROUP BY part "
        "HAVING sum(current) <> 1 OR max(current AND id IN (SELECT value FROM json_each(?)))",
        (method_id, json.dumps(doubtful)),
    ).fetchall()
    last = {arrival.part: arrival.revision_id for arrival in came}
    for (part,) in parts:
        connection.execute(
            "UPDATE revisions SET current = (id = ?) WHERE method_id = ? AND part = ?", (last[part], method_id, part)
        )
    shown = shown_text(connection, method_id)
    text = fullest_text(connection, method_id) if parts or shown is None else shown
    set_heading(connection, method_id, text.revision_id, came[-1].revision_id)
    show_text(connection, method_id, text)
    end_history(connection, method_id)
    (problem_id,) = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    refresh_claim(connection, method_id, claim_rule(problem_by_id(connection, problem_id).problem))
    return True
