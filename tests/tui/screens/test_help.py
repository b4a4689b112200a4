import pytest
from textual.pilot import Pilot

from reviewer.tui.actions import ACTIONS, action, actions_at
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.help import HelpScreen, actions_of, help_lines
from reviewer.tui.widgets.text_field import TextField
from tests.tui.harness import HarnessApp

KEYMAP = effective_keymap({})


async def shown(pilot: Pilot[None], screen: HelpScreen) -> str:
    await pilot.pause()
    return screen.pane.plain_text


@pytest.mark.parametrize("size", [(80, 24), (160, 48), (200, 60)])
async def test_every_key_of_the_screen_is_there_with_what_it_does(size: tuple[int, int]) -> None:
    screen = HelpScreen("rubric", KEYMAP, "rubric")
    async with HarnessApp(screen).run_test(size=size) as pilot:
        text = await shown(pilot, screen)
        for each in actions_at("rubric"):
            assert each.title in text
        assert "ctrl+q" in text
        assert "survives" not in text


def test_wide_terminals_show_two_columns() -> None:
    narrow = help_lines(actions_at("triage"), KEYMAP, 90)
    wide = help_lines(actions_at("triage"), KEYMAP, 160)
    assert len(wide) < 0.8 * len(narrow)
    assert max(len(line.text) for line in narrow) <= 90
    assert max(len(line.text) for line in wide) <= 160


def test_several_places_are_listed_once_each_with_the_app_last() -> None:
    found = actions_of(("view", "text"))
    assert [each.where for each in found] == sorted(
        (each.where for each in found), key=lambda where: ("view", "text", "app").index(where)
    )
    assert len(found) == len(set(found))
    assert set(actions_of([each.where for each in ACTIONS])) == set(ACTIONS)


async def test_typing_narrows_the_list_and_esc_widens_it_again() -> None:
    screen = HelpScreen("triage", KEYMAP)
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press("slash", *"fore")
        text = await shown(pilot, screen)
        assert "forecast %" in text
        assert "before" not in text
        await pilot.press(*"q!")
        assert "No key here" in await shown(pilot, screen)
        await pilot.press("escape")
        assert "survives" in await shown(pilot, screen)
        assert not app.results
        await pilot.press("escape")
        assert app.results == [None]


async def test_a_key_finds_what_it_does() -> None:
    screen = HelpScreen("triage", KEYMAP)
    async with HarnessApp(screen).run_test() as pilot:
        await pilot.press("slash", "Y", "enter")
        text = await shown(pilot, screen)
        assert "copy" in text
        assert not screen.query_one(TextField).has_focus


FOUND_BY = {
    "check": {"evidence", "filter"},
    "checks": {"evidence", "filter"},
    "question": {"evidence", "filter"},
    "baselines": {"leaderboard"},
    "seeds": {"evidence", "leaderboard"},
    "interval": {"evidence", "leaderboard"},
    "export": {"export"},
    "csv": {"export"},
    "excel": {"export"},
    "undo": {"undo"},
    "revert": {"undo"},
    "delete": {"undo"},
    "probability": {"forecast_digit"},
    "confidence": {"forecast_digit", "evidence"},
    "comment": {"rationale", "rationale_editor"},
    "note": {"rationale", "rubric"},
    "reason": {"rationale"},
    "score": {"rubric", "leaderboard"},
    "bookmark": {"flag"},
    "label": {"tags"},
    "later": {"skip"},
    "compare": {"next_baseline", "differences"},
    "significance": {"evidence"},
    "p-value": {"evidence"},
    "rank": {"leaderboard", "sort"},
    "agent": {"filter"},
    "status": {"filter"},
    "link": {"copy"},
    "json": {"raw", "export"},
    "load": {"import"},
    "criterion": {"target"},
    "resize": {"widen_pane", "narrow_pane"},
    "colour": {"theme"},
    "shortcut": {"help"},
    "exit": {"back_or_quit", "quit"},
}


async def test_an_action_is_found_by_the_words_that_people_look_for_it_by() -> None:
    screen = HelpScreen("triage", KEYMAP)
    async with HarnessApp(screen).run_test(size=(160, 100)) as pilot:
        await pilot.press("slash")
        for typed, ids in FOUND_BY.items():
            await pilot.press("ctrl+u", *(key if key.isalpha() else "minus" for key in typed))
            text = await shown(pilot, screen)
            assert screen.query_one(TextField).text == typed
            assert [each for each in ids if f" {action(each).title} " not in text] == [], typed


@pytest.mark.parametrize("key", ["escape", "q", "question_mark", "alt+x"])
async def test_it_closes(key: str) -> None:
    app = HarnessApp(HelpScreen("view", KEYMAP))
    async with app.run_test() as pilot:
        await pilot.press(key)
        assert app.results == [None]


async def test_it_scrolls_to_its_end_and_back() -> None:
    screen = HelpScreen("triage", KEYMAP)
    async with HarnessApp(screen).run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "j")
        assert screen.pane.scroll_offset.y == 2
        await pilot.press("G")
        assert screen.pane.scroll_offset.y == screen.pane.max_scroll_y > 0
        await pilot.press("space", "g")
        assert screen.pane.scroll_offset.y == 0


async def test_keys_of_ones_own_are_shown_and_work() -> None:
    keymap = effective_keymap({"view_down": "ctrl+n", "search": "", "survives": "y"})
    screen = HelpScreen(("triage", "view"), keymap)
    async with HarnessApp(screen).run_test(size=(80, 24)) as pilot:
        assert "ctrl+n" in await shown(pilot, screen)
        await pilot.press("ctrl+n")
        assert screen.pane.scroll_offset.y == 1
        await pilot.press("j")
        assert screen.pane.scroll_offset.y == 1
        await pilot.press("slash", "y")
        assert "survive" in await shown(pilot, screen)


@pytest.mark.parametrize("size", [(40, 10), (10, 5), (3, 2), (1, 1)])
async def test_no_size_kills_it(size: tuple[int, int]) -> None:
    app = HarnessApp(HelpScreen("triage", KEYMAP))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.press("slash", "a", "escape", "j", "G", "escape")
        assert app.results == [None]
