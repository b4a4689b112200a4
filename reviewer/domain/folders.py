"""Folders that we make: nobody but their owner looks into them."""

from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, each with mode 0700; what is there stays as it is.

    Raises:
        OSError: when it cannot be made.
    """
    missing = []
    for each in (folder, *folder.parents):
        if each.is_dir():
            break
        missing.append(each)
    # One by one, since Python gives a mode to the last of several alone.
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
