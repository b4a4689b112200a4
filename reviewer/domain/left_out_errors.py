"""The note on a stated standard error that none can be: sources write it, and the checks ask about what it tells."""

import math
import re

_NOTE = re.compile(r"the stated standard error, (-?(?:\d[\d.e+-]*|NaN|Infinity)), is left out")


def is_error(stated: float) -> bool:
    """Return whether a stated standard error can be one: a number from 0 up."""
    return 0 <= stated < math.inf


def left_out(source: str, stated: float) -> str:
    """Return what is said of a number's origin, with the note that its stated standard error is left out."""
    said = f"{stated:g}".replace("nan", "NaN").replace("inf", "Infinity")
    return "; ".join(filter(None, (source, f"the stated standard error, {said}, is left out")))


def left_out_of(source: str) -> float | None:
    """Return the standard error that the note in ``source`` tells of; None where there is no such note."""
    found = _NOTE.search(source)
    return float(found[1]) if found else None
