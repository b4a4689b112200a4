"""The queue as it was drawn for a reviewer: what it is drawn from, and each place with its probability, kept.

A drawing that another one takes the place of keeps what has been judged of it, since what is learnt from the judged is
weighted by the probability with which they came.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reviewer.domain.vocabulary import Protocol
from reviewer.store.alike import NO_SIGHTING
from reviewer.store.problems import counts


class Drawing(NamedTuple):
    """One drawing for one reviewer and problem; ``ranked_by`` is what its order of priority went by."""

    id: int
    seed: int
    ranked_by: str
    share: float
    of: int
    """Of how many proposals it was drawn."""
    last_method: int
    """The newest proposal then."""
    made_at: str


class DrawnPlace(NamedTuple):
    """A place of a drawing. Those below 0 are of an earlier one: what was judged of it keeps its place before the
    rest.
    """

    place: int
    method_id: int
    by_chance: bool
    probability: float


class Sums(NamedTuple):
    """What the forecasts of one proposal add up to, in log odds, and how far apart its judgements stand."""

    method_id: int
    forecasts: int
    total: float
    squares: float
    lowest: float | None = None
    highest: float | None = None
    verdicts: int = 0
    width: float = 0.0


KEPT_PLACES = 500
"""So many places of what was judged last go over into the next drawing; what was judged before is found behind it."""

_UNDONE = "(j.id IS NULL OR j.status IN ('to_do', 'started'))"
_OPEN = (
    "FROM methods m LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = :reviewer "
    f"WHERE m.problem_id = :problem AND m.role = 'proposal' AND {NO_SIGHTING.format(of='m.id')} AND {_UNDONE}"
)


def latest_drawing(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> Drawing | None:
    """Return the drawing that holds for a reviewer, or None."""
    row = connection.execute(
        "SELECT id, seed, ranked_by, share, of, last_method, made_at FROM queue_draws "
        "WHERE problem_id = ? AND reviewer_id = ? ORDER BY id DESC LIMIT 1",
        (problem_id, reviewer_id),
    ).fetchone()
    return None if row is None else Drawing(*row)


def newest_proposal(connection: sqlite3.Connection, problem_id: int) -> int:
    """Return the row id of the newest proposal of a problem; 0 where there is none."""
    row = connection.execute(
        "SELECT m.id FROM methods m WHERE m.problem_id = ? AND m.role = 'proposal' ORDER BY m.id DESC LIMIT 1",
        (problem_id,),
    ).fetchone()
    return row[0] if row else 0


def is_used_up(connection: sqlite3.Connection, drawing: Drawing, reviewer_id: int) -> bool:
    """Return whether the reviewer has nothing left to do of a drawing."""
    row = connection.execute(
        "SELECT 1 FROM queue_places p "
        "LEFT JOIN current_judgements j ON j.method_id = p.method_id AND j.reviewer_id = ? "
        f"WHERE p.draw_id = ? AND {_UNDONE} LIMIT 1",
        (reviewer_id, drawing.id),
    ).fetchone()
    return row is None


def open_proposals(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> int:
    """Return how many proposals of a problem the reviewer has neither judged nor skipped, by the counts kept."""
    n = counts(connection, problem_id, reviewer_id)
    return max(0, n.proposals - n.judged - n.skipped)


def places_given(connection: sqlite3.Connection, drawing: Drawing, reviewer_id: int) -> int:
    """Return how many places a drawing's seed has given so far: those before it, and what is done of its own."""
    first, done = connection.execute(
        "SELECT min(p.place), sum(j.status IN ('judged', 'skipped')) FROM queue_places p "
        "LEFT JOIN current_judgements j ON j.method_id = p.method_id AND j.reviewer_id = ? "
        "WHERE p.draw_id = ? AND p.place >= 0",
        (reviewer_id, drawing.id),
    ).fetchone()
    return (first or 0) + (done or 0)


