"""Measured numbers as people read them."""

import math

MINUS = "\N{MINUS SIGN}"
"""As people write it; :func:`number` gives the hyphen, which a terminal without that sign can show."""

_LOST_BY_ROUNDING = 0.06


def number(value: float) -> str:
    """Return a value with three decimals where it is of the order of one, fewer for larger ones.

    Small ones have two digits that count where three decimals would make another number of them.
    """
    size = abs(value)
    if size >= 1e6 or (0 < size < 5e-5):
        return f"{value:.2e}"
    if 0 < size < 0.1 and abs(round(size, 3) - size) > _LOST_BY_ROUNDING * size:
        return f"{value:.{1 - math.floor(math.log10(size))}f}".rstrip("0")
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:.1f}"
    return f"{value:.3f}"


def signed(value: float) -> str:
    """Return a difference with its sign."""
    text = number(value)
    return text if text.startswith("-") else f"+{text}"


def p_value(p: float) -> str:
    """Return a p value; one below a thousandth only as that."""
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1) if p < 1 else "p = 1"
