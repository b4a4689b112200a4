"""How the proposals of a problem were rated, as counts: for each way in which one was, how many were rated so.

SQLite walks first or current judgements in the order of the proposals and keeps no more than the different ways. Both
are kept with every event, so that no event is read here.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from reviewer.domain.vocabulary import Rating, Verdict
from reviewer.store.alike import NO_SIGHTING
from reviewer.store.protocols import SEES_OTHERS, protocol_of

PIECE = 1000

VERDICTS = (Verdict.FAILS, Verdict.CONDITIONAL, Verdict.SURVIVES)
"""The verdicts that are ratings, in order; that one cannot tell is none."""

RATINGS = (Rating.PASS, Rating.CONCERN, Rating.BLOCKER)
"""How constraints are rated, in order; neither that it is unknown nor that it does not apply is a rating."""

Way = tuple[tuple[str, int], ...]
"""How one proposal was rated: the words that were given, in the order of letters, each with how many gave it."""

Ways = Mapping[Way, int]
"""How many proposals were rated in each way."""


class Held(StrEnum):
    """Which judgements are counted of a reviewer and a proposal."""

    FIRST = "first"
    """What the first event says that says anything of the kind, whatever came of it."""
    CURRENT = "current"


_SEEN = f"""
    CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    WHERE (:viewer IS NULL OR {SEES_OTHERS.format(of="j.method_id")})
"""

_HELD = {
    Held.FIRST: f"first_judgements j {_SEEN}",
    Held.CURRENT: f"current_judgements j {_SEEN}",
}

# The ways are counted as they are read: SQLite would sort those of all proposals, in memory, to group them.
_WAYS = "SELECT group_concat({rated}) FROM {held} GROUP BY j.method_id"

_VERDICTS = {
    Held.FIRST: _WAYS.format(rated="j.verdict", held=_HELD[Held.FIRST]),
    Held.CURRENT: _WAYS.format(rated="j.verdict", held=_HELD[Held.CURRENT]),
}

_PER_CENT = "CAST(round(100 * j.forecast) AS INTEGER)"

_FORECASTS = {
    Held.FIRST: _WAYS.format(rated=_PER_CENT, held=_HELD[Held.FIRST]),
    Held.CURRENT: _WAYS.format(rated=_PER_CENT, held=_HELD[Held.CURRENT]),
}

_RATED = {Held.FIRST: '$."{}"', Held.CURRENT: '$."{}".rating'}
"""Where the rating of a constraint stands."""


def verdict_ways(connection: sqlite3.Connection, problem_id: int, held: Held, viewer_id: int | None) -> Ways:
    """Return in which ways verdicts were given.

    Counted are the proposals of which the viewer may see what others hold, all of them where ``viewer_id`` is None.
    """
    ways = Counter[str | None](row[0] for row in _fetched(connection, _VERDICTS[held], problem_id, viewer_id))
    return _ways(ways, frozenset(VERDICTS).__contains__)


def forecast_ways(connection: sqlite3.Connection, problem_id: int, held: Held, viewer_id: int | None) -> Ways:
    """Return in which ways forecasts were given, in whole per cent; of the same proposals."""
    ways = Counter[str | None](row[0] for row in _fetched(connection, _FORECASTS[held], problem_id, viewer_id))
    # Each of them is a rating.
    return _ways(ways, bool)


def rating_ways(
    connection: sqlite3.Connection, problem_id: int, held: Held, viewer_id: int | None, slugs: Sequence[str]
) -> Mapping[str, Ways]:
    """Return by the slug of each constraint in which ways it was rated; of the same proposals."""
    found: dict[str, Ways] = {}
    for start in range(0, len(slugs), _SLUGS_AT_ONCE):
        found |= _rating_ways(connection, problem_id, held, viewer_id, slugs[start : start + _SLUGS_AT_ONCE])
    return found


_SLUGS_AT_ONCE = 90
"""SQLite gives a function 127 arguments at most, in older builds 100."""


def _rating_ways(
    connection: sqlite3.Connection, problem_id: int, held: Held, viewer_id: int | None, slugs: Sequence[str]
) -> dict[str, Ways]:
    paths = {f"path{n}": _RATED[held].format(slug) for n, slug in enumerate(slugs)}
    columns = ", ".join(f"group_concat(json_extract(j.ratings, :path{n}))" for n in range(len(slugs)))
    rows = _fetched(
        connection,
        f"SELECT {columns} FROM {_HELD[held]} AND j.ratings <> '{{}}' GROUP BY j.method_id",
        problem_id,
        viewer_id,
        paths,
    )
    counts: tuple[Counter[str | None], ...] = tuple(Counter() for _ in slugs)
    for row in rows:
        for of_slug, words in zip(counts, row, strict=True):
            if words:
                of_slug[words] += 1
    is_rating = frozenset(RATINGS).__contains__
    found = {slug: _ways(of_slug, is_rating) for slug, of_slug in zip(slugs, counts, strict=True)}
    return {slug: ways for slug, ways in found.items() if ways}


def _fetched(
    connection: sqlite3.Connection,
    sql: str,
    problem_id: int,
    viewer_id: int | None,
    given: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[Any]:
    asked = {**given, "problem": problem_id, "viewer": viewer_id, **_protocol(connection, problem_id)}
    cursor = connection.execute(sql, asked)
    while rows := cursor.fetchmany(PIECE):
        yield from rows


def _protocol(connection: sqlite3.Connection, problem_id: int) -> Mapping[str, object]:
    """Return the parameter that says by which protocol a viewer sees what they may see."""
    return {"protocol": protocol_of(connection, problem_id)}


def _ways(counted: Mapping[str | None, int], is_rating: Callable[[str], bool]) -> Ways:
    """Return the ways that joined words come to: the same ones may come in any order, and some are no ratings."""
    found: Counter[Way] = Counter()
    for joined, n in counted.items():
        if joined is not None and (way := tuple(sorted(Counter(filter(is_rating, joined.split(","))).items()))):
            found[way] += n
    return found


def reviewers_counted(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> int:
    """Return how many people hold something of these proposals."""
    n: int = connection.execute(
        f"SELECT count(DISTINCT j.reviewer_id) FROM current_judgements j {_SEEN} AND j.status <> 'to_do'",
        {"problem": problem_id, "viewer": viewer_id, **_protocol(connection, problem_id)},
    ).fetchone()[0]
    return n


def proposals_seen(connection: sqlite3.Connection, problem_id: int, viewer_id: int) -> int:
    """Return of how many proposals of a problem a viewer may see what others hold."""
    # What may be seen is seldom more than what one has touched oneself, and that is quickly gone through.
    touched = "EXISTS (SELECT 1 FROM current_judgements j WHERE j.method_id = m.id AND j.reviewer_id = :viewer)"
    n: int = connection.execute(
        f"SELECT count(*) FROM methods m WHERE m.problem_id = :problem AND m.role = 'proposal' "
        f"AND {NO_SIGHTING.format(of='m.id')} "
        f"AND (:protocol = 'open' OR {touched}) AND {SEES_OTHERS.format(of='m.id')}",
        {"problem": problem_id, "viewer": viewer_id, **_protocol(connection, problem_id)},
    ).fetchone()[0]
    return n
