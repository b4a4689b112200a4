"""What each reviewer holds of one proposal, and what was said beside it to settle a disagreement."""

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from reviewer.domain.judgements import Judgement, judgement_from_data


class HeldJudgement(NamedTuple):
    """What one reviewer holds of a proposal now; ``of_current`` says whether it is of the revision that counts now."""

    reviewer_id: int
    reviewer: str
    judgement: Judgement
    updated_at: str
    of_current: bool


def held_judgements(connection: sqlite3.Connection, method_id: int) -> tuple[HeldJudgement, ...]:
    """Return what every reviewer holds of a proposal, whoever may see it, in the order of their names."""
    rows = connection.execute(
        "SELECT j.reviewer_id, w.name, a.snapshot, j.updated_at, j.revision_id = m.revision_id "
        "FROM current_judgements j CROSS JOIN reviewers w ON w.id = j.reviewer_id "
        "CROSS JOIN annotations a ON a.id = j.annotation_id CROSS JOIN methods m ON m.id = j.method_id "
        "WHERE j.method_id = ? AND j.status <> 'to_do' ORDER BY w.name",
        (method_id,),
    ).fetchall()
    return tuple(
        HeldJudgement(who, name, judgement_from_data(json.loads(snapshot)), at, bool(current))
        for who, name, snapshot, at, current in rows
    )


class Adjudicated(NamedTuple):
    """What somebody said beside the judgements of a proposal, to settle what they disagree on."""

    said_by: str
    verdict: str
    forecast: float | None
    condition: str
    rationale: str
    recorded_at: str


def adjudicated(connection: sqlite3.Connection, method_id: int) -> Adjudicated | None:
    """Return the adjudication of a proposal that was said last and not taken back; None where there is none."""
    row = connection.execute(
        "SELECT w.name, a.verdict, a.forecast, a.condition, a.rationale, a.recorded_at FROM adjudications a "
        "CROSS JOIN reviewers w ON w.id = a.reviewer_id WHERE a.method_id = ? AND a.kind = 'adjudication' "
        "AND NOT EXISTS (SELECT 1 FROM adjudications b WHERE b.supersedes = a.uuid) "
        "ORDER BY a.recorded_at DESC, a.uuid DESC LIMIT 1",
        (method_id,),
    ).fetchone()
    return None if row is None else Adjudicated(*row)


def constraint_titles(connection: sqlite3.Connection) -> Mapping[str, str]:
    """Return the titles of all constraints by slug, those of the last rubric where several name one."""
    return dict(connection.execute("SELECT slug, title FROM constraints ORDER BY id").fetchall())
