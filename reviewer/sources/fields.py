"""Taking fields of the expected kind out of a record that may hold anything.

For the formats that are read by hand. Our own format has its schema.
"""

import math
from collections.abc import Mapping
from typing import Any

from reviewer.sources.jsontext import BadJsonError, parse

Fields = Mapping[str, Any]

MAX_COUNT = 2**53
"""Whole numbers above this are no count of anything, and not every reader of a CSV keeps them exactly."""


class BadFieldError(ValueError):
    """A field has the wrong kind; the message names it and says what it must be."""


def text(record: Fields, name: str) -> str:
    """Return a text field; empty where it is missing or null.

    Raises:
        BadFieldError: when it is anything but text.
    """
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadFieldError(f"{name}: must be text, not {kind(value)}")
    return value


def label(record: Fields, name: str) -> str:
    """Return a field that names something: text without surrounding blanks, or a whole number as text."""
    value = record.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(record, name).strip()


def number(record: Fields, name: str) -> float | None:
    """Return a number field, which may be NaN or infinite; None where it is missing or null.

    Raises:
        BadFieldError: when it is anything but a number.
    """
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadFieldError(f"{name}: must be a number, not {kind(value)}")
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def count(record: Fields, name: str) -> int | None:
    """Return a field that counts something; None where it is missing or null.

    Raises:
        BadFieldError: when it is anything but a whole number from 0 up.
    """
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value % 1:
        raise BadFieldError(f"{name}: must be a whole number, not {kind(value)}")
    if not 0 <= value <= MAX_COUNT:
        raise BadFieldError(f"{name}: must lie between 0 and 2^53")
    return int(value)


def truth(record: Fields, name: str) -> bool | None:
    """Return a yes or no, which SQLite writes as 1 or 0; None where it is missing or null.

    Raises:
        BadFieldError: when it is anything else.
    """
    value = record.get(name)
    if value is None:
        return None
    if value not in (0, 1):
        raise BadFieldError(f"{name}: must be true or false, not {kind(value)}")
    return bool(value)


def nested(record: Fields, name: str) -> Any:
    """Return a field that holds JSON, given as such or, as in SQLite, as JSON text; None where it cannot be read.

    What the text holds has the limits of a whole document, and its lone surrogates are replaced like one's.
    """
    value = record.get(name)
    if not isinstance(value, str):
        return value
    try:
        return parse(value.encode("utf-8", "surrogatepass"))[0]
    except BadJsonError:
        return None


def mapping(value: Any) -> dict[str, Any]:
    """Return ``value`` when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def kind(value: Any) -> str:
    """Return what a value is, in words a person knows, with a little of it."""
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e15 or isinstance(value, float) else "a very large number"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return "binary data" if isinstance(value, bytes) else f"a value of Python's type {type(value).__name__}"
