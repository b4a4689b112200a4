import json
from pathlib import Path

import pytest

from reviewer.domain.methods import MethodRecord
from reviewer.sources.native import SOURCE
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.welcome import EXAMPLE, FormatScreen, WelcomeScreen
from tests.tui.harness import HarnessApp

KEYMAP = effective_keymap({})
PLACE = "/data/reviewer/[/x].db"


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["i"], "import"),
        (["s"], "demo"),
        (["q"], None),
        (["enter"], "import"),
        (["j", "enter"], "demo"),
        (["down", "down", "k", "enter"], "demo"),
        (["j", "j", "j", "j", "enter"], None),
    ],
)
async def test_what_is_chosen_is_answered(keys: list[str], answer: str | None) -> None:
    app = HarnessApp(WelcomeScreen(PLACE, KEYMAP))
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.results == [answer]


async def test_the_format_is_shown_and_left_again() -> None:
    app = HarnessApp(WelcomeScreen(PLACE, KEYMAP))
    async with app.run_test(size=(90, 60)) as pilot:
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(app.screen, FormatScreen)
        text = app.screen.pane.plain_text
        assert "reviewer schema --example" in text
        assert '"type": "proposal"' in text
        await pilot.press("q")
        assert isinstance(app.screen, WelcomeScreen)
        assert not app.results


def test_the_line_that_is_shown_is_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(EXAMPLE + "\n", encoding="utf-8")
    records = list(SOURCE.read(SOURCE.plan(path)))
    assert [type(each) for each in records if isinstance(each, MethodRecord)] == [MethodRecord], records
    assert json.loads(EXAMPLE)["measurements"][0]["basis"] == "illustrative"


async def test_esc_and_a_letter_in_one_breath_choose_nothing() -> None:
    app = HarnessApp(WelcomeScreen(PLACE, KEYMAP))
    async with app.run_test() as pilot:
        await pilot.press("alt+s", "escape")
        assert not app.results


async def test_keys_of_ones_own_are_shown_and_work() -> None:
    keymap = effective_keymap({"import": "ctrl+o", "view_down": "ctrl+n"})
    app = HarnessApp(WelcomeScreen(PLACE, keymap))
    async with app.run_test() as pilot:
        await pilot.press("i")
        assert not app.results
        await pilot.press("ctrl+o")
        assert app.results == ["import"]


async def test_a_click_chooses() -> None:
    app = HarnessApp(WelcomeScreen(PLACE, KEYMAP))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click("#offers", offset=(6, 1))
        assert app.results == ["demo"]


@pytest.mark.parametrize("size", [(160, 48), (40, 10), (10, 5), (1, 1)])
async def test_no_size_kills_it(size: tuple[int, int]) -> None:
    app = HarnessApp(WelcomeScreen(PLACE, KEYMAP))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.press("j", "enter")
        assert app.results == ["demo"]
