"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.numbers import number, p_value, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2337, "0.234"), (0.0, "0.000"), (12.3456, "12.346"), (123.456, "123.5"), (12345.6, "12,346"),
     (0.0001, "0.0001"), (0.0012, "0.0012"), (-0.000274, "-0.00027"),
     (0.006, "0.006"), (0.0463, "0.046"), (0.00002, "2.00e-05"), (2e6, "2.00e+06"), (-0.5, "-0.500")],
)  # fmt: skip
def test_a_number_has_the_digits_that_its_size_needs(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "fine", "text"),
    [(0.031616, 3.56e-5, "0.031616"), (3.56e-5, 3.56e-5, "0.000036"), (0.031616, 0.0009, "0.0316"),
     (0.031616, 0.0012, "0.032"), (0.0, 1e-5, "0.000000"), (-0.00043, 0.0001, "-0.00043"), (187.34, 0.02, "187.340"),
     (12345.6, 0.4, "12,345.60"), (12345.6, 3.0, "12,345.6"), (12345.6, 7.0, "12,346"), (1975.4, 30.0, "1,975"),
     (30.0, 30.0, "30"), (1234567.0, 1200.0, "1,234,567"), (1.3e10, 1e7, "1.30e+10"),
     (2.082, 2.082, "2.1"), (0.75, 0.15, "0.75"),
     (3.21e-7, 1.2e-9, "3.210e-07"), (0.7, 1e-14, "0.700"), (0.7, 0.0, "0.700"), (float("inf"), 0.1, "inf")],
)  # fmt: skip
def test_a_number_is_not_rounded_coarser_than_the_difference_that_is_to_be_seen(
    value: float, fine: float, text: str
) -> None:
    assert number(value, fine) == text


@given(value=st.floats(-9999, 9999), fine=st.floats(1e-4, 10))
def test_what_is_so_far_apart_is_never_shown_as_the_same(value: float, fine: float) -> None:
    if number(value) == number(value + 1.01 * fine):
        assert number(value, fine) != number(value + 1.01 * fine, fine)


def test_a_difference_has_its_sign() -> None:
    assert [signed(x) for x in (0.5, -0.5, 0.0)] == ["+0.500", "-0.500", "+0.000"]


@pytest.mark.parametrize(("p", "text"), [(0.0004, "p < .001"), (0.0423, "p = .042"), (0.5, "p = .500"), (1.0, "p = 1")])
def test_a_p_value_is_never_nothing(p: float, text: str) -> None:
    assert p_value(p) == text
