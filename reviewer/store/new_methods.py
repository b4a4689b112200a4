"""Methods that the store does not have yet, gathered and written with few statements."""

import sqlite3
from collections import Counter

from reviewer.domain.identity import new_id
from reviewer.domain.vocabulary import Role, Setting
from reviewer.store import rows
from reviewer.store.exposures import note_exposure
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
        self._methods = rows.NewRows(_METHODS)
        self._revisions = rows.new_revisions()
        self._measurements = rows.new_measurements()
        self._seeds = rows.new_seed_values()
        self._self_scores = rows.new_self_scores()
        self._reviews = rows.new_reviews()
        self._counts: Counter[str] = Counter()
        self._in_production: set[int] = set()

    def add(self, method: PreparedMethod) -> Recorded:
        """Take a method that neither is in the store nor was added before."""
        if not self._counts:
            self._method_id, self._revision_id, self._measurement_id = (
                rows.next_id(self._connection, table) for table in ("methods", "revisions", "measurements")
            )
        known = self._known
        method_id, revision_id, measurement_id = self._method_id, self._revision_id, self._measurement_id
        primary = known.claims.metric
        claims: list[tuple[str, str, float]] = []
        unknown: set[str] = set()
        passed_over = 0
        for measurement in method.measurements:
            measured = rows.settled(known, measurement)
            self._measurements.add((self._measurement_id, revision_id, method_id), measured)
            self._measurement_id += 1
            if measured.setting == "production":
                self._in_production.add(method_id)
            if measured.metric == primary and not measured.subset and measured.value is not None:
                claims.append((measured.dataset, measured.setting, measured.value))
            if measured.setting == "unknown":
                unknown.add(measured.dataset)
            elif measured.setting_from == "file":
                passed_over += known.told(measured.dataset) not in (Setting.UNKNOWN, measured.setting)
        for index, seed in method.seeds:
            self._seeds.add((measurement_id + index,), seed)
        for score in method.self_scores:
            self._self_scores.add((revision_id, method_id), score)
        for review in method.reviews:
            self._reviews.add((revision_id, method_id), review)
        claim, order = known.claims.claim(claims)
        self._methods.add(
            (method_id, new_id(), known.id, method.namespace, method.external_id),
            method.heading,
            (self._now, revision_id, 1, claim, order),
        )
        self._revisions.add(
            (revision_id, new_id(), method_id, method.part, method.content_hash, 1),
            method.texts,
            method.provenance,
            (method.rerun_of, self._import_id, self._now),
        )
        self._method_id += 1
        self._revision_id += 1
        self._counts[method.role] += 1
        return Recorded("new", method_id, unknown=frozenset(unknown), settings_passed_over=passed_over)

    def write(self) -> None:
        """Write what was added since the last time."""
        if not self._counts:
            return
        for made in (
            self._methods, self._revisions, self._measurements, self._seeds, self._self_scores, self._reviews,
        ):  # fmt: skip
            made.write(self._connection)
        for method_id in sorted(self._in_production):
            note_exposure(self._connection, method_id, self._now)
        self._in_production.clear()
        n = self._counts.total()
        self._connection.execute(
            "INSERT INTO unindexed (id) SELECT id FROM methods WHERE id BETWEEN ? AND ?",
            (self._method_id - n, self._method_id - 1),
        )
        for role, n in self._counts.items():
            add_to_count(self._connection, self._known.id, 0, ROLE_COUNT[Role(role)], n)
        self._counts.clear()
