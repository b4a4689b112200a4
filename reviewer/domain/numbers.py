"""Measured numbers as people read them."""

import math

MINUS = "\N{MINUS SIGN}"
"""As people write it; :func:`number` gives the hyphen, which a terminal without that sign can show."""

_LOST_BY_ROUNDING = 0.06
_PLACES = 3
_MOST_PLACES = 8
_MOST_DIGITS = 9
_COARSE = 0.1
_LONGEST = 1e9


def number(value: float, fine: float | None = None) -> str:
    """Return a value with three decimals where it is of the order of one, fewer for larger ones.

    Small ones have two digits that count where three decimals would make another number of them. ``fine`` is the
    smallest difference that is to be seen, as the error is: where that is less than the last digit there are as many
    digits as show it, and where it is a tenth or more there are no more.
    """
    size = abs(value)
    if fine is None or not math.isfinite(size) or not math.isfinite(fine) or fine <= 0:
        return _usual(value)
    if fine >= _COARSE:
        return f"{value:,.{max(0, _places_that_show(fine))}f}" if size < _LONGEST else _usual(value)
    if fine >= 10.0 ** -min(_PLACES, _usual_places(value)):
        return _usual(value)
    places, exponent = _places_that_show(fine), math.floor(math.log10(size)) if size else 0
    if exponent + places >= _MOST_DIGITS:
        return _usual(value)
    if places <= _MOST_PLACES and size < 1e6:
        return f"{value:,.{places}f}"
    return f"{value:.{max(2, exponent + places)}e}"


def finer(difference: float | None) -> float | None:
    """Return a difference as one that may take more digits, but none away: None where it is large."""
    return difference if difference is not None and difference < _COARSE else None


def _places_that_show(fine: float) -> int:
    """Return how many decimals show a difference, to two digits where the first of them is a small one."""
    exponent = math.floor(math.log10(fine))
    return -exponent + (fine / 10.0**exponent < 5)


def _usual_places(value: float) -> int:
    size = abs(value)
    if not math.isfinite(size):
        return 0
    if size >= 1e6 or (0 < size < 5e-5):
        return 2 - math.floor(math.log10(size))
    if 0 < size < 0.1 and abs(round(size, 3) - size) > _LOST_BY_ROUNDING * size:
        return 1 - math.floor(math.log10(size))
    return 0 if size >= 1000 else 1 if size >= 100 else _PLACES


def _usual(value: float) -> str:
    size = abs(value)
    if size >= 1e6 or (0 < size < 5e-5):
        return f"{value:.2e}"
    places = _usual_places(value)
    text = f"{value:,.{places}f}"
    return text.rstrip("0") if places > _PLACES else text


def signed(value: float, fine: float | None = None) -> str:
    """Return a difference with its sign; for ``fine`` see :func:`number`."""
    text = number(value, fine)
    return text if text.startswith("-") else f"+{text}"


def p_value(p: float) -> str:
    """Return a p value; one below a thousandth only as that."""
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".", 1) if p < 1 else "p = 1"
