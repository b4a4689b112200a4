"""Ending a query that nobody waits for any more."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ASKED_EVERY = 200_000
"""Steps of SQLite's machine, a few milliseconds to some tens.

Asking takes Python's lock, for which a query waits some milliseconds while a screen is being drawn: asked more often,
it would stand still meanwhile.
"""


@contextmanager
def while_wanted(connection: sqlite3.Connection, is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Let queries on the connection go on, meanwhile, as long as they are wanted; one that is not any more fails."""
    connection.set_progress_handler(lambda: not is_wanted(), ASKED_EVERY)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)
