"""What a metric is, as far as its name, its unit and what it is derived from tell."""

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from reviewer.domain.problems import Metric

SHARE, PER_CENT = 1.0, 100.0
"""What the whole is, all of the examples or all of the gap, of a share from 0 to 1 and of one in per cent."""

_SHARE_UNITS = frozenset({"share", "fraction", "proportion", "rate"})
_PER_CENT_UNITS = frozenset({"%", "percent", "per cent", "percentage", "pct", "percentage point", "% point", "pp"})
_WHOLE_UNITS = re.compile(r" of (the )?(test )?(examples|gap)$")
_ACCURACIES = frozenset({"accuracy", "acc"})
_OTHER_NAMES = ["exact", "match"], ["em"], ["pass"], ["ctr"], ["cvr"]
_WEIGHING = frozenset(
    {"balanced", "weighted", "macro", "f", "precision", "recall", "auc", "auroc", "auprc", "bleu", "rouge", "iou"}
)
"""In names of what is no share of all examples, be it from 0 to 1: another draw changes it by other laws."""
_RATES = frozenset(
    {"error", "success", "pass", "failure", "solve", "win", "conversion", "click", "through", "clickthrough", "hit",
     "acceptance", "refusal", "churn", "completion", "resolution"}
)  # fmt: skip
_OF_OTHER_THINGS = frozenset({"word", "character", "char", "token", "bit", "symbol", "frame", "phone", "equal"})
"""Of what an error rate is one that is none of examples, and may be above 1."""
_CHANGES = frozenset({"relative", "improvement", "change", "reduction", "gain", "increase", "speedup", "overhead"})
"""In names of what may be in per cent, and is of something that was there before."""


@dataclass(frozen=True, slots=True)
class PerCent(Metric):
    """A share that is in per cent at the place in hand, where it has been so from ``lowest`` to ``highest``.

    Both are 0 where nothing above 1 was measured.
    """

    lowest: float = 0.0
    highest: float = 0.0
    proved: bool = False
    """Whether a value up to 1 is one in per cent too: the unit is stated and values above 1 agree, or a value is what
    counted answers or the parts of a gap come to."""

    errors: tuple[float, float] = (0.0, 0.0)
    """The smallest and the largest standard error of these values; both 0 where none states one."""

    @property
    def of_gap(self) -> bool:
        """Return whether it is a share of a gap, as PGR is, and not of the test examples."""
        return bool(self.derived_from)


@dataclass(frozen=True, slots=True)
class CountedShare(Metric):
    """A share of the test examples from 0 to 1, whatever its name: right answers were counted that come to it."""


@dataclass(frozen=True, slots=True)
class UntoldUnit(Metric):
    """A share by its name of which nothing tells whether it is in per cent: what is no share is as it is stated.

    ``lowest`` and ``highest`` are the ends of what was measured there that can be either; 0 where nothing was.
    """

    lowest: float = 0.0
    highest: float = 0.0


@dataclass(frozen=True, slots=True)
class DoubtfulUnit(Metric):
    """A metric that is said to be in per cent where all that was measured is from 0 to 1: either may be meant.

    It was measured from ``lowest`` to ``highest``.
    """

    lowest: float = 0.0
    highest: float = 0.0


@lru_cache(1000)
def is_share(metric: Metric) -> bool:
    """Return whether a metric is a share from 0 to 1: by its unit, else by its name.

    An accuracy is one, or a rate of errors or successes. An accuracy that weighs the examples is none unless its unit
    says so, nor is an error rate of words, and what is in per cent is not from 0 to 1.
    """
    if isinstance(metric, CountedShare):
        return True
    if metric.derived_from or isinstance(metric, (PerCent, UntoldUnit, DoubtfulUnit)):
        return False
    return states_share(metric) if metric.unit else named_share(metric)


def states_share(metric: Metric) -> bool:
    """Return whether the unit of a metric says that it is a share, from 0 to 1."""
    return _unit(metric) in _SHARE_UNITS and not (_OF_OTHER_THINGS | _CHANGES) & _words(metric)


def named_share(metric: Metric) -> bool:
    """Return whether the name of a metric says that it is a share of the test examples, in whatever unit."""
    words = re.findall("[a-z]+", metric.name.casefold())
    if words in _OTHER_NAMES and not metric.derived_from:
        return True
    if not words or metric.derived_from or (_WEIGHING | _OF_OTHER_THINGS | _CHANGES) & set(words):
        return False
    return words[-1] in _ACCURACIES or (words[-1] == "rate" and len(words) > 1 and words[-2] in _RATES)


