"""Asking who judges."""

import pytest
from textual.widgets import Static

from reviewer.domain.reviewer_names import clean_name
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.name import NameScreen
from reviewer.tui.widgets.text_field import TextField
from tests.tui.harness import HarnessApp


def opened(suggestion: str = "kim") -> tuple[HarnessApp, NameScreen]:
    screen = NameScreen(suggestion, clean_name, effective_keymap({}))
    return HarnessApp(screen), screen


async def test_a_name_is_taken_as_validated() -> None:
    app, _ = opened()
    async with app.run_test() as pilot:
        await pilot.press("space", *"quinn?", "enter")
        assert app.results == ["quinn?"]
        assert app.actions == []


async def test_the_suggestion_is_no_answer() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        assert screen.query_one(TextField).text == ""
        await pilot.press("enter")
        assert app.results == []
        assert "needs a name" in str(screen.query_one("#problem", Static).content)
        await pilot.press("a")
        assert str(screen.query_one("#problem", Static).content) == ""
        await pilot.press("enter")
        assert app.results == ["a"]


@pytest.mark.parametrize("key", ["escape", "alt+k"])
async def test_escape_gives_none(key: str) -> None:
    app, _ = opened()
    async with app.run_test() as pilot:
        await pilot.press("a", key)
        assert app.results == [None]


async def test_the_foot_says_that_esc_leaves() -> None:
    app, screen = opened()
    async with app.run_test():
        assert str(screen.query_one("#hints > Static", Static).content) == "enter go on   esc leave"


@pytest.mark.parametrize("size", [(80, 24), (10, 3), (1, 1)])
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    app, _ = opened("\x1b[/] hostile")
    async with app.run_test(size=size) as pilot:
        await pilot.press("enter", "a", "enter")
        assert app.results == ["a"]
