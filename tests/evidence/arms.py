"""Arms for the tests of what stands on them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from reviewer.domain.methods import SeedValue
from reviewer.evidence.arms import Arm, arm_of
from tests.builders import measured


def of_seeds(values: Sequence[float], first: int = 42) -> Arm:
    """Return the arm of runs with the seeds from ``first`` on."""
    seeds = tuple(SeedValue(first + i, value) for i, value in enumerate(values))
    arm = arm_of(measured(sum(values) / len(values), seeds=seeds))
    assert arm is not None
    return arm


VALUES = st.lists(st.floats(-100, 100).map(lambda x: round(x, 3)), min_size=2, max_size=16).filter(
    lambda values: len(set(values)) > 1
)
"""Values of runs that are not all the same."""
