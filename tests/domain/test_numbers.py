"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.numbers import fine_beside, fine_of_scale, finer, limit, number, p_value, signed


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
     (0.031616, 0.0012, "0.0316"), (0.031616, 0.012, "0.032"),
     (0.6784, 0.06, "0.68"), (0.0, 1e-5, "0.000000"), (-0.00043, 0.0001, "-0.00043"), (187.34, 0.02, "187.340"),
     (12345.6, 0.4, "12,345.60"), (12345.6, 3.0, "12,345.6"), (12345.6, 7.0, "12,346"), (1975.4, 30.0, "1,975"),
     (30.0, 30.0, "30"), (1234567.0, 1200.0, "1,234,600"),
     (1290491.0, 27667.0, "1,290,000"), (1234568.4, 0.06, "1,234,568.40"), (1.3e10, 1e7, "1.3000e+10"),
     (2.082, 2.082, "2.1"), (0.75, 0.15, "0.75"),
     (3.21e-7, 1.2e-9, "3.210e-07"), (1234567.89, 0.04, "1,234,567.890"), (123456.7890123, 1e-6, "123,456.7890123"),
      (0.7, 1e-14, "0.700"), (0.7, 0.0, "0.700"), (float("inf"), 0.1, "inf")],
)  # fmt: skip
def test_a_number_is_not_rounded_coarser_than_the_difference_that_is_to_be_seen(
    value: float, fine: float, text: str
) -> None:
    assert number(value, fine) == text


@given(value=st.floats(-9999, 9999), fine=st.floats(1e-4, 10))
def test_what_is_so_far_apart_is_never_shown_as_the_same(value: float, fine: float) -> None:
    if number(value) == number(value + 1.01 * fine):
        assert number(value, fine) != number(value + 1.01 * fine, fine)


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [(0.0229, 0.0212, ("0.0229", "0.0212", "+0.0017")), (0.782, 0.231, ("0.782", "0.231", "+0.551")),
     (0.0041, 0.002, ("0.0041", "0.0020", "+0.0021")), (1820.0, 1818.7, ("1,820.0", "1,818.7", "+1.3")),
     (1820.4, 1799.1, ("1,820", "1,799", "+21")), (0.7, -999.0, ("0.700", "-999.0", "+999.7")),
     (0.03192, 0.03117, ("0.03192", "0.03117", "+0.00075")), (0.5, 0.5, ("0.500", "0.500", "+0.000"))],
)  # fmt: skip
def test_two_values_of_unknown_noise_show_two_digits_of_their_difference(
    one: float, other: float, shown: tuple[str, str, str]
) -> None:
    fine, beside = fine_beside(one, other), fine_beside(other, one)
    assert (number(one, fine), number(other, beside), signed(one - other, max(fine, beside))) == shown


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(57.424, 65.623, ("57.4", "65.6")), (0.66085, 0.67995, ("0.661", "0.680")), (0.0, 1.0, ("0.0", "1.0")),
     (-0.1, 0.78, ("-0.10", "0.78")), (1.0e6, 9.0e6, ("1,000,000", "9,000,000"))],
)  # fmt: skip
def test_the_ends_of_a_scale_have_two_digits_of_what_lies_between(
    low: float, high: float, ends: tuple[str, str]
) -> None:
    fine = fine_of_scale(low, high)
    assert (number(low, fine), number(high, fine)) == ends


def test_what_is_finer_than_usual_takes_no_digit_away() -> None:
    assert [finer(0.5, 0.2), finer(0.5, 0.0002), finer(187.3, 0.02), finer(187.3, 0.2)] == [None, 0.0002, 0.02, None]


@pytest.mark.parametrize(
    ("value", "fine", "text"),
    [(-0.0013, 0.05, "-0.001"), (0.0042, 0.5, "+0.004"), (-0.27, 0.05, "-0.27"), (0.0, 0.05, "+0.00"),
     (-0.004, 0.05, "-0.004"), (-0.0051, 0.05, "-0.01"), (0.4, 700.0, "+0.4"), (-3e-7, None, "-3.00e-07")],
)  # fmt: skip
def test_a_limit_that_is_not_nought_never_reads_as_nought(value: float, fine: float | None, text: str) -> None:
    assert limit(value, fine) == text


def test_a_difference_has_its_sign() -> None:
    assert [signed(x) for x in (0.5, -0.5, 0.0)] == ["+0.500", "-0.500", "+0.000"]


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0004, "p < .001"),
        (0.0423, "p = .042"),
        (0.5, "p = .500"),
        (0.9994, "p = .999"),
        (0.9997, "p > .999"),
        (1.0, "p = 1"),
    ],
)
def test_a_p_value_is_never_nothing(p: float, text: str) -> None:
    assert p_value(p) == text
