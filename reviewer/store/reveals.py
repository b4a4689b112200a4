"""What reviewers held when they went on to a stage of the sealed protocol, and what they held at the end of that.

A stage ends when one goes on to the next; the last one where the last event stands, or where something of how the
proposal ended could be seen. What is not at its end yet is left out.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from reviewer.domain.judgements import Judgement, judgement_from_data
from reviewer.domain.vocabulary import Result, Stage
from reviewer.store.protocols import SEES_OTHERS, protocol_of

PIECE = 200


class Revealed(NamedTuple):
    """What one reviewer held of a proposal before a stage and at its end; ``result`` is None where none is known.

    ``is_late`` says that something of how it ended could be seen before the stage was at its end.
    """

    method_id: int
    reviewer: str
    stage: Stage
    before: Judgement
    after: Judgement
    result: Result | None
    is_late: bool


_SEEN_FROM = "min(coalesce(o.first_at, e.production_from), coalesce(e.production_from, o.first_at))"

# Current judgements are the outer loop: of each there are a few events, which their index gives.
_REVEALED = f"""
    SELECT j.method_id, w.name, a.stage, a.snapshot, b.snapshot, x.result,
        coalesce(b.created_at >= {_SEEN_FROM}, 0)
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    CROSS JOIN reviewers w ON w.id = j.reviewer_id
    LEFT JOIN current_outcomes o ON o.method_id = j.method_id LEFT JOIN outcomes x ON x.id = o.outcome_id
    LEFT JOIN exposures e ON e.method_id = j.method_id
    CROSS JOIN annotations a ON a.method_id = j.method_id AND a.reviewer_id = j.reviewer_id AND a.kind = 'reveal'
        AND NOT EXISTS (
            SELECT 1 FROM annotations c WHERE c.method_id = a.method_id AND c.reviewer_id = a.reviewer_id
                AND c.kind = 'reveal' AND c.stage = a.stage AND c.id < a.id
        )
    CROSS JOIN annotations b ON b.id = CASE a.stage WHEN 'evidence' THEN (
        SELECT min(c.id) FROM annotations c WHERE c.method_id = a.method_id AND c.reviewer_id = a.reviewer_id
            AND c.kind = 'reveal' AND c.stage = 'others' AND c.id > a.id
    ) ELSE (
        SELECT max(c.id) FROM annotations c WHERE c.method_id = a.method_id AND c.reviewer_id = a.reviewer_id
            AND c.id >= a.id AND (c.id = a.id OR c.created_at < coalesce({_SEEN_FROM}, '~'))
    ) END
    WHERE j.stage IN ('evidence', 'others')
        AND (:viewer IS NULL OR j.reviewer_id = :viewer OR {SEES_OTHERS.format(of="j.method_id")})
    ORDER BY j.method_id, j.reviewer_id, a.id
"""


def stream_reveals(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> Iterator[Revealed]:
    """Yield for each stage that was gone through what was held before it and at its end, proposal by proposal.

    Of others those alone that the viewer may see; all where ``viewer_id`` is None. Rows are read as they are asked for:
    keep the transaction open meanwhile.
    """
    cursor = connection.execute(
        _REVEALED, {"problem": problem_id, "viewer": viewer_id, "protocol": protocol_of(connection, problem_id)}
    )
    while rows := cursor.fetchmany(PIECE):
        yield from map(_revealed, rows)


def _revealed(row: Sequence[Any]) -> Revealed:
    method_id, reviewer, stage, before, after, result, is_late = row
    return Revealed(
        method_id,
        reviewer,
        Stage(stage),
        judgement_from_data(json.loads(before)),
        judgement_from_data(json.loads(after)),
        Result(result) if result else None,
        bool(is_late),
    )
