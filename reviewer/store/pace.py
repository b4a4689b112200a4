"""When proposals were judged and how long that took, as counts: by day, and by verdict and whole seconds.

Rows are counted one by one as they are read: SQLite would sort all of them, in memory, to group them.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reviewer.domain.vocabulary import Protocol
from reviewer.store.protocols import HALF_WAY, REACHED_EVIDENCE, protocol_of

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
    """How many proposals a reviewer has judged, of how many of these they may see what became of them, and of how many
    that is known."""

    judged: int
    open: int
    known: int


def judged_and_ended(connection: sqlite3.Connection, problem_id: int, reviewer_id: int, kept: int) -> Ended:
    """Return of how many proposals that a reviewer has judged it is known what became of them, as they may see it.

    ``kept`` is how many they have judged as that is kept with every event. What is sealed for them is neither open nor
    known: that it has an outcome says something of it.
    """
    protocol = protocol_of(connection, problem_id)
    asked = {"reviewer": reviewer_id, "problem": problem_id, "protocol": protocol}
    if protocol is Protocol.SEALED:
        half_way, is_open, known = connection.execute(_SEALED, asked).fetchone()
        return Ended(kept - half_way, is_open, known)
    (known,) = connection.execute(
        "SELECT count(*) FROM current_outcomes o CROSS JOIN current_judgements j "
        "ON j.reviewer_id = :reviewer AND j.method_id = o.method_id AND j.status = 'judged' "
        "WHERE o.problem_id = :problem",
        asked,
    ).fetchone()
    return Ended(kept, kept, known)


_REACHED = REACHED_EVIDENCE.format(by="j")

# What reviewers may see goes by their own judgements, which are gone through once for all three figures: whoever opens
# the insights waits for them.
_SEALED = f"""
    SELECT count(*) FILTER (WHERE {HALF_WAY}), count(*) FILTER (WHERE NOT {HALF_WAY} AND {_REACHED}),
        count(o.id) FILTER (WHERE {_REACHED})
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    LEFT JOIN current_outcomes o ON o.method_id = j.method_id
    WHERE j.reviewer_id = :reviewer AND j.status = 'judged'
"""


def judged_proposals(connection: sqlite3.Connection, problem_id: int) -> tuple[int, int]:
    """Return how many proposals have a verdict of anybody, and how many have two or more: what all hold is counted."""
    once, twice = connection.execute(
        "SELECT coalesce(sum(verdicts >= 1), 0), coalesce(sum(verdicts >= 2), 0) FROM judgement_sums "
        "WHERE problem_id = ?",
        (problem_id,),
    ).fetchone()
    return once, twice
