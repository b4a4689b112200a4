"""Taking in the methods of another store: what this one lacks comes, and nothing that is here goes.

A method is known by its problem, namespace and external id, a revision by its part and content. Where both stores have
several contents of a part, the one counts that came last, by when it was first recorded in any store that it came from,
or was brought again since: so it is the same one in every store that has them all. What was first recorded elsewhere
earlier than here is noted so, with the id that it got there; file, hash, place and raw record stay those of where this
store read it. In which other files the other store met it comes too, and the file that it read, unless that is a copy
of one that is known here.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Role
from reviewer.store import rows
from reviewer.store.arrivals import record_return
from reviewer.store.claims import refresh_claim
from reviewer.store.exposures import note_exposure
from reviewer.store.known_problem import KnownProblem
from reviewer.store.method_history import begin_history, keep_said, set_heading
from reviewer.store.other_methods import (
    ELSEWHERE,
    IMPORT,
    MEASUREMENT,
    METHOD,
    OUTSIDE_REVIEW,
    REVISION,
    SEED_VALUE,
    SELF_SCORE,
    FirstSeen,
    Known,
    OtherMethod,
    OtherRevision,
    known_of,
)
from reviewer.store.problems import ROLE_COUNT, add_to_count
from reviewer.store.settings import carry_over, told_before
from reviewer.store.shown_text import fullest_text, show_text

Connection = sqlite3.Connection


@dataclass(slots=True)
class MethodsTaken:
    """What became of methods: how many are new, by their role, how many got a text or numbers that they had not."""

    new: dict[Role, int] = field(default_factory=dict)
    changed: int = 0
    unchanged: int = 0
    differing: int = 0
    """Of those that changed: how many had something here that the other store did not have."""
    showing_theirs: int = 0
    """Of these: how many show the other store's text now."""


def method_here(connection: Connection, problem_id: int, namespace: str, external_id: str) -> int | None:
    """Return the row id of a method by what it is known by, None where the store does not have it."""
    row = connection.execute(
        "SELECT id FROM methods WHERE problem_id = ? AND namespace = ? AND external_id = ?",
        (problem_id, namespace, external_id),
    ).fetchone()
    return None if row is None else row[0]


def take_method(
    connection: Connection, known: KnownProblem, other: OtherMethod, taken: MethodsTaken, by: Callable[[], int]
) -> None:
    """Take in one method of another store, in the caller's transaction, and count it.

    ``by`` gives the row id of the import that stands for what comes, which it makes where it is asked for the first
    time. The caller writes the datasets and metrics that ``known`` has come to know by it.
    """
    if not other.revisions:
        return
    method_id = method_here(connection, known.id, other.name.namespace, other.name.external_id)
    if method_id is None:
        _add(connection, known, other, by())
        role = Role(other.values["role"])
        taken.new[role] = taken.new.get(role, 0) + 1
        return
    here = known_of(connection, method_id)
    news = _take_news(connection, known, method_id, other, here, by)
    for revision in other.revisions:
        if revision.part in here.met and (places := here.new_places(revision.part, revision.met)):
            _add_places(connection, method_id, revision, [revision.met[place] for place in places], by())
    if other.production_from is not None:
        note_exposure(connection, method_id, other.production_from)
    # Where a clock went back, what came last by time is not what was brought in last: in every store the same counts.
    if not news and not _known_as_read(other).counts_otherwise(here):
        taken.unchanged += 1
        return
    shown = _shown(connection, method_id)
    _let_the_last_count(connection, method_id)
    refresh_claim(connection, method_id, known.claims)
    if not news and _shown(connection, method_id) == shown:
        taken.unchanged += 1
        return
    taken.changed += 1
    if not here.first.keys() <= {revision.part for revision in other.revisions}:
        taken.differing += 1
        taken.showing_theirs += _shown(connection, method_id) != shown


def _known_as_read(other: OtherMethod) -> Known:
    return Known(
        {revision.part: _first_seen(revision) for revision in other.revisions},
        frozenset((*revision.part, by["uuid"]) for revision in other.revisions for by in revision.again),
        other.production_from,
        frozenset(revision.part for revision in other.revisions if revision.counts),
        {revision.part: frozenset(revision.met) for revision in other.revisions},
    )


def _shown(connection: Connection, method_id: int) -> int:
    revision_id: int = connection.execute("SELECT revision_id FROM methods WHERE id = ?", (method_id,)).fetchone()[0]
    return revision_id


