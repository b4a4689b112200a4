"""The queue as pages of an ordered index: no OFFSET, and never all ids in memory."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

from reviewer.domain.queue import QueueFilter, QueuePage, QueueRow, Sort, is_searched_for
from reviewer.domain.vocabulary import Protocol, Status, Verdict
from reviewer.store.protocols import SEES_EVIDENCE, protocol_of
from reviewer.store.sparing import is_sparing, spared

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


MOST_WORDS = 32
"""So many different words are searched for, those typed first; a search takes the longer the more there are."""

LONGEST_WORD = 200
"""Of a longer word so many characters are searched for: a pasted one may be thousands of words to the index."""


def search_expression(text: str) -> str:
    """Return what a person typed as an FTS5 expression: every word must occur, the last one may be unfinished.

    Each word is quoted, so that no character of it is an operator: ``fine-tuning`` is two words side by side, cut by
    the index's own rules. The empty string means that nothing was asked.

    A word that was typed before is not asked for again, and neither are words after the first ``MOST_WORDS`` different
    ones.
    """
    words = [word for word in _WORD.findall(text) if is_searched_for(word)]
    typed = Counter(map(_as_searched, words))
    unfinished = _as_searched(words[-1]) if words and not text[-1:].isspace() else None
    quoted = []
    for word in islice(typed, MOST_WORDS):
        # An unfinished word that was finished before asks for nothing more.
        begins = len(word) > LONGEST_WORD or (word == unfinished and typed[word] == 1)
        quoted.append(f'"{word[:LONGEST_WORD]}"{"*" if begins else ""}')
    return " ".join(quoted)


def _as_searched(word: str) -> str:
    # Which other letters are one to the index, only the index knows.
    return word.lower() if word.isascii() else word


SORTED_AT_MOST = 20_000
"""So many rows that were found are put in an order that is not theirs; where there are more, its index is walked."""


@dataclass(frozen=True, slots=True)
class _Query:
    """A queue as SQL: the tables in the order in which they are gone through, the conditions, the parameters.

    ``found`` says that the search index comes first. It gives rows in the order of their ids, so that for these two
    orders a page is had as soon as so many rows were found.
    """

    tables: str
    where: str
    values: Mapping[str, Any]
    found: bool = False
    row: str = ""
    """What a row shows: of what is sealed for the viewer no more than its idea."""

    def column(self, name: str) -> str:
        """Return the column to order by: of the row id, that of whichever table is gone through first."""
        return "f.rowid" if self.found and name == "m.id" else name


def _query(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    kept: Collection[int],
) -> _Query:
    """Return the queue that is asked for; ``kept`` rows stay whatever the filter says of them."""
    own: list[str] = []
    where = ["m.problem_id = :problem", "m.role = 'proposal'"]
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
    protocol = protocol_of(connection, problem_id)
    if asked.agent:
        where.append("m.agent = :agent COLLATE NOCASE")
        values["agent"] = asked.agent
    if asked.family:
        where.append("m.family = :family COLLATE NOCASE")
        values["family"] = asked.family
    if asked.check:
        where.append(_asked_by_check(connection, asked.check))
        values["check"] = asked.check
    if protocol is Protocol.SEALED:
        values |= {"viewer": reviewer_id, "protocol": protocol}
        if asked.agent or asked.family or asked.check:
            # That a row is found by it would tell where it comes from.
            where.append(SEES_EVIDENCE.format(of="m.id"))
    if own:
        values["kept"] = f"[{','.join(map(str, kept))}]"
        where.append(f"(({' AND '.join(own)}) OR m.id IN (SELECT value FROM json_each(:kept)))")
    tables, found = "methods m", False
    if expression := search_expression(asked.text):
        values["text"] = expression
        found = sort in (Sort.IMPORTED, Sort.NEWEST) or not _finds_more_than(connection, expression, SORTED_AT_MOST)
        if found:
            # CROSS JOIN keeps the search index the outer loop.
            tables = "search_index f CROSS JOIN methods m ON m.id = f.rowid"
            where.insert(0, "search_index MATCH :text")
        else:
            where.append("m.id IN (SELECT rowid FROM search_index WHERE search_index MATCH :text)")
    tables += " LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = :reviewer"
    return _Query(tables, " AND ".join(where), values, found, _SEALED_ROW if protocol is Protocol.SEALED else _ROW)


def _asked_by_check(connection: sqlite3.Connection, rule: str) -> str:
    """Return the condition that a rule has a question about a row; of few that there are, all are looked up at once."""
    many = connection.execute(
        "SELECT 1 FROM check_results WHERE rule = ? LIMIT 1 OFFSET ?", (rule, SORTED_AT_MOST)
    ).fetchone()
    if many is None:
        return "m.id IN (SELECT method_id FROM check_results WHERE rule = :check)"
    return "EXISTS (SELECT 1 FROM check_results c WHERE c.method_id = m.id AND c.rule = :check)"


def _finds_more_than(connection: sqlite3.Connection, expression: str, n: int) -> bool:
    row = connection.execute(
        "SELECT 1 FROM search_index WHERE search_index MATCH ? LIMIT 1 OFFSET ?", (expression, n)
    ).fetchone()
    return row is not None


_STATUSES = {str(status): status for status in Status}
_VERDICTS: Mapping[str | None, Verdict | None] = {None: None, **{str(verdict): verdict for verdict in Verdict}}


def _rows(
    connection: sqlite3.Connection,
    sort: Sort,
    query: _Query,
    *,
    forward: bool,
    limit: int,
    beyond: str = "",
    key: Mapping[str, Any] = MappingProxyType({}),
) -> list[QueueRow]:
    order = _ORDERS[sort]
    keys = ", ".join(column.removesuffix(" COLLATE NOCASE") for column, _ in order)
    by = ", ".join(f"{query.column(column)} {'ASC' if up == forward else 'DESC'}" for column, up in order)
    asked = f"FROM {query.tables} WHERE {query.where}{beyond} ORDER BY {by} LIMIT :limit"
    values = {**query.values, **key, "limit": limit}
    if is_sparing(connection):
        return _rows_one_by_one(
            connection, connection.execute(f"SELECT m.id, {keys} {asked}", values).fetchall(), values, query.row
        )
    return _as_rows(connection.execute(f"SELECT {query.row}, {keys} {asked}", values))


_OWN = (
    "coalesce(j.status, 'to_do'), j.verdict, j.forecast, coalesce(j.flagged, 0), "
    "coalesce(j.verdict IS NOT NULL AND j.revision_id <> m.revision_id, 0)"
)
_ROW = f"m.id, m.title, m.agent, m.family, m.claim, {_OWN}"
_SEES = SEES_EVIDENCE.format(of="m.id")
_SEALED_ROW = (
    f"m.id, m.title, CASE WHEN {_SEES} THEN m.agent ELSE '' END, CASE WHEN {_SEES} THEN m.family ELSE '' END, "
    f"CASE WHEN {_SEES} THEN m.claim END, {_OWN}"
)

UNREADABLE = "(cannot be read)"
"""Stands for the title of a proposal of a damaged store."""


def _rows_one_by_one(
    connection: sqlite3.Connection, found: Sequence[Sequence[Any]], values: Mapping[str, Any], row: str
) -> list[QueueRow]:
    """Return the rows of a damaged store by what an index has of them: what cannot be read stands there as such."""
    sql = (
        f"SELECT {row} FROM methods m LEFT JOIN current_judgements j ON j.method_id = m.id "
        "AND j.reviewer_id = :reviewer WHERE m.id = :method"
    )
    rows = []
    for method_id, *place in found:
        asked = {**values, "method": method_id}
        lost = QueueRow(method_id, UNREADABLE, "", "", None, Status.TO_DO, None, None, False, False, tuple(place))

        def read(asked: Mapping[str, Any] = asked, place: Sequence[Any] = place) -> QueueRow:
            return _as_rows([(*connection.execute(sql, asked).fetchone(), *place)])[0]

        rows.append(spared(connection, "rows", read) or lost)
    return rows


def _as_rows(found: Iterable[Sequence[Any]]) -> list[QueueRow]:
    return [
        QueueRow(
            method_id, title, agent, family, claim, _STATUSES[status], _VERDICTS[verdict], forecast, bool(flagged),
            bool(changed), tuple(place),
        )
        for method_id, title, agent, family, claim, status, verdict, forecast, flagged, changed, *place in found
    ]  # fmt: skip


def _beyond(
    sort: Sort, query: _Query, key: tuple[str | float | int, ...], *, forward: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the conditions whose rows, one after the other, are those after (or before) ``key`` in the order.

    First the ties with ``key``, then what is beyond them: each is one seek in the order's index. A comparison of both
    columns at once is not, since SQLite then walks over all ties, and over everything where a collation is named.
    """
    order = [(query.column(column), ascending) for column, ascending in _ORDERS[sort]]
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
    query = _query(connection, problem_id, reviewer_id, asked, sort, kept)
    rows = _rows(connection, sort, query, forward=not last, limit=limit + 1)
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
    query = _query(connection, problem_id, reviewer_id, asked, sort, kept)
    rows: list[QueueRow] = []
    for beyond, values in _beyond(sort, query, key, forward=forward):
        if len(rows) <= limit:
            left = limit + 1 - len(rows)
            rows += _rows(connection, sort, query, forward=forward, limit=left, beyond=beyond, key=values)
    more = len(rows) > limit
    rows = rows[:limit]
    if forward:
        return QueuePage(tuple(rows), more_before=True, more_after=more)
    return QueuePage(tuple(reversed(rows)), more_before=more, more_after=True)


