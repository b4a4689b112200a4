"""The queue as pages of an ordered index: no OFFSET, and never all ids in memory."""

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reviewer.domain.queue import QueueFilter, QueuePage, QueueRow, Sort
from reviewer.domain.vocabulary import Status, Verdict

_ORDERS: Mapping[Sort, tuple[tuple[str, bool], ...]] = {
    Sort.IMPORTED: (("m.id", True),),
    Sort.NEWEST: (("m.id", False),),
    Sort.CLAIM: (("m.claim_order", True), ("m.id", True)),
    Sort.TITLE: (("m.title COLLATE NOCASE", True), ("m.id", True)),
    Sort.AGENT: (("m.agent COLLATE NOCASE", True), ("m.id", True)),
}
"""The columns of each order and whether each ascends; the row id makes every order total."""


_WORD = re.compile(r'[^\s"\x00\ud800-\udfff]+')
"""A quote would end the quoted word, U+0000 the expression, and a lone surrogate has no UTF-8."""


def search_expression(text: str) -> str:
    """Return what a person typed as an FTS5 expression: every word must occur, the last one may be unfinished.

    Each word is quoted, so that no character of it is an operator: ``fine-tuning`` is two words side by side, cut by
    the index's own rules. The empty string means that nothing was asked.
    """
    words = [word for word in _WORD.findall(text) if any(c.isalnum() for c in word)]
    quoted = [f'"{word}"' for word in words]
    if quoted and not text[-1:].isspace():
        quoted[-1] += "*"
    return " ".join(quoted)


def _conditions(
    problem_id: int, reviewer_id: int, asked: QueueFilter, kept: Collection[int]
) -> tuple[str, dict[str, Any]]:
    """Return the FROM and WHERE of a queue with its parameters; ``kept`` rows stay whatever the filter says of them."""
    own: list[str] = []
    hard: list[str] = []
    values: dict[str, Any] = {"problem": problem_id, "reviewer": reviewer_id}
    if asked.status is Status.TO_DO:
        own.append("(j.id IS NULL OR j.status IN ('to_do', 'started'))")
    elif asked.status is not None:
        own.append("j.status = :status")
        values["status"] = asked.status
    if asked.verdict is not None:
        own.append("j.verdict = :verdict")
        values["verdict"] = asked.verdict
    if asked.flagged:
        own.append("j.flagged = 1")
    if asked.changed:
        own.append("j.revision_id <> m.revision_id AND j.verdict IS NOT NULL")
    if asked.tag:
        own.append("EXISTS (SELECT 1 FROM json_each(j.tags) t WHERE t.value = :tag)")
        values["tag"] = asked.tag
    if asked.agent:
        hard.append("m.agent = :agent COLLATE NOCASE")
        values["agent"] = asked.agent
    if asked.family:
        hard.append("m.family = :family COLLATE NOCASE")
        values["family"] = asked.family
    if expression := search_expression(asked.text):
        hard.append("m.revision_id IN (SELECT rowid FROM revisions_fts WHERE revisions_fts MATCH :text)")
        values["text"] = expression
    where = ["m.problem_id = :problem", "m.role = 'proposal'", *hard]
    if own:
        values["kept"] = f"[{','.join(map(str, kept))}]"
        where.append(f"(({' AND '.join(own)}) OR m.id IN (SELECT value FROM json_each(:kept)))")
    joined = (
        "FROM methods m LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = :reviewer "
        f"WHERE {' AND '.join(where)}"
    )
    return joined, values


def _rows(
    connection: sqlite3.Connection, sort: Sort, joined: str, values: Mapping[str, Any], *, forward: bool, limit: int
) -> list[QueueRow]:
    order = _ORDERS[sort]
    keys = ", ".join(column.removesuffix(" COLLATE NOCASE") for column, _ in order)
    by = ", ".join(f"{column} {'ASC' if ascending == forward else 'DESC'}" for column, ascending in order)
    rows = connection.execute(
        "SELECT m.id, m.title, m.agent, m.family, m.claim, coalesce(j.status, 'to_do'), j.verdict, j.forecast, "
        "coalesce(j.flagged, 0), coalesce(j.verdict IS NOT NULL AND j.revision_id <> m.revision_id, 0), "
        f"{keys} {joined} ORDER BY {by} LIMIT :limit",
        {**values, "limit": limit},
    ).fetchall()
    return [
        QueueRow(
            method_id=row[0],
            title=row[1],
            agent=row[2],
            family=row[3],
            claim=row[4],
            status=Status(row[5]),
            verdict=Verdict(row[6]) if row[6] else None,
            forecast=row[7],
            flagged=bool(row[8]),
            changed=bool(row[9]),
            key=tuple(row[10:]),
        )
        for row in rows
    ]


