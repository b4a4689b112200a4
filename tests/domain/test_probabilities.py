"""Probabilities as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import UserError
from reviewer.domain.probabilities import probability_of


@pytest.mark.parametrize(
    ("text", "p"),
    [("40%", 0.4), ("40 %", 0.4), (" 40", 0.4), ("0.4", 0.4), (".4", 0.4), ("0", 0.0), ("1%", 0.01), ("100", 1.0),
     ("100 %", 1.0), ("0.5%", 0.005), ("1.5", 0.015)],
)  # fmt: skip
def test_per_cent_and_shares_are_told_apart(text: str, p: float) -> None:
    assert probability_of(text) == pytest.approx(p)


def test_a_bare_one_is_asked_about() -> None:
    with pytest.raises(UserError, match="may be 1 % or 100 %"):
        probability_of("1")


@pytest.mark.parametrize("text", ["", "%", "101", "-1", "-1%", "nan", "inf", "1e400", "1_0", "half", "\x1b[2J"])
def test_what_is_no_probability_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is no probability; write it as 40 %") as told:
        probability_of(text)
    assert "\x1b" not in str(told.value)


@given(st.integers(0, 100))
def test_whole_per_cents_come_back(n: int) -> None:
    assert probability_of(f"{n} %") == pytest.approx(n / 100)
