"""The words of the evidence: what is set against what, and where a bound comes from."""

from typing import Any

from reviewer.domain.methods import Measurement
from reviewer.domain.vocabulary import Bound, Role, Setting
from reviewer.evidence.appraisal import appraise
from reviewer.evidence.comparison import compare
from reviewer.tui.evidence_table import EvidenceCells, evidence_cells
from reviewer.tui.marks import UNICODE
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


def test_notes_that_hold_commas_are_set_apart() -> None:
    ceiling = method("ceiling", measured(0.7, setting=Setting.LAB), role=Role.REFERENCE, bound=Bound.CEILING)
    row = next(
        r
        for r in cells((measured(0.9, setting=Setting.PILOT),), (), floor(measured(0.5, setting=Setting.LAB)), ceiling)
        if r.note
    )
    assert row.note == "floor 0.500, lab; ceiling 0.700, lab"


def appraised_cells(ours: Measurement, theirs: Measurement) -> EvidenceCells:
    rows = compare(method("p", ours), method("b", theirs, role=Role.BASELINE), (), PROBLEM)
    (row,) = evidence_cells(rows, UNICODE, appraise(rows))
    return row


def test_what_statistics_say_stands_beside_the_difference() -> None:
    def five(value: float) -> Measurement:
        return measured(value, standard_error=0.02, n_seeds=5)

    row = appraised_cells(five(0.7), five(0.5))
    assert (row.difference, row.interval, row.told[0], row.real) == ("+0.200", "[+0.135, +0.265]", "better", True)
    worse = appraised_cells(five(0.3), measured(0.5, n_seeds=1))
    assert (worse.told, worse.real) == (("worse, by one run", "worse, by one run", "worse?"), False)
    unclear = appraised_cells(five(0.51), five(0.5))
    assert unclear.told == ("not told apart, finds ±0.091", "not told apart", "unclear")
    assert unclear.real is None
    bare = appraised_cells(measured(0.51), five(0.5))
    assert bare.told == ("no interval: the proposal states no error between seeds", "no interval", "no interval")
    assert (bare.interval, bare.span, bare.real) == ("", None, None)
