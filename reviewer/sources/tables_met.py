"""Tables that were met where nobody has said what their columns are: in a folder, or with a header alone."""

import csv
from collections.abc import Sequence
from pathlib import Path

from reviewer.domain.counted import counted
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources import table
from reviewer.sources.contract import Head
from reviewer.sources.files import readable_head
from reviewer.sources.lines import BOM
from reviewer.sources.raw_rows import delimiter_of

ENDINGS = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson")
"""How tables are called that somebody may want to take in; settings and caches have rows, too."""

_LOOKED_INTO = 1_000
_FEWEST_COLUMNS = 2


def need_of_a_map(files: Sequence[Path], stated_in: StatedIn = StatedIn.COMMAND_LINE) -> str:
    """Return a sentence on those of the files that are tables, and how they are taken in; empty where none is.

    ``stated_in`` is where the person states what their columns are.
    """
    named = [file for file in files if file.suffix.lower() in ENDINGS]
    tables = sum((head := readable_head(f)) is not None and table.recognise(head) for f in named[:_LOOKED_INTO])
    if not tables:
        return ""
    are, need, one = ("is a table", "It needs", "it") if tables == 1 else ("are tables", "They need", "one of them")
    of = "It" if len(files) == tables == 1 else f"{tables:,} of them"
    said = f"{of} {are}. {need} a map that says what the columns are"
    if stated_in is StatedIn.FORM:
        return f"{said}: with {one} alone as the path, it is asked for."
    return (
        f"{said}: `{stated_in.names(Statement.MAP)}` reads by one, and it is begun by `reviewer import FILE --as "
        f"proposals`, or in the app by naming {one} alone."
    )


def is_header_alone(head: Head) -> bool:
    """Tell whether a file is called a table of text and has one line, of several names."""
    if not head.whole or head.path.suffix.lower() not in (".csv", ".tsv"):
        return False
    lines = [line for line in head.start.removeprefix(BOM).decode(errors="replace").splitlines() if line.strip()]
    if len(lines) != 1:
        return False
    try:
        names = next(csv.reader(lines, delimiter=delimiter_of(lines[0])), [])
    except csv.Error:
        return False
    return len([name for name in names if name.strip()]) >= _FEWEST_COLUMNS


def header_alone(head: Head) -> str:
    """Return what a file is that has a header and no row, as the rest of a sentence that begins with its path."""
    names = head.start.removeprefix(BOM).decode(errors="replace").strip()
    n = len(names.split(delimiter_of(names)))
    return f"is a table with {counted(n, 'column')} and no row; what is read has one row for each proposal"
