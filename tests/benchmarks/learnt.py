"""What there is to learn from, put into a made store in which everything is judged: stages, scales, outcomes."""

import json
from collections.abc import Iterator
from typing import Any

from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Judgement, judgement_to_data
from reviewer.domain.scales import Scale
from reviewer.domain.vocabulary import Protocol, Verdict
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.file_reviewers import save_file_reviewer
from reviewer.store.imported_judgements import save_scale
from reviewer.store.protocols import set_protocol

SET_AT = "2025-12-01T00:00:00.000Z"
REVEALED_AT = "2026-01-03T00:00:00.000Z"
ENDED_AT = "2026-06-02T00:00:00.000Z"
SCALES = (Scale("overall", "interval", 1, 10), Scale("novelty", "ordinal", 1, 5))
FORECASTS = tuple(place / 100 for place in range(5, 96, 5))

_EVENT = (
    "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, rubric, snapshot, visible, "
    "seconds, created_at, stage) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, 60, ?, ?)"
)
_CURRENT = (
    "INSERT INTO current_judgements (reviewer_id, method_id, annotation_id, status, condition, next_experiment, "
    "ratings, rationale, tags, flagged, skipped, seconds, revision_id, rubric, visible, first_at, updated_at) "
    "VALUES (?, ?, ?, 'started', '', '', '{}', '', '[]', 0, 0, 0, ?, '', ?, ?, ?)"
)
_OUTCOME = (
    "INSERT INTO outcomes (id, uuid, method_id, reviewer_id, kind, result, happened_on, metric, effect, "
    "standard_error, setting, constraint_slug, evidence, note, recorded_at) "
    "VALUES (?, ?, ?, 1, 'outcome', ?, '2026-06-01', 'pgr', ?, .05, 'production', ?, 'a link', 'a note', ?)"
)
_CURRENT_OUTCOME = (
    "INSERT INTO current_outcomes (method_id, problem_id, outcome_id, result, happened_on, first_at, standing) "
    "VALUES (?, 1, ?, ?, '2026-06-01', ?, 1)"
)


def learn_all(store: Store, proposals: int) -> None:
    """Have the judge of every proposal gone through all stages, somebody score it on scales, and its outcome known."""
    with store.write(durable=False) as connection:
        set_protocol(connection, None, Protocol.SEALED, set_by="lead", now=SET_AT)
        _reveal(connection, proposals)
        _score(connection, proposals)
        _end(connection, proposals)


def _reveal(connection: Connection, proposals: int) -> None:
    said = [
        json.dumps(judgement_to_data(Judgement(verdict=verdict, forecast=forecast, rationale="In some words.")))
        for forecast in FORECASTS
        for verdict in (Verdict.FAILS, Verdict.SURVIVES)
    ]

    def events() -> Iterator[tuple[Any, ...]]:
        for place, (kind, stage) in enumerate(
            (("reveal", "evidence"), ("verdict", "evidence"), ("reveal", "others")), 1
        ):
            for i in range(1, proposals + 1):
                snapshot = said[(i * place + i // 7) % len(said)]
                yield place * proposals + i, new_id(), new_id(), kind, 1, i, i, snapshot, "{}", REVEALED_AT, stage

    connection.executemany(_EVENT, events())
    connection.execute(
        "UPDATE current_judgements SET stage = 'others', annotation_id = method_id + ?, updated_at = ?",
        (3 * proposals, REVEALED_AT),
    )


def _score(connection: Connection, proposals: int) -> None:
    reviewer_id = save_file_reviewer(connection, "panel", "reviews.csv", REVEALED_AT)
    overall, novelty = (save_scale(connection, 1, scale) for scale in SCALES)
    snapshot, first = json.dumps(judgement_to_data(Judgement())), 4 * proposals
    visible = [json.dumps({"imported": True, "groups": {"condition": name}}) for name in ("AI", "AI reranked", "human")]
    each = range(1, proposals + 1)
    connection.executemany(
        _EVENT,
        (
            (first + i, new_id(), new_id(), "imported", reviewer_id, i, i, snapshot, visible[i % 3], REVEALED_AT, None)
            for i in each
        ),
    )
    connection.executemany(
        _CURRENT, ((reviewer_id, i, first + i, i, visible[i % 3], REVEALED_AT, REVEALED_AT) for i in each)
    )
    connection.executemany(
        "INSERT INTO scores (annotation_id, scale_id, value) VALUES (?, ?, ?)",
        (
            (first + i, scale_id, value)
            for i in each
            for scale_id, value in ((overall, 1 + (i * 7 + i // 11) % 10), (novelty, 1 + (i * 3 + i // 5) % 5))
        ),
    )


def _end(connection: Connection, proposals: int) -> None:
    def result(i: int) -> str:
        return "survived" if i * 7 % 10 < 3 else "failed"

    each = range(1, proposals + 1)
    connection.executemany(
        _OUTCOME,
        ((i, new_id(), i, result(i), i % 13 / 50 - 0.1, "" if i % 4 else "scale", ENDED_AT) for i in each),
    )
    connection.executemany(_CURRENT_OUTCOME, ((i, i, result(i), ENDED_AT) for i in each))
