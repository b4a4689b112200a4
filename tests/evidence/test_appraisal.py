"""Rows of evidence with what statistics say of them."""

import math

import pytest

from reviewer.domain.methods import Measurement, Method, SeedValue
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, Role, Setting
from reviewer.evidence.appraisal import Appraised, Told, appraise, rows_by_place, used_at_once
from reviewer.evidence.baselines import best_baselines
from reviewer.evidence.comparison import compare
from reviewer.evidence.difference import Procedure
from reviewer.evidence.figures import figures
from tests.builders import measured, method

PROBLEM = Problem(
    "w2s",
    primary_metric="pgr",
    primary_dataset="chat",
    metrics=(
        Metric("pgr", Direction.HIGHER, derived_from=("accuracy",)),
        Metric("accuracy", Direction.HIGHER),
        Metric("loss", Direction.LOWER),
        Metric("mood"),
    ),
)


def rows(*ours: Measurement, theirs: tuple[Measurement, ...] = (), shared_seeds: bool = False) -> list[Appraised]:
    floor = method(
        "floor",
        measured(0.528, metric="accuracy", standard_error=0.003, n_seeds=16),
        role=Role.REFERENCE,
        bound=Bound.FLOOR,
    )
    ceiling = method(
        "ceiling",
        measured(0.733, metric="accuracy", standard_error=0.0021, n_seeds=16),
        role=Role.REFERENCE,
        bound=Bound.CEILING,
    )
    found = compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), (floor, ceiling), PROBLEM)
    return list(appraise(found, shared_seeds=shared_seeds))


def text(appraised: Appraised) -> str:
    return "\n".join(f"{f.label}: {f.text} ({f.how})" for f in figures(appraised))


@pytest.mark.parametrize(
    ("metric", "ours", "theirs", "told"),
    [
        ("accuracy", 0.7, 0.5, Told.BETTER),
        ("accuracy", 0.5, 0.7, Told.WORSE),
        ("accuracy", 0.5, 0.501, Told.UNCLEAR),
        ("loss", 0.7, 0.5, Told.WORSE),
        ("loss", 0.5, 0.7, Told.BETTER),
        ("mood", 0.7, 0.5, Told.HIGHER),
        ("mood", 0.5, 0.7, Told.LOWER),
    ],
)
def test_better_is_said_only_where_the_direction_is_known(metric: str, ours: float, theirs: float, told: Told) -> None:
    (row,) = rows(
        measured(ours, metric=metric, standard_error=0.01, n_seeds=5),
        theirs=(measured(theirs, metric=metric, standard_error=0.01, n_seeds=5),),
    )
    assert row.told is told


def test_without_an_interval_nothing_is_told() -> None:
    (row,) = rows(measured(0.9), theirs=(measured(0.2),))
    assert row.told is None
    assert "neither side states an error between seeds" in text(row)
    (alone,) = rows(measured(0.9))
    assert (alone.difference, alone.told, alone.baseline) == (None, None, None)
    assert "baseline: not measured" in text(alone)


def test_a_derived_metric_is_computed_anew_from_the_one_beneath() -> None:
    pgr, accuracy = rows(
        measured(0.30, standard_error=0.05, n_seeds=5),
        measured(0.576, metric="accuracy", standard_error=0.011, n_seeds=5, n_test=1263),
    )
    assert pgr.proposal is not None
    assert pgr.proposal.recomputed == pytest.approx((0.576 - 0.528) / (0.733 - 0.528))
    assert "0.23 recomputed [" in text(pgr)
    assert "which is not what is stated" in text(pgr)
    assert pgr.proposal.examples_error == pytest.approx(0.0678, abs=5e-4)
    assert accuracy.proposal is not None
    assert accuracy.proposal.examples_error == pytest.approx(0.0139, abs=5e-5)
    (same, _) = rows(
        measured(0.2341, standard_error=0.05, n_seeds=5),
        measured(0.576, metric="accuracy", standard_error=0.011, n_seeds=5),
    )
    assert same.proposal is not None
    assert same.proposal.recomputed is None


