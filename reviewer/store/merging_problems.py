"""Taking in what another store says of problems, and remarks on their ideas: what is here stays, and is added to."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from reviewer.domain.problems import Problem
from reviewer.store.claims import claim_rule, refresh_claims
from reviewer.store.import_notes import note_problem
from reviewer.store.news import note_telling
from reviewer.store.problems import list_problems, problem_by_id, problem_by_slug, save_problem
from reviewer.store.remark_history import keep_remark

Connection = sqlite3.Connection

REMARK = (
    "uuid", "namespace", "external_id", "kind", "idea", "about", "title", "author", "text", "created_at", "raw",
    "content_hash", "file", "sha256", "place",
)  # fmt: skip
_STATED = ("metric", "source", "direction", "settled")

PIECE = 200


def problems_of(theirs: Connection) -> list[tuple[Problem, list[Mapping[str, Any]]]]:
    """Return the problems of another store, each with what files said there of the directions of its metrics.

    Targets are what people did, and come as such.
    """
    found: list[tuple[Problem, list[Mapping[str, Any]]]] = []
    for stored in list_problems(theirs):
        stated = theirs.execute(
            f"SELECT {', '.join(_STATED)} FROM stated_directions WHERE problem_id = ? AND source <> '' ORDER BY id",
            (stored.id,),
        ).fetchall()
        said = replace(stored.problem, authoritative=False, target=None)
        found.append((said, [dict(zip(_STATED, row, strict=True)) for row in stated]))
    return found


def take_problem(
    connection: Connection, said: Problem, stated: list[Mapping[str, Any]], by: Callable[[], int], now: str
) -> bool:
    """Add what another store says of a problem to what is known here; return whether the problem is new."""
    before = problem_by_slug(connection, said.slug)
    problem_id, change = save_problem(connection, said, now)
    after = problem_by_id(connection, problem_id).problem
    if change != "unchanged":
        note_problem(connection, by(), before.problem if before else None, after)
    if before is not None and change == "changed":
        note_telling(connection, problem_id)
        if claim_rule(after) != claim_rule(before.problem):
            refresh_claims(connection, problem_id, after)
    for each in stated:
        values = (problem_id, *(each[name] for name in _STATED))
        if connection.execute(
            "SELECT 1 FROM stated_directions WHERE problem_id = ? AND metric = ? AND source = ? AND direction = ?",
            values[:4],
        ).fetchone():
            continue
        connection.execute(
            f"INSERT INTO stated_directions (problem_id, {', '.join(_STATED)}, import_id) VALUES (?, ?, ?, ?, ?, ?)",
            (*values, by()),
        )
    return before is None


def remarks_of(theirs: Connection) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
    """Yield the remarks of another store in pieces, each with the problem that it is of."""
    last = 0
    while rows := theirs.execute(
        f"SELECT x.id, p.slug, {', '.join(f'x.{column}' for column in REMARK)} FROM remarks x "
        "JOIN problems p ON p.id = x.problem_id WHERE x.id > ? ORDER BY x.id LIMIT ?",
        (last, PIECE),
    ).fetchall():
        last = rows[-1][0]
        yield [(slug, dict(zip(REMARK, values, strict=True))) for _, slug, *values in rows]


RemarkTaken = Literal["new", "changed", "unchanged", "kept"]


def what_becomes_of(connection: Connection, problem_id: int, remark: Mapping[str, Any]) -> RemarkTaken:
    """Return what a remark of another store would be here: of two that say something else the later one counts.

    One that is ``kept`` stays as it is here.
    """
    row = _remark_here(connection, problem_id, remark)
    if row is None:
        return "new"
    _, created_at, digest = row
    if digest == remark["content_hash"]:
        return "unchanged"
    return "changed" if (remark["created_at"], remark["content_hash"]) > (created_at, digest) else "kept"


def take_remark(
    connection: Connection, problem_id: int, remark: Mapping[str, Any], by: Callable[[], int]
) -> RemarkTaken:
    """Take in a remark of another store, in the caller's transaction; return what became of it."""
    found = what_becomes_of(connection, problem_id, remark)
    if found == "new":
        connection.execute(
            f"INSERT INTO remarks (problem_id, import_id, {', '.join(REMARK)}) "
            f"VALUES (?, ?, {', '.join('?' * len(REMARK))})",
            (problem_id, by(), *(remark[column] for column in REMARK)),
        )
    elif found == "changed":
        (row_id, *_) = _remark_here(connection, problem_id, remark) or (0,)
        keep_remark(connection, row_id, by())
        said = REMARK[3:]
        connection.execute(
            f"UPDATE remarks SET import_id = ?, {', '.join(f'{column} = ?' for column in said)} WHERE id = ?",
            (by(), *(remark[column] for column in said), row_id),
        )
    return found


def _remark_here(connection: Connection, problem_id: int, remark: Mapping[str, Any]) -> tuple[int, str, str] | None:
    row: tuple[int, str, str] | None = connection.execute(
        "SELECT id, created_at, content_hash FROM remarks WHERE problem_id = ? AND namespace = ? AND external_id = ?",
        (problem_id, remark["namespace"], remark["external_id"]),
    ).fetchone()
    return row
