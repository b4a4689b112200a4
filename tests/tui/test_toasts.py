"""What is told for a moment: one sentence about each kind of thing, and none for longer than it is wanted."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import TextArea

from reviewer.tui.app import ReviewerApp
from reviewer.tui.screens.triage import TriageScreen
from tests.tui.triage_app import Triage, build_app, records, screen_text, store_with, toasts, triage, until

pytestmark = pytest.mark.usefixtures("hands")

NOTICE = "This is a copy."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def test_a_sentence_takes_the_place_of_the_one_about_the_same(path: Path) -> None:
    async with triage(path) as t:
        t.screen.tell("one")
        t.screen.tell("two")
        t.screen.tell("three", about="else")
        assert t.toasts() == ["two", "three"]
        await t.go("s")
        t.burst("uU")
        await t.told("Did again: survives")
        assert len(t.toasts()) == 1


async def test_ordinary_sentences_go_with_the_next_key_and_errors_stay(path: Path) -> None:
    async with triage(path) as t:
        t.screen.tell("an act")
        t.screen.tell("a warning", about="else", warning=True)
        t.screen.tell("an error", error=True)
        t.screen.tell("an error", error=True)
        t.screen.tell("another error", error=True)
        assert t.toasts() == ["an act", "a warning", "an error", "another error"]
        await t.go("j")
        assert t.toasts() == ["a warning", "an error", "another error"]


async def test_what_is_typed_into_a_field_takes_no_sentence_away(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        t.screen.tell("The rubric asks for it.")
        await t.press("w", "h", "y")
        assert t.toasts() == ["The rubric asks for it."]


async def test_an_ordinary_sentence_is_short_lived(path: Path) -> None:
    async with triage(path) as t:
        t.screen.tell("an act")
        (toast,) = list(t.app._notifications)
        assert toast.timeout == 3


async def test_what_the_app_begins_with_waits_for_the_first_proposal(path: Path) -> None:
    noticed = ReviewerApp(replace(build_app(path, reviewer=None).opening, notice=NOTICE))
    async with noticed.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: type(noticed.screen).__name__ == "NameScreen")
        await pilot.pause()
        assert toasts(noticed) == []
        await pilot.press(*"kim", "enter")
        await until(pilot, lambda: toasts(noticed) == [NOTICE])
        assert isinstance(noticed.screen, TriageScreen)
        assert Triage(noticed, pilot).title == "alpha method"


async def test_it_is_told_no_more_once_one_has_been_there(path: Path) -> None:
    for expected in ([NOTICE], []):
        app = ReviewerApp(replace(build_app(path).opening, notice=NOTICE))
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            t = Triage(app, pilot)
            await until(pilot, lambda: any(isinstance(s, TriageScreen) for s in app.screen_stack))  # noqa: B023
            await t.settled()
            await t.until(lambda: t.screen._base is not None)  # noqa: B023
            await pilot.pause()
            assert t.toasts() == expected
            await pilot.press("ctrl+q")


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_every_line_of_every_toast_is_on_the_screen(path: Path, size: tuple[int, int]) -> None:
    sentences = (
        "Keys typed before anything was on the screen were dropped; type them again.",
        "The editor ended with status 1, so nothing was taken; the text is in /tmp/rationale-9bed_nwp.md.",
    )
    async with triage(path, size=size) as t:
        for number, sentence in enumerate(sentences):
            t.screen.tell(sentence, about=str(number), warning=True)
            await t.pilot.pause()
            shown = " ".join(screen_text(t.app).split())
            for said in sentences[: number + 1]:
                for word in said.split():
                    assert word in shown, (word, number)
