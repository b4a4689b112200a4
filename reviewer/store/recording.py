"""Writing what a source read: methods with their revisions and measurements, and remarks.

Every function here runs inside a transaction of the caller's, and writes a record whole or not at all.
"""

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any, Literal

from reviewer.domain.identity import content_hash, new_id
from reviewer.domain.methods import Measurement, MethodRecord, Reject, Remark
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Direction, Role, Setting
from reviewer.store.problems import ROLE_COUNT, add_to_count
from reviewer.store.settings import Place, SettingFor, carry_over, settle, still_unknown, told_before, write_settling

Connection = sqlite3.Connection
Change = Literal["new", "changed", "unchanged"]
NO_CLAIM = 1e308
"""Sorts what claims nothing behind everything that claims something."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one record, and how many of its settings this import told for the first time.

    ``unknown`` has the datasets with a measurement whose setting nobody has told yet.
    """

    change: Change
    method_id: int
    settings_told: int = 0
    unknown: frozenset[str] = frozenset()


def find_method(
    connection: sqlite3.Connection, problem_id: int, namespace: str, external_id: str
) -> tuple[int, str] | None:
    """Return the row id and role of the method that is known by these, or None."""
    row = connection.execute(
        "SELECT id, role FROM methods WHERE problem_id = ? AND namespace = ? AND external_id = ?",
        (problem_id, namespace, external_id),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def current_hash(connection: sqlite3.Connection, method_id: int, part: str) -> str | None:
    """Return the content hash of the revision of this part that counts now, or None."""
    row = connection.execute(
        "SELECT content_hash FROM revisions WHERE method_id = ? AND part = ? AND current = 1", (method_id, part)
    ).fetchone()
    return None if row is None else row[0]


def record_method(
    connection: sqlite3.Connection,
    problem_id: int,
    problem: Problem,
    record: MethodRecord,
    *,
    setting_for: SettingFor,
    import_id: int,
    now: str,
) -> Recorded:
    """Write a method as a source read it. The same content changes nothing; other content is a new revision.

    ``problem`` gives the datasets' names and the primary metric; ``setting_for`` says which setting the person told. A
    setting that the file states stands, and takes the place of what it stated before; where neither says anything, a
    person's word on the revision before holds on.
    """
    digest = record.revision_hash()
    names = dict(problem.dataset_names())
    measurements = [replace(m, dataset=names.setdefault(m.dataset.casefold(), m.dataset)) for m in record.measurements]
    known = find_method(connection, problem_id, record.namespace, record.external_id)
    before: dict[Place, Setting] = {}
    if known is None:
        method_id = _insert_method(connection, problem_id, record, now)
        change: Change = "new"
    else:
        method_id = known[0]
        row = connection.execute(
            "SELECT id, current FROM revisions WHERE method_id = ? AND part = ? AND content_hash = ?",
            (method_id, record.part, digest),
        ).fetchone()
        if row is not None and row[1]:
            settling = settle(connection, row[0], measurements, setting_for)
            write_settling(connection, settling)
            if settling.changes:
                refresh_claim(connection, method_id, problem)
            change = "changed" if settling.corrected else "unchanged"
            return Recorded(change, method_id, settling.told, still_unknown(connection, row[0]))
        first_of_part = current_hash(connection, method_id, record.part) is None
        before = told_before(connection, method_id, record.part)
        connection.execute(
            "UPDATE revisions SET current = 0 WHERE method_id = ? AND part = ?", (method_id, record.part)
        )
        _set_role(connection, problem_id, method_id, Role(known[1]), record.role)
        change = "changed"
        if row is not None:  # The content went back to what it once was: that revision counts again.
            connection.execute("UPDATE revisions SET current = 1 WHERE id = ?", (row[0],))
            _point_at_text(connection, method_id, record, row[0])
            settling = settle(connection, row[0], measurements, setting_for)
            write_settling(connection, settling)
            carry_over(connection, row[0], before)
            refresh_claim(connection, method_id, problem)
            return Recorded(change, method_id, settling.told, still_unknown(connection, row[0]))
        if first_of_part and known[1] != Role.PROPOSAL:
            change = "new"
    revision_id = _insert_revision(connection, method_id, record, digest, import_id, now)
    for measurement in measurements:
        _insert_measurement(connection, revision_id, method_id, measurement, setting_for(measurement.dataset))
    carry_over(connection, revision_id, before)
    for dataset in dict.fromkeys(m.dataset for m in measurements):
        connection.execute("INSERT OR IGNORE INTO datasets (problem_id, name) VALUES (?, ?)", (problem_id, dataset))
    for metric in dict.fromkeys(m.metric for m in measurements):
        connection.execute(
            "INSERT OR IGNORE INTO metrics (problem_id, name, direction, derived_from) VALUES (?, ?, 'unknown', '[]')",
            (problem_id, metric),
        )
    _point_at_text(connection, method_id, record, revision_id)
    refresh_claim(connection, method_id, problem)
    return Recorded(change, method_id, 0, still_unknown(connection, revision_id))


def _insert_method(connection: sqlite3.Connection, problem_id: int, record: MethodRecord, now: str) -> int:
    cursor = connection.execute(
        "INSERT INTO methods (uuid, problem_id, namespace, external_id, role, origin, bound, title, agent, run, "
        "parent, idea, family, created_at, imported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new_id(),
            problem_id,
            record.namespace,
            record.external_id,
            record.role,
            record.origin,
            record.bound,
            record.title,
            record.agent,
            record.run,
            record.parent,
            record.idea,
            record.family,
            record.created_at,
            now,
        ),
    )
    add_to_count(connection, problem_id, 0, ROLE_COUNT[record.role], 1)
    return cursor.lastrowid or 0


