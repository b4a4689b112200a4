"""The orders of the queue as parts, each of which is walked in an index: the rows of one come before those of the next.

What the viewer may not see yet orders nothing: of proposals whose others, or whose evidence, are not to be seen, the
rows stand in a part of their own, in the order of import.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Protocol
from reviewer.store.protocols import SEES_EVIDENCE, SEES_OTHERS
from reviewer.store.sparing import is_sparing

SORTED_AT_MOST = 20_000
"""So many rows that were found are put in an order that is not theirs; where there are more, its index is walked."""

Columns = tuple[tuple[str, bool], ...]

_BY_ID: Columns = (("m.id", True),)
_BY_CLAIM: Columns = (("m.claim_order", True), ("m.id", True))
_ORDERS: Mapping[Sort, Columns] = {
    Sort.IMPORTED: _BY_ID,
    Sort.NEWEST: (("m.id", False),),
    Sort.CLAIM: _BY_CLAIM,
    Sort.TITLE: (("m.title COLLATE NOCASE", True), ("m.id", True)),
    Sort.AGENT: (("m.agent COLLATE NOCASE", True), ("m.id", True)),
}
"""The columns of each order and whether each ascends; the row id makes every order total."""


METHODS = "methods m"


@dataclass(frozen=True, slots=True)
class OrderPart:
    """Rows of the queue in the order of some columns; ``tables`` are gone through in their order."""

    columns: Columns
    where: str = ""
    tables: str = METHODS


STAND_APART = (
    "SELECT 1 FROM judgement_sums s WHERE s.method_id = m.id AND s.width > 0 AND (s.verdicts > 1 OR s.forecasts > 1)"
)
"""What there is of a proposal ``m`` of which two judgements or more stand apart; whether the viewer may see that is
another question."""

_APART_AND_SEEN = (
    "s.problem_id = :problem AND s.width > 0 AND (s.verdicts > 1 OR s.forecasts > 1) AND "
    + SEES_OTHERS.format(of="m.id")
)  # fmt: skip
_IS_OWN = "own.reviewer_id = :viewer"
_LATER_ROUND = (
    "SELECT 1 FROM assignments l WHERE l.reviewer_id = a.reviewer_id AND l.method_id = a.method_id "
    "AND l.round_id > a.round_id"
)
_IN_DRAWING = "SELECT 1 FROM queue_places p WHERE p.draw_id = :draw AND p.method_id = m.id"


def parts_of(
    connection: sqlite3.Connection,
    sort: Sort,
    protocol: Protocol,
    viewer: int,
    *,
    draw: int | None = None,
    assigned: bool = False,
) -> tuple[OrderPart, ...]:
    """Return the parts of an order as one viewer may see it.

    Their parameters are ``problem``, ``viewer``, ``protocol`` and ``draw``, the drawing by which the order of priority
    goes; without one it is that by claim, or in the sealed protocol that of import. Where only what is ``assigned`` to
    the viewer is asked for, the order of priority is that of the assignment, which was drawn already.
    """
    if sort is Sort.PRIORITY and assigned:
        tables = "assignments a CROSS JOIN methods m ON m.id = a.method_id"
        by_round: Columns = (("a.round_id", True), ("a.place", True))
        return (OrderPart(by_round, f"a.reviewer_id = :viewer AND NOT EXISTS ({_LATER_ROUND})", tables),)
    if sort is Sort.PRIORITY:
        rest = _BY_ID if protocol is Protocol.SEALED else _BY_CLAIM
        # What follows from judgements is not read of a damaged store.
        if draw is None or is_sparing(connection):
            return (OrderPart(rest),)
        tables = "queue_places p CROSS JOIN methods m ON m.id = p.method_id"
        drawn = OrderPart((("p.place", True),), "p.draw_id = :draw", tables)
        return drawn, OrderPart(rest, f"NOT EXISTS ({_IN_DRAWING})")
    if sort is Sort.DISAGREEMENT:
        return (OrderPart(_BY_ID),) if is_sparing(connection) else _by_disagreement(connection, protocol, viewer)
    # A title that is covered stands nowhere by what is under the cover.
    if protocol is Protocol.SEALED and sort in (Sort.CLAIM, Sort.AGENT, Sort.TITLE):
        seen = SEES_EVIDENCE.format(of="m.id")
        first = OrderPart(_ORDERS[sort], seen)
        if not _has_judged_many(connection, viewer):
            tables = "current_judgements own CROSS JOIN methods m ON m.id = own.method_id"
            first = OrderPart(_ORDERS[sort], f"{_IS_OWN} AND {seen}", tables)
        return first, OrderPart(_BY_ID, f"NOT {seen}")
    return (OrderPart(_ORDERS[sort]),)


def _by_disagreement(connection: sqlite3.Connection, protocol: Protocol, viewer: int) -> tuple[OrderPart, ...]:
    by_width: Columns = (("s.width", False), ("s.method_id", True))
    rest = OrderPart(_BY_ID, f"NOT (EXISTS ({STAND_APART}) AND {SEES_OTHERS.format(of='m.id')})")
    if protocol is Protocol.OPEN or _has_judged_many(connection, viewer):
        tables = "judgement_sums s CROSS JOIN methods m ON m.id = s.method_id"
        return OrderPart(by_width, _APART_AND_SEEN, tables), rest
    # Else all that others judged would be gone through for the few that the viewer has.
    tables = (
        "current_judgements own CROSS JOIN judgement_sums s ON s.method_id = own.method_id "
        "CROSS JOIN methods m ON m.id = s.method_id"
    )
    return OrderPart(by_width, f"{_IS_OWN} AND {_APART_AND_SEEN}", tables), rest


def narrowed(
    connection: sqlite3.Connection, asked: QueueFilter, protocol: Protocol, problem_id: int, viewer: int
) -> str:
    """Return what selects the few rows that a filter can leave, with those that stay all the same; else nothing.

    Without it all proposals would be gone through for the few.
    """
    if asked.assigned and not _are_many(connection, _ASSIGNED, viewer):
        return "SELECT DISTINCT a.method_id FROM assignments a WHERE a.reviewer_id = :viewer"
    if asked.disagreed and protocol is not Protocol.OPEN and not _has_judged_many(connection, viewer):
        return f"SELECT own.method_id FROM current_judgements own WHERE {_IS_OWN} {_AND_KEPT}"
    if asked.disagreed and not _are_many(connection, _APART, problem_id):
        return f"SELECT s.method_id FROM judgement_sums s WHERE s.problem_id = :problem AND s.width > 0 {_AND_KEPT}"
    return ""


_AND_KEPT = "UNION SELECT value FROM json_each(:kept)"
_JUDGED = "SELECT 1 FROM current_judgements WHERE reviewer_id = ? LIMIT 1 OFFSET ?"
_ASSIGNED = "SELECT 1 FROM assignments WHERE reviewer_id = ? LIMIT 1 OFFSET ?"
_APART = "SELECT 1 FROM judgement_sums WHERE problem_id = ? AND width > 0 LIMIT 1 OFFSET ?"


def _has_judged_many(connection: sqlite3.Connection, viewer: int) -> bool:
    return _are_many(connection, _JUDGED, viewer)


def _are_many(connection: sqlite3.Connection, rows: str, whose: int) -> bool:
    return connection.execute(rows, (whose, SORTED_AT_MOST)).fetchone() is not None
