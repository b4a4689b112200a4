"""Problems with their metrics, datasets and targets."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from reviewer.domain.identity import a_moment_later, new_id
from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.domain.vocabulary import Direction, Protocol, Role
from reviewer.store.alike import count_sightings
from reviewer.store.protocols import HALF_WAY, protocol_of
from reviewer.store.rows import next_id
from reviewer.store.sparing import is_sparing, lacking, spared
from reviewer.store.stated_directions import disputing_sources

IMPORTED = "import"
"""Stands for who wrote a target that a file says."""

LOST = "lost-"
"""Stands before the row id where the name of a problem cannot be read."""


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A problem with its row id, and the version of its target (0 where nobody wrote one)."""

    id: int
    problem: Problem
    target_version: int
    lacking: frozenset[str] = frozenset()
    """What of it cannot be read in a damaged store."""


@dataclass(frozen=True, slots=True)
class ProblemCounts:
    """How much of a problem the store holds, and how much of it the viewer has done."""

    proposals: int = 0
    baselines: int = 0
    references: int = 0
    judged: int = 0
    started: int = 0
    skipped: int = 0
    flagged: int = 0
    half_way: int = 0
    """Of those started: how many have a verdict, which is not the last word in the sealed protocol."""
    sightings: int = 0
    """How many more records say the same as one of the proposals to the letter."""


def list_problems(connection: sqlite3.Connection) -> tuple[StoredProblem, ...]:
    """Return every problem, the one with the most proposals first."""

    def listed(sql: str) -> list[tuple[int]]:
        return connection.execute(sql).fetchall()

    rows = spared(connection, "problems", lambda: listed(_PROBLEMS)) or []
    if not rows and is_sparing(connection):
        named = [
            spared(connection, "problems", partial(listed, f"SELECT DISTINCT problem_id FROM {table}"))
            for table in ("methods", "metrics", "datasets", "counts")
        ]
        rows = sorted({row for found in named for row in found or ()})
        if not rows:  # Nobody should be told that there is nothing yet.
            rows = listed(_PROBLEMS)
    return tuple(_problem(connection, problem_id) for (problem_id,) in rows)


_PROBLEMS = """
    SELECT p.id FROM problems p
    LEFT JOIN counts c ON c.problem_id = p.id AND c.reviewer_id = 0 AND c.name = 'proposals'
    ORDER BY coalesce(c.n, 0) DESC, p.id
"""