def _set_role(connection: sqlite3.Connection, problem_id: int, method_id: int, held: Role, role: Role) -> None:
    """Take over a role that the source has corrected, and count the method under it."""
    if role is not held:
        connection.execute("UPDATE methods SET role = ? WHERE id = ?", (role, method_id))
        add_to_count(connection, problem_id, 0, ROLE_COUNT[held], -1)
        add_to_count(connection, problem_id, 0, ROLE_COUNT[role], 1)


def _insert_revision(
    connection: sqlite3.Connection, method_id: int, record: MethodRecord, digest: str, import_id: int, now: str
) -> int:
    cursor = connection.execute(
        "INSERT INTO revisions (uuid, method_id, part, content_hash, current, title, hypothesis, body, claims, raw, "
        "file, sha256, place, import_id, recorded_at) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new_id(),
            method_id,
            record.part,
            digest,
            record.title,
            record.hypothesis,
            record.body,
            _json(list(record.claims)),
            _json(record.raw),
            record.provenance.file,
            record.provenance.sha256,
            record.provenance.place,
            import_id,
            now,
        ),
    )
    return cursor.lastrowid or 0


def _insert_measurement(
    connection: sqlite3.Connection, revision_id: int, method_id: int, measurement: Measurement, told: Setting
) -> None:
    from_person = measurement.setting is Setting.UNKNOWN and told is not Setting.UNKNOWN
    cursor = connection.execute(
        "INSERT INTO measurements (revision_id, method_id, metric, dataset, split, subset, setting, setting_from, "
        "value, standard_error, n_seeds, n_test, n_correct, basis, source, missing) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            revision_id,
            method_id,
            measurement.metric,
            measurement.dataset,
            measurement.split,
            measurement.subset,
            told if from_person else measurement.setting,
            "person" if from_person else "file",
            measurement.value,
            measurement.standard_error,
            measurement.n_seeds,
            measurement.n_test,
            measurement.n_correct,
            measurement.basis,
            measurement.source,
            measurement.missing,
        ),
    )
    if measurement.seeds:
        connection.executemany(
            "INSERT INTO seed_values (measurement_id, seed, value, n_correct, n_test, basis) VALUES (?, ?, ?, ?, ?, ?)",
            [(cursor.lastrowid, s.seed, s.value, s.n_correct, s.n_test, s.basis) for s in measurement.seeds],
        )


def _point_at_text(connection: sqlite3.Connection, method_id: int, record: MethodRecord, revision_id: int) -> None:
    """Make the method show this revision, unless another part of it has the fuller text."""
    row = connection.execute(
        "SELECT r.part, length(r.body) FROM methods m JOIN revisions r ON r.id = m.revision_id "
        "WHERE m.id = ? AND r.current = 1",
        (method_id,),
    ).fetchone()
    if row is None or row[0] == record.part or len(record.body) > row[1]:
        connection.execute(
            "UPDATE methods SET revision_id = ?, origin = ?, bound = ?, title = ?, agent = ?, run = ?, parent = ?, "
            "idea = ?, family = ?, created_at = ? WHERE id = ?",
            (
                revision_id,
                record.origin,
                record.bound,
                record.title,
                record.agent,
                record.run,
                record.parent,
                record.idea,
                record.family,
                record.created_at,
                method_id,
            ),
        )
    connection.execute(
        "UPDATE methods SET revisions = (SELECT count(*) FROM revisions WHERE method_id = methods.id "
        "AND part = (SELECT part FROM revisions WHERE id = methods.revision_id)) WHERE id = ?",
        (method_id,),
    )


