"""Folders in folders, deeper than a function can call itself, or than the system takes a path."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def nested(root: Path, depth: int, name: str = "a", *, kept: str = "") -> Iterator[Path]:
    """Make so many folders of one name in ``root``, and a file with the text ``kept`` in the last; all go again."""
    root.mkdir()
    here = os.open(root, os.O_RDONLY)
    try:
        for _ in range(depth):
            os.mkdir(name, dir_fd=here)
            before, here = here, os.open(name, os.O_RDONLY, dir_fd=here)
            os.close(before)
        file = os.open("kept.jsonl", os.O_WRONLY | os.O_CREAT, dir_fd=here)
        os.write(file, kept.encode())
        os.close(file)
        yield root
    finally:
        os.close(here)
        # What Python brings calls itself for each of them.
        subprocess.run(["rm", "-rf", str(root)], check=True)
