"""The records in the pages of a SQLite file, each whole or not at all (https://sqlite.org/fileformat2.html, 2.1)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from reviewer.store.raw_pages import LEAF_TABLE, Pages, cells_of, kind_of

Value = int | float | str | bytes | None


class BrokenRecordError(ValueError):
    """A record does not hold together."""


class Row(NamedTuple):
    """A row of a table, without the columns that were added after it was written."""

    id: int
    values: tuple[Value, ...]


def rows_on(pages: Pages, number: int, chained: set[int]) -> Iterator[Row | None]:
    """Yield the rows on a leaf page of a table, None for each broken one; pages of long ones go into ``chained``."""
    page = pages.get(number)
    if kind_of(number, page) != LEAF_TABLE:
        return
    for place in cells_of(number, page):
        try:
            size, place = varint(page, place)
            row_id, place = varint(page, place)
            payload, chain = _payload(pages, page, place, size, pages.size - 35)
            row = Row(_signed(row_id), tuple(values_of(payload)))
        except BrokenRecordError:
            yield None
            continue
        chained.update(chain)
        yield row


def entries_on(pages: Pages, number: int, *, interior: bool) -> Iterator[tuple[Value, ...]]:
    """Yield the entries on a page of an index, the row id last; broken ones are left out."""
    page = pages.get(number)
    for place in cells_of(number, page):
        try:
            size, at = varint(page, place + (4 if interior else 0))
            payload, _ = _payload(pages, page, at, size, (pages.size - 12) * 64 // 255 - 23)
            yield tuple(values_of(payload))
        except BrokenRecordError:
            continue


def varint(data: bytes, place: int) -> tuple[int, int]:
    """Return a number of one to nine bytes, and where it ends.

    Raises:
        BrokenRecordError: when the data ends within it.
    """
    value = 0
    for n in range(9):
        if place + n >= len(data):
            raise BrokenRecordError
        byte = data[place + n]
        if n == 8:
            return (value << 8) | byte, place + 9
        value = (value << 7) | (byte & 0x7F)
        if byte < 0x80:
            return value, place + n + 1
    raise AssertionError("nine bytes at the most")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _payload(pages: Pages, page: bytes, place: int, size: int, most: int) -> tuple[bytes, list[int]]:
    """Return the bytes of a record, of which a page holds ``most`` at the most, and the pages with the rest of it."""
    usable = pages.size
    if size > pages.count * usable:
        raise BrokenRecordError
    least = (usable - 12) * 32 // 255 - 23
    here = size
    if size > most:
        here = least + (size - least) % (usable - 4)
        here = here if here <= most else least
    payload = page[place : place + here]
    if len(payload) < here:
        raise BrokenRecordError
    if here == size:
        return payload, []
    following = int.from_bytes(page[place + here : place + here + 4], "big")
    parts, chain, left = [payload], [], size - here
    while left > 0:
        if not 1 < following <= pages.count or following in chain:
            raise BrokenRecordError
        chain.append(following)
        part = pages.get(following)
        some = part[4 : 4 + min(left, usable - 4)]
        # A block that was lost is often read as zeros, which would pass for a text.
        if not any(part):
            raise BrokenRecordError
        parts.append(some)
        left -= len(some)
        following = int.from_bytes(part[:4], "big")
    if following:
        raise BrokenRecordError
    return b"".join(parts), chain


_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def values_of(payload: bytes) -> Iterator[Value]:
    """Yield the values of a record.

    Raises:
        BrokenRecordError: when it does not hold together.
    """
    end, place = varint(payload, 0)
    kinds = []
    if end > len(payload):
        raise BrokenRecordError
    while place < end:
        kind, place = varint(payload, place)
        kinds.append(kind)
    if place != end or end + sum(map(_length, kinds)) != len(payload):
        raise BrokenRecordError
    for kind in kinds:
        length = _length(kind)
        yield _value(kind, payload[place : place + length])
        place += length


def _length(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    if kind in (10, 11):
        raise BrokenRecordError
    return 8 if kind == 7 else _INTEGERS.get(kind, 0)


def _value(kind: int, data: bytes) -> Value:
    if kind == 0:
        return None
    if kind in (8, 9):
        return kind - 8
    if kind == 7:
        found: float = struct.unpack(">d", data)[0]
        return found
    if kind < 7:
        return int.from_bytes(data, "big", signed=True)
    if not kind % 2:
        return data
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BrokenRecordError from error
