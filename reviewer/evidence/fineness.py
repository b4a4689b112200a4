"""How fine a difference the numbers of a row have to show: none is rounded coarser than its own error."""

import math
from typing import NamedTuple

from reviewer.domain.numbers import finer
from reviewer.evidence.arms import Arm, apart


class Fineness(NamedTuple):
    """The smallest difference that a reader is to see in what is shown of either side, and in their difference.

    Each in the unit of the metric; None where nothing is known of it.
    """

    ours: float | None = None
    theirs: float | None = None
    difference: float | None = None


def fineness(ours: Arm | None, theirs: Arm | None) -> Fineness:
    """Return how fine a row is: each side by its own error, else by that of their difference, else by how far apart
    they are.
    """
    own, other = (None if arm is None else arm.standard_error for arm in (ours, theirs))
    errors = [error for error in (own, other) if error]
    between = math.hypot(*errors) if errors else None
    if between is None and ours is not None and theirs is not None:
        between = finer(abs(apart(ours, theirs)))
    return Fineness(own or between or None, other or between or None, between or None)
