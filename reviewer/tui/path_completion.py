"""Completes a path as a shell does."""

import os
from dataclasses import dataclass

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
    folder, _, start = typed.rpartition("/")
    if typed == "~":
        return Completion("~/")
    prefix = typed[: len(typed) - len(start)]
    names = sorted(_names(os.path.expanduser(prefix) or ".", start))
    if not names:
        return Completion(typed)
    longest = os.path.commonprefix(names)
    return Completion(prefix + longest if len(longest) >= len(start) else typed, tuple(names[:MOST_OFFERED]))


def _names(folder: str, start: str) -> list[str]:
    names = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= MOST_READ:
                    break
                name = entry.name
                if not name.startswith(start) or not name.isprintable() or (name[0] == "." and not start):
                    continue
                names.append(name + "/" if _is_folder(entry) else name)
    except (OSError, ValueError):
        return []
    return names


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
