"""What reviewers held when they went on to a stage of the sealed protocol, and what they held at the end of that.

A stage ends when one goes on to the next; the last one where the last event stands, or where something of how the
proposal ended could be seen. What is not at its end yet is left out.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reviewer.domain.judgements import Judgement, judgement_from_data
from reviewer.domain.vocabulary import Act, Result, Stage
from reviewer.store.events_in_turn import EventRow, events_of_pair
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

_JUDGED = f"""
    SELECT j.method_id, j.reviewer_id, w.name, x.result, {_SEEN_FROM}
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    CROSS JOIN reviewers w ON w.id = j.reviewer_id
    LEFT JOIN current_outcomes o ON o.method_id = j.method_id LEFT JOIN outcomes x ON x.id = o.outcome_id
    LEFT JOIN exposures e ON e.method_id = j.method_id
    WHERE j.stage IN ('evidence', 'others')
        AND (:viewer IS NULL OR j.reviewer_id = :viewer OR {SEES_OTHERS.format(of="j.method_id")})
    ORDER BY j.method_id, j.reviewer_id
"""


def stream_reveals(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> Iterator[Revealed]:
    """Yield for each stage that was gone through what was held before it and at its end, proposal by proposal.

    Of others those alone that the viewer may see; all where ``viewer_id`` is None. Rows are read as they are asked for:
    keep the transaction open meanwhile.
    """
    cursor = connection.execute(
        _JUDGED, {"problem": problem_id, "viewer": viewer_id, "protocol": protocol_of(connection, problem_id)}
    )
    while rows := cursor.fetchmany(PIECE):
        for method_id, reviewer_id, reviewer, result, seen_from in rows:
            turns = events_of_pair(connection, method_id, reviewer_id)
            for stage, before, after in _stages(turns, seen_from or _NEVER):
                yield Revealed(
                    method_id,
                    reviewer,
                    stage,
                    judgement_from_data(json.loads(before.snapshot)),
                    judgement_from_data(json.loads(after.snapshot)),
                    Result(result) if result else None,
                    after.at >= (seen_from or _NEVER),
                )


_NEVER = "~"
"""Later than all times, as text."""


def _stages(turns: Sequence[EventRow], seen_from: str) -> Iterator[tuple[Stage, EventRow, EventRow]]:
    """Yield the stages that were gone through, each with the event that it began with and the one that it ended by."""
    first: dict[str, int] = {}
    for place, event in enumerate(turns):
        if event.kind == Act.REVEAL and event.stage:
            first.setdefault(event.stage, place)
    for stage, place in first.items():
        later = turns[place + 1 :]
        if stage == Stage.EVIDENCE:
            ends = [each for each in later if each.kind == Act.REVEAL and each.stage == Stage.OTHERS][:1]
        else:
            ends = [turns[place], *(each for each in later if each.at < seen_from)]
        if ends:
            yield Stage(stage), turns[place], ends[-1]
