"""What the checks ask of each method, and which methods still wait to be checked.

A problem has been checked up to some row id, under a stamp that stands for all that holds for every method of it alike.
Another stamp means that all of them wait again. What changed by itself since stands in ``unchecked``: triggers see to
that, whoever changed it.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.domain.checks import CheckResult, Level, Numbers
from reviewer.store.alike import NO_SIGHTING
from reviewer.store.protocols import SEES_EVIDENCE, protocol_of
from reviewer.store.rows import NewRows

Connection = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Checked:
    """Up to which row id a problem has been checked, and under which stamp; empty where it never was."""

    stamp: str = ""
    checked_to: int = 0


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many proposals, and how many other methods, a rule has a question about."""

    rule: str
    proposals: int
    others: int


def checked(connection: Connection, problem_id: int) -> Checked:
    """Return how far a problem has been checked."""
    row = connection.execute(
        "SELECT stamp, checked_to FROM checked_problems WHERE problem_id = ?", (problem_id,)
    ).fetchone()
    return Checked(*row) if row else Checked()


def waiting(connection: Connection, problem_id: int, stamp: str, limit: int) -> list[int]:
    """Return some methods of a problem that wait to be checked under a stamp, by their row ids in their order."""
    known = checked(connection, problem_id)
    last = known.checked_to if known.stamp == stamp else 0
    found = [
        method_id
        for role in ("proposal", "baseline")
        for (method_id,) in connection.execute(
            "SELECT id FROM methods WHERE problem_id = ? AND role = ? AND id > ? AND revision_id IS NOT NULL "
            "ORDER BY id LIMIT ?",
            (problem_id, role, last, limit),
        )
    ]
    if found:
        return sorted(found)[:limit]
    changed = connection.execute(
        "SELECT u.id FROM unchecked u CROSS JOIN methods m ON m.id = u.id WHERE m.problem_id = ? ORDER BY u.id LIMIT ?",
        (problem_id, limit),
    )
    return [method_id for (method_id,) in changed]


def count_waiting(connection: Connection, problem_id: int, stamp: str) -> int:
    """Return how many methods of a problem wait to be checked under a stamp."""
    known = checked(connection, problem_id)
    last = known.checked_to if known.stamp == stamp else 0
    n: int = connection.execute(
        "SELECT (SELECT count(*) FROM methods WHERE problem_id = ?1 AND role = 'proposal' AND id > ?2) "
        "+ (SELECT count(*) FROM methods WHERE problem_id = ?1 AND role = 'baseline' AND id > ?2) "
        "+ (SELECT count(*) FROM unchecked u CROSS JOIN methods m ON m.id = u.id WHERE m.problem_id = ?1 "
        "AND m.id <= ?2 AND m.role <> 'reference')",
        (problem_id, last),
    ).fetchone()[0]
    return n


def count_checkable(connection: Connection) -> int:
    """Return how many methods there are to be checked, of all problems."""
    n: int = connection.execute(
        "SELECT count(*) FROM methods m CROSS JOIN problems p ON p.id = m.problem_id WHERE m.role <> 'reference'"
    ).fetchone()[0]
    return n


def keep_results(
    connection: Connection,
    problem_id: int,
    stamp: str,
    results: Mapping[int, Sequence[CheckResult]],
    earlier: Mapping[int, int],
) -> None:
    """Write what the checks ask of methods that :func:`waiting` named, in place of what they asked before.

    ``earlier`` names by their row ids those that are asked about another one of a similar title, and which.
    """
    ids = json.dumps(list(results))
    connection.execute("DELETE FROM similar_titles WHERE method_id IN (SELECT value FROM json_each(?))", (ids,))
    connection.executemany("INSERT INTO similar_titles (method_id, earlier_id) VALUES (?, ?)", earlier.items())
    connection.execute("DELETE FROM check_results WHERE method_id IN (SELECT value FROM json_each(?))", (ids,))
    made = NewRows("INSERT INTO check_results (method_id, rule, ordinal, level, question, numbers)")
    for method_id, asked in results.items():
        for ordinal, result in enumerate(asked):
            made.add((method_id, result.rule, ordinal, result.level, result.question, _as_json(result.numbers)))
    made.write(connection)
    connection.execute("DELETE FROM unchecked WHERE id IN (SELECT value FROM json_each(?))", (ids,))
    known = checked(connection, problem_id)
    before = known.checked_to if known.stamp == stamp else 0
    connection.execute(
        "INSERT INTO checked_problems (problem_id, stamp, checked_to) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (problem_id) DO UPDATE SET stamp = ?2, checked_to = ?3",
        (problem_id, stamp, max(before, *results)),
    )


def _as_json(numbers: Numbers) -> str:
    import orjson  # some milliseconds, which only whoever writes results need pay

    try:
        return orjson.dumps(numbers).decode()
    except TypeError:  # A whole number beyond 64 bits.
        return json.dumps(numbers, ensure_ascii=False, allow_nan=False)