def test_two_that_share_floor_and_ceiling_are_tested_on_the_metric_beneath() -> None:
    # The shares state no error of their own; the test is the one on accuracy, whatever the errors of floor and ceiling.
    pgr, accuracy = rows(
        measured((0.63 - 0.528) / 0.205),
        measured(0.63, metric="accuracy", standard_error=0.011, n_seeds=5),
        theirs=(
            measured((0.58 - 0.528) / 0.205),
            measured(0.58, metric="accuracy", standard_error=0.02, n_seeds=3),
        ),
    )
    assert pgr.difference is not None
    assert accuracy.difference is not None
    ours, beneath = pgr.difference.interval, accuracy.difference.interval
    assert ours is not None
    assert beneath is not None
    assert pgr.difference.value == pytest.approx(0.05 / 0.205)
    assert [ours.p, ours.df] == pytest.approx([beneath.p, beneath.df])
    assert [ours.low, ours.high] == pytest.approx([beneath.low / 0.205, beneath.high / 0.205])
    assert pgr.size is not None
    assert accuracy.size is not None
    assert [pgr.size.g, pgr.size.low] == pytest.approx([accuracy.size.g, accuracy.size.low])
    assert (pgr.tested_on, accuracy.tested_on) == ("accuracy", "")
    assert "Tested on accuracy: floor and ceiling are the same for both" in text(pgr)


def test_a_share_that_is_not_what_its_parts_say_is_compared_by_these() -> None:
    pgr, accuracy = rows(
        measured(0.9, standard_error=0.05, n_seeds=5),
        measured(0.63, metric="accuracy", standard_error=0.011, n_seeds=5),
        theirs=(
            measured((0.58 - 0.528) / 0.205, standard_error=0.05, n_seeds=5),
            measured(0.58, metric="accuracy", standard_error=0.02, n_seeds=5),
        ),
    )
    assert pgr.difference is not None
    assert pgr.difference.interval is not None
    assert accuracy.difference is not None
    assert accuracy.difference.interval is not None
    assert pgr.difference.value == pytest.approx(0.05 / 0.205)
    assert pgr.difference.interval.p == pytest.approx(accuracy.difference.interval.p)
    assert pgr.tested_on == "accuracy"
    assert pgr.proposal is not None
    assert pgr.proposal.recomputed == pytest.approx(0.102 / 0.205)
    assert pgr.proposal.stated_otherwise == 0.9
    said = text(pgr)
    assert "proposal: 0.50 ±0.05 (5 seeds) (claimed)" in said
    assert "states 0.90 ±0.05 (5 seeds) (what value, floor and ceiling of the metric beneath come to is" in said
    assert "0.50 recomputed" in said


def test_a_share_that_is_rounded_to_two_decimals_is_as_stated_and_its_parts_are_compared() -> None:
    pgr, _ = rows(
        measured(0.5),
        measured(0.63, metric="accuracy", standard_error=0.011, n_seeds=5),
        theirs=(measured(0.25), measured(0.58, metric="accuracy", standard_error=0.02, n_seeds=5)),
    )
    assert pgr.difference is not None
    assert pgr.difference.value == pytest.approx(0.05 / 0.205)
    assert pgr.tested_on == "accuracy"
    assert pgr.difference.interval is not None
    assert "not what is stated" not in text(pgr)
    assert pgr.proposal is not None
    assert pgr.proposal.stated_otherwise is None


def test_where_the_metric_beneath_states_no_error_that_of_the_share_serves() -> None:
    share, beneath = measured(0.4975, standard_error=0.05, n_seeds=5), measured(0.63, metric="accuracy", n_seeds=5)
    theirs = (measured(0.2537, standard_error=0.05, n_seeds=5), measured(0.58, metric="accuracy", n_seeds=5))
    pgr, _ = rows(share, beneath, theirs=theirs)
    assert pgr.difference is not None
    assert pgr.difference.interval is not None
    assert pgr.tested_on == ""
    pgr, _ = rows(share._replace(value=0.9), beneath, theirs=theirs)
    assert pgr.difference is not None
    assert pgr.difference.interval is None
    assert pgr.difference.reason == (
        "No interval: it is tested on accuracy, and of that the proposal states no error between seeds."
    )


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ((0.5, 0.5), "Floor and ceiling are equal"),
        ((0.8, 0.5), "The floor is better than the ceiling"),
        ((0.5, 0.51), "The gap between floor and ceiling is not distinguishable from 0"),
    ],
)
def test_shares_of_a_gap_that_is_not_resolved_are_not_tested(ends: tuple[float, float], why: str) -> None:
    bounds = [
        method(
            bound,
            measured(value, metric="accuracy", standard_error=0.01, n_seeds=5),
            role=Role.REFERENCE,
            bound=bound,
        )
        for bound, value in zip((Bound.FLOOR, Bound.CEILING), ends, strict=True)
    ]
    ours = (
        measured(0.8, standard_error=0.03, n_seeds=5),
        measured(0.7, metric="accuracy", standard_error=0.01, n_seeds=5),
    )
    theirs = tuple(m._replace(value=0.2) for m in ours)
    found = compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), bounds, PROBLEM)
    pgr, beneath = appraise(found)
    assert pgr.difference is not None
    assert (pgr.difference.interval, pgr.size, pgr.told, pgr.detectable) == (None, None, None, None)
    assert pgr.difference.reason == (
        "No difference: the gap between floor and ceiling is not resolved; accuracy tells how they differ."
    )
    assert pgr.proposal is not None
    assert pgr.proposal.examples_error is None
    assert f"gap not resolved ({why}" in text(pgr)
    assert beneath.told is Told.BETTER