def refresh_claim(connection: sqlite3.Connection, method_id: int, problem: Problem) -> None:
    """Set the method's value of the primary metric, by which the queue sorts; the agent's own claim comes first."""
    if problem.primary_metric is None:
        return
    rows = connection.execute(
        "SELECT x.dataset, x.setting, x.value FROM measurements x JOIN revisions r ON r.id = x.revision_id "
        "WHERE r.method_id = ? AND r.current = 1 AND x.metric = ? AND x.subset = '' AND x.value IS NOT NULL "
        "ORDER BY x.id",
        (method_id, problem.primary_metric),
    ).fetchall()
    settings = list(Setting)
    ranked = sorted(rows, key=lambda row: (row[0] != problem.primary_dataset, settings.index(Setting(row[1]))))
    claim = ranked[0][2] if ranked else None
    higher = problem.metric(problem.primary_metric).direction is not Direction.LOWER
    order = NO_CLAIM if claim is None else (-claim if higher else claim)
    connection.execute("UPDATE methods SET claim = ?, claim_order = ? WHERE id = ?", (claim, order, method_id))


def refresh_claims(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> None:
    """Set anew by what every method of a problem sorts: needed when the primary metric or its direction changed."""
    rows = connection.execute("SELECT id FROM methods WHERE problem_id = ?", (problem_id,)).fetchall()
    for (method_id,) in rows:
        refresh_claim(connection, method_id, problem)


def record_remark(
    connection: sqlite3.Connection, problem_id: int, remark: Remark, *, import_id: int, now: str
) -> Change:
    """Write a remark; the same content changes nothing, other content takes the place of the old."""
    digest = remark_hash(remark)
    row = connection.execute(
        "SELECT id, content_hash FROM remarks WHERE problem_id = ? AND namespace = ? AND external_id = ?",
        (problem_id, remark.namespace, remark.external_id),
    ).fetchone()
    if row is not None and row[1] == digest:
        return "unchanged"
    values = (
        remark.kind,
        remark.idea,
        remark.about,
        remark.title,
        remark.author,
        remark.text,
        remark.created_at,
        _json(remark.raw),
        digest,
        remark.provenance.file,
        remark.provenance.sha256,
        remark.provenance.place,
        import_id,
    )
    if row is None:
        connection.execute(
            "INSERT INTO remarks (kind, idea, about, title, author, text, created_at, raw, content_hash, file, sha256, "
            "place, import_id, uuid, problem_id, namespace, external_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, new_id(), problem_id, remark.namespace, remark.external_id),
        )
        return "new"
    connection.execute(
        "UPDATE remarks SET kind = ?, idea = ?, about = ?, title = ?, author = ?, text = ?, created_at = ?, raw = ?, "
        "content_hash = ?, file = ?, sha256 = ?, place = ?, import_id = ? WHERE id = ?",
        (*values, row[0]),
    )
    return "changed"


def remark_hash(remark: Remark) -> str:
    """Return the hash of what a reader of a remark could see."""
    return content_hash(
        [remark.kind, remark.idea, remark.about, remark.title, remark.author, remark.text, remark.created_at]
    )


def record_rejects(connection: sqlite3.Connection, import_id: int, rejects: list[Reject]) -> None:
    """Write what could not be taken, with its place and reason."""
    connection.executemany(
        "INSERT INTO rejects (import_id, file, place, reason, raw) VALUES (?, ?, ?, ?, ?)",
        [(import_id, r.file, r.place, r.reason, _whole(r.raw)) for r in rejects],
    )


def set_settings(connection: sqlite3.Connection, problem_id: int, setting_for: SettingFor, *, overwrite: bool) -> int:
    """Tell the settings of a problem's measurements afterwards; return how many were changed.

    Only what is still unknown is told, unless ``overwrite``. ``refresh_claims`` belongs after it, since the setting
    says which of several values the queue sorts by.
    """
    changed = 0
    datasets = connection.execute(
        "SELECT DISTINCT x.dataset FROM measurements x JOIN methods m ON m.id = x.method_id WHERE m.problem_id = ?",
        (problem_id,),
    ).fetchall()
    for (dataset,) in datasets:
        setting = setting_for(dataset)
        if setting is Setting.UNKNOWN:
            continue
        cursor = connection.execute(
            "UPDATE measurements SET setting = ?, setting_from = 'person' WHERE dataset = ? AND setting <> ? "
            "AND (setting = 'unknown' OR ?) AND method_id IN (SELECT id FROM methods WHERE problem_id = ?)",
            (setting, dataset, setting, overwrite, problem_id),
        )
        changed += cursor.rowcount
    return changed


def _json(value: Any) -> str:
    """Return ``value`` as JSON text. Anything that JSON cannot say is an error here, never silently its ``repr``."""
    return _whole(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _whole(text: str) -> str:
    """Return the text with lone surrogates replaced, which SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
