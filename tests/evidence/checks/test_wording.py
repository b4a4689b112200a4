"""Numbers in questions are written as the evidence beside them shows them, and never hide what is asked about."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.domain import numbers
from reviewer.domain.numbers import MINUS
from reviewer.evidence.checks.wording import figure, figures, plain, signed


@pytest.mark.parametrize("value", [0.3405, 0.0, 0.7, -0.046, 12.5, 123.45, 12345.6, 1e7, 1e-5])
def test_a_measured_number_is_written_as_in_the_rows(value: float) -> None:
    assert figure(value) == numbers.number(value).replace("-", MINUS)
    assert signed(value) == numbers.signed(value).replace("-", MINUS)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((0.7, 0.7), ("0.700", "0.700")),
        ((0.7, 0.35), ("0.700", "0.350")),
        ((0.5202, 0.528), ("0.520", "0.528")),
        ((0.694975, 0.693611), ("0.6950", "0.6936")),
        ((0.3405, 0.3425), ("0.3405", "0.3425")),
        ((0.0004, 0.0006), ("0.00040", "0.00060")),
        ((0.5, 0.4999, -0.2), ("0.50000", "0.49990", "−0.20000")),
        ((1234.4, 1234.9), ("1,234.4", "1,234.9")),
        ((1234567.0, 1234999.0), ("1,234,567", "1,234,999")),
        ((1e-5, 2e-5), ("1.00e−05", "2.00e−05")),
        ((1e-5, 0.0009), ("1.00e−05", "0.0009")),
        ((-0.4, 1234567.0, 1234999.0), ("−0.400", "1,234,567", "1,234,999")),
        ((0.0, 0.0009), ("0.0000", "0.0009")),
        ((math.nan, 0.5), ("NaN", "0.500")),
        ((0.5, -math.inf), ("0.500", "minus infinity")),
    ],
)
def test_numbers_that_differ_show_by_how_much(values: tuple[float, ...], shown: tuple[str, ...]) -> None:
    assert figures(*values) == shown


@given(st.lists(st.floats(), min_size=1, max_size=3))
@example([1e-300, 0.5])
def test_what_is_something_is_never_written_as_nothing(values: list[float]) -> None:
    for value, text in zip(values, figures(*values), strict=True):
        assert (value == 0) is (text.strip(f"{MINUS}0.") == "")


def test_what_nobody_measured_is_written_plainly() -> None:
    assert [plain(n) for n in (5, 1000, 95.0, 3.0881, -999.0, math.nan)] == [
        "5", "1,000", "95", "3.088", "−999", "NaN"]  # fmt: skip
