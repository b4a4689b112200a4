"""The ledger as a person uses it: opened from the triage screen, moved through, plotted, and left for a proposal."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Result, Setting, Verdict
from reviewer.store.connection import Store
from reviewer.tui.keys import effective_keymap
from reviewer.tui.ledger_table import LedgerTable
from reviewer.tui.marks import ASCII, UNICODE
from reviewer.tui.screens.ledger import LedgerNotesScreen, LedgerScreen
from reviewer.workflow import judging
from reviewer.workflow.outcomes import record_outcome
from tests.builders import PROBLEM, act, build_session, judge
from tests.tui.harness import HarnessApp
from tests.tui.triage_app import Triage, records, screen_text, store_with, triage, until

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Alpha, delta, charlie and bravo with an outcome, the last of them of another metric; echo without."""
    path = store_with(tmp_path, *records())
    with closing(Store(path)) as store:
        kim, ann = build_session(store), build_session(store, "ann")
        act(ann, 1, Act.FORECAST, judging.set_forecast(0.8))
        act(ann, 2, Act.FORECAST, judging.set_forecast(0.7))
        act(kim, 1, Act.FORECAST, judging.set_forecast(0.25))
        judge(kim, 2, Verdict.FAILS)
        for method_id, effect in ((1, 0.01), (2, 0.2), (3, -0.1)):
            result = Result.SURVIVED if method_id == 2 else Result.FAILED
            record_outcome(ann, method_id, Outcome(result, date(2026, 1, 1), "pgr", effect, 0.02, Setting.PRODUCTION))
        record_outcome(ann, 4, Outcome(Result.PARTLY, date(2026, 1, 1), "loss", -0.1))
    return path


async def opened(t: Triage) -> LedgerScreen:
    await t.settled()
    await t.press("O")
    await t.until(lambda: isinstance(t.app.screen, LedgerScreen) and t.app.screen.rows.count, "the table")
    screen = t.app.screen
    assert isinstance(screen, LedgerScreen)
    await t.pilot.pause()
    return screen


async def test_what_lost_most_stands_first_and_enter_goes_there(path: Path) -> None:
    async with triage(path, size=(120, 30)) as t:
        await opened(t)
        text = screen_text(t.app)
        order = [text.index(words) for words in ("charlie method", "alpha method", "delta method", "bravo method")]
        assert order == sorted(order)
        assert "echo" not in text
        assert "4 outcomes" in text
        await t.press("j", "j")
        assert "delta method: survived on 2026-01-01" in screen_text(t.app)
        await t.press("enter")
        await t.until(lambda: t.app.screen is t.screen and t.title == "delta method", "the proposal")


async def test_others_forecasts_show_where_one_has_given_a_verdict(path: Path) -> None:
    async with triage(path, size=(140, 30)) as t:
        await opened(t)
        alpha, delta = (
            next(line for line in screen_text(t.app).splitlines() if f"{name} method " in line)
            for name in ("alpha", "delta")
        )
        assert "25 %  ?" in alpha
        assert "ann 70 %" in delta
        assert "80 %" not in screen_text(t.app)
        await t.press("v")
        await t.until(lambda: isinstance(t.app.screen, LedgerNotesScreen), "the notes")
        assert "80 %" not in screen_text(t.app)
        await t.press("escape")


async def test_the_plot_takes_the_place_of_the_table_on_a_low_screen_and_stands_beneath_it_on_a_high_one(
    path: Path,
) -> None:
    async with triage(path, size=(80, 24), marks=ASCII) as t:
        await opened(t)
        assert "in production" in screen_text(t.app)
        assert "nothing lost" not in screen_text(t.app)
        await t.press("p")
        await t.until(lambda: "... nothing lost" in screen_text(t.app), "the plot")
        assert "ended" not in screen_text(t.app)
        assert "[x]" in screen_text(t.app)
        assert screen_text(t.app).isascii()
        await t.press("j", "j")
        await t.until(lambda: "[+]" in screen_text(t.app), "the point of the other row")
        await t.pilot.resize_terminal(120, 44)
        await t.until(lambda: "ended" in screen_text(t.app), "both")
        assert "nothing lost" in screen_text(t.app)
        await t.press("p")
        await t.until(lambda: "nothing lost" not in screen_text(t.app), "the table alone")


async def test_another_metric_comes_first_where_it_is_asked_for(path: Path) -> None:
    async with triage(path, size=(120, 44)) as t:
        screen = await opened(t)
        await t.press("m")
        await t.until(lambda: "LOSS" in screen_text(t.app).upper().splitlines()[2], "the other metric")
        assert "bravo method: partly" in screen_text(t.app)
        assert "Nothing to plot" in screen_text(t.app)
        await t.press("m")
        await t.until(lambda: screen._table is not None and screen._table.board.metric == "pgr", "the first again")


async def test_an_empty_ledger_says_what_fills_it(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, *records())) as t:
        await t.settled()
        await t.press("O")
        await t.until(lambda: "Nobody has said yet what became of a proposal" in screen_text(t.app), "the sentence")
        assert "o on the triage screen says it." in " ".join(screen_text(t.app).split())
        await t.press("p", "m", "v", "enter", "j", "escape")
        await t.until(lambda: t.app.screen is t.screen, "back on the triage screen")


async def test_what_cannot_be_read_is_told_in_place_of_the_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("reviewer.workflow.ledger_board.count_ledger", broken)
    failures: list[BaseException] = []
    async with triage(path, failures=failures) as t:
        await t.settled()
        await t.press("O")
        await t.until(lambda: "the details are in the log" in screen_text(t.app), "the sentence")
        assert [str(error) for error in failures] == ["a mistake of ours"]


async def test_what_takes_long_says_how_far_it_is_and_is_let_go_when_one_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("reviewer.tui.screens.read_view.HOW_FAR_AFTER_SECONDS", 0.05)
    monkeypatch.setattr("reviewer.tui.screens.read_view.HOW_FAR_EVERY_SECONDS", 0.01)
    hears: list[Callable[[int, int], object]] = []
    wanted: list[Callable[[], bool]] = []

    async def read(
        _metric: str | None, is_wanted: Callable[[], bool], told: Callable[[int, int], object]
    ) -> LedgerTable:
        wanted.append(is_wanted)
        hears.append(told)
        await asyncio.Event().wait()
        raise AssertionError("never over")

    screen = LedgerScreen(PROBLEM, effective_keymap({}), UNICODE, read=read, log=print)
    app = HarnessApp(screen)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: hears, "the reading")
        hears[0](1_200, 6_000)
        await until(pilot, lambda: "Reading… 1,200 of 6,000" in screen_text(app))
        assert wanted[0]()
        await pilot.press("escape")
        await until(pilot, lambda: app.results, "the screen is left")
        await until(pilot, lambda: not wanted[0](), "nothing is wanted any more")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 10), (10, 3)])
async def test_it_is_drawn_at_any_size(path: Path, size: tuple[int, int]) -> None:
    async with triage(path, size=(80, 24)) as t:
        await opened(t)
        await t.pilot.resize_terminal(*size)
        await t.press("p")
        await t.pilot.pause()
        await t.press("p", "j")


async def test_a_key_typed_with_the_one_that_opens_it_waits_for_the_rows(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        t.burst("Ov")
        await t.until(lambda: isinstance(t.app.screen, LedgerNotesScreen), "the notes")
