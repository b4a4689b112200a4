"""When proposals were judged and how long that took, as counts: by day, and by verdict and whole seconds."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping

PIECE = 1000

_JUDGED = """
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    WHERE j.reviewer_id = :reviewer AND j.status = 'judged'
"""


def judged_by_day(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> Iterator[tuple[str, int]]:
    """Yield the days on which a reviewer first looked at proposals that they have judged since, and how many these are.

    The days are in UTC, as ISO writes them, the oldest first.
    """
    return connection.execute(
        f"SELECT substr(j.first_at, 1, 10) AS day, count(*) {_JUDGED} GROUP BY day ORDER BY day",
        {"problem": problem_id, "reviewer": reviewer_id},
    )


def judged_in_seconds(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int
) -> Mapping[str, Mapping[int, int]]:
    """Return by verdict how many proposals took a reviewer so many whole seconds; what was not timed is left out."""
    cursor = connection.execute(
        f"SELECT j.verdict, CAST(round(j.seconds) AS INTEGER), count(*) {_JUDGED} AND j.seconds >= .5 GROUP BY 1, 2",
        {"problem": problem_id, "reviewer": reviewer_id},
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    while rows := cursor.fetchmany(PIECE):
        for verdict, seconds, n in rows:
            found[verdict][seconds] = n
    return found


def judged_with_outcome(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> int:
    """Return of how many proposals that a reviewer has judged it is known what became of them."""
    n: int = connection.execute(
        "SELECT count(*) FROM current_outcomes o CROSS JOIN current_judgements j "
        "ON j.reviewer_id = ? AND j.method_id = o.method_id AND j.status = 'judged' WHERE o.problem_id = ?",
        (reviewer_id, problem_id),
    ).fetchone()[0]
    return n


def judged_proposals(connection: sqlite3.Connection, problem_id: int) -> tuple[int, int]:
    """Return how many proposals have a verdict of anybody, and how many have two or more: what all hold is counted."""
    once, twice = connection.execute(
        "SELECT coalesce(sum(verdicts >= 1), 0), coalesce(sum(verdicts >= 2), 0) FROM judgement_sums "
        "WHERE problem_id = ?",
        (problem_id,),
    ).fetchone()
    return once, twice
