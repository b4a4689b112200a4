"""Judgements that came in a file: of which proposals and texts they are, and on which scales."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from reviewer.domain.errors import UserError
from reviewer.domain.scales import Kind, Scale

Connection = sqlite3.Connection


class Candidate(NamedTuple):
    """A proposal that a file may mean: its row id and namespace."""

    method_id: int
    namespace: str


def proposals_called(
    connection: Connection, problem_id: int, names: Iterable[str]
) -> Mapping[str, tuple[Candidate, ...]]:
    """Return the proposals of a problem whose external id or UUID is one of these, by the name: one walk for all."""
    asked = json.dumps(list(dict.fromkeys(names)))
    found: dict[str, list[Candidate]] = {}
    for name, *candidate in connection.execute(
        "SELECT external_id, id, namespace FROM methods WHERE problem_id = ?1 AND role = 'proposal' "
        "AND external_id IN (SELECT value FROM json_each(?2)) UNION "
        "SELECT uuid, id, namespace FROM methods WHERE problem_id = ?1 AND role = 'proposal' "
        "AND uuid IN (SELECT value FROM json_each(?2)) ORDER BY 2",
        (problem_id, asked),
    ):
        found.setdefault(name, []).append(Candidate(*candidate))
    return {name: tuple(several) for name, several in found.items()}


def revision_shown(connection: Connection, method_id: int) -> int:
    """Return the revision that a proposal shows now, of which a judgement without any is taken to be.

    Raises:
        LookupError: when the proposal is gone.
    """
    row = connection.execute("SELECT revision_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    if row is None or row[0] is None:
        raise LookupError(f"no method {method_id}")
    revision_id: int = row[0]
    return revision_id


def text_of(connection: Connection, revision_id: int) -> tuple[str, str]:
    """Return by what a revision is known in every store: its part and its content."""
    part, content = connection.execute(
        "SELECT part, content_hash FROM revisions WHERE id = ?", (revision_id,)
    ).fetchone()
    return part, content


def reviews_known(connection: Connection, reviews: Iterable[tuple[str, int, int]]) -> frozenset[str]:
    """Return which reviews were taken in, by their ids; each is given with the rows of its proposal and its reviewer.

    Each is an act; the first reviewers that took in reviews made events of these ids.
    """
    rows = connection.execute(
        "SELECT json_extract(k.value, '$[0]') AS review FROM json_each(?) k CROSS JOIN annotations a "
        "ON a.method_id = json_extract(k.value, '$[1]') AND a.reviewer_id = json_extract(k.value, '$[2]') "
        "WHERE a.kind = 'imported' AND review IN (a.act, a.uuid)",
        (json.dumps(list(reviews)),),
    )
    return frozenset(review_id for (review_id,) in rows)


def scales_of(connection: Connection, problem_id: int) -> Mapping[str, tuple[int, Scale]]:
    """Return the scales of a problem by their names, each with its row id, in the order in which they came."""
    rows = connection.execute(
        "SELECT id, name, kind, lowest, highest, words FROM scales WHERE problem_id = ? ORDER BY id", (problem_id,)
    ).fetchall()
    return {
        name: (row_id, Scale(name, _kind(kind), lowest, highest, tuple(json.loads(words))))
        for row_id, name, kind, lowest, highest, words in rows
    }


def _kind(word: str) -> Kind:
    return "nominal" if word == "nominal" else "ordinal" if word == "ordinal" else "interval"


def refuse_other_scales(connection: Connection, problem_id: int, slug: str, scales: Iterable[Scale]) -> None:
    """Refuse a scale that the problem has under the same name as another one.

    Raises:
        UserError: when it has such a one.
    """
    known = scales_of(connection, problem_id)
    for scale in scales:
        if scale.name in known and known[scale.name][1] != scale:
            raise UserError(
                f"The scale {scale.name} of {slug} is {known[scale.name][1].said} in the store, and {scale.said} in "
                "the map; declare it so, or give it another name."
            )


def save_scale(connection: Connection, problem_id: int, scale: Scale) -> int:
    """Return the row id of a scale, declaring it where it is new."""
    row = connection.execute(
        "SELECT id FROM scales WHERE problem_id = ? AND name = ?", (problem_id, scale.name)
    ).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO scales (problem_id, name, kind, lowest, highest, words) VALUES (?, ?, ?, ?, ?, ?) "
            "RETURNING id",
            (
                problem_id, scale.name, scale.kind, scale.lowest, scale.highest,
                json.dumps(scale.words, ensure_ascii=False),
            ),
        ).fetchone()  # fmt: skip
    scale_id: int = row[0]
    return scale_id


def save_scores(connection: Connection, annotation_id: int, scores: Mapping[int, float]) -> None:
    """Write the values of one judgement on each scale."""
    connection.executemany(
        "INSERT INTO scores (annotation_id, scale_id, value) VALUES (?, ?, ?)",
        [(annotation_id, scale_id, value) for scale_id, value in scores.items()],
    )