def ends(floor: float, ceiling: float, error: float | None = None, n: int | None = None) -> list[Method]:
    return [
        method(
            bound, measured(value, metric="accuracy", standard_error=error, n_seeds=n), role=Role.REFERENCE, bound=bound
        )
        for bound, value in ((Bound.FLOOR, floor), (Bound.CEILING, ceiling))
    ]


def of_shares(
    stated: tuple[float, float], accuracies: tuple[float | None, float | None], bounds: list[Method]
) -> Appraised:
    ours, theirs = (
        [
            measured(share, standard_error=0.03, n_seeds=5),
            *([] if accuracy is None else [measured(accuracy, metric="accuracy", standard_error=0.002, n_seeds=5)]),
        ]
        for share, accuracy in zip(stated, accuracies, strict=True)
    )
    return appraise(compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), bounds, PROBLEM))[0]


@pytest.mark.parametrize(("accuracies", "shares"), [((0.704, 0.704), (0.65, 0.55)), ((0.5748, 0.575), (0.51, 0.49))])
def test_what_rounding_leaves_open_of_shares_makes_no_difference_of_accuracies_that_have_none(
    accuracies: tuple[float, float], shares: tuple[float, float]
) -> None:
    bounds = ends(0.55, 0.6, 0.0002, 5) if accuracies[0] < 0.6 else ends(0.701, 0.706, 0.0001, 5)
    ours, theirs = (
        (measured(share), measured(accuracy, metric="accuracy", standard_error=0.0009, n_seeds=5))
        for share, accuracy in zip(shares, accuracies, strict=True)
    )
    pgr, accuracy = appraise(compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), bounds, PROBLEM))
    assert pgr.difference is not None
    assert accuracy.difference is not None
    assert pgr.difference.interval is not None
    assert accuracy.difference.interval is not None
    assert pgr.told is accuracy.told is Told.UNCLEAR
    assert pgr.difference.interval.p == pytest.approx(accuracy.difference.interval.p)


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (62.0, 0.6, "No difference: a share of the examples and its error are from 0 to 1."),
        (0.95, 60.0, "No difference: a share of the examples and its error are from 0 to 1."),
        (5e12, 0.6, "No difference: nothing is measured that is 1e12 or more in size."),
        (-999.0, 0.6, "No difference: −999 stands for no value."),
        (62.0, 60.0, "No difference: a share of the examples and its error are from 0 to 1."),
        (0.62, 0.6, None),
    ],
)
def test_what_is_no_value_of_the_metric_is_not_tested(ours: float, theirs: float, reason: str | None) -> None:
    pair = (measured(value, metric="accuracy", standard_error=0.005, n_seeds=5) for value in (ours, theirs))
    one, other = (method(name, m, role=role) for name, m, role in zip(
        "pb", pair, (Role.PROPOSAL, Role.BASELINE), strict=True
    ))  # fmt: skip
    (row,) = appraise(compare(one, other, (), PROBLEM))
    assert row.difference is not None
    assert row.difference.reason == (reason or "")
    assert (row.told is None) is (reason is not None)
    assert row.difference.odd is (reason is not None)
    assert (f"difference: none ({reason})" in text(row)) is (reason is not None)


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        (62.0, "not recomputed (the value of accuracy is 62.000, and a share of the examples and its error are from 0"),
        (0.62, "0.449 recomputed"),
    ],
)
def test_of_a_share_whose_accuracy_is_in_per_cent_it_is_said_why_it_is_not_recomputed(ours: float, said: str) -> None:
    stated = measured(0.45, standard_error=0.02, n_seeds=5)
    beneath = measured(ours, metric="accuracy", standard_error=0.005, n_seeds=5)
    first, *_ = rows(stated, beneath, theirs=(measured(0.3),))
    assert first.row.metric.name == "pgr"
    assert said in text(first)


