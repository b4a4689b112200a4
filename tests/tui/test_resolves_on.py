"""By which day one expects to know: written above the bar, refused in one sentence, undone, seen in the history."""

from pathlib import Path

import pytest
from textual.widgets import TextArea

from reviewer.store.connection import Store
from tests.builders import table
from tests.tui.stored_acts import events
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def opened(t: Triage) -> TextArea:
    await t.settled()
    await t.press("D")
    await t.until(lambda: isinstance(t.app.focused, TextArea) and t.app.focused.id == "field-resolves_on", "the field")
    assert isinstance(t.app.focused, TextArea)
    return t.app.focused


async def test_a_day_is_set_shown_cleared_and_undone(path: Path) -> None:
    async with triage(path) as t:
        field = await opened(t)
        assert field.text == "", "nothing is filled in"
        await t.press(*"in 6 months", "enter")
        await t.until(lambda: t.held.resolves_on == "2026-07-02", "the day")
        await t.settled()
        assert "D known by 2026-07-02" in screen_text(t.app)
        assert t.title == "alpha method", "one stays"
        await t.press("h")
        await t.until(lambda: "My history" in screen_text(t.app), "the history")
        assert "known by 2026-07-02" in screen_text(t.app)
        await t.press("escape")
        assert (await opened(t)).text == "2026-07-02"
        await t.press(*["backspace"] * 10, "escape")
        await t.until(lambda: t.held.resolves_on is None, "that it is cleared")
        await t.press("u")
        await t.told("Undid: day taken back")
        await t.until(lambda: t.held.resolves_on == "2026-07-02", "the day again")
    assert events(path) == ["resolves_on", "resolves_on", "undo"]
    assert table(Store(path), "SELECT resolves_on FROM current_judgements") == [("2026-07-02",)]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("2025-12-31", "2025-12-31 has passed"), ("soon", "“soon” is no day; write it as 2027-03-31, or in 6 months.")],
)
async def test_what_is_no_day_to_come_is_told_and_stays_as_a_draft(path: Path, typed: str, sentence: str) -> None:
    async with triage(path) as t:
        field = await opened(t)
        await t.press(*typed, "enter")
        await t.told(sentence)
        await t.press("7")
        assert field.has_focus, "enter stays, so that digits are no forecast"
        assert field.text == f"{typed}7"
        await t.press("backspace", "escape")
        await t.told("D goes on with it.")
        await t.until(lambda: "D draft, unsaved" in screen_text(t.app), "the mark of the draft")
        assert (await opened(t)).text == typed
        await t.press("escape")
    assert events(path) == []
    async with triage(path) as t:
        await t.told("An unsaved draft is waiting here; D goes on with it.")
        await opened(t)
        await t.press(*["backspace"] * 10, *"in a year", "enter")
        await t.until(lambda: t.held.resolves_on == "2027-01-02", "the day")
        await t.settled()
        assert "draft" not in screen_text(t.app)
