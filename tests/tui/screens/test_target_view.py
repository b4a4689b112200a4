"""The target as it is read: every part, whose it is and since when, and the way to the form."""

from pathlib import Path

import pytest
from textual.widgets import TextArea

from reviewer.domain.problems import Target
from reviewer.store.connection import Store
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.target import TargetScreen
from reviewer.tui.screens.target_view import TargetViewScreen, target_text
from reviewer.workflow.targets import write_target
from tests.builders import build_session
from tests.tui.harness import HarnessApp
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage

TARGET = Target("gains half a point\non live traffic [/x]", "the large one", scale="1e25", horizon="2027-03-31")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = store_with(tmp_path, *records())
    store = Store(path)
    write_target(build_session(store), 1, TARGET)
    store.close()
    return path


def test_every_part_is_there_those_that_nobody_wrote_among_them() -> None:
    lines = [(line.mark[0].strip(), line.text) for line in target_text(TARGET, 3, "kim", "")]
    assert lines == [
        ("survives if", "gains half a point"), ("", "on live traffic [/x]"), ("", ""),
        ("by", "2027-03-31"), ("", ""), ("system", "the large one"), ("", ""), ("scale", "1e25"), ("", ""),
        ("budget", "not said"), ("", ""), ("latency", "not said"), ("", ""), ("signals", "not said"), ("", ""),
        ("decides", "not said"), ("", ""), ("", "version 3, written by kim"),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 10), (10, 3), (1, 1)])
async def test_every_size_is_drawn_and_esc_leaves(size: tuple[int, int]) -> None:
    screen = TargetViewScreen("Weak-to-strong [/x]", TARGET, 3, effective_keymap({}), written_by="kim")
    app = HarnessApp(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "escape")
        assert app.results == [None]
        assert not screen.wants_form


async def until_screen(t: Triage, screen: type) -> None:
    await t.until(lambda: isinstance(t.app.screen, screen), screen.__name__)


@pytest.mark.usefixtures("hands")
async def test_it_opens_for_reading_and_e_edits(path: Path) -> None:
    async with triage(path) as t:
        await t.press("T")
        await until_screen(t, TargetViewScreen)
        await t.until(lambda: "version 1, written by kim on" in screen_text(t.app))
        await t.press("e")
        await until_screen(t, TargetScreen)
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press("!", "escape")
        await until_screen(t, TargetViewScreen)
        await t.until(lambda: "A draft of another version is waiting; e goes on with it." in screen_text(t.app))
        await t.press("e")
        await until_screen(t, TargetScreen)
        await t.press("ctrl+s")
        await t.told("The target is saved as version 2.")
        assert t.app.screen is t.screen
        await t.press("T")
        await until_screen(t, TargetViewScreen)
        await t.until(lambda: "[/x]!" in screen_text(t.app) and "version 2" in screen_text(t.app))
        await t.press("q")
        await t.until(lambda: t.app.screen is t.screen)


@pytest.mark.usefixtures("hands")
async def test_where_nobody_wrote_one_it_opens_for_writing(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, *records())) as t:
        t.burst("Tgain over 1 point")
        await until_screen(t, TargetScreen)
        await t.until(lambda: "gain over 1 point" in screen_text(t.app))
        await t.press("escape")
        await t.until(lambda: t.app.screen is t.screen)
