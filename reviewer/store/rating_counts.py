"""How the proposals of a problem were rated, as counts: for each way in which one was, how many were rated so.

SQLite walks current judgements in the order of the proposals and keeps no more than the different ways. What was held
first is looked up for each reviewer and proposal in the index of their events, oldest first, and no event is read
beyond the one that is looked for. Only of the constraints, each of which has a first event of its own, all events with
a rating are read once, in the order of that index; nothing of a proposal is kept after it.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any

from reviewer.domain.vocabulary import Rating, Verdict

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


_SEEN = """
    CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    WHERE (:viewer IS NULL OR EXISTS (
        SELECT 1 FROM current_judgements v
        WHERE v.method_id = j.method_id AND v.reviewer_id = :viewer AND v.verdict IS NOT NULL
    ))
"""

_WAYS = """
    SELECT way, count(*) FROM (
        SELECT group_concat({rated}) AS way FROM current_judgements j {seen} GROUP BY j.method_id
    ) WHERE way IS NOT NULL GROUP BY way
"""

_FIRST = """(
    SELECT json_extract(a.snapshot, '{path}') FROM annotations a
    WHERE a.method_id = j.method_id AND a.reviewer_id = j.reviewer_id
        {passed_over}AND json_extract(a.snapshot, '{path}') IS NOT NULL
    ORDER BY a.id LIMIT 1
)"""

# As we write a snapshot, so that those without are told without reading them; in another form they are read.
_WITHOUT_VERDICT = "AND substr(a.snapshot, 1, 16) <> '{\"verdict\": null' "
_WITHOUT_RATINGS = "instr(j.snapshot, '\"ratings\": {}') = 0"

_PER_CENT = "CAST(round(100 * {forecast}) AS INTEGER)"

_VERDICTS = {
    Held.CURRENT: _WAYS.format(rated="j.verdict", seen=_SEEN),
    Held.FIRST: _WAYS.format(rated=_FIRST.format(path="$.verdict", passed_over=_WITHOUT_VERDICT), seen=_SEEN),
}
_FORECASTS = {
    Held.CURRENT: _WAYS.format(rated=_PER_CENT.format(forecast="j.forecast"), seen=_SEEN),
    Held.FIRST: _WAYS.format(
        rated=_PER_CENT.format(forecast=_FIRST.format(path="$.forecast", passed_over="")), seen=_SEEN
    ),
}


def verdict_ways(connection: sqlite3.Connection, problem_id: int, held: Held, viewer_id: int | None) -> Ways:
    """Return in which ways verdicts were given.

    Counted are the proposals that the viewer has given a verdict, all of them where ``viewer_id`` is None.
    """
    rows = _fetched(connection, _VERDICTS[held], {"problem": problem_id, "viewer": viewer_id})
    return _ways(rows, frozenset(VERDICTS).__contains__)


def forecast_ways(connection: sqlite3.Connection, problem_id: int, held: Held, viewer_id: int | None) -> Ways:
    """Return in which ways forecasts were given, in whole per cent; of the same proposals."""
    rows = _fetched(connection, _FORECASTS[held], {"problem": problem_id, "viewer": viewer_id})
    # Each of them is a rating.
    return _ways(rows, bool)


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
    within = "$" if held is Held.CURRENT else "$.ratings"
    paths = {f"path{n}": f'{within}."{slug}".rating' for n, slug in enumerate(slugs)}
    given = {"problem": problem_id, "viewer": viewer_id, **paths}
    asked = tuple(f":path{n}" for n in range(len(slugs)))
    rows = _current_ratings(connection, asked, given) if held is Held.CURRENT else _first(connection, asked, given)
    counts: tuple[Counter[str], ...] = tuple(Counter() for _ in slugs)
    for row in rows:
        for of_slug, words in zip(counts, row, strict=True):
            if words:
                of_slug[words] += 1
    is_rating = frozenset(RATINGS).__contains__
    found = {slug: _ways(of_slug.items(), is_rating) for slug, of_slug in zip(slugs, counts, strict=True)}
    return {slug: ways for slug, ways in found.items() if ways}


def _current_ratings(
    connection: sqlite3.Connection, asked: Sequence[str], given: Mapping[str, object]
) -> Iterator[Sequence[str | None]]:
    """Yield for each proposal the ratings of each constraint, joined."""
    columns = ", ".join(f"group_concat(json_extract(j.ratings, {path}))" for path in asked)
    return _fetched(
        connection,
        f"SELECT {columns} FROM current_judgements j {_SEEN} AND j.ratings <> '{{}}' GROUP BY j.method_id",
        given,
    )


def _first(
    connection: sqlite3.Connection, asked: Sequence[str], given: Mapping[str, object]
) -> Iterator[Sequence[str | None]]:
    """Yield the same of what each reviewer said first of each constraint."""
    # Of one path alone SQLite would make no list.
    paths = ", ".join((*asked, "'$.none'"))
    rows = _fetched(
        connection,
        f"SELECT j.method_id, j.reviewer_id, json_extract(j.snapshot, {paths}) "
        f"FROM annotations j {_SEEN} AND {_WITHOUT_RATINGS} "
        "ORDER BY j.method_id, j.reviewer_id, j.id",
        given,
    )
    for _, of_proposal in groupby(rows, key=lambda row: row[0]):
        words: list[list[str]] = [[] for _ in asked]
        for _, of_reviewer in groupby(of_proposal, key=lambda row: row[1]):
            for of_slug, word in zip(words, _first_words(row[2] for row in of_reviewer), strict=False):
                if word:
                    of_slug.append(word)
        yield [",".join(of_slug) for of_slug in words]


def _first_words(lists: Iterable[str]) -> Sequence[str | None]:
    """Return the first word of each place in JSON lists, oldest first."""
    found: list[str | None] = []
    before = ""
    for text in lists:
        # Most events leave the ratings as they were.
        if text != before:
            words: list[str | None] = json.loads(text)
            found = words if not found else [old or new for old, new in zip(found, words, strict=True)]
        before = text
    return found


def _fetched(connection: sqlite3.Connection, sql: str, given: Mapping[str, object]) -> Iterator[Any]:
    cursor = connection.execute(sql, dict(given))
    while rows := cursor.fetchmany(PIECE):
        yield from rows


def _ways(rows: Iterable[tuple[str, int]], is_rating: Callable[[str], bool]) -> Ways:
    """Return the ways that joined words come to: the same ones may come in any order, and some are no ratings."""
    found: Counter[Way] = Counter()
    for joined, n in rows:
        if way := tuple(sorted(Counter(filter(is_rating, joined.split(","))).items())):
            found[way] += n
    return found


def reviewers_counted(connection: sqlite3.Connection, problem_id: int, viewer_id: int | None) -> int:
    """Return how many people hold something of these proposals."""
    n: int = connection.execute(
        f"SELECT count(DISTINCT j.reviewer_id) FROM current_judgements j {_SEEN} AND j.status <> 'to_do'",
        {"problem": problem_id, "viewer": viewer_id},
    ).fetchone()[0]
    return n


def proposals_judged(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> int:
    """Return how many proposals of a problem a reviewer has given a verdict."""
    n: int = connection.execute(
        "SELECT count(*) FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = ? "
        "WHERE j.reviewer_id = ? AND j.status = 'judged'",
        (problem_id, reviewer_id),
    ).fetchone()[0]
    return n
