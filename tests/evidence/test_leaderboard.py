"""The table of all methods by one metric: order, ranks, what is tested against what, and where nothing can be."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, Role, Setting
from reviewer.evidence.arms import arm_of, without_noise
from reviewer.evidence.baselines import Ground
from reviewer.evidence.contenders import Contender
from reviewer.evidence.difference import Procedure, difference_of
from reviewer.evidence.leaderboard import TOP, Leaderboard
from reviewer.evidence.leaderboard_sentences import error_mark, sentences
from reviewer.evidence.many import adjusted_p
from reviewer.evidence.metrics import UntoldUnit, whole
from reviewer.evidence.odd_values import LeftOut
from reviewer.evidence.ranking import build_leaderboard
from reviewer.evidence.recovered import recovered
from tests.builders import measured

GROUND = Ground("pgr", "chat", Setting.LAB, "")
HIGHER, LOWER, UNKNOWN = (Metric("pgr", d) for d in (Direction.HIGHER, Direction.LOWER, Direction.UNKNOWN))


def contender(number: int, *measurements: Measurement, role: Role = Role.PROPOSAL, **more: Any) -> Contender:
    return Contender(number, f"uuid-{number}", more.get("title", f"M{number}"), role, more.get("bound"), measurements)


def told(value: float | None, error: float | None = None, n: int | None = None, **more: Any) -> Measurement:
    return measured(value, standard_error=error, n_seeds=n, **({"setting": Setting.LAB} | more))


def seeded(*values: float) -> Measurement:
    return told(sum(values) / len(values), seeds=tuple(SeedValue(i, v) for i, v in enumerate(values)))


BASELINES = (
    contender(1, told(0.2, 0.01, 5), role=Role.BASELINE),
    contender(2, told(0.3, 0.02, 5), role=Role.BASELINE),
)


def board(*contenders: Contender, metric: Metric = HIGHER, ground: Ground = GROUND) -> Leaderboard:
    return build_leaderboard(contenders, ground, metric)


def titles(table: Leaderboard) -> list[str]:
    return [row.title for row in table.rows]


def test_the_best_stands_first_in_the_metrics_own_direction() -> None:
    rows = [*BASELINES, contender(3, told(0.5)), contender(4, told(0.1)), contender(5, told(0.5))]
    higher, lower = board(*rows), board(*rows, metric=LOWER)
    assert titles(higher) == ["M3", "M5", "M2", "M1", "M4"]
    assert [row.rank for row in higher.rows] == [1, 1, 3, 4, 5]
    assert titles(lower) == ["M4", "M1", "M2", "M3", "M5"]
    assert higher.baseline is not None
    assert lower.baseline is not None
    assert (higher.baseline.title, lower.baseline.title) == ("M2", "M1")


def test_of_an_unknown_direction_the_rows_stand_by_name_and_none_is_best() -> None:
    table = board(
        contender(1, told(0.9, 0.1, 5), title="beta"),
        contender(2, told(0.1, 0.1, 5), title="Alpha"),
        contender(3, told(0.5, 0.1, 5), title="gamma", role=Role.BASELINE),
        metric=UNKNOWN,
    )
    assert titles(table) == ["Alpha", "beta", "gamma"]
    assert (table.baseline, table.tested) == (None, 0)
    assert {(row.rank, row.p, row.adjusted, row.shrunken) for row in table.rows} == {(None, None, None, None)}
    assert table.shrinkage is not None
    assert "nothing is best" in table.shrinkage.reason


def test_only_what_was_measured_on_the_ground_is_in_and_the_rest_is_counted() -> None:
    elsewhere = (
        told(0.9, dataset="math"),
        told(0.9, metric="loss"),
        told(0.9, setting=Setting.PILOT),
        told(0.9, split="dev"),
        told(0.9, subset="OOD"),
        told(None),
        told(math.nan),
    )
    table = board(contender(9, told(0.4)), *(contender(i, m) for i, m in enumerate(elsewhere)), contender(10))
    assert titles(table) == ["M9"]
    assert table.unmeasured == len(elsewhere) + 1


def test_of_several_numbers_for_one_thing_the_best_founded_counts() -> None:
    claimed, recomputed = told(0.9), told(0.6, 0.02, 5, basis=Basis.RECOMPUTED)
    (row,) = board(contender(1, claimed, recomputed)).rows
    assert (row.value, row.basis) == (0.6, Basis.RECOMPUTED)


def test_p_is_one_sided_against_the_best_baseline_and_adjusted_over_all_proposals() -> None:
    ours = [told(0.5, 0.03, 5), told(0.25, 0.03, 5), told(0.31, 0.05, 3), told(0.9), told(0.4, n=1)]
    table = board(*BASELINES, *(contender(10 + i, m) for i, m in enumerate(ours)))
    best = arm_of(told(0.3, 0.02, 5))
    assert best is not None
    ps: dict[str, float | None] = {}
    for i, m in enumerate(ours):
        arm = arm_of(m)
        assert arm is not None
        interval = difference_of(arm, best).interval
        if interval is not None:
            ps[f"M{10 + i}"] = interval.p / 2 if arm.mean > 0.3 else 1 - interval.p / 2
    assert {row.title: row.p for row in table.rows if row.p is not None} == pytest.approx(ps)
    assert table.tested == len(ps) == 4
    sound = {title: p for title, p in ps.items() if title != "M14"}
    expected = dict(zip(sound, adjusted_p(list(sound.values())), strict=True))
    expected["M14"] = dict(zip(ps, adjusted_p(list(ps.values())), strict=True))["M14"]
    assert {row.title: row.adjusted for row in table.rows if row.adjusted is not None} == pytest.approx(expected)


def test_where_less_is_better_p_turns_round() -> None:
    rows = [contender(1, told(0.3, 0.02, 5), role=Role.BASELINE), contender(2, told(0.5, 0.03, 5))]
    up, down = (next(r.p for r in board(*rows, metric=m).rows if r.title == "M2") for m in (HIGHER, LOWER))
    assert up is not None
    assert down is not None
    assert up < 0.01
    assert up + down == pytest.approx(1)


def test_a_humans_baseline_is_the_best_one_whatever_an_agent_posted() -> None:
    posted = contender(1, told(0.9, 0.01, 5), role=Role.BASELINE)
    human = contender(2, told(0.3, 0.02, 5), role=Role.BASELINE)._replace(origin=Origin.HUMAN)
    table = board(posted, human, contender(3, told(0.6, 0.01, 5)))
    assert titles(table) == ["M1", "M3", "M2"]
    assert table.baseline is not None
    assert table.baseline.title == "M2"
    assert table.rows[1].p is not None
    assert table.rows[1].p < 0.01
    assert table.outdone_by is table.rows[0]
    assert table.baseline_words == "best human baseline"
    assert sentences(table)[0] == (
        "Everything is held against the best baseline of a human, 0.300. Another one has a better value, 0.900: M1."
    )


@pytest.mark.parametrize("value", [0.3, 0.2, 78.0])
def test_a_humans_baseline_is_the_best_one_without_a_word_where_none_is_better(value: float) -> None:
    posted = contender(1, told(value, 0.01, 5), role=Role.BASELINE)
    human = contender(2, told(0.3, 0.02, 5), role=Role.BASELINE)._replace(origin=Origin.HUMAN)
    table = board(posted, human, contender(3, told(0.6, 0.01, 5)), metric=ACC)
    assert table.baseline is not None
    assert (table.baseline.title, table.outdone_by, table.baseline_words) == ("M2", None, "best baseline")


def test_why_proposals_could_not_be_tested_is_said_by_how_many_they_are() -> None:
    bare, alone = (contender(n, told(0.5, None, runs)) for n, runs in ((10, None), (11, 1)))
    table = board(contender(1, told(0.3, None, 1), role=Role.BASELINE), bare, alone, contender(12, told(0.4, 0.1, 5)))
    said = [sentence for sentence in sentences(table) if "could not be tested" in sentence]
    assert said == [
        "1 proposal could not be tested: one run, and the proposal states no error between seeds.",
        "1 proposal could not be tested: one run on either side says nothing of the noise between seeds.",
    ]


def test_why_nothing_is_tested_is_said_of_those_that_it_is_true_of() -> None:
    bare, alone, more = (contender(n, told(0.5, None, runs)) for n, runs in ((10, None), (11, 1), (12, 1)))
    alike = contender(13, told(0.5, None, None, seeds=tuple(SeedValue(i, 0.5) for i in range(3))))
    best = contender(1, told(0.3), role=Role.BASELINE)
    said = [s for s in sentences(board(best, bare, alone, more, alike)) if "tested" in s]
    assert said == [
        "Nothing is tested against M1.",
        "2 proposals could not be tested: one run, and the baseline states no error between seeds.",
        "1 proposal could not be tested: neither side states an error between seeds.",
        "1 proposal could not be tested: the proposal's error cannot be used, since its 3 runs all have the same "
        "value, as copies or rounded ones do.",
    ]
    said = [s for s in sentences(board(best, alone, more)) if "tested" in s]
    assert said == [
        "Nothing is tested against M1. No interval: one run, and the baseline states no error between seeds."
    ]


def test_a_fourth_reason_is_told_where_it_is_the_last() -> None:
    reasons = [contender(10, told(0.5)), contender(11, told(0.5, None, 1)), contender(12, told(0.5, 0.0, 5))]
    reasons.append(contender(13, told(0.5, -0.1, 5)))
    best = contender(1, told(0.3), role=Role.BASELINE)
    said = [s for s in sentences(board(best, *reasons)) if "could not be tested" in s]
    assert len(said) == 4
    assert not any("other reasons" in s for s in said)
    said = [s for s in sentences(board(best, *reasons, contender(14, told(0.5, 0.1, 0)))) if "could not be tested" in s]
    assert said[-1] == "2 proposals could not be tested for other reasons; the CSV has them."


@pytest.mark.parametrize(
    ("floor", "value", "why"),
    [
        (50.0, 60.0, "2 shares stand as their sources state them, not as computed: the floor of accuracy is 50.000,"),
        (0.5, 60.0, "1 share stands as its source states it, not as computed: the value of accuracy is 60.000,"),
    ],
)
def test_shares_whose_parts_are_in_per_cent_are_said_not_to_be_computed(floor: float, value: float, why: str) -> None:
    per_cent = share(2, 0.6)._replace(beneath=(told(value, 0.01, 5, metric="accuracy"),))
    table = build_leaderboard(
        [share(1, 0.54, role=Role.BASELINE), per_cent, *gap(floor, 0.7)], GROUND, PGR, base=ACCURACY
    )
    said = f"{why} and a share of the examples and its error are from 0 to 1."
    assert [s for s in sentences(table) if "as computed" in s] == [said]


def test_without_a_baseline_nothing_is_tested() -> None:
    table = board(contender(1, told(0.5, 0.1, 5)), contender(2, told(0.4, 0.1, 5)))
    assert (table.baseline, table.tested) == (None, 0)
    assert table.difference(table.rows[0]) is None


def test_the_top_has_its_value_after_shrinkage_beside_it() -> None:
    many = [contender(i, told(0.5 + i / 200, 0.05, 5)) for i in range(2 * TOP)]
    table = board(*BASELINES, *many)
    proposals = [row for row in table.rows if row.role is Role.PROPOSAL]
    assert [row.shrunken is not None for row in proposals] == [True] * TOP + [False] * TOP
    assert table.shrinkage is not None
    assert table.shrinkage.mean is not None
    assert all(row.shrunken is None for row in table.rows if row.role is not Role.PROPOSAL)
    for row in proposals[:TOP]:
        assert row.shrunken is not None
        assert table.shrinkage.mean < row.shrunken.value < row.value


def test_references_are_lines_and_rows_without_a_rank() -> None:
    table = board(
        contender(1, told(0.0, 0.01, 16), role=Role.REFERENCE, bound=Bound.FLOOR),
        contender(2, told(0.8), told(0.9, setting=Setting.PILOT), role=Role.REFERENCE, bound=Bound.CEILING),
        contender(3, told(0.5, 0.1, 5)),
    )
    assert (table.floor, table.ceiling) == (0.0, 0.8)
    assert [(row.title, row.rank) for row in table.rows] == [("M2", None), ("M3", 1), ("M1", None)]


def test_a_bound_is_borrowed_from_another_setting_where_the_grounds_own_has_none() -> None:
    ceiling = contender(2, told(0.9, setting=Setting.PILOT), role=Role.REFERENCE, bound=Bound.CEILING)
    table = board(contender(1, told(0.5)), ceiling)
    assert (table.floor, table.ceiling) == (None, 0.9)
    assert titles(table) == ["M1"]


def test_of_the_share_of_the_gap_the_bounds_are_0_and_1() -> None:
    floor = contender(2, role=Role.REFERENCE, bound=Bound.FLOOR)
    derived = Metric("pgr", Direction.HIGHER, derived_from=("accuracy",))
    assert (board(contender(1, told(0.5)), floor, metric=derived).floor) == 0.0
    assert (board(contender(1, told(0.5)), floor, metric=derived).ceiling) == 1.0
    assert board(contender(1, told(0.5)), floor).ceiling is None
    assert board(contender(1, told(0.5)), metric=derived).ceiling is None


def test_bounds_of_another_setting_are_drawn_and_told() -> None:
    bounds = [
        contender(2 + i, told(value, setting=Setting.HELD_OUT), role=Role.REFERENCE, bound=bound)
        for i, (bound, value) in enumerate([(Bound.FLOOR, 0.1), (Bound.CEILING, 0.9)])
    ]
    borrowed = board(contender(1, told(0.5)), *bounds)
    assert (borrowed.floor, borrowed.ceiling, borrowed.bounds_setting) == (0.1, 0.9, Setting.HELD_OUT)
    told_of = "Floor and ceiling were measured under held-out; this setting does not have both."
    assert told_of in sentences(borrowed)
    one = contender(9, told(0.2), role=Role.REFERENCE, bound=Bound.FLOOR)
    assert told_of in sentences(board(contender(1, told(0.5)), *bounds, one))
    both = board(
        contender(1, told(0.5)), *bounds, one, contender(8, told(0.8), role=Role.REFERENCE, bound=Bound.CEILING)
    )
    assert (both.floor, both.ceiling, both.bounds_setting) == (0.2, 0.8, None)
    assert told_of not in sentences(both)


def test_which_values_are_illustrative_is_known_of_rows_and_bounds() -> None:
    made_up = told(0.1, basis=Basis.ILLUSTRATIVE)
    floor = contender(2, made_up, role=Role.REFERENCE, bound=Bound.FLOOR)
    ceiling = contender(3, told(0.9, basis=Basis.PUBLISHED), role=Role.REFERENCE, bound=Bound.CEILING)
    found = board(contender(1, told(0.5)), floor, ceiling)
    assert found.illustrative_bounds == {Bound.FLOOR}
    assert [row.illustrative for row in found.rows] == [False, False, True]
    assert found.illustrative
    assert board(contender(1, made_up)).illustrative
    assert not board(contender(1, told(0.5)), ceiling).illustrative
    elsewhere = floor._replace(measurements=(made_up._replace(setting=Setting.HELD_OUT),))
    assert board(contender(1, told(0.5)), elsewhere).illustrative, "a bound of another setting counts too"


def test_seeds_and_interval_come_with_the_row() -> None:
    (row,) = board(contender(1, seeded(0.4, 0.5, 0.6))).rows
    assert row.seeds == (0.4, 0.5, 0.6)
    assert row.interval.limits is not None
    assert row.interval.df == 2


def test_the_scale_takes_in_what_is_drawn_but_not_what_lies_far_out() -> None:
    table = board(*BASELINES, *(contender(10 + i, told(0.3 + i / 100, 0.01, 5)) for i in range(20)))
    assert all(0 <= table.scale.place(x) <= 1 for row in table.rows for x in row.interval.limits or ())
    far = board(
        *BASELINES, *(contender(10 + i, told(0.3 + i / 100, 0.01, 5)) for i in range(20)), contender(9, told(1e6))
    )
    assert far.scale.high < 2
    assert far.scale.place(far.rows[0].value) > 1


def test_an_empty_table_has_a_scale_too() -> None:
    table = board()
    assert (table.rows, table.proposals, table.shrinkage) == ((), 0, None)
    assert table.scale.low < table.scale.high


SAME_NOISE, SKEWED = "take the noise between seeds to be the same for all", "where seeds are skewed"
FOUR = tuple(contender(10 + i, told(0.5 + i / 10, 0.05, 5)) for i in range(4))


@pytest.mark.parametrize(
    ("rows", "metric", "said"),
    [
        ((*BASELINES, *FOUR), HIGHER, ["one proposal in ten", SAME_NOISE, "over all 4 tested", SKEWED]),
        (
            (*BASELINES, *FOUR, contender(9, told(0.5))),
            HIGHER,
            [
                "one proposal",
                SAME_NOISE,
                "1 of the top 5 is not shrunken",
                "over all 4",
                "1 proposal could not be",
                SKEWED,
            ],
        ),
        (FOUR, HIGHER, ["one proposal in ten", SAME_NOISE, "No baseline has a value here", SKEWED]),
        (FOUR, UNKNOWN, ["the rows stand by name, and none is best", SKEWED]),
        (BASELINES, LOWER, ["No proposal has a value here", SKEWED]),
        ((*BASELINES, *FOUR[:3]), HIGHER, ["it takes 4 proposals whose error", "over all 3", SKEWED]),
        (
            (contender(1, told(0.1), role=Role.BASELINE), *FOUR),
            HIGHER,
            ["one proposal", SAME_NOISE, "the baseline states no error and no n", SKEWED],
        ),
        ((contender(1), *BASELINES), HIGHER, ["No proposal has", SKEWED, "1 method of the problem has no value here"]),
        ((), HIGHER, ["No proposal has a value here"]),
    ],
)
def test_what_has_to_be_known_is_said(rows: tuple[Contender, ...], metric: Metric, said: list[str]) -> None:
    found = sentences(board(*rows, metric=metric))
    assert len(found) == len(said), found
    assert all(words in sentence for words, sentence in zip(said, found, strict=True)), found


@pytest.mark.parametrize(
    ("ours", "theirs", "marked", "more"), [(2, 16, True, False), (3, 16, True, False), (5, 16, False, True),
                                           (3, 5, False, False), (16, 16, False, False)],
)  # fmt: skip
def test_few_runs_against_many_are_not_promised_to_be_more_than_luck(
    ours: int, theirs: int, marked: bool, more: bool
) -> None:
    baseline = contender(1, told(0.5, 0.001, theirs), role=Role.BASELINE)
    found = board(baseline, *(contender(10 + i, told(0.5 + i / 10, 0.001, ours)) for i in range(4)))
    best = found.rows[0]
    assert best.adjusted is not None
    assert best.adjusted < 0.01
    assert (best.doubtful, best.stands_out) == (marked, not marked)
    said = " ".join(sentences(found))
    assert ("none of these is green" in said) is marked
    assert ("at most one in 10 is luck" in said) is not marked
    assert sentences(found)[0].startswith("p with ? stands on two or three runs") is marked, "the gravest first"
    assert ("up to one in 5 in simulations of five against sixteen" in said) is more


def test_doubtful_tests_let_no_others_in_and_the_promise_is_for_the_others_alone() -> None:
    baseline = contender(1, told(0.5, 0.01, 10), role=Role.BASELINE)
    sure = [contender(10 + i, told(0.9, 0.01, 3)) for i in range(10)]
    chance = [contender(30 + i, told(0.5 + 0.0028 * i, 0.01, 10)) for i in range(10)]
    single = contender(50, told(0.6, None, 1))
    found = board(baseline, *sure, *chance, single)
    alone = board(baseline, *chance)
    by_id = {row.method_id: row for row in found.rows}
    for row in alone.rows:
        assert (by_id[row.method_id].adjusted, by_id[row.method_id].stands_out) == (row.adjusted, row.stands_out)
    ps = [by_id[one.method_id].p for one in chance]
    assert [by_id[one.method_id].adjusted for one in chance] == pytest.approx(adjusted_p(ps))
    assert by_id[50].adjusted == pytest.approx(adjusted_p([row.p for row in found.rows])[found.rows.index(by_id[50])])
    assert all(by_id[one.method_id].doubtful for one in (*sure, single))
    said = sentences(found)
    assert said[0].startswith("One kind of p with ? stands on two or three runs against many")
    assert any("over all 21 tested, for the 10 without ? over those alone. Of those without ? up to" in s for s in said)
    assert any(s.startswith("Another p with ? stands on less than it should: on one run") for s in said)


@pytest.mark.parametrize("ours", [told(0.9, None, 1), told(0.9, 0.01, None)])
def test_nothing_is_promised_of_tests_that_all_stand_on_less_than_they_should(ours: Measurement) -> None:
    found = board(contender(1, told(0.5, 0.01, 10), role=Role.BASELINE), *(contender(i, ours) for i in range(2, 6)))
    said = " ".join(sentences(found))
    assert all(row.doubtful for row in found.rows if row.role is Role.PROPOSAL)
    assert "over all 4 tested." in said
    assert "is luck" not in said


def test_a_baselines_title_is_made_safe() -> None:
    baseline = contender(1, told(0.1), role=Role.BASELINE)._replace(title="B [/]\x1b[31m\x1b]0;x\x07\u202e")
    said = sentences(board(baseline, *FOUR))
    assert said[2].startswith("Nothing is tested against B [/]␛[31m␛]0;x␇<U+202E>. ")


VALUES = st.floats(-1e99, 1e99) | st.sampled_from([0.0, math.nan, math.inf])
MEASUREMENTS = st.builds(
    told, VALUES | st.none(), VALUES | st.none(), st.none() | st.integers(-1, 20), seeds=st.just(())
)


@given(
    given=st.lists(st.tuples(MEASUREMENTS, st.sampled_from(Role)), max_size=12),
    direction=st.sampled_from(Direction),
)
def test_whatever_comes_there_is_a_table_of_numbers(
    given: Sequence[tuple[Measurement, Role]], direction: Direction
) -> None:
    table = board(*(contender(i, m, role=r) for i, (m, r) in enumerate(given)), metric=Metric("pgr", direction))
    numbers = [table.scale.low, table.scale.high, *(row.value for row in table.rows)]
    numbers += [x for row in table.rows for x in (row.p, row.adjusted, *(row.interval.limits or ())) if x is not None]
    assert all(math.isfinite(x) for x in numbers)
    assert table.scale.low < table.scale.high


def test_runs_of_shared_seeds_are_compared_in_pairs_where_the_person_said_so() -> None:
    base = (0.30, 0.50, 0.41)
    rows = [contender(1, seeded(*base), role=Role.BASELINE), contender(2, seeded(*(v + 0.02 + v / 100 for v in base)))]
    apart, paired = (build_leaderboard(rows, GROUND, HIGHER, shared_seeds=shared) for shared in (False, True))
    for table, procedure, found in ((apart, Procedure.WELCH, False), (paired, Procedure.PAIRED, True)):
        difference = table.difference(table.rows[0])
        assert difference is not None
        assert difference.interval is not None
        assert (difference.interval.procedure, difference.interval.resolved) == (procedure, found)
        p = table.rows[0].p
        assert p is not None
        assert p == pytest.approx(difference.interval.p / 2)


PGR, ACCURACY = Metric("pgr", Direction.HIGHER, derived_from=("accuracy",)), Metric("accuracy", Direction.HIGHER)
ENDS = tuple(
    contender(90 + i, role=Role.REFERENCE, bound=bound)._replace(beneath=(told(value, 0.005, 16, metric="accuracy"),))
    for i, (bound, value) in enumerate([(Bound.FLOOR, 0.5), (Bound.CEILING, 0.7)])
)


def share(number: int, accuracy: float, *, stated: float | None = None, **more: Any) -> Contender:
    """Return a method whose share of the gap has no error of its own, while the accuracy beneath has one."""
    under = told(accuracy, 0.004, 5, metric="accuracy")
    value = (accuracy - 0.5) / 0.2 if stated is None else stated
    return contender(number, told(value), **more)._replace(beneath=(under,))


def shares(*contenders: Contender) -> Leaderboard:
    return build_leaderboard((*contenders, *ENDS), GROUND, PGR, base=ACCURACY)


def test_shares_of_one_gap_are_tested_on_the_metric_beneath() -> None:
    table = shares(share(1, 0.55, role=Role.BASELINE), *(share(2 + i, 0.56 + i / 100) for i in range(4)))
    best = arm_of(told(0.55, 0.004, 5))
    assert best is not None
    assert table.tested == 4
    for row in table.rows:
        if row.role is not Role.PROPOSAL:
            continue
        arm = arm_of(told(0.5 + row.value * 0.2, 0.004, 5))
        assert arm is not None
        beneath, difference = difference_of(arm, best).interval, table.difference(row)
        assert beneath is not None
        assert difference is not None
        assert difference.interval is not None
        assert difference.interval.p == pytest.approx(beneath.p)
        assert row.p == pytest.approx(beneath.p / 2)
        assert (difference.interval.low, difference.interval.high) == pytest.approx(
            (beneath.low / 0.2, beneath.high / 0.2)
        )
        assert table.tested_on(row) == "accuracy"
        assert row.shrunken is not None, "the noise between seeds is known from beneath"
    assert any("Tested on accuracy where it is known" in said for said in sentences(table))
    assert table.tested_on(next(row for row in table.rows if row.role is Role.BASELINE)) == ""


def test_intervals_of_shares_that_do_not_go_with_the_error_beside_them_are_said() -> None:
    def runs(*values: float) -> tuple[Measurement, ...]:
        return (told(sum(values) / len(values), metric="accuracy", seeds=tuple(map(SeedValue, range(5), values))),)

    def said(*more: Contender, shared_seeds: bool = True) -> list[str]:
        ends = (
            contender(98, role=Role.REFERENCE, bound=Bound.FLOOR)._replace(beneath=runs(0.5, 0.52, 0.51, 0.49, 0.53)),
            contender(99, role=Role.REFERENCE, bound=Bound.CEILING)._replace(beneath=runs(0.7, 0.73, 0.7, 0.69, 0.74)),
        )
        table = build_leaderboard([*more, *ends], GROUND, PGR, base=ACCURACY, shared_seeds=shared_seeds)
        return [sentence for sentence in sentences(table) if "interval" in sentence and SKEWED not in sentence]

    ours = share(2, 0.6)._replace(beneath=runs(0.6, 0.63, 0.61, 0.59, 0.63))
    again = share(3, 0.6)._replace(beneath=runs(0.61, 0.63, 0.61, 0.6, 0.63))
    assert said(ours) == [
        "1 interval is by the seeds that the method shares with floor and ceiling, what these have in common left out; "
        "the error beside it is that of accuracy alone, in shares of the gap."
    ]
    (both,) = said(ours, again)
    assert both.startswith("2 intervals are by the seeds")
    assert "the error beside them is" in both
    assert said(ours, shared_seeds=False) == [
        "The error beside a share takes floor and ceiling as known; its interval does not."
    ]


def test_the_error_of_the_test_set_stands_with_its_mark_where_there_is_none_between_runs() -> None:
    def counted(number: int, value: float, n_test: int | None, role: Role = Role.PROPOSAL) -> Contender:
        return contender(number, told(value, n_test=n_test), role=role)

    few, many, unknown = counted(1, 0.6, 500), counted(2, 0.58, 50_000), counted(3, 0.57, None)
    seeded = contender(4, told(0.55, 0.01, 5, n_test=500))
    table = board(few, many, unknown, seeded, counted(9, 0.5, 500, Role.BASELINE), metric=ACC)
    errors = [table.error(row) for row in table.rows]
    assert errors[:2] == pytest.approx([math.sqrt(0.24 / 500), math.sqrt(0.58 * 0.42 / 50_000)])
    assert errors[2:4] == [None, 0.01]
    assert [error_mark(table, row) for row in table.rows] == ["t", "t", "", "", "t"]
    assert sum("An error with t is that of the number of examples alone" in s for s in sentences(table)) == 1
    assert {row.p for row in table.rows if row.method_id in (1, 2)} == {None}


def test_why_values_with_an_error_have_no_interval_is_said() -> None:
    ends = [
        end._replace(beneath=(told(x, None, 1, metric="accuracy"),))
        for end, x in zip(gap(0.5, 0.7), (0.5, 0.7), strict=True)
    ]
    bare = share(4, 0.6)._replace(beneath=(told(0.6, metric="accuracy"),))
    table = build_leaderboard([share(2, 0.56), share(3, 0.57), bare, *ends], GROUND, PGR, base=ACCURACY)
    assert {row.interval.limits for row in table.rows} == {None}
    assert [s for s in sentences(table) if "no interval" in s] == [
        "2 values with an error have no interval: the floor rests on one run."
    ]


def test_a_share_without_an_error_of_its_own_has_fiellers_interval() -> None:
    (row,) = shares(share(2, 0.56)).rows
    value, floor, ceiling = (
        arm_of(told(x, e, n)) for x, e, n in ((0.56, 0.004, 5), (0.5, 0.005, 16), (0.7, 0.005, 16))
    )
    assert value is not None
    assert floor is not None
    assert ceiling is not None
    assert row.interval.limits == recovered(value, floor, ceiling).limits
    assert row.interval.caution == "Fieller's interval, from the metric beneath."
    own = share(2, 0.56)._replace(measurements=(told(0.3, 0.02, 5),))
    (row,) = shares(own).rows
    assert row.interval.limits == recovered(value, floor, ceiling).limits, "the stated error takes the gap as known"


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(share(2, 0.6)._replace(beneath=()), id="no accuracy"),
        pytest.param(
            share(2, 0.6)._replace(beneath=(told(0.6, 0.004, 5, metric="accuracy", setting=Setting.PILOT),)),
            id="an accuracy of another setting",
        ),
    ],
)
def test_where_the_metric_beneath_does_not_bear_the_share_the_share_itself_is_compared(odd: Contender) -> None:
    table = shares(share(1, 0.55, role=Role.BASELINE), odd)
    assert (table.tested, table.tested_on(table.rows[0])) == (0, "")
    assert table.rows[0].interval.limits is None
    assert not any("Tested on" in said for said in sentences(table))


def test_without_both_ends_of_the_gap_nothing_is_tested_beneath() -> None:
    table = build_leaderboard([share(1, 0.55, role=Role.BASELINE), share(2, 0.6), ENDS[0]], GROUND, PGR, base=ACCURACY)
    assert table.tested == 0


def gap(floor: float, ceiling: float, *, error: float = 0.005) -> tuple[Contender, ...]:
    return tuple(
        contender(90 + i, role=Role.REFERENCE, bound=bound)._replace(
            beneath=(told(value, error, 16, metric="accuracy"),)
        )
        for i, (bound, value) in enumerate([(Bound.FLOOR, floor), (Bound.CEILING, ceiling)])
    )


@pytest.mark.parametrize(
    ("ends", "why", "by_parts"),
    [
        (gap(0.7, 0.5), "the floor is better than the ceiling", False),
        (gap(0.6, 0.6), "floor and ceiling are equal", False),
        (gap(0.6, 0.602), "it cannot be told from 0", True),
    ],
)
def test_a_share_of_a_gap_that_is_not_resolved_is_a_value_alone(
    ends: tuple[Contender, ...], why: str, by_parts: bool
) -> None:
    own = [contender(20 + i, told(0.5 + i / 10, 0.02, 5)) for i in range(5)]
    beneath = [share(30 + i, 0.61 + i / 100, stated=0.4 + i / 10) for i in range(5)]
    one_run = share(40, 0.9, stated=0.9)._replace(beneath=(told(0.9, n=1, metric="accuracy"),))
    best = contender(1, told(0.2, 0.01, 5), role=Role.BASELINE)
    table = build_leaderboard([best, *own, *beneath, one_run, *ends], GROUND, PGR, base=Metric("acc", Direction.HIGHER))
    assert {row.left_out for row in table.rows} == {None}, "of another metric beneath nothing is known"
    table = build_leaderboard([best, *own, *beneath, one_run, *ends], GROUND, PGR, base=ACCURACY)
    assert len(table.rows) == 12
    assert {row.left_out for row in table.rows} == {LeftOut.UNRESOLVED}
    assert {(row.interval.limits, row.p, row.adjusted, row.shrunken) for row in table.rows} == {(None,) * 4}
    assert {table.difference(row) for row in table.rows} == {None}
    assert {row.interval.reason for row in table.rows} == {
        "No interval: the gap between floor and ceiling is not resolved."
    }
    assert table.untested(table.rows[0]) == "Not tested: the gap between floor and ceiling is not resolved."
    assert (table.floor, table.ceiling, table.tested) == (None, None, 0)
    assert sentences(table)[0] == (
        f"The gap between floor and ceiling is not resolved ({why}): there is no interval, no test and no "
        "shrinkage for any share of it, and no rank; the metric beneath, accuracy, says how they differ."
    )
    ordered = [int(row.title[1:]) for row in table.rows]
    assert (ordered[:6] == [40, 34, 33, 32, 31, 30]) is by_parts
    values = [without_noise(row.value) for row in table.rows]
    assert by_parts or values == sorted(values, reverse=True)
    assert {row.rank for row in table.rows} == {None}
    assert {row.stated for row in table.rows} == {None}
    assert {table.tested_on(row) for row in table.rows} == {""}
    assert table.baseline is None, "nothing is best by what means nothing"
    # What has no parts comes last where the others stand by theirs.
    assert ([row.title for row in table.rows][-6:] == ["M24", "M23", "M22", "M21", "M20", "M1"]) is by_parts


def test_a_gap_that_is_resolved_is_so_for_all_and_a_share_of_it_that_could_be_anything_has_no_interval() -> None:
    noisy = share(2, 0.6)._replace(beneath=(told(0.6, 0.2, 2, metric="accuracy"),))
    clear = [share(3 + i, 0.55 + i / 100) for i in range(5)]
    table = build_leaderboard(
        [share(1, 0.54, role=Role.BASELINE), noisy, *clear, *gap(0.5, 0.7, error=0.03)], GROUND, PGR, base=ACCURACY
    )
    assert not any(row.left_out for row in table.rows)
    assert (table.floor, table.ceiling, table.tested) == (0.0, 1.0, 6)
    (row,) = (row for row in table.rows if row.title == "M2")
    assert row.interval.limits is None
    assert row.interval.reason.startswith("No interval: so little is known of floor and ceiling")


ACC = Metric("acc", Direction.HIGHER)
ORDINARY = tuple(contender(20 + i, told(0.5 + i / 100, 0.02, 5)) for i in range(20))
ODD = tuple(contender(50 + i, told(value, 0.02, 5)) for i, value in enumerate((1e13, 78.0, -999.0)))


def test_values_that_cannot_be_computed_with_take_nothing_from_the_others() -> None:
    plain, odd = (board(*BASELINES, *ORDINARY, *more, metric=ACC) for more in ((), ODD))
    assert [row.title for row in odd.rows[-3:]] == ["M50", "M51", "M52"]
    assert [row.title for row in odd.rows if row.left_out] == ["M50", "M51", "M52"]
    left = [row for row in odd.rows if row.left_out]
    assert {(row.rank, row.p, row.shrunken, row.interval.limits) for row in left} == {(None, None, None, None)}
    kept = {row.title: (row.rank, row.p, row.adjusted, row.shrunken) for row in odd.rows if not row.left_out}
    assert kept == {row.title: (row.rank, row.p, row.adjusted, row.shrunken) for row in plain.rows}
    no = "is neither ranked nor tested nor shrunken"
    assert sentences(odd) == (
        f"1 value (it is 1.00e+13) {no}: nothing is measured that is 1e12 or more in size.",
        f"1 value (it is 78.000) {no}: a share of the examples and its error are from 0 to 1.",
        f"1 value (it is −999.0) {no}: −999 stands for no value.",
        *sentences(plain),
    )


def test_an_error_that_is_no_error_of_a_share_is_left_out_too() -> None:
    table = board(*BASELINES, *ORDINARY, contender(9, told(0.6, 2.5, 5)), metric=ACC)
    assert [row.title for row in table.rows if row.left_out] == ["M9"]
    assert sentences(table)[0].startswith("1 value (it is 0.600 ±2.500) is neither ranked")


def test_where_no_baseline_tells_the_unit_what_most_proposals_state_stands_as_it_is_stated() -> None:
    untold = UntoldUnit("acc", Direction.HIGHER)
    many = [contender(20 + i, told(50.0 + i, 2.0, 5)) for i in range(4)]
    table = board(*many, contender(9, told(0.6)), metric=untold)
    assert [row.left_out for row in table.rows] == [None] * 4 + [LeftOut.SMALL]
    assert whole(table.metric) == 1
    table = board(many[0], *(contender(i, told(0.6)) for i in (8, 9)), metric=untold)
    assert [row.left_out for row in table.rows] == [None, None, LeftOut.NO_SHARE]
    assert board(*ORDINARY, metric=untold).metric == untold
    derived = Metric("acc", Direction.HIGHER, derived_from=("loss",))
    assert {row.left_out for row in board(*ORDINARY, ODD[1], metric=derived).rows} == {None}


def test_a_share_of_a_gap_that_is_many_times_the_gap_is_left_out() -> None:
    table = build_leaderboard([*BASELINES, *ORDINARY, contender(9, told(82.5, 0.02, 5))], GROUND, PGR, base=ACCURACY)
    assert [row.title for row in table.rows if row.left_out is LeftOut.NO_SHARE_OF_GAP] == ["M9"]
    assert table.rows[-1].title == "M9"


def test_a_baseline_that_is_left_out_is_none_that_others_are_held_against() -> None:
    odd = contender(9, told(78.0, 0.02, 5), role=Role.BASELINE)
    table = board(odd, *BASELINES, *ORDINARY, metric=ACC)
    assert table.baseline is not None
    assert (table.baseline.title, table.tested) == ("M2", 20)
    alone = board(odd, *ORDINARY, metric=ACC)
    assert alone.tested == 0
    assert alone.baseline is None
    assert alone.scale.high < 1, "it does not stretch the scale"
    assert "No baseline has a value that others could be held against, so that nothing is tested." in sentences(alone)


def test_the_procedure_of_each_p_is_known_and_a_doubtful_one_is_told() -> None:
    rows = [contender(20, told(0.5, 0.02, 5)), contender(21, told(0.6, n=1)), contender(22, told(0.7, 0.02))]
    table = board(*BASELINES, *rows)
    assert {row.title: (row.procedure, row.doubtful) for row in table.rows} == {
        "M22": (Procedure.NORMAL, True),
        "M21": (Procedure.CRAWFORD_HOWELL, True),
        "M20": (Procedure.WELCH, False),
        "M2": (None, False),
        "M1": (None, False),
    }
    (said,) = (s for s in sentences(table) if s.startswith("p with ?"))
    assert "on one run, taken to vary as the other side's seeds do; or on an error over an unknown number" in said
    assert not any("p with ?" in s for s in sentences(board(*BASELINES, rows[0])))
    assert any("Adjusted p is one-sided" in s for s in sentences(table))


def test_a_value_that_borrows_its_noise_is_told() -> None:
    table = board(
        *BASELINES, *FOUR, contender(9, told(0.9, n=1)), contender(8, told(0.8)), contender(7, told(0.7, 0.1))
    )
    shrunken = {row.title: row.shrunken for row in table.rows}
    assert shrunken["M9"] is not None
    assert shrunken["M9"].borrowed
    assert (shrunken["M8"], shrunken["M7"]) == (None, None), "over how many runs they are is not known"
    assert any("shrunken by that between the seeds of the other proposals" in s for s in sentences(table))
    said = "2 of the top 7 are not shrunken: it is not said over how many runs, or the error cannot be used."
    assert said in sentences(table)
    assert not any("other proposals" in s or "not shrunken" in s for s in sentences(board(*BASELINES, *FOUR)))


def test_a_share_that_is_stated_otherwise_is_what_its_parts_come_to() -> None:
    table = shares(
        share(1, 0.55, role=Role.BASELINE), *(share(3 + i, 0.56 + i / 100) for i in range(4)), share(2, 0.6, stated=0.1)
    )
    odd, *others = table.rows
    difference = table.difference(odd)
    assert (odd.title, odd.stated, odd.rank) == ("M2", 0.1, 1)
    assert odd.value == pytest.approx(0.5)
    assert {row.stated for row in others} == {None}
    assert odd.recovered is not None
    assert odd.interval.limits == odd.recovered.limits
    assert odd.shrunken is not None
    assert difference is not None
    assert difference.value == pytest.approx(0.25)
    said = "1 value is what floor, ceiling and accuracy come to; its source states another share."
    assert said in sentences(table)


def test_where_errors_are_stated_of_the_shares_alone_these_are_compared() -> None:
    bare = told(0.6, metric="accuracy"), told(0.55, metric="accuracy")
    ours, theirs = (
        contender(i, told((under.value - 0.5) / 0.2, 0.02, 5), role=role)._replace(beneath=(under,))
        for i, under, role in ((1, bare[0], Role.PROPOSAL), (2, bare[1], Role.BASELINE))
        if under.value is not None
    )
    table = shares(ours, theirs)
    assert (table.tested, table.tested_on(table.rows[0])) == (1, "")
    # What is stated is not what the accuracy comes to, so that its error is of something else.
    table = shares(ours._replace(measurements=(told(0.9, 0.02, 5),)), theirs)
    assert (table.tested, table.tested_on(table.rows[0])) == (0, "")


def test_a_share_that_is_not_as_stated_is_tested_neither_way_against_one_whose_parts_are_unknown() -> None:
    bare = contender(1, told(0.5, 0.02, 5), role=Role.BASELINE)
    table = shares(bare, share(2, 0.55, stated=0.78), contender(3, told(0.6, 0.02, 5)))
    by_title = {row.title: row for row in table.rows}
    odd = by_title["M2"]
    assert (odd.stated, odd.p, odd.adjusted) == (0.78, None, None)
    assert odd.value == pytest.approx(0.25)
    difference = table.difference(odd)
    assert difference is not None
    assert difference.value == pytest.approx(-0.25)
    assert by_title["M3"].p is not None