def _add(connection: Connection, known: KnownProblem, other: OtherMethod, import_id: int) -> None:
    method_id = rows.next_id(connection, "methods")
    values = [other.values[column] for column in METHOD]
    values[0] = _free_uuid(connection, "methods", values[0])
    revision_id = rows.next_id(connection, "revisions")
    shown = next((i for i, revision in enumerate(other.revisions) if revision.id == other.shown), 0)
    connection.execute(
        f"INSERT INTO methods (id, problem_id, revision_id, revisions, {', '.join(METHOD)}) "
        f"VALUES (?, ?, ?, 1, {', '.join('?' * len(METHOD))})",
        (method_id, known.id, revision_id + shown, *values),
    )
    connection.execute("INSERT OR IGNORE INTO unindexed (id) VALUES (?)", (method_id,))
    add_to_count(connection, known.id, 0, ROLE_COUNT[Role(other.values["role"])], 1)
    several = len(other.revisions) > 1
    for revision in other.revisions:
        here = _add_revision(connection, known, method_id, revision, import_id, current=revision.counts)
        if several and revision.said is not None:
            keep_said(connection, method_id, here, revision.said, import_id=import_id)
    _bring_again(connection, method_id, other)
    if several:
        _let_the_last_count(connection, method_id)
    refresh_claim(connection, method_id, known.claims)
    if other.production_from is not None:
        note_exposure(connection, method_id, other.production_from)


def _take_news(
    connection: Connection, known: KnownProblem, method_id: int, other: OtherMethod, here: Known, by: Callable[[], int]
) -> bool:
    """Take in what is new of a method that the store has; return whether what counts of it may be another one now."""
    new = [revision for revision in other.revisions if revision.part not in here.first]
    earlier = [
        revision
        for revision in other.revisions
        if revision.part in here.first and _first_seen(revision) < here.first[revision.part]
    ]
    again = {(*revision.part, by["uuid"]) for revision in other.revisions for by in revision.again} - here.again
    for revision in earlier:
        connection.execute(
            "UPDATE revisions SET recorded_at = ?, uuid = ? WHERE method_id = ? AND part = ? AND content_hash = ?",
            (*_first_seen(revision), method_id, *revision.part),
        )
    if new or again:
        begin_history(connection, method_id)
        for revision in new:
            row_id = _add_revision(connection, known, method_id, revision, by(), current=False)
            if revision.said is not None:
                keep_said(connection, method_id, row_id, revision.said, import_id=by())
        _bring_again(connection, method_id, other)
    return bool(new or again or (earlier and len(here.first) > 1))


def _first_seen(revision: OtherRevision) -> FirstSeen:
    return FirstSeen(revision.values["recorded_at"], revision.values["uuid"])


def _free_uuid(connection: Connection, table: Literal["methods", "revisions"], uuid: str) -> str:
    """Return the id, or a new one where something else has it: as where a copy of a store was changed by hand."""
    taken = connection.execute(f"SELECT 1 FROM {table} WHERE uuid = ?", (uuid,)).fetchone()
    return new_id() if taken else uuid


def _add_revision(
    connection: Connection,
    known: KnownProblem,
    method_id: int,
    revision: OtherRevision,
    import_id: int,
    *,
    current: bool,
) -> int:
    row_id = rows.next_id(connection, "revisions")
    values = {**revision.values, "uuid": _free_uuid(connection, "revisions", revision.values["uuid"])}
    connection.execute(
        f"INSERT INTO revisions (id, method_id, current, import_id, {', '.join(REVISION)}) "
        f"VALUES (?, ?, ?, ?, {', '.join('?' * len(REVISION))})",
        (row_id, method_id, current, import_id, *(values[column] for column in REVISION)),
    )
    measurement_id = rows.next_id(connection, "measurements")
    measurements = rows.NewRows(f"INSERT INTO measurements (id, revision_id, method_id, {', '.join(MEASUREMENT)})")
    seeds = rows.NewRows(f"INSERT INTO seed_values (measurement_id, {', '.join(SEED_VALUE)})")
    for index, (measured, of_seeds) in enumerate(revision.measurements):
        under_one_name = {**measured, "dataset": known.dataset(measured["dataset"])}
        known.metric(measured["metric"])
        measurements.add((measurement_id + index, row_id, method_id), _in_order(MEASUREMENT, under_one_name))
        for seed in of_seeds:
            seeds.add((measurement_id + index,), _in_order(SEED_VALUE, seed))
    scores = rows.NewRows(f"INSERT INTO self_scores (revision_id, method_id, {', '.join(SELF_SCORE)})")
    for score in revision.self_scores:
        scores.add((row_id, method_id), _in_order(SELF_SCORE, score))
    reviews = rows.NewRows(f"INSERT INTO outside_reviews (revision_id, method_id, {', '.join(OUTSIDE_REVIEW)})")
    for review in revision.reviews:
        reviews.add((row_id, method_id), _in_order(OUTSIDE_REVIEW, review))
    for made in (measurements, seeds, scores, reviews):
        made.write(connection)
    _add_places(connection, method_id, revision, revision.elsewhere, import_id)
    return row_id


