"""Which rows of a queue stand together since they are nearly alike, and where."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from reviewer.domain.queue import QueueRow
from reviewer.store.alike import heads_of, members_of
from reviewer.store.queue_orders import METHODS
from reviewer.store.queue_rows import QueueQuery, rows_of_part, walk
from reviewer.store.sparing import is_sparing

WALKED_AT_ONCE = 5_000
"""So many rows at most are walked over in one go where all of them may stand elsewhere, by what they are alike to."""


def next_rows(
    connection: sqlite3.Connection,
    query: QueueQuery,
    limit: int,
    *,
    forward: bool,
    key: tuple[str | float | int, ...] | None = None,
) -> tuple[tuple[QueueRow, ...], bool]:
    """Return the next ``limit`` rows after ``key`` (or before it), in the order of the queue, and whether there are
    more; with each come those that stand under it.
    """
    units: list[list[QueueRow]] = []
    step = limit + 1
    while len(units) <= limit:
        walked = walk(connection, query, step, forward=forward, key=key)
        here = together(connection, query, walked)
        units += here
        if len(walked) < step:
            break
        # A few more where a few stood elsewhere, and many where nearly all did.
        missing = limit + 1 - len(units)
        key, step = walked[-1].key, min(2 * step, WALKED_AT_ONCE) if 2 * len(here) < step else max(2 * missing, 10)
    more, units = len(units) > limit, units[:limit]
    return tuple(row for unit in (units if forward else reversed(units)) for row in unit), more


def together(connection: sqlite3.Connection, query: QueueQuery, walked: Sequence[QueueRow]) -> list[list[QueueRow]]:
    """Return rows each with those that are alike to it; one that stands with an earlier one is not there by itself.

    A group stands where the first one of it stands that the queue has at all, by its order.
    """
    heads = {} if is_sparing(connection) else heads_of(connection, [row.method_id for row in walked])
    if not heads:
        return [[row] for row in walked]
    groups = groups_of(connection, query, set(heads.values()), {row.method_id: row for row in walked})
    units = []
    for row in walked:
        group = groups.get(heads.get(row.method_id, 0), ())
        if len(group) < 2:
            units.append([row])
        elif group[0].method_id == row.method_id:
            n = len(group)
            under = (mate._replace(key=row.key, alike=n, under=True) for mate in group[1:])
            units.append([row._replace(alike=n), *under])
    return units


def groups_of(
    connection: sqlite3.Connection, query: QueueQuery, heads: Collection[int], known: Mapping[int, QueueRow]
) -> dict[int, list[QueueRow]]:
    """Return by their heads the groups as a queue has them, each in its order; those ``known`` need not be read."""
    members = members_of(connection, heads)
    elsewhere = [mate for mates in members.values() for mate in mates if mate not in known]
    rows = {**known, **_rows_of(connection, query, elsewhere)}
    groups = {}
    for head, mates in members.items():
        found = (rows[mate] for mate in mates if mate in rows)
        groups[head] = sorted(found, key=lambda row: _place_in_order(query, row))
    return groups


def _rows_of(connection: sqlite3.Connection, query: QueueQuery, method_ids: Sequence[int]) -> dict[int, QueueRow]:
    """Return the rows of some proposals by their row ids, those that a queue has: all at once where that is quick."""
    found: dict[int, QueueRow] = {}
    for place, part in enumerate(query.parts):
        left = [i for i in method_ids if i not in found]
        if not left:
            break
        if part.tables == METHODS and "text" not in query.values:
            asked = replace(query, narrow=_AMONG, values={**query.values, "among": json.dumps(left)})
            rows = rows_of_part(connection, asked, place, forward=True, limit=len(left))
        else:
            one = " AND m.id = :method"
            rows = [
                row
                for i in left
                for row in rows_of_part(connection, query, place, forward=True, limit=1, beyond=one, key={"method": i})
            ]
        found.update((row.method_id, row) for row in rows)
    return found


_AMONG = "SELECT value AS method_id FROM json_each(:among)"


def _place_in_order(query: QueueQuery, row: QueueRow) -> tuple[str | float | int, ...]:
    """Return what rows of a queue can be put in its order by; letters as SQLite's NOCASE has them."""
    place, *values = row.key
    columns = query.parts[int(place)].columns
    return (
        place,
        *(
            value.encode().lower().decode() if isinstance(value, str) else value if ascends else -value
            for value, (_, ascends) in zip(values, columns, strict=True)
        ),
    )
