"""Making a store anew of what can be read of a damaged one: what is consistent goes into it, and all of it is counted.

Of whose row is lost, although others refer to it, an index still has the name, so that another row stands in for it.
A revision whose numbers are not all there is marked as incomplete, so that an import does not take it for the whole
one and leave it so. What people did with a text that is lost is handed out, to be put back once it was imported again.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import DamagedStoreError
from reviewer.store.acts import Record, acts
from reviewer.store.connection import Store
from reviewer.store.empty_file import prepare_file
from reviewer.store.health import Mended, mend
from reviewer.store.migrations import (
    SCHEMA_VERSION,
    bring_to_this_version,
    empty_as_of,
    make_as_of,
    restore_triggers,
)
from reviewer.store.raw_pages import Pages
from reviewer.store.salvage import Progress, Salvage
from reviewer.store.salvaged_rows import SalvagedRows, drop_triggers, how_many
from reviewer.store.standing_in import let_stand_in

FOLLOWS_FROM_THE_REST = frozenset(("current_judgements", "counts", "unindexed", "unchecked", "check_results",
                                   "checked_problems", "similar_titles", "current_outcomes", "judgement_sums",
                                   "first_judgements", "sketches", "unsketched", "unmatched", "sightings",
                                   "alike_pairs", "alike", "grouping"))  # fmt: skip
"""Tables that are built anew."""

INCOMPLETE = "incomplete-"
"""Stands before the hash of a revision of which numbers are lost; no record that is imported has such a one."""

_PARTS_OF_REVISIONS = ("measurements", "self_scores", "outside_reviews")

_KEPT = """
    method_id IN (SELECT id FROM kept_methods) AND revision_id IN (SELECT id FROM kept_revisions)
    AND coalesce(judged_revision_id, revision_id) IN (SELECT id FROM kept_revisions)
    AND (baseline_id IS NULL OR baseline_id IN (SELECT id FROM kept_methods))
"""
"""Which events can stand in the new store: those that are of what it holds."""

_OF_KEPT = "method_id IN (SELECT id FROM kept_methods)"
"""Which outcomes can."""

_ADJUDICATED = "method_id IN (SELECT id FROM kept_methods) AND revision_id IN (SELECT id FROM kept_revisions)"
"""Which adjudications can, and which attempts at asking Claude."""

_BESIDE_A_GAP = """
    SELECT {of} FROM {table} x WHERE NOT EXISTS (SELECT 1 FROM {table} y WHERE y.id = x.id + 1)
    OR (x.id > 1 AND NOT EXISTS (SELECT 1 FROM {table} y WHERE y.id = x.id - 1))
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows of a table were read, how many there are known to have been, and how many are in the new store.

    More may have been lost than is known: of a row that neither an index nor another row names nothing is left.
    """

    table: str
    read: int
    known: int
    kept: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a damaged store."""

    tables: tuple[Counted, ...]
    events_aside: int
    """Events, outcomes, adjudications and critiques that were read, and handed out: the new store lacks their text."""
    incomplete: int
    """Revisions whose text is there, and of whose numbers some are lost or may be."""
    standing_in: Mapping[str, int]
    """How many rows of a table stand in for lost ones, under what is known of their names."""
    broken_pages: int
    pages: int
    astray: int
    """Leaves of tables to which nothing led any more, and that were read all the same."""
    torn_log: bool
    mended: Mended

    def of(self, table: str) -> Counted:
        """Return the counts of one table."""
        return next(counted for counted in self.tables if counted.table == table)


