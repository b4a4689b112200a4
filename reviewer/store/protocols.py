"""Which protocol holds for a problem, and by it what of others, and of the evidence, a viewer may see of a proposal.

Whatever could show a person what others hold asks :data:`SEES_OTHERS` (in a query) or :func:`sees_others` (of one
proposal) first, whatever could show where a proposal comes from or what it scored :data:`SEES_EVIDENCE`.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Protocol, Stage
from reviewer.store.sparing import is_sparing, require_unbroken, spared

DEFAULT = Protocol.BLIND

# Who judged a proposal before the protocol was sealed has seen what there was to be seen then.
_STAGE = "coalesce({by}.stage, CASE WHEN {by}.verdict IS NOT NULL THEN 'others' END)"
_REACHED = _STAGE.format(by="seen")

REACHED_EVIDENCE = _STAGE + " IN ('evidence', 'others')"
"""The condition that by the judgement ``{by}``, in the sealed protocol, its reviewer may see the evidence of what it
judges, for ``str.format``."""

_OWN = "SELECT 1 FROM current_judgements seen WHERE seen.method_id = {of} AND seen.reviewer_id = :viewer AND "

_OTHERS = (
    "({by} = 'open' OR EXISTS (" + _OWN + "CASE {by} WHEN 'sealed' THEN " + _REACHED + " = 'others' "
    "ELSE seen.verdict IS NOT NULL END))"
)
_EVIDENCE = "({by} <> 'sealed' OR EXISTS (" + _OWN + REACHED_EVIDENCE.format(by="seen") + "))"

SEES_OTHERS = _OTHERS.format(by=":protocol", of="{of}")
"""The condition that a viewer may see what others hold of the proposal in the column ``{of}``, for ``str.format``; with
the parameters ``viewer`` (a row id) and ``protocol``."""

SEES_EVIDENCE = _EVIDENCE.format(by=":protocol", of="{of}")
"""The condition that they may see where it comes from, what it scored, and what is asked of that; likewise."""

_OF_ITS_PROBLEM = "json_extract(:protocols, '$.\"' || m.problem_id || '\"')"

SEES_OTHERS_OF_ANY = _OTHERS.format(by=_OF_ITS_PROBLEM, of="m.id")
"""The same of the method ``m`` of whichever problem, with ``protocols`` as :func:`protocols_by_problem` gives it."""

SEES_EVIDENCE_OF_ANY = _EVIDENCE.format(by=_OF_ITS_PROBLEM, of="m.id")
"""Likewise."""


class SeenOf(NamedTuple):
    """Of which proposals a viewer may see what others hold, and of which the evidence."""

    others: frozenset[int]
    evidence: frozenset[int]


# A judgement of before it was sealed has no stage: that is asked first, so that what is not half way is so for certain.
HALF_WAY = "(:protocol = 'sealed' AND j.status = 'judged' AND j.stage IS NOT NULL AND j.stage IN ('idea', 'evidence'))"
"""The condition that the judgement ``j`` is not the last word: in the sealed protocol more is to be seen and said."""


class ProtocolSet(NamedTuple):
    """A protocol as somebody set it; ``problem`` is the slug, None of the store's own; None gives up a problem's."""

    problem: str | None
    protocol: Protocol | None
    set_by: str
    set_at: str


def protocol_of(connection: sqlite3.Connection, problem_id: int) -> Protocol:
    """Return the protocol that holds for a problem: its own, else the store's, else blind.

    Where a damaged store does not tell, it is the one by which least is seen.
    """
    return spared(connection, "protocol", lambda: _protocol_set(connection, problem_id)) or Protocol.SEALED


def _protocol_set(connection: sqlite3.Connection, problem_id: int) -> Protocol:
    require_unbroken(connection, "protocols")
    for problem in (problem_id, None):
        row = connection.execute(
            "SELECT protocol FROM protocols WHERE problem_id IS ? ORDER BY set_at DESC, uuid DESC LIMIT 1", (problem,)
        ).fetchone()
        if row is not None and row[0] is not None:
            return Protocol(row[0])
    return DEFAULT


def set_protocol(
    connection: sqlite3.Connection, problem_id: int | None, protocol: Protocol | None, *, set_by: str, now: str
) -> None:
    """Set the protocol of a problem, or of the store where that is None, in the caller's transaction.

    None gives up what was set: the store's own holds for the problem again, or blind for the store.
    """
    connection.execute(
        "INSERT INTO protocols (uuid, problem_id, protocol, set_by, set_at) VALUES (?, ?, ?, ?, ?)",
        (new_id(), problem_id, protocol, set_by, now),
    )


def protocol_history(connection: sqlite3.Connection) -> tuple[ProtocolSet, ...]:
    """Return every protocol that was ever set, oldest first."""
    rows = connection.execute(
        "SELECT p.slug, s.protocol, s.set_by, s.set_at FROM protocols s LEFT JOIN problems p ON p.id = s.problem_id "
        "ORDER BY s.set_at, s.uuid"
    ).fetchall()
    return tuple(ProtocolSet(slug, Protocol(word) if word else None, by, at) for slug, word, by, at in rows)


class Reached(NamedTuple):
    """How a viewer stands to a proposal by the protocol of its problem; ``stage`` is None where that is not sealed."""

    protocol: Protocol
    stage: Stage | None
    viewer: str
    """The viewer's UUID; empty of nobody."""


