"""The stages of the sealed protocol, their order, and what each asks for."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.judgements import Judgement
from reviewer.domain.stages import has_reached, idea_stands_left, missing_for_next, next_stage
from reviewer.domain.vocabulary import Stage, Verdict


def test_the_stages_come_one_after_the_other() -> None:
    assert [next_stage(stage) for stage in Stage] == [Stage.EVIDENCE, Stage.OTHERS, None]
    assert [[has_reached(at, asked) for asked in Stage] for at in Stage] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_forecast_and_a_verdict_come_before_the_next_stage() -> None:
    assert missing_for_next(Judgement()) == ("forecast", "verdict")
    assert missing_for_next(Judgement(forecast=0.0)) == ("verdict",)
    assert missing_for_next(Judgement(verdict=Verdict.CANNOT_TELL)) == ("forecast",)
    assert missing_for_next(Judgement(verdict=Verdict.FAILS, forecast=0.0)) == ()


@given(reviewer=st.uuids().map(str), proposal=st.uuids().map(str))
def test_the_side_is_the_same_each_time(reviewer: str, proposal: str) -> None:
    assert idea_stands_left(reviewer, proposal) == idea_stands_left(reviewer, proposal)


def test_each_side_comes_up_about_half_the_time_for_a_reviewer_and_for_a_proposal() -> None:
    """Of 2,000 tosses 900 to 1,100 are heads but once in 100,000 times."""
    for sides in (
        [idea_stands_left("kim", f"p{i}") for i in range(2000)],
        [idea_stands_left(f"r{i}", "p") for i in range(2000)],
    ):
        assert 900 < sum(sides) < 1100
