"""Which numbers can be computed with: files may hold any, and no square of one must be without bounds."""

LARGEST = 1e12
"""Whatever is larger than this is no measurement, and nothing is computed from it."""

SMALLEST = 1e-100
"""An error below this is none, and its square would be 0."""


def sane(value: float | None) -> bool:
    """Return whether a value is a number that can be computed with."""
    return value is not None and -LARGEST <= value <= LARGEST
