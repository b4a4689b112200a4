"""What people did, read out of a store: small beside the rest, and all that an import cannot bring again.

Each record is a plain mapping that says by ``type`` what it is. What an event is about stands before it, with all that
tells it again in another store: names and hashes beside our own ids, which a new import gives anew.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reviewer.store.adjudications import ADJUDICATION_COLUMNS
from reviewer.store.critic_batches import BATCH_COLUMNS
from reviewer.store.critic_settings import SETTING_COLUMNS
from reviewer.store.critique_marks import MARK_COLUMNS
from reviewer.store.critique_readings import READING_COLUMNS
from reviewer.store.critiques import CRITIQUE_COLUMNS
from reviewer.store.decisions import decided_at
from reviewer.store.outcomes import OUTCOME_COLUMNS
from reviewer.store.spending import STOP_COLUMNS
from reviewer.store.undated import KNOWN_SINCE

Record = Mapping[str, Any]

EVENT_COLUMNS = ("id", "uuid", "act", "kind", "reviewer_id", "method_id", "revision_id", "judged_revision_id", "rubric",
                 "target_version", "baseline_id", "reverses", "supersedes", "snapshot", "visible", "seconds",
                 "created_at", "stage")  # fmt: skip
LOST = "lost-"
"""What a hash begins with, in what was saved from a damaged store, where the hash itself is lost."""

TARGET_COLUMNS = ("version", "criterion", "system", "scale", "budget", "latency", "signals", "horizon", "months",
                  "decider", "written_by", "created_at")  # fmt: skip

_STAMP = """
    SELECT (SELECT count(*) FROM annotations), (SELECT coalesce(max(id), 0) FROM annotations),
           (SELECT count(*) FROM targets WHERE written_by <> 'import'),
           (SELECT coalesce(sum(last), 0) FROM used_ids WHERE name LIKE 'told:%'),
           (SELECT count(*) FROM reviewers), (SELECT count(*) FROM rubrics),
           (SELECT count(*) FROM protocols), (SELECT count(*) FROM adjudications),
           (SELECT count(*) FROM assignment_rounds), (SELECT count(*) FROM problems WHERE decision IS NOT NULL)
               + (SELECT coalesce(sum(last), 0) FROM used_ids WHERE name LIKE 'decided:%'),
           (SELECT count(*) FROM critiques),
           (SELECT count(*) FROM critiques) - (SELECT count(*) FROM critiques WHERE state = 'sent'),
           (SELECT count(*) FROM critic_settings), (SELECT count(*) FROM spending_stops),
           (SELECT count(*) FROM critique_readings), (SELECT count(*) FROM critique_marks),
           (SELECT coalesce(sum(1 + requests + CASE status WHEN 'preparing' THEN 0 WHEN 'sending' THEN 1
            WHEN 'in_progress' THEN 2 WHEN 'canceling' THEN 3 WHEN 'ended' THEN 4 ELSE 5 END), 0) FROM critic_batches),
           (SELECT count(*) FROM outcomes)
