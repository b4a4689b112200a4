"""The example that each format shows, as a file of the kind."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from reviewer.sources.contract import Source


def _as_text(path: Path, example: str) -> None:
    path.write_text(example, encoding="utf-8")


def _as_database(path: Path, example: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(example)


WRITERS: dict[str, Callable[[Path, str], None]] = {".db": _as_database, ".sqlite": _as_database}
"""By the ending of the example's name, how a file that is no text is made of what is shown."""


def write_example(source: Source, folder: Path) -> Path:
    """Write the example of a format into a folder, under the name that it has, and return its path."""
    path = folder / (source.example_name or "example.txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITERS.get(path.suffix, _as_text)(path, source.example)
    return path
