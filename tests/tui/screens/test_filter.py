"""Putting a filter together."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Status, Verdict
from reviewer.tui.keys import effective_keymap
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.dialog import Excerpt
from reviewer.tui.screens.filter import CountAsked, FilterScreen
from reviewer.tui.widgets.row_list import RowList
from reviewer.workflow.browsing import FilterChoices
from tests.tui.harness import HarnessApp, settle

KEYMAP = effective_keymap({})
CHOICES = FilterChoices(
    tuple(f"agent-{i}" for i in range(200)),
    ("em", "mdl"),
    ("seeds", "[/x]"),
    (("few-seeds", "few seeds"), ("no-error", "neither standard error nor values of seeds")),
)


async def count_asked() -> Mapping[str, int]:
    return {"few-seeds": 1234}


def opened(
    current: QueueFilter | None = None, keys: dict[str, str] | None = None, count: CountAsked = count_asked
) -> tuple[HarnessApp, FilterScreen]:
    keymap = effective_keymap(keys) if keys else KEYMAP
    screen = FilterScreen(current or QueueFilter(), CHOICES, keymap, count_asked=count)
    return HarnessApp(screen), screen


def listed(app: HarnessApp) -> list[str]:
    """Return the list of values that is open, as wide as it is at 80 columns."""
    rows = app.screen.query_one(RowList)
    return [rows._draw(place, 68).plain.rstrip() for place in range(rows.count)]


def sentence(screen: FilterScreen) -> str:
    return screen.query_one(Excerpt)._text.plain


async def test_values_are_stepped_through_and_combine() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press("right", "right", "right", "j", "space", "j", "j", "left", "j", "j", "right", "down", "right")
        assert sentence(screen) == "shows  judged, survives, family mdl, flagged, changed since judged"
        await pilot.press("enter")
        assert app.results == [QueueFilter(Status.JUDGED, Verdict.SURVIVES, family="mdl", flagged=True, changed=True)]


async def test_what_is_assigned_and_what_is_judged_differently_are_asked_for() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press(*["j"] * 8, "right", "j", "right")
        assert sentence(screen) == "shows  assigned to me, judged differently"
        await pilot.press("enter")
        assert app.results == [QueueFilter(assigned=True, disagreed=True)]


async def test_stepping_goes_round() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press("left")
        assert sentence(screen) == "shows  skipped"
        await pilot.press("right")
        assert sentence(screen) == "shows  all"


@pytest.mark.parametrize("key", ["0", "delete"])
async def test_a_row_is_cleared(key: str) -> None:
    current = QueueFilter(Status.JUDGED, Verdict.FAILS, text="noise")
    app, _ = opened(current)
    async with app.run_test() as pilot:
        await pilot.press("j", key, *["j"] * 9, key, "enter")
        assert app.results == [replace(current, verdict=None, text="")]


async def test_all_is_cleared_at_once() -> None:
    app, _ = opened(QueueFilter(Status.JUDGED, Verdict.FAILS, "agent-3", text="noise"))
    async with app.run_test() as pilot:
        await pilot.press("C", "enter")
        assert app.results == [QueueFilter()]


@pytest.mark.parametrize("key", ["escape", "q", "alt+j"])
async def test_closing_changes_nothing(key: str) -> None:
    app, _ = opened(QueueFilter(text="noise"))
    async with app.run_test() as pilot:
        await pilot.press("right", key)
        assert app.results == [None]


async def test_one_of_many_agents_is_found_by_typing() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press("j", "j", "slash")
        assert isinstance(app.screen, ChoiceScreen)
        await pilot.press(*"137", "enter")
        assert screen.is_current
        await pilot.press("enter")
        assert app.results == [QueueFilter(agent="agent-137")]


async def test_leaving_the_list_of_agents_leaves_the_agent() -> None:
    app, _ = opened(QueueFilter(agent="agent-3"))
    async with app.run_test() as pilot:
        await pilot.press("j", "j", "slash", "down", "escape", "enter")
        assert app.results == [QueueFilter(agent="agent-3")]


@pytest.mark.parametrize("leave", ["enter", "escape", "down"])
async def test_the_text_is_written_and_enter_there_does_not_apply(leave: str) -> None:
    app, screen = opened(QueueFilter(text="old"))
    async with app.run_test() as pilot:
        await pilot.press("up", *["j"] * 10, "slash", "ctrl+u", *"q 0/".replace(" ", "-"), leave)
        assert app.results == []
        assert sentence(screen) == "shows  “q-0/”"
        await pilot.press("enter")
        assert app.results == [QueueFilter(text="q-0/")]


async def test_what_is_asked_for_stays_a_value_though_nothing_bears_it() -> None:
    app, screen = opened(QueueFilter(tag="forgotten"))
    async with app.run_test() as pilot:
        assert sentence(screen) == "shows  tag forgotten"
        await pilot.press(*["j"] * 4, "right", "left", "enter")
        assert app.results == [QueueFilter(tag="forgotten")]


async def test_moving_follows_the_keymap() -> None:
    app, screen = opened(keys={"next": "n", "next_match": "ctrl+n"})
    async with app.run_test() as pilot:
        await pilot.press("n", "j", "right")
        assert sentence(screen) == "shows  survives"


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (40, 10), (10, 3), (1, 1)])
async def test_every_size_is_drawn(size: tuple[int, int]) -> None:
    app, _ = opened(QueueFilter(tag="[/x]", text="\x1b[/]"))
    async with app.run_test(size=size) as pilot:
        await pilot.press("j", "right", "enter")
        assert app.results[0].verdict is Verdict.SURVIVES


async def test_a_click_moves_and_a_second_one_steps() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.click(RowList, offset=(4, 1))
        assert sentence(screen) == "shows  all"
        await pilot.click(RowList, offset=(4, 1))
        assert sentence(screen) == "shows  survives"


async def test_the_queue_is_narrowed_down_to_what_a_check_asks_about() -> None:
    app, screen = opened()
    async with app.run_test() as pilot:
        await pilot.press(*["j"] * 7, "slash")
        assert isinstance(app.screen, ChoiceScreen)
        await pilot.press(*"neither", "enter")
        assert sentence(screen) == "shows  asked by no-error"
        await pilot.press("enter")
        assert app.results == [QueueFilter(check="no-error")]


async def test_each_check_is_listed_with_how_many_proposals_it_asks_about_once_they_are_counted() -> None:
    may_end, counted = asyncio.Event(), 0

    async def count() -> Mapping[str, int]:
        nonlocal counted
        await may_end.wait()
        counted += 1
        return await count_asked()

    app, screen = opened(count=count)
    async with app.run_test() as pilot:
        await pilot.press(*["j"] * 7, "slash", *"seeds")
        assert listed(app) == ["few-seeds  …  few seeds", "no-error   …  neither standard error nor values of seeds"]
        await pilot.press("down")
        may_end.set()
        await settle(pilot)
        assert listed(app) == [
            "few-seeds  1,234  few seeds",
            "no-error       0  neither standard error nor values of seeds",
        ]
        await pilot.press("enter")
        assert sentence(screen) == "shows  asked by no-error"
        await pilot.press("slash")
        assert listed(app)[0].startswith("any")
        assert "1,234" in listed(app)[1]
        assert counted == 1


async def test_counts_that_cannot_be_had_leave_the_checks_to_be_chosen() -> None:
    async def count() -> Mapping[str, int]:
        raise ReviewerError("The store is gone.")

    app, _ = opened(count=count)
    async with app.run_test() as pilot:
        await pilot.press(*["j"] * 7, "slash")
        await settle(pilot)
        await pilot.press(*"neither", "enter", "enter")
        assert app.results == [QueueFilter(check="no-error")]


async def test_a_list_that_was_left_before_the_counts_came_is_left() -> None:
    may_end = asyncio.Event()

    async def count() -> Mapping[str, int]:
        await may_end.wait()
        return {}

    app, screen = opened(count=count)
    async with app.run_test() as pilot:
        await pilot.press(*["j"] * 7, "slash", "escape")
        may_end.set()
        await settle(pilot)
        assert screen.is_current
        await pilot.press("escape")
        assert app.results == [None]


async def test_a_check_that_asks_nothing_any_more_stays_a_value() -> None:
    app, _ = opened(QueueFilter(check="synthetic"))
    async with app.run_test() as pilot:
        await pilot.press(*["j"] * 7, "right", "left", "enter")
        assert app.results == [QueueFilter(check="synthetic")]
