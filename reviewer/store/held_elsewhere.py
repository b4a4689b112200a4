"""Where the store has from what a source tells anew: which import and file a method's present content came from."""

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from reviewer.store import rows
from reviewer.store.imports import JUDGEMENTS
from reviewer.store.prepared import PreparedMethod

PartKey = tuple[str, str, str]
"""Namespace, external id and part: what a revision of a problem's method is known by."""


class HeldContent(NamedTuple):
    """What counts now of one part of a method, and where it was read: the path that was imported, file and place."""

    content_hash: str
    import_id: int
    imported_path: str
    file: str
    place: str


def imported_elsewhere(connection: sqlite3.Connection, path: str) -> bool:
    """Return whether anything was ever imported from another path than this one."""
    return connection.execute("SELECT 1 FROM imports WHERE path <> ? LIMIT 1", (path,)).fetchone() is not None


def all_held_alike(connection: sqlite3.Connection, problem: str, records: Sequence[PreparedMethod]) -> bool:
    """Return whether the store has every one of a problem's methods just as the records tell them, wherever from."""
    asked = list({(r.namespace, r.external_id, r.part, r.content_hash) for r in records})
    found = 0
    for some in rows.by_statement(asked):
        found += connection.execute(
            # Cross joins, so that SQLite begins with what is asked for.
            f"WITH asked (namespace, external_id, part, hash) AS (VALUES {','.join(['(?,?,?,?)'] * len(some))}) "
            "SELECT count(*) FROM asked a CROSS JOIN problems p ON p.slug = ? "
            "CROSS JOIN methods m ON m.problem_id = p.id AND m.namespace = a.namespace AND "
            "m.external_id = a.external_id "
            "CROSS JOIN revisions r ON r.method_id = m.id AND r.current = 1 AND r.part = a.part AND "
            "r.content_hash = a.hash",
            [*chain.from_iterable(some), problem],
        ).fetchone()[0]
    return found == len(asked)


def contents_held(
    connection: sqlite3.Connection, problem: str, records: Sequence[PreparedMethod]
) -> Mapping[PartKey, HeldContent]:
    """Return what the store has of a problem's methods that the records tell of.

    What was made for a judgement alone, before anything said more of it, is no content of a file's. It takes one
    look-up for some hundred records.
    """
    asked = list(dict.fromkeys((r.namespace, r.external_id, r.part) for r in records))
    found: dict[PartKey, HeldContent] = {}
    for some in rows.by_statement(asked):
        for namespace, external_id, part, *held in connection.execute(
            # Cross joins, so that SQLite begins with what is asked for.
            f"WITH asked (namespace, external_id, part) AS (VALUES {','.join(['(?,?,?)'] * len(some))}) "
            "SELECT a.namespace, a.external_id, a.part, r.content_hash, i.id, i.path, r.file, r.place FROM asked a "
            "CROSS JOIN problems p ON p.slug = ? "
            "CROSS JOIN methods m ON m.problem_id = p.id AND m.namespace = a.namespace AND "
            "m.external_id = a.external_id "
            "CROSS JOIN revisions r ON r.method_id = m.id AND r.current = 1 AND r.part = a.part "
            "CROSS JOIN imports i ON i.id = r.import_id AND i.source <> ?",
            [*chain.from_iterable(some), problem, JUDGEMENTS],
        ):
            found[namespace, external_id, part] = HeldContent(*held)
    return found