def test_what_a_failed_run_left_beneath_makes_no_share() -> None:
    score = Problem(
        "w2s", metrics=(Metric("pgr", Direction.HIGHER, derived_from=("s",)), Metric("s", Direction.HIGHER))
    )
    seeds = tuple(SeedValue(i, v) for i, v in enumerate((14.0, 14.1, -999.0)))
    ours = measured(0.4, standard_error=0.02, n_seeds=5), measured(-323.6, metric="s", seeds=seeds)
    theirs = measured(0.3, standard_error=0.02, n_seeds=5), measured(13.0, metric="s", standard_error=0.1, n_seeds=5)
    floor, ceiling = (
        method(bound, measured(value, metric="s", standard_error=0.1, n_seeds=5), role=Role.REFERENCE, bound=bound)
        for bound, value in ((Bound.FLOOR, 10.0), (Bound.CEILING, 20.0))
    )
    found = compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), (floor, ceiling), score)
    pgr, s = sorted(appraise(found), key=lambda one: one.row.metric.name)
    assert pgr.proposal is not None
    assert (pgr.proposal.recovered, pgr.proposal.used.mean) == (None, 0.4)
    assert "not recomputed (the value of s is −323.6, and −999 stands for no value)" in text(pgr)
    assert s.difference is not None
    assert s.difference.odd


def test_without_accuracy_of_the_proposal_nothing_is_said_to_be_tested_on_it() -> None:
    theirs = (measured(0.3, standard_error=0.02, n_seeds=5),
              measured(0.59, metric="accuracy", standard_error=0.01, n_seeds=5))  # fmt: skip
    pgr, _ = rows(measured(0.78), theirs=theirs)
    assert pgr.difference is not None
    assert pgr.difference.reason == ("No interval: the proposal states no error and no n.")


def test_equal_values_differ_by_nothing_although_binary_fractions_do() -> None:
    accuracies = [measured(value, metric="accuracy", standard_error=0.01, n_seeds=5) for value in (0.1 + 0.2, 0.3)]
    (row,) = appraise(compare(method("p", accuracies[0]), method("b", accuracies[1]), (), PROBLEM))
    assert row.difference is not None
    assert row.difference.value == 0.0


@pytest.mark.parametrize(
    ("stated", "accuracies", "bounds"),
    [
        pytest.param((0.5, 0.25), (0.7, 0.65), ends(0.7, 0.7000000001), id="a gap that rounding has made"),
        pytest.param((0.5, 0.25), (0.7, 0.65), ends(-999.0, 0.75), id="a floor that stands for none"),
    ],
)
def test_what_is_stated_of_shares_holds_where_their_parts_cannot_speak_against_it(
    stated: tuple[float, float], accuracies: tuple[float, float], bounds: list[Method]
) -> None:
    row = of_shares(stated, accuracies, bounds)
    assert row.proposal is not None
    assert (row.proposal.used.mean, row.proposal.recomputed) == (stated[0], None)
    assert row.difference is not None
    assert row.difference.value == pytest.approx(stated[0] - stated[1])
    found = compare(method("p", measured(stated[0]), measured(accuracies[0], metric="accuracy")), None, bounds, PROBLEM)
    at_once, _ = used_at_once(found[0], rows_by_place(found))
    assert at_once is not None
    assert at_once.mean == stated[0]


def test_ends_that_vary_beyond_all_measure_are_no_ends_of_a_gap() -> None:
    wild = (SeedValue(1, 1e99), SeedValue(2, -1e99))
    bounds = [
        method(
            bound,
            measured(value, metric="loss", seeds=wild if bound is Bound.FLOOR else ()),
            role=Role.REFERENCE,
            bound=bound,
        )
        for bound, value in ((Bound.FLOOR, 0.0), (Bound.CEILING, -1.0))
    ]
    problem = Problem(
        "w", metrics=(Metric("pgr", Direction.HIGHER, derived_from=("loss",)), Metric("loss", Direction.LOWER))
    )
    ours, theirs = (
        (measured(share), measured(-share, metric="loss", standard_error=0.01, n_seeds=5)) for share in (0.5, 0.4)
    )
    row, *_ = appraise(compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), bounds, problem))
    assert row.difference is not None
    assert row.difference.value == pytest.approx(0.1)


