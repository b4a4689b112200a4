"""What an import did beside methods and remarks, kept in its options: what it said of problems, and which settings.

Withdrawing an import sets none of that back, and says so; a problem that nothing else has a part in goes with it.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from reviewer.domain.problems import Problem

Connection = sqlite3.Connection

_MADE = "made"
_FIELDS = {
    "title": "title",
    "description": "description",
    "primary_metric": "primary metric",
    "primary_dataset": "primary dataset",
    "metrics": "metrics and their directions",
    "datasets": "datasets and their names",
    "target": "target",
}

OF_A_PROBLEM = (
    "targets", "dataset_aliases", "datasets", "metrics", "stated_directions", "counts", "checked_problems",
    "queue_draws", "scales", "judgement_sums", "sketches", "sightings", "alike",
)  # fmt: skip
"""The tables with rows that go with a problem of which no method and no remark is left."""


@dataclass(frozen=True, slots=True)
class SaidOfProblem:
    """What an import said of a problem that is still in the store."""

    slug: str
    made: bool
    """Whether the import made it."""
    what: tuple[str, ...]
    """What it changed of what was known, in words."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """What a withdrawal has not set back, and the problems that it took out."""

    problems: tuple[SaidOfProblem, ...] = ()
    settings: int = 0
    """Measurements that were known before, of which the import stated or told the setting."""
    known: bool = True
    """False where an earlier reviewer imported it, which kept nothing of this."""
    taken_out: tuple[str, ...] = ()


NOTHING_REMAINING = Remaining()


def note_problem(connection: Connection, import_id: int, before: Problem | None, after: Problem) -> None:
    """Keep what an import has made of a problem; ``before`` is None where the import made it."""
    what = [words for name, words in _FIELDS.items() if getattr(before, name, None) != getattr(after, name)]
    options = _options(connection, import_id)
    noted = options.setdefault("problems", {})
    if before is None:
        what = [_MADE]
    if what:
        noted[after.slug] = list(dict.fromkeys([*noted.get(after.slug, []), *what]))
        _keep(connection, import_id, options)


def note_settings(connection: Connection, import_id: int, measurements: int) -> None:
    """Keep of how many measurements that were known already an import has stated or told the setting."""
    if measurements:
        options = _options(connection, import_id)
        options["settings_known"] = options.get("settings_known", 0) + measurements
        _keep(connection, import_id, options)


def take_out_problems(connection: Connection, import_id: int) -> Remaining:
    """Take out the problems that withdrawn imports alone have made and described, where nothing of others is in them.

    The import counts as withdrawn. Return what stays of what it said.
    """
    options = _options(connection, import_id)
    others: set[str] = set()
    made = set()
    for other_id, state, text in connection.execute("SELECT id, state, options FROM imports").fetchall():
        noted = json.loads(text).get("problems", {})
        if state != "withdrawn" and other_id != import_id:
            others |= noted.keys()
        else:
            made |= {slug for slug, what in noted.items() if _MADE in what}
    taken_out = [slug for slug in sorted(made - others) if _taken_out(connection, slug)]
    stays = tuple(
        SaidOfProblem(slug, _MADE in what, tuple(words for words in what if words != _MADE))
        for slug, what in options.get("problems", {}).items()
        if connection.execute("SELECT 1 FROM problems WHERE slug = ?", (slug,)).fetchone()
    )
    return Remaining(stays, options.get("settings_known", 0), "problems" in options, tuple(taken_out))


def _taken_out(connection: Connection, slug: str) -> bool:
    """Take a problem out unless something is in it that no import brought, or that is left; return whether it was."""
    row = connection.execute("SELECT id FROM problems WHERE slug = ?", (slug,)).fetchone()
    if row is None or connection.execute(
        "SELECT EXISTS (SELECT 1 FROM methods WHERE problem_id = ?1) OR EXISTS (SELECT 1 FROM remarks WHERE "
        "problem_id = ?1) OR EXISTS (SELECT 1 FROM targets WHERE problem_id = ?1 AND written_by <> 'import') "
        "OR EXISTS (SELECT 1 FROM protocols WHERE problem_id = ?1) "
        "OR EXISTS (SELECT 1 FROM assignment_rounds WHERE problem_id = ?1)",
        row,
    ).fetchone() == (1,):
        return False
    for table in OF_A_PROBLEM:
        connection.execute(f"DELETE FROM {table} WHERE problem_id = ?", row)
    connection.execute("DELETE FROM problems WHERE id = ?", row)
    return True


def _options(connection: Connection, import_id: int) -> dict[str, Any]:
    (text,) = connection.execute("SELECT options FROM imports WHERE id = ?", (import_id,)).fetchone()
    options: dict[str, Any] = json.loads(text)
    return options


def _keep(connection: Connection, import_id: int, options: dict[str, Any]) -> None:
    connection.execute("UPDATE imports SET options = ? WHERE id = ?", (json.dumps(options), import_id))
