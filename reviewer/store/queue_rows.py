"""A queue as SQL: what is asked of its rows, the parts of its order, and walking over those row by row."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from reviewer.domain.queue import QueueFilter, QueueRow, Sort
from reviewer.domain.vocabulary import Protocol, Status, Verdict
from reviewer.store.alike import NO_SIGHTING
from reviewer.store.covering import COVERED_TITLE, found_while_sealed, names_known
from reviewer.store.protocols import HALF_WAY, SEES_EVIDENCE, SEES_OTHERS, protocol_of
from reviewer.store.queue_orders import METHODS, SORTED_AT_MOST, STAND_APART, Columns, OrderPart, narrowed, parts_of
from reviewer.store.search_words import search_expression
from reviewer.store.sparing import is_sparing, spared


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """A queue as SQL: the parts of its order, the conditions, the parameters.

    ``few_found`` says that the search finds so few rows that they are sorted, in whatever order; ``narrow`` selects
    the few that can be in it at all, where that is known, which are sorted likewise.
    """

    parts: Sequence[OrderPart]
    where: str
    values: Mapping[str, Any]
    few_found: bool = False
    narrow: str = ""
    row: str = ""
    """What a row shows: of what is sealed for the viewer no more than its idea."""

    def found_first(self, part: OrderPart) -> bool:
        """Return whether the search index is gone through first.

        It gives rows in the order of their ids, so that for that order a page is had as soon as so many were found.
        """
        plain = part.tables == METHODS and not self.narrow
        return "text" in self.values and plain and (_by_id(part) or self.few_found)

    def tables(self, part: OrderPart) -> str:
        """Return the tables of one part in the order in which they are gone through."""
        # CROSS JOIN keeps what stands first the outer loop.
        first = part.tables
        if self.found_first(part):
            first = "search_index f CROSS JOIN methods m ON m.id = f.rowid"
        elif self.narrow and part.tables == METHODS:
            first = f"({self.narrow}) n CROSS JOIN methods m ON m.id = n.method_id"
        return f"{first} LEFT JOIN current_judgements j ON j.method_id = m.id AND j.reviewer_id = :reviewer"

    def conditions(self, part: OrderPart) -> str:
        """Return what a row of one part must fulfil."""
        searched = ""
        if "text" in self.values:
            searched = (
                "search_index MATCH :text"
                if self.found_first(part)
                else "m.id IN (SELECT rowid FROM search_index WHERE search_index MATCH :text)"
            )
        return " AND ".join(filter(None, (searched, part.where, self.where)))

    def columns(self, part: OrderPart) -> Columns:
        """Return what orders one part: of the row id, that of whichever table is gone through first."""
        found = self.found_first(part)
        return tuple(("f.rowid" if found and name == "m.id" else name, up) for name, up in part.columns)


def query_of(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    kept: Collection[int],
    draw: int | None = None,
) -> QueueQuery:
    """Return the queue that is asked for; ``kept`` rows stay whatever the filter says of them."""
    own: list[str] = []
    where = ["m.problem_id = :problem", "m.role = 'proposal'"]
    protocol = protocol_of(connection, problem_id)
    values: dict[str, Any] = {
        "problem": problem_id,
        "reviewer": reviewer_id,
        "viewer": reviewer_id,
        "protocol": protocol,
        "draw": draw,
    }
    if asked.status is Status.TO_DO:
        own.append(f"(j.id IS NULL OR j.status IN ('to_do', 'started') OR {HALF_WAY})")
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
    if asked.disagreed:
        own.append(f"EXISTS ({STAND_APART}) AND {SEES_OTHERS.format(of='m.id')}")
    if asked.assigned:
        where.append("m.id IN (SELECT method_id FROM assignments WHERE reviewer_id = :reviewer)")
    if asked.agent:
        where.append("m.agent = :agent COLLATE NOCASE")
        values["agent"] = asked.agent
    if asked.family:
        where.append("m.family = :family COLLATE NOCASE")
        values["family"] = asked.family
    if asked.check:
        where.append(_asked_by_check(connection, asked.check))
        values["check"] = asked.check
    if protocol is Protocol.SEALED and (asked.agent or asked.family or asked.check):
        # That a row is found by it would tell where it comes from.
        where.append(SEES_EVIDENCE.format(of="m.id"))
    if own:
        values["kept"] = f"[{','.join(map(str, kept))}]"
        where.append(f"(({' AND '.join(own)}) OR m.id IN (SELECT value FROM json_each(:kept)))")
    parts = parts_of(connection, sort, protocol, reviewer_id, draw=draw, assigned=asked.assigned)
    few = False
    if not is_sparing(connection):
        where.append(NO_SIGHTING.format(of="m.id"))
    if protocol is Protocol.SEALED:
        values["known"] = json.dumps(names_known(connection, problem_id))
    if expression := search_expression(asked.text):
        values["text"] = expression
        if protocol is Protocol.SEALED:
            where.append(found_while_sealed(SEES, asked.text, ":known"))
            values["text_asked"] = asked.text
        # To find that out takes as long as the search itself.
        few = not all(map(_by_id, parts)) and not _finds_more_than(connection, expression, SORTED_AT_MOST)
    narrow = narrowed(connection, asked, protocol, problem_id, reviewer_id)
    row = _SEALED_ROW if protocol is Protocol.SEALED else _ROW
    return QueueQuery(parts, " AND ".join(where), values, few, narrow, row)


def _by_id(part: OrderPart) -> bool:
    return part.columns[0][0] == "m.id"


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


def rows_of_part(
    connection: sqlite3.Connection,
    query: QueueQuery,
    place: int,
    *,
    forward: bool,
    limit: int,
    beyond: str = "",
    key: Mapping[str, Any] = MappingProxyType({}),
) -> list[QueueRow]:
    """Return rows of the part at one place of the order, or before one; the key of each begins with that place."""
    part = query.parts[place]
    keys = ", ".join(column.removesuffix(" COLLATE NOCASE") for column, _ in part.columns)
    by = ", ".join(f"{column} {'ASC' if up == forward else 'DESC'}" for column, up in query.columns(part))
    asked = f"FROM {query.tables(part)} WHERE {query.conditions(part)}{beyond} ORDER BY {by} LIMIT :limit"
    values = {**query.values, **key, "limit": limit, "part": place}
    if is_sparing(connection):
        found = connection.execute(f"SELECT m.id, :part, {keys} {asked}", values).fetchall()
        return _rows_one_by_one(connection, found, values, query.row)
    return _as_rows(connection.execute(f"SELECT {query.row}, :part, {keys} {asked}", values))


def walk(
    connection: sqlite3.Connection,
    query: QueueQuery,
    limit: int,
    *,
    forward: bool,
    key: tuple[str | float | int, ...] | None = None,
) -> list[QueueRow]:
    """Return the first rows of the order after ``key`` (or before it, going back), part by part."""
    last = len(query.parts) - 1
    begins = (0 if forward else last) if key is None else int(key[0])
    rows: list[QueueRow] = []
    for place in range(begins, last + 1) if forward else range(begins, -1, -1):
        within = _beyond(query, place, key[1:], forward=forward) if key and place == begins else [("", {})]
        for beyond, values in within:
            if len(rows) < limit:
                rows += rows_of_part(
                    connection, query, place, forward=forward, limit=limit - len(rows), beyond=beyond, key=values
                )
    return rows


_OWN = (
    "coalesce(j.status, 'to_do'), j.verdict, j.forecast, coalesce(j.flagged, 0), "
    "coalesce(j.verdict IS NOT NULL AND j.revision_id <> m.revision_id, 0)"
)
_ROW = f"m.id, m.title, m.agent, m.family, m.claim, {_OWN}"
SEES = SEES_EVIDENCE.format(of="m.id")
_SEALED_ROW = (
    f"m.id, CASE WHEN {SEES} THEN m.title ELSE {COVERED_TITLE.format(title='m.title', known=':known')} END, "
    f"CASE WHEN {SEES} THEN m.agent ELSE '' END, CASE WHEN {SEES} THEN m.family ELSE '' END, "
    f"CASE WHEN {SEES} THEN m.claim END, {_OWN}"
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
    query: QueueQuery, place: int, key: tuple[str | float | int, ...], *, forward: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the conditions whose rows, one after the other, are those of a part after (or before) ``key`` in its order.

    First the ties with ``key``, then what is beyond them: each is one seek in the order's index. A comparison of both
    columns at once is not, since SQLite then walks over all ties, and over everything where a collation is named.
    """
    order = query.columns(query.parts[place])
    values = {f"key{i}": part for i, part in enumerate(key)}
    for last in reversed(range(len(order))):
        ties = "".join(f" AND {column} = :key{i}" for i, (column, _) in enumerate(order[:last]))
        column, ascending = order[last]
        yield f"{ties} AND {column} {'>' if ascending == forward else '<'} :key{last}", values
