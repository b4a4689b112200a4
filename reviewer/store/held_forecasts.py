"""What reviewers held of proposals with an outcome before anything of it could be seen: what may be scored.

What they say of a proposal once they have had Claude's critique of it before them is kept, and not scored unless it is
asked for: as with an outcome, what they held before that counts.

A forecast is held until its reviewer takes it back or gives another one, so that of each reviewer the last event
before that moment says what they held, undone acts left out by themselves. What they did later is kept and not asked.
An event is before it by its own time, as each machine wrote it down; at the same millisecond it is not. An outcome that
was taken back could be seen all the same.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from reviewer.domain.judgements import judgement_from_data
from reviewer.domain.outcomes import ForecastCounts, HeldForecast, OutcomeEvent, Seen
from reviewer.domain.vocabulary import Result, Verdict
from reviewer.store.first_looks import FIRST_LOOK, FIRST_SHOWN, LAST_BEFORE, has_critiques
from reviewer.store.outcomes import current_outcome
from reviewer.store.undated import KNOWN_SINCE

PIECE = 200

_A_AT = KNOWN_SINCE.format(x="a.")
_B_AT = KNOWN_SINCE.format(x="b.")
_C_AT = KNOWN_SINCE.format(x="c.")
_F_AT = KNOWN_SINCE.format(x="f.")

# CROSS JOIN keeps the outcomes, which are few, the outer loop: their index gives the order, and nothing is sorted.
_QUERY = f"""
    SELECT o.method_id, o.problem_id, j.reviewer_id, w.name, a.snapshot, {_F_AT}, f.uuid, f.target_version,
        o.result, o.happened_on, x.constraint_slug, x.uuid, x.target_version,
        {{seen}} AS seen_from,
        EXISTS (
            SELECT 1 FROM annotations b WHERE b.method_id = o.method_id AND b.reviewer_id = j.reviewer_id
                AND {_B_AT} >= {{seen}}
                AND json_extract(b.snapshot, '$.forecast') IS NOT NULL
                AND json_extract(b.snapshot, '$.forecast') IS NOT json_extract({{stood}}, '$.forecast')
        ),
        x.chosen_with,
        f.revision_id IS NOT (SELECT m.revision_id FROM methods m WHERE m.id = o.method_id),
        {{shown}}, {{in_the_end}}
    FROM current_outcomes o CROSS JOIN outcomes x ON x.id = o.outcome_id
    LEFT JOIN exposures e ON e.method_id = o.method_id
    CROSS JOIN current_judgements j ON j.method_id = o.method_id
    CROSS JOIN reviewers w ON w.id = j.reviewer_id
    {{looks}}
    LEFT JOIN annotations a ON a.id = ({{held}})
    LEFT JOIN annotations f ON f.id = (
        SELECT b.id FROM annotations b WHERE b.method_id = o.method_id AND b.reviewer_id = j.reviewer_id
            AND ({_B_AT}, b.uuid) <= ({_A_AT}, a.uuid) AND NOT EXISTS (
                SELECT 1 FROM annotations c WHERE c.method_id = b.method_id AND c.reviewer_id = b.reviewer_id
                    AND ({_C_AT}, c.uuid) >= ({_B_AT}, b.uuid)
                    AND ({_C_AT}, c.uuid) <= ({_A_AT}, a.uuid)
                    AND json_extract(c.snapshot, '$.forecast') IS NOT json_extract(a.snapshot, '$.forecast')
            )
        ORDER BY {_B_AT}, b.uuid LIMIT 1
    )
    {{end}}
    WHERE o.problem_id = :problem AND (:reviewer IS NULL OR j.reviewer_id = :reviewer)
    ORDER BY o.happened_on, o.method_id, j.reviewer_id
