"""How questions write their numbers and places."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations

from reviewer.domain import numbers
from reviewer.domain.numbers import MINUS
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Setting

PLACES_NAMED = 3
LONGEST_NAME = 60

_MOST_DECIMALS = 12


def plain(value: float) -> str:
    """Return a number that nobody measured, as a threshold or a ratio: four digits of it at most."""
    return _not_finite(value) or _with_minus(f"{value:,}" if isinstance(value, int) else f"{value:.4g}")


def figure(value: float, fine: float | None = None) -> str:
    """Return a measured number as the evidence beside the question shows it, or its name where it is none.

    ``fine`` is the smallest difference that is to be seen.
    """
    return _not_finite(value) or _with_minus(numbers.number(value, fine))


def figures(*values: float, fine: float | None = None) -> tuple[str, ...]:
    """Return measured numbers that are asked about since they differ, with enough decimals to show by how much.

    For ``fine`` see :func:`figure`.
    """
    shown = tuple(figure(value, fine) for value in values)
    gaps = [abs(a - b) for a, b in combinations(values, 2) if a != b]
    if not gaps or not math.isfinite(gap := min(gaps)):
        return shown
    # The last digit is a fifth of the difference at most: 0.6950 and 0.6936 say more than 0.695 and 0.694.
    decimals = math.ceil(math.log10(5) - math.log10(gap) - 1e-9)
    enough = all("e" in text or len(text.partition(".")[2]) >= decimals for text in shown)
    if len(set(shown)) == len(set(values)) and (enough or decimals > _MOST_DECIMALS):
        return shown
    return tuple(_rounded(value, min(max(decimals, 0), _MOST_DECIMALS)) for value in values)


def adding_up(values: Sequence[float], holds: Callable[[Sequence[float]], bool]) -> tuple[str, ...]:
    """Return measured numbers with as many decimals as it takes that what is computed from them is what is said of it.

    ``holds`` says of the numbers as they are written whether that is so.
    """
    more = (tuple(_rounded(value, decimals) for value in values) for decimals in range(3, _MOST_DECIMALS + 1))
    shown = figures(*values)
    return next((texts for texts in (shown, *more) if holds([_read(text) for text in texts])), shown)


def _read(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", ""))


def _rounded(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    # What is much smaller than the difference is still something, and "0.0000" says that it is nothing.
    return figure(value) if value and not text.strip("-0.") else _with_minus(text)


def signed(value: float, fine: float | None = None) -> str:
    """Return a difference with its sign, as the evidence beside the question shows it; for ``fine`` see above."""
    return _with_minus(numbers.signed(value, fine))


def limit(value: float, fine: float | None = None) -> str:
    """Return a limit of an interval as the evidence beside the question shows it."""
    return _with_minus(numbers.limit(value, fine))


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "" if math.isfinite(value) else "infinity" if value > 0 else "minus infinity"


def _with_minus(text: str) -> str:
    return text.replace("-", MINUS)


def sayable(value: float | None) -> float | str | None:
    """Return a number as JSON can say it: NaN and the infinities by their names."""
    return value if value is None or math.isfinite(value) else figure(value)


@lru_cache(maxsize=4096)
def name(text: str) -> str:
    """Return a name from outside as it may stand in a sentence."""
    return safe_line(text, LONGEST_NAME) or "(no name)"


@lru_cache(maxsize=4096)
def where(metric: str, dataset: str, setting: Setting, split: str, subset: str) -> str:
    """Return what was measured on what: ``PGR on chat (lab)``."""
    within = [] if setting is Setting.UNKNOWN else [setting.replace("_", "-")]
    within += [f"split {name(split)}"] if split else []
    within += [f"subset {name(subset)}"] if subset else []
    return f"{name(metric)} on {name(dataset)}" + (f" ({', '.join(within)})" if within else "")


def places(labels: Sequence[str]) -> str:
    """Return places in a row, the first few by name."""
    named = list(dict.fromkeys(labels))
    more = len(named) - PLACES_NAMED
    if more > 0:
        return f"{', '.join(named[:PLACES_NAMED])} and {more:,} more"
    return " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
