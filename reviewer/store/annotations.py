"""Appending annotation events, and the judgements that they add up to, kept in step in one transaction."""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.domain.errors import TakenOutError
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import (
    Context,
    Event,
    Judgement,
    judgement_from_data,
    judgement_to_data,
    revision_judged,
)
from reviewer.domain.vocabulary import Act, Stage
from reviewer.store.events_in_turn import EventRow, all_events_in_turn, events_of_pair
from reviewer.store.file_reviewers import free_name
from reviewer.store.first_judgements import keep_first, rebuild_first_judgements, refresh_first
from reviewer.store.judgement_sums import keep_sums, rebuild_sums
from reviewer.store.judgements_in_step import Made, count_change, keep_in_step
from reviewer.store.problems import add_to_count
from reviewer.store.sparing import is_sparing
from reviewer.store.turns import NAMED, turn_to_name

Connection = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class CurrentJudgement:
    """A judgement as it stands, with the revision that it is of and when it was last touched."""

    judgement: Judgement
    revision_id: int
    seconds: float
    updated_at: str
    stage: Stage | None = None
    """How far the reviewer has come with it in the sealed protocol; None where they never saw it in that."""

    @property
    def revision_of_verdict(self) -> int | None:
        """Return the revision on which the verdict that is held was given, or None where none is held."""
        return self.revision_id if self.judgement.verdict else None


def save_reviewer(connection: sqlite3.Connection, name: str, now: str) -> int:
    """Return the row id of the reviewer of that name who judges here, entering them where they are new.

    Somebody of that name whose judgements came in a file is somebody else, and is named with the file from then on.
    """
    found = own_reviewer_id(connection, name)
    if found is not None:
        return found
    free_name(connection, name)
    cursor = connection.execute(
        "INSERT INTO reviewers (uuid, name, created_at) VALUES (?, ?, ?)", (new_id(), name, now)
    )
    return cursor.lastrowid or 0


def own_reviewer_id(connection: sqlite3.Connection, name: str) -> int | None:
    """Return the row id of the reviewer of that name who judges here, or None."""
    row = connection.execute("SELECT id FROM reviewers WHERE name = ? AND imported_from IS NULL", (name,)).fetchone()
    return None if row is None else row[0]


def reviewer_id(connection: sqlite3.Connection, name: str) -> int | None:
    """Return the row id of the reviewer of that name, or None."""
    row = connection.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]


def current_judgement(connection: sqlite3.Connection, method_id: int, reviewer: int) -> CurrentJudgement | None:
    """Return what this reviewer holds of this proposal now, or None where they never touched it."""
    try:
        row = connection.execute(
            "SELECT a.snapshot, j.revision_id, j.seconds, j.updated_at, j.stage FROM current_judgements j "
            "JOIN annotations a ON a.id = j.annotation_id WHERE j.reviewer_id = ? AND j.method_id = ?",
            (reviewer, method_id),
        ).fetchone()
    except sqlite3.DatabaseError:
        if not is_sparing(connection):
            raise
        return _judgement_without_event(connection, method_id, reviewer)
    if row is None:
        return None
    return _current(*row)


def _current(snapshot: str, revision_id: int, seconds: float, updated_at: str, stage: str | None) -> CurrentJudgement:
    judgement = judgement_from_data(json.loads(snapshot))
    return CurrentJudgement(judgement, revision_id, seconds, updated_at, None if stage is None else Stage(stage))


