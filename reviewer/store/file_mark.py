"""The mark by which a file is known as a store of ours, before and without SQLite."""

from pathlib import Path

from reviewer.domain.files_in_use import is_in_use

APPLICATION_ID = 0x72767772
"""Marks a SQLite file as a store of ours (``PRAGMA application_id``), so that a foreign file is never migrated."""

MARK_ENDS_AT = 72
"""Bytes of a SQLite file up to the end of its application id."""


def bears_our_mark(path: Path) -> bool:
    """Return whether the file has the mark of a store where SQLite keeps it, whatever else has become of it.

    One that this process has open had it when it was opened.
    """
    if is_in_use(path):
        return True
    try:
        with path.open("rb") as file:
            return file.read(MARK_ENDS_AT)[-4:] == APPLICATION_ID.to_bytes(4, "big")
    except OSError:
        return False
