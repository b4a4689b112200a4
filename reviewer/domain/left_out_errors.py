"""The notes on stated numbers that none can be: readers end a source with them, and the checks ask of what they tell.

A source is foreign text, and may speak of such things itself. Only its end is read, and only for the words given here.
"""

import math
import re

_NUMBER = r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-][0-9]{1,3})?|NaN|-?Infinity"
_COUNT = r"[0-9]{1,12}"
_SEEDS = rf"({_COUNT}) of ({_COUNT}) seeds ha(?:s|ve) NaN or an infinity for a value"
_SEEDS_NOTE = re.compile(rf"(?:\A|; ){_SEEDS}\Z")
_ERROR_NOTE = re.compile(rf"(?:\A|; )the stated standard error, ({_NUMBER}), is left out(?:; {_SEEDS})?\Z")


def is_error(stated: float) -> bool:
    """Return whether a stated standard error can be one: a number from 0 up."""
    return 0 <= stated < math.inf


def left_out(source: str, stated: float) -> str:
    """Return what is said of a number's origin, with the note that its stated standard error is left out."""
    said = f"{stated:g}".replace("nan", "NaN").replace("inf", "Infinity")
    return "; ".join(filter(None, (source, f"the stated standard error, {said}, is left out")))


def left_out_of(source: str) -> float | None:
    """Return the standard error that the note in ``source`` tells of; None where there is no such note."""
    found = _ERROR_NOTE.search(source)
    stated = float(found[1]) if found else None
    # An error that can be one is never left out, so that who speaks of one is somebody else.
    return None if stated is None or is_error(stated) else stated


def seeds_left_out(source: str, without: int, listed: int) -> str:
    """Return what is said of a number's origin, with the note of how many listed seeds have no value; it goes last."""
    has = "has" if without == 1 else "have"
    note = f"{without} of {listed} seeds {has} NaN or an infinity for a value"
    return "; ".join(filter(None, (source, note)))


def seeds_left_out_of(source: str) -> tuple[int, int] | None:
    """Return of how many listed seeds the note in ``source`` says that they have no value, and of how many in all.

    None where there is no such note.
    """
    found = _SEEDS_NOTE.search(source)
    without, listed = (int(found[1]), int(found[2])) if found else (0, 0)
    return (without, listed) if 0 < without <= listed else None
