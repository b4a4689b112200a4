"""What is broken in a damaged store, by the reader of ``recover``: also where SQLite itself says no more than that.

It reads every page, so it gives up after some seconds: a store of a gigabyte takes minutes.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reviewer.store.migrations import SCHEMA_VERSION, empty_as_of
from reviewer.store.raw_pages import Pages
from reviewer.store.salvage import Salvage

MOST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Lost:
    """How many rows of a table can be read, and how many there are known to have been."""

    table: str
    read: int
    known: int


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is broken; nothing of it is known where there was not the time to read all pages."""

    pages: int
    in_time: bool
    broken_pages: int = 0
    tables: tuple[Lost, ...] = ()
    """The tables of which some page is broken, or of which rows are lost."""
    indexes: tuple[str, ...] = ()
    """Other parts of the file that are broken: indexes, and what else bears a name."""


class _OutOfTimeError(Exception):
    pass


class _TimedPages(Pages):
    until: float = float("inf")

    def get(self, number: int) -> bytes:
        if time.monotonic() > self.until:
            raise _OutOfTimeError
        return super().get(number)


def diagnose(path: Path, most_seconds: float = MOST_SECONDS) -> Diagnosis:
    """Read all that can be read of a damaged store, which no connection of this process may have open.

    Raises:
        StoreError: when the file cannot be read, or somebody wrote to it meanwhile.
    """
    pages = _TimedPages(path)
    pages.until = time.monotonic() + most_seconds
    version = pages.version if 0 < pages.version <= SCHEMA_VERSION else SCHEMA_VERSION
    try:
        with closing(empty_as_of(version)) as empty:
            salvage = Salvage(pages, empty)
            counted = [_count(salvage, name) for name in salvage.shapes]
    except _OutOfTimeError:
        return Diagnosis(pages.count, in_time=False)
    finally:
        pages.close()
    broken = {name for name in salvage.reading.broken_in if name}
    return Diagnosis(
        pages.count,
        True,
        len(salvage.reading.broken),
        tuple(lost for lost in counted if lost.table in broken or lost.read < lost.known),
        tuple(sorted(broken - salvage.shapes.keys())),
    )


def _count(salvage: Salvage, table: str) -> Lost:
    """Count the rows of a table that can be read, and those that only its indexes still have."""
    read = {row.id for row in salvage.rows(table)}
    known = set(read)
    for index in salvage.shapes[table].indexes:
        for page in salvage.entries(table, index):
            known.update(row_id for row_id, _ in page)
    # Events are numbered from 1, and none is ever taken out.
    numbered = max(known, default=0) if table == "annotations" and min(known, default=0) > 0 else 0
    return Lost(table, len(read), max(len(known), numbered))
