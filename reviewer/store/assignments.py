"""Who was asked to review what: rounds of assignment, which are only ever added, and what each has done of them."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from reviewer.domain.identity import new_id
from reviewer.domain.pieces import in_pieces
from reviewer.store.protocols import HALF_WAY, protocol_of

_DONE = "j.status IN ('judged', 'skipped')"


class Round(NamedTuple):
    """A round of assignment; ``chosen`` says how its proposals were."""

    id: int
    problem_id: int
    seed: int
    overlap: int
    chosen: str
    reviewers: tuple[str, ...]
    made_by: str
    made_at: str


class Load(NamedTuple):
    """How much one reviewer has of a round, and how much of it is done."""

    reviewer_id: int
    reviewer: str
    assigned: int
    done: int


class Assigned(NamedTuple):
    """That a proposal was assigned to a reviewer: as which of how many, by whom, and when."""

    place: int
    of: int
    made_by: str
    made_at: str


def add_round(
    connection: sqlite3.Connection,
    problem_id: int,
    *,
    seed: int,
    overlap: int,
    chosen: str,
    reviewers: Mapping[str, int],
    work: Mapping[str, Iterable[int]],
    made_by: str,
    now: str,
) -> int:
    """Write down a round in the caller's transaction; return its row id.

    ``reviewers`` gives the row id of each by name, ``work`` the proposals of each in the order of their places.
    """
    cursor = connection.execute(
        "INSERT INTO assignment_rounds (uuid, problem_id, seed, overlap, chosen, reviewers, made_by, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (new_id(), problem_id, seed, overlap, chosen, json.dumps(sorted(reviewers)), made_by, now),
    )
    round_id = int(cursor.lastrowid or 0)
    connection.executemany(
        "INSERT INTO assignments (round_id, method_id, reviewer_id, place) VALUES (?, ?, ?, ?)",
        (
            (round_id, method_id, reviewers[name], place)
            for name, proposals in work.items()
            for place, method_id in enumerate(proposals, 1)
        ),
    )
    return round_id


def rounds(connection: sqlite3.Connection, problem_id: int | None = None) -> tuple[Round, ...]:
    """Return every round, of one problem or of all, the newest first."""
    rows = connection.execute(
        "SELECT id, problem_id, seed, overlap, chosen, reviewers, made_by, made_at FROM assignment_rounds "
        "WHERE ?1 IS NULL OR problem_id = ?1 ORDER BY made_at DESC, uuid DESC",
        (problem_id,),
    ).fetchall()
    return tuple(Round._make((*row[:5], tuple(json.loads(row[5])), *row[6:])) for row in rows)


def loads(connection: sqlite3.Connection, round_id: int) -> tuple[Load, ...]:
    """Return how much each reviewer has of a round, and has done of it, by name."""
    rows = connection.execute(
        f"SELECT r.id, r.name, count(*), coalesce(sum({_DONE}), 0) FROM assignments a "
        "JOIN reviewers r ON r.id = a.reviewer_id "
        "LEFT JOIN current_judgements j ON j.method_id = a.method_id AND j.reviewer_id = a.reviewer_id "
        "WHERE a.round_id = ? GROUP BY r.id ORDER BY r.name",
        (round_id,),
    ).fetchall()
    return tuple(Load(*row) for row in rows)


def assigned_to_do(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> int:
    """Return how many proposals of a problem that are assigned to a reviewer they have yet to do."""
    n: int = connection.execute(
        "SELECT count(DISTINCT a.method_id) FROM assignments a CROSS JOIN methods m ON m.id = a.method_id "
        "LEFT JOIN current_judgements j ON j.method_id = a.method_id AND j.reviewer_id = a.reviewer_id "
        f"WHERE a.reviewer_id = :reviewer AND m.problem_id = :problem AND (j.id IS NULL OR NOT {_DONE} OR {HALF_WAY})",
        {"reviewer": reviewer_id, "problem": problem_id, "protocol": protocol_of(connection, problem_id)},
    ).fetchone()[0]
    return n


def assignment_of(connection: sqlite3.Connection, method_id: int, reviewer_id: int) -> Assigned | None:
    """Return by which round a proposal was last assigned to a reviewer, or None."""
    row = connection.execute(
        "SELECT a.place, (SELECT count(*) FROM assignments o WHERE o.round_id = a.round_id "
        "AND o.reviewer_id = a.reviewer_id), r.made_by, r.made_at FROM assignments a "
        "JOIN assignment_rounds r ON r.id = a.round_id WHERE a.method_id = ? AND a.reviewer_id = ? "
        "ORDER BY r.made_at DESC, r.uuid DESC LIMIT 1",
        (method_id, reviewer_id),
    ).fetchone()
    return None if row is None else Assigned(*row)


def had_by(
    connection: sqlite3.Connection, method_ids: Iterable[int], names: Collection[str], *, judged: bool
) -> Iterator[tuple[int, str]]:
    """Yield of each proposal which of the named reviewers have it to do from a round before, or have ``judged`` it.

    Rows are read as they are asked for: keep the transaction open meanwhile.
    """
    asked = json.dumps(sorted(names))
    for some in in_pieces(method_ids, METHODS_AT_ONCE):
        yield from connection.execute(_HAD, {"methods": json.dumps(some), "names": asked, "judged": judged})


METHODS_AT_ONCE = 5_000

_HAD = """
    SELECT j.method_id, r.name FROM json_each(:methods) k CROSS JOIN current_judgements j ON j.method_id = k.value
    CROSS JOIN reviewers r ON r.id = j.reviewer_id
    WHERE :judged AND j.verdict IS NOT NULL AND r.name IN (SELECT value FROM json_each(:names))
    UNION SELECT a.method_id, r.name FROM json_each(:methods) k CROSS JOIN assignments a ON a.method_id = k.value
    CROSS JOIN reviewers r ON r.id = a.reviewer_id
    WHERE r.name IN (SELECT value FROM json_each(:names))
"""


def uuids_of(connection: sqlite3.Connection, method_ids: Collection[int]) -> Mapping[int, str]:
    """Return by row id by what id methods are known at the edge."""
    return dict(
        connection.execute(
            "SELECT m.id, m.uuid FROM json_each(?) k CROSS JOIN methods m ON m.id = k.value",
            (json.dumps(list(method_ids)),),
        )
    )