def done_places(connection: sqlite3.Connection, drawing: Drawing, reviewer_id: int) -> list[DrawnPlace]:
    """Return the last places of a drawing that are done, in their order, as they stand before the next drawing's."""
    rows = connection.execute(
        "SELECT p.method_id, p.by_chance, p.probability FROM queue_places p "
        "JOIN current_judgements j ON j.method_id = p.method_id AND j.reviewer_id = ? "
        f"WHERE p.draw_id = ? AND j.status IN ('judged', 'skipped') ORDER BY p.place DESC LIMIT {KEPT_PLACES}",
        (reviewer_id, drawing.id),
    ).fetchall()
    return [DrawnPlace(-1 - i, method, bool(chance), p) for i, (method, chance, p) in enumerate(rows)][::-1]


def open_by_claim(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, limit: int
) -> list[tuple[int, float]]:
    """Return the first proposals that the reviewer has to do, best claim first, each with what it sorts by."""
    return connection.execute(
        f"SELECT m.id, m.claim_order {_OPEN} ORDER BY m.claim_order, m.id LIMIT :limit",
        {"problem": problem_id, "reviewer": reviewer_id, "limit": limit},
    ).fetchall()


def without_forecast_by_claim(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, limit: int
) -> list[tuple[int, float]]:
    """Return the same of those of which nobody has made a forecast."""
    return connection.execute(
        f"SELECT m.id, m.claim_order {_OPEN} AND NOT EXISTS (SELECT 1 FROM judgement_sums s WHERE s.method_id = m.id "
        "AND s.forecasts > 0) ORDER BY m.claim_order, m.id LIMIT :limit",
        {"problem": problem_id, "reviewer": reviewer_id, "limit": limit},
    ).fetchall()


def is_open(connection: sqlite3.Connection, problem_id: int, reviewer_id: int, method_id: int) -> bool:
    """Return whether a row id is that of a proposal of a problem that the reviewer has to do."""
    row = connection.execute(
        f"SELECT 1 {_OPEN} AND m.id = :method",
        {"problem": problem_id, "reviewer": reviewer_id, "method": method_id},
    ).fetchone()
    return row is not None


def first_proposal(connection: sqlite3.Connection, problem_id: int) -> int:
    """Return the row id of the oldest proposal of a problem; 0 where there is none."""
    row = connection.execute(
        "SELECT m.id FROM methods m WHERE m.problem_id = ? AND m.role = 'proposal' ORDER BY m.id LIMIT 1",
        (problem_id,),
    ).fetchone()
    return row[0] if row else 0


def sums_of_all(connection: sqlite3.Connection, problem_id: int, limit: int) -> Iterator[Sums]:
    """Yield what the forecasts of the proposals of a problem add up to, the newest proposals first."""
    rows = connection.execute(
        "SELECT method_id, forecasts, total, squares FROM judgement_sums "
        "WHERE problem_id = ? AND forecasts > 0 ORDER BY method_id DESC LIMIT ?",
        (problem_id, limit),
    )
    return (Sums(*row) for row in rows)


def forecasts_of_open(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int
) -> Iterator[tuple[int, float, float, int]]:
    """Yield of what the reviewer has to do the number of forecasts, their sum, what it sorts by claim, and its row id.

    Plain tuples, since there may be hundreds of thousands of them.
    """
    return connection.execute(
        "SELECT s.forecasts, s.total, m.claim_order, s.method_id FROM judgement_sums s "
        "CROSS JOIN methods m ON m.id = s.method_id "
        "LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = ? "
        f"WHERE s.problem_id = ? AND m.role = 'proposal' AND s.forecasts > 0 AND {_UNDONE}",
        (reviewer_id, problem_id),
    )


def sums_of(connection: sqlite3.Connection, method_id: int) -> Sums | None:
    """Return what the judgements of one proposal come to, or None where there is none."""
    row = connection.execute(
        "SELECT method_id, forecasts, total, squares, lowest, highest, verdicts, width FROM judgement_sums "
        "WHERE method_id = ?",
        (method_id,),
    ).fetchone()
    return None if row is None else Sums(*row)


