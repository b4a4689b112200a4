"""What reviewers held of proposals before they first had Claude's critique of them, and what they hold after it.

What they hold after it is what they held last before something of how the proposal ended could be seen.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from reviewer.domain.judgements import Judgement, judgement_from_data
from reviewer.domain.vocabulary import Result
from reviewer.store.first_looks import FIRST_LOOK, FIRST_SHOWN, LAST_BEFORE, has_critiques
from reviewer.store.protocols import SEES_OTHERS, protocol_of

PIECE = 200


class Critiqued(NamedTuple):
    """What one reviewer held of a proposal before and after a critique; ``result`` is None where none is known.

    ``is_late`` says that something of how it ended could be seen before the critique was: then nobody can tell what
    changed by which. ``useful`` and ``not_useful`` count the items that they marked so.
    """

    method_id: int
    reviewer: str
    shown_at: str
    before: Judgement
    after: Judgement
    result: Result | None
    is_late: bool
    useful: int
    not_useful: int


_SEEN_FROM = "min(coalesce(o.first_at, e.production_from), coalesce(e.production_from, o.first_at))"
_SEEN = f"(:viewer IS NULL OR j.reviewer_id = :viewer OR {SEES_OTHERS.format(of='j.method_id')})"

_MARKED = """
    SELECT count(*) FROM critiques c CROSS JOIN critique_marks k ON k.critique_id = c.id
        AND k.reviewer_id = j.reviewer_id
    WHERE c.method_id = j.method_id AND k.useful = {useful} AND NOT EXISTS (
        SELECT 1 FROM critique_marks l WHERE l.critique_id = k.critique_id AND l.reviewer_id = k.reviewer_id
            AND l.item = k.item AND (l.at, l.uuid) > (k.at, k.uuid)
    )
"""

# Proposals with a critique are the outer loop: of most stores these are few, and nothing else is gone through.
_CRITIQUED = f"""
    SELECT j.method_id, w.name, {FIRST_SHOWN}, a.snapshot, b.snapshot, x.result,
        coalesce({FIRST_SHOWN} >= {_SEEN_FROM}, 0), ({_MARKED.format(useful=1)}), ({_MARKED.format(useful=0)})
    FROM (SELECT DISTINCT method_id FROM critiques) asked
    CROSS JOIN methods m ON m.id = asked.method_id AND m.problem_id = :problem
    CROSS JOIN current_judgements j ON j.method_id = m.id
    CROSS JOIN reviewers w ON w.id = j.reviewer_id
    LEFT JOIN current_outcomes o ON o.method_id = j.method_id LEFT JOIN outcomes x ON x.id = o.outcome_id
    LEFT JOIN exposures e ON e.method_id = j.method_id
    {FIRST_LOOK}
    LEFT JOIN annotations a ON a.id = ({LAST_BEFORE.format(moment=FIRST_SHOWN)})
    LEFT JOIN annotations b ON b.id = ({LAST_BEFORE.format(moment=f"coalesce({_SEEN_FROM}, '~')")})
    WHERE {FIRST_SHOWN} IS NOT NULL AND j.verdict IS NOT NULL AND {_SEEN}
    ORDER BY j.method_id, j.reviewer_id
"""


def stream_critiqued(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> Iterator[Critiqued]:
    """Yield for each verdict of whose proposal its reviewer had a critique before them what they held before and after.

    Of others those alone that the viewer may see; all where ``viewer_id`` is None. Rows are read as they are asked for:
    keep the transaction open meanwhile.
    """
    if not has_critiques(connection):
        return
    cursor = connection.execute(_CRITIQUED, _asked(connection, problem_id, viewer_id))
    while rows := cursor.fetchmany(PIECE):
        yield from map(_critiqued, rows)


def count_verdicts(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> dict[str, int]:
    """Return how many proposals each reviewer holds a verdict of, by name, as far as the viewer may see it."""
    rows = connection.execute(
        "SELECT w.name, count(*) FROM methods m CROSS JOIN current_judgements j ON j.method_id = m.id "
        "CROSS JOIN reviewers w ON w.id = j.reviewer_id "
        f"WHERE m.problem_id = :problem AND j.verdict IS NOT NULL AND {_SEEN} GROUP BY w.id ORDER BY w.id",
        _asked(connection, problem_id, viewer_id),
    )
    return dict(rows.fetchall())


def _asked(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> dict[str, Any]:
    return {"problem": problem_id, "viewer": viewer_id, "protocol": protocol_of(connection, problem_id)}


def _critiqued(row: Sequence[Any]) -> Critiqued:
    method_id, reviewer, shown_at, before, after, result, is_late, useful, not_useful = row
    return Critiqued(
        method_id,
        reviewer,
        shown_at,
        _held(before),
        _held(after),
        Result(result) if result else None,
        bool(is_late),
        useful,
        not_useful,
    )


def _held(snapshot: str | None) -> Judgement:
    return Judgement() if snapshot is None else judgement_from_data(json.loads(snapshot))
