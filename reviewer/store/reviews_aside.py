"""Reviews of a file between being read and being written: on the disk, since a file may hold more than memory does.

Files come in any order and reviews are written in the order in which they were given, the same review may stand in a
file twice, and nothing is written of a file that cannot be read to its end. So all of it is put aside first, in a
database of its own that SQLite keeps in a temporary file and takes away by itself.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from reviewer.domain.errors import HinderedError
from reviewer.domain.pieces import in_pieces

PIECE = 500


class ReadReview(NamedTuple):
    """A review as it stands in the file, by the number of its row; ``cells`` are JSON text."""

    row: int
    place: str
    namespace: str | None
    external_id: str
    cells: str


class PlannedReview(NamedTuple):
    """What becomes of a review. ``method_id`` is None of a proposal that is to be made, by namespace and id.

    ``is_known`` says that the store has it already.
    """

    row: int
    id: str
    method_id: int | None
    namespace: str
    external_id: str
    reviewer: str
    at: str
    zone_unknown: bool
    is_known: bool


class ReviewToWrite(NamedTuple):
    """A review that is new: where it stands, its cells as JSON text, and what becomes of it."""

    place: str
    cells: str
    id: str
    method_id: int | None
    namespace: str
    external_id: str
    reviewer: str


class RefusedReview(NamedTuple):
    """A row that cannot be taken, with the reason and what stands there."""

    row: int
    place: str
    reason: str
    raw: str


class PlannedCounts(NamedTuple):
    """What the planned reviews come to; ``without_zone`` and ``proposals`` are of those that are new."""

    new: int
    known: int
    without_zone: int
    proposals: int
    """Proposals that are to be made."""
    reviewers: int


class ReviewsAside:
    """The reviews of one file, put aside: what was read, what was refused, what is planned, which proposals were made.

    Every method raises HinderedError when there is no room for them.
    """

    def __init__(self) -> None:
        with _in_words():
            self._connection = sqlite3.connect("", isolation_level=None)
            for statement in _TABLES:
                self._connection.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def add_read(self, reviews: Iterable[ReadReview]) -> None:
        """Put aside what was read."""
        with _in_words():
            self._connection.executemany("INSERT INTO read VALUES (?, ?, ?, ?, ?)", reviews)

    def add_refused(self, refused: Iterable[RefusedReview]) -> None:
        """Put aside what cannot be taken."""
        with _in_words():
            self._connection.executemany("INSERT INTO refused VALUES (?, ?, ?, ?)", refused)

    def add_planned(self, planned: Sequence[PlannedReview]) -> int:
        """Put aside what becomes of reviews; return how many of them the file has said before, which are left out."""
        with _in_words():
            added = self._connection.executemany(
                "INSERT OR IGNORE INTO planned VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", planned
            ).rowcount
        return len(planned) - added

    def proposals_read(self) -> Iterator[tuple[int, str | None, str]]:
        """Yield of each row which proposal it names: its number, namespace and id."""
        yield from self._rows("SELECT row, namespace, external_id FROM read ORDER BY row")

    def read(self, first: int, last: int) -> Iterator[Sequence[ReadReview]]:
        """Yield what was read in these rows and those between, in pieces."""
        found = self._rows(
            "SELECT row, place, namespace, external_id, cells FROM read WHERE row BETWEEN ? AND ? ORDER BY row",
            (first, last),
        )
        return in_pieces(map(ReadReview._make, found), PIECE)

    def refused(self) -> Iterator[Sequence[RefusedReview]]:
        """Yield what cannot be taken in the order of the file, in pieces."""
        found = self._rows("SELECT row, place, reason, raw FROM refused ORDER BY row")
        return in_pieces(map(RefusedReview._make, found), PIECE)

    def n_refused(self) -> int:
        """Return how many rows cannot be taken."""
        ((n,),) = self._rows("SELECT count(*) FROM refused")
        return int(n)

    def counts(self) -> PlannedCounts:
        """Return what is planned in numbers."""
        (counts,) = self._rows(
            "SELECT count(*) FILTER (WHERE NOT is_known), count(*) FILTER (WHERE is_known), "
            "count(*) FILTER (WHERE zone_unknown AND NOT is_known), "
            "(SELECT count(*) FROM (SELECT DISTINCT namespace, external_id FROM planned "
            "WHERE NOT is_known AND method_id IS NULL)), count(DISTINCT reviewer) FROM planned"
        )
        return PlannedCounts._make(counts)

    def to_write(self, at_once: int) -> Iterator[Sequence[ReviewToWrite]]:
        """Yield what is new, the oldest first, and those of one time as the file has them, in pieces."""
        with _in_words():
            self._connection.execute(
                "CREATE INDEX IF NOT EXISTS planned_in_time ON planned (at, row) WHERE NOT is_known"
            )
        found = self._rows(
            "SELECT r.place, r.cells, p.id, p.method_id, p.namespace, p.external_id, p.reviewer "
            "FROM planned p CROSS JOIN read r ON r.row = p.row WHERE NOT p.is_known ORDER BY p.at, p.row"
        )
        return in_pieces(map(ReviewToWrite._make, found), at_once)

    def made(self, namespace: str, external_id: str) -> int | None:
        """Return the row id of a proposal that was made for an earlier review, or None."""
        found = self._rows(
            "SELECT method_id FROM made WHERE namespace = ? AND external_id = ?", (namespace, external_id)
        )
        return next((int(method_id) for (method_id,) in found), None)

    def add_made(self, namespace: str, external_id: str, method_id: int) -> None:
        """Put aside which proposal was made."""
        with _in_words():
            self._connection.execute("INSERT INTO made VALUES (?, ?, ?)", (namespace, external_id, method_id))

    def _rows(self, sql: str, given: Sequence[object] = ()) -> Iterator[Any]:
        with _in_words():
            cursor = self._connection.execute(sql, given)
            while rows := cursor.fetchmany(PIECE):
                yield from rows


# What tells which rows are meant comes before the cells, which may be long: those behind them would be read for it.
_TABLES = (
    "PRAGMA journal_mode = OFF",
    "CREATE TABLE read (row INTEGER PRIMARY KEY, place TEXT, namespace TEXT, external_id TEXT, cells TEXT)",
    "CREATE TABLE refused (row INTEGER PRIMARY KEY, place TEXT, reason TEXT, raw TEXT)",
    "CREATE TABLE planned (row INTEGER PRIMARY KEY, id TEXT UNIQUE, method_id INTEGER, namespace TEXT, "
    "external_id TEXT, reviewer TEXT, at TEXT, zone_unknown INTEGER, is_known INTEGER)",
    "CREATE TABLE made (namespace TEXT, external_id TEXT, method_id INTEGER, PRIMARY KEY (namespace, external_id)) "
    "WITHOUT ROWID",
    # Nobody else reads it, and nothing of it is to be there later.
    "BEGIN",
)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise HinderedError(
            f"The reviews of the file could not be put aside in a temporary file ({error}); make room for one of about "
            "its size, or name another folder by SQLITE_TMPDIR."
        ) from error
