"""What an import leaves to its end: that all of it is found by search, and that the checks were run."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

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


class _Indexing:
    """Puts texts into the search index in a thread, with that thread's connection, as long as any wait."""

    def __init__(self, store: Store, thread: ThreadPoolExecutor) -> None:
        self._store = store
        self._thread = thread
        self._connection: sqlite3.Connection = thread.submit(store.connection).result()
        self._piece: Future[int] | None = None
        self._more = True

    def begin(self) -> None:
        if self._more:
            self._piece = self._thread.submit(self._index_some)

    def end(self) -> None:
        if self._piece is not None:
            piece, self._piece = self._piece, None
            self._more = piece.result() > 0

    def written_by_others(self) -> int:
        # By its own connection, on which all but its own writing is seen.
        return data_version(self._connection)

    def _index_some(self) -> int:
        with self._store.write(durable=False) as connection:
            return index_some(connection)
