"""The judgement bar: what is held, what is being typed, what waits as a draft."""

import pytest
from rich.style import Style

from reviewer.domain.judgements import ConstraintRating, Judgement
from reviewer.domain.vocabulary import Rating, Verdict
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.tui.widgets.judgement_bar import VERDICT_LABELS, BarState, JudgementBar
from tests.tui.harness import HarnessApp


async def test_it_shows_what_is_held() -> None:
    bar = JudgementBar({"survives": "s", "differences": "d"})
    async with HarnessApp(bar).run_test(size=(140, 10)):
        assert str(bar.render()) == ""
        bar.show_state(BarState(Judgement(), 3))
        assert "forecast %" in str(bar.render())
        assert "rubric 0/3" in str(bar.render())
        judgement = Judgement(
            Verdict.CONDITIONAL,
            condition="labels\x1b[31m come",
            forecast=0.35,
            ratings={"cost": ConstraintRating(Rating.BLOCKER)},
            rationale="[/] why\nmore",
            tags=("noise",),
            flagged=True,
        )
        bar.show_state(BarState(judgement, 3, changed=True))
        text = str(bar.render())
        for words in ("conditional ~", "35 %", "rubric 1/3, 1 blocker", "note: [/] why", "tags: noise", "⚑ flagged"):
            assert words in text
        assert "judged on an older revision: d what changed" in text
        assert "│ if labels" in text
        assert "\x1b" not in text


async def test_what_is_being_typed_and_what_waits_are_marked() -> None:
    bar = JudgementBar({})
    async with HarnessApp(bar).run_test(size=(80, 10)):
        bar.show_state(BarState(Judgement(forecast=0.5), 3, "7", ("rationale",)))
        assert "7 %_" in str(bar.render())
        assert "draft, unsaved" in str(bar.render())


KEYS = {"survives": "s", "conditional": "c", "fails": "f", "cannot_tell": "x"}


@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("verdict", list(Verdict))
async def test_the_verdict_that_is_chosen_keeps_its_key_and_stands_out_without_colour(
    verdict: Verdict, marks: Marks
) -> None:
    bar = JudgementBar(KEYS, marks=marks)
    async with HarnessApp(bar).run_test(size=(120, 10)):
        bar.show_state(BarState(Judgement(verdict), 3))
        text = bar.render()
        line = str(text)
        for each, label in VERDICT_LABELS.items():
            assert f" {KEYS[each]} {label} " in line
        reverse = [line[s.start : s.end] for s in text.spans if isinstance(s.style, Style) and s.style.reverse]
        assert [part.split()[0] for part in reverse] == [KEYS[verdict]]
        assert not reverse[0].split()[-1].isalnum() or reverse[0].strip().endswith(VERDICT_LABELS[verdict])
