"""Methods that the store does not have yet, gathered and written with few statements."""

import sqlite3
from collections import Counter

from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Role
from reviewer.store import rows
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import PreparedMethod
from reviewer.store.problems import ROLE_COUNT, add_to_count
from reviewer.store.recorded import Recorded

_METHODS = (
    "INSERT INTO methods (id, uuid, problem_id, namespace, external_id, role, origin, bound, title, agent, run, "
    "parent, idea, family, created_at, imported_at, revision_id, revisions, claim, claim_order)"
)


class NewMethods:
    """The new methods of one problem in one transaction; each has its row id before it is written."""

    def __init__(self, connection: sqlite3.Connection, known: KnownProblem, *, import_id: int, now: str) -> None:
        self._connection = connection
        self._known = known
        self._import_id = import_id
        self._now = now
        self._forget()

    def add(self, method: PreparedMethod) -> Recorded:
        """Take a method that neither is in the store nor was added before."""
        if not self._methods:
            self._method_id, self._revision_id, self._measurement_id = (
                rows.next_id(self._connection, table) for table in ("methods", "revisions", "measurements")
            )
        known = self._known
        method_id, revision_id = self._method_id, self._revision_id
        self._method_id += 1
        self._revision_id += 1
        primary = known.claims.metric
        claims: list[tuple[str, str, float]] = []
        unknown: set[str] = set()
        for measurement in method.measurements:
            row = rows.measurement_row(known, measurement, self._measurement_id, revision_id, method_id)
            self._measurements.append(row)
            if measurement.seeds:
                self._seeds += rows.seed_rows(measurement, self._measurement_id)
            self._measurement_id += 1
            dataset, setting = row[rows.DATASET], row[rows.SETTING]
            if measurement.metric == primary and not measurement.subset and measurement.value is not None:
                claims.append((dataset, setting, measurement.value))
            if setting == "unknown":
                unknown.add(dataset)
        claim, order = known.claims.claim(claims)
        self._methods.append(
            (
                method_id, new_id(), known.id, method.namespace, method.external_id, *method.heading, self._now,
                revision_id, 1, claim, order,
            )
        )  # fmt: skip
        self._revisions.append(
            rows.revision_row(method, revision_id, method_id, import_id=self._import_id, now=self._now)
        )
        self._counts[ROLE_COUNT[Role(method.role)]] += 1
        return Recorded("new", method_id, 0, frozenset(unknown))

    def write(self) -> None:
        """Write what was added since the last time."""
        for into, made in (
            (_METHODS, self._methods),
            (rows.REVISIONS, self._revisions),
            (rows.MEASUREMENTS, self._measurements),
            (rows.SEED_VALUES, self._seeds),
        ):
            rows.insert_rows(self._connection, into, made)
        if self._methods:
            self._connection.execute(
                "INSERT INTO unindexed (id) SELECT id FROM methods WHERE id BETWEEN ? AND ?",
                (self._methods[0][0], self._methods[-1][0]),
            )
        for name, n in self._counts.items():
            add_to_count(self._connection, self._known.id, 0, name, n)
        self._forget()

    def _forget(self) -> None:
        self._methods: list[rows.Row] = []
        self._revisions: list[rows.Row] = []
        self._measurements: list[rows.Row] = []
        self._seeds: list[rows.Row] = []
        self._counts: Counter[str] = Counter()