def test_a_gap_that_is_not_resolved_is_none_where_nobody_measured_the_metric_beneath_too() -> None:
    row = of_shares((0.8, 0.4), (None, None), ends(0.6, 0.6, 0.01, 5))
    assert row.difference is not None
    assert row.difference.interval is None
    assert row.difference.reason == "No difference: the gap between floor and ceiling is not resolved."


def test_what_arithmetic_tells_at_once_is_what_statistics_come_to() -> None:
    bounds = ends(0.5, 0.7, 0.002, 16)
    ours = measured(0.8, n_seeds=5), measured(0.6, metric="accuracy", standard_error=0.004, n_seeds=5)
    theirs = measured(0.25), measured(0.55, metric="accuracy", standard_error=0.004, n_seeds=5)
    found = compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), bounds, PROBLEM)
    row, at_once = appraise(found)[0], used_at_once(found[0], rows_by_place(found))
    assert row.proposal is not None
    assert row.baseline is not None
    assert [arm and arm.mean for arm in at_once] == [row.proposal.used.mean, row.baseline.used.mean]
    assert row.proposal.used.mean == pytest.approx(0.5)


def test_values_that_are_too_large_for_measurements_are_told() -> None:
    (row,) = rows(measured(1e150, metric="accuracy"), theirs=(measured(0.5, metric="accuracy"),))
    assert row.difference is not None
    assert row.difference.reason == "No interval: values as large as that are no measurements."
    assert "difference: +1.00e+150 (No interval: values as large" in text(row)


def test_of_runs_in_pairs_no_size_is_told_that_is_for_independent_ones() -> None:
    seeds = [tuple(SeedValue(i, v + shift / (i + 3)) for i, v in enumerate((0.6, 0.7, 0.65))) for shift in (0.1, 0.0)]
    ours, theirs = (measured(0.6, metric="accuracy", seeds=one) for one in seeds)
    found = compare(method("p", ours), method("b", theirs, role=Role.BASELINE), (), PROBLEM)
    (paired,), (welch,) = appraise(found, shared_seeds=True), appraise(found)
    assert (paired.size, "Hedges’ g: not shown" in text(paired)) == (None, True)
    assert welch.size is not None
    short = compare(
        method("p", ours), method("b", theirs._replace(seeds=theirs.seeds[:2]), role=Role.BASELINE), (), PROBLEM
    )
    (unpaired,) = appraise(short, shared_seeds=True)
    assert "Not paired, since not every seed was run on both sides." in text(unpaired)
    assert "Not paired" not in text(welch)


def test_another_baseline_that_is_better_there_is_named() -> None:
    ours, theirs, better, other = (
        method(name, measured(value, metric="accuracy"), role=role)
        for name, value, role in (
            ("p", 0.9, Role.PROPOSAL), ("b", 0.5, Role.BASELINE), ("c", 0.6, Role.BASELINE), ("d", 0.501, Role.BASELINE)
        )
    )  # fmt: skip
    (row,) = appraise(compare(ours, theirs, (), PROBLEM), best=best_baselines((theirs, better, other), PROBLEM))
    assert "best: 0.600 (Title of c, the best baseline here; the one above is not)" in text(row)
    (row,) = appraise(compare(ours, theirs, (), PROBLEM), best=best_baselines((theirs, other), PROBLEM))
    assert row.stronger is not None, "by however little: the leaderboard has it first too"
    same = method("e", measured(0.5, metric="accuracy"), role=Role.BASELINE, uuid="e")
    (row,) = appraise(compare(ours, theirs, (), PROBLEM), best=best_baselines((same, theirs), PROBLEM))
    assert row.stronger is None


@pytest.mark.parametrize(
    ("origin", "whose"), [(Origin.AGENT, "an agent made"), (Origin.UNKNOWN, "is not known to be a human’s")]
)
def test_a_better_baseline_that_nobody_says_a_human_made_is_named_beside_the_best_human_one(
    origin: Origin, whose: str
) -> None:
    human, posted = (
        method(name, measured(value, metric="accuracy", standard_error=0.01, n_seeds=5), role=Role.BASELINE,
               origin=by, uuid=name)
        for name, value, by in (("h", 0.5, Origin.HUMAN), ("a", 0.8, origin))
    )  # fmt: skip
    ours = method("p", measured(0.7, metric="accuracy", standard_error=0.01, n_seeds=5))
    best = best_baselines((posted, human), PROBLEM)
    (row,) = appraise(compare(ours, human, (), PROBLEM), best=best, against="h")
    assert (row.told, row.stronger) == (Told.BETTER, None)
    assert f"other: 0.800 (Title of a, a baseline that {whose}, and has a better value)" in text(row)
    (row,) = appraise(compare(ours, posted, (), PROBLEM), best=best, against="a")
    assert (row.told, row.stronger, row.other) == (Told.WORSE, None, None)