"""


def stamp_of_acts(connection: sqlite3.Connection) -> tuple[int, ...]:
    """Return figures of which one is another whenever somebody did something; quick to get.

    The first one counts the annotation events, the last one the outcomes.
    """
    return tuple(connection.execute(_STAMP).fetchone())


def anything_done(stamp: Sequence[int]) -> bool:
    """Return whether anybody has done anything yet but enter a name and bring a rubric, by :func:`stamp_of_acts`."""
    return any((*stamp[:4], *stamp[6:]))


PROTOCOL_COLUMNS = ("uuid", "problem_id", "protocol", "set_by", "set_at")
ROUND_COLUMNS = ("id", "uuid", "problem_id", "seed", "overlap", "chosen", "reviewers", "made_by", "made_at")
SCALE_COLUMNS = ("id", "problem_id", "name", "kind", "lowest", "highest", "words")


def acts(
    connection: sqlite3.Connection,
    events: str = "true",
    outcomes: str = "true",
    adjudications: str = "true",
    critiques: str = "true",
) -> Iterator[Record]:
    """Yield what people did, what is referred to before what refers to it.

    ``events`` is an SQL condition on ``annotations``, ``outcomes``, ``adjudications`` and ``critiques`` are such on
    those tables: those of which it does not hold are left out.

    Raises:
        DatabaseError: when something cannot be read.
    """
    yield from _standing_alone(connection)
    yield from _subjects(connection, events, outcomes, adjudications, critiques, "true")
    yield from _rounds(connection)
    yield from _said(connection, events, outcomes, adjudications, critiques)


PIECE = 200
"""So many events are written with the write lock held for less than 50 ms."""
ANSWERS = 40
"""So many attempts at asking Claude are, each with a proposal and an answer in full."""


def acts_in_parts(connection: sqlite3.Connection) -> Iterator[list[Record]]:
    """Yield the same in parts that each fit any memory: with a part come those that it is about.

    Raises:
        DatabaseError: when something cannot be read.
    """
    yield list(_standing_alone(connection))
    for made in _rows(connection, "round", "assignment_rounds", ROUND_COLUMNS, "ORDER BY id"):
        yield [{**made, "assigned": []}]
        of_round = f"round_id = {int(made['id'])}"
        for assigned in _pieces(connection, "assignments", of_round):
            yield [
                *_subjects(connection, "false", "false", "false", "false", assigned),
                {**made, "assigned": _assigned(connection, assigned)},
            ]
    for events in _pieces(connection, "annotations", "true"):
        yield [
            *_subjects(connection, events, "false", "false", "false", "false"),
            *_said(connection, events, "false", "false", "false"),
        ]
    for outcomes in _pieces(connection, "outcomes", "true"):
        yield [
            *_subjects(connection, "false", outcomes, "false", "false", "false"),
            *_said(connection, "false", outcomes, "false", "false"),
        ]
    for adjudications in _pieces(connection, "adjudications", "true"):
        yield [
            *_subjects(connection, "false", "false", adjudications, "false", "false"),
            *_said(connection, "false", "false", adjudications, "false"),
        ]
    for critiques in _pieces(connection, "critiques", "true", ANSWERS):
        yield [
            *_subjects(connection, "false", "false", "false", critiques, "false"),
            *_said(connection, "false", "false", "false", critiques),
        ]


def _pieces(connection: sqlite3.Connection, table: str, which: str, most: int = PIECE) -> Iterator[str]:
    """Yield conditions of which each holds of some rows of a table, and all together of those of ``which``."""
    last = None
    while True:
        after = which if last is None else f"{which} AND id > {last}"
        first, last = connection.execute(
            f"SELECT min(id), max(id) FROM (SELECT id FROM {table} WHERE {after} ORDER BY id LIMIT ?)", (most,)
        ).fetchone()
        if first is None:
            return
        yield f"{which} AND id BETWEEN {int(first)} AND {int(last)}"


def _standing_alone(connection: sqlite3.Connection) -> Iterator[Record]:
    """Yield what is about no proposal."""
    yield from _rows(connection, "reviewer", "reviewers", ("id", "uuid", "name", "created_at", "imported_from"))
    yield from _rubrics(connection)
    yield from _problems(connection)
    yield from _settings(connection)
    yield from _rows(connection, "protocol", "protocols", PROTOCOL_COLUMNS, "ORDER BY id")
    yield from _rows(connection, "scale", "scales", SCALE_COLUMNS, "ORDER BY id")
    yield from _rows(connection, "critic_setting", "critic_settings", SETTING_COLUMNS, "ORDER BY id")
    yield from _rows(connection, "critic_batch", "critic_batches", BATCH_COLUMNS, "ORDER BY id")
    yield from _rows(connection, "spending_stop", "spending_stops", STOP_COLUMNS, "ORDER BY id")


_EVENT = (*EVENT_COLUMNS[:-2], f"{KNOWN_SINCE.format(x='')} AS created_at", "stage")


def _said(
    connection: sqlite3.Connection, events: str, outcomes: str, adjudications: str, critiques: str
) -> Iterator[Record]:
    yield from _stream(connection, "event", "annotations", _EVENT, f"WHERE {events} ORDER BY id")
    yield from _stream(
        connection,
        "score",
        "scores",
        ("(SELECT uuid FROM annotations a WHERE a.id = annotation_id) AS event", "scale_id", "value"),
        f"WHERE annotation_id IN (SELECT id FROM annotations WHERE {events}) ORDER BY id",
    )
    yield from _stream(connection, "outcome", "outcomes", OUTCOME_COLUMNS, f"WHERE {outcomes} ORDER BY id")
    yield from _stream(
        connection, "adjudication", "adjudications", ADJUDICATION_COLUMNS, f"WHERE {adjudications} ORDER BY id"
    )
    yield from _stream(connection, "critique", "critiques", CRITIQUE_COLUMNS, f"WHERE {critiques} ORDER BY id")
    of_critique = "(SELECT uuid FROM critiques c WHERE c.id = critique_id) AS critique"
    which = f"WHERE critique_id IN (SELECT id FROM critiques WHERE {critiques}) ORDER BY id"
    for kind, table, columns in (
        ("critique_reading", "critique_readings", READING_COLUMNS),
        ("critique_mark", "critique_marks", MARK_COLUMNS),
    ):
        others = [name for name in columns if name != "critique_id"]
        yield from _stream(connection, kind, table, [of_critique, *others], which)


def _stream(
    connection: sqlite3.Connection, kind: str, table: str, columns: Sequence[str], more: str
) -> Iterator[Record]:
    names = [column.rpartition(" AS ")[2] for column in columns]
    cursor = connection.execute(f"SELECT {', '.join(columns)} FROM {table} {more}")
    while rows := cursor.fetchmany(PIECE):
        for row in rows:
            yield {"type": kind, **dict(zip(names, row, strict=True))}


def _rounds(connection: sqlite3.Connection) -> Iterator[Record]:
    """Yield each round of assignment with who was assigned what."""
    for made in _rows(connection, "round", "assignment_rounds", ROUND_COLUMNS, "ORDER BY id"):
        yield {**made, "assigned": _assigned(connection, f"round_id = {int(made['id'])}")}


def _assigned(connection: sqlite3.Connection, which: str) -> list[tuple[int, int, int]]:
    return connection.execute(
        f"SELECT method_id, reviewer_id, place FROM assignments WHERE {which} ORDER BY id"
    ).fetchall()


def _rows(
    connection: sqlite3.Connection,
    kind: str,
    table: str,
    columns: Sequence[str],
    more: str = "",
    values: Sequence[Any] = (),
) -> list[Record]:
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table} {more}", values).fetchall()
    return [{"type": kind, **dict(zip(columns, row, strict=True))} for row in rows]


def _rubrics(connection: sqlite3.Connection) -> Iterator[Record]:
    for rubric in _rows(
        connection, "rubric", "rubrics", ("id", "slug", "version", "required", "content_hash", "created_at")
    ):
        asked = connection.execute(
            "SELECT slug, title, question FROM constraints WHERE rubric_id = ? ORDER BY position", (rubric["id"],)
        ).fetchall()
        yield {**rubric, "constraints": asked}


def _problems(connection: sqlite3.Connection) -> Iterator[Record]:
    columns = ("id", "slug", "primary_metric", "primary_dataset", "decision")
    for problem in _rows(connection, "problem", "problems", columns):
        number = (problem["id"],)
        yield {
            **problem,
            "decided_at": decided_at(connection, problem["id"]),
            "aliases": dict(
                connection.execute("SELECT alias, dataset FROM dataset_aliases WHERE problem_id = ?", number).fetchall()
            ),
            # Whose source is empty a person told.
            "directions": dict(
                connection.execute(
                    "SELECT metric, direction FROM stated_directions WHERE problem_id = ? AND source = ''", number
                ).fetchall()
            ),
        }
        for target in _rows(
            connection, "target", "targets", TARGET_COLUMNS, "WHERE problem_id = ? ORDER BY version", number
        ):
            yield {**target, "problem": problem["id"]}


_TOLD = """
    SELECT m.problem_id, x.dataset, coalesce(x.setting_in_file, 'unknown') AS stated, x.setting, count(*),
        (SELECT count(*) FROM measurements o JOIN methods n ON n.id = o.method_id
         WHERE n.problem_id = m.problem_id AND o.dataset = x.dataset AND o.setting_from = 'file'
         AND o.setting = coalesce(x.setting_in_file, 'unknown'))
    FROM measurements x JOIN methods m ON m.id = x.method_id WHERE x.setting_from = 'person' GROUP BY 1, 2, 3, 4
