"""The words of the evidence: what is set against what, and where a bound comes from."""

from typing import Any

import pytest

from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.vocabulary import Basis, Bound, Role, Setting
from reviewer.evidence.appraisal import appraise
from reviewer.evidence.baselines import best_baselines
from reviewer.evidence.comparison import compare
from reviewer.tui.evidence_table import EvidenceCells, evidence_cells
from reviewer.tui.marks import ASCII, UNICODE, Marks
from tests.builders import PROBLEM, measured, method


def cells(
    ours: tuple[Measurement, ...], theirs: tuple[Measurement, ...], *references: Any
) -> tuple[EvidenceCells, ...]:
    rows = compare(method("p", *ours), method("b", *theirs, role=Role.BASELINE), references, PROBLEM)
    return evidence_cells(rows, UNICODE)


def floor(*measurements: Measurement) -> Any:
    return method("floor", *measurements, role=Role.REFERENCE, bound=Bound.FLOOR)


def test_a_baseline_on_another_split_is_named_and_not_compared() -> None:
    dev, test = cells((measured(0.9, split="dev"),), (measured(0.5, split="test"),))
    assert (dev.dataset, dev.proposal, dev.baseline, dev.difference) == ("chat dev", "0.900", "", "")
    assert dev.note == "baseline on split test"
    assert (test.proposal, test.baseline, test.difference, test.note) == ("", "0.500", "", "proposal on split dev")


def test_a_bound_of_another_setting_says_which() -> None:
    lab, held_out, *_ = cells(
        (measured(0.9, setting=Setting.LAB), measured(0.8, setting=Setting.HELD_OUT)),
        (),
        floor(measured(0.528, setting=Setting.LAB, n_seeds=16)),
    )
    assert lab.note == "floor 0.528 (16)"
    assert held_out.note == "floor 0.528 (16), lab"
    unknown, *_ = cells((measured(0.9, setting=Setting.LAB),), (), floor(measured(0.5)))
    assert unknown.note == "floor 0.500, setting unknown"


def test_a_bound_that_is_illustrative_says_so_before_its_number() -> None:
    made_up = measured(0.528, setting=Setting.LAB, n_seeds=16, basis=Basis.ILLUSTRATIVE)
    lab, held_out, *_ = cells(
        (measured(0.9, setting=Setting.LAB), measured(0.8, setting=Setting.HELD_OUT)), (), floor(made_up)
    )
    assert lab.note == "illustrative floor 0.528 (16)"
    assert held_out.note == "illustrative floor 0.528 (16), lab"


def test_datasets_are_left_out_where_none_has_a_name() -> None:
    unnamed = measured(0.9, dataset="unknown", setting=Setting.LAB)
    assert {c.dataset for c in cells((unnamed,), ())} == {""}
    named = measured(0.8, dataset="chat", setting=Setting.LAB)
    assert {"unknown", "chat"} <= {c.dataset for c in cells((unnamed, named), ())}


def test_a_setting_in_which_nothing_was_measured_is_of_any_dataset() -> None:
    found = cells((measured(0.9, setting=Setting.LAB),), ())
    assert [(c.dataset, c.setting, c.nothing) for c in found] == [
        ("chat", "lab", ""), ("", "", "not measured: held-out, pilot, production")
    ]  # fmt: skip
    _, untold, _ = cells((measured(0.9, setting=Setting.LAB), measured(0.9, "math")), ())
    assert untold.nothing == "not known, since not all settings have been told: held-out, pilot, production"


def test_what_was_not_measured_stands_where_the_order_of_settings_puts_it() -> None:
    production, pilot = (measured(0.2, setting=at) for at in (Setting.PRODUCTION, Setting.PILOT))
    lab = measured(0.9, setting=Setting.LAB), measured(0.8, "math", setting=Setting.LAB)
    found = cells((production, *lab, pilot), ())
    assert [(c.metric, c.setting, c.dataset, c.nothing) for c in found] == [
        ("PGR ↑", "lab", "chat", ""),
        ("", "", "math", ""),
        ("", "", "", "not measured: held-out"),
        ("", "pilot", "chat", ""),
        ("", "production", "", ""),
    ]


