"""What SQLite finds wrong with the pages of a store: counted, the first named, and all of it in the log."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

MOST_FAULTS = 20
"""So many are looked for: of a file in which much is overwritten there are thousands, and each takes time."""

_logger = logging.getLogger(__name__)


def find_faults(connection: sqlite3.Connection, path: Path, *, indexes: bool) -> tuple[str, ...]:
    """Return what is wrong with the pages of the store at ``path``, and with its ``indexes`` where that is asked.

    Raises:
        DatabaseError: when SQLite cannot even look.
    """
    look = "integrity_check" if indexes else "quick_check"
    said = [line for (line,) in connection.execute(f"PRAGMA {look} ({MOST_FAULTS})").fetchall()]
    # Older versions of SQLite put several faults into one answer, behind a heading.
    lines = [line.strip() for each in said for line in str(each).splitlines()]
    faults = tuple(line for line in lines if line and line != "ok" and not line.startswith("*** in database "))
    for fault in faults:
        _logger.error("SQLite finds in %s: %s", path, fault)
    return faults


def in_short(faults: Sequence[str]) -> str:
    """Return how many faults were found, and the first of them."""
    if len(faults) == 1:
        return faults[0]
    or_more = " or more" if len(faults) >= MOST_FAULTS else ""
    return f"{len(faults)}{or_more} faults, the first: {faults[0]}"