"""

_TOLD_OF = """
    SELECT DISTINCT m.namespace, m.external_id, x.metric, x.split, x.subset FROM measurements x
    JOIN methods m ON m.id = x.method_id WHERE x.setting_from = 'person' AND m.problem_id = ? AND x.dataset = ?
    AND coalesce(x.setting_in_file, 'unknown') = ? AND x.setting = ?
"""


def _settings(connection: sqlite3.Connection) -> Iterator[Record]:
    """Yield the settings that people told: of all of a dataset in one record, else with the measurements it is of."""
    told = connection.execute(_TOLD).fetchall()
    for problem, dataset, stated, setting, _, others in told:
        alone = sum((p, d, s) == (problem, dataset, stated) for p, d, s, *_ in told) == 1
        record = {"type": "setting", "problem": problem, "dataset": dataset, "stated": stated, "setting": setting}
        if alone and not others:
            yield {**record, "of": None}
        else:
            yield {**record, "of": connection.execute(_TOLD_OF, (problem, dataset, stated, setting)).fetchall()}


def _subjects(
    connection: sqlite3.Connection, events: str, outcomes: str, adjudications: str, critiques: str, assigned: str
) -> Iterator[Record]:
    yield from _stream(
        connection,
        "method",
        "methods",
        ("id", "uuid", "problem_id", "namespace", "external_id", "title"),
        f"WHERE id IN (SELECT method_id FROM annotations WHERE {events} "
        f"UNION SELECT baseline_id FROM annotations WHERE {events} "
        f"UNION SELECT method_id FROM outcomes WHERE {outcomes} "
        f"UNION SELECT method_id FROM adjudications WHERE {adjudications} "
        f"UNION SELECT method_id FROM critiques WHERE {critiques} "
        f"UNION SELECT method_id FROM assignments WHERE {assigned})",
    )
    # A new import would say that what was seen before a forecast could only be seen after it.
    yield from _stream(
        connection,
        "exposure",
        "exposures",
        ("method_id", "production_from"),
        f"WHERE method_id IN (SELECT method_id FROM annotations WHERE {events})",
    )
    yield from _stream(
        connection,
        "revision",
        "revisions",
        ("id", "uuid", "method_id", "part", "content_hash"),
        f"WHERE id IN (SELECT revision_id FROM annotations WHERE {events} "
        f"UNION SELECT judged_revision_id FROM annotations WHERE {events} "
        f"UNION SELECT revision_id FROM adjudications WHERE {adjudications} "
        f"UNION SELECT revision_id FROM critiques WHERE {critiques})",
    )
