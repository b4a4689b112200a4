"""What a ledger of outcomes reads: proposals with what holds of them, in the order in which they ended."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from reviewer.store.alike import NO_SIGHTING
from reviewer.store.protocols import SEES_EVIDENCE, SEES_OTHERS, protocol_of, sees_others

PIECE = 50


class LedgerEntry(NamedTuple):
    """A proposal with the outcome that holds of it; ``standing`` counts what was said independently and stands.

    Where nobody has said what became of it ``standing`` is 0 and all that an outcome says is empty.
    """

    method_id: int
    proposal: str
    namespace: str
    external_id: str
    problem: str
    title: str
    agent: str
    result: str
    happened_on: str
    metric: str
    effect: float | None
    standard_error: float | None
    setting: str | None
    constraint: str
    evidence: str
    note: str
    said_by: str
    recorded_at: str
    target_version: int | None
    outcome_id: str
    chosen_with: float | None
    standing: int


_ENTRY = """
    SELECT m.id, m.uuid, m.namespace, m.external_id, p.slug, m.title, m.agent, x.result, x.happened_on, x.metric,
        x.effect, x.standard_error, x.setting, x.constraint_slug, x.evidence, x.note, w.name, x.recorded_at,
        x.target_version, x.uuid, x.chosen_with, o.standing
    FROM current_outcomes o CROSS JOIN outcomes x ON x.id = o.outcome_id CROSS JOIN methods m ON m.id = o.method_id
    CROSS JOIN problems p ON p.id = o.problem_id CROSS JOIN reviewers w ON w.id = x.reviewer_id
    WHERE o.problem_id = ? ORDER BY o.happened_on, o.method_id
"""


def stream_ledger(connection: sqlite3.Connection, problem_id: int) -> Iterator[list[LedgerEntry]]:
    """Yield the proposals of a problem of which it is known what became of them, in pieces, what ended first first."""
    cursor = connection.execute(_ENTRY, (problem_id,))
    while rows := cursor.fetchmany(PIECE):
        yield list(map(LedgerEntry._make, rows))


_MEASURED = f"""
    SELECT m.id, m.uuid, m.namespace, m.external_id, p.slug, m.title, m.agent, '', '', '', NULL, NULL, NULL, '', '', '',
        '', '', NULL, '', NULL, 0
    FROM exposures e CROSS JOIN methods m ON m.id = e.method_id AND m.problem_id = ? AND m.role = 'proposal'
    CROSS JOIN problems p ON p.id = m.problem_id
    WHERE NOT EXISTS (SELECT 1 FROM current_outcomes o WHERE o.method_id = m.id)
        AND {NO_SIGHTING.format(of="m.id")} ORDER BY m.id
"""


def stream_measured(connection: sqlite3.Connection, problem_id: int) -> Iterator[list[LedgerEntry]]:
    """Yield the proposals of a problem that were measured in production without anybody saying how they ended, in
    pieces; baselines and references that were are not among them."""
    cursor = connection.execute(_MEASURED, (problem_id,))
    while rows := cursor.fetchmany(PIECE):
        yield list(map(LedgerEntry._make, rows))


def count_ledger(connection: sqlite3.Connection, problem_id: int) -> int:
    """Return how many proposals of a problem have an outcome or, without one, a measurement in production."""
    n: int = connection.execute(
        "SELECT (SELECT count(*) FROM current_outcomes WHERE problem_id = ?1) + (SELECT count(*) FROM exposures e "
        "CROSS JOIN methods m ON m.id = e.method_id AND m.problem_id = ?1 AND m.role = 'proposal' "
        "WHERE NOT EXISTS (SELECT 1 FROM current_outcomes o WHERE o.method_id = m.id) "
        f"AND {NO_SIGHTING.format(of='m.id')})",
        (problem_id,),
    ).fetchone()[0]
    return n


def first_judged_at(connection: sqlite3.Connection, method_id: int, viewer_id: int) -> tuple[int, str | None]:
    """Return the problem of a proposal, and when somebody first gave it a verdict or a forecast; None where nobody has.

    It is None too where the viewer may not see what others hold: that they have judged it is part of that.

    Raises:
        LookupError: when there is no such proposal.
    """
    row = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    if row is None:
        raise LookupError(f"no method {method_id}")
    first_at: str | None = None
    if sees_others(connection, method_id, viewer_id):
        (first_at,) = connection.execute(
            "SELECT min(created_at) FROM annotations WHERE method_id = ? AND kind IN ('verdict', 'forecast')",
            (method_id,),
        ).fetchone()
    return row[0], first_at


def own_day(connection: sqlite3.Connection, method_id: int, reviewer_id: int) -> str | None:
    """Return the day by which a reviewer expects to know what became of a proposal; None where they have not said."""
    row: tuple[str | None] | None = connection.execute(
        "SELECT resolves_on FROM current_judgements WHERE method_id = ? AND reviewer_id = ?", (method_id, reviewer_id)
    ).fetchone()
    return None if row is None else row[0]


def own_judged(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int
) -> Iterator[tuple[bool, str | None, str | None]]:
    """Yield of each proposal of a problem that a reviewer has judged whether it has an outcome, when it was first
    judged by anybody, and the day of their own by which they expect to know.

    It is when they judged it themselves where they may not see what others hold. What is sealed has no outcome for
    them.
    """
    cursor = connection.execute(
        f"SELECT o.id IS NOT NULL AND {SEES_EVIDENCE.format(of='m.id')}, "
        "(SELECT min(created_at) FROM annotations a WHERE a.method_id = j.method_id "
        f"AND a.kind IN ('verdict', 'forecast') AND (a.reviewer_id = :viewer OR {SEES_OTHERS.format(of='m.id')})), "
        "j.resolves_on "
        "FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem "
        "LEFT JOIN current_outcomes o ON o.method_id = j.method_id "
        "WHERE j.reviewer_id = :viewer AND j.status = 'judged'",
        {"problem": problem_id, "viewer": reviewer_id, "protocol": protocol_of(connection, problem_id)},
    )
    while rows := cursor.fetchmany(1000):
        for has_outcome, first_at, own in rows:
            yield bool(has_outcome), first_at, own