def undone_places(connection: sqlite3.Connection, drawing: Drawing, reviewer_id: int) -> list[int]:
    """Return the row ids of what the reviewer has left to do of a drawing, in its order."""
    rows = connection.execute(
        "SELECT p.method_id FROM queue_places p "
        "LEFT JOIN current_judgements j ON j.method_id = p.method_id AND j.reviewer_id = ? "
        f"WHERE p.draw_id = ? AND {_UNDONE} ORDER BY p.place",
        (reviewer_id, drawing.id),
    )
    return [method_id for (method_id,) in rows]


def keep_drawing(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    *,
    seed: int,
    ranked_by: str,
    share: float,
    of: int,
    last_method: int,
    places: Iterable[DrawnPlace],
    now: str,
) -> int:
    """Keep a drawing, and of those before the last only what the reviewer has done; return its row id."""
    cursor = connection.execute(
        "INSERT INTO queue_draws (problem_id, reviewer_id, seed, ranked_by, share, of, last_method, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (problem_id, reviewer_id, seed, ranked_by, share, of, last_method, now),
    )
    draw = int(cursor.lastrowid or 0)
    # What was withdrawn meanwhile has no place.
    connection.executemany(
        "INSERT INTO queue_places (draw_id, place, method_id, by_chance, probability) "
        "SELECT ?1, ?2, id, ?4, ?5 FROM methods WHERE id = ?3",
        [(draw, *place) for place in places],
    )
    older = connection.execute(
        "SELECT id FROM queue_draws WHERE problem_id = ? AND reviewer_id = ? AND id < ? "
        "ORDER BY id DESC LIMIT 5 OFFSET 1",
        (problem_id, reviewer_id, draw),
    ).fetchall()
    for (old,) in older:
        # The last one stays whole: another window may show it.
        connection.execute(
            "DELETE FROM queue_places WHERE draw_id = ? AND (place < 0 OR NOT EXISTS ("
            "SELECT 1 FROM current_judgements j WHERE j.method_id = queue_places.method_id AND j.reviewer_id = ? "
            "AND j.status IN ('judged', 'skipped')))",
            (old, reviewer_id),
        )
    return draw


def place_of(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, method_id: int
) -> tuple[Drawing, DrawnPlace] | None:
    """Return where a proposal stands in the reviewer's last drawing that has it, or None."""
    row = connection.execute(
        "SELECT d.id, d.seed, d.ranked_by, d.share, d.of, d.last_method, d.made_at, p.place, p.method_id, p.by_chance, "
        "p.probability FROM queue_places p JOIN queue_draws d ON d.id = p.draw_id "
        "WHERE p.method_id = ? AND d.reviewer_id = ? AND d.problem_id = ? ORDER BY d.id DESC LIMIT 1",
        (method_id, reviewer_id, problem_id),
    ).fetchone()
    if row is None:
        return None
    return Drawing(*row[:7]), DrawnPlace(row[7], row[8], bool(row[9]), row[10])


def claim_of(connection: sqlite3.Connection, method_id: int) -> float | None:
    """Return the value that a proposal claims, by which the queue is ordered, or None."""
    row = connection.execute("SELECT claim FROM methods WHERE id = ?", (method_id,)).fetchone()
    return None if row is None else row[0]


def imported_at(connection: sqlite3.Connection, method_id: int) -> str:
    """Return when a proposal came into the store; empty where it is gone."""
    row = connection.execute("SELECT imported_at FROM methods WHERE id = ?", (method_id,)).fetchone()
    return row[0] if row else ""


RANKED_BY: dict[Protocol, str] = {
    Protocol.OPEN: "worth, claim",
    Protocol.BLIND: "claim",
    Protocol.SEALED: "chance",
}
"""By what the order of priority goes in each protocol: in none by what the reviewer may not see."""
