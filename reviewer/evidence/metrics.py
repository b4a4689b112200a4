"""What a metric is, as far as its name, its unit and what it is derived from tell."""

import re
from functools import lru_cache

from reviewer.domain.problems import Metric

PER_CENT_BY_ITS_VALUES = "per cent, by its values"
"""The unit of a metric whose name says a share, and whose values say that it is in per cent."""

_SHARE_UNITS = frozenset({"share", "fraction", "proportion", "rate"})
_ACCURACIES = frozenset({"accuracy", "acc"})
_WEIGHING = frozenset({"balanced", "weighted", "macro"})
_RATES = frozenset({"error", "success", "pass", "failure", "solve", "win"})


@lru_cache(1000)
def is_share(metric: Metric) -> bool:
    """Return whether a metric is a share of the test examples, from 0 to 1: by its unit, else by its name.

    An accuracy is one, or a rate of errors or successes. An accuracy that weighs the examples is none, and what is in
    per cent is not from 0 to 1.
    """
    if metric.derived_from:
        return False
    if metric.unit:
        return metric.unit.casefold() in _SHARE_UNITS
    words = re.findall("[a-z]+", metric.name.casefold())
    if not words or _WEIGHING & set(words):
        return False
    return words[-1] in _ACCURACIES or (words[-1] == "rate" and len(words) > 1 and words[-2] in _RATES)


@lru_cache(1000)
def beneath(metric: Metric) -> str | None:
    """Return the metric of whose gap between floor and ceiling this one says how much was recovered (PGR).

    None where it is another kind: derived from something else, or from more than one metric, or in per cent.
    """
    if len(metric.derived_from) != 1 or metric.name == metric.derived_from[0] or metric.unit == PER_CENT_BY_ITS_VALUES:
        return None
    is_recovered = metric.name.casefold() == "pgr" or "recovered" in (metric.title or "").casefold()
    return metric.derived_from[0] if is_recovered else None
