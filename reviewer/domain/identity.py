"""Identifiers, hashes and times as they are written down."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import uuid6

Clock = Callable[[], datetime]
"""Gives the time now, with its zone."""


def new_id() -> str:
    """Return a new UUIDv7 (RFC 9562): unique everywhere, and sorted by the time of its making."""
    return str(uuid6.uuid7())


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
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
