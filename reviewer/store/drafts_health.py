"""Whether a file of drafts is whole, and what waits in it: only read, and not even opened by who else uses it."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import DamagedDraftsError
from reviewer.store.drafts import drafts_path, require_plain, require_whole, set_aside_before
from reviewer.store.refusals import sentences_of_drafts

BUSY_TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class DraftsHealth:
    """What was found beside a store."""

    texts: int = 0
    """Texts that are typed and not saved."""
    acts: int = 0
    """Acts that could not be saved, and wait for the store."""
    damage: str = ""
    """A sentence that says what is wrong and what to do."""
    set_aside: tuple[Path, ...] = ()
    """Damaged files of drafts from before."""


def examine_drafts(store: Path) -> DraftsHealth:
    """Look over the drafts of a store. Nothing is made or changed.

    Raises:
        StoreError: when they cannot be opened.
    """
    path, aside = drafts_path(store), tuple(set_aside_before(store))
    if not path.exists():
        return DraftsHealth(set_aside=aside)
    # Without a log all is in the one file; SQLite would make files beside it.
    whole = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    try:
        require_plain(path)
        with (
            sentences_of_drafts(path),
            closing(
                sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode=ro{whole}",
                    uri=True,
                    isolation_level=None,
                    timeout=BUSY_TIMEOUT_SECONDS,
                )
            ) as connection,
        ):
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return DraftsHealth(set_aside=aside)
            require_whole(connection, path)
            texts, acts = (
                connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("drafts", "waiting")
            )
    except DamagedDraftsError as error:
        return DraftsHealth(damage=str(error), set_aside=aside)
    return DraftsHealth(texts, acts, set_aside=aside)
