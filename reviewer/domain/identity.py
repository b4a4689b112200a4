"""Identifiers, hashes and times as they are written down."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

Clock = Callable[[], datetime]
"""Gives the time now, with its zone."""


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562): unique everywhere, and sorted by the time of its making."""
    import uuid_utils  # some 5 ms, which `reviewer --help` need not pay

    return str(uuid_utils.uuid7())


def utc_now() -> datetime:
    """Return the time now in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Return ``moment`` as ISO 8601 in UTC with milliseconds and ``Z``; text order is time order.

    Raises:
        ValueError: when ``moment`` has no zone, since then it names no instant.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone names no instant")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def is_timestamp(written: object) -> bool:
    """Return whether it is a time as :func:`timestamp` writes it."""
    try:
        return isinstance(written, str) and timestamp(datetime.fromisoformat(written)) == written
    except (ValueError, OverflowError):
        return False


def milliseconds_of(written: str) -> int:
    """Return how many milliseconds since 1970 a time is that :func:`timestamp` wrote."""
    return (datetime.fromisoformat(written) - _EPOCH) // _MILLISECOND


def timestamp_of(milliseconds: int) -> str:
    """Return the time that is so many milliseconds since 1970, as :func:`timestamp` writes it."""
    return timestamp(_EPOCH + milliseconds * _MILLISECOND)


def a_moment_later(written: str) -> str:
    """Return the time that is a millisecond later, or the same where there is none."""
    try:
        return timestamp_of(milliseconds_of(written) + 1)
    except OverflowError:
        return written


def content_hash(content: Any) -> str:
    """Return the sha256, in hex, of ``content`` as canonical JSON: keys sorted, no spaces, UTF-8.

    Two records have the same hash exactly when they hold the same values, whatever the order of their keys.
    """
    return hashlib.sha256(_canonical_bytes(content)).hexdigest()


def hash_around_text(before: Sequence[Any], text: bytes, after: Sequence[Any], floats: Iterable[float | None]) -> str:
    """Return ``content_hash([*before, text, *after])`` for a long text that is given as JSON already.

    What stands around it is texts, whole numbers, None, sequences of these, and ``floats``, which are named once more
    since not every one may be written fast.
    """
    around = [*before, _MARK, *after]
    written = _bytes_fast(around) if all(map(written_alike, floats)) else _canonical_bytes(around)
    begin, end = written.split(_MARK_AS_JSON)
    return hashlib.sha256(b"".join((begin, text, end))).hexdigest()


def text_as_json(text: str) -> bytes:
    """Return a text as canonical JSON has it."""
    return _bytes_fast(text)


_MARK = os.urandom(16).hex()
_MARK_AS_JSON = f'"{_MARK}"'.encode()
"""Nobody can have written it: what stands before it and after it is made into JSON in one go, and told apart by it."""

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


def _canonical_bytes(content: Any) -> bytes:
    return _canonical(content).encode("utf-8", "surrogatepass")


@cache
def _fast_writer() -> Callable[[Any], bytes]:
    """Return what writes most content as canonical JSON has it, in an eighth of the time.

    Loading it takes as long as hashing some thousand texts, so nothing does that to show a screen.
    """
    import orjson

    return partial(orjson.dumps, option=orjson.OPT_SORT_KEYS)


def _bytes_fast(content: Any) -> bytes:
    try:
        return _fast_writer()(content)
    except TypeError:  # Half of a surrogate pair, or a whole number beyond 64 bits.
        return _canonical_bytes(content)


def written_alike(value: float | None) -> bool:
    """Return whether Python's writer of JSON and the fast one write a number the same: without an exponent."""
    return value is None or value == 0 or 1e-4 <= value < 1e16 or -1e16 < value <= -1e-4
