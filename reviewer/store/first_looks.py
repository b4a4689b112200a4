"""When a reviewer first had a critique of a proposal before them: what they say from then on it may have swayed.

Each look is kept, and so is with each event that a critique had been shown: a look that was never written down, since
the app went away meanwhile, is known by those.
"""

import sqlite3

from reviewer.store.undated import KNOWN_SINCE

FIRST_LOOK = """
    LEFT JOIN critique_readings q ON q.id = (
        SELECT r.id FROM critiques c CROSS JOIN critique_readings r ON r.critique_id = c.id
            AND r.reviewer_id = j.reviewer_id
        WHERE c.method_id = j.method_id ORDER BY r.shown_at, r.uuid LIMIT 1
    )
    LEFT JOIN annotations v ON v.id = (
        SELECT s.id FROM annotations s WHERE s.method_id = j.method_id AND s.reviewer_id = j.reviewer_id
            AND json_extract(s.visible, '$.critique') IS NOT NULL
        ORDER BY s.created_at, s.uuid LIMIT 1
    )
"""
"""Joins to the judgement ``j`` its reviewer's first look ``q``, and the first event ``v`` that knows of one."""

FIRST_SHOWN = "min(coalesce(q.shown_at, v.created_at), coalesce(v.created_at, q.shown_at))"
"""When that was, with :data:`FIRST_LOOK`; null where they never had one before them."""

_B_AT = KNOWN_SINCE.format(x="b.")
_C_AT = KNOWN_SINCE.format(x="c.")

LAST_BEFORE = f"""
    SELECT b.id FROM annotations b WHERE b.method_id = j.method_id AND b.reviewer_id = j.reviewer_id
        AND {_B_AT} < {{moment}}
        AND NOT EXISTS (
            SELECT 1 FROM annotations c WHERE c.method_id = b.method_id AND c.reviewer_id = b.reviewer_id
                AND c.supersedes = b.uuid AND {_C_AT} < {{moment}}
        )
    ORDER BY {_B_AT} DESC, b.uuid DESC LIMIT 1
"""
"""The event at which the judgement ``j`` stood before a moment, for ``str.format``."""


def has_critiques(connection: sqlite3.Connection) -> bool:
    """Return whether Claude was ever asked: where nobody did, nothing need be looked for."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM critiques)").fetchone()[0])