def test_notes_that_hold_commas_are_set_apart() -> None:
    ceiling = method("ceiling", measured(0.7, setting=Setting.LAB), role=Role.REFERENCE, bound=Bound.CEILING)
    row = next(
        r
        for r in cells((measured(0.9, setting=Setting.PILOT),), (), floor(measured(0.5, setting=Setting.LAB)), ceiling)
        if r.note
    )
    assert row.note == "floor 0.500, lab; ceiling 0.700, lab"


def test_of_what_is_no_value_it_is_said_that_there_is_no_difference_and_why() -> None:
    pair = measured(-999.0), measured(0.5, standard_error=0.01, n_seeds=5)
    (at_once,), known = cells((pair[0],), (pair[1],)), appraised_cells(*pair)
    for row in (at_once, known):
        assert (row.difference, row.interval) == ("", "")
        assert row.note == "−999 stands for no value"
    assert (at_once.told, known.told) == (("", "", ""), ("no difference",) * 3)


def appraised_cells(ours: Measurement, theirs: Measurement) -> EvidenceCells:
    rows = compare(method("p", ours), method("b", theirs, role=Role.BASELINE), (), PROBLEM)
    (row,) = evidence_cells(rows, UNICODE, appraise(rows))
    return row


@pytest.mark.parametrize(("marks", "mark"), [(UNICODE, "…"), (ASCII, "~")])
def test_a_difference_that_is_not_tested_yet_is_not_one_that_cannot_be(marks: Marks, mark: str) -> None:
    found = compare(method("p", measured(0.7)), method("b", measured(0.5), role=Role.BASELINE), (), PROBLEM)
    assert [row.told for row in evidence_cells(found, marks)] == [(mark,) * 3]
    alone = compare(method("p", measured(0.7)), None, (), PROBLEM)
    assert {row.told for row in evidence_cells(alone, marks)} == {("", "", "")}


def test_why_a_value_has_no_difference_is_said_in_few_words() -> None:
    row = appraised_cells(measured(77.1, metric="accuracy"), measured(0.7, metric="accuracy"))
    assert (row.difference, row.note.partition(";")[0]) == ("", "no share: not from 0 to 1")


def test_nothing_is_rounded_coarser_than_its_own_error() -> None:
    row = appraised_cells(
        measured(0.031616, standard_error=3.56e-5, n_seeds=5), measured(0.031136, standard_error=6.1e-5, n_seeds=5)
    )
    assert (row.proposal, row.proposal_error) == ("0.031616", "±0.000036")
    assert (row.baseline, row.baseline_error) == ("0.03114", "±0.00006")
    assert (row.difference, row.interval) == ("+0.00048", "[+0.00031, +0.00065]")
    lone = appraised_cells(measured(0.7341), measured(0.7338))
    assert (lone.proposal, lone.baseline, lone.difference) == ("0.73410", "0.73380", "+0.00030")


def test_what_statistics_say_stands_beside_the_difference() -> None:
    def five(value: float) -> Measurement:
        return measured(value, standard_error=0.02, n_seeds=5)

    row = appraised_cells(five(0.7), five(0.5))
    assert (row.difference, row.interval, row.told[0], row.real) == ("+0.200", "[+0.135, +0.265]", "better", True)
    worse = appraised_cells(five(0.3), measured(0.5, n_seeds=1))
    assert (worse.told, worse.real) == (("worse, by one run", "worse, by one run", "worse?"), False)
    unclear = appraised_cells(five(0.51), five(0.5))
    assert unclear.told == ("not told apart, could tell ±0.091", "unclear, could tell ±0.091", "unclear")
    assert unclear.real is None
    bare = appraised_cells(measured(0.51), five(0.5))
    assert bare.told == ("no interval",) * 3
    why = "No interval: the proposal states no error and no n"
    assert (bare.reason, row.reason) == (why, "")
    assert (bare.interval, bare.span, bare.real) == ("", None, None)


def test_what_a_difference_stands_on_is_said_where_it_is_not_told_apart_too() -> None:
    unknown_n = measured(0.5, standard_error=0.02)
    row = appraised_cells(measured(0.51, standard_error=0.02), unknown_n)
    assert row.told == ("not told apart, n unknown, could tell ±0.079", "unclear, n unknown", "unclear?")
    long, short, word = appraised_cells(measured(0.51, n_seeds=1), measured(0.5, standard_error=0.02, n_seeds=5)).told
    assert long.startswith("not told apart, by one run, could tell ±0.")
    assert (short, word) == ("unclear, by one run", "unclear?")
    better = appraised_cells(measured(0.9, standard_error=0.02), unknown_n)
    assert better.told == ("better, n unknown", "better, n unknown", "better?")
    few = appraised_cells(measured(0.9, standard_error=0.02, n_seeds=2), measured(0.5, standard_error=0.02, n_seeds=9))
    assert few.told == ("better, few against many", "better, few against many", "better?")


