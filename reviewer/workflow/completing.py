"""What an import leaves to its end: that all of it is found by search, and that the checks were run."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from reviewer.domain.checks import CheckSettings
from reviewer.store.connection import Store
from reviewer.store.imports import data_version
from reviewer.store.search_index import index_all, index_some
from reviewer.workflow.checking import Checking


def complete(store: Store, checks: CheckSettings | None = None, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Put into the search index, and check, all that waits for either, batch by batch, until ``cancelled``.

    SQLite splits texts into words in a thread of its own while the checks think, so that two cores have work.

    Raises:
        StoreError: when the store cannot be read or written; what was indexed and checked before stays.
    """
    with ThreadPoolExecutor(1, "indexing") as thread:
        Checking(store, checks).check_all(cancelled, _Indexing(store, thread))
    index_all(store, cancelled)


_PIECE, _PIECE_CHARACTERS = 500, 600_000
"""More at once than elsewhere: the thread waits some milliseconds for the other one at each of a piece's statements."""


class _Indexing:
    """Puts texts into the search index in a thread, with that thread's connection, as long as any wait."""

    def __init__(self, store: Store, thread: ThreadPoolExecutor) -> None:
        self._store = store
        self._thread = thread
        self._connection: sqlite3.Connection = thread.submit(store.connection).result()
        self._pieces: Future[bool] | None = None
        self._enough = Event()
        self._more = True

    def begin(self) -> None:
        if self._more:
            self._enough.clear()
            self._pieces = self._thread.submit(self._index_until_enough)

    def end(self) -> None:
        if self._pieces is not None:
            self._enough.set()
            pieces, self._pieces = self._pieces, None
            self._more = pieces.result()

    def written_by_others(self) -> int:
        # By its own connection, on which all but its own writing is seen.
        return data_version(self._connection)

    def _index_until_enough(self) -> bool:
        """Index piece by piece, each in a short transaction; return whether some may be left."""
        while not self._enough.is_set():
            with self._store.write(durable=False) as connection:
                if not index_some(connection, _PIECE, _PIECE_CHARACTERS):
                    return False
        return True
