"""How a new file becomes a store, and a store of an older version one of this version."""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reviewer.domain.errors import DamagedStoreError, StoreError
from reviewer.domain.files_in_use import is_in_use
from reviewer.domain.identity import utc_now
from reviewer.domain.unfinished_files import unfinished_file
from reviewer.store.connection import Store, connect
from reviewer.store.empty_file import create_file, prepare_file
from reviewer.store.file_mark import MARK_ENDS_AT, bears_our_mark
from reviewer.store.first_judgements import rebuild_first_judgements
from reviewer.store.judgement_sums import rebuild_sums
from reviewer.store.refusals import damaged, no_database
from reviewer.store.schema import FIRST_TRIGGERS, INDEXES, TABLES, VIEWS
from reviewer.store.schema_changes import (
    CHECKS,
    CORRECTED_SETTINGS,
    DIRECTIONS_AND_TITLES,
    JUDGED_REVISIONS,
    LIGHTER_IMPORTS,
    LIGHTER_METHODS,
    OPINIONS_AND_RUNS,
    SEARCH_INDEX,
    TRIGGER_NAMES,
    TRIGGERS,
    WITHDRAWALS,
)
from reviewer.store.schema_eleven import CRITIC
from reviewer.store.schema_fourteen import MET_ELSEWHERE
from reviewer.store.schema_nine import OUTCOMES
from reviewer.store.schema_ten import LEARNING
from reviewer.store.schema_thirteen import DUPLICATES
from reviewer.store.schema_twelve import SHAREABLE

if TYPE_CHECKING:
    from sqlite_utils.db import Database


def _first_schema(db: "Database") -> None:
    for statement in (*TABLES, *INDEXES, *FIRST_TRIGGERS, *VIEWS):
        db.execute(statement)


def _second_schema(db: "Database") -> None:
    for statement in (*JUDGED_REVISIONS, *SEARCH_INDEX):
        db.execute(statement)


def _third_schema(db: "Database") -> None:
    for statement in (*WITHDRAWALS, *LIGHTER_IMPORTS):
        db.execute(statement)


def _fourth_schema(db: "Database") -> None:
    for statement in CHECKS:
        db.execute(statement)


def _fifth_schema(db: "Database") -> None:
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    for statement in LIGHTER_METHODS:
        db.execute(statement)
    db.execute(f"PRAGMA schema_version = {version + 1}")


def _sixth_schema(db: "Database") -> None:
    for statement in CORRECTED_SETTINGS:
        db.execute(statement)


def _seventh_schema(db: "Database") -> None:
    for statement in OPINIONS_AND_RUNS:
        db.execute(statement)


def _eighth_schema(db: "Database") -> None:
    for statement in DIRECTIONS_AND_TITLES:
        db.execute(statement)


def _ninth_schema(db: "Database") -> None:
    for statement in OUTCOMES:
        db.execute(statement)


def _tenth_schema(db: "Database") -> None:
    for statement in LEARNING:
        db.execute(statement)


def _eleventh_schema(db: "Database") -> None:
    for statement in CRITIC:
        db.execute(statement)


def _twelfth_schema(db: "Database") -> None:
    for statement in SHAREABLE:
        db.execute(statement)


def _thirteenth_schema(db: "Database") -> None:
    for statement in DUPLICATES:
        db.execute(statement)


def _fourteenth_schema(db: "Database") -> None:
    for statement in MET_ELSEWHERE:
        db.execute(statement)


MIGRATIONS: tuple[Callable[["Database"], None], ...] = (
    _first_schema, _second_schema, _third_schema, _fourth_schema, _fifth_schema, _sixth_schema,
    _seventh_schema, _eighth_schema, _ninth_schema,
    _tenth_schema, _eleventh_schema, _twelfth_schema, _thirteenth_schema,
    _fourteenth_schema,
)  # fmt: skip
"""Every change of the schema, oldest first; a new one is added at the end and never edited afterwards."""

WITH_SUMS = 10
"""Since this version a store keeps what judgements come to, which one of an earlier version must be given."""

