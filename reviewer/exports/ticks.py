"""Ticks of an axis: round numbers, some of them, all within the ends of the scale."""

import math

from reviewer.domain.numbers import MINUS

MOST_TICKS = 6

_LEAST = 1e-200
"""Ends that are no further apart are taken for one."""

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_PLACES = 8
_LARGEST = 1e7
_FINEST = 1e-9
"""Steps that are finer than this share of the numbers themselves are none that floats can tell apart."""


def ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Return round numbers between two ends, at most ``MOST_TICKS``, each as it is written beside the axis.

    Where no round numbers can be told apart between them, it is the lower end.
    """
    size = max(abs(low), abs(high))
    if not high - low > max(_FINEST * size, _LEAST):
        return ((low, f"{low:.6g}".replace("-", MINUS)),)
    rough = (high - low) / (MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in _ROUND if each * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple((place * step, _written(place * step, step, size)) for place in range(first, last + 1))


def _written(value: float, step: float, size: float) -> str:
    """Return a tick with as many decimals as its step has, and no sign before a 0."""
    places = max(0, math.ceil(-math.log10(step) - 1e-9))
    # Of a step such as 0.25 one more counts.
    places += abs(step * 10**places - round(step * 10**places)) > 1e-6
    text = f"{value:.6g}" if places > _MOST_PLACES or size >= _LARGEST else f"{value:,.{places}f}"
    return text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", MINUS)
