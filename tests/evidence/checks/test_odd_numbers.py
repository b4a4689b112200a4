"""Whatever numbers a file may have, no rule raises, and no question has a number in it that means nothing."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, Method, SeedValue
from reviewer.domain.vocabulary import Bound, Direction, Role, Setting
from tests.builders import method
from tests.evidence.checks.cases import STUDY, asked, case

NUMBERS = st.one_of(
    st.sampled_from(
        [0.0, -0.0, 1.0, -1.0, 0.5, -999.0, 1e-320, 1e308, -1e308, float("nan"), float("inf"), -float("inf")]
    ),
    st.floats(-2, 2),
)
COUNTS = st.one_of(st.none(), st.sampled_from([0, 1, 2, 5, 1263, 2**53, -1]))
SEEDS = st.lists(
    st.builds(
        SeedValue,
        st.sampled_from([None, 42, 42, 43, 44]),
        NUMBERS,
        COUNTS,
        COUNTS,
        seconds=st.one_of(st.none(), NUMBERS, st.just(60.25)),
        predicted_share=st.one_of(st.none(), NUMBERS),
        label_share=st.one_of(st.none(), NUMBERS),
        says=st.sampled_from(["", "seed 42\x1b"]),
    ),
    max_size=4,
).map(tuple)
MEASUREMENTS: st.SearchStrategy[Measurement] = st.builds(
    Measurement,
    metric=st.sampled_from(["pgr", "accuracy", "hours", "train_loss"]),
    dataset=st.sampled_from(["chat", "math", "synth"]),
    value=st.one_of(st.none(), NUMBERS),
    standard_error=st.one_of(st.none(), NUMBERS),
    n_seeds=COUNTS,
    n_test=COUNTS,
    n_correct=COUNTS,
    setting=st.sampled_from([Setting.LAB, Setting.HELD_OUT]),
    split=st.sampled_from(["", "", "dev"]),
    subset=st.sampled_from(["", "", "a", "b"]),
    missing=st.sampled_from(["", "NaN in the file"]),
    seeds=SEEDS,
)
ROWS = st.lists(MEASUREMENTS, max_size=6).map(tuple)
DIRECTIONS = st.sampled_from(list(Direction))


def methods(role: Role, **more: Any) -> st.SearchStrategy[Method]:
    return ROWS.map(lambda rows: method("m", *rows, role=role, **more))


@settings(max_examples=100, deadline=None)
@given(
    methods(Role.PROPOSAL, id=1),
    methods(Role.BASELINE, id=2),
    methods(Role.BASELINE, id=3),
    methods(Role.REFERENCE, id=4, bound=Bound.FLOOR),
    methods(Role.REFERENCE, id=5, bound=Bound.CEILING),
    st.tuples(DIRECTIONS, DIRECTIONS, DIRECTIONS),
    st.sampled_from([0, 1, 1000]),
)
def test_no_rule_raises_and_every_question_is_whole(
    ours: Method, theirs: Method, other: Method, floor: Method, ceiling: Method, ways: tuple[Direction, ...], n: int
) -> None:
    metrics = tuple(replace(m, direction=way) for m, way in zip(STUDY.metrics, ways, strict=True))
    problem = replace(STUDY, metrics=metrics)
    for one in (ours, theirs):
        of = case(one, baselines=(theirs, other), references=(floor, ceiling), problem=problem, proposals=n)
        for result in asked(of):
            assert result.question.endswith("?")
            assert "\n" not in result.question
            json.dumps(dict(result.numbers), allow_nan=False)
            if result.rule not in ("sentinel", "odd-error", "same-values"):
                assert "NaN" not in result.question
                assert "infinity" not in result.question
