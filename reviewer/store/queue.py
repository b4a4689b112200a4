"""The queue as pages of an ordered index: no OFFSET, and never all ids in memory."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator

from reviewer.domain.queue import QueueFilter, QueuePage, QueueRow, Sort
from reviewer.store.alike import heads_of
from reviewer.store.protocols import protocol_of
from reviewer.store.queue_groups import groups_of, next_rows, together
from reviewer.store.queue_rows import SEES, query_of, rows_of_part
from reviewer.store.sparing import is_sparing


def first_page(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    limit: int,
    *,
    kept: Collection[int] = (),
    draw: int | None = None,
    last: bool = False,
) -> QueuePage:
    """Return the first rows of the queue, or with ``last`` its last ones, in the queue's order either way.

    The order of priority goes by the drawing of the row id ``draw``.
    """
    query = query_of(connection, problem_id, reviewer_id, asked, sort, kept, draw)
    rows, more = next_rows(connection, query, limit, forward=not last)
    return QueuePage(rows, more_before=last and more, more_after=more and not last)


def page_beside(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    limit: int,
    key: tuple[str | float | int, ...],
    *,
    forward: bool,
    kept: Collection[int] = (),
    draw: int | None = None,
) -> QueuePage:
    """Return the rows right after ``key`` (or right before it), in the queue's order either way."""
    query = query_of(connection, problem_id, reviewer_id, asked, sort, kept, draw)
    rows, more = next_rows(connection, query, limit, forward=forward, key=key)
    return QueuePage(rows, more_before=more or forward, more_after=more or not forward)


def rows_beside(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    method_id: int,
    *,
    kept: Collection[int] = (),
    draw: int | None = None,
) -> tuple[QueueRow, ...]:
    """Return the rows that stand together with one, itself among them, as they stand in a queue; none where it stands
    alone.
    """
    if is_sparing(connection):
        return ()
    query = query_of(connection, problem_id, reviewer_id, asked, sort, kept, draw)
    (group,) = groups_of(connection, query, heads_of(connection, [method_id]).values(), {}).values() or ([],)
    if all(row.method_id != method_id for row in group):
        return ()
    return tuple(together(connection, query, group[:1])[0])


def queue_row(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    sort: Sort,
    method_id: int,
    *,
    draw: int | None = None,
    assigned: bool = False,
) -> QueueRow | None:
    """Return the row of one proposal as it stands now, whatever the filter, or None where it has no place.

    So it is where it is gone; and in the order of an assignment where it is not ``assigned`` to the viewer.
    """
    part = QueueFilter(assigned=assigned and sort is Sort.PRIORITY)
    query = query_of(connection, problem_id, reviewer_id, part, sort, (), draw)
    one = {"method": method_id}
    for place in range(len(query.parts)):
        if rows := rows_of_part(connection, query, place, forward=True, limit=1, beyond=" AND m.id = :method", key=one):
            return rows[0]
    return None


def filtered(
    connection: sqlite3.Connection, problem_id: int, asked: QueueFilter, *, unjudged: bool = False
) -> Iterator[tuple[int, float]]:
    """Yield the row ids of a problem's proposals that fulfil what a filter asks of the data, each with what it sorts
    by claim, in the order of import; nobody's judgement has a part in it unless ``unjudged`` asks for what has none.

    Rows are read as they are asked for: keep the transaction open meanwhile.
    """
    query = query_of(connection, problem_id, 0, asked, Sort.IMPORTED, ())
    (part,) = query.parts
    free = _WITHOUT_JUDGEMENT if unjudged else ""
    return connection.execute(
        f"SELECT m.id, m.claim_order FROM {query.tables(part)} WHERE {query.conditions(part)}{free} ORDER BY m.id",
        query.values,
    )


_WITHOUT_JUDGEMENT = (
    " AND NOT EXISTS (SELECT 1 FROM judgement_sums s WHERE s.method_id = m.id AND (s.verdicts > 0 OR s.forecasts > 0))"
)


def count_queue(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, asked: QueueFilter, *, kept: Collection[int] = ()
) -> int:
    """Return how many rows the queue has: a walk over all of them, so never on the way to a paint."""
    query = query_of(connection, problem_id, reviewer_id, asked, Sort.IMPORTED, kept)
    (part,) = query.parts
    n: int = connection.execute(
        f"SELECT count(*) FROM {query.tables(part)} WHERE {query.conditions(part)}", query.values
    ).fetchone()[0]
    return n


def facets_as_of(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return what changes whenever :func:`facets` may: the latest method and the latest revision. It is quick."""
    found: tuple[int, int] = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM methods), 0), coalesce((SELECT max(id) FROM revisions), 0)"
    ).fetchone()
    return found


def facets(
    connection: sqlite3.Connection, problem_id: int, viewer_id: int, is_wanted: Callable[[], bool] = lambda: True
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the agents and the families that a problem's proposals have: a walk over all of these.

    Those of what is sealed for the viewer are not among them.

    It goes in steps, and ends with what was found by then where it is no longer wanted.
    """
    agents: set[str] = set()
    families: set[str] = set()
    last, protocol = facets_as_of(connection)[0], protocol_of(connection, problem_id)
    for start in range(0, last, _FACETS_STEP):
        if not is_wanted():
            break
        for agent, family in connection.execute(
            "SELECT DISTINCT agent, family FROM methods m WHERE problem_id = :problem AND role = 'proposal' "
            f"AND id > :start AND id <= :end AND {SEES}",
            {
                "problem": problem_id,
                "start": start,
                "end": start + _FACETS_STEP,
                "viewer": viewer_id,
                "protocol": protocol,
            },
        ):
            agents.add(agent)
            families.add(family)
    return _named(agents), _named(families)


_FACETS_STEP = 2_000
"""Row ids of one step, which takes some 5 ms."""
_TAGS_STEP = 10_000
"""Likewise, of which one takes as long."""
_MOST_FACETS = 500


def _named(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted(found - {""}, key=lambda name: (name.casefold(), name))[:_MOST_FACETS])


def own_tags(
    connection: sqlite3.Connection, reviewer_id: int, is_wanted: Callable[[], bool] = lambda: True
) -> tuple[str, ...]:
    """Return the tags that this reviewer has used, the most used first; nobody else's, since tags are opinions.

    It goes in steps, and ends with what was counted by then where it is no longer wanted.
    """
    used = Counter[str]()
    (last,) = connection.execute("SELECT coalesce(max(method_id), 0) FROM current_judgements").fetchone()
    for start in range(0, last, _TAGS_STEP):
        if not is_wanted():
            break
        # In steps also because SQLite sorts what it groups, in memory: of a million judgements that takes 90 MB.
        for tag, n in connection.execute(_OWN_TAGS, (start, start + _TAGS_STEP, reviewer_id)):
            used[tag] += n
    return tuple(sorted(used, key=lambda tag: (-used[tag], tag))[:_MOST_FACETS])


# The plus sign keeps SQLite from walking over all that the reviewer has judged in each step.
_OWN_TAGS = (
    "SELECT t.value, count(*) FROM current_judgements j, json_each(j.tags) t "
    "WHERE j.method_id > ? AND j.method_id <= ? AND +j.reviewer_id = ? GROUP BY t.value"
)