def reached_by(connection: sqlite3.Connection, method_id: int, viewer_id: int) -> Reached:
    """Return by which protocol a viewer judges a proposal, and how far they have come with it.

    Where a damaged store tells neither, it is the idea alone.
    """
    protocol, stage = _protocol_for(connection, method_id), stage_of(connection, method_id, viewer_id)
    row = connection.execute("SELECT uuid FROM reviewers WHERE id = ?", (viewer_id,)).fetchone()
    return Reached(protocol, stage, row[0] if row else "")


def seen_of(connection: sqlite3.Connection, problem_id: int, method_ids: Sequence[int], viewer_id: int) -> SeenOf:
    """Return what a viewer may see of some proposals of one problem; 0 is nobody."""
    rows = connection.execute(
        f"SELECT k.value, {SEES_OTHERS.format(of='k.value')}, {SEES_EVIDENCE.format(of='k.value')} "
        "FROM json_each(:of) k",
        {"of": json.dumps(list(method_ids)), "viewer": viewer_id, "protocol": protocol_of(connection, problem_id)},
    ).fetchall()
    return SeenOf(
        frozenset(method_id for method_id, others, _ in rows if others),
        frozenset(method_id for method_id, _, evidence in rows if evidence),
    )


def any_sealed(connection: sqlite3.Connection, problem_id: int, viewer_id: int) -> bool:
    """Return whether there is a proposal of a problem whose idea alone a viewer may see; 0 is nobody."""
    protocol = protocol_of(connection, problem_id)
    if protocol is not Protocol.SEALED:
        return False
    row = connection.execute(
        "SELECT 1 FROM methods m WHERE m.problem_id = :problem AND m.role = 'proposal' "
        f"AND NOT {SEES_EVIDENCE.format(of='m.id')} LIMIT 1",
        {"problem": problem_id, "viewer": viewer_id, "protocol": protocol},
    ).fetchone()
    return row is not None


def protocols_by_problem(connection: sqlite3.Connection) -> str:
    """Return which protocol holds for each problem, by their row ids, as JSON."""
    ids = connection.execute("SELECT id FROM problems ORDER BY id").fetchall()
    return json.dumps({problem_id: protocol_of(connection, problem_id) for (problem_id,) in ids})


def protocols_by_slug(connection: sqlite3.Connection) -> Mapping[str, Protocol]:
    """Return which protocol holds for each problem, by its slug."""
    problems = connection.execute("SELECT slug, id FROM problems ORDER BY id").fetchall()
    return {slug: protocol_of(connection, problem_id) for slug, problem_id in problems}


def sees_others(connection: sqlite3.Connection, method_id: int, viewer_id: int) -> bool:
    """Return whether a viewer may see what others hold of a proposal."""
    return _holds(connection, SEES_OTHERS, method_id, viewer_id)


def sees_evidence(connection: sqlite3.Connection, method_id: int, viewer_id: int) -> bool:
    """Return whether a viewer may see where a proposal comes from and what it scored."""
    return _holds(connection, SEES_EVIDENCE, method_id, viewer_id)


def stage_of(connection: sqlite3.Connection, method_id: int, viewer_id: int) -> Stage | None:
    """Return how far a viewer has come with a proposal in the sealed protocol; None where another one holds."""
    if _protocol_for(connection, method_id) is not Protocol.SEALED:
        return None
    asked = f"SELECT {_REACHED} FROM current_judgements seen WHERE seen.method_id = ? AND seen.reviewer_id = ?"
    row = spared(connection, "judgement", lambda: connection.execute(asked, (method_id, viewer_id)).fetchone())
    return Stage(row[0]) if row and row[0] else Stage.IDEA


def _protocol_for(connection: sqlite3.Connection, method_id: int) -> Protocol:
    problem = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    if problem is None:  # Nothing is shown of what is not there, unless a broken index alone lost it.
        return Protocol.SEALED if is_sparing(connection) else DEFAULT
    return protocol_of(connection, problem[0])


def _holds(connection: sqlite3.Connection, condition: str, method_id: int, viewer_id: int) -> bool:
    found = connection.execute(
        f"SELECT {condition.format(of=':method')}",
        {"method": method_id, "viewer": viewer_id, "protocol": _protocol_for(connection, method_id)},
    ).fetchone()[0]
    return bool(found)
