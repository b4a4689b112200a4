"""What reviewers hold of one proposal now, each beside the others. Who may see it is asked by the caller before."""

import json
import sqlite3
from typing import NamedTuple

from reviewer.domain.judgements import Judgement, judgement_from_data
from reviewer.domain.vocabulary import Stage
from reviewer.store.events_in_turn import events_of_pair
from reviewer.store.undated import STATED_AT


class HeldJudgement(NamedTuple):
    """What one reviewer holds of a proposal, as of the event that they said it by last."""

    reviewer_id: int
    reviewer: str
    event_id: str
    judgement: Judgement
    revision_id: int
    """The revision that it is of."""
    updated_at: str
    """When they said it; empty where a file says no time."""
    imported_from: str | None
    """The file that brought what this reviewer says; None of those who judge here."""
    stage: Stage | None = None
    """The stage of the sealed protocol at which they said it; None in the others."""


_SAID_AT = STATED_AT.format(x="j.", column="updated_at")


class HeldScore(NamedTuple):
    """A score that a reviewer gave elsewhere, on a scale of its own."""

    scale: str
    value: float
    lowest: float | None
    highest: float | None
    word: str
    """What the value is called on its scale; empty where it is a number."""


def judgements_on(connection: sqlite3.Connection, method_id: int) -> tuple[HeldJudgement, ...]:
    """Return what each reviewer holds of a proposal, by their names; what was undone to nothing is not among it.

    Who scored it elsewhere, and said nothing more, is.
    """
    rows = connection.execute(
        f"SELECT j.reviewer_id, w.name, a.uuid, a.snapshot, j.revision_id, {_SAID_AT}, w.imported_from, a.stage "
        "FROM current_judgements j CROSS JOIN annotations a ON a.id = j.annotation_id "
        "CROSS JOIN reviewers w ON w.id = j.reviewer_id "
        "WHERE j.method_id = ? AND (j.status <> 'to_do' OR EXISTS (SELECT 1 FROM scores s WHERE "
        "s.annotation_id = j.annotation_id)) ORDER BY w.name",
        (method_id,),
    ).fetchall()
    return tuple(
        HeldJudgement(
            reviewer_id, name, event, judgement_from_data(json.loads(said)), of, at, file, stage and Stage(stage)
        )
        for reviewer_id, name, event, said, of, at, file, stage in rows
    )


def scores_on(connection: sqlite3.Connection, method_id: int) -> dict[int, tuple[HeldScore, ...]]:
    """Return the scores that each reviewer (a row id) gave a proposal elsewhere: the last on each scale, by name."""
    said: dict[str, dict[str, HeldScore]] = {}
    for event_id, scale, value, lowest, highest, words in connection.execute(
        "SELECT a.uuid, c.name, s.value, c.lowest, c.highest, c.words FROM annotations a "
        "CROSS JOIN scores s ON s.annotation_id = a.id CROSS JOIN scales c ON c.id = s.scale_id "
        "WHERE a.method_id = ?",
        (method_id,),
    ).fetchall():
        held = HeldScore(scale, value, lowest, highest, _word(value, json.loads(words)))
        said.setdefault(event_id, {})[scale] = held
    found: dict[int, dict[str, HeldScore]] = {}
    reviewers = connection.execute(
        "SELECT reviewer_id FROM current_judgements WHERE method_id = ?", (method_id,)
    ).fetchall()
    for (reviewer_id,) in reviewers if said else ():
        for event in events_of_pair(connection, method_id, reviewer_id):
            found.setdefault(reviewer_id, {}).update(said.get(event.event_id, {}))
    return {reviewer: tuple(held[scale] for scale in sorted(held)) for reviewer, held in found.items() if held}


def _word(value: float, words: list[str]) -> str:
    place = int(value)
    return words[place] if place == value and 0 <= place < len(words) else ""