SCHEMA_VERSION = len(MIGRATIONS)
"""``PRAGMA user_version`` of a store of this version."""


def open_store(path: Path, *, create: bool = True, readonly: bool = False, now: datetime | None = None) -> Store:
    """Open the store at ``path``, making it or bringing it to this version where that is needed.

    Before the first change to an existing store's schema a copy is laid beside it, named after the store, its version
    and the time. Several processes may call this at once: one migrates, the others wait.

    Raises:
        NoStoreError: when there is none, and ``create`` is false.
        DamagedStoreError: when it is damaged.
        StoreError: when the file is foreign, of a newer version, or locked.
    """
    if create and not readonly:
        if not path.exists():
            create_file(path)
        elif path.is_file() and path.stat().st_size == 0:
            prepare_file(path)
    refuse_foreign_file(path)
    # Not `Store`: a file that turns out to be foreign must not stay open in a thread's pool.
    connection = connect(path, readonly=readonly)
    try:
        version = _version(connection, path)
    finally:
        connection.close()
    store = Store(path, readonly=readonly)
    if version < len(MIGRATIONS):
        if readonly:
            raise StoreError(f"The store {path} is of an older version; open it once writable to bring it up to date.")
        _migrate(store, now or utc_now())
    return store


def load_what_making_takes() -> None:
    """Load what a store is made with, which takes longer than making it: while something else is waited for."""
    # It loads pandas where there is one, some 0.3 s, to store a kind of values that no table of ours holds.
    absent = "pandas" not in sys.modules
    if absent:
        sys.modules["pandas"] = None  # type: ignore[assignment]  # What the import system takes for: there is none.
    try:
        import sqlite_utils.migrations  # noqa: F401
    finally:
        if absent:
            del sys.modules["pandas"]


def open_to_read(path: Path) -> Store:
    """Open a store that will only be read; one of an older version is brought to this one where it may be written.

    Raises:
        StoreError: when there is none, or it cannot be used as it is.
    """
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        open_store(path, create=False).close()
    return open_store(path, create=False, readonly=True)


_SQLITE = b"SQLite format 3\0"


def refuse_foreign_file(path: Path) -> None:
    """Refuse a file that is no store of ours, without opening it: SQLite would tidy up its WAL.

    Our mark is set before the file gets its name, so every store has it in its first page. One that this process has
    open was looked at when it was opened.

    Raises:
        DamagedStoreError: when it has the mark, but no longer begins like a SQLite database.
        StoreError: when the file is no plain one, empty, no SQLite database, or one without the mark.
    """
    if is_in_use(path):
        return
    if path.exists() and not path.is_file() and not path.is_dir():
        raise StoreError(f"{path} is a pipe or a device and no plain file, as --store takes.")
    try:
        with path.open("rb") as file:
            header = file.read(MARK_ENDS_AT)
    except OSError:
        return  # `connect` says what is wrong with it.
    if not header:
        raise StoreError(
            f"The file {path} is empty, so there is no store in it; "
            f"`reviewer import PATH --store {path}` makes one of it."
        )
    if not header.startswith(_SQLITE):
        if bears_our_mark(path):
            raise damaged(path, "it no longer begins like a SQLite database")
        raise no_database(path)
    if len(header) == MARK_ENDS_AT and not bears_our_mark(path):
        raise StoreError(
            f"{path} is a SQLite database, but not a store of reviewer; `reviewer import {path}` may read it, "
            "--store names another file."
        )


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The store {path} was made by a newer reviewer (schema {version}, this one knows {len(MIGRATIONS)}); "
            "update reviewer, nothing was changed."
        )
    return version


def _migrate(store: Store, now: datetime | None) -> None:
    """Bring a store to this version; ``now`` names the copy that is laid beside it, None lays none."""
    with _foreign_keys_off(store):
        _apply(store, len(MIGRATIONS), now)


