"""The rows that follow from annotation events, kept in step with them: the current judgement, and the counts."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Status
from reviewer.store.problems import add_to_count


class Made(NamedTuple):
    """What a current judgement takes over from the event that made it, beside the judgement itself."""

    annotation_id: int
    revision_id: int
    rubric: str
    target_version: int | None
    baseline_id: int | None
    visible: str
    seconds: float
    at: str
    stage: str | None


def keep_in_step(
    connection: sqlite3.Connection,
    method_id: int,
    reviewer: int,
    judgement: Judgement,
    data: Mapping[str, Any],
    made: Made,
) -> None:
    """Write what one reviewer holds of one proposal now, in the transaction of the event that it follows from.

    ``data`` is the judgement as the event has it; the seconds of the event are added to those before it.
    """
    connection.execute(
        """
        INSERT INTO current_judgements (reviewer_id, method_id, annotation_id, status, verdict, condition,
            next_experiment, forecast, ratings, rationale, tags, flagged, skipped, seconds, revision_id, rubric,
            target_version, baseline_id, visible, first_at, updated_at, stage, resolves_on,
            shareable)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (method_id, reviewer_id) DO UPDATE SET annotation_id = excluded.annotation_id,
            status = excluded.status, verdict = excluded.verdict, condition = excluded.condition,
            next_experiment = excluded.next_experiment, forecast = excluded.forecast, ratings = excluded.ratings,
            rationale = excluded.rationale, tags = excluded.tags, flagged = excluded.flagged,
            skipped = excluded.skipped, seconds = seconds + excluded.seconds, revision_id = excluded.revision_id,
            rubric = excluded.rubric, target_version = excluded.target_version, baseline_id = excluded.baseline_id,
            visible = excluded.visible, updated_at = excluded.updated_at, resolves_on = excluded.resolves_on,
            shareable = excluded.shareable,
            stage = CASE WHEN 'others' IN (stage, excluded.stage) THEN 'others'
                WHEN 'evidence' IN (stage, excluded.stage) THEN 'evidence' ELSE coalesce(excluded.stage, stage) END
        """,
        (
            reviewer,
            method_id,
            made.annotation_id,
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
            made.seconds,
            made.revision_id,
            made.rubric,
            made.target_version,
            made.baseline_id,
            made.visible,
            made.at,
            made.at,
            made.stage,
            judgement.resolves_on,
            judgement.shareable,
        ),
    )


def count_change(
    connection: sqlite3.Connection, problem_id: int, reviewer: int, before: Judgement, after: Judgement
) -> None:
    """Bring the counts of one reviewer in step with a judgement that was ``before`` and is ``after`` now."""
    for status in (Status.STARTED, Status.JUDGED, Status.SKIPPED):
        change = int(after.status is status) - int(before.status is status)
        add_to_count(connection, problem_id, reviewer, status, change)
    add_to_count(connection, problem_id, reviewer, "flagged", int(after.flagged) - int(before.flagged))
