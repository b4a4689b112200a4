"""Letting agents read a rationale, by a key: that one as it stands, and none before it is written."""

from pathlib import Path

import pytest
from textual.widgets import TextArea

from reviewer.store.connection import Store
from tests.builders import table
from tests.tui.stored_acts import events
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")

SHAREABLE = "SELECT rationale, shareable FROM current_judgements"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def written(t: Triage, text: str) -> None:
    await t.press("e")
    await t.until(lambda: isinstance(t.app.focused, TextArea), "the field")
    await t.press(*text, "escape")
    await t.until(lambda: t.held.rationale.endswith(text), "the rationale")
    await t.settled()


async def test_a_rationale_is_shared_shown_changed_and_undone(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        await written(t, "dear")
        await t.press("L")
        await t.told("Agents may read the rationale: it goes out once the proposal has your verdict.")
        await t.until(lambda: t.held.shareable, "the mark")
        await t.settled()
        assert "rationale, shared: dear" in screen_text(t.app)
        assert t.title == "alpha method", "one stays"
        await t.press("h")
        await t.until(lambda: "My history" in screen_text(t.app), "the history")
        assert "agents may read the rationale" in screen_text(t.app)
        await t.press("escape")
        await written(t, " and slow")
        await t.told("Agents may no longer read the rationale, which is another one now. L lets them read this one.")
        assert not t.held.shareable
        await t.press("u")
        await t.told("Undid: rationale")
        await t.until(lambda: t.held.shareable, "the rationale of before, with its mark")
        await t.press("L")
        await t.until(lambda: not t.held.shareable, "that it is taken back")
        await t.told("Agents may no longer read the rationale.")
        await t.settled()
    assert events(path) == ["rationale", "share", "rationale", "undo", "share"]
    assert table(Store(path), SHAREABLE) == [("dear", 0)]


async def test_nothing_is_shared_before_there_is_a_rationale(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        await t.press("L")
        await t.told("There is no rationale of yours that agents could read; write one first.")
    assert events(path) == []


async def test_the_same_text_saved_again_stays_shared(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        await written(t, "dear")
        await t.press("L")
        await t.until(lambda: t.held.shareable, "the mark")
        await written(t, "")
    assert table(Store(path), SHAREABLE) == [("dear", 1)]