"""

_SEEN = "min(o.first_at, coalesce(e.production_from, o.first_at))"
_IN_THE_END = LAST_BEFORE.format(moment=_SEEN)

_NOBODY_ASKED = _QUERY.format(
    seen=_SEEN, stood="a.snapshot", shown="NULL", in_the_end="NULL", looks="", held=_IN_THE_END, end=""
)

_BEFORE_CLAUDE = _QUERY.format(
    seen=_SEEN,
    stood="coalesce(z.snapshot, a.snapshot)",
    shown=FIRST_SHOWN,
    in_the_end="json_extract(z.snapshot, '$.forecast')",
    looks=FIRST_LOOK,
    held=LAST_BEFORE.format(moment=f"min({_SEEN}, coalesce({FIRST_SHOWN}, {_SEEN}))"),
    end=f"LEFT JOIN annotations z ON z.id = CASE WHEN {FIRST_SHOWN} IS NOT NULL THEN ({_IN_THE_END}) END",
)

_AFTER_CLAUDE = _QUERY.format(
    seen=_SEEN, stood="a.snapshot", shown=FIRST_SHOWN, in_the_end="NULL", looks=FIRST_LOOK, held=_IN_THE_END, end=""
)


def stream_held_forecasts(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int | None = None, *, after_claude: bool = False
) -> Iterator[HeldForecast]:
    """Yield for each proposal of a problem with an outcome what each reviewer of it held in time.

    In time is before the reviewer had a critique of the proposal before them, too; ``after_claude`` asks for what they
    held in the end all the same. The oldest outcome comes first. Those that are in no score are among them, and say
    why. ``reviewer_id`` asks for one reviewer's alone. Rows are read as they are asked for: keep the transaction open
    meanwhile.
    """
    query = _AFTER_CLAUDE if after_claude else _BEFORE_CLAUDE
    if not has_critiques(connection):
        query = _NOBODY_ASKED
    cursor = connection.execute(query, {"problem": problem_id, "reviewer": reviewer_id})
    while rows := cursor.fetchmany(PIECE):
        yield from map(_held, rows)


def _held(row: Sequence[Any]) -> HeldForecast:
    method_id, problem_id, reviewer_id, reviewer, snapshot, at, event, version, *outcome = row
    result, happened_on, constraint, outcome_event, outcome_version, seen_from, changed, *more = outcome
    chosen_with, earlier, critique_from, in_the_end = more
    judgement = None if snapshot is None else judgement_from_data(json.loads(snapshot))
    forecast = judgement.forecast if judgement else None
    verdict: Verdict | None = judgement.verdict if judgement else None
    return HeldForecast(
        method_id=method_id,
        problem_id=problem_id,
        reviewer_id=reviewer_id,
        reviewer=reviewer,
        forecast=forecast,
        forecast_at=None if forecast is None else at,
        forecast_event=None if forecast is None else event,
        forecast_target_version=None if forecast is None else version,
        verdict=verdict,
        blockers=judgement.blockers if judgement else (),
        result=Result(result),
        happened_on=date.fromisoformat(happened_on),
        constraint=constraint,
        outcome_event=outcome_event,
        outcome_target_version=outcome_version,
        seen_from=seen_from,
        changed_afterwards=bool(changed),
        chosen_with=chosen_with,
        earlier_text=forecast is not None and bool(earlier),
        critique_from=critique_from,
        after_critique=in_the_end if in_the_end != forecast else None,
    )


def scorable_forecasts(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int | None = None
) -> Iterator[HeldForecast]:
    """Yield those of a problem that may be scored."""
    return (held for held in stream_held_forecasts(connection, problem_id, reviewer_id) if held.left_out is None)


def count_forecasts(connection: sqlite3.Connection, problem_id: int, reviewer_id: int | None = None) -> ForecastCounts:
    """Return how many forecasts of a problem may be scored, and how many are left out and why."""
    counts = ForecastCounts()
    for held in stream_held_forecasts(connection, problem_id, reviewer_id):
        counts.add(held)
    return counts


def seen_from(connection: sqlite3.Connection, method_id: int) -> str | None:
    """Return since when something of how a proposal ended could be seen; None where nothing can.

    A forecast that is given from then on is kept and not scored.
    """
    moment: str | None = connection.execute(
        "SELECT min(at) FROM (SELECT min(recorded_at) AS at FROM outcomes WHERE method_id = ?1 "
        "UNION ALL SELECT production_from FROM exposures WHERE method_id = ?1)",
        (method_id,),
    ).fetchone()[0]
    return moment


def what_is_seen(connection: sqlite3.Connection, method_id: int) -> tuple[OutcomeEvent | None, Seen | None]:
    """Return what holds of how a proposal ended, and what can be seen of that; None where nothing can."""
    current = current_outcome(connection, method_id)
    if current is not None:
        return current, Seen.OUTCOME
    if seen_from(connection, method_id) is None:
        return None, None
    was_told = connection.execute("SELECT 1 FROM outcomes WHERE method_id = ? LIMIT 1", (method_id,)).fetchone()
    return None, Seen.TAKEN_BACK if was_told else Seen.PRODUCTION
