"""Looking at files and folders from outside: what is there, how it begins, its hash."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.files_in_use import is_in_use
from reviewer.sources.contract import HEAD_BYTES, Head, read_up_to

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules"})
"""Folders that are never looked into; neither are those whose name begins with a dot."""


def require(path: Path) -> Path:
    """Return ``path`` when it is a file or a folder.

    Raises:
        SourceError: when there is nothing at ``path``, or something that cannot be read twice (a pipe, a device), or
            that belongs to a store which is open.
    """
    if is_in_use(path):
        raise SourceError(f"{path}: belongs to the store that is open; there is nothing in it to import.")
    try:
        if path.is_dir() or path.is_file():
            return path
        there = path.exists()
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be looked at ({reason(error)}); check the path.") from error
    if there:
        raise SourceError(f"{path}: is neither a file nor a folder; save what it gives to a file and import that.")
    raise SourceError(f"{path}: there is no such file or folder; check the path.")


def reason(error: Exception) -> str:
    """Return why the system refused, without the path that it repeats: ``Permission denied``."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def head_of(path: Path) -> Head:
    """Return the beginning of the file.

    Raises:
        SourceError: when it cannot be read.
    """
    try:
        # Unbuffered, so that no more is read than is shown.
        with path.open("rb", buffering=0) as file:
            return Head(path, read_up_to(file, HEAD_BYTES), os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error


def readable_head(path: Path) -> Head | None:
    """Return the beginning of a file that was met in a folder, or None when it cannot be read."""
    try:
        return head_of(path)
    except SourceError:
        return None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What a walk met and did not yield, in its order; complete once it has come to its end.

    ``odd`` is neither a regular file nor looked into: pipes, sockets, devices, links to folders, and links that lead
    nowhere; nothing of it is opened, since a pipe would wait. ``closed`` are folders that the system does not let be
    looked into, since nobody has the right to or their path is longer than it takes.
    """

    odd: list[Path] = field(default_factory=list)
    closed: list[Path] = field(default_factory=list)


def entries(folder: Path, passed_over: PassedOver | None = None) -> Iterator[os.DirEntry[str]]:
    """Yield the regular files beneath ``folder``, sorted, each folder's own before those of its subfolders.

    Links to folders are not followed, so that a link back up makes no endless walk.

    Raises:
        SourceError: when ``folder`` itself cannot be looked into.
    """
    waiting = [os.fspath(folder)]
    while waiting:
        beneath = waiting.pop()
        try:
            with os.scandir(beneath) as found:
                met = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            if beneath == os.fspath(folder):
                raise SourceError(f"{folder}: cannot be looked into ({reason(error)}).") from error
            if passed_over is not None:
                passed_over.closed.append(Path(beneath))
            continue
        folders = []
        for entry in met:
            if _is(entry.is_dir, follow_symlinks=False):
                if not entry.name.startswith(".") and entry.name not in SKIPPED_FOLDERS:
                    folders.append(entry.path)
            elif _is(entry.is_file):
                yield entry
            elif passed_over is not None and not entry.name.startswith("."):
                passed_over.odd.append(Path(entry.path))
        waiting += reversed(folders)


def _is(asked: Callable[..., bool], **how: bool) -> bool:
    """Return the answer of the system; no where it has none, as of links in a circle."""
    try:
        return asked(**how)
    except OSError:
        return False


def walk(folder: Path, passed_over: PassedOver | None = None) -> Iterator[Path]:
    """Yield the regular files beneath ``folder`` as ``entries`` does.

    Those of a store that is open are none of them: they hold nothing to import, and must not be opened.

    Raises:
        SourceError: when ``folder`` itself cannot be looked into.
    """
    for entry in entries(folder, passed_over):
        path = Path(entry.path)
        if not is_in_use(path):
            yield path


def files_under(path: Path) -> Iterator[Path]:
    """Yield ``path`` itself when it is a file, else the files beneath it."""
    if path.is_file():
        yield path
    else:
        yield from walk(path)


def size_of(files: Iterable[Path]) -> int:
    """Return how many bytes the files hold together; one that has gone meanwhile counts nothing."""
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total


def sha256_of(path: Path) -> str:
    """Return the sha256 of the file in hex, read in pieces.

    Raises:
        SourceError: when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error
