"""Whether the constraint that bit had been named, and what naming at random would have hit."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.judgement.estimates import wilson_limits
from reviewer.judgement.resolved import Resolved, by_outcome
from reviewer.judgement.right_reason import right_reason

RUBRIC = ("cost", "latency", "labels", "drift")


def failed(proposal: int, named: Sequence[str], bit: str | None = "cost", reviewer: str = "kim") -> Resolved:
    return Resolved(proposal, reviewer, 0.2, False, blockers=tuple(named), bit=bit)


def test_the_share_named_beside_what_chance_would_have_hit() -> None:
    r = right_reason(
        by_outcome([failed(1, ["cost"]), failed(2, ["cost", "drift"]), failed(3, ["drift"]), failed(4, [])]), RUBRIC
    )
    assert (r.failed, r.share, r.reason) == (4, 0.5, "")
    assert r.limits == wilson_limits(0.5, 4)
    assert r.by_chance == pytest.approx((1 + 2 + 1 + 0) / 4 / 4)


def test_what_survived_is_left_out() -> None:
    survived = Resolved(9, "kim", 0.9, True, blockers=("cost",))
    assert right_reason(by_outcome([failed(1, ["cost"]), survived]), RUBRIC).failed == 1


def test_who_names_everything_is_no_better_than_chance() -> None:
    r = right_reason(by_outcome([failed(i, RUBRIC, bit) for i, bit in enumerate(RUBRIC)]), RUBRIC)
    assert (r.share, r.by_chance) == (1, 1)


def test_blockers_that_the_rubric_does_not_have_count_for_nothing() -> None:
    assert right_reason(by_outcome([failed(1, ["cost", "older"])]), RUBRIC).by_chance == 0.25


def test_of_several_reviewers_it_is_the_share_of_them() -> None:
    r = right_reason(by_outcome([failed(1, ["cost"]), failed(1, [], reviewer="ada"), failed(2, ["cost"])]), RUBRIC)
    assert (r.failed, r.share) == (2, 0.75)


def test_failures_of_which_nobody_could_name_the_cause_are_left_out_and_told() -> None:
    r = right_reason(by_outcome([failed(1, ["cost"]), failed(2, ["cost"], None), failed(3, [], "weather")]), RUBRIC)
    assert (r.failed, r.untold, r.outside) == (1, 1, 1)
    assert r.left_out == "Left out: 1 failure without a constraint that bit and 1 by one that the rubric does not have."
    assert right_reason(by_outcome([failed(1, ["cost"])]), RUBRIC).left_out == ""


@pytest.mark.parametrize(
    ("found", "constraints", "reason"),
    [
        ([], RUBRIC, "nothing has failed"),
        ([Resolved(1, "kim", 0.5, True)], RUBRIC, "nothing has failed"),
        ([failed(1, ["cost"], None)], RUBRIC, "of no failed proposal"),
        ([failed(1, ["cost"])], (), "of no failed proposal"),
    ],
)
def test_where_there_is_nothing_to_say_one_sentence_says_why(
    found: list[Resolved], constraints: Sequence[str], reason: str
) -> None:
    r = right_reason(by_outcome(found), constraints)
    assert (r.failed, r.share, r.limits, r.by_chance) == (0, None, None, None)
    assert reason in r.reason
    assert r.reason.endswith(".")


@given(seed=st.integers(0, 10**6), named=st.integers(0, 4))
def test_naming_at_random_hits_what_it_says(seed: int, named: int) -> None:
    rng = random.Random(seed)
    found = [failed(i, rng.sample(RUBRIC, named), rng.choice(RUBRIC)) for i in range(400)]
    r = right_reason(by_outcome(found), RUBRIC)
    assert r.share is not None
    assert r.by_chance == pytest.approx(named / 4)
    assert r.share == pytest.approx(named / 4, abs=0.13)
