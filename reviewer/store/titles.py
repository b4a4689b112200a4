"""The titles of a problem's proposals in the order of their import, to be held against one another."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

Connection = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class TitledMethod:
    """A method by its row id, its name in its source, and its title."""

    id: int
    name: str
    title: str


def namesakes(connection: Connection, method_ids: Collection[int]) -> Mapping[int, int]:
    """Return, of proposals by their row ids, which one before them has the same title; those with none are left out."""
    rows = connection.execute(
        "SELECT m.id, (SELECT max(o.id) FROM methods o WHERE o.problem_id = m.problem_id AND o.role = 'proposal' "
        "AND o.title = m.title COLLATE NOCASE AND o.id < m.id) FROM json_each(?) i CROSS JOIN methods m "
        "ON m.id = i.value WHERE m.role = 'proposal'",
        (json.dumps(list(method_ids)),),
    )
    return {method_id: earlier for method_id, earlier in rows if earlier is not None}


_TITLED = (
    "SELECT m.id, m.namespace || '/' || m.external_id, m.title FROM json_each(?) i CROSS JOIN methods m "
    "ON m.id = i.value"
)


def titled(connection: Connection, method_ids: Collection[int]) -> Mapping[int, TitledMethod]:
    """Return methods with their names and titles, by their row ids."""
    rows = connection.execute(_TITLED, (json.dumps(list(method_ids)),))
    return {method_id: TitledMethod(method_id, name, title) for method_id, name, title in rows}


def proposals_titled(connection: Connection, method_ids: Collection[int]) -> list[TitledMethod]:
    """Return those of some methods that are proposals, in their order."""
    rows = connection.execute(f"{_TITLED} WHERE m.role = 'proposal' ORDER BY i.key", (json.dumps(list(method_ids)),))
    return [TitledMethod(*row) for row in rows]


def titles_from(connection: Connection, problem_id: int, first_id: int) -> Iterator[tuple[int, str]]:
    """Give the row ids and titles of proposals from one row id on, as they rise."""
    yield from connection.execute(
        "SELECT id, title FROM methods WHERE problem_id = ? AND role = 'proposal' AND id >= ? ORDER BY id",
        (problem_id, first_id),
    )


def first_of(connection: Connection, problem_id: int, before: int, n: int) -> int:
    """Return the row id of the first of the ``n`` proposals before a row id; 0 where there are fewer."""
    row = connection.execute(
        "SELECT id FROM methods WHERE problem_id = ? AND role = 'proposal' AND id < ? ORDER BY id DESC "
        "LIMIT 1 OFFSET ?",
        (problem_id, before, n - 1),
    ).fetchone()
    return row[0] if row else 0


def renamed(connection: Connection, method_ids: Collection[int]) -> Collection[int]:
    """Return those of some methods that wait to be checked since they have another title or role."""
    rows = connection.execute(
        "SELECT u.id FROM json_each(?) i CROSS JOIN unchecked u ON u.id = i.value WHERE u.renamed",
        (json.dumps(list(method_ids)),),
    )
    return [method_id for (method_id,) in rows]


def have_wait(connection: Connection, method_ids: Collection[int]) -> None:
    """Have methods wait to be checked."""
    connection.executemany("INSERT OR IGNORE INTO unchecked (id) VALUES (?)", [(i,) for i in method_ids])
