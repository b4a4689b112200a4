"""Writing what a source read: methods with their revisions and measurements, remarks, and what could not be taken.

Every function here runs inside a transaction of the caller's, and writes a record whole or not at all.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain.identity import new_id
from reviewer.domain.methods import Reject, Remark
from reviewer.store.claims import refresh_claim
from reviewer.store.held_methods import held_methods, record_again, unchanged
from reviewer.store.known_problem import KnownProblem
from reviewer.store.met_elsewhere import FilesNamed, Meeting, import_path, note_meetings
from reviewer.store.new_methods import NewMethods
from reviewer.store.prepared import PreparedMethod, json_text, whole
from reviewer.store.recorded import Change, Recorded
from reviewer.store.remark_history import keep_remark

Connection = sqlite3.Connection


def record_methods(
    connection: Connection, known: KnownProblem, records: Sequence[PreparedMethod], *, import_id: int, now: str
) -> list[Recorded]:
    """Write methods of one problem as a source read them, in their order; return what became of each.

    The same content changes nothing, and where it is met in another file that is noted; other content is a new
    revision. A setting that the file states stands, and takes the place of what it stated before; where neither says
    anything, a person's word on the revision before holds on.

    What the store does not have yet, and what changes nothing, is seen to for all of them at once: that is nearly every
    record of nearly every import. The rest is written one by one.
    """
    datasets, metrics = len(known.new_datasets), len(known.new_metrics)
    held = held_methods(connection, known.id, records)
    new = NewMethods(connection, known, import_id=import_id, now=now)
    written = set()
    again = set()
    done: list[Recorded] = []
    files = FilesNamed(connection, import_path(connection, import_id))
    met: list[Meeting] = []
    for record in records:
        key = (record.namespace, record.external_id)
        method = held.get(key)
        outcome = None
        if key not in written:
            outcome = new.add(record) if method is None else unchanged(known, method, record)
        if outcome is None:
            new.write()
            outcome = record_again(connection, known, record, import_id=import_id, now=now)
            again.add(outcome.method_id)
        if outcome.change != "unchanged":
            written.add(key)
        if outcome.revision_id is not None:
            met.append(Meeting(len(done), outcome.revision_id, *record.provenance, record.texts[-1]))
        done.append(outcome)
    new.write()
    for index in note_meetings(connection, met, files, import_id=import_id, now=now):
        done[index] = replace(done[index], elsewhere=True)
    for method_id in again:
        refresh_claim(connection, method_id, known.claims)
    connection.executemany(
        "INSERT OR IGNORE INTO datasets (problem_id, name) VALUES (?, ?)",
        [(known.id, name) for name in known.new_datasets[datasets:]],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO metrics (problem_id, name, direction, derived_from) VALUES (?, ?, 'unknown', '[]')",
        [(known.id, name) for name in known.new_metrics[metrics:]],
    )
    return done


def record_remark(connection: Connection, problem_id: int, remark: Remark, *, import_id: int, now: str) -> Change:
    """Write a remark; the same content changes nothing, other content takes the place of the old."""
    digest = remark.revision_hash()
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
        json_text(remark.raw),
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
    keep_remark(connection, row[0], import_id)
    connection.execute(
        "UPDATE remarks SET kind = ?, idea = ?, about = ?, title = ?, author = ?, text = ?, created_at = ?, raw = ?, "
        "content_hash = ?, file = ?, sha256 = ?, place = ?, import_id = ? WHERE id = ?",
        (*values, row[0]),
    )
    return "changed"


def record_rejects(connection: Connection, import_id: int, rejects: list[Reject]) -> None:
    """Write what could not be taken, with its place and reason."""
    connection.executemany(
        "INSERT INTO rejects (import_id, file, place, reason, raw) VALUES (?, ?, ?, ?, ?)",
        [(import_id, r.file, r.place, r.reason, whole(r.raw)) for r in rejects],
    )
