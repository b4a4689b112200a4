"""The simulation of the queue's orders: that each is an order, and that the loss is one."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import priority
from tests.benchmarks.priority import BUDGETS, ORDERS, PROPOSALS, REVIEWERS, WORLDS, World


@pytest.mark.parametrize("name", ORDERS)
def test_every_order_has_each_proposal_once_for_each_reviewer_and_is_the_same_again(name: str) -> None:
    run = priority.drawn(WORLDS[1], 3)
    steps = list(ORDERS[name](run))
    assert len(set(steps)) == len(steps) == PROPOSALS * REVIEWERS
    assert list(ORDERS[name](run)) == steps


@pytest.mark.parametrize("name", ["evenly by chance", "evenly by claim"])
def test_even_is_one_review_of_everything_before_a_second(name: str) -> None:
    steps = ORDERS[name](priority.drawn(WORLDS[1], 3))
    assert {next(steps)[1] for _ in range(PROPOSALS)} == set(range(PROPOSALS))


def test_claims_and_truth_are_as_alike_as_the_world_says() -> None:
    runs = [priority.drawn(World("", claim=0.6), seed) for seed in range(40)]
    truths, claims = (np.concatenate([getattr(run, name) for run in runs]) for name in ("truth", "claims"))
    assert float(np.corrcoef(truths, claims)[0, 1]) == pytest.approx(0.6, abs=0.03)
    assert np.all(np.abs([run.forecasts for run in runs]) <= math.log(99) + 1e-9)


def test_without_reviews_what_is_lost_is_what_was_worth_it() -> None:
    """Nothing is tried then, since the usual proposal is not worth it."""
    run = priority.drawn(WORLDS[0], 5)

    def nothing(_run: priority.Drawn) -> Iterator[priority.Step]:
        yield from ((0, 0) for _ in range(round(max(BUDGETS) * PROPOSALS)))

    hopeless = replace(run, forecasts=np.full((REVIEWERS, PROPOSALS), -3.0))
    chance = 1 / (1 + np.exp(-run.truth))
    expected = 100 * float(np.maximum(chance - 0.5, 0).mean())
    assert priority.losses(hopeless, nothing) == pytest.approx([expected] * len(BUDGETS), abs=0.3)


def test_with_all_that_sure_reviewers_say_hardly_anything_is_lost() -> None:
    run = priority.drawn(World("", noise=0.01), 5)
    lost = priority.losses(run, ORDERS["evenly by chance"])
    assert lost[-1] < 0.3 < lost[0]


def test_a_gain_beyond_two_errors_is_bold() -> None:
    assert priority.mean_of([1.0, 3.0]).signed == "+2.00 ± 1.00"
    assert priority.mean_of([-2.0, -4.0]).signed == "**-3.00 ± 1.00**"


def test_its_table_is_printed_by_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(priority, "QUICK_RUNS", 2)
    monkeypatch.setattr(priority, "markdown", partial(priority.markdown, worlds=WORLDS[:1]))
    monkeypatch.setattr("sys.argv", ["benchmarks", "priority", "--quick"])
    assert benchmarks.main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("|")]) == 2 + len(BUDGETS)
    assert lines[-1].endswith("UTC, 2 runs a world.")
