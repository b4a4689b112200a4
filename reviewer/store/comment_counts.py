"""How many comments are known of what, so that nobody fetches them again."""

import sqlite3


def comment_counts(connection: sqlite3.Connection, problem: str) -> dict[str, int]:
    """Return, by the external id of what they answer, how many comments of a problem there are."""
    rows = connection.execute(
        "SELECT about, count(*) FROM remarks JOIN problems ON problems.id = problem_id "
        "WHERE slug = ? AND kind = 'comment' GROUP BY about",
        (problem,),
    )
    return dict(rows.fetchall())
