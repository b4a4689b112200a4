"""Copying what is written from the log into the store beside the writing, which else waits for the disk each time."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from reviewer.store.connection import Store, connect
from reviewer.store.empty_file import PAGE_SIZE

PAUSE_SECONDS = 0.05
"""Time between one copying and the next: of 0.02 to 0.5 what writes soonest, since a short log is quick to write on."""

MOST_BYTES = 32 << 20
"""Where the log is longer the writing waits until all of it is copied, so that it is begun anew and not continued."""

LEFT_BYTES = 16 << 20
"""A log that has become longer than this is cut back at the end, unless somebody still reads from it."""


@contextmanager
def copied_beside(store: Store) -> Iterator[Callable[[], None]]:
    """Copy the log into the store in a thread while this one writes a lot; give what it calls after each transaction.

    SQLite does it by itself within a commit, every 16 MB, and the writer then waits for the disk twice. The copying
    never takes the write lock, so other writers are not held up.
    """
    connection = store.connection()
    copying = _Copying(store)
    try:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        yield copying.hear_of_writing
    finally:
        copying.end()
        connection.execute("PRAGMA wal_autocheckpoint = 1000")


class _Copying:
    """The thread, with a connection of its own."""

    def __init__(self, store: Store) -> None:
        self._connection = connect(store.path, busy_timeout=0)
        self._one_at_a_time = threading.Lock()
        self._log_bytes = 0
        self._longest = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="copying the log", daemon=True)
        self._thread.start()

    def hear_of_writing(self) -> None:
        """Wait for the copying where the log has become too long."""
        if self._log_bytes > MOST_BYTES:
            self._copy("PASSIVE")
            self._log_bytes = 0

    def end(self) -> None:
        """End the thread, and give back what room the log took."""
        self._ended.set()
        self._thread.join()
        if self._longest > LEFT_BYTES:
            self._copy("PASSIVE")
            self._copy("TRUNCATE")
        self._connection.close()

    def _run(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            self._copy("PASSIVE")

    def _copy(self, how: str) -> None:
        # What hinders it hinders the writing too, where it is told; or it is another process that copies already.
        with self._one_at_a_time, suppress(sqlite3.Error):
            _, pages, _ = self._connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
            self._log_bytes = pages * PAGE_SIZE
            self._longest = max(self._longest, self._log_bytes)
