"""Hidden files that get their name once they are whole, and what is left of them where a process was killed."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reviewer.domain.files_in_use import BESIDE
from reviewer.domain.identity import new_id

try:
    import fcntl
except ImportError:  # As on Windows.
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"
"""What the name of the file ends with that a process keeps locked while it has the unfinished one beside it."""

_LOCK_NAME = re.compile(r"\..+\.[0-9a-f]{12}\.part\.lock")

_meant: dict[Path, Path] = {}
"""What each unfinished file of this process is to become."""


def meant_by(path: Path) -> Path:
    """Return the file that an unfinished one is to become, as a person has named it; any other path as it is."""
    return _meant.get(path, path)


@contextmanager
def unfinished_file(path: Path, mode: int = 0o600) -> Iterator[Path]:
    """Give an empty hidden file beside ``path``, to be renamed to it; where that was not done it is taken away again.

    So is what SQLite lays beside it, and what processes of this machine that are no more have left in the folder.

    Raises:
        OSError: when it cannot be made.
    """
    _take_away_leftovers(path.parent)
    part = path.with_name(f".{path.name[:40]}.{new_id()[-12:]}.part")
    with _held(Path(f"{part}{LOCK}")):
        _meant[part] = path
        try:
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
            yield part
        finally:
            del _meant[part]
            _take_away(part)


def give_name(part: Path, path: Path) -> None:
    """Put a file that is whole where ``path`` is, in one step that a power cut leaves done or not done.

    Raises:
        OSError: when it cannot be synced or renamed.
    """
    _sync(part)
    part.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        if _has_locked(handle):
            # Only now: a file that says so and that nobody has locked was left behind.
            os.write(handle, _words())
        yield
    finally:
        with suppress(OSError):
            lock.unlink(missing_ok=True)
        os.close(handle)


def _words() -> bytes:
    """Return what stands in a lock. It names the machine, since not every file system tells others of its locks."""
    return f"Locked by reviewer on {socket.gethostname()} while it writes the file beside this one.\n".encode()


def _has_locked(handle: int) -> bool:
    """Return whether the lock is held now, after a moment where somebody looks whether it is."""
    # By flock: the locks of fcntl, which SQLite takes, end with the first of several handles that is closed.
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except (AttributeError, OSError):
        return False
    return True


def _take_away_leftovers(folder: Path) -> None:
    with suppress(OSError):
        for lock in [file for file in folder.iterdir() if _LOCK_NAME.fullmatch(file.name)]:
            with suppress(AttributeError, OSError):
                _take_away_where_left(lock)


def _take_away_where_left(lock: Path) -> None:
    handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        words = _words()
        if os.read(handle, len(words) + 1) == words:
            _take_away(lock.with_name(lock.name.removesuffix(LOCK)))
            lock.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _take_away(part: Path) -> None:
    for ending in ("", *BESIDE):
        with suppress(OSError):
            Path(f"{part}{ending}").unlink(missing_ok=True)