def slugs(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the names of all problems."""
    return tuple(slug for (slug,) in connection.execute("SELECT slug FROM problems ORDER BY slug").fetchall())


def holds_proposals(connection: sqlite3.Connection) -> bool:
    """Say whether the store holds a proposal, of whatever problem."""
    row = connection.execute(
        "SELECT 1 FROM counts WHERE reviewer_id = 0 AND name = 'proposals' AND n > 0 LIMIT 1"
    ).fetchone()
    return row is not None


def problem_by_id(connection: sqlite3.Connection, problem_id: int) -> StoredProblem:
    """Return the problem of that row id.

    Raises:
        LookupError: when there is none.
    """
    return _problem(connection, problem_id)


def problem_by_slug(connection: sqlite3.Connection, slug: str) -> StoredProblem | None:
    """Return the problem of that name, or None."""
    row = connection.execute("SELECT id FROM problems WHERE slug = ?", (slug,)).fetchone()
    return None if row is None else _problem(connection, row[0])


def _problem(connection: sqlite3.Connection, problem_id: int) -> StoredProblem:
    def rows_of(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql, (problem_id,)).fetchall()

    lacking(connection)
    found = spared(connection, "problem", lambda: rows_of(_NAMED))
    if found is None:
        found = [(f"{LOST}{problem_id}", "a problem whose name cannot be read", "", "", "")]
    if not found:
        raise LookupError(f"no problem {problem_id}")
    slug, title, description, primary_metric, primary_dataset = found[0]
    aliases: dict[str, list[str]] = {}
    for alias, dataset in spared(connection, "datasets", lambda: rows_of(_ALIASES)) or ():
        aliases.setdefault(dataset, []).append(alias)
    datasets = spared(connection, "datasets", lambda: rows_of(_DATASETS)) or ()
    metrics = spared(connection, "metrics", lambda: rows_of(_METRICS)) or ()
    target = spared(connection, "target", lambda: current_target(connection, problem_id))
    disputing = spared(connection, "metrics", lambda: disputing_sources(connection, problem_id)) or {}
    return StoredProblem(
        problem_id,
        Problem(
            slug=slug,
            title=title,
            description=description,
            primary_metric=primary_metric,
            primary_dataset=primary_dataset,
            metrics=tuple(
                Metric(n, Direction(d), u, tuple(json.loads(f)), t, disputing.get(n, ())) for n, d, u, f, t in metrics
            ),
            datasets=tuple(Dataset(name, tuple(aliases.get(name, ()))) for (name,) in datasets),
            target=target[1] if target else None,
        ),
        target[0] if target else 0,
        lacking(connection),
    )


_NAMED = "SELECT slug, title, description, primary_metric, primary_dataset FROM problems WHERE id = ?"
_ALIASES = "SELECT alias, dataset FROM dataset_aliases WHERE problem_id = ? ORDER BY id"
_DATASETS = "SELECT name FROM datasets WHERE problem_id = ? ORDER BY id"
_METRICS = "SELECT name, direction, unit, derived_from, title FROM metrics WHERE problem_id = ? ORDER BY id"


def save_problem(connection: sqlite3.Connection, problem: Problem, now: str) -> tuple[int, str]:
    """Write the problem, adding to what is known of it; return its row id and ``new``, ``changed`` or ``unchanged``.

    A problem that a file describes overwrites what was known; one that a reader fills in by itself only adds what was
    missing. Datasets, aliases and metrics are never taken away.
    """
    known = problem_by_slug(connection, problem.slug)
    if known is None:
        problem_id = next_id(connection, "problems")
        connection.execute(
            "INSERT INTO problems (id, uuid, slug, title, description, primary_metric, primary_dataset, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                problem_id,
                new_id(),
                problem.slug,
                problem.title or problem.slug,
                problem.description,
                problem.primary_metric,
                problem.primary_dataset,
                now,
            ),
        )
    else:
        problem_id = known.id
        merged = _merge(known.problem, problem)
        connection.execute(
            "UPDATE problems SET title = ?, description = ?, primary_metric = ?, primary_dataset = ? WHERE id = ?",
            (merged.title, merged.description, merged.primary_metric, merged.primary_dataset, problem_id),
        )
    _save_datasets(connection, problem_id, problem)
    _save_metrics(connection, problem_id, problem)
    if problem.target is not None and (known is None or problem.authoritative or known.problem.target is None):
        save_target(connection, problem_id, problem.target, written_by=IMPORTED, now=now)
    if known is None:
        return problem_id, "new"
    return problem_id, "unchanged" if _problem(connection, problem_id).problem == known.problem else "changed"


def _merge(known: Problem, said: Problem) -> Problem:
    first, second = (said, known) if said.authoritative else (known, said)
    unnamed = first.title in ("", known.slug)
    return replace(
        known,
        title=(second.title if unnamed else first.title) or known.slug,
        description=first.description or second.description,
        primary_metric=first.primary_metric or second.primary_metric,
        primary_dataset=first.primary_dataset or second.primary_dataset,
    )


def _save_datasets(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> None:
    own_names = {d.name.casefold() for d in problem.datasets}
    for dataset in problem.datasets:
        known = _problem(connection, problem_id).problem.dataset_names()
        name = known.get(dataset.name.casefold(), dataset.name)
        connection.execute("INSERT OR IGNORE INTO datasets (problem_id, name) VALUES (?, ?)", (problem_id, name))
        for alias in (*dataset.aliases, *([dataset.name] if dataset.name != name else [])):
            connection.execute(
                "INSERT OR IGNORE INTO dataset_aliases (problem_id, alias, dataset) VALUES (?, ?, ?)",
                (problem_id, alias, name),
            )
            if alias.casefold() not in own_names:
                _merge_dataset(connection, problem_id, alias, name)


def _merge_dataset(connection: sqlite3.Connection, problem_id: int, alias: str, name: str) -> None:
    """Make what was measured under ``alias``, before anybody said that it is one, count under the dataset's name."""
    for (old,) in connection.execute(
        "SELECT name FROM datasets WHERE problem_id = ? AND name = ? COLLATE NOCASE AND name <> ?",
        (problem_id, alias, name),
    ).fetchall():
        connection.execute(
            "UPDATE measurements SET dataset = ? WHERE dataset = ? "
            "AND method_id IN (SELECT id FROM methods WHERE problem_id = ?)",
            (name, old, problem_id),
        )
        connection.execute(
            "UPDATE dataset_aliases SET dataset = ? WHERE problem_id = ? AND dataset = ?", (name, problem_id, old)
        )
        connection.execute(
            "UPDATE problems SET primary_dataset = ? WHERE id = ? AND primary_dataset = ?", (name, problem_id, old)
        )
        connection.execute("DELETE FROM datasets WHERE problem_id = ? AND name = ?", (problem_id, old))


def _save_metrics(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> None:
    # Where both say something, a problem that a file describes outweighs what was known; a reader's guess does not.
    # A direction that somebody stated is never overwritten by one that nobody knows.
    first, second = ("excluded", "metrics") if problem.authoritative else ("metrics", "excluded")
    for metric in problem.metrics:
        connection.execute(
            "INSERT INTO metrics (problem_id, name, title, direction, unit, derived_from) VALUES (?, ?, ?, ?, ?, ?) "
            f"ON CONFLICT (problem_id, name) DO UPDATE SET unit = coalesce({first}.unit, {second}.unit), "
            f"title = coalesce({first}.title, {second}.title), "
            f"direction = CASE {first}.direction WHEN 'unknown' THEN {second}.direction ELSE {first}.direction END, "
            f"derived_from = CASE {first}.derived_from WHEN '[]' THEN {second}.derived_from "
            f"ELSE {first}.derived_from END",
            (problem_id, metric.name, metric.title, metric.direction, metric.unit, json.dumps(metric.derived_from)),
        )


def current_target(connection: sqlite3.Connection, problem_id: int) -> tuple[int, Target] | None:
    """Return the version and the target that hold now, or None where nobody wrote one."""
    row = connection.execute(
        "SELECT version, criterion, system, scale, budget, latency, signals, horizon, months, decider FROM targets "
        "WHERE problem_id = ? ORDER BY version DESC LIMIT 1",
        (problem_id,),
    ).fetchone()
    return None if row is None else (row[0], Target(*row[1:]))


def target_written(connection: sqlite3.Connection, problem_id: int) -> tuple[str, str]:
    """Return who wrote the target that holds now, and when; two empty texts where nobody did."""
    row = connection.execute(
        "SELECT written_by, created_at FROM targets WHERE problem_id = ? ORDER BY version DESC LIMIT 1", (problem_id,)
    ).fetchone()
    return ("", "") if row is None else (row[0], row[1])


def save_target(
    connection: sqlite3.Connection, problem_id: int, target: Target, *, written_by: str, now: str
) -> tuple[int, bool]:
    """Write the target as a new version unless it says what the current one says; return version and whether new.

    Earlier versions stay, because judgements were made against them; a version is later than those before it, also
    where a clock went back.
    """
    current = current_target(connection, problem_id)
    if current is not None and current[1] == target:
        return current[0], False
    version = (current[0] if current else 0) + 1
    before = connection.execute("SELECT max(created_at) FROM targets WHERE problem_id = ?", (problem_id,)).fetchone()[0]
    connection.execute(
        "INSERT INTO targets (problem_id, version, criterion, system, scale, budget, latency, signals, horizon, "
        "months, decider, written_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            problem_id,
            version,
            target.criterion,
            target.system,
            target.scale,
            target.budget,
            target.latency,
            target.signals,
            target.horizon,
            target.months,
            target.decider,
            written_by,
            now if before is None or before < now else a_moment_later(before),
        ),
    )
    return version, True


def kept_counts(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> ProblemCounts:
    """Return the counts of a problem, as they are kept with every event: what is half way counts as judged."""
    rows = connection.execute(
        "SELECT name, n FROM counts WHERE problem_id = ? AND reviewer_id IN (0, ?)", (problem_id, reviewer_id)
    ).fetchall()
    found = ProblemCounts(**dict(rows))
    sightings = spared(connection, "rows", lambda: count_sightings(connection, problem_id)) or 0
    return replace(found, proposals=found.proposals - sightings, sightings=sightings)


def count_proposals(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Return how many proposals each problem has, by its slug; those that say the same as another are counted too."""
    return dict(
        connection.execute(
            "SELECT p.slug, c.n FROM counts c JOIN problems p ON p.id = c.problem_id "
            "WHERE c.reviewer_id = 0 AND c.name = 'proposals'"
        )
    )


def counts(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> ProblemCounts:
    """Return the counts of a problem, with the viewer's own progress in it."""
    found = kept_counts(connection, problem_id, reviewer_id)
    if protocol_of(connection, problem_id) is not Protocol.SEALED:
        return found
    half_way: int = connection.execute(
        "SELECT count(*) FROM current_judgements j "
        "CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem "
        f"WHERE j.reviewer_id = :viewer AND {HALF_WAY}",
        {"problem": problem_id, "viewer": reviewer_id, "protocol": Protocol.SEALED},
    ).fetchone()[0]
    return replace(found, judged=found.judged - half_way, started=found.started + half_way, half_way=half_way)


def add_to_count(connection: sqlite3.Connection, problem_id: int, reviewer_id: int, name: str, change: int) -> None:
    """Add ``change`` to one count, in the transaction of what is counted. Reviewer 0 stands for everybody."""
    if change:
        connection.execute(
            "INSERT INTO counts (problem_id, reviewer_id, name, n) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (problem_id, reviewer_id, name) DO UPDATE SET n = n + excluded.n",
            (problem_id, reviewer_id, name, change),
        )


ROLE_COUNT = {Role.PROPOSAL: "proposals", Role.BASELINE: "baselines", Role.REFERENCE: "references"}
"""The name under which methods of a role are counted."""


def bring_to_one_name(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> int:
    """Bring what stands under other names of a problem's datasets to their one name; return how many rows moved."""
    return sum(rename_dataset(connection, problem_id, alias, name) for alias, name in _aliases(problem))


def under_other_names(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> int:
    """Return how many measurements of a problem stand under another name of their dataset than its one."""
    names = connection.execute(
        "SELECT x.dataset, count(*) FROM measurements x JOIN methods m ON m.id = x.method_id WHERE m.problem_id = ? "
        "GROUP BY 1",
        (problem_id,),
    ).fetchall()
    other = {alias.casefold() for alias, _ in _aliases(problem)}
    return sum(n for name, n in names if name.casefold() in other)


def _aliases(problem: Problem) -> list[tuple[str, str]]:
    return [(alias, d.name) for d in problem.datasets for alias in d.aliases if alias.casefold() != d.name.casefold()]


def rename_dataset(connection: sqlite3.Connection, problem_id: int, alias: str, name: str) -> int:
    """Bring what stands under another name of a dataset to its one name; return how many measurements moved.

    Revisions keep their content hash, which is taken over the names that the source used.
    """
    cursor = connection.execute(
        "UPDATE measurements SET dataset = ? WHERE dataset = ? COLLATE NOCASE AND dataset <> ? "
        "AND method_id IN (SELECT id FROM methods WHERE problem_id = ?)",
        (name, alias, name, problem_id),
    )
    connection.execute(
        "DELETE FROM datasets WHERE problem_id = ? AND name = ? COLLATE NOCASE AND name <> ?", (problem_id, alias, name)
    )
    return cursor.rowcount