@contextmanager
def _foreign_keys_off(store: Store) -> Iterator[None]:
    # Dropping a table that another one refers to would else delete row by row; what is copied keeps its row ids.
    store.connection().execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        store.connection().execute("PRAGMA foreign_keys = ON")


def make_as_of(store: Store, version: int) -> None:
    """Make of a new file an empty store as an earlier version made it, for rows of that version.

    Raises:
        StoreError: when it cannot be written.
    """
    with _foreign_keys_off(store):
        _apply(store, version, None)


def bring_to_this_version(store: Store) -> None:
    """Migrate a store of which nobody needs a copy.

    Raises:
        StoreError: when it cannot be written.
    """
    _migrate(store, None)


def empty_as_of(version: int) -> sqlite3.Connection:
    """Return an empty store in memory as a version made it."""
    load_what_making_takes()
    from sqlite_utils.db import Database

    connection = sqlite3.connect(":memory:", isolation_level=None)
    for step in MIGRATIONS[:version]:
        step(Database(connection, execute_plugins=False))
    return connection


def _apply(store: Store, version: int, now: datetime | None) -> None:
    load_what_making_takes()
    from sqlite_utils.db import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("reviewer")
    for step in MIGRATIONS[:version]:
        migrations(name=step.__name__)(step)
    # The lock is taken before `apply` looks at what has been applied: on its own it is not safe against a second
    # process. Every migration then runs in a savepoint of this one transaction.
    with store.write() as connection:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if 0 < found < version and now is not None:
            _back_up(store.path, found, now)
        migrations.apply(Database(connection, execute_plugins=False))
        missing = TRIGGER_NAMES - triggers(connection)
        if missing and version == len(MIGRATIONS):
            raise DamagedStoreError(
                f"The migration of {store.path} lost {', '.join(sorted(missing))}; nothing was changed."
            )
        if 0 < found < WITH_SUMS <= version:
            rebuild_sums(connection)
            rebuild_first_judgements(connection)
        connection.execute(f"PRAGMA user_version = {version}")


def _back_up(path: Path, version: int, now: datetime) -> None:
    """Lay a copy beside the store. It gets its name when it is whole: what is called a backup can be relied on."""
    backup = path.with_name(f"{path.name}.v{version}.{now:%Y%m%dT%H%M%SZ}.backup")
    try:
        with unfinished_file(backup) as copy:
            prepare_file(copy)
            _copy(path, copy)
            copy.replace(backup)
    except OSError as error:
        raise StoreError(
            f"Cannot lay a copy of the store beside it at {backup}: {error.strerror}; nothing was changed."
        ) from error


def _copy(path: Path, copy: Path) -> None:
    target = sqlite3.connect(copy)
    # A second connection reads the state before the lock; nothing has been written under it yet.
    source = sqlite3.connect(path)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def triggers(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the triggers that the store has."""
    rows: Sequence[tuple[str]] = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    return {name for (name,) in rows}


def missing_relations(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the tables and views that a store of this version lacks, each as ``table`` or ``view``."""
    return {name: kind for name, (kind, _) in _missing(connection).items()}


def restore_views(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Create the views that a store of this version lacks, in the caller's transaction; return their names."""
    missing = {name: sql for name, (kind, sql) in _missing(connection).items() if kind == "view"}
    for sql in missing.values():
        connection.execute(sql)
    return tuple(missing)


def _missing(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    load_what_making_takes()
    from sqlite_utils.db import Database

    listed = "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
    whole = Database(memory=True, execute_plugins=False)
    try:
        for step in MIGRATIONS:
            step(whole)
        expected = {name: (kind, sql) for name, kind, sql in whole.execute(listed).fetchall()}
    finally:
        whole.close()
    there = {name for name, _, _ in connection.execute(listed).fetchall()}
    return {name: made for name, made in expected.items() if name not in there}


def restore_triggers(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Create the triggers that a store of this version lacks, in the caller's transaction; return their names."""
    missing = TRIGGER_NAMES - triggers(connection)
    for statement in TRIGGERS:
        if statement.split()[2] in missing:
            connection.execute(statement)
    return tuple(sorted(missing))