def check_all_again(connection: Connection) -> None:
    """Have every method wait to be checked."""
    connection.execute("UPDATE checked_problems SET checked_to = 0")


_LEVELS = {str(level): level for level in Level}


_NAMES_NONE_SEALED = (
    "(:protocol <> 'sealed' OR c.rule NOT IN ('same-title', 'similar-title') OR NOT (EXISTS (SELECT 1 "
    f"FROM similar_titles s WHERE s.method_id = c.method_id AND NOT {SEES_EVIDENCE.format(of='s.earlier_id')}) "
    "OR EXISTS (SELECT 1 FROM methods o WHERE o.problem_id = m.problem_id AND o.role = 'proposal' "
    f"AND o.title = m.title COLLATE NOCASE AND o.id < m.id AND NOT {SEES_EVIDENCE.format(of='o.id')})))"
)
"""The condition that the question ``c`` about the method ``m`` does not name another proposal that is sealed."""

_SEEN = f"(:viewer IS NULL OR ({SEES_EVIDENCE.format(of='c.method_id')} AND {_NAMES_NONE_SEALED}))"
"""In the sealed protocol a viewer sees the questions about those whose evidence they have seen, and no baseline's."""


def _given(connection: Connection, problem_id: int, viewer_id: int | None) -> Mapping[str, Any]:
    return {"problem": problem_id, "viewer": viewer_id, "protocol": protocol_of(connection, problem_id)}


def results_of(
    connection: Connection, problem_id: int, method_id: int, viewer_id: int | None
) -> tuple[CheckResult, ...]:
    """Return what the checks ask of a method whose evidence a viewer may see, in the order in which it was asked.

    What names another proposal that is sealed for them is not among it; all is where ``viewer_id`` is None.
    """
    rows = connection.execute(
        "SELECT c.rule, c.level, c.question, c.numbers FROM check_results c CROSS JOIN methods m ON m.id = c.method_id "
        f"WHERE c.method_id = :method AND (:viewer IS NULL OR {_NAMES_NONE_SEALED}) ORDER BY c.ordinal",
        {"method": method_id, **_given(connection, problem_id, viewer_id)},
    ).fetchall()
    return tuple(
        CheckResult(rule, _LEVELS[level], question, json.loads(numbers)) for rule, level, question, numbers in rows
    )


def counts_by_rule(connection: Connection, problem_id: int, viewer_id: int | None) -> Mapping[str, RuleCount]:
    """Return how many methods of a problem each rule has a question about; rules without any are left out.

    Counted are those whose evidence the viewer may see, all of them where ``viewer_id`` is None.
    """
    found: dict[str, list[int]] = {}
    for rule, is_proposal, n in connection.execute(
        "SELECT c.rule, m.role = 'proposal', count(DISTINCT c.method_id) FROM check_results c "
        f"CROSS JOIN methods m ON m.id = c.method_id WHERE m.problem_id = :problem AND {_SEEN} "
        f"AND {NO_SIGHTING.format(of='m.id')} GROUP BY 1, 2",
        _given(connection, problem_id, viewer_id),
    ):
        found.setdefault(rule, [0, 0])[0 if is_proposal else 1] = n
    return {rule: RuleCount(rule, *numbers) for rule, numbers in found.items()}


def rules_asking(connection: Connection) -> tuple[str, ...]:
    """Return the rules that have a question about anything, by name: a look-up for each, however many results."""
    found: list[str] = []
    while (row := connection.execute(
        "SELECT rule FROM check_results WHERE rule > ? ORDER BY rule LIMIT 1", (found[-1] if found else "",)
    ).fetchone()) is not None:  # fmt: skip
        found.append(row[0])
    return tuple(found)


@dataclass(frozen=True, slots=True)
class AskedOf:
    """A method that a rule has a question about, by its names, with the question."""

    id: str
    namespace: str
    external_id: str
    role: str
    title: str
    result: CheckResult


def methods_asked(connection: Connection, problem_id: int, rule: str, viewer_id: int | None) -> list[AskedOf]:
    """Return the methods of a problem that a rule has questions about, in the order of their import; of the same."""
    rows = connection.execute(
        "SELECT m.uuid, m.namespace, m.external_id, m.role, m.title, c.level, c.question, c.numbers "
        "FROM check_results c CROSS JOIN methods m ON m.id = c.method_id "
        f"WHERE c.rule = :rule AND m.problem_id = :problem AND {_SEEN} AND {NO_SIGHTING.format(of='m.id')} "
        "ORDER BY c.method_id, c.ordinal",
        {"rule": rule, **_given(connection, problem_id, viewer_id)},
    )
    return [
        AskedOf(
            uuid, namespace, external_id, role, title, CheckResult(rule, _LEVELS[level], question, json.loads(numbers))
        )
        for uuid, namespace, external_id, role, title, level, question, numbers in rows
    ]
