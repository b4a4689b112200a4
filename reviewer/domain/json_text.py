"""JSON that can be looked at: what a terminal would obey or not show stands in it as an escape.

To whoever reads it as JSON an escape is the character itself.
"""

import json
import unicodedata
from typing import Any


def json_text(data: Any, *, ascii_only: bool = False, indent: int | None = None, allow_nan: bool = True) -> str:
    r"""Return data as JSON in which control characters, bidi overrides and whatever else is not seen are ``\uXXXX``.

    Raises:
        ValueError: when there is a NaN or an infinity in it, and ``allow_nan`` is false.
    """
    text = json.dumps(data, ensure_ascii=ascii_only, indent=indent, allow_nan=allow_nan)
    if text.isascii() and "\x7f" not in text:
        return text
    return text.translate({ord(each): _escape(each) for each in set(text) if _is_unseen(each)})


def _is_unseen(character: str) -> bool:
    # Line ends stand between the parts of an object, and in a text are escapes already; blanks are seen.
    return not character.isprintable() and character != "\n" and unicodedata.category(character) != "Zs"


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
