"""Identifiers, hashes and times as they are written down."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
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


def content_hash(content: Any) -> str:
    """Return the sha256, in hex, of ``content`` as canonical JSON: keys sorted, no spaces, UTF-8.

    Two records have the same hash exactly when they hold the same values, whatever the order of their keys.
    """
    return hashlib.sha256(_canonical_bytes(content)).hexdigest()


def hash_around_text(before: Sequence[Any], text: bytes, after: Sequence[Any]) -> str:
    """Return ``content_hash([*before, text, *after])`` for a long text that is given as JSON already."""
    begin, end = _canonical_bytes([*before, _MARK, *after]).split(_MARK_AS_JSON)
    return hashlib.sha256(b"".join((begin, text, end))).hexdigest()


def text_as_json(text: str) -> bytes:
    """Return a text as canonical JSON has it."""
    if len(text) < _LONG:
        return _text(text).encode("utf-8", "surrogatepass")
    # In half the time; but loading it takes as long as a thousand texts.
    from pydantic_core import PydanticSerializationError, to_json

    try:
        return to_json(text)
    except PydanticSerializationError:  # Half of a surrogate pair.
        return _canonical_bytes(text)


_MARK = os.urandom(16).hex()
_MARK_AS_JSON = f'"{_MARK}"'.encode()
"""Nobody can have written it: what stands before it and after it is made into JSON in one go, and told apart by it."""

_LONG = 500

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


_text = json.JSONEncoder(ensure_ascii=False).encode


def _canonical_bytes(content: Any) -> bytes:
    return _canonical(content).encode("utf-8", "surrogatepass")
