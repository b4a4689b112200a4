"""Numbers as the cells of a table write them, by the form that a map declares; what is none is refused or told."""

import math
import re
from typing import NamedTuple

from reviewer.domain.errors import UserError
from reviewer.sources.fields import MAX_COUNT
from reviewer.sources.measurable import measurable

_PLAIN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_FIRST_GROUP = re.compile(r"[1-9]\d{0,2}", re.ASCII)
_GROUP = re.compile(r"\d{3}", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
"""What is a number with a comma for either."""

_NO_NUMBER = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)


class NumberForm(NamedTuple):
    """How a text writes a number. ``thousands`` is what stands between groups of three digits; empty for nothing."""

    decimal: str = "."
    thousands: str = ""

    def parsed(self, text: str) -> float | None:
        """Return the number that a text is, which may be NaN or infinite; None where it is none."""
        plain = text.strip().replace("\u2212", "-")
        if _NO_NUMBER.fullmatch(plain):
            return float(plain)
        if self.thousands:
            whole, point, rest = plain.partition(self.decimal)
            groups = whole.lstrip("+-").split(self.thousands)
            if len(groups) > 1:
                # 0.123 and 1.2e3 are written with a decimal mark, whatever the map says of the others.
                if not _FIRST_GROUP.fullmatch(groups[0]) or not all(map(_GROUP.fullmatch, groups[1:])):
                    return None
                plain = whole.replace(self.thousands, "") + point + rest
        if self.decimal != ".":
            if "." in plain:
                return None
            plain = plain.replace(self.decimal, ".", 1)
        return float(plain) if _PLAIN.fullmatch(plain) else None


class Reading(NamedTuple):
    """The value of a cell; None with the reason in ``missing``, or without one where the cell is empty."""

    value: float | None = None
    missing: str = ""


def measured(
    column: str, text: str, number: float | None, form: NumberForm, *, percent: bool, signed: bool = False
) -> Reading:
    """Return what a cell of measurements says; ``number`` is its value where the file itself has it as a number.

    Raises:
        UserError: when it is a text that is no number, or has no sign of per cent where other cells of the column are
            ``signed``; the sentence names the column.
    """
    if not text:
        return Reading()
    value = number
    if value is None:
        bare = text.removesuffix("%").rstrip() if percent else text
        value = form.parsed(bare)
    if value is None:
        raise UserError(f"{column} is {text[:60]!r}, which is no number{_hint(text, form, percent=percent)}.")
    if signed and not text.endswith("%") and math.isfinite(value):
        raise UserError(
            f"{column} is {text[:60]!r} without a sign of per cent, which other cells of the column have: nobody knows "
            "whether it is in per cent; write it as these are."
        )
    found, missing = measurable(value)
    return Reading(missing=missing) if found is None else Reading(found / 100 if percent else found)


def count(column: str, text: str, number: float | None, form: NumberForm) -> int | None:
    """Return what a cell counts; None where it is empty.

    Raises:
        UserError: when it is no whole number from 0 up.
    """
    if not text:
        return None
    value = form.parsed(text) if number is None else number
    if value is None or not math.isfinite(value) or value % 1 or not 0 <= value <= MAX_COUNT:
        raise UserError(f"{column} is {text[:60]!r}, which is no whole number from 0 up.")
    return int(value)


def _hint(text: str, form: NumberForm, *, percent: bool) -> str:
    """Return what the map may say so that it is one."""
    if text.endswith("%") and not percent and form.parsed(text[:-1]) is not None:
        return (
            "; percent = true in its [[measurement]] takes the column in per cent, and refuses those of its cells that "
            "have no sign of it; where they are right, write this one as they are"
        )
    if form == NumberForm() and _GROUPED.fullmatch(text):
        return (
            '; thousands = "," in the map says that the comma parts thousands, decimal = "," that it is a decimal one: '
            "which of the two is for you to say"
        )
    if form == NumberForm() and NumberForm(",", ".").parsed(text) is not None:
        return '; decimal = "," in the map says that the comma is a decimal one'
    if form == NumberForm() and NumberForm(".", ",").parsed(text) is not None:
        return '; thousands = "," in the map says that the comma parts thousands'
    return "; missing = [...] in the map names words for no value"
