"""The command palette as it looks here: no wider than its words, and with its cursor in sight in every theme."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.tui.actions import ACTIONS
from reviewer.tui.palette import ActionProvider
from reviewer.tui.screens.help import HelpScreen
from reviewer.tui.theme import THEMES
from tests.tui.triage_app import Triage, records, screen_strips, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def opened(t: Triage) -> None:
    await t.press("colon")
    await t.until(lambda: t.app.screen.query("CommandList") and line_of(t, "can't tell"), "the actions")


def line_of(t: Triage, words: str) -> list[Any]:
    """The styles with which the words stand on the screen, from the top; none where they do not."""
    return [s.style for strip in screen_strips(t.app) for s in strip if s.text.strip() == words]


async def test_it_is_no_wider_than_its_words(path: Path) -> None:
    async with triage(path, size=(200, 60)) as t:
        await opened(t)
        for part in ("#--input", "CommandList"):
            region = t.app.screen.query_one(part).region
            assert 0 < region.width <= 98, part
            assert abs(region.x - (200 - region.right)) <= 1, f"{part} in the middle"


@pytest.mark.parametrize("theme", THEMES)
async def test_its_cursor_is_in_sight(path: Path, theme: str) -> None:
    async with triage(path) as t:
        t.app.theme = theme
        await opened(t)
        at_cursor, elsewhere = line_of(t, "keys")[0], line_of(t, "ask Claude")[0]
        assert at_cursor.bgcolor != elsewhere.bgcolor
        await t.press("down")
        await t.until(lambda: line_of(t, "ask Claude")[0].bgcolor == at_cursor.bgcolor, "the cursor on the next one")


LEAVING = {
    "back_or_quit", "quit", "rubric_back", "view_back", "text_close", "dialog_close", "dialog_accept", "critic_close",
    "map_back",
}  # fmt: skip


@pytest.mark.parametrize("keys", [(), ("r",), ("h",), ("T",), ("F",), ("S",), ("i",)], ids="".join)
async def test_nothing_that_leaves_comes_first(path: Path, keys: tuple[str, ...]) -> None:
    async with triage(path) as t:
        await t.press(*keys)
        await t.until(lambda: bool(keys) == (t.app.screen is not t.screen))
        offered = [action.id for action in ActionProvider(t.app.screen).actions()]
    assert offered[0] == "help"
    assert len(offered) == len(set(offered)) > 4
    leaves = [each in LEAVING for each in offered]
    assert leaves == sorted(leaves), "what leaves comes last"
    assert {"back_or_quit", "quit"} <= set(offered)


def test_every_way_out_that_must_keep_a_key_is_known() -> None:
    assert {action.id for action in ACTIONS if action.needed} - {"text_on", "dialog_accept"} <= LEAVING


async def test_enter_at_once_shows_the_keys(path: Path) -> None:
    async with triage(path) as t:
        await opened(t)
        await t.press("enter")
        await t.until(lambda: isinstance(t.app.screen, HelpScreen))
        await t.press("escape")
        await t.until(lambda: t.app.screen is t.screen)


async def test_an_action_is_found_by_its_title_and_done(path: Path) -> None:
    async with triage(path) as t:
        await opened(t)
        await t.press(*"fails")
        await t.until(lambda: not t.app.screen.query("LoadingIndicator") or line_of(t, "fails"))
        await t.press("enter")
        await t.until(lambda: t.title == "delta method", "the proposal after the one that was judged")
        await t.saves()
