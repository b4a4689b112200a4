"""Making a store anew of what can be read of a damaged one: what is consistent goes into it, and all of it is counted.

Of whose row is lost, although others refer to it, an index still has the name, so that another row stands in for it.
A revision whose numbers are not all there is marked as incomplete, so that an import does not take it for the whole
one and leave it so. What people did with a text that is lost is handed out, to be put back once it was imported again.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.errors import DamagedStoreError
from reviewer.domain.identity import new_id
from reviewer.store.acts import LOST, Record, acts
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
from reviewer.store.salvage import Progress, Salvage, insertion

FOLLOWS_FROM_THE_REST = frozenset(("current_judgements", "counts", "unindexed", "unchecked", "check_results",
                                   "checked_problems", "similar_titles", "current_outcomes", "judgement_sums",
                                   "first_judgements"))  # fmt: skip
"""Tables that are built anew."""

ROWS_AT_ONCE = 2000

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
"""Which adjudications can."""

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
    """Events and outcomes that were read, and handed out since the new store lacks what they are of."""
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
        work = _Recovering(salvage, store, now, progress)
        work.load()
        pages.close()
        if not any(work.read.values()):
            raise DamagedStoreError(f"Nothing of a store can be read of {path}; restore a copy.")
        bring_to_this_version(store)
        return work.finish(pages, take_aside)


class _Recovering:
    def __init__(self, salvage: Salvage, store: Store, now: str, progress: Progress) -> None:
        self._salvage = salvage
        self._store = store
        self._now = now
        self._progress = progress
        self._tables = [name for name in salvage.shapes if name not in FOLLOWS_FROM_THE_REST]
        self._known: dict[str, int] = {}
        self._unlisted: set[str] = set()
        """Tables with rows that were read and that no index has."""
        self._standing_in: dict[str, int] = {}
        self.read: dict[str, int] = {}

    def load(self) -> None:
        """Write every row that can be read, and what indexes have of the others."""
        connection = self._store.connection()
        triggers = _drop_triggers(connection)
        for name in self._tables:
            shape = self._salvage.shapes[name]
            for some in _pieces(self._salvage.rows(name)):
                with self._store.write(durable=False):
                    for row in some:
                        _try(connection, *insertion(shape, row))
            self.read[name] = _count(connection, name)
            columns = ", ".join(f"{c} INTEGER PRIMARY KEY" if c == "id" else c for c in shape.columns)
            connection.execute(f"CREATE TEMP TABLE seen_{name} ({columns})")
            if not self._salvage.is_whole:
                self._load_seen(name)
                if _count(connection, name, f"id NOT IN (SELECT id FROM seen_{name})"):
                    self._unlisted.add(name)
            self._known[name] = self.read[name] + _count(
                connection, f"seen_{name}", f"id NOT IN (SELECT id FROM {name})"
            )
        if not self._salvage.is_whole:
            self._see_events_elsewhere()
        with self._store.write(durable=False):
            for statement in triggers:
                connection.execute(statement)

    def _load_seen(self, name: str) -> None:
        connection = self._store.connection()
        for index, columns in self._salvage.shapes[name].indexes.items():
            own = [column for column in columns if column != "id"]
            places = [columns.index(column) for column in own]
            changes = ", ".join(f"{c} = excluded.{c}" for c in own)
            statement = (
                f"INSERT INTO seen_{name} ({', '.join(['id', *own])}) VALUES ({', '.join('?' * (1 + len(own)))}) "
                f"ON CONFLICT (id) DO UPDATE SET {changes}"
            )
            for page in self._salvage.entries(name, index):
                entries = [(row_id, *(values[place] for place in places)) for row_id, values in page]
                if _agree(connection, name, own, entries):
                    for entry in entries:
                        _try(connection, statement, entry)

    def _see_events_elsewhere(self) -> None:
        """Know of events by the judgements that they add up to, and by their numbers, of which none is left out."""
        connection = self._store.connection()
        known = {
            row_id
            for (row_id,) in connection.execute("SELECT id FROM annotations UNION SELECT id FROM seen_annotations")
        }
        columns = self._salvage.shapes["current_judgements"].columns
        place = columns.index("annotation_id")
        for row in self._salvage.rows("current_judgements"):
            if len(row.values) == len(columns) and isinstance(event := row.values[place], int):
                known.add(event)
        at_least = max(known) if known and min(known) > 0 else 0
        self._known["annotations"] = max(len(known), at_least)

    def finish(self, pages: Pages, take_aside: Callable[[Iterator[Record]], int]) -> Recovered:
        """Let stand what is consistent, and build anew what follows from it."""
        self._progress("setting right what refers to lost rows", 0, 0)
        connection = self._store.connection()
        connection.execute("PRAGMA foreign_keys = OFF")
        _drop_triggers(connection)
        with self._store.write(durable=False):
            for parent in ("problems", "reviewers", "imports", "methods", "revisions"):
                self._let_stand_in(connection, parent)
            self._choose(connection)
        aside = 0
        if (
            _count(connection, "annotations", f"NOT ({_KEPT})")
            or _count(connection, "outcomes", f"NOT ({_OF_KEPT})")
            or _count(connection, "adjudications", f"NOT ({_ADJUDICATED})")
        ):
            with self._store.read():
                aside = take_aside(acts(connection, f"NOT ({_KEPT})", f"NOT ({_OF_KEPT})", f"NOT ({_ADJUDICATED})"))
        with self._store.write(durable=False):
            connection.execute(f"DELETE FROM annotations WHERE NOT ({_KEPT})")
            connection.execute(f"DELETE FROM outcomes WHERE NOT ({_OF_KEPT})")
            connection.execute(f"DELETE FROM adjudications WHERE NOT ({_ADJUDICATED})")
            connection.execute("DELETE FROM revisions WHERE id NOT IN (SELECT id FROM kept_revisions)")
            connection.execute("DELETE FROM methods WHERE id NOT IN (SELECT id FROM kept_methods)")
            self._let_go_of_the_rest(connection)
            connection.execute("DELETE FROM unindexed")
            connection.execute("INSERT INTO unindexed (id) SELECT id FROM methods WHERE revision_id IS NOT NULL")
            self._mark_incomplete(connection)
            self._let_go_of_the_rest(connection)
            restore_triggers(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        to_index = _count(connection, "unindexed")
        mended = mend(self._store, lambda done: self._progress("indexing texts", done, to_index))
        counted = tuple(
            Counted(name, self.read[name], self._known[name], _count(connection, name)) for name in self._tables
        )
        return Recovered(
            counted,
            aside,
            _count(connection, "revisions", f"content_hash LIKE '{INCOMPLETE}%'"),
            self._standing_in,
            len(self._salvage.reading.broken),
            pages.count,
            self._salvage.reading.astray,
            pages.torn_log,
            mended,
        )

    def _let_stand_in(self, connection: sqlite3.Connection, parent: str) -> None:
        """Write a row for each lost one to which others refer, with all that indexes have of it."""
        ids: set[int] = set()
        for child, column in self._references(connection, parent):
            ids |= {
                row_id
                for (row_id,) in connection.execute(
                    f"SELECT DISTINCT {column} FROM {child} WHERE {column} IS NOT NULL "
                    f"AND {column} NOT IN (SELECT id FROM {parent})"
                ).fetchall()
            }
        wanted = [(row[1], row[3]) for row in connection.execute(f"PRAGMA table_info ({parent})").fetchall()]
        n = 0
        for row_id in sorted(ids):
            cursor = connection.execute(f"SELECT * FROM seen_{parent} WHERE id = ?", (row_id,))
            seen = dict(zip((c[0] for c in cursor.description), cursor.fetchone() or (), strict=False))
            known = {name: value for name, value in seen.items() if value is not None}
            values = self._by_default(connection, parent, row_id) | known | {"id": row_id}
            if parent in ("problems", "methods") and "title" not in known:
                values["title"] = values["slug" if parent == "problems" else "external_id"]
            names = [
                name for name, required in wanted if name in known or name == "id" or (required and name in values)
            ]
            written = _try(
                connection,
                f"INSERT OR IGNORE INTO {parent} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
                tuple(values[name] for name in names),
            )
            n += written
        if n and parent != "revisions":
            self._standing_in[parent] = n
        if parent == "revisions":
            connection.execute("CREATE TEMP TABLE lost_revisions (id INTEGER PRIMARY KEY)")
            connection.executemany("INSERT INTO lost_revisions VALUES (?)", [(row_id,) for row_id in sorted(ids)])

    def _by_default(self, connection: sqlite3.Connection, table: str, row_id: int) -> dict[str, Any]:
        lost = f"{LOST}{row_id}"
        nothing = dict.fromkeys(
            ("description", "agent", "run", "parent", "idea", "family", "host", "part", "title", "hypothesis", "body",
             "raw", "file", "sha256", "place"),
            "",
        )  # fmt: skip
        first = {
            name: connection.execute(f"SELECT min(id) FROM {name}").fetchone()[0] for name in ("problems", "imports")
        }
        of = connection.execute(
            "SELECT method_id FROM annotations WHERE ?1 IN (revision_id, judged_revision_id)", (row_id,)
        ).fetchone()
        return nothing | {
            "uuid": new_id(),
            "slug": lost,
            "name": lost,
            "external_id": lost,
            "namespace": "lost",
            "content_hash": lost,
            "role": "proposal",
            "origin": "unknown",
            "state": "complete",
            "source": "native",
            "path": "lost",
            "options": "{}",
            "claims": "[]",
            "process": 0,
            "current": 0,
            "problem_id": first["problems"],
            "import_id": first["imports"],
            "method_id": of[0] if table == "revisions" and of else 0,
            **dict.fromkeys(("created_at", "imported_at", "started_at", "recorded_at"), self._now),
        }

    def _references(self, connection: sqlite3.Connection, parent: str) -> Iterator[tuple[str, str]]:
        for child in self._tables:
            if parent == "revisions" and child != "annotations":
                continue
            for row in connection.execute(f"PRAGMA foreign_key_list ({child})").fetchall():
                if row[2] == parent:
                    yield child, row[3]

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
        if self._may_lack("seed_values"):
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
            if self._may_lack(part):
                self._mark(connection, _BESIDE_A_GAP.format(of="revision_id", table=part))
                if part == "measurements":
                    self._mark(connection, f"SELECT id FROM revisions WHERE id NOT IN (SELECT revision_id FROM {part})")
        connection.execute(
            f"UPDATE revisions SET content_hash = '{INCOMPLETE}' || content_hash "
            "WHERE id IN (SELECT id FROM incomplete)"
        )

    def _mark(self, connection: sqlite3.Connection, revisions: str) -> None:
        connection.execute(f"INSERT OR IGNORE INTO incomplete SELECT * FROM ({revisions}) WHERE true")

    def _may_lack(self, table: str) -> bool:
        """Return whether rows of a table may be lost of which no index tells."""
        if self._salvage.is_whole:
            return False
        if not self.read[table]:
            # A root that looks like that of an empty table may be one of the pages that are broken.
            return True
        broken = self._salvage.reading.broken_in
        # So may that of an index, which then lacks rows that are there.
        lacks = table in self._unlisted or not broken.isdisjoint(self._salvage.shapes[table].indexes)
        return table in broken and lacks

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


def _drop_triggers(connection: sqlite3.Connection) -> list[str]:
    """Drop every trigger, and return what creates them again."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def _agree(connection: sqlite3.Connection, table: str, columns: Sequence[str], entries: Sequence[Any]) -> bool:
    """Return whether entries of an index are of this table: of the rows that are there, one at least says the same."""
    select = f"SELECT {', '.join(['id', *columns])} FROM {table} WHERE id = ?"
    there = [(entry, row) for entry in entries if (row := connection.execute(select, entry[:1]).fetchone())]
    return not there or any(entry == row for entry, row in there)


def _try(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> bool:
    """Write a row where it is such as the table takes; return whether it was written."""
    try:
        return connection.execute(statement, values).rowcount > 0
    except (sqlite3.IntegrityError, OverflowError):
        return False


def _count(connection: sqlite3.Connection, table: str, where: str = "true") -> int:
    n: int = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]
    return n


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    some = []
    for row in rows:
        some.append(row)
        if len(some) == ROWS_AT_ONCE:
            yield some
            some = []
    yield some
