"""The command palette as it looks here: no wider than its words, and with its cursor in sight in every theme."""

from pathlib import Path
from typing import Any

import pytest

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
        # The bar beneath has the same words.
        at_cursor, elsewhere = line_of(t, "back or quit")[0], line_of(t, "can't tell")[0]
        assert at_cursor.bgcolor != elsewhere.bgcolor
        await t.press("down")
        await t.until(lambda: line_of(t, "can't tell")[0].bgcolor == at_cursor.bgcolor, "the cursor on the next one")
