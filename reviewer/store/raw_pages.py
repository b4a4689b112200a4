"""The pages of a SQLite file as they lie on the disk, for one that SQLite itself refuses. Nothing is ever written.

The format is that of https://sqlite.org/fileformat2.html: section 4 has the log, 1.6 the pages.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reviewer.domain.errors import StoreError
from reviewer.store.empty_file import PAGE_SIZE

INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE = 0x02, 0x05, 0x0A, 0x0D
_MAGIC = b"SQLite format 3\0"
_WAL_HEADER, _FRAME_HEADER = 32, 24
_WAL_MAGICS = (0x377F0682, 0x377F0683)


class Pages:
    """The pages of a file, numbered from 1, with those in the log beside it in place of older ones."""

    def __init__(self, path: Path, usual_size: int = PAGE_SIZE) -> None:
        """Open the file, whose pages have the usual size where its beginning does not tell.

        Raises:
            StoreError: when it cannot be read.
        """
        self._path = path
        try:
            self._file: BinaryIO = path.open("rb")
            self._stamp = _stamp(path)
        except OSError as error:
            raise StoreError(f"The store {path} cannot be read ({error.strerror}).") from error
        head = os.pread(self._file.fileno(), 100, 0)
        self.size = _page_size(head, usual_size)
        self.version = int.from_bytes(head[60:64], "big") if head[:16] == _MAGIC else 0
        """``PRAGMA user_version``; 0 where it cannot be read."""
        self._log: dict[int, bytes] = {}
        self.torn_log = False
        """Whether the log has more behind what can be read of it."""
        self._read_log(Path(f"{path}-wal"))
        in_file = -(-path.stat().st_size // self.size)
        self.count = max([in_file, *self._log])
        if 1 in self._log:
            self.version = int.from_bytes(self._log[1][60:64], "big")

    def close(self) -> None:
        """Close the file.

        Raises:
            StoreError: when somebody wrote to it meanwhile, so that what was read is of no one moment.
        """
        self._file.close()
        if _stamp(self._path) != self._stamp:
            raise StoreError(f"Another program wrote to {self._path} meanwhile; close it, and try again.")

    def get(self, number: int) -> bytes:
        """Return a page; one that is not there is empty, and one that is cut off is filled up with zeros."""
        if not 1 <= number <= self.count:
            return b""
        held = self._log.get(number)
        if held is not None:
            return held
        try:
            page = os.pread(self._file.fileno(), self.size, (number - 1) * self.size)
        except OSError:  # A block that the disk no longer gives.
            page = b""
        return page.ljust(self.size, b"\0")

    def _read_log(self, path: Path) -> None:
        try:
            log = path.read_bytes()
        except OSError:
            return
        if len(log) < _WAL_HEADER:
            return
        magic, _, size, _, *salts = struct.unpack(">6I", log[:24])
        order = ">" if magic & 1 else "<"
        check = _checked(log[:24], order, (0, 0))
        if magic not in _WAL_MAGICS or size != self.size or check != struct.unpack(">2I", log[24:32]):
            self.torn_log = any(log)
            return
        pending: dict[int, bytes] = {}
        place = _WAL_HEADER
        while place + _FRAME_HEADER + size <= len(log):
            head, page = log[place : place + _FRAME_HEADER], log[place + _FRAME_HEADER : place + _FRAME_HEADER + size]
            number, pages_then, *rest = struct.unpack(">6I", head)
            if rest[:2] != salts:
                return  # Left over from an earlier use of the log.
            check = _checked(page, order, _checked(head[:8], order, check))
            if check != (rest[2], rest[3]):
                self.torn_log = True
                return
            pending[number] = page
            if pages_then:
                self._log |= pending
                pending = {}
            place += _FRAME_HEADER + size


def _stamp(path: Path) -> tuple[int, ...]:
    found = []
    for file in (path, Path(f"{path}-wal")):
        try:
            stat = file.stat()
            found += [stat.st_size, stat.st_mtime_ns]
        except OSError:
            found += [0, 0]
    return tuple(found)


def _page_size(head: bytes, usual_size: int) -> int:
    said = int.from_bytes(head[16:18], "big")
    said = 65536 if said == 1 else said
    tells = head[:16] == _MAGIC and 512 <= said <= 65536 and not said & (said - 1)
    return said if tells else usual_size


def _checked(data: bytes, order: str, begin: tuple[int, int]) -> tuple[int, int]:
    one, two = begin
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for word in words:
        one = (one + word + two) & 0xFFFFFFFF
        two = (two + next(words) + one) & 0xFFFFFFFF
    return one, two


def kind_of(number: int, page: bytes) -> int:
    """Return which kind of b-tree page a page says it is, or 0."""
    at = 100 if number == 1 else 0
    kind = page[at] if len(page) > at else 0
    return kind if kind in (INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE) else 0


def cells_of(number: int, page: bytes) -> list[int]:
    """Return where the cells of a b-tree page begin, those outside it left out."""
    at = 100 if number == 1 else 0
    start = at + (12 if page[at] in (INTERIOR_INDEX, INTERIOR_TABLE) else 8)
    n = int.from_bytes(page[at + 3 : at + 5], "big")
    end = min(start + 2 * n, len(page) - 1)
    places = [int.from_bytes(page[i : i + 2], "big") for i in range(start, end, 2)]
    return [place for place in places if end <= place < len(page)]


def has_lost_cells(number: int, page: bytes) -> bool:
    """Return whether a b-tree page says that it has more cells than begin within it."""
    at = 100 if number == 1 else 0
    return len(cells_of(number, page)) != int.from_bytes(page[at + 3 : at + 5], "big")


def children_of(number: int, page: bytes) -> list[int]:
    """Return the pages below an interior page, in their order."""
    at = 100 if number == 1 else 0
    below = [int.from_bytes(page[place : place + 4], "big") for place in cells_of(number, page)]
    return [*below, int.from_bytes(page[at + 8 : at + 12], "big")]


def free_pages(pages: Pages) -> Iterator[int]:
    """Yield the pages that the file says hold nothing; what is still on them is out of date."""
    head = pages.get(1)
    if head[:16] != _MAGIC:
        return
    trunk = int.from_bytes(head[32:36], "big")
    seen: set[int] = set()
    while trunk and trunk not in seen and trunk <= pages.count:
        seen.add(trunk)
        page = pages.get(trunk)
        n = int.from_bytes(page[4:8], "big")
        if n > (pages.size - 8) // 4:
            return
        yield trunk
        yield from (int.from_bytes(page[8 + 4 * i : 12 + 4 * i], "big") for i in range(n))
        trunk = int.from_bytes(page[:4], "big")
