"""Cells of a CSV: text that no spreadsheet runs as a formula, lists in one cell, and names fit for a column.

A spreadsheet runs a cell that starts with ``=``, ``+``, ``-`` or ``@`` as a formula, and much of what is exported was
written by others. Such a cell gets an apostrophe in front, which spreadsheets take for "this is text". It is undone
by ``restore_cell``, or, in any language, by taking one apostrophe off each cell that matches ``GUARDED``. The cells
that are numbers by their column (a negative difference) never get one.
"""

import re
import unicodedata
from collections.abc import Iterable

_BLANKS = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*"
# A leading tab or line end counts by itself: some programs drop it and look at what follows.
_FORMULA = rf"(?:[\t\r\n]|{_BLANKS}[=+\-@＝＋－＠﹢﹣﹦﹫])"
_NEEDS_GUARD = re.compile(rf"'*{_FORMULA}")
GUARDED = re.compile(rf"'+{_FORMULA}")
"""What a guarded cell starts with."""

SAFE_START = frozenset('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789{}[]()<>"*#_/.,:;!?$%&`~|^\\')
"""What most text starts with, and no text that needs a guard."""


def guard_cell(text: str) -> str:
    """Return ``text`` with an apostrophe in front where a spreadsheet might run it as a formula.

    Text that already looks guarded gets another one, so that ``restore_cell`` gives back exactly what was there.
    """
    if not text or text[0] in SAFE_START or not _NEEDS_GUARD.match(text):
        return text
    return f"'{text}"


def restore_cell(cell: str) -> str:
    """Return the text that ``guard_cell`` was given."""
    return cell[1:] if GUARDED.match(cell) else cell


def join_list(items: Iterable[str]) -> str:
    r"""Return the items in one cell, joined by ``;``. A ``;`` or ``\`` within an item stands behind a ``\``."""
    return ";".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)


def split_list(cell: str) -> list[str]:
    """Return the items that ``join_list`` was given; none of them may be empty."""
    return [re.sub(r"\\(.)", r"\1", item, flags=re.DOTALL) for item in re.findall(r"(?:\\.|[^;\\])+", cell, re.DOTALL)]


def column_name(text: str) -> str:
    """Return ``text`` as part of a column's name: letters, digits and ``_`` alone, in lower case; may be empty."""
    return re.sub(r"\W+", "_", unicodedata.normalize("NFKC", text).casefold()).strip("_")