def _beyond(sort: Sort, key: tuple[str | float | int, ...], *, forward: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the conditions whose rows, one after the other, are those after (or before) ``key`` in the order.

    First the ties with ``key``, then what is beyond them: each is one seek in the order's index. A comparison of both
    columns at once is not, since SQLite then walks over all ties, and over everything where a collation is named.
    """
    order = _ORDERS[sort]
    values = {f"key{i}": part for i, part in enumerate(key)}
    for last in reversed(range(len(order))):
        ties = "".join(f" AND {column} = :key{i}" for i, (column, _) in enumerate(order[:last]))
        column, ascending = order[last]
        yield f"{ties} AND {column} {'>' if ascending == forward else '<'} :key{last}", values


def first_page(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    limit: int,
    *,
    kept: Collection[int] = (),
    last: bool = False,
) -> QueuePage:
    """Return the first rows of the queue, or with ``last`` its last ones, in the queue's order either way."""
    joined, values = _conditions(problem_id, reviewer_id, asked, kept)
    rows = _rows(connection, sort, joined, values, forward=not last, limit=limit + 1)
    more = len(rows) > limit
    rows = rows[:limit]
    if last:
        return QueuePage(tuple(reversed(rows)), more_before=more, more_after=False)
    return QueuePage(tuple(rows), more_before=False, more_after=more)


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
) -> QueuePage:
    """Return the rows right after ``key`` (or right before it), in the queue's order either way."""
    joined, values = _conditions(problem_id, reviewer_id, asked, kept)
    rows: list[QueueRow] = []
    for condition, beyond in _beyond(sort, key, forward=forward):
        if len(rows) <= limit:
            left = limit + 1 - len(rows)
            rows += _rows(connection, sort, joined + condition, {**values, **beyond}, forward=forward, limit=left)
    more = len(rows) > limit
    rows = rows[:limit]
    if forward:
        return QueuePage(tuple(rows), more_before=True, more_after=more)
    return QueuePage(tuple(reversed(rows)), more_before=more, more_after=True)


def queue_row(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, sort: Sort, method_id: int
) -> QueueRow | None:
    """Return the row of one proposal as it stands now, whatever the filter, or None where it is gone."""
    joined, values = _conditions(problem_id, reviewer_id, QueueFilter(), ())
    rows = _rows(
        connection, sort, joined + " AND m.id = :method", {**values, "method": method_id}, forward=True, limit=1
    )
    return rows[0] if rows else None


def count_queue(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, asked: QueueFilter, *, kept: Collection[int] = ()
) -> int:
    """Return how many rows the queue has: a walk over all of them, so never on the way to a paint."""
    joined, values = _conditions(problem_id, reviewer_id, asked, kept)
    n: int = connection.execute(f"SELECT count(*) {joined}", values).fetchone()[0]
    return n


def facets(connection: sqlite3.Connection, problem_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the agents and the families that a problem's proposals have, for the filter's completion."""
    agents = connection.execute(
        "SELECT DISTINCT agent FROM methods WHERE problem_id = ? AND role = 'proposal' AND agent <> '' "
        "ORDER BY agent COLLATE NOCASE LIMIT 500",
        (problem_id,),
    ).fetchall()
    families = connection.execute(
        "SELECT DISTINCT family FROM methods WHERE problem_id = ? AND role = 'proposal' AND family <> '' "
        "ORDER BY family COLLATE NOCASE LIMIT 500",
        (problem_id,),
    ).fetchall()
    return tuple(a for (a,) in agents), tuple(f for (f,) in families)


def own_tags(connection: sqlite3.Connection, reviewer_id: int) -> tuple[str, ...]:
    """Return the tags that this reviewer has used, the most used first; nobody else's, since tags are opinions."""
    rows = connection.execute(
        "SELECT t.value, count(*) AS n FROM current_judgements j, json_each(j.tags) t WHERE j.reviewer_id = ? "
        "GROUP BY t.value ORDER BY n DESC, t.value LIMIT 500",
        (reviewer_id,),
    ).fetchall()
    return tuple(tag for tag, _ in rows)
