"""Making the Markdown of a record's body out of what a file says in single fields."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from reviewer.sources.jsontext import plain

LONGEST_VALUE = 2000
"""Characters that are shown of one setting; the whole of it stands in the raw record."""


def fenced(text: str, language: str = "") -> str:
    """Return text as a fenced block, whose fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def settings(values: Mapping[str, Any]) -> str:
    """Return names with their values as a list; what has several lines, or is long, is a fenced block below its name.

    Null is left out: nobody set it.
    """
    return "\n".join(_setting(name, value) for name, value in values.items() if value is not None)


def sections(parts: Iterable[tuple[str, str]]) -> str:
    """Return parts below their headings; those that have no text are left out."""
    return "\n".join(f"## {heading}\n\n{text.strip()}\n" for heading, text in parts if text.strip())


def _setting(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)
    if len(text) > LONGEST_VALUE:
        text = f"{text[:LONGEST_VALUE]} … ({len(text):,} characters in the raw record)"
    label = _code(name)
    if "\n" in text.strip() or len(text) > 100:
        return f"- {label}\n\n{fenced(text)}"
    return f"- {label}: {_code(text)}"


def _code(text: str) -> str:
    """Return text as inline code, in which nothing is markup."""
    line = " ".join(text.split())
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    tick = "`" * (longest + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{tick}{space}{line}{space}{tick}" if line else "(blank)"
