"""What a metric is, as far as its name, its unit and what it is derived from tell."""

import re
from dataclasses import dataclass, fields
from functools import lru_cache

from reviewer.domain.problems import Metric

_SHARE_UNITS = frozenset({"share", "fraction", "proportion", "rate"})
_PER_CENT_UNITS = frozenset({"%", "percent", "per cent", "percentage", "pct"})
_ACCURACIES = frozenset({"accuracy", "acc"})
_WEIGHING = frozenset({"balanced", "weighted", "macro"})
_RATES = frozenset({"error", "success", "pass", "failure", "solve", "win"})
_OF_OTHER_THINGS = frozenset({"word", "character", "char", "token", "bit", "symbol", "frame", "phone", "equal"})
"""Of what an error rate is one that is none of examples, and may be above 1."""


@dataclass(frozen=True, slots=True)
class PerCent(Metric):
    """A share that is in per cent at the place in hand, where it has been so from ``lowest`` to ``highest``.

    Both are 0 where that tells nothing of the unit, since it is stated.
    """

    lowest: float = 0.0
    highest: float = 0.0

    @property
    def of_gap(self) -> bool:
        """Return whether it is a share of a gap, as PGR is, and not of the test examples."""
        return bool(self.derived_from)


@lru_cache(1000)
def is_share(metric: Metric) -> bool:
    """Return whether a metric is a share of the test examples, from 0 to 1: by its unit, else by its name.

    An accuracy is one, or a rate of errors or successes. An accuracy that weighs the examples is none, nor is an error
    rate of words, and what is in per cent is not from 0 to 1.
    """
    if metric.derived_from or isinstance(metric, PerCent):
        return False
    if metric.unit:
        return metric.unit.casefold() in _SHARE_UNITS
    words = re.findall("[a-z]+", metric.name.casefold())
    if not words or (_WEIGHING | _OF_OTHER_THINGS) & set(words):
        return False
    return words[-1] in _ACCURACIES or (words[-1] == "rate" and len(words) > 1 and words[-2] in _RATES)


@lru_cache(1000)
def beneath(metric: Metric) -> str | None:
    """Return the metric of whose gap between floor and ceiling this one says how much was recovered (PGR).

    None where it is another kind: derived from something else, or from more than one metric.
    """
    if len(metric.derived_from) != 1 or metric.name == metric.derived_from[0]:
        return None
    is_recovered = metric.name.casefold() == "pgr" or "recovered" in (metric.title or "").casefold()
    return metric.derived_from[0] if is_recovered else None


def whole(metric: Metric) -> float:
    """Return what all of the examples is, or all of the gap, in the unit of a share: 100 in per cent, else 1."""
    return 100.0 if isinstance(metric, PerCent) else 1.0


def is_of_examples(metric: Metric) -> bool:
    """Return whether a metric is a share of the test examples, in per cent or not."""
    return is_share(metric) or (isinstance(metric, PerCent) and not metric.of_gap)


def states_per_cent(metric: Metric) -> bool:
    """Return whether the unit of a metric says that it is in per cent."""
    return (metric.unit or "").casefold() in _PER_CENT_UNITS


def in_share(metric: Metric) -> Metric:
    """Return what a metric would be that states no unit."""
    return Metric(**{f.name: getattr(metric, f.name) for f in fields(Metric)} | {"unit": None})
