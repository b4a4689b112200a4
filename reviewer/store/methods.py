"""Reading methods with their text, measurements and remarks."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from reviewer.domain.methods import Measurement, Method, Provenance, Remark, Revision, SeedValue
from reviewer.domain.vocabulary import Basis, Bound, Origin, RemarkKind, Role, Setting
from reviewer.store.prepared import with_body
from reviewer.store.sparing import is_sparing, spared

_METHOD = """
    SELECT m.id, m.uuid, m.problem_id, m.namespace, m.external_id, m.role, m.origin, m.bound, m.title, m.agent, m.run,
           m.parent, m.idea, m.family, m.created_at, m.revision_id, r.content_hash, m.revisions, r.hypothesis, r.body,
           r.claims, r.file, r.sha256, r.place
    FROM methods m JOIN revisions r ON r.id = m.revision_id
"""


def method_by_id(connection: sqlite3.Connection, method_id: int) -> Method:
    """Return the method of that row id, with the measurements of every part that counts now.

    Raises:
        LookupError: when there is none.
    """
    rows = _methods(connection, f"{_METHOD} WHERE m.id = ?", (method_id,))
    if not rows:
        raise LookupError(f"no method {method_id}")
    return rows[0]


def methods_of_role(connection: sqlite3.Connection, problem_id: int, role: Role) -> tuple[Method, ...]:
    """Return a problem's methods of one role in the order of their import: for baselines and references, not queues.

    In a damaged store those that cannot be read are left out, and lacking.
    """
    if is_sparing(connection):
        return _one_by_one(connection, problem_id, role)
    return _methods(
        connection, f"{_METHOD} WHERE m.problem_id = ? AND m.role = ? ORDER BY m.id", (problem_id, str(role))
    )


def _one_by_one(connection: sqlite3.Connection, problem_id: int, role: Role) -> tuple[Method, ...]:
    def ids() -> list[tuple[int]]:
        return connection.execute(
            "SELECT id FROM methods WHERE problem_id = ? AND role = ? ORDER BY id", (problem_id, str(role))
        ).fetchall()

    part = f"{role}s"
    found: list[Method] = []
    for (method_id,) in spared(connection, part, ids) or ():
        read = partial(_methods, connection, f"{_METHOD} WHERE m.id = ?", (method_id,))
        found += spared(connection, part, read) or ()
    return tuple(found)


def proposal_by_uuid(connection: sqlite3.Connection, uuid: str) -> tuple[int, int] | None:
    """Return the row id of a proposal and of its problem by its UUID, or None where there is none: one look-up.

    By that of a sighting it is the proposal that was met.
    """
    row = connection.execute(
        "SELECT coalesce(s.first_id, m.id), m.problem_id FROM methods m LEFT JOIN sightings s ON s.id = m.id "
        "WHERE m.uuid = ? AND m.role = 'proposal'",
        (uuid,),
    ).fetchone()
    return None if row is None else (row[0], row[1])


def shown_by_uuid(connection: sqlite3.Connection, uuid: str) -> tuple[int, int] | None:
    """Return the same of what was on the screen under a UUID, also where it was found to be a sighting meanwhile: what
    is said of it is said of its own text, and makes it a proposal by itself again.
    """
    row: tuple[int, int] | None = connection.execute(
        "SELECT id, problem_id FROM methods WHERE uuid = ? AND role = 'proposal'", (uuid,)
    ).fetchone()
    return row


def target_version(connection: sqlite3.Connection, method_id: int) -> int | None:
    """Return the version of the target that holds now for a method's problem, or None where nobody wrote one.

    Raises:
        LookupError: when there is no such method.
    """
    row = connection.execute(
        "SELECT (SELECT max(version) FROM targets WHERE problem_id = m.problem_id) FROM methods m WHERE m.id = ?",
        (method_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"no method {method_id}")
    version: int | None = row[0]
    return version


def find_methods(connection: sqlite3.Connection, name: str) -> tuple[tuple[int, str], ...]:
    """Return the row id and title of the methods whose id, external id or ``namespace/external id`` is ``name``.

    A UUID may be shortened to its last eight characters or more.
    """
    rows = connection.execute(
        "SELECT id, title FROM methods WHERE uuid = ?1 OR external_id = ?1 OR namespace || '/' || external_id = ?1 "
        "OR (length(?1) >= 8 AND substr(uuid, -length(?1)) = ?1) ORDER BY id LIMIT 20",
        (name,),
    ).fetchall()
    return tuple((method_id, title) for method_id, title in rows)


def proposals_of_source(
    connection: sqlite3.Connection, namespace: str, external_id: str, problem: str = ""
) -> tuple[int, ...]:
    """Return the row ids of the proposals that sources call so, of whatever problem or of that one: quick look-ups."""
    rows = connection.execute(
        "SELECT DISTINCT coalesce(s.first_id, m.id) FROM problems p CROSS JOIN methods m ON m.problem_id = p.id "
        "AND m.namespace = ?1 AND m.external_id = ?2 LEFT JOIN sightings s ON s.id = m.id "
        "WHERE m.role = 'proposal' AND ?3 IN ('', p.slug) ORDER BY 1",
        (namespace, external_id, problem),
    ).fetchall()
    return tuple(method_id for (method_id,) in rows)


def methods_by_ids(connection: sqlite3.Connection, method_ids: Sequence[int]) -> tuple[Method, ...]:
    """Return methods by their row ids, in the order of those: many at once, for what goes through all of them."""
    return _methods(
        connection,
        f"{_METHOD} WHERE m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id",
        (json.dumps(list(method_ids)),),
    )


def _methods(connection: sqlite3.Connection, sql: str, parameters: Sequence[str | int]) -> tuple[Method, ...]:
    rows = connection.execute(sql, parameters).fetchall()
    ids = [row[0] for row in rows]
    measured = spared(connection, "numbers", lambda: _measurements_of(connection, ids)) or {}
    return tuple(
        Method(
            id=row[0],
            uuid=row[1],
            problem_id=row[2],
            namespace=row[3],
            external_id=row[4],
            role=Role(row[5]),
            origin=Origin(row[6]),
            bound=Bound(row[7]) if row[7] else None,
            title=row[8],
            agent=row[9],
            run=row[10],
            parent=row[11],
            idea=row[12],
            family=row[13],
            created_at=row[14],
            revision_id=row[15],
            revision_hash=row[16],
            revisions=row[17],
            hypothesis=row[18],
            body=row[19],
            claims=tuple(json.loads(row[20])),
            measurements=measured.get(row[0], ()),
            provenance=Provenance(row[21], row[22], row[23]),
        )
        for row in rows
    )


def _measurements_of(connection: sqlite3.Connection, method_ids: Sequence[int]) -> dict[int, tuple[Measurement, ...]]:
    """Return the measurements of methods that count now; a method without any is left out."""
    if len(method_ids) == 1:
        found = _measurements(
            connection, "x.revision_id IN (SELECT id FROM revisions WHERE method_id = ? AND current = 1)", method_ids[0]
        )
        return {method_ids[0]: found} if found else {}
    # Cross joins, so that SQLite begins with what is asked for.
    of_methods = (
        "json_each(?) i CROSS JOIN revisions r ON r.method_id = i.value AND r.current = 1 "
        "CROSS JOIN measurements x ON x.revision_id = r.id"
    )
    asked = json.dumps(list(method_ids))
    seeds = _seeds(
        connection.execute(
            f"SELECT {_SEED} FROM {of_methods} CROSS JOIN seed_values s ON s.measurement_id = x.id ORDER BY s.id",
            (asked,),
        )
    )
    found_of: dict[int, list[Measurement]] = {}
    for method_id, *row in connection.execute(
        f"SELECT x.method_id, {_MEASUREMENT} FROM {of_methods} ORDER BY x.id", (asked,)
    ):
        found_of.setdefault(method_id, []).append(_measurement(row, seeds))
    return {method_id: tuple(several) for method_id, several in found_of.items()}


_MEASUREMENT = (
    "x.id, x.metric, x.dataset, x.value, x.standard_error, x.n_seeds, x.n_test, x.n_correct, x.setting, x.split, "
    "x.subset, x.basis, x.source, x.missing, x.n_evaluations"
)
_SEED = (
    "s.measurement_id, s.seed, s.value, s.n_correct, s.n_test, s.basis, s.seconds, s.predicted_share, s.label_share, "
    "s.says, s.completed, s.exit_status"
)
_SETTINGS = {str(setting): setting for setting in Setting}
_BASES = {str(basis): basis for basis in Basis}


def _measurements(connection: sqlite3.Connection, condition: str, parameter: int) -> tuple[Measurement, ...]:
    seeds = _seeds(
        connection.execute(
            f"SELECT {_SEED} FROM seed_values s JOIN measurements x ON x.id = s.measurement_id WHERE {condition} "
            "ORDER BY s.id",
            (parameter,),
        )
    )
    rows = connection.execute(
        f"SELECT {_MEASUREMENT} FROM measurements x WHERE {condition} ORDER BY x.id", (parameter,)
    )
    return tuple(_measurement(row, seeds) for row in rows)


def _seeds(rows: Iterable[Sequence[Any]]) -> dict[int, list[SeedValue]]:
    seeds: dict[int, list[SeedValue]] = {}
    for measurement_id, seed, value, correct, tests, basis, *further in rows:
        seconds, predicted, labelled, says, completed, status = further
        ended = None if completed is None else bool(completed)
        seeds.setdefault(measurement_id, []).append(
            SeedValue(seed, value, correct, tests, _BASES[basis], seconds, predicted, labelled, says, ended, status)
        )
    return seeds


def _measurement(row: Sequence[Any], seeds: Mapping[int, list[SeedValue]]) -> Measurement:
    return Measurement(
        metric=row[1],
        dataset=row[2],
        value=row[3],
        standard_error=row[4],
        n_seeds=row[5],
        n_test=row[6],
        n_correct=row[7],
        setting=_SETTINGS[row[8]],
        split=row[9],
        subset=row[10],
        basis=_BASES[row[11]],
        source=row[12],
        missing=row[13],
        seeds=tuple(seeds.get(row[0], ())),
        n_evaluations=row[14],
    )


def revisions_of(connection: sqlite3.Connection, method_id: int) -> tuple[Revision, ...]:
    """Return every revision of a method, oldest first, each with its own measurements."""
    rows = connection.execute(
        "SELECT id, content_hash, part, current, title, hypothesis, body, claims, raw, file, sha256, place, "
        "recorded_at FROM revisions WHERE method_id = ? ORDER BY id",
        (method_id,),
    ).fetchall()
    return tuple(
        Revision(
            id=row[0],
            content_hash=row[1],
            part=row[2],
            current=bool(row[3]),
            title=row[4],
            hypothesis=row[5],
            body=row[6],
            claims=tuple(json.loads(row[7])),
            measurements=_measurements(connection, "x.revision_id = ?", row[0]),
            raw=with_body(row[8], row[6]),
            provenance=Provenance(row[9], row[10], row[11]),
            recorded_at=row[12],
        )
        for row in rows
    )


def remarks_on(connection: sqlite3.Connection, method: Method, limit: int = 200) -> tuple[Remark, ...]:
    """Return what hangs on the idea of a method or answers the method itself, oldest first.

    What answers a sighting of it is among it: nobody would see it otherwise.
    """
    if not method.idea and not method.external_id:
        return ()
    met = connection.execute(
        "SELECT m.idea, m.external_id FROM sightings s CROSS JOIN methods m ON m.id = s.id WHERE s.first_id = ?",
        (method.id,),
    ).fetchall()
    ideas, names = map(json.dumps, zip((method.idea, method.external_id), *met, strict=True))
    rows = connection.execute(
        "SELECT x.namespace, x.external_id, p.slug, x.kind, x.text, x.file, x.sha256, x.place, x.idea, x.about, "
        "x.title, x.author, x.created_at FROM remarks x JOIN problems p ON p.id = x.problem_id WHERE x.problem_id = ? "
        "AND ((x.idea <> '' AND x.idea IN (SELECT value FROM json_each(?))) "
        "OR (x.idea = '' AND x.about IN (SELECT value FROM json_each(?)))) ORDER BY x.created_at, x.id LIMIT ?",
        (method.problem_id, ideas, names, limit),
    ).fetchall()
    return tuple(
        Remark(
            namespace=row[0],
            external_id=row[1],
            problem=row[2],
            kind=RemarkKind(row[3]),
            text=row[4],
            provenance=Provenance(row[5], row[6], row[7]),
            idea=row[8],
            about=row[9],
            title=row[10],
            author=row[11],
            created_at=row[12],
        )
        for row in rows
    )
