"""How questions write their numbers and places."""

import math
from collections.abc import Sequence
from functools import lru_cache

from reviewer.domain import numbers
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Setting

PLACES_NAMED = 3
LONGEST_NAME = 60


def figure(value: float) -> str:
    """Return a number as it stands in a sentence: four digits of it, or its name where it is none."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def signed(value: float) -> str:
    """Return a difference with its sign, as the evidence beside the question shows it."""
    return numbers.signed(value)


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
