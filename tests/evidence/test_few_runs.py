"""What is said of intervals that rest on few runs is what the simulation of coverage gives."""

import random

import pytest

from reviewer.evidence.few_runs import fieller_holds, is_lopsided, welch_holds
from tests.benchmarks.coverage import cases, cover


def test_few_runs_against_many_are_lopsided() -> None:
    assert [m for m in range(1, 20) if is_lopsided(2, m)] == list(range(4, 20))
    assert [m for m in range(1, 20) if is_lopsided(m, 3)] == list(range(8, 20))
    assert not any(is_lopsided(4, m) for m in range(4, 40))


def test_the_more_runs_stand_against_few_the_less_often_it_holds() -> None:
    assert "89 to 95 %" in welch_holds(5, 2)
    assert "87 to 91 %" in welch_holds(2, 8)
    assert welch_holds(4, 40) == ""
    assert "parts rest on 3 runs" in fieller_holds((3, 3, 3))
    assert fieller_holds((4, 4, 4)) == ""


@pytest.mark.parametrize(("n", "m", "low", "high"), [(2, 8, 0.87, 0.92), (2, 2, 0.96, 0.98), (3, 16, 0.92, 0.94)])
def test_what_is_said_is_what_is_simulated(n: int, m: int, low: float, high: float) -> None:
    case = next(case for case in cases() if (case.method, case.what) == ("Welch t", f"n = {n} and {m}"))
    covered = cover(case, 4000, seed=random.Random(7).randrange(10**6))
    assert low - 3 * covered.error <= covered.coverage <= high + 3 * covered.error
