"""Numbers as people read them."""

import pytest

from reviewer.domain.numbers import number, p_value, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.2337, "0.234"), (0.0, "0.000"), (12.3456, "12.346"), (123.456, "123.5"), (12345.6, "12,346"),
     (0.0001, "0.0001"), (0.0012, "0.0012"), (-0.000274, "-0.00027"),
     (0.006, "0.006"), (0.0463, "0.046"), (0.00002, "2.00e-05"), (2e6, "2.00e+06"), (-0.5, "-0.500")],
)  # fmt: skip
def test_a_number_has_the_digits_that_its_size_needs(value: float, text: str) -> None:
    assert number(value) == text


def test_a_difference_has_its_sign() -> None:
    assert [signed(x) for x in (0.5, -0.5, 0.0)] == ["+0.500", "-0.500", "+0.000"]


@pytest.mark.parametrize(("p", "text"), [(0.0004, "p < .001"), (0.0423, "p = .042"), (0.5, "p = .500"), (1.0, "p = 1")])
def test_a_p_value_is_never_nothing(p: float, text: str) -> None:
    assert p_value(p) == text
