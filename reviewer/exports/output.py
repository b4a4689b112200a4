"""Where an export goes: a file that takes its place in one step, or a stream."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import UserError
from reviewer.domain.files_in_use import is_in_use
from reviewer.domain.home_paths import expanded
from reviewer.domain.text import safe_text
from reviewer.domain.unfinished_files import give_name, unfinished_file

PAGE_MARK = "a page of reviewer"
"""Stands near the beginning of every page, so that another one may take its place."""

_SQLITE = b"SQLite format 3\0"

Write = Callable[[str], None]
"""Takes a piece of text, to be written as UTF-8."""


_FORMAT_OF = {"": "csv", ".csv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def format_by_name(path: Path) -> str | None:
    """Return the format that the end of a file's name stands for; None where it stands for something else."""
    return _FORMAT_OF.get(path.suffix.casefold())


@contextmanager
def to_file(destination: Path, forbidden: Iterable[Path] = ()) -> Iterator[Write]:
    """Give what writes to ``destination``, which is replaced when all is written and left as it was on any error.

    A link is followed. What is no plain file, as ``/dev/null`` or a pipe, is written to directly. A file that was
    there keeps its permissions; a new one gets the usual ones.

    Raises:
        UserError: when it is one of the ``forbidden`` files, a database, a folder, or cannot be written.
    """
    path = _resolve(destination)
    _check(path, forbidden)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                yield _writer(stream)
            return
        with unfinished_file(path, 0o666) as part:
            with part.open("wb") as stream:
                yield _writer(stream)
            if path.exists():
                part.chmod(stat.S_IMODE(path.stat().st_mode))
            give_name(part, path)
    except BrokenPipeError:
        raise
    except FileNotFoundError as error:
        raise UserError(f"There is no folder {path.parent}; make it, or name another file.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); what was there is as it was. "
                        "Put that right, or name another file.") from error  # fmt: skip


def is_export(path: Path) -> bool:
    """Return whether a file is an export of ours, or empty, so that nothing is lost where another takes its place.

    Raises:
        OSError: when it cannot be read.
    """
    if is_in_use(path):
        return False
    with path.open("rb") as file:
        head = file.read(4096)
    columns = b"proposal_id" in head and b"external_id" in head
    return not head or PAGE_MARK.encode() in head or columns or head.startswith(b'{"feedback": ')


def refuse_to_replace(destination: Path) -> None:
    """Refuse a file that is there and is no export of ours: what is in it would be lost.

    Raises:
        UserError: when it is one.
    """
    path = _resolve(destination)
    try:
        foreign = path.is_file() and not is_export(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); name another file for the export.") from error
    if foreign:
        raise UserError(f"{path} is there already and is no export; name another file, or replace it by --force.")


def _resolve(destination: Path) -> Path:
    try:
        return Path(os.path.realpath(expanded(destination)))
    except (OSError, ValueError) as error:
        raise UserError(f"{str(destination)!r} cannot be used as a path ({error}); name another one.") from error


@contextmanager
def to_stdout() -> Iterator[Write]:
    """Give what writes to standard output: exactly, or, where that is a terminal, nothing that it would obey.

    Raises:
        UserError: when it is closed.
    """
    if not sys.stdout.writable():
        raise UserError("Standard output is closed; name a file by -o.")
    sys.stdout.flush()
    if sys.stdout.isatty():
        yield _to_terminal
    else:
        yield _writer(sys.stdout.buffer)
    sys.stdout.flush()


def _to_terminal(text: str) -> None:
    sys.stdout.write(safe_text(text))


def _writer(stream: BinaryIO) -> Write:
    def write(text: str) -> None:
        stream.write(text.encode("utf-8", "replace"))

    return write


def _of_store(path: Path) -> UserError:
    return UserError(f"{path} belongs to the store itself; name another file for the export.")


def _check(path: Path, forbidden: Iterable[Path]) -> None:
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file in it.")
    if is_in_use(path):
        raise _of_store(path)
    for other in forbidden:
        if path == Path(os.path.realpath(other)) or (path.exists() and other.exists() and path.samefile(other)):
            raise _of_store(path)
    if not path.is_file():
        return
    try:
        # The folder alone says whether a file may be replaced; this one's owner has said that it may not.
        locked = not path.stat().st_mode & 0o222
        with path.open("rb") as file:
            database = file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return  # What is wrong with it is told when it is written.
    if locked:
        raise UserError(f"{path} is not to be written to, by its permissions; name another file for the export.")
    if database:
        raise UserError(f"{path} is a database; name another file for the export.")
