"""Annotation events and the judgements that they add up to, kept in step in one transaction."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Context, Event, Judgement, judgement_from_data, judgement_to_data
from reviewer.domain.vocabulary import Act, Status
from reviewer.store.problems import add_to_count

Connection = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class CurrentJudgement:
    """A judgement as it stands, with the revision that it was made of and when it was last touched."""

    judgement: Judgement
    revision_id: int
    seconds: float
    updated_at: str


def save_reviewer(connection: sqlite3.Connection, name: str, now: str) -> int:
    """Return the row id of the reviewer of that name, entering them where they are new."""
    row = connection.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()
    if row is not None:
        found: int = row[0]
        return found
    cursor = connection.execute(
        "INSERT INTO reviewers (uuid, name, created_at) VALUES (?, ?, ?)", (new_id(), name, now)
    )
    return cursor.lastrowid or 0


def reviewer_id(connection: sqlite3.Connection, name: str) -> int | None:
    """Return the row id of the reviewer of that name, or None."""
    row = connection.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]


def current_judgement(connection: sqlite3.Connection, method_id: int, reviewer: int) -> CurrentJudgement | None:
    """Return what this reviewer holds of this proposal now, or None where they never touched it."""
    row = connection.execute(
        "SELECT a.snapshot, j.revision_id, j.seconds, j.updated_at FROM current_judgements j "
        "JOIN annotations a ON a.id = j.annotation_id WHERE j.reviewer_id = ? AND j.method_id = ?",
        (reviewer, method_id),
    ).fetchone()
    if row is None:
        return None
    return CurrentJudgement(judgement_from_data(json.loads(row[0])), row[1], row[2], row[3])


def append_event(
    connection: sqlite3.Connection,
    *,
    kind: Act,
    act_id: str,
    method_id: int,
    reviewer: int,
    judgement: Judgement,
    context: Context,
    seconds: float,
    now: str,
    reverses: str | None = None,
) -> Event:
    """Append one event and bring the current judgement and the counts in step, all in the caller's transaction.

    ``judgement`` is the whole state after the event. The event names the one that it supersedes.
    """
    previous = connection.execute(
        "SELECT uuid FROM annotations WHERE method_id = ? AND reviewer_id = ? ORDER BY id DESC LIMIT 1",
        (method_id, reviewer),
    ).fetchone()
    event_id = new_id()
    snapshot = json.dumps(judgement_to_data(judgement), ensure_ascii=False)
    visible = json.dumps(dict(context.visible), ensure_ascii=False)
    cursor = connection.execute(
        "INSERT INTO annotations (uuid, act, kind, reviewer_id, method_id, revision_id, rubric, target_version, "
        "baseline_id, reverses, supersedes, snapshot, visible, seconds, created_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event_id,
            act_id,
            kind,
            reviewer,
            method_id,
            context.revision_id,
            context.rubric,
            context.target_version,
            context.baseline_id,
            reverses,
            previous[0] if previous else None,
            snapshot,
            visible,
            seconds,
            now,
        ),
    )
    annotation_id = cursor.lastrowid or 0
    _keep_in_step(connection, annotation_id, method_id, reviewer, judgement, context, visible, seconds, now)
    return Event(
        id=annotation_id,
        event_id=event_id,
        act_id=act_id,
        kind=kind,
        method_id=method_id,
        reviewer="",
        snapshot=judgement,
        at=now,
        seconds=seconds,
        revision_id=context.revision_id,
        reverses=reverses,
        supersedes=previous[0] if previous else None,
    )


def _keep_in_step(
    connection: sqlite3.Connection,
    annotation_id: int,
    method_id: int,
    reviewer: int,
    judgement: Judgement,
    context: Context,
    visible: str,
    seconds: float,
    now: str,
) -> None:
    before = connection.execute(
        "SELECT status, flagged FROM current_judgements WHERE reviewer_id = ? AND method_id = ?", (reviewer, method_id)
    ).fetchone()
    data = judgement_to_data(judgement)
    connection.execute(
        """
        INSERT INTO current_judgements (reviewer_id, method_id, annotation_id, status, verdict, condition,
            next_experiment, forecast, ratings, rationale, tags, flagged, skipped, seconds, revision_id, rubric,
            target_version, baseline_id, visible, first_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (reviewer_id, method_id) DO UPDATE SET annotation_id = excluded.annotation_id,
            status = excluded.status, verdict = excluded.verdict, condition = excluded.condition,
            next_experiment = excluded.next_experiment, forecast = excluded.forecast, ratings = excluded.ratings,
            rationale = excluded.rationale, tags = excluded.tags, flagged = excluded.flagged,
            skipped = excluded.skipped, seconds = seconds + excluded.seconds, revision_id = excluded.revision_id,
            rubric = excluded.rubric, target_version = excluded.target_version, baseline_id = excluded.baseline_id,
            visible = excluded.visible, updated_at = excluded.updated_at
        """,
        (
            reviewer,
            method_id,
            annotation_id,
            judgement.status,
            judgement.verdict,
            judgement.condition,
            judgement.next_experiment,
            judgement.forecast,
            json.dumps(data["ratings"], ensure_ascii=False),
            judgement.rationale,
            json.dumps(data["tags"], ensure_ascii=False),
            judgement.flagged,
            judgement.skipped,
            seconds,
            context.revision_id,
            context.rubric,
            context.target_version,
            context.baseline_id,
            visible,
            now,
            now,
        ),
    )
    problem_id = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()[0]
    old_status, old_flag = before if before else (Status.TO_DO, 0)
    for status in (Status.STARTED, Status.JUDGED, Status.SKIPPED):
        change = int(judgement.status is status) - int(old_status == status)
        add_to_count(connection, problem_id, reviewer, status, change)
    add_to_count(connection, problem_id, reviewer, "flagged", int(judgement.flagged) - old_flag)


_EVENT = (
    "SELECT a.id, a.uuid, a.act, a.kind, a.method_id, w.name, a.snapshot, a.created_at, a.seconds, a.revision_id, "
    "a.reverses, a.supersedes FROM annotations a JOIN reviewers w ON w.id = a.reviewer_id"
)


def _event(row: Sequence[Any]) -> Event:
    return Event(
        id=row[0],
        event_id=row[1],
        act_id=row[2],
        kind=Act(row[3]),
        method_id=row[4],
        reviewer=row[5],
        snapshot=judgement_from_data(json.loads(row[6])),
        at=row[7],
        seconds=row[8],
        revision_id=row[9],
        reverses=row[10],
        supersedes=row[11],
    )


def history(connection: sqlite3.Connection, method_id: int, reviewer: int) -> tuple[Event, ...]:
    """Return every event of one reviewer on one proposal, oldest first."""
    rows = connection.execute(
        f"{_EVENT} WHERE a.method_id = ? AND a.reviewer_id = ? ORDER BY a.id", (method_id, reviewer)
    ).fetchall()
    return tuple(_event(row) for row in rows)


def events_of_act(connection: sqlite3.Connection, act_id: str) -> tuple[Event, ...]:
    """Return the events of one act, in the order in which they were written."""
    rows = connection.execute(f"{_EVENT} WHERE a.act = ? ORDER BY a.id", (act_id,)).fetchall()
    return tuple(_event(row) for row in rows)


def judgement_before(connection: sqlite3.Connection, event: Event) -> Judgement:
    """Return what the reviewer held of the proposal just before the event."""
    if event.supersedes is None:
        return Judgement()
    row = connection.execute("SELECT snapshot FROM annotations WHERE uuid = ?", (event.supersedes,)).fetchone()
    return judgement_from_data(json.loads(row[0]))


def last_act_to_undo(connection: sqlite3.Connection, reviewer: int, problem_id: int | None = None) -> str | None:
    """Return the latest act of this reviewer that stands, or None: walks back over what was undone and redone.

    With ``problem_id`` only acts on proposals of that problem count.
    """
    cancelled: set[str] = set()
    for act, kind, reverses in _acts_backwards(connection, reviewer, problem_id):
        if act in cancelled:
            continue
        if kind in (Act.UNDO, Act.REDO):
            cancelled.add(reverses)
        else:
            return act
    return None


def last_act_to_redo(connection: sqlite3.Connection, reviewer: int, problem_id: int | None = None) -> str | None:
    """Return the latest undo of this reviewer that nothing came after but undos and redos, or None.

    With ``problem_id`` only acts on proposals of that problem count.
    """
    cancelled: set[str] = set()
    for act, kind, reverses in _acts_backwards(connection, reviewer, problem_id):
        if act in cancelled:
            continue
        if kind == Act.UNDO:
            return act
        if kind == Act.REDO:
            cancelled.add(reverses)
        else:
            return None
    return None


def _acts_backwards(
    connection: sqlite3.Connection, reviewer: int, problem_id: int | None
) -> list[tuple[str, str, str]]:
    # A page of acts is enough: one reaches further back only after as many undos in a row.
    cursor = connection.execute(
        "SELECT act, kind, coalesce(reverses, ''), max(id) AS last FROM "
        "(SELECT act, kind, reverses, id FROM annotations a WHERE reviewer_id = ?1 AND (?2 IS NULL OR EXISTS "
        "(SELECT 1 FROM methods m WHERE m.id = a.method_id AND m.problem_id = ?2)) ORDER BY id DESC LIMIT 5000) "
        "GROUP BY act ORDER BY last DESC",
        (reviewer, problem_id),
    )
    return [(act, kind, reverses) for act, kind, reverses, _ in cursor.fetchall()]


def last_judged(connection: sqlite3.Connection, reviewer: int, problem_id: int) -> int | None:
    """Return the proposal whose verdict by this reviewer is the latest that still stands in a problem, or None."""
    row = connection.execute(
        "SELECT a.method_id FROM annotations a JOIN methods m ON m.id = a.method_id "
        "JOIN current_judgements j ON j.method_id = a.method_id AND j.reviewer_id = a.reviewer_id "
        "WHERE a.reviewer_id = ? AND m.problem_id = ? AND a.kind = 'verdict' AND j.verdict IS NOT NULL "
        "ORDER BY a.id DESC LIMIT 1",
        (reviewer, problem_id),
    ).fetchone()
    return None if row is None else row[0]


def rebuild(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Write ``current_judgements`` and ``counts`` anew from events and methods; return how many rows each has."""
    connection.execute("DELETE FROM counts")
    connection.execute("DELETE FROM current_judgements")
    for problem_id, role, n in connection.execute(
        "SELECT problem_id, role || 's', count(*) FROM methods GROUP BY 1, 2"
    ).fetchall():
        add_to_count(connection, problem_id, 0, role, n)
    cursor = connection.execute(
        "SELECT id, method_id, reviewer_id, snapshot, revision_id, rubric, target_version, baseline_id, visible, "
        "seconds, created_at FROM annotations ORDER BY id"
    )
    # Fetched in pieces: the events of years fit no memory, and the cursor reads a table that is not written here.
    while rows := cursor.fetchmany(1000):
        for row in rows:
            context = Context(row[4], row[5], row[6], row[7])
            _keep_in_step(
                connection,
                row[0],
                row[1],
                row[2],
                judgement_from_data(json.loads(row[3])),
                context,
                row[8],
                row[9],
                row[10],
            )
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("current_judgements", "counts")
    }


def context_before(connection: sqlite3.Connection, event: Event) -> Context:
    """Return what was before the reviewer when they came to what the event superseded; its own where it was first."""
    row = connection.execute(
        "SELECT revision_id, rubric, target_version, baseline_id, visible FROM annotations WHERE uuid = ?",
        (event.supersedes or event.event_id,),
    ).fetchone()
    return Context(row[0], row[1], row[2], row[3], json.loads(row[4]))
