"""What judgements from elsewhere scored on their scales, as far as a viewer may see it: of each the current one."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reviewer.domain.vocabulary import Protocol
from reviewer.store.protocols import SEES_OTHERS, protocol_of

PIECE = 1000


class Scored(NamedTuple):
    """A current judgement with what it scored, by the row id of the scale, and the groups that its file puts it in."""

    method_id: int
    reviewer_id: int
    agent: str
    scores: Mapping[int, float]
    groups: Mapping[str, str]


# Judgements are the outer loop, in the order of an index: nothing is sorted, however many were scored.
_SCORED = f"""
    SELECT j.method_id, j.reviewer_id, m.agent,
        (SELECT json_group_object(s.scale_id, s.value) FROM scores s WHERE s.annotation_id = j.annotation_id),
        json_extract(j.visible, '$.groups')
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    WHERE EXISTS (SELECT 1 FROM scores s WHERE s.annotation_id = j.annotation_id)
        AND {SEES_OTHERS.format(of="j.method_id")}
    ORDER BY j.method_id, j.reviewer_id
"""


def scored_judgements(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> Iterator[Scored]:
    """Yield the current judgements of a problem that scored anything, proposal by proposal.

    They are those that the viewer may see others' of, all where ``viewer_id`` is None.
    """
    protocol = Protocol.OPEN if viewer_id is None else protocol_of(connection, problem_id)
    cursor = connection.execute(_SCORED, {"problem": problem_id, "viewer": viewer_id or 0, "protocol": protocol})
    while rows := cursor.fetchmany(PIECE):
        for method_id, reviewer_id, agent, scores, groups in rows:
            values = {int(scale): float(value) for scale, value in json.loads(scores).items()}
            yield Scored(method_id, reviewer_id, agent, values, json.loads(groups or "{}"))
