"""What proposals are known by where they are held against one another, and which of them still wait for that.

Methods up to some row id have sketches, and were matched; what changed since waits in two tables, by triggers, whoever
changed it.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

Connection = sqlite3.Connection


class GroupingState(NamedTuple):
    """Under which stamp proposals were held against one another, and up to which row ids."""

    stamp: str = ""
    sketched_to: int = 0
    matched_to: int = 0


class Content(NamedTuple):
    """All that a proposal says: its words, and whatever is told in numbers of it, in an order of its own."""

    method_id: int
    problem_id: int
    title: str
    hypothesis: str
    body: str
    claims: tuple[str, ...]
    numbers: tuple[Any, ...]


class Sketch(NamedTuple):
    """What one proposal is known by; see ``schema_thirteen``."""

    method_id: int
    problem_id: int
    fingerprint: bytes
    bands: bytes


def grouping_state(connection: Connection) -> GroupingState:
    """Return how far proposals were held against one another."""
    row = connection.execute("SELECT stamp, sketched_to, matched_to FROM grouping").fetchone()
    return GroupingState(*row) if row else GroupingState()


def set_grouping_state(connection: Connection, state: GroupingState) -> None:
    """Write down how far they were."""
    connection.execute(
        "INSERT INTO grouping (id, stamp, sketched_to, matched_to) VALUES (1, ?1, ?2, ?3) "
        "ON CONFLICT (id) DO UPDATE SET stamp = ?1, sketched_to = ?2, matched_to = ?3",
        state,
    )


def group_all_again(connection: Connection) -> None:
    """Have every proposal wait to be sketched and held against the others."""
    for table in ("sketches", "alike_pairs", "alike", "sightings", "unsketched", "unmatched", "grouping"):
        connection.execute(f"DELETE FROM {table}")


def waits_for_sketches(connection: Connection, limit: int) -> tuple[list[int], int]:
    """Return some methods that wait for a sketch, and up to which row id there are sketches once these have theirs."""
    to = grouping_state(connection).sketched_to
    changed = [i for (i,) in connection.execute("SELECT id FROM unsketched ORDER BY id LIMIT ?", (limit,))]
    if changed:
        return changed, to
    rows = connection.execute("SELECT id FROM methods WHERE id > ? ORDER BY id LIMIT ?", (to, limit)).fetchall()
    return [i for (i,) in rows], rows[-1][0] if rows else to


def count_ungrouped(connection: Connection) -> int:
    """Return how many methods wait for a sketch, or to be held against others."""
    state = grouping_state(connection)
    n: int = connection.execute(
        "SELECT (SELECT count(*) FROM unsketched) + (SELECT count(*) FROM unmatched) "
        "+ (SELECT count(*) FROM methods WHERE id > ?)",
        (min(state.sketched_to, state.matched_to),),
    ).fetchone()[0]
    return n


_CONTENTS = (
    "SELECT m.id, m.problem_id, r.title, r.hypothesis, r.body, r.claims FROM json_each(?) i "
    "CROSS JOIN methods m ON m.id = i.value CROSS JOIN revisions r ON r.id = m.revision_id WHERE m.role = 'proposal'"
)
_MEASURED = (
    "SELECT r.method_id, x.id, x.metric, x.dataset, x.split, x.subset, x.setting, x.value, x.standard_error, "
    "x.n_seeds, x.n_test, x.n_correct, x.basis, x.missing, x.n_evaluations FROM json_each(?) i "
    "CROSS JOIN revisions r ON r.method_id = i.value AND r.current = 1 "
    "CROSS JOIN measurements x ON x.revision_id = r.id"
)
_SEEDS = (
    "SELECT x.value, s.seed, s.value, s.n_correct, s.n_test, s.basis FROM json_each(?) x "
    "CROSS JOIN seed_values s ON s.measurement_id = x.value"
)
_OPINIONS = (
    "SELECT r.method_id, 'self', s.name, s.value, s.most, NULL FROM json_each(?1) i "
    "CROSS JOIN revisions r ON r.method_id = i.value AND r.current = 1 "
    "CROSS JOIN self_scores s ON s.revision_id = r.id "
    "UNION ALL SELECT r.method_id, 'review', '', o.score, o.most, o.confidence FROM json_each(?1) i "
    "CROSS JOIN revisions r ON r.method_id = i.value AND r.current = 1 "
    "CROSS JOIN outside_reviews o ON o.revision_id = r.id"
)


def contents_of(connection: Connection, method_ids: Collection[int]) -> list[Content]:
    """Return what those of some methods say that are proposals and have a text."""
    asked = json.dumps(list(method_ids))
    measured: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    found = connection.execute(_MEASURED, (asked,)).fetchall()
    seeds: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for measurement_id, *seed in connection.execute(_SEEDS, (json.dumps([row[1] for row in found]),)):
        seeds[measurement_id].append(tuple(seed))
    for method_id, measurement_id, *values in found:
        measured[method_id].append((*values, tuple(sorted(seeds.get(measurement_id, ()), key=repr))))
    for method_id, *opinion in connection.execute(_OPINIONS, (asked,)):
        measured[method_id].append(tuple(opinion))
    return [
        Content(
            method_id, problem_id, title, hypothesis, body, tuple(json.loads(claims)),
            tuple(sorted(measured.get(method_id, ()), key=repr)),
        )
        for method_id, problem_id, title, hypothesis, body, claims in connection.execute(_CONTENTS, (asked,))
    ]  # fmt: skip


def keep_sketches(connection: Connection, looked_at: Sequence[int], made: Iterable[Sketch], sketched_to: int) -> None:
    """Write the sketches of those methods that were looked at; one that is no proposal any more loses its own."""
    found = list(made)
    kept = {sketch.method_id for sketch in found}
    connection.executemany(
        "INSERT INTO sketches (id, problem_id, fingerprint, bands) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
        "SET problem_id = excluded.problem_id, fingerprint = excluded.fingerprint, bands = excluded.bands",
        found,
    )
    looked = json.dumps(list(looked_at))
    if gone := [i for i in looked_at if i not in kept]:
        connection.execute("DELETE FROM sketches WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(gone),))
    connection.execute(
        # One whose words came back to what they were is its first's sighting again.
        "INSERT OR REPLACE INTO unmatched (id, taken) SELECT u.id, 0 FROM json_each(?) i CROSS JOIN unsketched u "
        "ON u.id = i.value CROSS JOIN sketches s ON s.id = u.id",
        (looked,),
    )
    connection.execute("DELETE FROM unsketched WHERE id IN (SELECT value FROM json_each(?))", (looked,))
    set_grouping_state(connection, grouping_state(connection)._replace(sketched_to=sketched_to))


def titles_of(connection: Connection, method_ids: Collection[int]) -> list[tuple[int, str]]:
    """Return the titles of proposals, each behind its row id."""
    return connection.execute(
        "SELECT m.id, r.title FROM json_each(?) i CROSS JOIN methods m ON m.id = i.value "
        "CROSS JOIN revisions r ON r.id = m.revision_id",
        (json.dumps(list(method_ids)),),
    ).fetchall()


def texts_of(connection: Connection, method_ids: Collection[int]) -> list[tuple[int, str, str, str]]:
    """Return title, hypothesis and text of proposals, each behind its row id."""
    return connection.execute(
        "SELECT m.id, r.title, r.hypothesis, r.body FROM json_each(?) i CROSS JOIN methods m ON m.id = i.value "
        "CROSS JOIN revisions r ON r.id = m.revision_id",
        (json.dumps(list(method_ids)),),
    ).fetchall()


_SKETCH = "SELECT s.id, s.problem_id, s.fingerprint, s.bands FROM sketches s"


def sketches_beyond(connection: Connection, last: int, limit: int) -> list[Sketch]:
    """Return the sketches of proposals beyond a row id, as they rise; all of them where ``limit`` is negative."""
    rows = connection.execute(f"{_SKETCH} WHERE s.id > ? ORDER BY s.id LIMIT ?", (last, limit)).fetchall()
    return list(map(Sketch._make, rows))


def sketches_of(connection: Connection, method_ids: Collection[int]) -> list[Sketch]:
    """Return the sketches of some proposals."""
    rows = connection.execute(
        f"{_SKETCH} WHERE s.id IN (SELECT value FROM json_each(?))", (json.dumps(list(method_ids)),)
    )
    return list(map(Sketch._make, rows))
