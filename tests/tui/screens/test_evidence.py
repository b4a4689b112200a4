"""The evidence in full: nothing is obeyed, seeds are dots on one scale, and nothing measured is a sentence."""

import pytest

from reviewer.domain.checks import CheckResult, Level
from reviewer.domain.methods import SeedValue
from reviewer.domain.vocabulary import Role
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
    assert f"seeds       0.100{'0.500':>36}" in lines


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
