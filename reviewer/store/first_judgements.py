"""What each reviewer said first of each proposal: kept with every event, since later ones are no longer independent.

What was said first stays, be it undone or changed. It is kept of verdict, forecast and each constraint by itself.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from reviewer.domain.judgements import Judgement, judgement_from_data
from reviewer.store.events_in_turn import EventRow, all_events_in_turn


def keep_first(connection: sqlite3.Connection, method_id: int, reviewer_id: int, after: Judgement) -> None:
    """Add what a judgement says that its reviewer had not said of the proposal before, in the caller's transaction."""
    ratings = _rated(after)
    if after.verdict is None and after.forecast is None and not ratings:
        return
    row = connection.execute(
        "SELECT verdict, forecast, ratings FROM first_judgements WHERE method_id = ? AND reviewer_id = ?",
        (method_id, reviewer_id),
    ).fetchone()
    before = (None, None, "{}") if row is None else row
    verdict, forecast = before[0] or after.verdict, after.forecast if before[1] is None else before[1]
    first = json.dumps({**ratings, **json.loads(before[2])}, ensure_ascii=False, sort_keys=True)
    if (verdict, forecast, first) == before:
        return
    connection.execute(
        "INSERT INTO first_judgements (method_id, reviewer_id, verdict, forecast, ratings) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (method_id, reviewer_id) DO UPDATE SET verdict = excluded.verdict, forecast = excluded.forecast, "
        "ratings = excluded.ratings",
        (method_id, reviewer_id, verdict, forecast, first),
    )


def rebuild_first_judgements(connection: sqlite3.Connection) -> int:
    """Write ``first_judgements`` anew from the events; return how many there are."""
    connection.execute("DELETE FROM first_judgements")
    for events in all_events_in_turn(connection):
        _keep_each(connection, events)
    n: int = connection.execute("SELECT count(*) FROM first_judgements").fetchone()[0]
    return n


def refresh_first(connection: sqlite3.Connection, method_id: int, reviewer_id: int, events: Sequence[EventRow]) -> None:
    """Write anew what one reviewer said first of one proposal, given all their events on it in turn."""
    connection.execute("DELETE FROM first_judgements WHERE method_id = ? AND reviewer_id = ?", (method_id, reviewer_id))
    _keep_each(connection, events)


def _keep_each(connection: sqlite3.Connection, events: Sequence[EventRow]) -> None:
    for each in events:
        keep_first(connection, each.method_id, each.reviewer_id, judgement_from_data(json.loads(each.snapshot)))


def lost_first_judgements(connection: sqlite3.Connection) -> int:
    """Return of how many judgements it is not kept what was said first, although something is held: a long walk."""
    n: int = connection.execute(
        "SELECT count(*) FROM current_judgements j LEFT JOIN first_judgements f "
        "ON f.method_id = j.method_id AND f.reviewer_id = j.reviewer_id "
        "WHERE (j.verdict IS NOT NULL AND f.verdict IS NULL) OR (j.forecast IS NOT NULL AND f.forecast IS NULL)"
    ).fetchone()[0]
    return n


def _rated(judgement: Judgement) -> Mapping[str, str]:
    return {slug: str(one.rating) for slug, one in judgement.ratings.items() if one.rating is not None}
