"""What another store has of methods: first what tells whether it is news, then all of it for those where it is."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reviewer.domain.whereabouts import whereabouts
from reviewer.store.method_history import HEADING, SAID_FROM

Connection = sqlite3.Connection

METHOD = ("uuid", "namespace", "external_id", *HEADING, "imported_at")
REVISION = (
    "uuid", "part", "content_hash", "title", "hypothesis", "body", "claims", "raw", "file", "sha256", "place",
    "rerun_of", "recorded_at",
)  # fmt: skip
MEASUREMENT = (
    "metric", "dataset", "split", "subset", "setting", "setting_from", "setting_in_file", "value", "standard_error",
    "n_seeds", "n_test", "n_correct", "basis", "source", "missing", "n_evaluations",
)  # fmt: skip
SEED_VALUE = (
    "seed", "value", "n_correct", "n_test", "basis", "seconds", "predicted_share", "label_share", "says", "completed",
    "exit_status",
)  # fmt: skip
SELF_SCORE = ("name", "value", "most")
ELSEWHERE = ("path", "file", "sha256", "place", "same_raw", "first_met", "last_met")
"""What is taken over of where else the content of a revision was met."""
OUTSIDE_REVIEW = ("score", "most", "confidence", "used_ai", "consent")
IMPORT = (
    "uuid", "state", "source", "path", "new", "changed", "unchanged", "rejected", "host", "process", "started_at",
    "finished_at",
)  # fmt: skip
"""What is taken over of an import that brought the content of an earlier revision again."""

PIECE = 200

Part = tuple[str, str]
"""The part of a method, and the content hash of a revision of it."""


class MetAt(NamedTuple):
    """A file in which the content of a revision was met: where it lies, its hash, and whether the revision names it."""

    path: str
    sha256: str
    is_named: bool


class FirstSeen(NamedTuple):
    """When a content was first recorded in a store, and the id that the revision has there."""

    recorded_at: str
    uuid: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a store knows of a method, as far as it tells whether another one knows more."""

    first: Mapping[Part, FirstSeen]
    again: frozenset[tuple[str, str, str]]
    """Part, content hash and the import that brought it again."""
    production_from: str | None
    counts: frozenset[Part]
    """Part and content hash of what counts there."""
    met: Mapping[Part, frozenset[MetAt]]

    def adds_to(self, other: "Known") -> bool:
        """Return whether it says anything that the other does not, or lets something else of the same count."""
        return (
            self.counts_otherwise(other)
            or any(part in other.met and other.new_places(part, met) for part, met in self.met.items())
            or any(part not in other.first or seen < other.first[part] for part, seen in self.first.items())
            or not self.again <= other.again
            or (
                self.production_from is not None
                and (other.production_from is None or self.production_from < other.production_from)
            )
        )

    def new_places(self, part: Part, met: Iterable[MetAt]) -> list[MetAt]:
        """Return at which of these files it is not known to have been met.

        The file that another store read is no other one where it is the same to the letter: it was passed on.
        """
        paths = {each.path for each in self.met[part]}
        copies = {each.sha256 for each in self.met[part]}
        return [each for each in met if each.path not in paths and not (each.is_named and each.sha256 in copies)]

    def counts_otherwise(self, other: "Known") -> bool:
        """Return whether of just the same another one counts, as where a clock went back between two imports."""
        return self.counts != other.counts and self.first.keys() == other.first.keys() and self.again == other.again


