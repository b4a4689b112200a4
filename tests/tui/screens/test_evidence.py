"""The evidence in full: nothing is obeyed, seeds are dots on one scale, and nothing measured is a sentence."""

import pytest

from reviewer.domain.checks import CheckResult, Level
from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.vocabulary import Bound, Role, Setting
from reviewer.evidence.appraisal import Appraised, appraise
from reviewer.evidence.comparison import compare
from reviewer.tui.evidence_lines import all_evidence, evidence_lines
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import ASCII
from reviewer.tui.screens.evidence import EvidenceScreen
from tests.builders import PROBLEM, measured, method
from tests.tui.harness import HarnessApp

QUESTIONS = (
    CheckResult("few-seeds", Level.ASK, "3 seeds; is the gain larger than the noise? [/x]", {"seeds": 3}),
    CheckResult("missing-words", Level.NOTE, "The text names no baseline.", {}),
)


def rows(*values: float, source: str = "") -> tuple[Appraised, ...]:
    seeds = tuple(SeedValue(i, value) for i, value in enumerate(values))
    ours = method("p", measured(sum(values) / len(values), seeds=seeds, n_seeds=len(values), source=source))
    theirs = method("b", measured(0.5, standard_error=0.02, n_seeds=5), role=Role.BASELINE)
    return appraise(compare(ours, theirs, (), PROBLEM))


def text(*values: float) -> list[str]:
    return [line.mark[0] + line.text for line in evidence_lines(rows(*values), ASCII)]


def test_seeds_are_dots_on_one_scale_and_a_digit_where_they_meet() -> None:
    lines = text(0.1, 0.1, 0.1, 0.5)
    (dots,) = [line for line in lines if "--" in line]
    assert dots == f"proposal    3{'-' * 39}o"
    assert "            0: 0.100, 1: 0.100, 2: 0.100, 3: 0.500" in lines
    assert f"seeds       0.10{'0.50':>37}" in lines


def test_floor_and_ceiling_stand_on_the_scale_of_the_seeds() -> None:
    ours = method("p", measured(0.6, seeds=(SeedValue(1, 0.55), SeedValue(2, 0.65)), n_seeds=2))
    ends = [
        method(str(bound), measured(value, standard_error=0.1, n_seeds=5), role=Role.REFERENCE, bound=bound)
        for bound, value in ((Bound.FLOOR, 0.5), (Bound.CEILING, 0.75))
    ]
    lines = [line.mark[0] + line.text for line in evidence_lines(appraise(compare(ours, None, ends, PROBLEM)), ASCII)]
    assert f"seeds       0.50{'0.75':>37}" in lines
    assert f"            f{' ' * 39}c   f is the floor and c is the ceiling" in lines
    (dots,) = [line for line in lines if "--" in line]
    assert dots == f"proposal    {'-' * 8}o{'-' * 15}o{'-' * 16}"


def test_the_marks_that_stand_in_the_pane_are_explained_at_the_end() -> None:
    lines = [line.mark[0] + line.text for line in all_evidence("B", rows(0.4, 0.6, 0.55), (), ASCII)]
    legend = lines[lines.index("Marks in the pane") + 1 :]
    assert len(legend) == 1
    assert "the difference in its 95 % interval" in legend[0]
    one_run = [line.mark[0] + line.text for line in all_evidence("B", rows(0.4), (), ASCII)]
    assert any(line.startswith("?") and "on one run" in line for line in one_run)


def test_questions_come_first_and_what_a_method_assumes_is_said_once() -> None:
    def runs(value: float) -> tuple[Measurement, ...]:
        long = "a source that is long enough to be named once, with page and line and the people who wrote it"
        return tuple(
            measured(value, dataset, standard_error=0.02, n_seeds=3, setting=Setting.LAB, source=long)
            for dataset in ("chat", "math")
        )

    ours, theirs = method("p", *runs(0.7)), method("b", *runs(0.5), role=Role.BASELINE)
    said = [
        line.mark[0] + line.text
        for line in all_evidence("B", appraise(compare(ours, theirs, (), PROBLEM)), QUESTIONS, ASCII)
    ]
    assert said.index("What the data itself asks") < said.index("PGR ^  chat · lab") < said.index("PGR ^  math · lab")
    whole = "\n".join(said)
    assert whole.count("Welch t, 4.0 degrees") == 2
    assert whole.count("The means over seeds are taken as normal") == 1
    assert whole.count("taken as normal and to vary equally") == 1
    assert whole.count("the people who wrote it") == 1
    assert whole.count("claimed, from the same source as above") == 3
    assert "any dataset · held-out, pilot, production" in whole


def test_many_seeds_are_cut_and_equal_ones_stand_in_one_place() -> None:
    assert any(line.endswith(" and 10 more") for line in text(*(i / 50 for i in range(50))))
    equal = text(*[0.5] * 12)
    assert f"proposal    +{'-' * 40}" in equal
    assert any("all have the same value" in line for line in equal)


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 10)])
async def test_it_is_shown_and_nothing_in_it_is_obeyed(size: tuple[int, int]) -> None:
    lines = all_evidence("Base [b]", rows(0.4, 0.6, source="\x1b]0;x\x07[/"), QUESTIONS, ASCII)
    screen = EvidenceScreen("[/x] \x1b[31mred", lines, effective_keymap({}))
    app = HarnessApp(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "against Base [b]" in screen.pane.plain_text
        assert "\x1b" not in screen.pane.plain_text
        await pilot.press("escape")
        assert app.results == [None]


async def test_nothing_measured_is_a_sentence() -> None:
    screen = EvidenceScreen("P", all_evidence("", (), QUESTIONS, ASCII), effective_keymap({}))
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.pause()
        assert "Nothing was measured" in screen.pane.plain_text
        shown = screen.pane.plain_text
        assert shown.index("What the data itself asks") < shown.index("? 3 seeds; is the gain") < shown.index("Notes")