def _judgement_without_event(connection: sqlite3.Connection, method_id: int, reviewer: int) -> CurrentJudgement | None:
    """Return what is held as it stands by itself, where the event that it comes from cannot be read."""
    names = (
        "verdict", "condition", "next_experiment", "forecast", "ratings", "rationale", "tags", "flagged", "skipped",
        "resolves_on", "shareable",
    )  # fmt: skip
    row = connection.execute(
        f"SELECT {', '.join(names)}, revision_id, seconds, updated_at, stage FROM current_judgements "
        "WHERE reviewer_id = ? AND method_id = ?",
        (reviewer, method_id),
    ).fetchone()
    if row is None:
        return None
    held = dict(zip(names, row, strict=False))
    held |= {name: json.loads(held[name]) for name in ("ratings", "tags")}
    held["shareable"] = held["shareable"] == 1
    revision_id, seconds, updated_at, stage = row[len(names) :]
    return CurrentJudgement(
        judgement_from_data(held), revision_id, seconds, updated_at, None if stage is None else Stage(stage)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reviewer stands to a proposal before an act: what an event is written on top of.

    ``event_id`` is the latest event, which the next one supersedes.
    """

    method_id: int
    reviewer_id: int
    title: str
    problem_id: int
    current: CurrentJudgement | None
    event_id: str | None

    @property
    def judgement(self) -> Judgement:
        """Return what is held, the empty judgement where nothing is."""
        return self.current.judgement if self.current else Judgement()

    @property
    def revision_of_verdict(self) -> int | None:
        """Return the revision on which the verdict that is held was given, or None where none is held."""
        return self.current.revision_of_verdict if self.current else None


def standing(connection: sqlite3.Connection, method_id: int, reviewer: int) -> Standing:
    """Return how a reviewer stands to a proposal.

    Raises:
        LookupError: when there is no such proposal.
    """
    row = connection.execute(
        "SELECT m.title, m.problem_id, a.uuid, a.snapshot, j.revision_id, j.seconds, j.updated_at, j.stage "
        "FROM methods m LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = ? "
        "LEFT JOIN annotations a ON a.id = j.annotation_id WHERE m.id = ?",
        (reviewer, method_id),
    ).fetchone()
    if row is None:
        raise LookupError(f"no method {method_id}")
    title, problem_id, event_id, snapshot, *rest = row
    current = None if event_id is None else _current(snapshot, *rest)
    return Standing(method_id, reviewer, title, problem_id, current, event_id)


def append_event(
    connection: sqlite3.Connection,
    before: Standing,
    *,
    kind: Act,
    act_id: str,
    judgement: Judgement,
    context: Context,
    seconds: float,
    now: str,
    revision_id: int | None = None,
    reverses: str | None = None,
    event_id: str | None = None,
    row_id: int | None = None,
) -> Event:
    """Append one event and bring the current judgement and the counts in step, all in the caller's transaction.

    ``judgement`` is the whole state after the event, which names the one that it supersedes. ``revision_id`` is the
    revision that the judgement is of then, where an undo or a redo restores it; else it follows from the act.
    ``event_id`` is the event's own where it has one that follows from what it says; ``row_id`` one below all others
    where it comes before what is held: then :func:`refresh_judgements` has to follow.

    Raises:
        TakenOutError: when the revision that was seen, or the baseline beside it, is no longer in the store.
    """
    _refuse_what_is_gone(connection, before.method_id, context)
    if revision_id is None:
        revision_id = revision_judged(kind, judgement, before.revision_of_verdict, context.revision_id)
    event_id = event_id or new_id()
    data = judgement_to_data(judgement)
    visible = json.dumps(_visible(connection, before, kind, event_id, context, now), ensure_ascii=False)
    cursor = connection.execute(
        "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, judged_revision_id, "
        "rubric, target_version, baseline_id, reverses, supersedes, snapshot, visible, seconds, created_at, stage) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row_id,
            event_id,
            act_id,
            kind,
            before.reviewer_id,
            before.method_id,
            context.revision_id,
            revision_id,
            context.rubric,
            context.target_version,
            context.baseline_id,
            reverses,
            before.event_id,
            json.dumps(data, ensure_ascii=False),
            visible,
            seconds,
            now,
            context.stage,
        ),
    )
    annotation_id = cursor.lastrowid or 0
    made_of = Made(
        annotation_id, revision_id, context.rubric, context.target_version, context.baseline_id, visible, seconds, now,
        context.stage,
    )  # fmt: skip
    keep_in_step(connection, before.method_id, before.reviewer_id, judgement, data, made_of)
    keep_first(connection, before.method_id, before.reviewer_id, judgement)
    keep_sums(connection, before.method_id, before.problem_id)
    count_change(connection, before.problem_id, before.reviewer_id, before.judgement, judgement)
    return Event(
        id=annotation_id,
        event_id=event_id,
        act_id=act_id,
        kind=kind,
        method_id=before.method_id,
        reviewer="",
        snapshot=judgement,
        at=now,
        seconds=seconds,
        revision_id=revision_id,
        reverses=reverses,
        supersedes=before.event_id,
        stage=context.stage,
    )


def _visible(
    connection: Connection, before: Standing, kind: Act, event_id: str, context: Context, now: str
) -> Mapping[str, Any]:
    """Return what was visible, with the turn of an event that comes after what its time says is later."""
    if kind is Act.IMPORTED:
        return dict(context.visible)
    turn = turn_to_name(connection, before.reviewer_id, event_id, now)
    visible = {name: value for name, value in context.visible.items() if name != NAMED}
    return visible if turn is None else {**visible, NAMED: turn}


def _refuse_what_is_gone(connection: sqlite3.Connection, method_id: int, context: Context) -> None:
    held = connection.execute("SELECT method_id FROM revisions WHERE id = ?", (context.revision_id,)).fetchone()
    if held != (method_id,):
        raise TakenOutError(
            "The text that was shown was taken out of the store meanwhile; it is shown as it is now: judge again."
        )
    beside = context.baseline_id
    if beside is not None and not connection.execute("SELECT 1 FROM methods WHERE id = ?", (beside,)).fetchone():
        raise TakenOutError(
            "The baseline beside it was taken out of the store meanwhile; it is shown anew: judge again."
        )


def rebuild(connection: sqlite3.Connection) -> Mapping[str, int]:
    """Write ``current_judgements`` and ``counts`` anew from events and methods; return how many rows each has."""
    rebuild_judgements(connection)
    rebuild_counts(connection)
    rebuild_sums(connection)
    rebuild_first_judgements(connection)
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("current_judgements", "counts")
    }


def rebuild_judgements(connection: sqlite3.Connection) -> None:
    """Write ``current_judgements`` anew from the events."""
    connection.execute("DELETE FROM current_judgements")
    for events in all_events_in_turn(connection):
        _replay(connection, events)


def refresh_judgements(connection: sqlite3.Connection, pairs: Collection[tuple[int, int]]) -> None:
    """Bring in step what follows from the events of these proposals and reviewers, to which some were added.

    Unlike what :func:`append_event` adds, they need not be the last ones.
    """
    for method_id, reviewer in sorted(pairs):
        (problem_id,) = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
        events = events_of_pair(connection, method_id, reviewer)
        before = current_judgement(connection, method_id, reviewer)
        connection.execute(
            "DELETE FROM current_judgements WHERE method_id = ? AND reviewer_id = ?", (method_id, reviewer)
        )
        after = _replay(connection, events)
        count_change(connection, problem_id, reviewer, before.judgement if before else Judgement(), after)
        refresh_first(connection, method_id, reviewer, events)
        keep_sums(connection, method_id, problem_id)


def _replay(connection: sqlite3.Connection, events: Sequence[EventRow]) -> Judgement:
    """Write what one reviewer holds of one proposal from their events in turn; return what that is."""
    judgement = Judgement()
    for each in events:
        data = json.loads(each.snapshot)
        judgement = judgement_from_data(data)
        made = Made(
            each.id, each.revision_id, each.rubric, each.target_version, each.baseline_id, each.visible, each.seconds,
            each.at, each.stage,
        )  # fmt: skip
        keep_in_step(connection, each.method_id, each.reviewer_id, judgement, data, made)
    return judgement


def rebuild_counts(connection: sqlite3.Connection) -> None:
    """Write ``counts`` anew from methods and current judgements."""
    connection.execute("DELETE FROM counts")
    for problem_id, role, n in connection.execute(
        "SELECT problem_id, role || 's', count(*) FROM methods GROUP BY 1, 2"
    ).fetchall():
        add_to_count(connection, problem_id, 0, role, n)
    for problem_id, reviewer, name, n in connection.execute(_COUNTED).fetchall():
        add_to_count(connection, problem_id, reviewer, name, n)


_COUNTED = """
    SELECT m.problem_id, j.reviewer_id, j.status, count(*) FROM current_judgements j
    JOIN methods m ON m.id = j.method_id WHERE j.status <> 'to_do' GROUP BY 1, 2, 3
    UNION ALL
    SELECT m.problem_id, j.reviewer_id, 'flagged', count(*) FROM current_judgements j
    JOIN methods m ON m.id = j.method_id WHERE j.flagged GROUP BY 1, 2
"""
"""Counted from what stands, not from what each event superseded: in a store that was saved that may be lost."""