def seeded(value: float | None, *seeds: float, **more: Any) -> Measurement:
    return measured(value, seeds=tuple(SeedValue(i, seed) for i, seed in enumerate(seeds)), **more)


def test_the_difference_is_the_one_that_the_interval_is_around() -> None:
    ours = seeded(0.9, 0.59, 0.6, 0.61, standard_error=0.3, n_seeds=2)
    rows = compare(method("p", ours), method("b", seeded(0.51, 0.5, 0.51, 0.52), role=Role.BASELINE), (), PROBLEM)
    (before,), (after,) = evidence_cells(rows, UNICODE), evidence_cells(rows, UNICODE, appraise(rows))
    for known in (before, after):
        shown = known.proposal, known.proposal_error, known.proposal_n, known.difference
        assert shown == ("0.600", "±0.006", "(3)", "+0.090")
    assert after.span is not None
    assert after.span.low < float(after.difference) < after.span.high
    assert (before.note, after.note) == ("", "stated 0.900")
    assert (before.proposal_restated, after.proposal_restated, after.baseline_restated) == (False, True, False)


def test_a_value_that_is_its_seeds_mean_rounded_is_not_noted() -> None:
    assert appraised_cells(seeded(0.6, 0.601, 0.6, 0.602), seeded(0.5, 0.5, 0.52)).note == "baseline stated 0.500"
    assert appraised_cells(seeded(1234.0, 1233.9, 1234.5), seeded(1e-4, 1e-4, 1.01e-4)).note == ""
    assert appraised_cells(seeded(1e-4, 3e-4, 4e-4), seeded(1.0, 1.0, 1.001)).note == "stated 0.00010"


def test_each_value_says_by_itself_whether_it_is_illustrative() -> None:
    made_up = measured(0.4, setting=Setting.LAB, basis=Basis.ILLUSTRATIVE)
    printed = made_up._replace(value=0.9, basis=Basis.PUBLISHED)
    lab, *absent = cells((printed,), (made_up,))
    assert (lab.basis, lab.proposal_illustrative, lab.baseline_illustrative) == ("published", False, True)
    assert not any(row.proposal_illustrative or row.baseline_illustrative for row in absent)
    lab, *_ = cells((made_up,), (printed,))
    assert (lab.basis, lab.proposal_illustrative, lab.baseline_illustrative) == ("illustrative", True, False)
    lab, *_ = cells((made_up._replace(value=None),), (printed,))
    assert (lab.basis, lab.proposal_illustrative) == ("", False)


def test_very_many_seeds_are_not_added_up_while_a_key_waits() -> None:
    seeds = tuple(SeedValue(i, 0.5 + i / 10_000) for i in range(1001))
    rows = compare(method("p", measured(0.9, seeds=seeds)), method("b", measured(0.5), role=Role.BASELINE), (), PROBLEM)
    (before,), (after,) = evidence_cells(rows, UNICODE), evidence_cells(rows, UNICODE, appraise(rows))
    assert (before.proposal, after.proposal, after.proposal_n) == ("0.900", "0.5500", "(1,001)")


def test_what_is_better_than_a_baseline_that_another_one_outdoes_is_so_than_this_one_alone() -> None:
    def five(value: float) -> Measurement:
        return measured(value, standard_error=0.02, n_seeds=5)

    ours, theirs = method("p", five(0.7)), method("b", five(0.5), role=Role.BASELINE, uuid="b")
    rows = compare(ours, theirs, (), PROBLEM)
    better = method("c", five(0.6), role=Role.BASELINE, uuid="c")
    (row,) = evidence_cells(rows, UNICODE, appraise(rows, best=best_baselines((theirs, better), PROBLEM), against="b"))
    assert (row.told, row.real, row.outdone) == (
        ("better than this one", "better than this one", "better†"),
        None,
        True,
    )
    (row,) = evidence_cells(rows, UNICODE, appraise(rows, best=best_baselines((theirs,), PROBLEM), against="b"))
    assert (row.told, row.real, row.outdone) == (("better", "better", "better"), True, False)
