"""What was gained from stage to stage, and what was lost on the way."""

import pytest

from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Direction, Role, Setting
from reviewer.evidence.comparison import compare
from reviewer.evidence.stages import Gain, lost, stage_in
from tests.builders import PROBLEM, measured, method

OURS = method(
    "p1",
    measured(0.8, setting=Setting.LAB, standard_error=0.03, n_seeds=5),
    measured(0.5, "math", setting=Setting.HELD_OUT, standard_error=0.04, n_seeds=3),
    measured(0.4, "code", setting=Setting.HELD_OUT),
    measured(0.3, setting=Setting.PRODUCTION),
)
THEIRS = method(
    "b1",
    measured(0.2, setting=Setting.LAB, standard_error=0.04, n_seeds=5),
    measured(0.3, "math", setting=Setting.HELD_OUT),
    role=Role.BASELINE,
)
ROWS = compare(OURS, THEIRS, (), PROBLEM)


def test_a_stage_has_value_and_gain_with_their_errors() -> None:
    stage = stage_in(ROWS, "pgr", Setting.LAB)
    assert stage is not None
    assert (stage.where, stage.value, stage.standard_error, stage.n) == ("chat", 0.8, 0.03, 5)
    assert stage.gain is not None
    assert stage.gain.value == pytest.approx(0.6)
    assert stage.gain.standard_error == pytest.approx(0.05), "0.03 and 0.04, independent"


def test_a_gain_has_no_error_where_one_side_has_none_and_is_none_without_a_baseline_there() -> None:
    stage = stage_in(ROWS, "pgr", Setting.HELD_OUT)
    assert stage is not None
    assert stage.where == "math", "the first row, as the evidence has them"
    assert stage.gain is not None
    assert stage.gain.value == pytest.approx(0.2)
    assert stage.gain.standard_error is None
    alone = stage_in(ROWS, "pgr", Setting.PRODUCTION)
    assert alone is not None
    assert (alone.value, alone.gain) == (0.3, None)
    assert stage_in(ROWS, "pgr", Setting.PILOT) is None
    assert stage_in(ROWS, "loss", Setting.LAB) is None


def test_what_no_method_can_have_measured_is_no_stage_and_no_baseline() -> None:
    share = Problem("p", metrics=(Metric("accuracy", Direction.HIGHER),))
    ours = method("p1", measured(0.7, metric="accuracy", setting=Setting.LAB))
    odd = method("b1", measured(-999.0, metric="accuracy", setting=Setting.LAB), role=Role.BASELINE)
    stage = stage_in(compare(ours, odd, (), share), "accuracy", Setting.LAB)
    assert stage is not None
    assert stage.gain is None
    assert stage_in(compare(odd, None, (), share), "accuracy", Setting.LAB) is None


@pytest.mark.parametrize(
    ("before", "after", "direction", "found"),
    [
        (Gain(0.5, 0.03), Gain(0.1, 0.04), Direction.HIGHER, Gain(0.4, 0.05)),
        (Gain(0.5, 0.03), Gain(0.1), Direction.HIGHER, Gain(0.4)),
        (Gain(0.1), Gain(0.5), Direction.HIGHER, Gain(-0.4)),
        (Gain(-0.5), Gain(-0.1), Direction.LOWER, Gain(0.4)),
        (Gain(0.5), Gain(0.1), Direction.UNKNOWN, None),
        (None, Gain(0.1), Direction.HIGHER, None),
        (Gain(0.1), None, Direction.HIGHER, None),
    ],
)
def test_what_is_lost_goes_by_the_direction_of_the_metric(
    before: Gain | None, after: Gain | None, direction: Direction, found: Gain | None
) -> None:
    less = lost(before, after, direction)
    assert (less is None) == (found is None)
    if less is not None and found is not None:
        assert less.value == pytest.approx(found.value)
        assert less.standard_error == (None if found.standard_error is None else pytest.approx(found.standard_error))
