"""Saying what a file is that no source can read, so that the person knows what to do about it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from reviewer.domain.errors import SourceError
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources.contract import Head
from reviewer.sources.foreign_database import MAGIC, SCHEMA_BYTES, connect
from reviewer.sources.jsontext import BadJsonError, parse

_OURS = {"annotations", "current_judgements"}
_ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "compressed with gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
}


_OURS_IS = '; our own has one object a line, each with a "type"'


def describe(head: Head, formats: Sequence[str], stated_in: StatedIn = StatedIn.COMMAND_LINE) -> str:
    """Return what a file of no known format is, as the rest of a sentence that begins with its path.

    ``formats`` are the names of those that there are; ``stated_in`` is where the person names one.
    """
    return no_text(head, formats) or _text(head, formats, stated_in)


def no_text(head: Head, formats: Sequence[str]) -> str:
    """Return what a file is that is no text, as :func:`describe` does; empty where it is text."""
    start = head.start
    if not start.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        return "is empty" if not start else "holds nothing but blanks"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16; save it as UTF-8"
    if start.startswith(MAGIC):
        return _sqlite(head, formats)
    for magic, name in _ARCHIVES.items():
        if start.startswith(magic):
            return f"is {name} of no known format; unpack it, and import what was in it"
    if b"\x00" in start[:4096]:
        return f"is binary data of no known format; {known_formats(formats)}"
    return ""


def known_formats(formats: Sequence[str]) -> str:
    """Return the formats that there are, and how one learns by what each is known, as a part of a sentence."""
    return f"the formats are {', '.join(formats)}, and `reviewer sources` says by what each is known"


def _sqlite(head: Head, formats: Sequence[str]) -> str:
    try:
        with closing(connect(head.path, most_bytes=SCHEMA_BYTES)) as connection:
            tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except SourceError as error:
        return str(error).removeprefix(f"{head.path}: ").rstrip(".")
    except sqlite3.Error as error:
        return f"begins like a SQLite database but cannot be read as one ({error}); fetch it again"
    if tables >= _OURS:
        return "is a store of reviewer itself, not a source; `reviewer --store FILE` opens it"
    known = ", ".join(sorted(tables)[:5]) or "none"
    return f"is a SQLite database of no known format: its tables are {known}; {known_formats(formats)}"


def _text(head: Head, formats: Sequence[str], stated_in: StatedIn) -> str:
    ours = f"{_OURS_IS}, and {stated_in.saying(Statement.FORMAT, 'native')} takes the good lines of one"
    stripped = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not stripped.startswith((b"{", b"[")):
        if (wrong := wrong_byte(head)) is not None:
            return f"is text that is not UTF-8: byte {wrong + 1} is 0x{head.start[wrong]:02x}; save it as UTF-8"
        return f"is text of no known format; {known_formats(formats)}"
    lines = stripped.splitlines()
    first = lines[0] if len(lines) > 1 or head.whole else b""
    for candidate in (head.start if head.whole else b"", first):
        if not candidate.strip():
            continue
        try:
            value, _ = parse(candidate)
        except BadJsonError as error:
            problem = str(error)
            continue
        said = f" (its first object has {_keys(value)})" if isinstance(value, dict) else ""
        return f"is JSON of no known format{said}; {known_formats(formats)}{ours}"
    if not head.whole and not first:
        return f"is JSON of no known format; {known_formats(formats)}{ours}"
    return f"looks like JSON but {problem}"


def wrong_byte(head: Head) -> int | None:
    """Return where, from 0, the beginning of a file is no UTF-8; the head may end within a letter."""
    try:
        head.start.decode()
    except UnicodeDecodeError as error:
        return error.start if head.whole or error.start < len(head.start) - 3 else None
    return None


def _keys(value: dict[str, object]) -> str:
    return ", ".join(repr(str(k)[:40]) for k in list(value)[:5]) or "no keys"
