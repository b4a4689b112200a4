"""Measured numbers as people read them."""

import math

MINUS = "\N{MINUS SIGN}"
"""As people write it; :func:`number` gives the hyphen, which a terminal without that sign can show."""

_LOST_BY_ROUNDING = 0.06
_PLACES = 3
_MOST_PLACES = 8
_MOST_DIGITS = 13
_LONGEST = 1e9


def number(value: float, fine: float | None = None) -> str:
    """Return a value with three decimals where it is of the order of one, fewer for larger ones.

    Small ones have two digits that count where three decimals would make another number of them. ``fine`` is the
    smallest difference that is to be seen, as the error is: then there are as many digits as show it, and no more.
    """
    size = abs(value)
    if fine is None or not math.isfinite(size) or not math.isfinite(fine) or fine <= 0:
        return _usual(value)
    places, exponent = _places_that_show(fine), math.floor(math.log10(size)) if size else 0
    if exponent + places >= _MOST_DIGITS:
        return _usual(value)
    if places <= _MOST_PLACES and size < _LONGEST:
        return f"{round(value, places):,.{max(0, places)}f}"
    return f"{value:.{max(2, exponent + places)}e}"


def finer(value: float, difference: float) -> float | None:
    """Return a difference that the usual digits of a value do not show, None where they do.

    By that the value has more digits, and never fewer than without.
    """
    return difference if difference < 10.0 ** -min(_PLACES, _usual_places(value)) else None


def fine_beside(value: float, other: float) -> float:
    """Return how fine a value is shown beside another one where nobody knows their errors.

    It has its usual digits, or as many as it takes for two digits of the difference.
    """
    return _fineness_of(max(min(_PLACES, _usual_places(value)), _two_digits_of(other - value)))


def fine_of_scale(low: float, high: float) -> float:
    """Return how fine the ends of a scale are shown: by two digits of what lies between them."""
    return _fineness_of(_two_digits_of(high - low))


def _two_digits_of(difference: float) -> int:
    """Return the decimals that show two digits of a difference, few where it is none."""
    size = abs(difference)
    return 1 - math.floor(math.log10(size)) if 0 < size < math.inf else -_MOST_DIGITS


def _fineness_of(places: int) -> float:
    return 5 * 10.0**-places


def _places_that_show(fine: float) -> int:
    """Return how many decimals show a difference, to two digits where the first of them is a small one."""
    exponent = math.floor(math.log10(fine))
    # What is 5 to all the digits that a binary fraction has is none of the small ones.
    return -exponent + (fine / 10.0**exponent < 5 - 1e-9)


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


def limit(value: float, fine: float | None = None) -> str:
    """Return a limit of an interval with its sign.

    One that is not 0 never reads as 0, since on its sign hangs whether the interval has 0 in it.
    """
    text = signed(value, fine)
    if not value or text.strip("+-0.,"):
        return text
    return signed(value, _fineness_of(-math.floor(math.log10(abs(value)))))


def p_value(p: float) -> str:
    """Return a p value; one below a thousandth only as that."""
    if p < 0.001 or 0.9995 <= p < 1:
        return "p < .001" if p < 0.001 else "p > .999"
    return f"p = {p:.3f}".replace("0.", ".", 1) if p < 1 else "p = 1"
