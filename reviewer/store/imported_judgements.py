"""Judgements that came in a file: whose they are, on which scales, and of which proposals."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from reviewer.domain.errors import UserError
from reviewer.domain.identity import new_id
from reviewer.domain.scales import Kind, Scale
from reviewer.store.annotations import name_with_file

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


def name_for(connection: Connection, name: str, file: str) -> str:
    """Return under which name a reviewer of a file is entered: with the file's where somebody so called judges here."""
    row = connection.execute("SELECT imported_from FROM reviewers WHERE name = ?", (name,)).fetchone()
    return name_with_file(name, file) if row is not None and row[0] is None else name


def save_imported_reviewer(connection: Connection, name: str, file: str, now: str) -> int:
    """Return the row id of a reviewer who is none of those who judge here, entering them where they are new."""
    row = connection.execute("SELECT id FROM reviewers WHERE name = ?", (name,)).fetchone()
    if row is None:
        row = connection.execute(
            "INSERT INTO reviewers (uuid, name, created_at, imported_from) VALUES (?, ?, ?, ?) RETURNING id",
            (new_id(), name, now, file),
        ).fetchone()
    reviewer: int = row[0]
    return reviewer


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


def events_known(connection: Connection, event_ids: Iterable[str]) -> frozenset[str]:
    """Return which of these events the store has."""
    rows = connection.execute(
        "SELECT a.uuid FROM json_each(?) e CROSS JOIN annotations a ON a.uuid = e.value", (json.dumps(list(event_ids)),)
    )
    return frozenset(uuid for (uuid,) in rows)


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
