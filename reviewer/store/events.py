"""Looking back on annotation events: the history of a proposal, what an act did, and which act is next to be undone."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reviewer.domain.judgements import Context, Event, Judgement, judgement_from_data
from reviewer.domain.vocabulary import Act, Stage
from reviewer.store.events_in_turn import events_of_pair
from reviewer.store.turns import did_last

_EVENT = (
    "SELECT a.id, a.uuid, a.act, a.kind, a.method_id, w.name, a.snapshot, a.created_at, a.seconds, "
    "coalesce(a.judged_revision_id, a.revision_id), a.reverses, a.supersedes, a.stage "
    "FROM annotations a JOIN reviewers w ON w.id = a.reviewer_id"
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
        stage=None if row[12] is None else Stage(row[12]),
    )


def history(connection: sqlite3.Connection, method_id: int, reviewer: int) -> tuple[Event, ...]:
    """Return every event of one reviewer on one proposal in turn, the first first."""
    rows = connection.execute(f"{_EVENT} WHERE a.method_id = ? AND a.reviewer_id = ?", (method_id, reviewer)).fetchall()
    events = {row[0]: _event(row) for row in rows}
    return tuple(events[each.id] for each in events_of_pair(connection, method_id, reviewer))


def newest_event(connection: sqlite3.Connection, reviewer: int) -> int:
    """Return the row id of a reviewer's newest event, 0 where there is none."""
    newest: int = connection.execute(
        "SELECT coalesce(max(id), 0) FROM annotations WHERE reviewer_id = ?", (reviewer,)
    ).fetchone()[0]
    return newest


def latest_since(connection: sqlite3.Connection, reviewer: int, problem_id: int, since: int) -> tuple[Event, ...]:
    """Return the last event of each proposal of a problem that a reviewer has said anything of since an event.

    The oldest comes first.
    """
    rows = connection.execute(
        f"{_EVENT} WHERE a.id IN (SELECT max(id) FROM annotations WHERE reviewer_id = ? AND id > ? GROUP BY method_id) "
        "AND a.method_id IN (SELECT id FROM methods WHERE id = a.method_id AND problem_id = ?) ORDER BY a.id",
        (reviewer, since, problem_id),
    ).fetchall()
    return tuple(_event(row) for row in rows)


def events_of_act(connection: sqlite3.Connection, reviewer: int, act_id: str) -> tuple[Event, ...]:
    """Return the events of one act of a reviewer, in the order in which they were written."""
    rows = connection.execute(
        f"{_EVENT} WHERE a.reviewer_id = ? AND a.act = ? ORDER BY a.id", (reviewer, act_id)
    ).fetchall()
    return tuple(_event(row) for row in rows)


def act_on(connection: sqlite3.Connection, reviewer: int, method_id: int, act_id: str, kind: Act) -> tuple[Event, ...]:
    """Return the events of one act of a reviewer on one proposal that are of a kind; quick, unlike those of all."""
    rows = connection.execute(
        f"{_EVENT} WHERE a.method_id = ? AND a.reviewer_id = ? AND a.act = ? AND a.kind = ? ORDER BY a.id",
        (method_id, reviewer, act_id, kind),
    ).fetchall()
    return tuple(_event(row) for row in rows)


def is_recent(connection: sqlite3.Connection, reviewer: int, act_id: str) -> bool:
    """Return whether an act is among the last thousands of a reviewer's."""
    row = connection.execute(
        "SELECT 1 FROM (SELECT act FROM annotations WHERE reviewer_id = ? ORDER BY id DESC LIMIT 5000) WHERE act = ?",
        (reviewer, act_id),
    ).fetchone()
    return row is not None


def latest_act(connection: sqlite3.Connection, reviewer: int) -> str | None:
    """Return the act whose event was written last of a reviewer's, None where there is none."""
    row = connection.execute(
        "SELECT act FROM annotations WHERE reviewer_id = ? ORDER BY id DESC LIMIT 1", (reviewer,)
    ).fetchone()
    return None if row is None else row[0]


@dataclass(frozen=True, slots=True)
class Superseded:
    """What stood before an event: the judgement, the revision that it was of, and what was before the reviewer then."""

    judgement: Judgement
    revision_id: int
    context: Context


def superseded_by(connection: sqlite3.Connection, event: Event) -> Superseded:
    """Return what an event superseded; where it was the first, the empty judgement in the event's own context."""

    def find_pair(event_id: int) -> tuple[int, int]:
        pair: tuple[int, int] = connection.execute(
            "SELECT method_id, reviewer_id FROM annotations WHERE id = ?", (event_id,)
        ).fetchone()
        return pair

    def find(which: str, *values: object) -> Any:
        return connection.execute(
            "SELECT snapshot, coalesce(judged_revision_id, revision_id), revision_id, rubric, target_version, "
            f"baseline_id, visible, stage FROM annotations WHERE {which}",
            values,
        ).fetchone()

    # What came before it in turn, and not what its machine had then: what was said on another one meanwhile stands too.
    turns = events_of_pair(connection, *find_pair(event.id))
    place = next(i for i, each in enumerate(turns) if each.id == event.id)
    before = find("id = ?", turns[place - 1].id) if place else None
    snapshot, judged, seen, rubric, target_version, baseline_id, visible, stage = before or find("id = ?", event.id)
    context = Context(seen, rubric, target_version, baseline_id, json.loads(visible), stage and Stage(stage))
    if before is None:
        return Superseded(Judgement(), seen, context)
    return Superseded(judgement_from_data(json.loads(snapshot)), judged, context)


def last_act_to_undo(connection: sqlite3.Connection, reviewer: int, problem_id: int | None = None) -> str | None:
    """Return the latest act of this reviewer that stands, or None: walks back over what was undone and redone.

    What was revealed has been seen, and is passed over.
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
) -> Iterator[tuple[str, str, str]]:
    """Yield act, kind and reversed act of what a reviewer did last, each act once, the last one first."""
    acts = set()
    for did in did_last(connection, reviewer, problem_id):
        if did.kind != Act.REVEAL and did.act not in acts:
            acts.add(did.act)
            yield did.act, did.kind, did.reverses


def last_judged(connection: sqlite3.Connection, reviewer: int, problem_id: int) -> int | None:
    """Return the proposal whose verdict by this reviewer is the latest that still stands in a problem, or None."""
    looked_at = set()
    for did in did_last(connection, reviewer, problem_id):
        if did.kind == Act.VERDICT and did.method_id not in looked_at:
            looked_at.add(did.method_id)
            if _is_judged(connection, did.method_id, reviewer):
                return did.method_id
    return None


def _is_judged(connection: sqlite3.Connection, method_id: int, reviewer: int) -> bool:
    found = connection.execute(
        "SELECT 1 FROM current_judgements WHERE method_id = ? AND reviewer_id = ? AND verdict IS NOT NULL",
        (method_id, reviewer),
    ).fetchone()
    return found is not None
