"""How fine the numbers of a row are."""

import math

import pytest

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.fineness import Fineness, fineness

SURE, NOISY, LONE, OTHER = Arm(0.5, 0.001, 3), Arm(0.4, 0.02, 3), Arm(0.3), Arm(0.3004)


@pytest.mark.parametrize(
    ("ours", "theirs", "fine"),
    [
        (None, None, Fineness()),
        (LONE, None, Fineness()),
        (LONE, LONE, Fineness(0.005, 0.005, 0.005)),
        (SURE, NOISY, Fineness(0.001, 0.02, math.hypot(0.001, 0.02))),
        (SURE, LONE, Fineness(0.001, 0.001, 0.001)),
        (None, SURE, Fineness(0.001, 0.001, 0.001)),
        (LONE, OTHER, Fineness(0.00005, 0.00005, 0.00005)),
        (Arm(0.5, 0.0, 3), LONE, Fineness(0.005, 0.005, 0.005)),
        (Arm(0.7), Arm(-999.0), Fineness(0.005, 0.5, 0.5)),
    ],
)
def test_each_side_is_as_fine_as_its_error_or_as_they_are_apart(
    ours: Arm | None, theirs: Arm | None, fine: Fineness
) -> None:
    assert [x and round(x, 9) for x in fineness(ours, theirs)] == [x and round(x, 9) for x in fine]


def test_of_a_share_of_examples_the_test_set_tells_how_fine_it_is_where_no_seeds_do() -> None:
    ours, theirs = Arm(0.03192, n_test=500_000), Arm(0.03117, 0.001, 3, n_test=500_000)
    error = math.sqrt(0.03192 * (1 - 0.03192) / 500_000)
    assert fineness(ours, theirs, Metric("ctr")).ours == pytest.approx(error)
    assert fineness(ours, theirs, Metric("ctr")).theirs == 0.001
    assert fineness(ours, Arm(0.03117), Metric("ctr")) == pytest.approx((error, error, error))
    assert fineness(ours, Arm(0.03117), Metric("latency_ms")).ours == pytest.approx(0.00005)
