"""What a call costs: the price table of the config, the worst that a call can come to, and what it came to.

Money is counted in millionths of a US dollar, as whole numbers that are rounded up: sums are exact, and nothing is ever
spent that was not counted.
"""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from reviewer.domain.critiques import Usage

MICRO = 1_000_000
"""Millionths in a dollar; and the tokens that prices are given for."""

WRITE_SHORT, WRITE_LONG, READ, BATCH = Fraction(5, 4), Fraction(2), Fraction(1, 10), Fraction(1, 2)
"""What reading and writing the cache, and a batch, cost beside a plain token, by Anthropic's price list."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in dollars a million tokens, and since when that is known, as ``YYYY-MM-DD``."""

    model: str
    input: float
    output: float
    dated: str

    @property
    def version(self) -> str:
        """Return which price it was, as it is kept with a call."""
        return f"{self.model} {self.input:g}/{self.output:g} of {self.dated}"

    @classmethod
    def of_version(cls, version: str) -> "Price | None":
        """Return the price that was kept with a call, by which it is settled however late; None where none was."""
        found = _VERSION.fullmatch(version)
        return None if found is None else cls(found[1], float(found[2]), float(found[3]), found[4])


_NUMBER = r"(\d+(?:\.\d+)?(?:e[+-]\d+)?)"
_VERSION = re.compile(rf"(.+) {_NUMBER}/{_NUMBER} of (\S+)", re.DOTALL)


def cost(usage: Usage, price: Price, *, batch: bool = False) -> int:
    """Return what was billed for a call, in millionths of a dollar, rounded up."""
    read = (
        usage.input
        + usage.cache_write_short * WRITE_SHORT
        + usage.cache_write_long * WRITE_LONG
        + usage.cache_read * READ
    )
    return _rounded(read * Fraction(str(price.input)) + usage.output * Fraction(str(price.output)), batch)


def worst_case(sent_bytes: int, most_output: int, price: Price, *, batch: bool = False) -> int:
    """Return the most that a call of so many bytes of text can cost, in millionths of a dollar.

    Each byte is a token, as in a table of digits it nearly is; all of it is written to the cache, and the answer is as
    long as it may be.
    """
    read = sent_bytes * WRITE_SHORT * Fraction(str(price.input))
    return _rounded(read + most_output * Fraction(str(price.output)), batch)


def in_dollars(micro: int) -> str:
    """Return an amount as people read it: to the cent, and below ten cents to the hundredth of one."""
    dollars = micro / MICRO
    return f"${dollars:,.2f}" if micro >= MICRO // 10 or not micro else f"${dollars:.4f}"


def _rounded(amount: Fraction, batch: bool) -> int:
    return math.ceil(amount * BATCH if batch else amount)
