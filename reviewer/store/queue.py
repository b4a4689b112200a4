"""The queue as pages of an ordered index: no OFFSET, and never all ids in memory."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from reviewer.domain.queue import QueueFilter, QueuePage, QueueRow, Sort
from reviewer.domain.vocabulary import Protocol, Status, Verdict
from reviewer.store.alike import NO_SIGHTING, heads_of, members_of
from reviewer.store.covering import COVERED_TITLE, found_while_sealed, names_known
from reviewer.store.protocols import HALF_WAY, SEES_EVIDENCE, SEES_OTHERS, protocol_of
from reviewer.store.queue_orders import METHODS, SORTED_AT_MOST, STAND_APART, Columns, OrderPart, narrowed, parts_of
from reviewer.store.search_words import search_expression
from reviewer.store.sparing import is_sparing, spared


@dataclass(frozen=True, slots=True)
class _Query:
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


def _query(
    connection: sqlite3.Connection,
    problem_id: int,
    reviewer_id: int,
    asked: QueueFilter,
    sort: Sort,
    kept: Collection[int],
    draw: int | None = None,
) -> _Query:
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
            where.append(found_while_sealed(_SEES, asked.text, ":known"))
            values["text_asked"] = asked.text
        # To find that out takes as long as the search itself.
        few = not all(map(_by_id, parts)) and not _finds_more_than(connection, expression, SORTED_AT_MOST)
    narrow = narrowed(connection, asked, protocol, problem_id, reviewer_id)
    row = _SEALED_ROW if protocol is Protocol.SEALED else _ROW
    return _Query(parts, " AND ".join(where), values, few, narrow, row)


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


def _rows(
    connection: sqlite3.Connection,
    query: _Query,
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


def _walk(
    connection: sqlite3.Connection,
    query: _Query,
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
                rows += _rows(
                    connection, query, place, forward=forward, limit=limit - len(rows), beyond=beyond, key=values
                )
    return rows


_OWN = (
    "coalesce(j.status, 'to_do'), j.verdict, j.forecast, coalesce(j.flagged, 0), "
    "coalesce(j.verdict IS NOT NULL AND j.revision_id <> m.revision_id, 0)"
)
_ROW = f"m.id, m.title, m.agent, m.family, m.claim, {_OWN}"
_SEES = SEES_EVIDENCE.format(of="m.id")
_SEALED_ROW = (
    f"m.id, CASE WHEN {_SEES} THEN m.title ELSE {COVERED_TITLE.format(title='m.title', known=':known')} END, "
    f"CASE WHEN {_SEES} THEN m.agent ELSE '' END, CASE WHEN {_SEES} THEN m.family ELSE '' END, "
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
    query: _Query, place: int, key: tuple[str | float | int, ...], *, forward: bool
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
    query = _query(connection, problem_id, reviewer_id, asked, sort, kept, draw)
    rows, more = _page(connection, query, limit, forward=not last)
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
    query = _query(connection, problem_id, reviewer_id, asked, sort, kept, draw)
    rows, more = _page(connection, query, limit, forward=forward, key=key)
    return QueuePage(rows, more_before=more or forward, more_after=more or not forward)


WALKED_AT_ONCE = 5_000
"""So many rows at most are walked over in one go where all of them may stand elsewhere, by what they are alike to."""


def _page(
    connection: sqlite3.Connection,
    query: _Query,
    limit: int,
    *,
    forward: bool,
    key: tuple[str | float | int, ...] | None = None,
) -> tuple[tuple[QueueRow, ...], bool]:
    """Return the next ``limit`` rows after ``key`` (or before it), in the order of the queue, and whether there are
    more; with each come those that stand under it.
    """
    units: list[list[QueueRow]] = []
    step = limit + 1
    while len(units) <= limit:
        walked = _walk(connection, query, step, forward=forward, key=key)
        here = _together(connection, query, walked)
        units += here
        if len(walked) < step:
            break
        # A few more where a few stood elsewhere, and many where nearly all did.
        missing = limit + 1 - len(units)
        key, step = walked[-1].key, min(2 * step, WALKED_AT_ONCE) if 2 * len(here) < step else max(2 * missing, 10)
    more, units = len(units) > limit, units[:limit]
    return tuple(row for unit in (units if forward else reversed(units)) for row in unit), more


def _together(connection: sqlite3.Connection, query: _Query, walked: Sequence[QueueRow]) -> list[list[QueueRow]]:
    """Return rows each with those that are alike to it; one that stands with an earlier one is not there by itself.

    A group stands where the first one of it stands that the queue has at all, by its order.
    """
    heads = {} if is_sparing(connection) else heads_of(connection, [row.method_id for row in walked])
    if not heads:
        return [[row] for row in walked]
    groups = _groups(connection, query, set(heads.values()), {row.method_id: row for row in walked})
    units = []
    for row in walked:
        group = groups.get(heads.get(row.method_id, 0), ())
        if len(group) < 2:
            units.append([row])
        elif group[0].method_id == row.method_id:
            n = len(group)
            under = (mate._replace(key=row.key, alike=n, under=True) for mate in group[1:])
            units.append([row._replace(alike=n), *under])
    return units


def _groups(
    connection: sqlite3.Connection, query: _Query, heads: Collection[int], known: Mapping[int, QueueRow]
) -> dict[int, list[QueueRow]]:
    """Return by their heads the groups as a queue has them, each in its order; those ``known`` need not be read."""
    members = members_of(connection, heads)
    elsewhere = [mate for mates in members.values() for mate in mates if mate not in known]
    rows = {**known, **_rows_of(connection, query, elsewhere)}
    groups = {}
    for head, mates in members.items():
        found = (rows[mate] for mate in mates if mate in rows)
        groups[head] = sorted(found, key=lambda row: _place_in_order(query, row))
    return groups


def _rows_of(connection: sqlite3.Connection, query: _Query, method_ids: Sequence[int]) -> dict[int, QueueRow]:
    """Return the rows of some proposals by their row ids, those that a queue has: all at once where that is quick."""
    found: dict[int, QueueRow] = {}
    for place, part in enumerate(query.parts):
        left = [i for i in method_ids if i not in found]
        if not left:
            break
        if part.tables == METHODS and "text" not in query.values:
            asked = replace(query, narrow=_AMONG, values={**query.values, "among": json.dumps(left)})
            rows = _rows(connection, asked, place, forward=True, limit=len(left))
        else:
            one = " AND m.id = :method"
            rows = [
                row
                for i in left
                for row in _rows(connection, query, place, forward=True, limit=1, beyond=one, key={"method": i})
            ]
        found.update((row.method_id, row) for row in rows)
    return found


_AMONG = "SELECT value AS method_id FROM json_each(:among)"


def _place_in_order(query: _Query, row: QueueRow) -> tuple[str | float | int, ...]:
    """Return what rows of a queue can be put in its order by; letters as SQLite's NOCASE has them."""
    place, *values = row.key
    columns = query.parts[int(place)].columns
    return (
        place,
        *(
            value.encode().lower().decode() if isinstance(value, str) else value if ascends else -value
            for value, (_, ascends) in zip(values, columns, strict=True)
        ),
    )


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
    query = _query(connection, problem_id, reviewer_id, asked, sort, kept, draw)
    (group,) = _groups(connection, query, heads_of(connection, [method_id]).values(), {}).values() or ([],)
    if all(row.method_id != method_id for row in group):
        return ()
    return tuple(_together(connection, query, group[:1])[0])


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
    query = _query(connection, problem_id, reviewer_id, part, sort, (), draw)
    one = {"method": method_id}
    for place in range(len(query.parts)):
        if rows := _rows(connection, query, place, forward=True, limit=1, beyond=" AND m.id = :method", key=one):
            return rows[0]
    return None


def filtered(
    connection: sqlite3.Connection, problem_id: int, asked: QueueFilter, *, unjudged: bool = False
) -> Iterator[tuple[int, float]]:
    """Yield the row ids of a problem's proposals that fulfil what a filter asks of the data, each with what it sorts
    by claim, in the order of import; nobody's judgement has a part in it unless ``unjudged`` asks for what has none.

    Rows are read as they are asked for: keep the transaction open meanwhile.
    """
    query = _query(connection, problem_id, 0, asked, Sort.IMPORTED, ())
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
    query = _query(connection, problem_id, reviewer_id, asked, Sort.IMPORTED, kept)
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
