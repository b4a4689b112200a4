"""Where a file lies that a record names as it was named then: two names of one file are no two places."""

from os.path import normpath, realpath
from pathlib import Path


def whereabouts(file: str, import_path: str) -> str:
    """Return the absolute path of a file, as far as the path of the import that read it tells; else its name.

    The same file is named absolutely, or from where the import was begun, of which only the path of the import is
    known: that is absolute, and is the file's own or that of a folder in which it lies. What is no file, as an address,
    is left as it is.
    """
    begun = Path(import_path)
    if not file or "://" in file or not begun.is_absolute():
        return file
    whole = normpath(begun)
    for folder in begun.parents:
        found = normpath(folder / file)
        if found == whole or found.startswith(f"{whole}/"):
            return found
    return normpath(begun / file)


def links_followed(path: str) -> str:
    """Return where a path leads through symbolic links, as they are now; what is no absolute path stays as it is."""
    return realpath(path) if Path(path).is_absolute() else path
