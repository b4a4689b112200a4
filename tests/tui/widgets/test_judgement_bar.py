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
        assert "% it survives" in str(bar.render())
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
        for words in (
            "conditional ~",
            "35 %",
            "rubric 1/3, 1 blocker",
            "rationale: [/] why",
            "tags: noise",
            "⚑ flagged",
        ):
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


FULL = Judgement(
    Verdict.CONDITIONAL,
    condition="the labels of the teacher come in the same week as the prompts",
    forecast=1.0,
    ratings={f"c{n}": ConstraintRating(Rating.BLOCKER) for n in range(12)},
    rationale="The noise of the seeds is larger than what was gained on chat, and nothing was held out.",
    tags=("noise", "seeds", "illustrative only", "漢字", "cost", "latency", "teacher"),
    flagged=True,
    skipped=True,
)
STATES = {
    "full": BarState(FULL, 12, changed=True),
    "drafts": BarState(FULL, 12, "100", ("rationale", "tags"), changed=True),
    "all drafts": BarState(FULL, 12, "100", ("rationale", "tags", "condition", "next_experiment"), changed=True),
    "condition draft": BarState(FULL, 12, drafts=("condition",)),
    "changed": BarState(Judgement(Verdict.FAILS, forecast=0.1, flagged=True), 12, changed=True),
    "no verdict": BarState(Judgement(skipped=True, flagged=True, forecast=1.0), 12),
    "nothing": BarState(Judgement(), 12),
    "no condition": BarState(Judgement(Verdict.CONDITIONAL, tags=FULL.tags), 12),
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
async def test_it_is_two_lines_that_name_everything_at_every_width(width: int, name: str) -> None:
    state = STATES[name]
    keys = KEYS | {"rubric": "r", "rationale": "e", "tags": "t", "differences": "d"}
    bar = JudgementBar(keys)
    async with HarnessApp(bar).run_test(size=(width, 10)):
        bar.styles.height = 2
        bar.show_state(state)
        first, second = bar.render().split("\n")
        assert max(first.cell_len, second.cell_len) <= width
        for words in ("r rubric", "e rationale", "t tags"):
            assert words in str(second)
        assert all(f" {key}" in str(first) for key in KEYS.values())
        assert "%" in str(first)
        assert ("⚑" in str(first), "Δ" in str(first)) == (state.judgement.flagged, state.changed)
        if state.changed:
            assert " d" in str(first).partition("Δ")[2]
        if {"condition", "next_experiment"} & {*state.drafts}:
            told = str(second).rpartition("  c ")[2]
            assert told.endswith(("draft", "draft, unsaved"))
            assert "│" not in str(second)
        elif state.judgement.tags and not state.drafts:
            tags = str(second).partition("tags: ")[2]
            assert tags.startswith(", ".join(FULL.tags)) or "…" in tags.split("│")[0]


@pytest.mark.parametrize(
    ("width", "drafts", "words"),
    [
        (120, ("condition",), "c condition: draft, unsaved"),
        (120, ("next_experiment",), "c next experiment: draft, unsaved"),
        (120, ("condition", "next_experiment"), "c condition, next experiment: draft, unsaved"),
        (68, ("condition",), "c condition: draft"),
        (60, ("condition",), "c draft"),
        (72, ("next_experiment",), "c experiment: draft"),
        (60, ("condition", "next_experiment"), "c draft"),
    ],
)
async def test_a_condition_that_waits_as_a_draft_is_told_as_a_note_is(
    width: int, drafts: tuple[str, ...], words: str
) -> None:
    bar = JudgementBar(KEYS | {"rubric": "r", "rationale": "e", "tags": "t"})
    async with HarnessApp(bar).run_test(size=(width, 10)):
        bar.show_state(BarState(Judgement(Verdict.CONDITIONAL, tags=("noise",), rationale="Why not."), 3, "", drafts))
        text = str(bar.render())
        assert text.endswith(f"  {words}")
        assert "no condition" not in text


async def test_what_has_room_is_said_in_full() -> None:
    bar = JudgementBar(KEYS | {"differences": "d"})
    async with HarnessApp(bar).run_test(size=(260, 10)):
        bar.show_state(STATES["full"])
        text = str(bar.render())
        for words in ("⚑ flagged", "judged on an older revision: d what changed", "12 blockers", ", ".join(FULL.tags)):
            assert words in text


@pytest.mark.parametrize(
    ("judgement", "digits", "words"),
    [
        (Judgement(), "", "0–9 % it survives, not scored: the outcome is known"),
        (Judgement(), "4", "4 %_, not scored: the outcome is known"),
        (Judgement(forecast=0.4), "", "40 %, another is not scored: the outcome is known"),
    ],
)
async def test_that_a_forecast_is_not_scored_stands_where_it_is_typed(
    judgement: Judgement, digits: str, words: str
) -> None:
    bar = JudgementBar(KEYS)
    async with HarnessApp(bar).run_test(size=(120, 10)):
        bar.show_state(BarState(judgement, 3, digits, unscored="the outcome is known"))
        assert words in str(bar.render())


async def test_at_80_columns_it_is_said_shorter_whatever_else_is_held() -> None:
    bar = JudgementBar(KEYS)
    async with HarnessApp(bar).run_test(size=(80, 10)):
        for judgement, changed in ((Judgement(), False), (Judgement(Verdict.FAILS, forecast=0.1, flagged=True), True)):
            bar.show_state(BarState(judgement, 12, "", (), changed, "the outcome is known"))
            first = str(bar.render()).splitlines()[0]
            assert "not scored" in first
            assert len(first) <= 80


@pytest.mark.parametrize(
    ("width", "words"), [(200, "D known by 2027-03-31"), (120, "D by 2027-03-31"), (80, "D 2027-03-31")]
)
async def test_the_day_by_which_one_expects_to_know_is_shown_where_there_is_room(width: int, words: str) -> None:
    bar = JudgementBar(KEYS | {"rubric": "r", "rationale": "e", "tags": "t", "resolves_on": "D"})
    async with HarnessApp(bar).run_test(size=(width, 10)):
        bar.styles.height = 2
        day = "2027-03-31"
        bar.show_state(BarState(Judgement(Verdict.CONDITIONAL, "labels stay as they are at scale", rationale="why " * 9,
                                          tags=("noise", "seeds"), resolves_on=day), 12))  # fmt: skip
        second = bar.render().split("\n")[1]
        assert words in str(second)
        assert second.cell_len <= width
        bar.show_state(BarState(Judgement(), 12, drafts=("resolves_on",)))
        assert "D draft" in str(bar.render())
        bar.show_state(BarState(Judgement(), 12))
        assert "D " not in str(bar.render())


@pytest.mark.parametrize(
    ("width", "words"),
    [(160, "7 %_, 1 of 3 keeps its own 40 %"), (100, "7 %_, 1 keeps 40 %"), (80, "7 %_, 1 keeps 40 %")],
)
async def test_who_keeps_a_forecast_of_its_own_is_said_beside_the_one_that_is_typed(width: int, words: str) -> None:
    bar = JudgementBar(KEYS)
    async with HarnessApp(bar).run_test(size=(width, 10)):
        bar.show_state(BarState(Judgement(), 3, "7", alike=3, for_all=3, own_forecasts=(0.4,)))
        first = str(bar.render()).split("\n")[0]
        assert words in first
        assert "all 3" in first
        bar.show_state(BarState(Judgement(), 3, "7", alike=4, for_all=4, own_forecasts=(0.4, 0.4, 0.9)))
        assert "3 keep" in str(bar.render()) or "3 of 4 keep their own 40 % and 90 %" in str(bar.render())
