"""How fine the numbers of a row are."""

import math

import pytest

from reviewer.evidence.arms import Arm
from reviewer.evidence.fineness import Fineness, fineness

SURE, NOISY, LONE, OTHER = Arm(0.5, 0.001, 3), Arm(0.4, 0.02, 3), Arm(0.3), Arm(0.3004)


@pytest.mark.parametrize(
    ("ours", "theirs", "fine"),
    [
        (None, None, Fineness()),
        (LONE, None, Fineness()),
        (LONE, LONE, Fineness()),
        (SURE, NOISY, Fineness(0.001, 0.02, math.hypot(0.001, 0.02))),
        (SURE, LONE, Fineness(0.001, 0.001, 0.001)),
        (None, SURE, Fineness(0.001, 0.001, 0.001)),
        (LONE, OTHER, Fineness(0.0004, 0.0004, 0.0004)),
        (Arm(0.5, 0.0, 3), LONE, Fineness()),
        (Arm(0.35, 0.0, 3), LONE, Fineness(0.05, 0.05, 0.05)),
    ],
)
def test_each_side_is_as_fine_as_its_error_or_as_they_are_apart(
    ours: Arm | None, theirs: Arm | None, fine: Fineness
) -> None:
    assert [x and round(x, 9) for x in fineness(ours, theirs)] == [x and round(x, 9) for x in fine]
