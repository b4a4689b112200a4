"""Whether a number in a file can be a measurement at all, whatever the format."""

import math
from typing import Any

from reviewer.sources import fields
from reviewer.sources.jsontext import float_name

LARGEST = 1e12
"""Whatever is above this, on either side, was not measured: files have 4e+263 where a loss overflowed."""


def measurable(value: Any) -> tuple[float | None, str]:
    """Return a value as a number with an empty reason, or None with why it can be no measurement."""
    if value is None:
        return None, "the file gives null"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None, f"the file gives {fields.kind(value)}, which is no number"
    if isinstance(value, float) and not math.isfinite(value):
        return None, f"the file gives {float_name(value)}"
    if abs(value) > LARGEST:
        said = f"{value:g}" if isinstance(value, float) else "a very large number"
        return None, f"the file gives {said}, which can be no measurement"
    return float(value), ""
