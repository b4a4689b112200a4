"""Since when a review is known that came in a file without a time: what was there before an outcome may be scored.

Each store that takes in such a review writes down when. Where one learns from another that it was there earlier, it
keeps that among the numbers beside the tables, since an event never changes; what another one is told is the earlier.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from reviewer.domain.identity import milliseconds_of

MARK = '"turn": ""'
"""What ``visible`` has of such a review, and of nothing else but by chance."""

STATED_AT = "CASE instr({x}visible, '\"turn\": \"\"') WHEN 0 THEN {x}{column} ELSE '' END"
"""The time of a judgement or an event as it was stated, empty where no time was, for ``str.format``."""

KNOWN_SINCE = (
    'CASE instr({x}visible, \'"turn": ""\') WHEN 0 THEN {x}created_at ELSE coalesce((SELECT '
    "strftime('%Y-%m-%dT%H:%M:%fZ', last / 1000.0, 'unixepoch') FROM used_ids WHERE name = 'since:' || {x}uuid), "
    "{x}created_at) END"
)
"""The time of an event in a query, for ``str.format``; ``x`` is the table with its point."""


def note_known_since(connection: sqlite3.Connection, event: Mapping[str, Any]) -> None:
    """Note of an event that is here as of another store, in the caller's transaction, where it was there earlier."""
    if MARK not in event["visible"]:
        return
    (here,) = connection.execute(
        f"SELECT {KNOWN_SINCE.format(x='')} FROM annotations WHERE uuid = ?", (event["uuid"],)
    ).fetchone()
    if event["created_at"] < here:
        connection.execute(
            "INSERT INTO used_ids (name, last) VALUES ('since:' || ?, ?) "
            "ON CONFLICT (name) DO UPDATE SET last = min(last, excluded.last)",
            (event["uuid"], milliseconds_of(event["created_at"])),
        )
