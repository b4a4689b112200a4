"""The fields before a Markdown text: YAML between lines of ``---``, or TOML between lines of ``+++``."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from reviewer.sources.jsontext import BadJsonError, parse

LONGEST = 64 * 1024
"""Characters that the fields may take up: they have to end within what is seen of a file when it is recognised."""

_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_LINE_ENDS = re.compile(r"\r\n?")


class Split(NamedTuple):
    """A text with fields before it: whether those are TOML, their lines, and the text after them."""

    is_toml: bool
    fields: str
    text: str


class BadFrontMatterError(ValueError):
    """The fields cannot be read; the message is a reason without the place."""


def fence_of(text: str) -> str:
    """Return the line with which a text begins its fields; empty where it begins otherwise."""
    first = text[:10].split("\n", 1)[0].rstrip()
    return first if first in _FENCES else ""


def split(text: str) -> Split | None:
    """Return a text's fields and what follows them; None where it has none, or they have no end."""
    if not (fence := fence_of(text)):
        return None
    lines = text[:LONGEST].split("\n")
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in _FENCES[fence]:
            before = sum(len(each) + 1 for each in lines[: number + 1])
            return Split(fence == "+++", "\n".join(lines[1:number]), text[before:].lstrip("\n"))
    return None


def unix_lines(text: str) -> str:
    """Return a text with the line ends of Unix: the same text with those of another system is the same."""
    return _LINE_ENDS.sub("\n", text)


def fields_of(found: Split) -> tuple[dict[str, Any], bool]:
    """Return the fields as values that JSON can say, and whether a text in them had to be mended.

    Of YAML every value is the text that stands there; of TOML numbers and truths are such, and times are texts.

    Raises:
        BadFrontMatterError: when they cannot be read, or are no names with values.
    """
    value = _toml(found.fields) if found.is_toml else _yaml(found.fields)
    if not isinstance(value, dict):
        raise BadFrontMatterError("the front matter has no fields; a field is a line such as title: …")
    try:
        as_json, mended = parse(json.dumps(value).encode())
    except (BadJsonError, RecursionError, ValueError) as error:
        raise BadFrontMatterError(f"the front matter {error}") from error
    return dict(as_json), mended


def _yaml(text: str) -> Any:
    from reviewer.sources.yaml_text import BadYamlError, parse_yaml

    try:
        return _named(parse_yaml(text))
    except BadYamlError as error:
        raise BadFrontMatterError(f"the front matter is no YAML that can be read: {error}") from error


def _toml(text: str) -> Any:
    import tomllib

    try:
        return _named(tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        raise BadFrontMatterError(f"the front matter is no TOML that can be read: {str(error)[:200]}") from error


def _named(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {"" if key is None else str(key): _named(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date | time) else value