def _add_places(
    connection: Connection,
    method_id: int,
    revision: OtherRevision,
    places: Sequence[Mapping[str, Any]],
    import_id: int,
) -> None:
    """Write where else a revision that is here now was met, as the other store has it; the raw record tells anew
    whether it is the same."""
    connection.executemany(
        f"INSERT INTO met_elsewhere (revision_id, is_named, import_id, last_import_id, {', '.join(ELSEWHERE)}) "
        "SELECT id, 0, :import, :import, :path, :file, :sha256, :place, :same_raw AND raw = :raw, :first_met, "
        ":last_met FROM revisions r WHERE method_id = :method AND part = :part AND content_hash = :hash "
        "AND NOT EXISTS (SELECT 1 FROM met_elsewhere w WHERE w.revision_id = r.id AND w.path = :path)",
        [
            {**place, "import": import_id, "method": method_id, "part": revision.part[0], "hash": revision.part[1],
             "raw": revision.values["raw"]}
            for place in places
        ],
    )  # fmt: skip


def _in_order(columns: Sequence[str], values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[column] for column in columns)


def _bring_again(connection: Connection, method_id: int, other: OtherMethod) -> None:
    """Note of contents that imports brought them again there, which says what counts here too."""
    for revision in other.revisions:
        for by in revision.again:
            import_id = _import_here(connection, by)
            (row_id,) = connection.execute(
                "SELECT id FROM revisions WHERE method_id = ? AND part = ? AND content_hash = ?",
                (method_id, *revision.part),
            ).fetchone()
            if not connection.execute(
                "SELECT 1 FROM returns WHERE revision_id = ? AND import_id = ?", (row_id, import_id)
            ).fetchone():
                record_return(connection, row_id, import_id)


def _import_here(connection: Connection, by: Mapping[str, Any]) -> int:
    """Return the row id of an import of another store, whose row comes too where it is not here."""
    row = connection.execute("SELECT id FROM imports WHERE uuid = ?", (by["uuid"],)).fetchone()
    if row is None:
        row = connection.execute(
            f"INSERT INTO imports (options, {', '.join(IMPORT)}) VALUES ('{{}}', {', '.join('?' * len(IMPORT))}) "
            "RETURNING id",
            _in_order(IMPORT, by),
        ).fetchone()
    import_id: int = row[0]
    return import_id


def _let_the_last_count(connection: Connection, method_id: int) -> None:
    """Let of each part the content count that came last, and the method show and say what follows from that."""
    came = _came(connection, method_id)
    last: dict[str, int] = {}
    for part, revision_id in came:
        last[part] = revision_id
    for part, revision_id in last.items():
        told = told_before(connection, method_id, part)
        changed = connection.execute(
            "UPDATE revisions SET current = (id = ?1) WHERE method_id = ?2 AND part = ?3 AND current <> (id = ?1)",
            (revision_id, method_id, part),
        ).rowcount
        if changed:
            carry_over(connection, revision_id, told)
    text = fullest_text(connection, method_id)
    set_heading(connection, method_id, text.revision_id, came[-1][1])
    show_text(connection, method_id, text)


def _came(connection: Connection, method_id: int) -> list[tuple[str, int]]:
    """Return the revisions of a method with their parts as they came, in time and not in the order of this store.

    One that an import brought again comes once more when that import ended.
    """
    first = connection.execute(
        "SELECT recorded_at, uuid, content_hash, part, id FROM revisions WHERE method_id = ?", (method_id,)
    ).fetchall()
    again = connection.execute(
        "SELECT coalesce(i.finished_at, i.started_at), i.uuid, r.content_hash, r.part, r.id FROM revisions r "
        "CROSS JOIN returns b ON b.revision_id = r.id CROSS JOIN imports i ON i.id = b.import_id WHERE r.method_id = ?",
        (method_id,),
    ).fetchall()
    return [(part, revision_id) for *_, part, revision_id in sorted([*first, *again])]


def write_new_names(connection: Connection, known: KnownProblem, datasets: int, metrics: int) -> None:
    """Write the datasets and metrics that a problem has come to know since it knew so many new ones."""
    connection.executemany(
        "INSERT OR IGNORE INTO datasets (problem_id, name) VALUES (?, ?)",
        [(known.id, name) for name in known.new_datasets[datasets:]],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO metrics (problem_id, name, direction, derived_from) VALUES (?, ?, 'unknown', '[]')",
        [(known.id, name) for name in known.new_metrics[metrics:]],
    )