def recover_store(
    path: Path,
    new: Path,
    take_aside: Callable[[Iterator[Record]], int],
    now: str,
    progress: Progress = lambda doing, done, total: None,
) -> Recovered:
    """Make of the empty file ``new`` a store of what can be read of the one at ``path``, which is only read.

    ``take_aside`` is given what people did of which the new store lacks the text, and returns how many events it took.

    Raises:
        DamagedStoreError: when nothing can be read.
        StoreError: when the file cannot be read, somebody writes to it meanwhile, or the new one cannot be written.
    """
    pages = Pages(path)
    version = pages.version if 0 < pages.version <= SCHEMA_VERSION else SCHEMA_VERSION
    prepare_file(new)
    with closing(empty_as_of(version)) as empty, closing(Store(new)) as store:
        salvage = Salvage(pages, empty, progress)
        make_as_of(store, version)
        store.connection().execute("PRAGMA foreign_keys = OFF")
        tables = [name for name in salvage.shapes if name not in FOLLOWS_FROM_THE_REST]
        rows = SalvagedRows(salvage, store)
        rows.take_rows(tables)
        pages.close()
        if not any(rows.read.values()):
            raise DamagedStoreError(f"Nothing of a store can be read of {path}; restore a copy.")
        bring_to_this_version(store)
        return _Recovering(salvage, store, tables, rows, now, progress).finish(pages, take_aside)


