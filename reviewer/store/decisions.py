"""At which probability of surviving people would decide the other way, problem by problem.

When it was said is kept among the numbers beside the tables: of what two stores say, the later word holds in both.
"""

import sqlite3

from reviewer.domain.identity import milliseconds_of, timestamp_of

USUAL_DECISION = 0.5
"""Where nobody has said anything else."""


def decision_of(connection: sqlite3.Connection, problem_id: int) -> float:
    """Return the probability at which one would decide the other way about a problem's proposals."""
    said = said_decision(connection, problem_id)
    return USUAL_DECISION if said is None else said


def said_decision(connection: sqlite3.Connection, problem_id: int) -> float | None:
    """Return what somebody said of it, None where nobody did."""
    row = connection.execute("SELECT decision FROM problems WHERE id = ?", (problem_id,)).fetchone()
    return None if row is None or row[0] is None else float(row[0])


def set_decision(connection: sqlite3.Connection, problem_id: int, decision: float, said_at: str = "") -> None:
    """Write it down, and when it was said, in the caller's transaction; it lies between 0 and 1."""
    connection.execute("UPDATE problems SET decision = ? WHERE id = ?", (decision, problem_id))
    connection.execute("DELETE FROM used_ids WHERE name = ?", (_when(problem_id),))
    if said_at:
        connection.execute(
            "INSERT INTO used_ids (name, last) VALUES (?, ?)", (_when(problem_id), milliseconds_of(said_at))
        )


def decided_at(connection: sqlite3.Connection, problem_id: int) -> str:
    """Return when it was said, empty where nobody knows."""
    row = connection.execute("SELECT last FROM used_ids WHERE name = ?", (_when(problem_id),)).fetchone()
    try:
        return "" if row is None else timestamp_of(row[0])
    except OverflowError:
        return ""


def _when(problem_id: int) -> str:
    return f"decided:{problem_id}"


def settle_decision(
    connection: sqlite3.Connection, problem_id: int, slug: str, other: float, said_at: str
) -> str | None:
    """Let of what is said here and in another store the later word hold; return a sentence where these differ.

    Where neither is known to be later, the higher one holds: in whichever store it was said.
    """
    here, then = said_decision(connection, problem_id), decided_at(connection, problem_id)
    if here is None or (said_at, other) > (then, here):
        set_decision(connection, problem_id, other, said_at)
    if here is None or here == other:
        return None
    holds = said_decision(connection, problem_id) or 0.0
    why = "said last" if said_at != then else "the higher one, since nobody knows which was said last"
    return (
        f"About {slug} people would decide the other way at {100 * here:g} % in one store and at {100 * other:g} % in "
        f"the other; {100 * holds:g} % holds, {why}; `reviewer set --decision` changes it."
    )
