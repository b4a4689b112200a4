"""Probabilities and their log odds: the scale on which forecasts are averaged, and uncertainty is the same anywhere."""

import math

CLIPPED_AT = 0.01
"""Forecasts nearer to 0 or 1 than this count as this.

Certainty would outweigh whatever everybody else says, and lose without bounds by the log score.
"""


def clip(forecast: float) -> float:
    """Return a forecast, no nearer to 0 or 1 than counts."""
    return min(max(forecast, CLIPPED_AT), 1 - CLIPPED_AT)


def is_clipped(forecast: float) -> bool:
    """Return whether a forecast is nearer to 0 or 1 than counts."""
    return clip(forecast) != forecast


def log_odds(forecast: float) -> float:
    """Return ln(p/(1−p)) of a forecast from 0 to 1, clipped at .01 and .99.

    Raises:
        ValueError: when it is no number from 0 to 1.
    """
    if not 0 <= forecast <= 1:
        raise ValueError(f"a forecast is from 0 to 1, not {forecast}")
    p = clip(forecast)
    return math.log(p) - math.log1p(-p)


def probability(log_odds: float) -> float:
    """Return the probability with these log odds."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def percent(p: float) -> str:
    """Return a probability or a share as people read it: ``35 %``."""
    return f"{100 * p:.0f} %"
