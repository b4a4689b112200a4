"""What the rubric requires of a verdict is asked for before one leaves the proposal, and holds nobody fast."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import TextArea

from reviewer.tui.widgets.queue import QueueList
from tests.tui.triage_app import Triage, records, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def require(t: Triage, *names: str) -> None:
    """Let the rubric in hand require these fields, and give the first proposal a verdict without them."""
    t.screen.session = replace(t.screen.session, rubric=replace(t.screen.session.rubric, required=names))
    await t.press("f")
    await t.told(f"also asks for: {', '.join(names)}.")


@pytest.mark.parametrize("keys", [["j"], ["k"], ["G"], ["g"], ["z"], ["full_stop"], ["slash"], ["F"], ["S"], ["P"]])
async def test_no_key_leaves_before_all_of_it_is_there(path: Path, keys: Sequence[str]) -> None:
    async with triage(path) as t:
        await t.press("j")
        await t.settled()
        await require(t, "forecast")
        t.app.clear_notifications()
        await t.press(*keys)
        await t.told("also asks for: forecast.")
        await t.saves()
        assert (t.title, t.app.screen) == ("delta method", t.screen)
        assert not t.screen.focused_text()
        await t.press("4", "0")
        await t.go("j")
        assert t.title == "charlie method"


async def test_nor_does_the_mouse(path: Path) -> None:
    async with triage(path) as t:
        await require(t, "forecast")
        await t.pilot.click(QueueList, offset=(3, 3))
        await t.settled()
        assert t.title == "alpha method"
        await t.press("4", "0", "j")
        await t.settled()
        await t.pilot.click(QueueList, offset=(3, 3))
        await t.settled()
        assert t.title == "bravo method"


async def test_a_rationale_that_stays_empty_is_asked_for_on_leaving_and_not_before(path: Path) -> None:
    async with triage(path) as t:
        await require(t, "rationale")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press("escape")
        await t.until(lambda: not t.screen.focused_text())
        await t.press("tab")
        assert not t.screen.focused_text()
        await t.press("j")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        assert t.title == "alpha method"
        await t.press(*"noise", "escape")
        await t.settled()
        await t.go("j")
        assert t.title == "delta method"


async def test_one_may_undo_the_verdict_instead(path: Path) -> None:
    async with triage(path) as t:
        await require(t, "rationale")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press("escape")
        await t.until(lambda: not t.screen.focused_text())
        await t.press("u")
        await t.told("Undid: fails")
        await t.settled()
        await t.go("j")
        assert t.title == "delta method"


async def test_who_leaves_the_app_is_asked_once(path: Path) -> None:
    async with triage(path) as t:
        await require(t, "forecast", "ratings")
        t.app.clear_notifications()
        await t.press("ctrl+q")
        await t.told("also asks for: forecast, ratings.")
        assert t.app.is_running
        await t.press("ctrl+q")
        await t.until(lambda: not t.app.is_running)