def known_of(connection: Connection, method_id: int) -> Known:
    """Return what a store knows of one of its methods."""
    revisions = connection.execute(
        "SELECT r.part, r.content_hash, r.recorded_at, r.uuid, r.current, r.file, r.sha256, i.path FROM revisions r "
        "CROSS JOIN imports i ON i.id = r.import_id WHERE r.method_id = ?",
        (method_id,),
    ).fetchall()
    again = connection.execute(
        "SELECT r.part, r.content_hash, i.uuid FROM revisions r CROSS JOIN returns b ON b.revision_id = r.id "
        "CROSS JOIN imports i ON i.id = b.import_id WHERE r.method_id = ?",
        (method_id,),
    ).fetchall()
    exposed = connection.execute("SELECT production_from FROM exposures WHERE method_id = ?", (method_id,)).fetchone()
    met = {
        (part, digest): {MetAt(whereabouts(file, path), sha256, is_named=True)}
        for part, digest, _, _, _, file, sha256, path in revisions
    }
    for part, digest, path, sha256 in connection.execute(
        "SELECT r.part, r.content_hash, e.path, e.sha256 FROM revisions r CROSS JOIN met_elsewhere e "
        "ON e.revision_id = r.id AND e.is_named = 0 WHERE r.method_id = ?",
        (method_id,),
    ):
        met[part, digest].add(MetAt(path, sha256, is_named=False))
    return Known(
        {(part, digest): FirstSeen(at, uuid) for part, digest, at, uuid, *_ in revisions},
        frozenset((part, digest, by) for part, digest, by in again),
        exposed[0] if exposed else None,
        frozenset((part, digest) for part, digest, _, _, current, *_ in revisions if current),
        {part: frozenset(places) for part, places in met.items()},
    )


class OtherName(NamedTuple):
    """A method of another store: its row id there, and what it is known by."""

    id: int
    problem: str
    namespace: str
    external_id: str


def names_of_methods(theirs: Connection) -> Iterator[list[OtherName]]:
    """Yield the methods of another store in pieces, in the order of their row ids."""
    last = 0
    while rows := theirs.execute(
        "SELECT m.id, p.slug, m.namespace, m.external_id FROM methods m JOIN problems p ON p.id = m.problem_id "
        "WHERE m.id > ? ORDER BY m.id LIMIT ?",
        (last, PIECE),
    ).fetchall():
        last = rows[-1][0]
        yield list(map(OtherName._make, rows))


@dataclass(slots=True)
class OtherRevision:
    """A revision of another store with all that belongs to it; columns by their names."""

    id: int
    counts: bool
    values: Mapping[str, Any]
    said: tuple[Any, ...] | None
    """What it says of the method's own columns, None where that was not kept."""
    measurements: list[tuple[Mapping[str, Any], list[Mapping[str, Any]]]] = field(default_factory=list)
    """Each with its seeds."""
    self_scores: list[Mapping[str, Any]] = field(default_factory=list)
    reviews: list[Mapping[str, Any]] = field(default_factory=list)
    again: list[Mapping[str, Any]] = field(default_factory=list)
    """The imports that brought it again, in their order."""
    named_path: str = ""
    """Where the file lies that it names."""
    elsewhere: list[Mapping[str, Any]] = field(default_factory=list)
    """Where else it was met."""

    @property
    def met(self) -> dict[MetAt, Mapping[str, Any]]:
        """Return where it was met, each with the columns ``ELSEWHERE``: in the file that it names, and elsewhere."""
        named = {
            "path": self.named_path, "same_raw": 1, "first_met": self.values["recorded_at"],
            "last_met": self.values["recorded_at"], **{name: self.values[name] for name in ("file", "sha256", "place")},
        }  # fmt: skip
        return {
            MetAt(self.named_path, self.values["sha256"], is_named=True): named,
            **{MetAt(each["path"], each["sha256"], is_named=False): each for each in self.elsewhere},
        }

    @property
    def part(self) -> Part:
        """Return its part and content hash."""
        return self.values["part"], self.values["content_hash"]


@dataclass(frozen=True, slots=True)
class OtherMethod:
    """A method of another store with all its revisions, the first one first."""

    name: OtherName
    values: Mapping[str, Any]
    shown: int
    """The row id there of the revision that it shows."""
    revisions: tuple[OtherRevision, ...]
    production_from: str | None


def read_methods(theirs: Connection, names: Sequence[OtherName]) -> list[OtherMethod]:
    """Return methods of another store with all that belongs to them."""
    return [_method(theirs, name) for name in names]