def test_where_the_baseline_in_hand_has_no_value_one_that_has_is_named() -> None:
    ours = method("p", measured(0.7, metric="accuracy"))
    here = method("h", measured(0.6, metric="accuracy"), role=Role.BASELINE, uuid="h")
    elsewhere = method("e", measured(0.6, "math", metric="accuracy"), role=Role.BASELINE, uuid="e")
    best = best_baselines((here, elsewhere), PROBLEM)
    row, _ = appraise(compare(ours, elsewhere, (), PROBLEM), best=best, against="e")
    assert "other: 0.600 (Title of h, a baseline that was measured here)" in text(row)


def test_where_the_baseline_in_hand_failed_one_that_did_not_is_named() -> None:
    ours = method("p", measured(0.7, metric="accuracy"))
    failed = method("f", measured(-999.0, metric="accuracy"), role=Role.BASELINE, uuid="f")
    here = method("h", measured(0.6, metric="accuracy"), role=Role.BASELINE, uuid="h")
    (row,) = appraise(compare(ours, failed, (), PROBLEM), best=best_baselines((failed, here), PROBLEM), against="f")
    assert "other: 0.600 (Title of h, a baseline that was measured here)" in text(row)
    assert "difference: none" in text(row)


def test_where_less_is_better_beneath_more_of_the_gap_is_still_better() -> None:
    share = Metric("share", Direction.HIGHER, derived_from=("loss",), title="Gap recovered")
    problem = Problem("w", metrics=(share, Metric("loss", Direction.LOWER)))
    bounds = [
        method(
            str(bound),
            measured(value, metric="loss", standard_error=0.01, n_seeds=9),
            role=Role.REFERENCE,
            bound=bound,
        )
        for bound, value in ((Bound.FLOOR, 3.0), (Bound.CEILING, 1.0))
    ]

    def arm(name: str, loss: float, role: Role) -> Method:
        beneath = measured(loss, metric="loss", standard_error=0.02, n_seeds=4)
        return method(name, measured((3 - loss) / 2, metric="share"), beneath, role=role)

    compared = compare(arm("p", 1.5, Role.PROPOSAL), arm("b", 2.0, Role.BASELINE), bounds, problem)
    found = next(row for row in appraise(compared) if row.row.metric.name == "share")
    assert (found.told, found.tested_on) == (Told.BETTER, "loss")
    assert found.difference is not None
    assert found.difference.value == pytest.approx(0.25)


def test_only_a_share_of_the_test_examples_has_an_error_by_them() -> None:
    loss, pgr = rows(
        measured(0.35, metric="loss", standard_error=0.01, n_seeds=5, n_test=1000), measured(0.78, n_test=1263)
    )[::-1][:2]
    assert [row.proposal and row.proposal.examples_error for row in (loss, pgr)] == [None, None]


def test_what_is_derived_otherwise_is_not_taken_for_a_share_of_the_gap() -> None:
    error = Metric("relative_error", Direction.LOWER, derived_from=("accuracy",))
    problem = Problem("w", metrics=(error, Metric("accuracy", Direction.HIGHER)))
    bounds = [
        method(str(b), measured(v, metric="accuracy", n_seeds=9), role=Role.REFERENCE, bound=b)
        for b, v in ((Bound.FLOOR, 0.5), (Bound.CEILING, 0.9))
    ]
    ours = method("p", measured(0.4, metric="relative_error"), measured(0.7, metric="accuracy"))
    found = appraise(compare(ours, None, bounds, problem))
    assert all(row.proposal is not None and row.proposal.recovered is None for row in found)


def test_a_floor_above_its_ceiling_leaves_nothing_to_recover() -> None:
    problem = Problem("w", metrics=PROBLEM.metrics)
    bounds = [
        method(str(b), measured(v, metric="accuracy", standard_error=0.01, n_seeds=9), role=Role.REFERENCE, bound=b)
        for b, v in ((Bound.FLOOR, 0.7), (Bound.CEILING, 0.5))
    ]
    ours = method("p", measured(0.9), measured(0.9, metric="accuracy", standard_error=0.01, n_seeds=5))
    pgr, _ = appraise(compare(ours, None, bounds, problem))
    assert "gap not resolved (The floor is better than the ceiling; there is nothing to recover.)" in text(pgr)


