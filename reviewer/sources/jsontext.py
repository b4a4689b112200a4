"""Reading JSON that others wrote, so that nothing in it can crash what comes later.

Python's own reader takes more than the standard allows (NaN, lone surrogates) and fails in several ways on what is
hostile (deep nesting, integers of ten thousand digits). Here the first is made harmless and the second one sentence.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from reviewer.sources.files import reason

MAX_FILE_BYTES = 64 * 1024 * 1024
"""A JSON document above this is not read: it would have to be held in memory whole."""

MAX_TEXT = 5_000_000
"""Characters that one field of a record may hold."""

MAX_DEPTH = 100
"""How deeply lists and objects may be nested, far less than what Python's JSON writer can write again."""

EXCERPT = 2000
"""Characters that are kept of a record that was refused."""

_SURROGATES = re.compile("[\ud800-\udfff]")


class BadJsonError(ValueError):
    """The text is not JSON that can be used; the message is a reason without the place."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one that says a thing twice says nothing of it, though Python takes the last for it."""
    made = dict(pairs)
    if len(made) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise BadJsonError(f"has {twice[:60]!r} twice in one object: nobody knows which of the two is meant")
    return made


# Made once: to give the function to `json.loads` makes a decoder each time.
_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def parse(data: bytes) -> tuple[Any, bool]:
    """Return the JSON value in ``data``, and whether text in it had to be mended.

    NaN and the infinities come back as such floats. Lone surrogates, which no file in UTF-8 can hold, are replaced by
    U+FFFD; that is the mending.

    Raises:
        BadJsonError: when it is not UTF-8, not JSON, nested or numbered beyond reason, or has one key twice.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadJsonError(
            f"is not valid UTF-8: byte {error.start + 1} is 0x{data[error.start]:02x}; save it as UTF-8"
        ) from error
    try:
        value = _DECODER.decode(text)
        # A lone surrogate can only come from an escape: text decoded from UTF-8 holds none.
        mended = mend(value) if "\\u" in text else value
        if _too_deep(value):
            raise BadJsonError(f"is nested more than {MAX_DEPTH} levels deep")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise BadJsonError(f"is not JSON: {error.msg[0].lower()}{error.msg[1:]} ({where})") from error
    except RecursionError as error:
        raise BadJsonError(f"is nested more than {MAX_DEPTH} levels deep") from error
    except BadJsonError:
        raise
    except ValueError as error:
        raise BadJsonError("holds a number with more than 4,300 digits") from error
    return mended, mended is not value


def parse_file(path: Path) -> tuple[Any, bool]:
    """Return the JSON value in a file, as ``parse`` does.

    Raises:
        BadJsonError: when the file cannot be read, is empty or too large, or holds no JSON that can be used.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadJsonError(f"cannot be read ({reason(error)})") from error
    if len(data) > MAX_FILE_BYTES:
        raise BadJsonError(f"is larger than {MAX_FILE_BYTES // 2**20} MiB")
    if not data.strip():
        raise BadJsonError("is empty")
    return parse(data)


def plain(value: Any) -> Any:
    """Return ``value`` so that it can be written as standard JSON; the very same object where it already can.

    NaN and the infinities become their names, bytes (from SQLite) a word on how many there were.
    """
    return _plain(value) if _needs_words((value,)) else value


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else float_name(value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return f"({len(value)} bytes)" if isinstance(value, bytes) else value


def _needs_words(values: Iterable[Any]) -> bool:
    # Exact types, and the subtraction for isfinite, since this runs over every value of every line that is imported.
    for value in values:
        kind = type(value)
        if kind is float:
            if value - value != 0.0:
                return True
        elif kind is dict:
            if _needs_words(value.values()):
                return True
        elif kind is list:
            if _needs_words(value):
                return True
        elif kind is bytes:
            return True
    return False


def float_name(value: float) -> str:
    """Return how JSON writers name a float that is no number: ``NaN``, ``Infinity``, ``-Infinity``."""
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def overlong(record: dict[str, Any]) -> str | None:
    """Return the name of the first field whose text is beyond ``MAX_TEXT``, at any depth, or None."""
    for name, value in record.items():
        if any(len(text) > MAX_TEXT for text in _texts(value)):
            return name
    return None


def excerpt(value: Any) -> str:
    """Return some 2,000 characters of what was refused, for a person to recognise it by.

    Long texts are cut before anything is written, so that a record of 100 MB costs no second 100 MB.
    """
    if isinstance(value, bytes):
        return value[: EXCERPT * 4].decode("utf-8", "replace")[:EXCERPT]
    try:
        text = json.dumps(plain(_cut(value)), ensure_ascii=False)
    except (RecursionError, ValueError, TypeError):
        return "(cannot be shown)"
    return _SURROGATES.sub("\ufffd", text[:EXCERPT])


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:EXCERPT]
    if isinstance(value, dict):
        return {str(k)[:EXCERPT]: _cut(v) for k, v in list(value.items())[:200]}
    if isinstance(value, list):
        return [_cut(v) for v in value[:200]]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def mend(value: Any) -> Any:
    """Return ``value`` without lone surrogates: the very same object where there were none."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value) if _SURROGATES.search(value) else value
    if isinstance(value, dict):
        items = [(mend(k), mend(v)) for k, v in value.items()]
        same = all(a is k and b is v for (a, b), (k, v) in zip(items, value.items(), strict=True))
        return value if same else dict(items)
    if isinstance(value, list):
        mended = [mend(v) for v in value]
        return value if all(a is b for a, b in zip(mended, value, strict=True)) else mended
    return value


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ] if isinstance(level[0], dict | list) else []  # fmt: skip
        if not level:
            return False
    return True
