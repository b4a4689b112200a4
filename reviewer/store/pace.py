"""When proposals were judged and how long that took, as counts: by day, and by verdict and whole seconds.

Rows are counted one by one as they are read: SQLite would sort all of them, in memory, to group them.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reviewer.domain.vocabulary import Protocol
from reviewer.store.protocols import HALF_WAY, SEES_EVIDENCE, protocol_of

_JUDGED = f"""
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    WHERE j.reviewer_id = :reviewer AND j.status = 'judged' AND NOT {HALF_WAY}
"""


def judged_by_day(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> Iterator[tuple[str, int]]:
    """Yield the days on which a reviewer first looked at proposals that they have judged since, and how many these are.

    The days are in UTC, as ISO writes them, the oldest first.
    """
    days = Counter[tuple[str]](
        connection.execute(
            f"SELECT substr(j.first_at, 1, 10) {_JUDGED}",
            {"problem": problem_id, "reviewer": reviewer_id, "protocol": protocol_of(connection, problem_id)},
        )
    )
    return ((day, n) for (day,), n in sorted(days.items()))


def judged_in_seconds(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int
) -> Mapping[str, Mapping[int, int]]:
    """Return by verdict how many proposals took a reviewer so many whole seconds; what was not timed is left out."""
    counted = Counter[tuple[str, int]](
        connection.execute(
            f"SELECT j.verdict, CAST(round(j.seconds) AS INTEGER) {_JUDGED} AND j.seconds >= .5",
            {"problem": problem_id, "reviewer": reviewer_id, "protocol": protocol_of(connection, problem_id)},
        )
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for (verdict, seconds), n in sorted(counted.items()):
        found[verdict][seconds] = n
    return found


class Ended(NamedTuple):
    """Of how many proposals that a reviewer has judged they may see what became of them, and of how many that is
    known."""

    open: int
    known: int


def judged_and_ended(connection: sqlite3.Connection, problem_id: int, reviewer_id: int, judged: int) -> Ended:
    """Return of how many of the ``judged`` proposals of a reviewer it is known what became of them, as they may see it.

    What is sealed for them counts as neither: that it has an outcome says something of it.
    """
    protocol = protocol_of(connection, problem_id)
    asked = {"reviewer": reviewer_id, "viewer": reviewer_id, "problem": problem_id, "protocol": protocol}
    if protocol is Protocol.SEALED:
        query = f"SELECT count(*) {_JUDGED} AND {SEES_EVIDENCE.format(of='j.method_id')}"
        judged = connection.execute(query, asked).fetchone()[0]
    known: int = connection.execute(
        "SELECT count(*) FROM current_outcomes o CROSS JOIN current_judgements j "
        "ON j.reviewer_id = :reviewer AND j.method_id = o.method_id AND j.status = 'judged' "
        f"WHERE o.problem_id = :problem AND {SEES_EVIDENCE.format(of='o.method_id')}",
        asked,
    ).fetchone()[0]
    return Ended(judged, known)


def judged_proposals(connection: sqlite3.Connection, problem_id: int) -> tuple[int, int]:
    """Return how many proposals have a verdict of anybody, and how many have two or more: what all hold is counted."""
    once, twice = connection.execute(
        "SELECT coalesce(sum(verdicts >= 1), 0), coalesce(sum(verdicts >= 2), 0) FROM judgement_sums "
        "WHERE problem_id = ?",
        (problem_id,),
    ).fetchone()
    return once, twice