class _Recovering:
    """What is made of the rows that were read."""

    def __init__(
        self, salvage: Salvage, store: Store, tables: list[str], rows: SalvagedRows, now: str, progress: Progress
    ) -> None:
        self._salvage = salvage
        self._store = store
        self._tables = tables
        self._rows = rows
        self._now = now
        self._progress = progress

    def finish(self, pages: Pages, take_aside: Callable[[Iterator[Record]], int]) -> Recovered:
        """Let stand what is consistent, and build anew what follows from it."""
        self._progress("setting right what refers to lost rows", 0, 0)
        connection = self._store.connection()
        connection.execute("PRAGMA foreign_keys = OFF")
        drop_triggers(connection)
        with self._store.write(durable=False):
            standing_in = {
                parent: let_stand_in(connection, self._tables, parent, self._now)
                for parent in ("problems", "reviewers", "imports", "methods", "revisions")
            }
            self._choose(connection)
        aside = 0
        if (
            how_many(connection, "annotations", f"NOT ({_KEPT})")
            or how_many(connection, "outcomes", f"NOT ({_OF_KEPT})")
            or how_many(connection, "adjudications", f"NOT ({_ADJUDICATED})")
            or how_many(connection, "critiques", f"NOT ({_ADJUDICATED})")
        ):
            with self._store.read():
                of_lost = f"NOT ({_ADJUDICATED})"
                aside = take_aside(acts(connection, f"NOT ({_KEPT})", f"NOT ({_OF_KEPT})", of_lost, of_lost))
        with self._store.write(durable=False):
            connection.execute(f"DELETE FROM annotations WHERE NOT ({_KEPT})")
            connection.execute(f"DELETE FROM outcomes WHERE NOT ({_OF_KEPT})")
            connection.execute(f"DELETE FROM adjudications WHERE NOT ({_ADJUDICATED})")
            connection.execute(f"DELETE FROM critiques WHERE NOT ({_ADJUDICATED})")
            connection.execute("DELETE FROM revisions WHERE id NOT IN (SELECT id FROM kept_revisions)")
            connection.execute("DELETE FROM methods WHERE id NOT IN (SELECT id FROM kept_methods)")
            self._let_go_of_the_rest(connection)
            connection.execute("DELETE FROM unindexed")
            connection.execute("INSERT INTO unindexed (id) SELECT id FROM methods WHERE revision_id IS NOT NULL")
            self._mark_incomplete(connection)
            self._let_go_of_the_rest(connection)
            restore_triggers(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        to_index = how_many(connection, "unindexed")
        mended = mend(self._store, lambda done: self._progress("indexing texts", done, to_index))
        counted = tuple(
            Counted(name, self._rows.read[name], self._rows.known[name], how_many(connection, name))
            for name in self._tables
        )
        return Recovered(
            counted,
            aside,
            how_many(connection, "revisions", f"content_hash LIKE '{INCOMPLETE}%'"),
            {parent: n for parent, n in standing_in.items() if n and parent != "revisions"},
            len(self._salvage.reading.broken),
            pages.count,
            self._salvage.reading.astray,
            pages.torn_log,
            mended,
        )

    def _choose(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "CREATE TEMP TABLE kept_revisions AS SELECT id, method_id FROM revisions "
            "WHERE id NOT IN (SELECT id FROM lost_revisions) AND import_id IN (SELECT id FROM imports)"
        )
        connection.execute(
            "CREATE TEMP TABLE kept_methods AS SELECT id FROM methods WHERE problem_id IN (SELECT id FROM problems) "
            "AND id IN (SELECT method_id FROM kept_revisions)"
        )
        connection.execute("DELETE FROM kept_revisions WHERE method_id NOT IN (SELECT id FROM kept_methods)")
        for name in ("kept_revisions", "kept_methods"):
            connection.execute(f"CREATE INDEX temp.{name}_by_id ON {name} (id)")

    def _mark_incomplete(self, connection: sqlite3.Connection) -> None:
        """Mark the revisions of whose numbers some are lost, and take out measurements that lack some of their runs.

        An index tells which those are; where it is broken as well, they lie where the ids of rows have gaps.
        """
        connection.execute("CREATE TEMP TABLE incomplete (id INTEGER PRIMARY KEY)")
        connection.execute(
            "CREATE TEMP TABLE without_runs AS SELECT measurement_id AS id FROM seen_seed_values "
            "WHERE id NOT IN (SELECT id FROM seed_values)"
        )
        if self._rows.may_lack("seed_values"):
            connection.execute(
                f"INSERT INTO without_runs {_BESIDE_A_GAP.format(of='measurement_id', table='seed_values')} "
                "UNION SELECT id FROM measurements WHERE id NOT IN (SELECT measurement_id FROM seed_values)"
            )
            self._mark(connection, "SELECT revision_id FROM measurements WHERE id IN (SELECT id FROM without_runs)")
            connection.execute("DELETE FROM without_runs WHERE id NOT IN (SELECT measurement_id FROM seed_values)")
        self._mark(connection, "SELECT revision_id FROM measurements WHERE id IN (SELECT id FROM without_runs)")
        connection.execute("DELETE FROM measurements WHERE id IN (SELECT id FROM without_runs)")
        for part in _PARTS_OF_REVISIONS:
            if part not in self._tables:
                continue
            self._mark(connection, f"SELECT revision_id FROM seen_{part} WHERE id NOT IN (SELECT id FROM {part})")
            if self._rows.may_lack(part):
                self._mark(connection, _BESIDE_A_GAP.format(of="revision_id", table=part))
                if part == "measurements":
                    self._mark(connection, f"SELECT id FROM revisions WHERE id NOT IN (SELECT revision_id FROM {part})")
        connection.execute(
            f"UPDATE revisions SET content_hash = '{INCOMPLETE}' || content_hash "
            "WHERE id IN (SELECT id FROM incomplete)"
        )

    def _mark(self, connection: sqlite3.Connection, revisions: str) -> None:
        # Where a page of another index lies in the place of one, it says that anything is the revision of a row.
        connection.execute(
            "INSERT OR IGNORE INTO incomplete SELECT said.id FROM (SELECT NULL AS id WHERE false UNION ALL "
            f"{revisions}) said WHERE typeof(said.id) = 'integer'"
        )

    def _let_go_of_the_rest(self, connection: sqlite3.Connection) -> None:
        """Take out what refers to something that is not there, until nothing does."""
        gone = True
        while gone:
            gone = False
            for child in (*self._tables, *FOLLOWS_FROM_THE_REST):
                for row in connection.execute(f"PRAGMA foreign_key_list ({child})").fetchall():
                    parent, column = row[2], row[3]
                    cursor = connection.execute(
                        f"DELETE FROM {child} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {parent})"
                    )
                    gone = gone or cursor.rowcount > 0
