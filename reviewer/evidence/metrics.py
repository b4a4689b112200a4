"""What a metric is, as far as its name, its unit and what it is derived from tell."""

import re

from reviewer.domain.problems import Metric

_SHARE_UNITS = frozenset({"share", "fraction", "proportion", "rate"})
_ACCURACIES = frozenset({"accuracy", "acc"})
_WEIGHING = frozenset({"balanced", "weighted", "macro"})


def is_share(metric: Metric) -> bool:
    """Return whether a metric is a share of the test examples, from 0 to 1: by its unit, else by being an accuracy.

    An accuracy that weighs the examples is none, and what is in per cent is not from 0 to 1.
    """
    if metric.derived_from:
        return False
    if metric.unit:
        return metric.unit.casefold() in _SHARE_UNITS
    words = re.findall("[a-z]+", metric.name.casefold())
    return bool(words) and words[-1] in _ACCURACIES and not _WEIGHING & set(words)


def beneath(metric: Metric) -> str | None:
    """Return the metric of whose gap between floor and ceiling this one says how much was recovered (PGR).

    None where it is another kind: derived from something else, or from more than one metric.
    """
    if len(metric.derived_from) != 1 or metric.name == metric.derived_from[0]:
        return None
    is_recovered = metric.name.casefold() == "pgr" or "recovered" in (metric.title or "").casefold()
    return metric.derived_from[0] if is_recovered else None
