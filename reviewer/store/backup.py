"""Copying a store while it is in use, and looking the copy over before it counts as one."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import DamagedStoreError, StoreError, UserError
from reviewer.domain.unfinished_files import give_name, meant_by, unfinished_file
from reviewer.store.connection import connect
from reviewer.store.faults import find_faults, in_short
from reviewer.store.file_mark import bears_our_mark
from reviewer.store.health import WHOLE_CHECK_BYTES
from reviewer.store.migrations import refuse_foreign_file
from reviewer.store.refusals import plain_sentences

PAGES_A_STEP = 256
"""Between two steps other threads of this process are let in: 4 MB are copied in some milliseconds."""

_TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('methods', 'annotations')"
_HELD = (
    "SELECT (SELECT count(*) FROM methods WHERE role = 'proposal'), (SELECT count(*) FROM annotations), "
    "(SELECT coalesce(max(id), 0) FROM annotations)"
)


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was looked over: its bytes, and how many proposals and annotation events it holds."""

    size: int
    proposals: int
    events: int
    indexes_checked: bool
    """Whether its indexes were compared too, which for a large store would take minutes."""


def copy_store(path: Path, into: Path) -> Copied:
    """Copy a store as it is in this moment into a new file, which appears under its name once it is found whole.

    Writers are not held up meanwhile, and what they write is not in the copy. It can be read by its owner alone.

    Raises:
        StoreError: when there is no store, it is damaged or cannot be read, or the copy cannot be written.
    """
    refuse_foreign_file(path)
    with closing(connect(path, readonly=True)) as source, new_file(into) as prepared:
        with plain_sentences(path):
            # A snapshot for all steps: else each commit of somebody else's would begin the copying anew.
            source.execute("BEGIN")
            if source.execute(_TABLES).fetchone() != (2,):
                raise UserError(f"The store {path} holds nothing yet, so there is nothing to copy.")
            held = source.execute(_HELD).fetchone()
            _copy_pages(source, prepared)
            source.execute("COMMIT")
        return _looked_over(path, prepared, held)


def _copy_pages(source: sqlite3.Connection, into: Path) -> None:
    with closing(sqlite3.connect(into, isolation_level=None)) as target, plain_sentences(into):
        # A copy that is cut off is thrown away, and a whole one is synced at the end.
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        try:
            source.backup(target, pages=PAGES_A_STEP)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", None) is None:  # Python leaves it out of what a step says.
                raise StoreError(
                    f"{meant_by(into)} could not be written ({error}); make room, or name another place."
                ) from error
            raise


def _looked_over(path: Path, copy: Path, held: tuple[int, int, int]) -> Copied:
    size = copy.stat().st_size
    whole = size <= WHOLE_CHECK_BYTES
    with closing(open_unchanging(copy)) as connection:
        try:
            faults = find_faults(connection, path, indexes=whole)
            found = connection.execute(_HELD).fetchone()
        except sqlite3.DatabaseError as error:
            faults, found = (str(error),), held
    if faults:
        raise DamagedStoreError(
            f"The store {path} is damaged, so no copy was made of it; `reviewer recover OUT` saves what can be saved "
            f"({in_short(faults)})."
        )
    if found != held:
        raise StoreError(f"The copy of {path} does not hold what the store does, and was thrown away; try again.")
    return Copied(size, held[0], held[1], whole)


def open_unchanging(path: Path) -> sqlite3.Connection:
    """Open a database that nobody writes to, and lay nothing beside it.

    Raises:
        DatabaseError: when it cannot be opened.
    """
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give an empty file beside ``path``, for its owner alone, that gets this name once it is written and synced.

    On any error it is taken away again, and what was at ``path`` is as it was.

    Raises:
        StoreError: when it cannot be made or written.
    """
    try:
        if not path.parent.is_dir():
            raise StoreError(f"There is no folder {path.parent}; make it, or name another place.")
        with unfinished_file(path) as prepared:
            yield prepared
            give_name(prepared, path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written ({error.strerror}); name another place.") from error


_SAID = ("annotations", "methods", "outcomes", "adjudications", "protocols", "assignment_rounds", "critiques",
         "critic_batches", "critic_settings", "spending_stops", "critique_readings", "critique_marks")  # fmt: skip
"""What is never made again; stores of earlier versions have not all of these."""


def lacks_nothing_of(older: Path, path: Path) -> bool:
    """Return whether a file is an earlier copy of the store at ``path``, so that nothing is lost with it.

    It is one where it is a store that nobody has open, of which every method and every event is in the store too.
    """
    beside = (older.with_name(f"{older.name}{suffix}") for suffix in ("-wal", "-shm", "-drafts"))
    if not bears_our_mark(older) or any(file.exists() for file in beside):
        return False
    try:
        with closing(connect(path, readonly=True)) as connection:
            connection.execute("ATTACH ? AS older", (f"{older.absolute().as_uri()}?mode=ro&immutable=1",))
            there = {
                name for (name,) in connection.execute("SELECT name FROM older.sqlite_master WHERE type = 'table'")
            }
            tables = [name for name in _SAID if name in there]
            return not any(
                connection.execute(
                    f"SELECT EXISTS (SELECT 1 FROM older.{table} o WHERE NOT EXISTS "
                    f"(SELECT 1 FROM main.{table} m WHERE m.uuid = o.uuid))"
                ).fetchone()[0]
                for table in tables
            )
    except sqlite3.DatabaseError:
        return False
