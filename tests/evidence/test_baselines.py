"""Which baseline comes first, and what the header says of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, Method, SeedValue
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, Role, Setting
from reviewer.evidence.baselines import Ground, best_baselines, ground_of, metric_label, rank_baselines
from reviewer.evidence.checks.context import Context
from reviewer.evidence.contenders import Contender
from reviewer.evidence.ranking import build_leaderboard
from tests.builders import PROBLEM, measured, method


def baseline(name: str, *measurements: Measurement, **more: Any) -> Method:
    return method(name, *measurements, role=Role.BASELINE, **more)


def ranked(proposal: Method, *baselines: Method, problem: Problem = PROBLEM) -> list[tuple[str, str]]:
    return [(r.method.external_id, r.reason) for r in rank_baselines(proposal, baselines, problem)]


def test_ground_is_the_primary_metric_on_the_primary_dataset_as_far_as_there_is_one() -> None:
    def ground(*measurements: Measurement) -> Ground | None:
        return ground_of(method("p", *measurements), PROBLEM)

    loss, math, chat = measured(0.1, metric="loss"), measured(0.2, "math"), measured(0.3)
    assert ground(loss, math, chat) == Ground("pgr", "chat", Setting.UNKNOWN)
    assert ground(loss, math) == Ground("pgr", "math", Setting.UNKNOWN), "the metric before the dataset"
    assert ground(loss) == Ground("loss", "chat", Setting.UNKNOWN)
    assert ground(measured(None), loss) == Ground("loss", "chat", Setting.UNKNOWN), "a value before none"
    assert ground(measured(None)) == Ground("pgr", "chat", Setting.UNKNOWN)
    assert ground(measured(0.5, subset="hard")) is None
    slip, at_math = measured(-999.0), measured(0.2, "math")
    assert ground(slip, loss) == Ground("pgr", "chat", Setting.UNKNOWN), "a slip chooses no other baseline"
    assert ground(slip, at_math, loss) == Ground("pgr", "math", Setting.UNKNOWN)
    assert ground() is None


def test_lab_is_the_first_ground_and_unknown_the_last() -> None:
    order = [Setting.LAB, Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION, Setting.UNKNOWN]
    for i in range(len(order)):
        left = [measured(0.5, setting=s) for s in reversed(order[i:])]
        assert ground_of(method("p", *left), PROBLEM) == Ground("pgr", "chat", order[i])


def test_best_on_the_ground_comes_first_and_says_why() -> None:
    found = ranked(
        method("p", measured(0.78)),
        *(baseline(f"b{i}", measured(v)) for i, v in enumerate([0.1, 0.4, 0.2, 0.3])),
        baseline("none", measured(0.9, "math")),
    )
    assert found == [
        ("b1", "best of 4 on chat, by PGR"),
        ("b3", "2nd best of 4 on chat, by PGR"),
        ("b2", "3rd best of 4 on chat, by PGR"),
        ("b0", "4th best of 4 on chat, by PGR"),
        ("none", "no PGR on chat"),
    ]


def test_lower_is_better_where_the_metric_says_so() -> None:
    found = ranked(
        method("p", measured(0.5, metric="loss")),
        baseline("high", measured(0.9, metric="loss")),
        baseline("low", measured(0.1, metric="loss")),
    )
    assert found == [("low", "best of 2 on chat, by loss"), ("high", "2nd best of 2 on chat, by loss")]


def test_nothing_is_best_where_the_direction_is_unknown() -> None:
    found = ranked(
        method("p", measured(0.5, metric="mood")),
        baseline("missing"),
        baseline("low", measured(0.1, metric="mood")),
        baseline("high", measured(0.9, metric="mood")),
    )
    assert found == [
        ("low", "1 of 2 on chat; whether more mood is better is unknown"),
        ("high", "2 of 2 on chat; whether more mood is better is unknown"),
        ("missing", "no mood on chat"),
    ]


def test_settings_are_never_mixed() -> None:
    found = ranked(
        method("p", measured(0.5, setting=Setting.HELD_OUT)),
        baseline("lab", measured(0.9, setting=Setting.LAB)),
        baseline("unknown", measured(0.8)),
        baseline("same", measured(0.1, setting=Setting.HELD_OUT)),
    )
    assert found == [
        ("same", "best of 1 on chat, held-out, by PGR"),
        ("lab", "no PGR on chat, held-out"),
        ("unknown", "no PGR on chat, held-out"),
    ]


def test_value_that_is_missing_or_of_a_subset_does_not_rank() -> None:
    found = ranked(
        method("p", measured(0.5)),
        baseline("missing", measured(None, missing="crashed")),
        baseline("subset", measured(0.9, subset="easy")),
        baseline("whole", measured(0.1)),
    )
    assert [name for name, _ in found] == ["whole", "missing", "subset"]


def test_what_is_not_known_to_be_a_humans_never_comes_before_what_is() -> None:
    found = ranked(
        method("p", measured(0.5)),
        baseline("posted", measured(0.9)),
        baseline("human", measured(0.2), origin=Origin.HUMAN),
        baseline("agent's", measured(0.95), origin=Origin.AGENT),
        baseline("better", measured(0.3), origin=Origin.HUMAN),
    )
    assert found == [
        ("better", "best of 2 by humans on chat, by PGR"),
        ("human", "2nd best of 2 by humans on chat, by PGR"),
        ("agent's", "best of 2 not known to be human on chat, by PGR"),
        ("posted", "2nd best of 2 not known to be human on chat, by PGR"),
    ]


def test_recomputed_value_ranks_before_the_claim() -> None:
    boasting = baseline("boasting", measured(0.9), measured(0.1, basis=Basis.RECOMPUTED))
    assert [n for n, _ in ranked(method("p", measured(0.5)), boasting, baseline("honest", measured(0.2)))] == [
        "honest",
        "boasting",
    ]


def test_proposal_that_measured_nothing_keeps_the_order_of_import() -> None:
    assert ranked(method("p"), baseline("b1", measured(0.1)), baseline("b2", measured(0.9))) == [
        ("b1", "1 of 2; there is no measurement to choose by"),
        ("b2", "2 of 2; there is no measurement to choose by"),
    ]
    assert ranked(method("p", measured(0.5))) == []


VALUES = st.lists(st.none() | st.sampled_from([0.1, 0.5, 0.9]), max_size=8)


@given(values=VALUES, direction=st.sampled_from(Direction))
def test_no_baseline_is_lost_and_ties_go_by_import(values: Any, direction: Direction) -> None:
    problem = Problem("x", primary_metric="pgr", primary_dataset="chat", metrics=(Metric("pgr", direction),))
    baselines = [baseline(str(i), *([measured(v)] if v is not None else [])) for i, v in enumerate(values)]
    found = rank_baselines(method("p", measured(0.5)), baselines, problem)
    sign = {Direction.HIGHER: -1, Direction.LOWER: 1, Direction.UNKNOWN: 0}[direction]

    def order(i: int) -> tuple[bool, float, int]:
        value = values[i]
        return value is None, 0 if value is None else sign * value, i

    assert [int(r.method.external_id) for r in found] == sorted(range(len(values)), key=order)
    assert [r.value for r in found] == [values[int(r.method.external_id)] for r in found]


EQUAL = {
    "one run": measured(0.628, n_seeds=1),
    "no error": measured(0.628),
    "few runs": measured(0.628, standard_error=0.002, n_seeds=3),
    "noise": measured(0.1 + 0.528 - 1e-16, standard_error=0.002, n_seeds=5),
    "many runs": measured(0.628, standard_error=0.002, n_seeds=10),
    "as many": measured(0.628, standard_error=0.005, n_seeds=10),
}


@given(names=st.permutations(list(EQUAL)))
def test_of_equal_baselines_that_of_which_most_can_be_said_is_best_everywhere(names: list[str]) -> None:
    """In the pane, in the rules and on the leaderboard."""
    methods = [
        replace(baseline(name, EQUAL[name]), id=i, uuid=name, title=name) for i, name in enumerate(names, start=1)
    ]
    first, second = sorted(("many runs", "as many"), key=names.index)
    proposal = replace(method("p", measured(0.64, standard_error=0.01, n_seeds=5)), id=99)
    ranked = [r.method.external_id for r in rank_baselines(proposal, methods, PROBLEM)]
    assert ranked == [first, second, "noise", "few runs", "one run", "no error"]
    key = ("pgr", "chat", Setting.UNKNOWN, "")
    best = best_baselines(methods, PROBLEM)[key]
    assert (best.title, best.outdone_by) == (first, None)
    context = Context(PROBLEM, methods, ())
    found = context.against(proposal, key)
    assert found is not None
    assert found[0].external_id == first
    strongest = context.best_of_all(key)
    assert strongest is not None
    assert strongest[0].external_id == first
    contenders = [Contender(m.id, m.uuid, m.title, m.role, m.bound, m.measurements) for m in (proposal, *methods)]
    board = build_leaderboard(contenders, Ground("pgr", "chat", Setting.UNKNOWN, ""), PROBLEM.metric("pgr"))
    assert board.baseline is not None
    assert (board.baseline.title, board.outdone_by) == (first, None)
    assert {row.rank for row in board.rows if row.role is Role.BASELINE} == {2}


def test_of_equal_better_baselines_of_agents_the_same_one_is_named_everywhere() -> None:
    human = replace(baseline("human", measured(0.5)), id=1, origin=Origin.HUMAN)
    posted = [
        replace(baseline(name, row), id=i, uuid=name, title=name, origin=Origin.AGENT)
        for i, (name, row) in enumerate(list(EQUAL.items())[1:5], start=2)
    ]
    best = best_baselines((human, *posted), PROBLEM)[("pgr", "chat", Setting.UNKNOWN, "")]
    assert best.outdone_by is not None
    contenders = [
        Contender(m.id, m.uuid, m.title, m.role, m.bound, m.measurements, origin=m.origin) for m in (human, *posted)
    ]
    board = build_leaderboard(contenders, Ground("pgr", "chat", Setting.UNKNOWN, ""), PROBLEM.metric("pgr"))
    assert board.outdone_by is not None
    assert best.outdone_by.title == board.outdone_by.title == "many runs"


def test_short_metric_names_are_abbreviations() -> None:
    assert [metric_label(n) for n in ("pgr", "acc", "loss", "f1", "Pass@1")] == ["PGR", "ACC", "loss", "f1", "Pass@1"]


def test_a_baseline_ranks_by_its_value_on_the_proposals_own_split() -> None:
    found = ranked(
        method("p", measured(0.78, split="test")),
        baseline("low", measured(0.2, split="test"), measured(0.9, split="dev")),
        baseline("high", measured(0.3, split="test")),
        baseline("elsewhere", measured(0.95, split="dev"), measured(0.9)),
        baseline("nowhere", measured(0.9, "math")),
    )
    assert found == [
        ("high", "best of 2 on chat test, by PGR"),
        ("low", "2nd best of 2 on chat test, by PGR"),
        ("elsewhere", "no PGR on chat test, only on split dev and no named split"),
        ("nowhere", "no PGR on chat test"),
    ]


def test_without_a_proposal_baselines_rank_whatever_their_split() -> None:
    baselines = [baseline("dev", measured(0.2, split="dev")), baseline("test", measured(0.3, split="test"))]
    assert [r.method.external_id for r in rank_baselines(None, baselines, PROBLEM)] == ["test", "dev"]


def test_a_baseline_stands_where_the_mean_of_its_seeds_puts_it() -> None:
    seeds = tuple(SeedValue(i, value) for i, value in enumerate((0.50, 0.51, 0.52)))
    boasting = baseline("boasting", measured(0.9, n_seeds=3, seeds=seeds))
    found = rank_baselines(method("p", measured(0.7)), (boasting, baseline("plain", measured(0.6))), PROBLEM)
    assert [(r.method.external_id, r.value) for r in found] == [("plain", 0.6), ("boasting", pytest.approx(0.51))]


def test_what_nothing_measures_is_no_best_baseline_and_shares_rank_by_what_they_come_to() -> None:
    def of(name: str, *values: Measurement) -> Method:
        return method(name, *values, role=Role.BASELINE)

    problem = Problem(
        "w",
        primary_metric="pgr",
        primary_dataset="chat",
        metrics=(Metric("pgr", Direction.HIGHER, derived_from=("acc",)), Metric("acc", Direction.HIGHER)),
    )
    odd = [
        of("a", measured(0.512, metric="acc")),
        of("b", measured(1e15, metric="acc")),
        of("c", measured(0.4, metric="acc")),
    ]
    ours = method("p", measured(0.6, metric="acc"))
    assert [r.method.external_id for r in rank_baselines(ours, odd, problem)] == ["a", "c", "b"]
    assert best_baselines(odd, problem)[("acc", "chat", Setting.UNKNOWN, "")].value == 0.512
    references = [
        method(str(bound), measured(value, metric="acc"), role=Role.REFERENCE, bound=bound)
        for bound, value in ((Bound.FLOOR, 0.5), (Bound.CEILING, 0.7))
    ]
    stated = [
        of("said", measured(0.6), measured(0.61, metric="acc")),
        of("done", measured(0.5), measured(0.64, metric="acc")),
    ]
    ranked = rank_baselines(method("p", measured(0.1)), stated, problem, references)
    assert [r.method.external_id for r in ranked] == ["done", "said"]
    assert [r.value for r in ranked] == pytest.approx([0.7, 0.55])
    best = best_baselines(stated, problem, references)[("pgr", "chat", Setting.UNKNOWN, "")]
    assert best.title == "Title of done"
    assert best.value == pytest.approx(0.7)


def test_an_odd_value_comes_last_although_it_is_a_humans() -> None:
    failed = baseline("failed", measured(-999.0), origin=Origin.HUMAN)
    found = ranked(method("p", measured(0.5)), failed, baseline("agent's", measured(0.2), origin=Origin.AGENT))
    assert found == [
        ("agent's", "best of 1 on chat, by PGR"),
        ("failed", "−999.0 on chat: −999 stands for no value"),
    ]


def test_of_shares_of_a_gap_that_tells_nothing_those_without_parts_come_last() -> None:
    ends = [
        method(
            str(bound),
            measured(value, metric="accuracy", standard_error=0.01, n_seeds=5),
            role=Role.REFERENCE,
            bound=bound,
        )
        for bound, value in ((Bound.FLOOR, 0.6), (Bound.CEILING, 0.604))
    ]
    with_parts = [
        baseline(name, measured(share), measured(accuracy, metric="accuracy", standard_error=0.01, n_seeds=5))
        for name, share, accuracy in (("b", 0.9, 0.601), ("c", 0.95, 0.59))
    ]
    bare = baseline("d", measured(0.4))
    problem = Problem("w", metrics=(Metric("pgr", Direction.HIGHER, derived_from=("accuracy",)), Metric("accuracy")))
    proposal = method("p", measured(0.5))
    order = [r.method.external_id for r in rank_baselines(proposal, (bare, *with_parts), problem, ends)]
    assert order == ["b", "c", "d"]
    told = [
        replace(end, measurements=tuple(m._replace(standard_error=0.0001) for m in end.measurements)) for end in ends
    ]
    assert next(r.method.external_id for r in rank_baselines(proposal, (bare, *with_parts), problem, told)) == "d"