def queue_row(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, sort: Sort, method_id: int
) -> QueueRow | None:
    """Return the row of one proposal as it stands now, whatever the filter, or None where it is gone."""
    query = _query(connection, problem_id, reviewer_id, QueueFilter(), sort, ())
    rows = _rows(
        connection, sort, query, forward=True, limit=1, beyond=" AND m.id = :method", key={"method": method_id}
    )
    return rows[0] if rows else None


def count_queue(
    connection: sqlite3.Connection, problem_id: int, reviewer_id: int, asked: QueueFilter, *, kept: Collection[int] = ()
) -> int:
    """Return how many rows the queue has: a walk over all of them, so never on the way to a paint."""
    query = _query(connection, problem_id, reviewer_id, asked, Sort.IMPORTED, kept)
    n: int = connection.execute(f"SELECT count(*) FROM {query.tables} WHERE {query.where}", query.values).fetchone()[0]
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
            f"AND id > :start AND id <= :end AND {_SEES}",
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
_MOST_FACETS = 500


def _named(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted(found - {""}, key=lambda name: (name.casefold(), name))[:_MOST_FACETS])


def own_tags(connection: sqlite3.Connection, reviewer_id: int) -> tuple[str, ...]:
    """Return the tags that this reviewer has used, the most used first; nobody else's, since tags are opinions."""
    rows = connection.execute(
        "SELECT t.value, count(*) AS n FROM current_judgements j, json_each(j.tags) t WHERE j.reviewer_id = ? "
        "GROUP BY t.value ORDER BY n DESC, t.value LIMIT 500",
        (reviewer_id,),
    ).fetchall()
    return tuple(tag for tag, _ in rows)