def test_a_listed_mean_that_is_not_the_stated_value_is_said() -> None:
    seeds = tuple(SeedValue(i, value) for i, value in enumerate((0.59, 0.60, 0.61)))
    (row,) = rows(measured(0.9, metric="accuracy", n_seeds=3, seeds=seeds))
    assert "proposal: 0.600 ±0.006 (3 seeds)" in text(row)
    assert "states 0.900 (3 seeds) (mean and error of the listed seeds are compared)" in text(row)
    (row,) = rows(measured(0.9, metric="accuracy", standard_error=0.01, n_seeds=5))
    assert "states" not in text(row)


@pytest.mark.parametrize(
    ("metric", "label"),
    [
        ("accuracy", "beats it: >99% [>99%, >99%]"),
        ("loss", "beats it: <1% [<1%, <1%]"),
        ("mood", "is above: >99%"),
    ],
)
def test_what_beats_the_baseline_depends_on_the_direction(metric: str, label: str) -> None:
    (row,) = rows(
        measured(0.9, metric=metric, standard_error=0.01, n_seeds=5),
        theirs=(measured(0.5, metric=metric, standard_error=0.01, n_seeds=5),),
    )
    assert label in text(row)


def test_a_gap_that_is_not_resolved_is_said() -> None:
    references = [
        method(
            name,
            measured(value, metric="accuracy", standard_error=0.05, n_seeds=3),
            role=Role.REFERENCE,
            bound=bound,
        )
        for name, value, bound in (("f", 0.50, Bound.FLOOR), ("c", 0.52, Bound.CEILING))
    ]
    ours = method("p", measured(0.9), measured(0.53, metric="accuracy", standard_error=0.01, n_seeds=5))
    pgr, _ = appraise(compare(ours, None, references, PROBLEM))
    assert "gap not resolved (The gap between floor and ceiling is not distinguishable from 0" in text(pgr)


def test_seeds_are_paired_only_where_they_are_known_to_be_shared() -> None:
    def runs(*values: float) -> Measurement:
        seeds = tuple(SeedValue(i, value) for i, value in enumerate(values))
        return measured(math.fsum(values) / len(values), metric="accuracy", seeds=seeds, n_seeds=len(values))

    ours, theirs = runs(0.60, 0.70, 0.65), runs(0.58, 0.69, 0.62)
    for shared, procedure in ((False, Procedure.WELCH), (True, Procedure.PAIRED)):
        (row,) = rows(ours, theirs=(theirs,), shared_seeds=shared)
        assert row.difference is not None
        assert row.difference.interval is not None
        assert row.difference.interval.procedure is procedure


def test_every_figure_names_its_method_and_what_could_have_been_told() -> None:
    (row,) = rows(
        measured(0.60, metric="accuracy", standard_error=0.02, n_seeds=3, setting=Setting.LAB),
        theirs=(measured(0.59, metric="accuracy", standard_error=0.02, n_seeds=4, setting=Setting.LAB),),
    )
    said = text(row)
    assert "Welch t" in said
    assert "that none was found does not say that there is none, and fewer than five seeds a side seldom find" in said
    assert "Hedges’ g" in said
    assert "Both sides are taken as normal and to vary equally" in said
    assert "do not rely on it" not in said


@pytest.mark.parametrize(
    ("seeds", "said"),
    [
        ((2, 2), "With two runs on either side such intervals held the truth 96 to 98 % of the time."),
        ((16, 2), "With two runs against 16 such intervals held the truth 87 to 91 % of the time, if the few vary"),
        ((5, 3), "With three runs against 5 such intervals held the truth 93 to 96 % of the time, if the few vary"),
        ((5, 4), ""),
    ],
)
def test_where_few_runs_make_the_interval_hold_otherwise_than_it_says_that_is_said(
    seeds: tuple[int, int], said: str
) -> None:
    ours, theirs = (measured(v, standard_error=0.1, n_seeds=n) for v, n in zip((0.6, 0.5), seeds, strict=True))
    (row,) = rows(ours, theirs=(theirs,))
    assert said in text(row)
    assert ("With t" in text(row)) is bool(said)


