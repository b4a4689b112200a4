"""Opening another store only to take from it: nothing is changed in it, whatever its version."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from reviewer.domain.errors import DamagedStoreError, StoreError, UserError
from reviewer.store.backup import copy_store
from reviewer.store.connection import Store, connect, find_damage
from reviewer.store.migrations import SCHEMA_VERSION, open_store, refuse_foreign_file
from reviewer.store.refusals import plain_sentences


@contextmanager
def opened_to_take_from(other: Path, store: Path) -> Iterator[Store]:
    """Give the store ``other`` to be read, for what goes into ``store``; one of an older version as a copy of this one.

    Raises:
        UserError: when it is missing, no store, newer, locked or damaged, or the very store that it goes into.
    """
    if not other.exists():
        raise UserError(f"There is no store at {other}; name the file of the store to take in.")
    if store.exists() and other.samefile(store):
        raise UserError(f"{other} is the store itself, so that there is nothing to take in; name another one.")
    with ExitStack() as stack:
        try:
            refuse_foreign_file(other)
            path = _as_of_this_version(other, stack)
            if why := find_damage(path):
                raise _damaged(other, why)
            opened = stack.enter_context(closing(open_store(path, create=False, readonly=True)))
        except DamagedStoreError as error:
            raise _damaged(other, "SQLite cannot read it") from error
        except StoreError as error:
            raise UserError(str(error)) from error
        yield opened


def _as_of_this_version(other: Path, stack: ExitStack) -> Path:
    """Return the file to read: the store's own, or where it is older, that of a copy which goes away again."""
    with plain_sentences(other), closing(connect(other, readonly=True)) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if not 0 < version < SCHEMA_VERSION:
        return other
    copy = Path(stack.enter_context(TemporaryDirectory(prefix="reviewer-")), other.name)
    copy_store(other, copy)
    open_store(copy, create=False).close()
    return copy


def _damaged(other: Path, why: str) -> UserError:
    return UserError(
        f"The store {other} is damaged, so nothing is taken from it; `reviewer recover OUT --store {other}` saves what "
        f"can be saved ({why})."
    )
