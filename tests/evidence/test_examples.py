"""The error that the test set makes."""

import pytest

from reviewer.evidence.examples import examples_error


def test_it_is_that_of_a_share() -> None:
    assert examples_error(0.57, 1263) == pytest.approx(0.01393, abs=5e-6)
    assert examples_error(0.5, 100) == 0.05


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_all_examples_are_right_or_none_there_is_an_error_all_the_same(share: float) -> None:
    assert examples_error(share, 50) == pytest.approx((2 / 54 * 52 / 54 / 54) ** 0.5)


@pytest.mark.parametrize(("share", "n"), [(1.2, 100), (-0.1, 100), (0.5, 0), (0.5, -1), (float("nan"), 10)])
def test_what_is_no_share_has_none(share: float, n: int) -> None:
    assert examples_error(share, n) is None
