"""Choosing one of many."""

import time

import pytest
from textual.widgets import TextArea

from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import ASCII
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.widgets.row_list import RowList
from tests.tui.harness import HarnessApp

KEYMAP = effective_keymap({})
OPTIONS = (Option("a", "Order of import"), Option("b", "Newest first", "by date"), Option("z", "Zoë’s [/own] order"))


def opened(current: str | None = "b", options: tuple[Option, ...] = OPTIONS) -> tuple[HarnessApp, ChoiceScreen]:
    screen = ChoiceScreen("Order", options, current, KEYMAP)
    return HarnessApp(screen), screen


def rows_of(screen: ChoiceScreen) -> list[str]:
    rows = screen.query_one(RowList)
    return [rows._draw(place, 60).plain.rstrip() for place in range(rows.count)]


async def test_enter_takes_the_current_one_and_arrows_another() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        assert rows_of(screen)[1].endswith("by date  (now)")
        await pilot.press("enter")
        assert app.results == ["b"]
    app, _ = opened()
    async with app.run_test() as pilot:
        await pilot.press("down", "down", "ctrl+p", "ctrl+n", "enter")
        assert app.results == ["z"]


@pytest.mark.parametrize("key", ["escape", "alt+b"])
async def test_escape_takes_none(key: str) -> None:
    app, _ = opened()
    async with app.run_test() as pilot:
        await pilot.press("down", key)
        assert app.results == [None]


async def test_typing_narrows_down_without_accents_or_case() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press(*"ZOE")
        assert len(rows_of(screen)) == 1
        await pilot.press("enter")
        assert app.results == ["z"]


async def test_notes_are_searched_and_the_cursor_stays_on_its_option() -> None:
    app, screen = opened("b")
    async with app.run_test() as pilot:
        await pilot.press(*"date")
        assert len(rows_of(screen)) == 1
        await pilot.press("ctrl+u", "enter")
        assert app.results == ["b"]


async def test_where_nothing_fits_enter_stays() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press(*"qqq", "enter")
        assert app.results == []
        assert screen.query_one("#none").display
        await pilot.press("ctrl+u", "enter")
        assert len(app.results) == 1


async def test_letters_are_typed_and_do_nothing_else() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press("q", "question_mark")
        assert screen.query_one(TextArea).text == "q?"
        assert app.results == []
        assert app.actions == []


async def test_hostile_labels_are_shown_and_not_obeyed() -> None:
    app, screen = opened(None, (Option("x", "\x1b]52;c;aGk=\x07[/]", "\x9b[bold]"),))
    async with app.run_test() as pilot:
        assert "\x1b" not in rows_of(screen)[0]
        assert "[/]" in rows_of(screen)[0]
        await pilot.press("enter")
        assert app.results == ["x"]


async def test_a_second_click_takes_it() -> None:
    app, _ = opened()
    async with app.run_test() as pilot:
        await pilot.click(RowList, offset=(5, 2))
        assert app.results == []
        await pilot.click(RowList, offset=(5, 2))
        assert app.results == ["z"]


async def test_a_thousand_options_are_narrowed_down_at_once() -> None:
    options = tuple(Option(str(i), f"agent-{i} Zoë", f"{i} proposals") for i in range(1000))
    app, screen = opened("500", options)
    async with app.run_test(size=(80, 24)) as pilot:
        rows = screen.query_one(RowList)
        assert rows.cursor == 500
        assert 500 - rows.size.height < rows.scroll_offset.y <= 500
        began = time.thread_time()
        for _ in range(20):
            screen._narrow()
        assert (time.thread_time() - began) / 20 < 0.05
        await pilot.press("pagedown", "enter")
        assert int(app.results[0]) > 500


@pytest.mark.parametrize("size", [(200, 60), (40, 10), (10, 3), (1, 1)])
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    screen = ChoiceScreen("Order", OPTIONS, None, KEYMAP, ASCII)
    app = HarnessApp(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.press("down", "enter")
        assert app.results == ["b"]


async def test_no_options_can_be_left() -> None:
    app, _ = opened(None, ())
    async with app.run_test() as pilot:
        await pilot.press("down", "up", "enter", "escape")
        assert app.results == [None]
