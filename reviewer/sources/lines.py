"""Reading a file line by line, from its beginning to where it ended when the reading began, in flat memory."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

MAX_LINE = 32 * 1024 * 1024
"""Bytes that one line may have."""

BOM = b"\xef\xbb\xbf"
PIECE = 1024 * 1024
"""Bytes that are read at once, of a file and of a line too long to hold; progress is told about as often."""


NOT_ENDED = "the line has no end; it may be cut off"
"""Said of a file's last line where no line end follows it: nobody can tell that it is whole."""


class Span(NamedTuple):
    """One line of the file: its number from 1, where it begins and ends, and its bytes; None when too long to hold."""

    number: int
    offset: int
    end: int
    data: bytes | None
    start: bytes


def not_utf8(error: UnicodeDecodeError) -> str:
    """Return what is wrong with bytes that are no UTF-8, as the rest of a sentence."""
    return f"is not valid UTF-8: byte {error.start + 1} is 0x{error.object[error.start]:02x}; save it as UTF-8"


def lines_of(file: BinaryIO, size: int) -> Iterator[Span]:
    """Yield the lines in the first ``size`` bytes with their ends; the first one without a byte order mark."""
    number = 0
    offset = 0
    while offset < size:
        number += 1
        data = file.readline(min(MAX_LINE + 1, size - offset))
        if not data:
            return
        start = offset
        offset += len(data)
        if len(data) <= MAX_LINE or data.endswith(b"\n"):
            held = data.removeprefix(BOM) if number == 1 else data
            yield Span(number, start, offset, held or b"\n", b"")
            continue
        begin = data[:PIECE]
        while data and not data.endswith(b"\n") and offset < size:
            data = file.readline(min(PIECE, size - offset))
            offset += len(data)
        yield Span(number, start, offset, None, begin)
