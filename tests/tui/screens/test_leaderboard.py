"""The leaderboard as a person uses it: opened from the triage screen, moved through, and left for a proposal."""

import asyncio
import math
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreError
from reviewer.domain.methods import SeedValue
from reviewer.domain.vocabulary import Bound, Role, Setting
from reviewer.evidence.baselines import Ground
from reviewer.store.measured import MeasuredGround
from reviewer.tui.keys import effective_keymap
from reviewer.tui.leaderboard_table import Table
from reviewer.tui.marks import ASCII, UNICODE
from reviewer.tui.screens.choice import ChoiceScreen
from reviewer.tui.screens.leaderboard import LeaderboardScreen
from reviewer.tui.screens.leaderboard_notes import LeaderboardNotesScreen
from reviewer.tui.widgets.row_list import RowList
from reviewer.workflow.leaderboard import as_ground
from tests.builders import PROBLEM, measured, record
from tests.tui.harness import HarnessApp
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage, until

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Five proposals and three baselines on chat, two of the proposals on math too, and a ceiling."""
    lab, math_ = {"setting": Setting.LAB}, {"setting": Setting.HELD_OUT}
    seeds = tuple(SeedValue(42 + i, 0.2 + i / 10) for i in range(3))
    return store_with(
        tmp_path,
        *records(),
        record("c", Role.REFERENCE, title="True labels", bound=Bound.CEILING, measurements=(measured(0.8, **lab),)),
        record("q", title="foxtrot [/x] \x1b]52;c;x\x07 method",
               measurements=(measured(0.3, seeds=seeds, **lab), measured(0.7, "math", **math_))),
        record("r", title="golf method", measurements=(measured(0.9, "math", **math_),)),
        record("z", title="odd method", measurements=(measured(math.inf, **lab),)),
    )  # fmt: skip


def board(t: Triage) -> LeaderboardScreen:
    screen = t.app.screen
    assert isinstance(screen, LeaderboardScreen), screen
    return screen


async def opened(t: Triage) -> None:
    await t.settled()
    await t.press("l")
    await t.until(lambda: isinstance(t.app.screen, LeaderboardScreen) and rows(t).count, "the table")


def rows(t: Triage) -> RowList:
    return board(t).query_one(RowList)


def lines(t: Triage) -> list[str]:
    return screen_text(t.app).splitlines()


def line_of(t: Triage, words: str) -> str:
    return next(line for line in lines(t) if words in line)


async def test_a_key_typed_with_the_one_that_opens_it_waits_for_the_rows(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        t.burst("lv")
        await t.until(lambda: isinstance(t.app.screen, LeaderboardNotesScreen))


async def test_esc_gives_up_what_takes_too_long_to_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.keys_in_turn.PATIENCE_SECONDS", 0.1)
    waits = threading.Event()

    def read(*_: object, **__: object) -> None:
        waits.wait(20)
        raise StoreError("Nobody waits for it.")

    monkeypatch.setattr("reviewer.workflow.leaderboard.read_leaderboard", read)
    async with triage(path) as t:
        await t.settled()
        t.burst("l")
        while not isinstance(t.app.screen, LeaderboardScreen):
            await asyncio.sleep(0.01)
        t.burst("s")
        await asyncio.sleep(0.3)
        t.burst("\x1b")
        while isinstance(t.app.screen, LeaderboardScreen):
            await asyncio.sleep(0.01)
        waits.set()
        assert t.app.screen is t.screen


async def test_the_methods_stand_best_first_with_their_numbers(path: Path) -> None:
    async with triage(path, size=(120, 40)) as t:
        await opened(t)
        text = screen_text(t.app)
        order = ["True labels", "echo", "bravo", "charlie", "delta", "alpha", "foxtrot", "Baseline 2", "Baseline 3"]
        places = [text.index(words) for words in order]
        assert places[1:7] == sorted(places[1:7])
        assert "PGR ↑ on chat, lab" in text
        assert "b best baseline 0.300" in text
        assert "c ceiling 0.800" in text
        assert "0.550  ±0.020  (5)" in line_of(t, "echo")
        assert "├" in line_of(t, "echo")
        assert "Fresh seeds for the top few are the cure." in " ".join(text.split())
        assert "foxtrot [/x] ␛]52;" in line_of(t, "foxtrot")
        assert "nan" not in text.lower()
        assert "inf" not in text.lower()


async def test_the_cursor_moves_as_everywhere_and_says_its_row_in_words(path: Path) -> None:
    async with triage(path, size=(120, 40)) as t:
        await opened(t)
        assert rows(t).cursor == 0
        await t.press("j", "j")
        await t.until(lambda: "0.540, 95 % 0.484 to 0.596" in screen_text(t.app), "the second best in words")
        await t.press("G")
        assert rows(t).cursor == rows(t).count - 1
        await t.press("k")
        assert rows(t).cursor == rows(t).count - 2
        await t.press("g")
        assert rows(t).cursor == 0
        await t.press("space")
        assert rows(t).cursor == rows(t).count - 1


async def test_enter_goes_to_the_proposal_in_the_queue(path: Path) -> None:
    async with triage(path) as t:
        await opened(t)
        await t.press("j", "j", "enter")
        await t.until(lambda: t.app.screen is t.screen, "back on the triage screen")
        await t.until(lambda: t.title == "bravo method", "the second best")


async def test_enter_goes_to_a_proposal_that_the_search_has_left_out(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        await t.press("slash", *"alpha", "enter")
        await t.until(lambda: t.titles == ["alpha method"], "the search")
        await opened(t)
        await t.press("j", "enter")
        await t.until(lambda: t.app.screen is t.screen and t.title == "echo method", "the best")


async def test_a_baseline_is_not_in_the_queue_and_that_is_told(path: Path) -> None:
    async with triage(path) as t:
        await opened(t)
        await t.press("G", "enter")
        await t.until(lambda: t.toasts(), "a word")
        assert t.toasts() == ["This is a baseline; only proposals stand in the queue."]
        assert isinstance(t.app.screen, LeaderboardScreen)


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_it_is_left_without_going_anywhere(path: Path, key: str) -> None:
    async with triage(path) as t:
        await opened(t)
        title = t.title
        await t.press("j", key)
        await t.until(lambda: t.app.screen is t.screen, "back on the triage screen")
        await t.settled()
        assert t.title == title


async def test_seeds_are_shown_as_dots_on_demand(path: Path) -> None:
    async with triage(path, size=(120, 40)) as t:
        await opened(t)
        assert "●" in line_of(t, "foxtrot")
        await t.press("s")
        await t.until(lambda: line_of(t, "foxtrot").count("•") == 3, "three dots")
        assert "s intervals" in screen_text(t.app)
        await t.press("s")
        await t.until(lambda: "●" in line_of(t, "foxtrot"), "the interval")


async def test_another_dataset_can_be_chosen(path: Path) -> None:
    async with triage(path, size=(120, 40)) as t:
        await opened(t)
        await t.press("m")
        await t.until(lambda: isinstance(t.app.screen, ChoiceScreen), "the choice")
        assert "PGR on math, held-out" in screen_text(t.app)
        await t.press(*"math", "enter")
        await t.until(lambda: "on math, held-out" in screen_text(t.app) and rows(t).count == 2, "the other table")
        assert "No baseline has a value here, so that nothing is tested." in screen_text(t.app)
        assert "golf method" in lines(t)[5]


async def test_a_problem_where_nothing_was_measured_says_so(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, record("p1"))) as t:
        await t.settled()
        await t.press("l")
        await t.until(lambda: "has measured anything yet" in screen_text(t.app), "why there is no table")
        await t.press("m", "s", "j", "enter", "escape")
        await t.until(lambda: t.app.screen is t.screen, "back on the triage screen")


async def test_a_store_that_cannot_be_read_is_told_in_place_of_the_table(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("reviewer.workflow.leaderboard.measured_methods", broken)
    failures: list[BaseException] = []
    async with triage(path, failures=failures) as t:
        await t.settled()
        await t.press("l")
        await t.until(lambda: "the details are in the log" in screen_text(t.app), "the sentence")
        assert [str(error) for error in failures] == ["a mistake of ours"]


async def test_what_takes_long_to_read_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.screens.read_view.HOW_FAR_AFTER_SECONDS", 0.05)
    monkeypatch.setattr("reviewer.tui.screens.read_view.HOW_FAR_EVERY_SECONDS", 0.01)
    found = (MeasuredGround("pgr", "chat", Setting.LAB, "", 5, 1),)
    hears: list[Callable[[int, int], object]] = []

    async def read_grounds() -> tuple[tuple[MeasuredGround, ...], Ground]:
        return found, as_ground(found[0])

    async def read(_ground: Ground, _is_wanted: Callable[[], bool], told: Callable[[int, int], object]) -> Table:
        hears.append(told)
        await asyncio.Event().wait()
        raise AssertionError("never over")

    screen = LeaderboardScreen(PROBLEM, effective_keymap({}), UNICODE, read_grounds=read_grounds, read=read, log=print)
    app = HarnessApp(screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: hears, "the table")
        hears[0](12_000, 60_000)
        await until(pilot, lambda: "Reading… 12,000 of 60,000; PGR on chat, lab" in screen_text(app))
        hears[0](60_000, 60_000)
        await until(pilot, lambda: "Putting in order… 60,000 of 60,000; PGR on chat, lab" in screen_text(app))


async def test_what_nobody_waits_for_is_no_longer_wanted() -> None:
    wanted: list[Callable[[], bool]] = []
    found = (
        MeasuredGround("pgr", "chat", Setting.LAB, "", 5, 1),
        MeasuredGround("loss", "chat", Setting.LAB, "", 5, 0),
    )

    async def read_grounds() -> tuple[tuple[MeasuredGround, ...], Ground]:
        return found, as_ground(found[0])

    async def read(_ground: Ground, is_wanted: Callable[[], bool], _told: Callable[[int, int], object]) -> Table:
        wanted.append(is_wanted)
        await asyncio.Event().wait()
        raise AssertionError("never over")

    screen = LeaderboardScreen(PROBLEM, effective_keymap({}), UNICODE, read_grounds=read_grounds, read=read, log=print)
    app = HarnessApp(screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: wanted, "the first table")
        assert "Reading… PGR on chat, lab" in screen_text(app)
        assert wanted[0]()
        await pilot.press("m", "down", "enter")
        await until(pilot, lambda: len(wanted) == 2, "the second table")
        assert (wanted[0](), wanted[1]()) == (False, True)
        await pilot.press("escape")
        await until(pilot, lambda: app.results, "the screen is left")
        await until(pilot, lambda: not wanted[1](), "nothing is wanted any more")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 10)])
async def test_it_is_drawn_at_any_size_and_in_ascii(path: Path, size: tuple[int, int]) -> None:
    async with triage(path, size=(80, 24), marks=ASCII) as t:
        await opened(t)
        await t.pilot.resize_terminal(*size)
        await t.pilot.pause()
        assert screen_text(t.app).isascii()
        assert "0.800" in screen_text(t.app)


async def test_on_a_small_screen_the_rows_come_first_and_all_that_is_said_can_be_read(path: Path) -> None:
    async with triage(path, size=(80, 24)) as t:
        await opened(t)
        await t.until(lambda: "v 5 notes and the marks: " in screen_text(t.app), "the first of the notes")
        assert rows(t).size.height == 16
        assert "esc back" in lines(t)[-1]
        assert "Fresh seeds" not in screen_text(t.app)
        await t.press("v")
        await t.until(lambda: isinstance(t.app.screen, LeaderboardNotesScreen), "the notes")
        await t.until(lambda: "True labels" in screen_text(t.app), "the row at the cursor")
        assert "Fresh seeds for the top few are the cure." in " ".join(screen_text(t.app).split())
        await t.press("G")
        await t.until(lambda: "so many seeds on one spot" in screen_text(t.app), "the last of the marks")
        await t.press("escape")
        await t.until(lambda: isinstance(t.app.screen, LeaderboardScreen), "back on the table")


async def test_the_rows_have_most_of_the_screen_at_any_height(path: Path) -> None:
    async with triage(path, size=(80, 24)) as t:
        await opened(t)
        for height in (24, 29, 30, 36, 48, 60):
            await t.pilot.resize_terminal(80, height)
            await t.pilot.pause()
            assert rows(t).size.height >= 0.6 * height
        await t.pilot.resize_terminal(200, 60)
        await t.until(lambda: "notes and the marks" not in screen_text(t.app), "room for all of them")


async def test_what_is_said_is_fitted_before_there_is_room_for_it_too(path: Path) -> None:
    async with triage(path, size=(80, 24)) as t:
        await opened(t)
        screen = t.app.screen
        screen.query_one("#facts").display = False
        await t.until(lambda: screen.query_one("#facts").content_size.width == 0, "no room")
        await t.pilot.resize_terminal(79, 24)
        screen.query_one("#facts").display = True
        await t.until(lambda: "best baseline" in screen_text(t.app), "the facts")
        assert "notes and the marks" in screen_text(t.app)


async def test_the_digit_among_the_dots_is_explained_where_it_is_drawn(path: Path) -> None:
    async with triage(path, size=(80, 24)) as t:
        await opened(t)
        assert "on one spot" not in screen_text(t.app)
        await t.press("s")
        await t.until(lambda: "• a seed, 2 two on one spot" in screen_text(t.app), "what a digit says")


async def test_there_are_no_notes_of_no_table(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, record("p1"))) as t:
        await t.settled()
        await t.press("l")
        await t.until(lambda: "has measured anything yet" in screen_text(t.app), "why there is no table")
        await t.press("v")
        assert isinstance(t.app.screen, LeaderboardScreen)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 48)])
async def test_the_letters_above_the_bars_stand_over_their_lines(path: Path, size: tuple[int, int]) -> None:
    async with triage(path, size=size) as t:
        await opened(t)
        await t.until(lambda: any("title  " in line for line in lines(t)), "the names of the columns")
        await t.pilot.pause()
        head = line_of(t, "title  ")
        baseline = {line.index("│") for line in lines(t) if "│" in line}
        assert baseline == {head.rindex("b")}
