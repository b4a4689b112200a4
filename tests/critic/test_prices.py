"""What a call costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.critic.prices import Price, cost, in_dollars, worst_case
from reviewer.domain.critiques import Usage

PRICE = Price("claude-x", 5.0, 25.0, "2026-11-29")


def test_a_plain_call_costs_its_tokens() -> None:
    assert cost(Usage(input=1_000_000), PRICE) == 5_000_000
    assert cost(Usage(output=1_000_000), PRICE) == 25_000_000
    assert cost(Usage(input=2_000, output=1_000), PRICE) == 35_000


def test_the_cache_and_a_batch_have_prices_of_their_own() -> None:
    assert cost(Usage(cache_write_short=1_000_000), PRICE) == 6_250_000
    assert cost(Usage(cache_write_long=1_000_000), PRICE) == 10_000_000
    assert cost(Usage(cache_read=1_000_000), PRICE) == 500_000
    assert cost(Usage(input=1_000_000, output=1_000_000), PRICE, batch=True) == 15_000_000


def test_a_part_of_a_millionth_is_rounded_up() -> None:
    assert cost(Usage(cache_read=1), PRICE) == 1
    assert cost(Usage(input=1), Price("x", 0.1, 0.1, "2026-11-29")) == 1


@given(st.text(min_size=1), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_price_can_be_read_back_from_what_is_kept_with_a_call(model: str, price_in: float, price_out: float) -> None:
    kept = Price(model, float(f"{price_in:g}"), float(f"{price_out:g}"), "2026-11-29")
    assert Price.of_version(kept.version) == kept


def test_a_price_that_is_none_is_not_read_back() -> None:
    for version in ("", "claude-x", "claude-x 5/ of 2026-11-29", "claude-x 1.2.3/4 of 2026-11-29"):
        assert Price.of_version(version) is None


@given(
    st.integers(0, 400_000), st.integers(0, 400_000), st.integers(0, 400_000), st.integers(0, 30_000),
    st.floats(0, 200), st.floats(0, 200), st.booleans(),
)  # fmt: skip
def test_no_call_costs_more_than_its_worst_case(
    read: int, written: int, plain: int, output: int, price_in: float, price_out: float, batch: bool
) -> None:
    price = Price("x", price_in, price_out, "2026-11-29")
    tokens = read + written + plain
    usage = Usage(input=plain, output=output, cache_write_short=written, cache_read=read)
    # A token has a byte at the least.
    assert cost(usage, price, batch=batch) <= worst_case(tokens, output, price, batch=batch)


@pytest.mark.parametrize(
    ("micro", "text"),
    [
        (0, "$0.00"),
        (1, "$0.0000"),
        (4_200, "$0.0042"),
        (99_999, "$0.1000"),
        (100_000, "$0.10"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_money_is_written_as_people_read_it(micro: int, text: str) -> None:
    assert in_dollars(micro) == text
