"""What one call for all constraints is compared with: that each way asks the same, and what is counted of it."""

import pytest

from reviewer.workflow.rubrics import load_rubric
from tests.benchmarks import one_call
from tests.benchmarks.one_call import WAYS


@pytest.fixture(scope="module")
def told() -> dict[str, one_call.Told]:
    return one_call.compare(1, 0.0)


def test_each_way_asks_about_every_constraint_once() -> None:
    rubric, material = load_rubric(None), one_call.materials()[0]
    for way in WAYS.values():
        asked = [slug for prompt in way(material, rubric) for slug in prompt.constraints]
        assert asked == [each.slug for each in rubric.constraints]


def test_without_failures_each_way_understands_the_same(told: dict[str, one_call.Told]) -> None:
    one, *others = told.values()
    assert one.calls == one.proposals == len(one_call.materials()) > 1
    for each in others:
        assert (each.calls, each.answered, each.quotes) == (12 * one.calls, one.answered, one.quotes)
    assert {each.answered / each.asked for each in told.values()} == {1.0}


def test_a_call_each_reads_more_and_caching_the_proposal_makes_it_cheaper(told: dict[str, one_call.Told]) -> None:
    one, plain, cached = told.values()
    assert plain.cached == 0
    assert cached.cached > cached.plain + cached.written
    assert one.micro < cached.micro < plain.micro


def test_an_answer_that_breaks_off_takes_with_it_what_it_was_asked_about() -> None:
    told = one_call.compare(1, 1.0)
    assert {each.answered for each in told.values()} == {0}
    assert all(each.micro > 0 for each in told.values()), "it is billed"
