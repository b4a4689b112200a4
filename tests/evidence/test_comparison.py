"""A proposal's numbers beside its baseline's, and which of several numbers is compared."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Role, Setting
from reviewer.evidence.arms import AGREEMENT
from reviewer.evidence.comparison import (
    ANY_DATASET,
    ComparisonRow,
    compare,
    find_sighting,
    sight,
    split_words,
)
from reviewer.evidence.metrics import PerCent
from tests.builders import PROBLEM, measured, method

SEEDS = (SeedValue(1, 0.5), SeedValue(2, 0.6))


def rows(*pairs: tuple[Measurement, ...], problem: Problem = PROBLEM) -> tuple[ComparisonRow, ...]:
    proposal, baseline = (method(f"m{i}", *arm) for i, arm in enumerate(pairs))
    return compare(proposal, baseline, (), problem)


def place(row: ComparisonRow) -> tuple[str, str, str]:
    return row.metric.name, row.dataset, row.setting


def test_no_sighting_of_nothing() -> None:
    assert sight([]) is None
    assert find_sighting(method("p", measured()), "pgr", "math", Setting.UNKNOWN) is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (measured(0.5), measured(None)),
        (measured(0.5, basis=Basis.ILLUSTRATIVE), measured(None, basis=Basis.RECOMPUTED)),
        (measured(0.5, basis=Basis.RECOMPUTED), measured(0.9, basis=Basis.PUBLISHED)),
        (measured(0.5, basis=Basis.PUBLISHED), measured(0.9, basis=Basis.CLAIMED)),
        (measured(0.5, basis=Basis.CLAIMED), measured(0.9, basis=Basis.ILLUSTRATIVE)),
        (measured(0.5, seeds=SEEDS), measured(0.9, n_seeds=50)),
        (measured(0.5, n_seeds=5), measured(0.9, n_seeds=3)),
        (measured(0.5, n_seeds=1), measured(0.9)),
    ],
)
def test_number_that_rests_on_more_is_compared_whatever_its_place(better: Measurement, worse: Measurement) -> None:
    for order in permutations([better, worse]):
        found = sight(order)
        assert found is not None
        assert found.measurement == better
        assert found.disagreeing == (() if worse.value is None else (worse,))


@pytest.mark.parametrize("none", [math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_number_gives_way_to_one_that_is_and_disagrees_with_it(none: float) -> None:
    broken, sound = measured(none, seeds=SEEDS), measured(0.5, basis=Basis.ILLUSTRATIVE)
    found = sight([broken, sound])
    assert found is not None
    assert found.measurement is sound
    assert found.disagreeing == (broken,)
    assert sight([broken, broken]) is not None


def test_numbers_that_agree_but_for_rounding_do_not_disagree() -> None:
    found = sight([measured(0.234), measured(0.234 + AGREEMENT * 0.9), measured(0.234 + AGREEMENT * 1.5)])
    assert found is not None
    assert [m.value for m in found.disagreeing] == [0.234 + AGREEMENT * 1.5]


def test_the_unit_says_how_much_is_rounding() -> None:
    per_cents = [
        measured(23.4, metric="accuracy"),
        measured(23.5, metric="accuracy"),
        measured(23.7, metric="accuracy"),
    ]
    for told, disagreeing in ((PerCent("accuracy"), [23.7]), (Metric("accuracy"), [23.5, 23.7])):
        found = sight(per_cents, told)
        assert found is not None
        assert [m.value for m in found.disagreeing] == disagreeing


def test_ties_go_by_the_order_of_the_file() -> None:
    found = sight([measured(0.3), measured(0.7)])
    assert found is not None
    assert found.measurement.value == 0.3


@pytest.mark.parametrize(
    ("metric", "ours", "theirs", "difference", "better"),
    [
        ("pgr", 0.75, 0.25, 0.5, True),
        ("pgr", 0.25, 0.75, -0.5, False),
        ("loss", 0.75, 0.25, 0.5, False),
        ("loss", 0.25, 0.75, -0.5, True),
        ("mood", 0.75, 0.25, 0.5, None),
        ("never described", 0.75, 0.25, 0.5, None),
        ("pgr", 0.5, 0.5, 0.0, None),
        ("pgr", None, 0.5, None, None),
        ("pgr", 0.5, None, None, None),
    ],
)
def test_difference_is_proposal_minus_baseline_and_its_worth_the_metrics(
    metric: str, ours: float | None, theirs: float | None, difference: float | None, *, better: bool | None
) -> None:
    (row,) = rows((measured(ours, metric=metric),), (measured(theirs, metric=metric),))
    assert (row.difference, row.better) == (difference, better)


def test_arm_that_did_not_measure_is_shown_as_missing() -> None:
    found = rows((measured(0.7),), (measured(0.3, "math"),))
    assert [(r.dataset, r.proposal is None, r.baseline is None, r.difference) for r in found] == [
        ("chat", False, True, None),
        ("math", True, False, None),
    ]


def test_proposal_without_a_baseline_has_its_own_numbers() -> None:
    (row,) = compare(method("p", measured(0.7)), None, (), PROBLEM)
    assert (row.baseline, row.difference, row.better) == (None, None, None)


def test_settings_are_never_mixed() -> None:
    found = rows((measured(0.9, setting=Setting.LAB),), (measured(0.3, setting=Setting.HELD_OUT), measured(0.2)))
    assert [(r.setting, r.difference) for r in found] == [
        (Setting.LAB, None),
        (Setting.HELD_OUT, None),
        (Setting.PILOT, None),
        (Setting.PRODUCTION, None),
        (Setting.UNKNOWN, None),
    ]


def test_subsets_are_not_the_whole_dataset() -> None:
    found = rows((measured(0.9), measured(0.2, subset="hard")), (measured(0.3, subset="hard"),))
    assert [(r.baseline, r.difference) for r in found] == [(None, None)]


def test_primary_metric_and_dataset_come_first_then_the_problems_order() -> None:
    problem = replace(PROBLEM, primary_metric="loss", primary_dataset="math")
    arm = tuple(
        measured(0.1, dataset, metric)
        for metric in ("zeal", "pgr", "acc", "loss")
        for dataset in ("zoo", "code", "art", "chat", "math")
    )
    found = [place(r)[:2] for r in rows(arm, (), problem=problem)]
    datasets = ["math", "chat", "code", "art", "zoo"]
    assert found == [(metric, dataset) for metric in ("loss", "pgr", "acc", "zeal") for dataset in datasets]


MEASUREMENTS = st.builds(
    measured,
    st.none() | st.sampled_from([0.1, 0.5, 0.5001]),
    st.sampled_from(["chat", "math", "other"]),
    st.sampled_from(["pgr", "loss", "other"]),
    setting=st.sampled_from(Setting),
    basis=st.sampled_from(Basis),
    subset=st.sampled_from(["", "", "hard"]),
)
ARMS = st.lists(MEASUREMENTS, max_size=8).map(tuple)


@given(ours=ARMS, theirs=ARMS)
def test_every_number_on_a_whole_dataset_has_one_row_and_stays_in_its_arm(ours: Any, theirs: Any) -> None:
    found = [row for row in rows(ours, theirs) if row.dataset != ANY_DATASET]
    keys = [place(r) for r in found]
    assert len(set(keys)) == len(keys)
    assert set(keys) == {(m.metric, m.dataset, m.setting) for m in (*ours, *theirs) if not m.subset}
    for row in found:
        for arm, sighting in ((ours, row.proposal), (theirs, row.baseline)):
            same = [m for m in arm if (m.metric, m.dataset, m.setting) == place(row) and not m.subset]
            assert (sighting is None) == (not same)
            if sighting is not None:
                assert sighting.measurement in same
                assert set(sighting.disagreeing) <= set(same)
    back = {place(r): r.difference for r in rows(theirs, ours) if r.dataset != ANY_DATASET}
    assert back == {place(r): None if r.difference is None else -r.difference for r in found}


def first_measured(found: Sequence[ComparisonRow]) -> ComparisonRow:
    return next(row for row in found if not row.stands_for_nothing)


def reference(bound: Bound, *measurements: Measurement) -> Any:
    return method(bound, *measurements, role=Role.REFERENCE, bound=bound)


def test_floor_and_ceiling_are_of_the_same_metric_and_dataset() -> None:
    floor = reference(Bound.FLOOR, measured(0.528), measured(0.4, "math"), measured(0.1, subset="hard"))
    ceiling = reference(Bound.CEILING, measured(0.733), measured(0.2, metric="loss"))
    (row,) = compare(method("p", measured(0.7)), None, (floor, ceiling), PROBLEM)
    assert row.floor is not None
    assert row.ceiling is not None
    assert (row.floor.measurement.value, row.ceiling.measurement.value) == (0.528, 0.733)
    (other,) = compare(method("p", measured(0.7, "code")), None, (floor, ceiling), PROBLEM)
    assert (other.floor, other.ceiling) == (None, None)


def test_bound_of_the_same_setting_outweighs_one_of_another() -> None:
    floor = reference(Bound.FLOOR, measured(0.9, basis=Basis.RECOMPUTED), measured(0.5, setting=Setting.LAB))
    lab, held_out, *_ = compare(
        method("p", measured(0.7, setting=Setting.LAB), measured(0.6, setting=Setting.HELD_OUT)),
        None,
        (floor,),
        PROBLEM,
    )
    assert lab.floor is not None
    assert held_out.floor is not None
    assert (lab.floor.measurement.value, held_out.floor.measurement.value) == (0.5, 0.9)


def test_floor_and_ceiling_are_of_one_setting_or_there_is_but_one_of_them() -> None:
    lab = (measured(0.8, setting=Setting.LAB), measured(0.9, setting=Setting.LAB))
    bounds = (reference(Bound.FLOOR, measured(0.5, setting=Setting.HELD_OUT), lab[0]), reference(Bound.CEILING, lab[1]))
    row = first_measured(compare(method("p", measured(0.6, setting=Setting.HELD_OUT)), None, bounds, PROBLEM))
    assert row.floor is not None
    assert row.ceiling is not None
    assert (row.floor.measurement.value, row.ceiling.measurement.value) == (0.8, 0.9)
    row = first_measured(compare(method("p", measured(0.6, setting=Setting.HELD_OUT)), None, bounds[:1], PROBLEM))
    assert row.floor is not None
    assert (row.floor.measurement.value, row.ceiling) == (0.5, None)


def test_a_setting_in_which_the_primary_metric_was_measured_nowhere_has_a_row_that_says_so() -> None:
    found = rows(
        (measured(0.9, setting=Setting.PRODUCTION), measured(0.7, "math", setting=Setting.LAB)),
        (measured(0.5, setting=Setting.LAB), measured(0.4, metric="loss", setting=Setting.LAB)),
    )
    places = [place(r) for r in found]
    assert places[:5] == [
        ("pgr", "chat", Setting.LAB),
        ("pgr", "math", Setting.LAB),
        ("pgr", ANY_DATASET, Setting.HELD_OUT),
        ("pgr", ANY_DATASET, Setting.PILOT),
        ("pgr", "chat", Setting.PRODUCTION),
    ]
    assert [metric for metric, *_ in places[5:]] == ["loss"]
    assert {(r.proposal, r.baseline) for r in found if r.dataset == ANY_DATASET} == {(None, None)}
    assert {r.untold for r in found} == {False}


def test_where_a_setting_is_not_told_nobody_knows_what_is_missing() -> None:
    untold = rows((measured(0.9), measured(0.7, "math", setting=Setting.LAB)), ())
    assert [(r.setting, r.untold) for r in untold if r.stands_for_nothing] == [
        (Setting.HELD_OUT, True), (Setting.PILOT, True), (Setting.PRODUCTION, True)
    ]  # fmt: skip
    assert not any(r.untold for r in untold if not r.stands_for_nothing)
    assert ANY_DATASET not in {r.dataset for r in rows((measured(0.9),), ())}, "no setting is told at all"


def test_a_value_on_one_split_is_never_held_against_one_on_another() -> None:
    found = rows((measured(0.9, split="train"), measured(0.6, split="test")), (measured(0.5, split="test"),))
    assert [(r.split, r.difference) for r in found] == [("test", pytest.approx(0.1)), ("train", None)]


def test_without_a_split_any_will_do() -> None:
    ours = method("p", measured(0.9, split="train"))
    assert find_sighting(ours, "pgr", "chat", Setting.UNKNOWN) is not None
    assert find_sighting(ours, "pgr", "chat", Setting.UNKNOWN, split="train") is not None
    assert find_sighting(ours, "pgr", "chat", Setting.UNKNOWN, split="") is None


def test_a_bound_is_of_the_same_split_or_of_none() -> None:
    floor = reference(Bound.FLOOR, measured(0.9, split="train"), measured(0.5))
    both = method("p", measured(0.7, split="test"), measured(0.8, split="train"))
    test, train = compare(both, None, (floor,), PROBLEM)
    assert test.floor is not None
    assert train.floor is not None
    assert (test.floor.measurement.value, train.floor.measurement.value) == (0.5, 0.9)


def test_a_bound_is_borrowed_from_another_setting_only_where_the_own_one_has_none() -> None:
    floor = reference(Bound.FLOOR, measured(0.9, setting=Setting.LAB, split="test"), measured(0.5))
    (row,) = compare(method("p", measured(0.7, split="test")), None, (floor,), PROBLEM)
    assert row.floor is not None
    assert row.floor.measurement.value == 0.5


def test_a_row_names_the_splits_on_which_the_other_arm_was_measured() -> None:
    found = rows(
        (measured(0.9, split="dev"), measured(0.8, "math", split="dev")),
        (measured(0.5, split="test"), measured(0.4), measured(0.3, "math", split="dev")),
    )
    shown = [(r.dataset, r.split, r.difference, r.baseline_splits, r.proposal_splits) for r in found]
    assert shown == [
        ("chat", "", None, (), ("dev",)),
        ("chat", "dev", None, ("", "test"), ()),
        ("chat", "test", None, (), ("dev",)),
        ("math", "dev", pytest.approx(0.5), (), ()),
    ]


def test_a_split_in_another_setting_or_without_a_value_is_not_named() -> None:
    (dev,) = [
        row
        for row in rows(
            (measured(0.9, split="dev"),),
            (measured(0.5, split="test", setting=Setting.LAB), measured(None, split="test")),
        )
        if row.split == "dev"
    ]
    assert dev.baseline_splits == ()


@pytest.mark.parametrize(
    ("splits", "words"),
    [
        (("test",), "split test"),
        (("dev", "test"), "splits dev and test"),
        (("",), "no named split"),
        (("", "dev"), "split dev and no named split"),
        ((), ""),
    ],
)
def test_splits_in_words(splits: tuple[str, ...], words: str) -> None:
    assert split_words(splits) == words


def test_a_borrowed_bound_and_what_disagrees_with_it_are_of_one_setting() -> None:
    floor = reference(
        Bound.FLOOR,
        measured(0.5, setting=Setting.LAB),
        measured(0.6, setting=Setting.LAB, n_seeds=3),
        measured(0.9, setting=Setting.PILOT),
    )
    row = first_measured(compare(method("p", measured(0.7, setting=Setting.HELD_OUT)), None, (floor,), PROBLEM))
    assert row.floor is not None
    assert row.floor.measurement.setting is Setting.LAB
    assert {m.setting for m in row.floor.disagreeing} == {Setting.LAB}
