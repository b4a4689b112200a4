"""Adjudications: events that are only ever added beside the judgements, and which of them holds now.

A correction or a retraction names the event that it takes the place of. Of what was said independently, as on two
machines, what was recorded last holds: which comes out the same in whatever order the events came together. No
judgement is written here.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from reviewer.domain.adjudications import Adjudication, AdjudicationEvent
from reviewer.domain.errors import TakenOutError
from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Verdict
from reviewer.store.methods import target_version
from reviewer.store.protocols import SEES_OTHERS, protocol_of

Connection = sqlite3.Connection

PIECE = 50

ADJUDICATION_COLUMNS = ("id", "uuid", "method_id", "reviewer_id", "kind", "supersedes", "revision_id", "target_version",
                        "verdict", "forecast", "condition", "rationale", "judgements", "recorded_at")  # fmt: skip

_EVENT = (
    "SELECT a.uuid, a.method_id, w.name, a.recorded_at, a.revision_id, a.judgements, a.target_version, a.supersedes, "
    "a.verdict, a.forecast, a.condition, a.rationale FROM adjudications a JOIN reviewers w ON w.id = a.reviewer_id"
)


def _event(row: Sequence[Any]) -> AdjudicationEvent:
    event_id, method_id, said_by, at, revision_id, judgements, target_version, supersedes, verdict, *said = row
    forecast, condition, rationale = said
    adjudication = None if verdict is None else Adjudication(Verdict(verdict), forecast, condition, rationale)
    return AdjudicationEvent(
        event_id,
        method_id,
        adjudication,
        said_by,
        at,
        revision_id,
        tuple(json.loads(judgements)),
        target_version,
        supersedes,
        "" if adjudication else rationale,
    )


def adjudication_history(connection: Connection, method_id: int) -> tuple[AdjudicationEvent, ...]:
    """Return every adjudication of a proposal there ever was, oldest first."""
    rows = connection.execute(f"{_EVENT} WHERE a.method_id = ? ORDER BY a.recorded_at, a.uuid", (method_id,)).fetchall()
    return tuple(map(_event, rows))


_STANDS = (
    "{x}.kind = 'adjudication' AND NOT EXISTS "
    "(SELECT 1 FROM adjudications s WHERE s.method_id = {x}.method_id AND s.supersedes = {x}.uuid)"
)
"""The condition that nothing took the place of an adjudication; of several that stand the last one recorded holds."""


def current_adjudication(connection: Connection, method_id: int) -> AdjudicationEvent | None:
    """Return the adjudication of a proposal that holds now, or None."""
    row = connection.execute(
        f"{_EVENT} WHERE a.method_id = ? AND {_STANDS.format(x='a')} ORDER BY a.recorded_at DESC, a.uuid DESC LIMIT 1",
        (method_id,),
    ).fetchone()
    return None if row is None else _event(row)


class AdjudicatedProposal(NamedTuple):
    """A proposal with the adjudication that holds; ``judgements`` is JSON text."""

    proposal: str
    namespace: str
    external_id: str
    problem: str
    title: str
    agent: str
    verdict: str
    forecast: float | None
    condition: str
    rationale: str
    said_by: str
    recorded_at: str
    revision: str
    revision_is_current: int
    target_version: int | None
    judgements: str
    event: str


def stream_adjudicated(
    connection: Connection, problem_id: int, viewer_id: int | None
) -> Iterator[list[AdjudicatedProposal]]:
    """Yield the proposals of a problem that are adjudicated and of which a viewer may see it, in pieces.

    None sees all of it.
    """
    cursor = connection.execute(
        f"""
        SELECT m.uuid, m.namespace, m.external_id, p.slug, m.title, m.agent, a.verdict, a.forecast, a.condition,
            a.rationale, w.name, a.recorded_at, r.content_hash, coalesce(a.revision_id = m.revision_id, 0),
            a.target_version, a.judgements, a.uuid
        FROM methods m CROSS JOIN adjudications a ON a.method_id = m.id AND {_STANDS.format(x="a")}
            AND NOT EXISTS (SELECT 1 FROM adjudications b WHERE b.method_id = a.method_id
                AND {_STANDS.format(x="b")} AND (b.recorded_at, b.uuid) > (a.recorded_at, a.uuid))
        CROSS JOIN problems p ON p.id = m.problem_id CROSS JOIN revisions r ON r.id = a.revision_id
        CROSS JOIN reviewers w ON w.id = a.reviewer_id
        WHERE m.id IN (SELECT method_id FROM adjudications) AND +m.problem_id = :problem
            AND (:viewer IS NULL OR {SEES_OTHERS.format(of="m.id")}) ORDER BY m.id
        """,
        {"problem": problem_id, "viewer": viewer_id, "protocol": protocol_of(connection, problem_id)},
    )
    while rows := cursor.fetchmany(PIECE):
        yield list(map(AdjudicatedProposal._make, rows))


def append_adjudication(
    connection: Connection,
    method_id: int,
    adjudication: Adjudication,
    *,
    reviewer_id: int,
    revision_id: int,
    judgements: Sequence[str],
    now: str,
) -> AdjudicationEvent:
    """Append what somebody says beside the judgements that were before them, in the caller's transaction.

    It takes the place of the adjudication that holds now.

    Raises:
        LookupError: when there is no such proposal.
        TakenOutError: when the revision that was seen is no longer in the store.
    """
    said = (adjudication.verdict, adjudication.forecast, adjudication.condition, adjudication.rationale)
    return _append(connection, method_id, "adjudication", said, reviewer_id, revision_id, judgements, now)


def retract(connection: Connection, method_id: int, *, reviewer_id: int, now: str, note: str = "") -> AdjudicationEvent:
    """Append that the adjudication which holds is taken back, for the reason in ``note``, in the caller's transaction.

    Raises:
        LookupError: when there is nothing to be taken back.
    """
    before = current_adjudication(connection, method_id)
    if before is None:
        raise LookupError(f"method {method_id} has no adjudication")
    said = (None, None, "", note)
    return _append(connection, method_id, "retraction", said, reviewer_id, before.revision_id, before.judgements, now)


def _append(
    connection: Connection,
    method_id: int,
    kind: str,
    said: Sequence[Any],
    reviewer_id: int,
    revision_id: int,
    judgements: Sequence[str],
    now: str,
) -> AdjudicationEvent:
    before = current_adjudication(connection, method_id)
    if before is None:
        history = adjudication_history(connection, method_id)
        before = history[-1] if history else None
    version = target_version(connection, method_id)
    held = connection.execute("SELECT method_id FROM revisions WHERE id = ?", (revision_id,)).fetchone()
    if held != (method_id,):
        raise TakenOutError(
            "The text that was shown was taken out of the store meanwhile; look at the proposal as it is now."
        )
    event_id = new_id()
    supersedes = before.event_id if before else None
    connection.execute(
        f"INSERT INTO adjudications ({', '.join(ADJUDICATION_COLUMNS[1:])}) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event_id,
            method_id,
            reviewer_id,
            kind,
            supersedes,
            revision_id,
            version,
            *said,
            json.dumps(list(judgements)),
            now,
        ),
    )
    (event,) = connection.execute(f"{_EVENT} WHERE a.uuid = ?", (event_id,)).fetchall()
    return _event(event)
