"""Outcomes: events that are only ever added, and which of them holds now, kept in step in one transaction.

A correction or a retraction names the event that it takes the place of. Of what was said independently, as on two
machines, what was recorded last holds, and that others stand beside it is counted: which comes out the same in whatever
order the events came together.
"""

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any

from reviewer.domain.identity import new_id
from reviewer.domain.outcomes import Outcome, OutcomeEvent
from reviewer.domain.vocabulary import Result, Setting
from reviewer.store.methods import target_version

Connection = sqlite3.Connection

OUTCOME_COLUMNS = ("id", "uuid", "method_id", "reviewer_id", "kind", "supersedes", "target_version", "result",
                   "happened_on", "metric", "effect", "standard_error", "setting", "constraint_slug", "evidence",
                   "note", "recorded_at", "chosen_with")  # fmt: skip

_EVENT = (
    "SELECT o.uuid, o.method_id, w.name, o.recorded_at, o.target_version, o.supersedes, o.note, o.result, "
    "o.happened_on, o.metric, o.effect, o.standard_error, o.setting, o.constraint_slug, o.evidence, "
    "o.chosen_with "
    "FROM outcomes o JOIN reviewers w ON w.id = o.reviewer_id"
)


def _event(row: Sequence[Any]) -> OutcomeEvent:
    event_id, method_id, said_by, recorded_at, target_version, supersedes, note, result, *said = row
    outcome = None
    if result is not None:
        happened_on, metric, effect, standard_error, setting, constraint, evidence, chosen_with = said
        outcome = Outcome(
            Result(result),
            date.fromisoformat(happened_on),
            metric,
            effect,
            standard_error,
            Setting(setting) if setting else None,
            constraint,
            evidence,
            note,
            chosen_with,
        )
    return OutcomeEvent(
        event_id, method_id, outcome, said_by, recorded_at, target_version, supersedes, "" if outcome else note
    )


def outcome_history(connection: Connection, method_id: int) -> tuple[OutcomeEvent, ...]:
    """Return all that was ever said of what became of a proposal, oldest first."""
    rows = connection.execute(f"{_EVENT} WHERE o.method_id = ? ORDER BY o.recorded_at, o.uuid", (method_id,)).fetchall()
    return tuple(map(_event, rows))


def current_outcome(connection: Connection, method_id: int) -> OutcomeEvent | None:
    """Return what holds now of what became of a proposal, or None."""
    row = connection.execute(
        f"{_EVENT} JOIN current_outcomes c ON c.outcome_id = o.id WHERE c.method_id = ?", (method_id,)
    ).fetchone()
    return None if row is None else _event(row)


def append_outcome(
    connection: Connection, method_id: int, outcome: Outcome | None, *, reviewer_id: int, now: str, note: str = ""
) -> OutcomeEvent:
    """Append what somebody says became of a proposal, and bring what holds in step, in the caller's transaction.

    It takes the place of what holds now. None takes that back, for the reason that ``note`` gives.

    Raises:
        LookupError: when there is nothing to be taken back, or no such proposal.
    """
    before = current_outcome(connection, method_id)
    if outcome is None and before is None:
        raise LookupError(f"method {method_id} has no outcome")
    if before is None:
        history = outcome_history(connection, method_id)
        before = history[-1] if history else None
    event_id = new_id()
    connection.execute(
        f"INSERT INTO outcomes ({', '.join(OUTCOME_COLUMNS[1:])}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event_id,
            method_id,
            reviewer_id,
            "retraction" if outcome is None else "outcome",
            before.event_id if before else None,
            target_version(connection, method_id),
            *(_NOTHING_SAID if outcome is None else _said(outcome)),
            note if outcome is None else outcome.note,
            now,
            outcome.chosen_with if outcome else None,
        ),
    )
    refresh_outcome(connection, method_id)
    (event,) = connection.execute(f"{_EVENT} WHERE o.uuid = ?", (event_id,)).fetchall()
    return _event(event)


_NOTHING_SAID = (None, None, "", None, None, None, "", "")


def _said(outcome: Outcome) -> tuple[Any, ...]:
    return (
        outcome.result,
        outcome.happened_on.isoformat(),
        outcome.metric,
        outcome.effect,
        outcome.standard_error,
        outcome.setting,
        outcome.constraint,
        outcome.evidence,
    )


_CURRENT = "method_id, problem_id, outcome_id, result, happened_on, first_at, standing"
_HOLDS = """
    SELECT method_id, problem_id, outcome_id, result, happened_on, first_at, standing FROM (
        SELECT o.method_id, m.problem_id, o.id AS outcome_id, o.result, o.happened_on,
            (SELECT min(f.recorded_at) FROM outcomes f WHERE f.method_id = o.method_id) AS first_at,
            count(*) OVER (PARTITION BY o.method_id) AS standing,
            row_number() OVER (PARTITION BY o.method_id ORDER BY o.recorded_at DESC, o.uuid DESC) AS place
        FROM outcomes o JOIN methods m ON m.id = o.method_id
        WHERE o.kind = 'outcome' AND NOT EXISTS (SELECT 1 FROM outcomes s WHERE s.supersedes = o.uuid)
            AND {which}
    ) WHERE place = 1
"""
_EACH_HOLDS = _HOLDS.format(which="true")
_ONE_HOLDS = _HOLDS.format(which="o.method_id = ?")


def refresh_outcome(connection: Connection, method_id: int) -> None:
    """Bring what holds of one proposal in step with what was said of it."""
    connection.execute("DELETE FROM current_outcomes WHERE method_id = ?", (method_id,))
    connection.execute(f"INSERT INTO current_outcomes ({_CURRENT}) {_ONE_HOLDS}", (method_id,))


def rebuild_outcomes(connection: Connection) -> int:
    """Write ``current_outcomes`` anew from all that was ever said; return how many rows it has."""
    connection.execute("DELETE FROM current_outcomes")
    cursor = connection.execute(f"INSERT INTO current_outcomes ({_CURRENT}) {_EACH_HOLDS}")
    return cursor.rowcount


def stale_outcomes(connection: Connection) -> int:
    """Return of how many proposals ``current_outcomes`` says something else than was said last."""
    n: int = connection.execute(
        f"""
        SELECT count(*) FROM (
            SELECT method_id FROM (SELECT * FROM ({_EACH_HOLDS}) EXCEPT SELECT {_CURRENT} FROM current_outcomes)
            UNION
            SELECT method_id FROM (SELECT {_CURRENT} FROM current_outcomes EXCEPT SELECT * FROM ({_EACH_HOLDS}))
        )
        """
    ).fetchone()[0]
    return n