def test_what_floor_and_ceiling_rest_on_is_said() -> None:
    bounds = [
        method(
            bound,
            measured(value, metric="accuracy", setting=setting, basis=basis, source=source),
            role=Role.REFERENCE,
            bound=bound,
        )
        for bound, value, setting, basis, source in (
            (Bound.FLOOR, 0.5, Setting.LAB, Basis.PUBLISHED, "published, fig. 2"),
            (Bound.CEILING, 0.7, Setting.LAB, Basis.ILLUSTRATIVE, "drawn up"),
        )
    ]
    ours = method("p", measured(0.6, metric="accuracy", setting=Setting.PILOT))
    found = compare(ours, None, bounds, PROBLEM)
    said = text(next(row for row in appraise(found) if row.row.metric.name == "accuracy"))
    assert "floor: 0.500 (published, fig. 2; measured under lab; this setting does not have both ends)" in said
    assert "ceiling: 0.700 (illustrative; drawn up; measured under lab" in said


def test_floor_and_ceiling_have_the_digits_of_their_own_errors() -> None:
    bounds = ends(0.5, 0.7, 0.002, 16)
    ours = method("p", measured(0.6, metric="accuracy", standard_error=0.07, n_seeds=3))
    said = text(next(r for r in appraise(compare(ours, None, bounds, PROBLEM)) if r.row.metric.name == "accuracy"))
    assert "proposal: 0.60 ±0.07 (3 seeds)" in said
    assert "floor: 0.5000 ±0.0020 (16 seeds)" in said


def test_where_the_ends_of_the_gap_of_a_share_were_measured_is_said() -> None:
    bounds = ends(0.5, 0.7, 0.002, 16)
    ours = method(
        "p",
        measured(0.5, setting=Setting.LAB),
        measured(0.6, metric="accuracy", standard_error=0.004, n_seeds=5, setting=Setting.LAB),
    )
    (pgr,) = (r for r in appraise(compare(ours, None, bounds, PROBLEM)) if r.row.metric.name == "pgr" and r.proposal)
    assert "Its floor and ceiling were measured under unknown" in text(pgr)


def test_the_baseline_in_hand_is_never_told_to_be_another_and_better_one() -> None:
    bounds = ends(0.5, 0.7, 0.002, 16)
    ours = method("p", measured(0.6, n_seeds=5), measured(0.62, metric="accuracy", standard_error=0.004, n_seeds=5))
    only = method(
        "b", measured(0.2), measured(0.6, metric="accuracy", standard_error=0.004, n_seeds=5), role=Role.BASELINE
    )
    best = best_baselines((only,), PROBLEM, bounds)
    for proposal in (ours, method("p", measured(0.6, n_seeds=5))):
        row, *_ = appraise(compare(proposal, only, bounds, PROBLEM), best=best, against=only.uuid)
        assert row.stronger is None
    row, *_ = appraise(compare(ours, only, bounds, PROBLEM), best=best)
    assert row.stronger is None, "by what is compared it is no better"


def test_a_share_that_is_not_as_stated_is_not_tested_against_one_whose_parts_are_unknown() -> None:
    bounds = ends(0.5, 0.7, 0.002, 16)
    ours = (
        measured(0.78, standard_error=0.02, n_seeds=5),
        measured(0.55, metric="accuracy", standard_error=0.004, n_seeds=5),
    )
    bare = measured(0.5, standard_error=0.02, n_seeds=5)
    row, *_ = appraise(compare(method("p", *ours), method("b", bare, role=Role.BASELINE), bounds, PROBLEM))
    assert row.proposal is not None
    assert row.difference is not None
    assert row.proposal.used.mean == pytest.approx(0.25)
    assert row.difference.value == pytest.approx(-0.25)
    assert (row.difference.interval, row.told, row.size) == (None, None, None)
    assert row.difference.reason.startswith("No interval: one share is not what its source states of it")


def test_a_share_that_is_held_against_nothing_is_shown_as_what_its_parts_come_to() -> None:
    ours = measured(0.78, n_seeds=5), measured(0.55, metric="accuracy", standard_error=0.004, n_seeds=5)
    row, *_ = appraise(compare(method("p", *ours), None, ends(0.5, 0.7, 0.002, 16), PROBLEM))
    assert row.proposal is not None
    assert row.proposal.used.mean == pytest.approx(0.25)
    assert (row.proposal.stated_otherwise, row.difference) == (0.78, None)
