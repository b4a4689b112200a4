"""Which way sources say that a metric goes: where two say otherwise the last one counts, and the other is not lost."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Direction

TOLD = ""
"""The source of what a person told."""


def said_anew(connection: sqlite3.Connection, problem: Problem, source: str) -> Problem:
    """Return what a source says of a problem without the directions that it said already: these change nothing again.

    Else two files that disagree would turn a metric round by turns, each time that one of them is read again.
    """
    said = set(
        connection.execute(
            "SELECT s.metric, s.direction FROM stated_directions s JOIN problems p ON p.id = s.problem_id "
            "WHERE p.slug = ? AND s.source = ?",
            (problem.slug, source),
        )
    )
    metrics = tuple(
        replace(m, direction=Direction.UNKNOWN) if (m.name, m.direction) in said else m for m in problem.metrics
    )
    return replace(problem, metrics=metrics)


def state_directions(
    connection: sqlite3.Connection, problem_id: int, metrics: Sequence[Metric], import_id: int
) -> None:
    """Keep which way a file says that its metrics go, in place of what it said at an earlier import."""
    said = [(m.name, m.direction) for m in metrics if m.direction is not Direction.UNKNOWN]
    if not said:
        return
    (source,) = connection.execute("SELECT path FROM imports WHERE id = ?", (import_id,)).fetchone()
    connection.executemany(
        "DELETE FROM stated_directions WHERE problem_id = ? AND metric = ? AND source = ? AND direction <> ?",
        [(problem_id, name, source, direction) for name, direction in said],
    )
    connection.executemany(
        "INSERT INTO stated_directions (problem_id, metric, source, import_id, direction) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (problem_id, metric, source, direction) DO UPDATE SET import_id = excluded.import_id",
        [(problem_id, name, source, import_id, direction) for name, direction in said],
    )


def settle_directions(connection: sqlite3.Connection, problem_id: int, told: Mapping[str, Direction]) -> None:
    """Keep which way a person told that metrics go; what files had said of them disputes that no longer."""
    places = [(problem_id, name) for name in told]
    connection.executemany(
        "UPDATE stated_directions SET settled = 1 WHERE problem_id = ? AND metric = ? AND source <> ''", places
    )
    connection.executemany("DELETE FROM stated_directions WHERE problem_id = ? AND metric = ? AND source = ''", places)
    connection.executemany(
        "INSERT INTO stated_directions (problem_id, metric, source, direction) VALUES (?, ?, ?, ?)",
        [(problem_id, name, TOLD, d) for name, d in told.items() if d is not Direction.UNKNOWN],
    )


def disputing_sources(connection: sqlite3.Connection, problem_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return by metric the sources that say that it goes the other way than what counts, the first one first."""
    found: dict[str, list[str]] = {}
    for metric, source in connection.execute(
        "SELECT m.name, s.source FROM stated_directions s JOIN metrics m ON m.problem_id = s.problem_id "
        "AND m.name = s.metric WHERE s.problem_id = ? AND NOT s.settled AND m.direction <> 'unknown' "
        "AND m.direction <> s.direction ORDER BY s.id",
        (problem_id,),
    ):
        found.setdefault(metric, []).append(source)
    return {metric: tuple(sources) for metric, sources in found.items()}


def forget_directions(connection: sqlite3.Connection, import_id: int) -> None:
    """Take out what an import that is withdrawn said of directions; what counts stays as it is."""
    connection.execute("DELETE FROM stated_directions WHERE import_id = ?", (import_id,))