def _method(theirs: Connection, name: OtherName) -> OtherMethod:
    columns = ("revision_id", *METHOD)
    row = theirs.execute(f"SELECT {', '.join(columns)} FROM methods WHERE id = ?", (name.id,)).fetchone()
    shown, *rest = row
    values = dict(zip(METHOD, rest, strict=True))
    heading = tuple(values[column] for column in HEADING)
    found = theirs.execute(
        f"SELECT id, current, {', '.join(REVISION)} FROM revisions WHERE method_id = ? ORDER BY id", (name.id,)
    ).fetchall()
    said = {
        row_id - SAID_FROM: tuple(columns)
        for row_id, *columns in theirs.execute(
            f"SELECT id, {', '.join(HEADING)} FROM method_history WHERE method_id = ? AND id >= ?", (name.id, SAID_FROM)
        )
    }
    revisions = {
        row_id: OtherRevision(
            row_id,
            bool(current),
            dict(zip(REVISION, columns, strict=True)),
            said.get(row_id, heading if row_id == shown else None),
        )
        for row_id, current, *columns in found
    }
    _add_what_belongs(theirs, revisions)
    exposed = theirs.execute("SELECT production_from FROM exposures WHERE method_id = ?", (name.id,)).fetchone()
    return OtherMethod(name, values, shown, tuple(revisions.values()), exposed[0] if exposed else None)


def _add_what_belongs(theirs: Connection, revisions: Mapping[int, OtherRevision]) -> None:
    asked = json.dumps(list(revisions))

    def rows(columns: Sequence[str], table: str, more: str = "") -> Iterator[tuple[int, int, Mapping[str, Any]]]:
        cursor = theirs.execute(
            f"SELECT x.revision_id, x.id, {', '.join(f'x.{column}' for column in columns)} FROM json_each(?) r "
            f"CROSS JOIN {table} x "
            f"ON x.revision_id = r.value {more} ORDER BY x.id",
            (asked,),
        )
        for revision_id, row_id, *values in cursor:
            yield revision_id, row_id, dict(zip(columns, values, strict=True))

    measured: dict[int, list[Mapping[str, Any]]] = {}
    for revision_id, row_id, values in rows(MEASUREMENT, "measurements"):
        seeds = measured[row_id] = []
        revisions[revision_id].measurements.append((values, seeds))
    for measurement_id, *seed in theirs.execute(
        f"SELECT s.measurement_id, {', '.join(f's.{column}' for column in SEED_VALUE)} FROM json_each(?) m "
        "CROSS JOIN seed_values s ON s.measurement_id = m.value ORDER BY s.id",
        (json.dumps(list(measured)),),
    ):
        measured[measurement_id].append(dict(zip(SEED_VALUE, seed, strict=True)))
    for revision_id, _, values in rows(SELF_SCORE, "self_scores"):
        revisions[revision_id].self_scores.append(values)
    for revision_id, _, values in rows(OUTSIDE_REVIEW, "outside_reviews"):
        revisions[revision_id].reviews.append(values)
    for revision_id, _, values in rows(ELSEWHERE, "met_elsewhere", "WHERE x.is_named = 0"):
        known = revisions[revision_id].elsewhere
        before = next((i for i, each in enumerate(known) if each["path"] == values["path"]), None)
        if before is None:
            known.append(values)
        else:  # One place, as it was met there last.
            known[before] = {**values, "first_met": known[before]["first_met"]}
    for revision_id, file, path in theirs.execute(
        "SELECT r.id, r.file, i.path FROM json_each(?) a CROSS JOIN revisions r ON r.id = a.value CROSS JOIN imports i "
        "ON i.id = r.import_id",
        (asked,),
    ):
        revisions[revision_id].named_path = whereabouts(file, path)
    for revision_id, *by in theirs.execute(
        f"SELECT b.revision_id, {', '.join(f'i.{column}' for column in IMPORT)} FROM json_each(?) r "
        "CROSS JOIN returns b ON b.revision_id = r.value CROSS JOIN imports i ON i.id = b.import_id ORDER BY b.id",
        (asked,),
    ):
        revisions[revision_id].again.append(dict(zip(IMPORT, by, strict=True)))
