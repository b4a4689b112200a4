"""At which probability of surviving people would decide the other way, problem by problem."""

import sqlite3

USUAL_DECISION = 0.5
"""Where nobody has said anything else."""


def decision_of(connection: sqlite3.Connection, problem_id: int) -> float:
    """Return the probability at which one would decide the other way about a problem's proposals."""
    row = connection.execute("SELECT decision FROM problems WHERE id = ?", (problem_id,)).fetchone()
    return USUAL_DECISION if row is None or row[0] is None else float(row[0])


def set_decision(connection: sqlite3.Connection, problem_id: int, decision: float) -> None:
    """Write it down, in the caller's transaction; it lies between 0 and 1."""
    connection.execute("UPDATE problems SET decision = ? WHERE id = ?", (decision, problem_id))
