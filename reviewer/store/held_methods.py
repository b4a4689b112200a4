"""Methods that the store has already: what counts of them now, and taking in what a source says of one anew."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Role
from reviewer.store import rows
from reviewer.store.arrivals import record_return
from reviewer.store.exposures import note_exposure
from reviewer.store.known_problem import KnownProblem
from reviewer.store.method_history import begin_history, keep_said, set_heading
from reviewer.store.prepared import PreparedMethod
from reviewer.store.recorded import Change, Recorded
from reviewer.store.settings import (
    HeldSetting,
    carry_over,
    held_settings,
    others_than_told,
    settle,
    still_unknown,
    told_before,
    write_settling,
)
from reviewer.store.shown_text import show_text, shown_text, text_of, text_to_show

Key = tuple[str, str]
"""Namespace and external id: what a method of a problem is known by."""


@dataclass(frozen=True, slots=True)
class HeldPart:
    """The revision of a part that counts now."""

    revision_id: int
    content_hash: str
    settings: tuple[HeldSetting, ...]
    file: str
    """The file that it names."""
    import_id: int


@dataclass(frozen=True, slots=True)
class HeldMethod:
    """A method that the store has, with those of its parts that were asked for, by their names."""

    id: int
    role: Role
    parts: dict[str, HeldPart] = field(default_factory=dict)


def held_methods(
    connection: sqlite3.Connection, problem_id: int, records: Sequence[PreparedMethod]
) -> Mapping[Key, HeldMethod]:
    """Return those methods of a problem that the store has, each with the parts that the records tell of it.

    It takes few look-ups for all of them, and a method of many parts costs no more than its parts that are asked for.
    """
    asked = list(dict.fromkeys((r.namespace, r.external_id, r.part) for r in records))
    found: list[tuple[Any, ...]] = []
    for some in rows.by_statement(asked):
        found += connection.execute(
            # Cross joins, so that SQLite begins with what is asked for.
            f"WITH asked (namespace, external_id, part) AS (VALUES {','.join(['(?,?,?)'] * len(some))}) "
            "SELECT m.namespace, m.external_id, m.id, m.role, a.part, r.id, r.content_hash, r.file, "
            "r.import_id FROM asked a "
            "CROSS JOIN methods m ON m.problem_id = ? AND m.namespace = a.namespace AND m.external_id = a.external_id "
            "LEFT JOIN revisions r ON r.method_id = m.id AND r.part = a.part AND r.current = 1",
            [*chain.from_iterable(some), problem_id],
        )
    settings = held_settings(connection, [row[5] for row in found if row[5] is not None])
    methods: dict[Key, HeldMethod] = {}
    for namespace, external_id, method_id, role, part, revision_id, digest, file, import_id in found:
        method = methods.setdefault((namespace, external_id), HeldMethod(method_id, Role(role)))
        if revision_id is not None:
            method.parts[part] = HeldPart(revision_id, digest, settings.get(revision_id, ()), file, import_id)
    return methods


def unchanged(known: KnownProblem, method: HeldMethod, record: PreparedMethod) -> Recorded | None:
    """Return that a record changes nothing, or None where it does: its text, its numbers, or a setting of them."""
    part = method.parts.get(record.part)
    if part is None or part.content_hash != record.content_hash:
        return None
    settling = settle(part.settings, record.measurements, known.told)
    if settling.changes:
        return None
    return Recorded(
        "unchanged",
        method.id,
        unknown=still_unknown(part.settings),
        settings_passed_over=settling.passed_over,
        revision_id=part.revision_id,
    )


def record_again(
    connection: sqlite3.Connection, known: KnownProblem, record: PreparedMethod, *, import_id: int, now: str
) -> Recorded:
    """Write what a source says of a method that the store has. Other content is a new revision.

    The caller brings the method's claim in step, once for all that a source says of it.
    """
    (method,) = held_methods(connection, known.id, [record]).values()
    part = method.parts.get(record.part)
    row = connection.execute(
        "SELECT id FROM revisions WHERE method_id = ? AND part = ? AND content_hash = ?",
        (method.id, record.part, record.content_hash),
    ).fetchone()
    if row is not None and part is not None and row[0] == part.revision_id:
        settling = settle(part.settings, record.measurements, known.told)
        write_settling(connection, settling)
        change: Change = "changed" if settling.corrected else "unchanged"
        unknown = _unknown(connection, part.revision_id)
        return Recorded(
            change,
            method.id,
            settling.told,
            unknown,
            settling.corrected,
            settling.passed_over,
            revision_id=part.revision_id,
        )
    turned_from = None if record.role == method.role else method.role
    before = told_before(connection, method.id, record.part)
    shown = shown_text(connection, method.id)
    begin_history(connection, method.id)
    connection.execute("UPDATE revisions SET current = 0 WHERE method_id = ? AND part = ?", (method.id, record.part))
    change = "changed"
    told = corrected = 0
    if row is not None:  # The content went back to what it once was: that revision counts again.
        revision_id: int = row[0]
        connection.execute("UPDATE revisions SET current = 1 WHERE id = ?", (revision_id,))
        record_return(connection, revision_id, import_id)
        held = held_settings(connection, [revision_id]).get(revision_id, ())
        settling = settle(held, record.measurements, known.told)
        write_settling(connection, settling)
        told, corrected = settling.told, settling.corrected
    else:
        if part is None and method.role is not Role.PROPOSAL:
            change = "new"
        revision_id = _insert_revision(connection, known, method.id, record, import_id=import_id, now=now)
    carry_over(connection, revision_id, before)
    text = text_of(connection, revision_id)
    show = text_to_show(connection, method.id, shown, text)
    keep_said(connection, method.id, revision_id, record.heading, import_id=import_id)
    set_heading(connection, method.id, show.revision_id, revision_id)
    show_text(connection, method.id, show)
    now_held = held_settings(connection, [revision_id]).get(revision_id, ())
    passed_over = others_than_told(((one.dataset, one.setting) for one in now_held), known.told)
    return Recorded(
        change,
        method.id,
        told,
        still_unknown(now_held),
        corrected,
        passed_over,
        turned_from,
        None if row is None else revision_id,
    )


def _unknown(connection: sqlite3.Connection, revision_id: int) -> frozenset[str]:
    return still_unknown(held_settings(connection, [revision_id]).get(revision_id, ()))


def _insert_revision(
    connection: sqlite3.Connection,
    known: KnownProblem,
    method_id: int,
    record: PreparedMethod,
    *,
    import_id: int,
    now: str,
) -> int:
    revision_id = rows.next_id(connection, "revisions")
    measurement_id = rows.next_id(connection, "measurements")
    revisions, measurements, seeds = rows.new_revisions(), rows.new_measurements(), rows.new_seed_values()
    revisions.add(
        (revision_id, new_id(), method_id, record.part, record.content_hash, 1),
        record.texts,
        record.provenance,
        (record.rerun_of, import_id, now),
    )
    in_production = False
    for index, measurement in enumerate(record.measurements):
        measured = rows.settled(known, measurement)
        measurements.add((measurement_id + index, revision_id, method_id), measured)
        in_production |= measured.setting == "production"
    for index, seed in record.seeds:
        seeds.add((measurement_id + index,), seed)
    scores, reviews = rows.new_self_scores(), rows.new_reviews()
    for score in record.self_scores:
        scores.add((revision_id, method_id), score)
    for review in record.reviews:
        reviews.add((revision_id, method_id), review)
    for made in (revisions, measurements, seeds, scores, reviews):
        made.write(connection)
    if in_production:
        note_exposure(connection, method_id, now)
    return revision_id
