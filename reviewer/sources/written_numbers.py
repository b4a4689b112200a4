"""Numbers that a text file spells out in a cell or a field of its own."""

import math
import re

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NO_NUMBER = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


def number_in(text: str) -> float | None:
    """Return the number that a text is, which may be NaN or infinite; None where it is anything else.

    A decimal point is a point; what has separators for thousands, a unit or a per cent sign is no plain number.
    """
    if _NUMBER.fullmatch(text):
        return float(text)
    found = _NO_NUMBER.get(text.lstrip("+-").removeprefix(".").lower())
    return None if found is None else -found if text.startswith("-") else found
