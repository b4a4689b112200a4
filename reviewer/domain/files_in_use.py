"""The files that this process has open as databases, and that nothing else in it may open meanwhile.

As soon as a process closes a file, POSIX takes away every lock that it has on it, those of SQLite's connections too.
Another process may then put the log of a store that is open here back to its beginning, or delete it, and what is
saved from then on is lost.
"""

import os
import threading
from collections import Counter
from pathlib import Path

BESIDE = ("-wal", "-shm", "-journal")
"""What the names of the files end with that SQLite keeps beside a database, and locks as well."""

_lock = threading.Lock()
_open: Counter[str] = Counter()
"""The real path of each database, with how many connections have it open."""


def take_into_use(database: Path) -> str:
    """Note that a connection opens a database; return what ``give_up`` takes once the connection is closed."""
    name = os.path.realpath(database)
    with _lock:
        _open[name] += 1
    return name


def give_up(name: str) -> None:
    """Note that a connection is closed."""
    with _lock:
        _open[name] -= 1
        if _open[name] <= 0:
            del _open[name]


def is_in_use(path: Path) -> bool:
    """Return whether a file is a database that this process has open, or lies beside one: it must not be opened."""
    with _lock:
        databases = tuple(_open)
    if not databases:
        return False
    try:
        name = os.path.realpath(path)
    except ValueError:  # No path has a NUL in it; whoever opens it says so.
        return False
    return any(
        name == database or name in [f"{database}{ending}" for ending in BESIDE] or _is_same(name, database)
        for database in databases
    )


def _is_same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
