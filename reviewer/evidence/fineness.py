"""How fine a difference the numbers of a row have to show: none is rounded coarser than its own error."""

import math
from typing import NamedTuple

from reviewer.domain.numbers import fine_beside
from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.examples import error_by_examples


class Fineness(NamedTuple):
    """The smallest difference that a reader is to see in what is shown of either side, and in their difference.

    Each in the unit of the metric; None where nothing is known of it.
    """

    ours: float | None = None
    theirs: float | None = None
    difference: float | None = None


def fineness(ours: Arm | None, theirs: Arm | None, metric: Metric | None = None) -> Fineness:
    """Return how fine a row is: each side by its own error, else by that of their difference, else by how far apart
    they are. Where there is none between runs, of a ``metric`` that is a share of examples, it is that of the test set.
    """
    own, other = (None if arm is None else arm.standard_error or _by_examples(arm, metric) for arm in (ours, theirs))
    errors = [error for error in (own, other) if error]
    if errors:
        between = math.hypot(*errors)
        return Fineness(own or between, other or between, between)
    if ours is None or theirs is None:
        return Fineness()
    first, second = fine_beside(ours.mean, theirs.mean), fine_beside(theirs.mean, ours.mean)
    return Fineness(first, second, max(first, second))


def _by_examples(arm: Arm, metric: Metric | None) -> float | None:
    return None if metric is None else error_by_examples(metric, arm.mean, arm.n_test)
