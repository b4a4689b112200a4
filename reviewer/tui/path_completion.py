"""Completes a path as a shell does, and looks whether there is anything there."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.domain.addresses import is_address
from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded

MOST_READ = 20_000
"""A folder is read no further than this many names."""

MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """The path as far as it goes without choosing, and the names among which one must choose (none: nothing fits)."""

    path: str
    names: tuple[str, ...] = ()


def complete_path(typed: str) -> Completion:
    """Complete ``typed``; folders end in a slash. Reads the disk, so not for the UI thread.

    ``~`` stands for the home folder and stays as it is. Hidden names are offered once their dot is typed. A name that
    has characters which cannot be shown is not offered.
    """
    start = typed.rpartition("/")[2]
    if typed == "~":
        return Completion("~/")
    prefix = typed[: len(typed) - len(start)]
    names = sorted(_names(prefix, start))
    if not names:
        return Completion(typed)
    longest = _common_start(names)
    return Completion(prefix + longest if len(longest) >= len(start) else typed, tuple(names[:MOST_OFFERED]))


def is_missing(path: str) -> bool:
    """Return whether there is surely nothing at ``path``. Reads the disk, so not for the UI thread.

    Of an address it is not asked here: a server may be slow.
    """
    if is_address(path):
        return False
    try:
        expanded(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError, UserError):
        return False  # Whoever reads it says what is wrong.
    return False


def complete_among(names: Sequence[str], typed: str) -> Completion:
    """Complete ``typed`` to one of ``names``."""
    fitting = sorted(name for name in set(names) if name.startswith(typed))
    return Completion(_common_start(fitting) or typed, tuple(fitting[:MOST_OFFERED]))


def _common_start(names: Sequence[str]) -> str:
    """Return what the first and the last of sorted names begin with: all others do too."""
    if not names:
        return ""
    first, last = names[0], names[-1]
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]


def _names(folder: str, start: str) -> list[str]:
    names = []
    try:
        with os.scandir(expanded(folder or ".")) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST_READ:
                    break
                name = entry.name
                if not name.startswith(start) or not name.isprintable() or (name[0] == "." and not start):
                    continue
                names.append(name + "/" if _is_folder(entry) else name)
    except (OSError, ValueError, UserError):
        return []
    return names


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