def has_a_whole(metric: Metric) -> bool:
    """Return whether by its name nothing of a metric can be more than all: a share of examples, or one that weighs."""
    return named_share(metric) or bool(_WEIGHING & _words(metric) and not metric.derived_from)


def _words(metric: Metric) -> set[str]:
    return set(re.findall("[a-z]+", metric.name.casefold()))


def _unit(metric: Metric) -> str:
    unit = " ".join(re.split(r"[\s_-]+", (metric.unit or "").casefold().strip(" .")))
    return _WHOLE_UNITS.sub("", unit).removesuffix("s")


@lru_cache(1000)
def beneath(metric: Metric) -> str | None:
    """Return the metric of whose gap between floor and ceiling this one says how much was recovered (PGR).

    None where it is another kind: derived from something else, or from more than one metric; or where it may well be in
    per cent and nobody knows, since then it cannot be computed.
    """
    if len(metric.derived_from) != 1 or metric.name == metric.derived_from[0] or is_in_doubt(metric):
        return None
    is_recovered = metric.name.casefold() == "pgr" or "recovered" in (metric.title or "").casefold()
    return metric.derived_from[0] if is_recovered else None


def is_in_doubt(metric: Metric) -> bool:
    """Return whether what it is held against can be in either unit, and nothing tells in which it is."""
    return isinstance(metric, DoubtfulUnit) or (isinstance(metric, UntoldUnit) and metric.highest > 0)


def whole(metric: Metric) -> float:
    """Return what all of the examples is, or all of the gap, in the unit of a share: 100 in per cent, else 1."""
    return PER_CENT if isinstance(metric, PerCent) else SHARE


@lru_cache(1000)
def known_whole(metric: Metric) -> float | None:
    """Return what all that there is comes to in the unit of a share; None for a metric that is not known to be one."""
    if isinstance(metric, PerCent) or is_share(metric) or beneath(metric) is not None:
        return whole(metric)
    return PER_CENT if states_per_cent(metric) else None


@lru_cache(1000)
def is_of_examples(metric: Metric) -> bool:
    """Return whether a metric is a share of the test examples, in per cent or not: the error of the test set is known.

    What weighs the examples is none, although it may be from 0 to 1.
    """
    if isinstance(metric, CountedShare):
        return True
    if isinstance(metric, PerCent):
        return not metric.of_gap and not _WEIGHING & _words(metric)
    if isinstance(metric, UntoldUnit):
        return not metric.derived_from
    return is_share(metric) and not _WEIGHING & _words(metric)


def all_examples(metric: Metric, value: float, n_correct: int | None, n_test: int | None) -> float | None:
    """Return what all of the examples is in the unit of a value; None where it is no share of them, or in no known one.

    It is one by its metric, or because the right answers that were counted come to it.
    """
    if is_of_examples(metric) and not isinstance(metric, UntoldUnit) and not may_be_share(metric, value):
        return whole(metric)
    if (counted := counted_whole(value, n_correct, n_test)) is not None:
        return counted
    return SHARE if is_of_examples(metric) and not isinstance(metric, PerCent) and value <= 1 else None


def may_be_share(metric: Metric, value: float) -> bool:
    """Return whether a value may be a share although its metric is said to be in per cent: nothing above 1 is known."""
    in_doubt = isinstance(metric, DoubtfulUnit) or (
        isinstance(metric, PerCent) and not metric.highest and not metric.proved
    )
    return in_doubt and 0 < value <= 1


_COUNTED = 0.001
"""A share of counted answers and the stated one differ by no more than this, where they are the same."""


def counted_whole(value: float | None, n_correct: int | None, n_test: int | None) -> float | None:
    """Return in what unit a value is the share of right answers that was counted, 1 or 100; None where it is neither.

    None too where it could be either, as 0 is.
    """
    if value is None or not n_correct or not n_test or not 0 < n_correct <= n_test:
        return None
    fitting = [of for of in (SHARE, PER_CENT) if abs(value - of * n_correct / n_test) <= _COUNTED * of]
    return fitting[0] if len(fitting) == 1 else None


def states_per_cent(metric: Metric) -> bool:
    """Return whether the unit of a metric says that it is a share in per cent."""
    return _unit(metric) in _PER_CENT_UNITS and not (_OF_OTHER_THINGS | _CHANGES) & _words(metric)


def plain(metric: Metric) -> Metric:
    """Return what a metric is by its description alone, whatever was told of its unit."""
    return Metric(**described(metric))


def described(metric: Metric) -> dict[str, Any]:
    """Return what describes a metric, without what was told of its unit, by the names of the fields."""
    return {f.name: getattr(metric, f.name) for f in fields(Metric)}
