"""The insights as a person reads them: section by section, at every size, in ASCII, and left before they are there."""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import DamagedStoreError
from reviewer.domain.vocabulary import Act, Setting, Verdict
from reviewer.store.connection import Store
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.tui.screens import triage_insights
from reviewer.tui.screens.insights import InsightsScreen
from reviewer.workflow import judging
from reviewer.workflow.statistic_sections import Section, Viewer
from tests.builders import PROBLEM, act, build_session, measured, record
from tests.tui.harness import HarnessApp
from tests.tui.triage_app import Triage, comes, records, screen_text, store_with, triage, until
from tests.workflow.judged_stores import end, give, in_production

pytestmark = pytest.mark.usefixtures("hands")


def judged(tmp_path: Path, *, outcomes: int, alike: bool = False, reviewers: tuple[str, ...] = ("kim", "ann")) -> Path:
    """Sixty proposals that these reviewers have judged, and what became of so many of them."""
    rng = random.Random(5)
    numbers = [(measured(round(rng.gauss(0.5, 0.1), 3), setting=Setting.LAB, standard_error=0.02, n_seeds=5),)
               for _ in range(60)]  # fmt: skip
    given = (record(f"p{i}", agent=f"agent-{i % 3}", measurements=each) for i, each in enumerate(numbers))
    path = store_with(tmp_path, *given, *records()[-3:])
    with closing(Store(path)) as store:
        for name in reviewers:
            session = build_session(store, name)
            for method_id in range(1, 61):
                verdict = rng.choice((Verdict.SURVIVES, Verdict.FAILS, Verdict.CANNOT_TELL))
                act(session, method_id, Act.FORECAST, judging.set_forecast(round(rng.uniform(0.05, 0.95), 2)))
                act(session, method_id, Act.VERDICT, judging.give_verdict(verdict), words="",
                    seconds=rng.uniform(100, 2000))  # fmt: skip
        for method_id in range(1, outcomes + 1):
            end(store, method_id, alike or rng.random() < 0.4, **in_production(round(rng.gauss(0.1, 0.1), 3)))
    return path


def screen_of(t: Triage) -> InsightsScreen:
    screen = t.app.screen
    assert isinstance(screen, InsightsScreen)
    return screen


async def opened(t: Triage) -> str:
    """Open the insights, wait until all is there, and return every line of them."""
    await t.settled()
    await t.press("I")
    await t.until(lambda: isinstance(t.app.screen, InsightsScreen), "the screen")
    await t.until(lambda: "reviewer report" in screen_of(t).pane.plain_text, "all sections")
    return screen_of(t).pane.plain_text


async def test_they_open_while_something_is_looked_up_that_takes_long(tmp_path: Path) -> None:
    async with triage(judged(tmp_path, outcomes=0)) as t:
        await t.settled()
        let_go = threading.Event()
        looked_up = asyncio.ensure_future(t.app.background.look_up(let_go.wait, 30))
        kept = asyncio.ensure_future(t.app.background.keep(let_go.wait, 30))
        try:
            t.burst("I")
            await comes(lambda: isinstance(t.app.screen, InsightsScreen))
            await comes(lambda: "with an outcome" in screen_of(t).pane.plain_text)
        finally:
            let_go.set()
        assert await looked_up
        assert await kept


async def test_what_they_are_made_with_is_loaded_before_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()

    def load() -> None:
        loaded.set()
        raise RuntimeError("not to be loaded")

    monkeypatch.setattr(triage_insights, "_load_insights", load)
    async with triage(judged(tmp_path, outcomes=0)) as t:
        await t.until(loaded.is_set, "the loading")
        assert "My record" in await opened(t), "what hinders that is told only where they cannot be opened"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("marks", [UNICODE, ASCII])
async def test_all_of_it_is_there_within_the_width(tmp_path: Path, size: tuple[int, int], marks: Marks) -> None:
    async with triage(judged(tmp_path, outcomes=55), size=size, marks=marks) as t:
        text = await opened(t)
        for said in (
            "My record", "Brier score of always 0.5", "Brier score of the base rate", "calibrated",
            "Progress and pace", "share judged", "Minutes a proposal", "Verdicts by agent", "Forecasts of ann",
            "Forecasts of all", "Agreement", "From lab to production", "Survival by agent", "nothing lost",
        ):  # fmt: skip
            assert said in text, said
        assert text.index("My record") < text.index("Progress and pace") < text.index("Agreement")
        assert text.index("Forecasts of kim") < text.index("Progress and pace") < text.index("Forecasts of ann")
        assert "computing" not in text
        assert max(map(len, text.splitlines())) <= size[0] - 4
        if marks is ASCII:
            await t.until(lambda: screen_text(t.app).isascii(), "nothing but ASCII")
            assert not set("✓✗●░┃│━┗") & set(text)


async def test_without_colour_verdicts_are_told_by_their_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with triage(judged(tmp_path, outcomes=0)) as t:
        text = await opened(t)
        (bar,) = [line for line in text.splitlines() if line.startswith("agent-0  ✓")]
        marks = bar.split()[1]
        assert (marks.count("✓") + marks.count("✗") + marks.count("?"), bar.split()[2]) == (40, "40")
        assert "✓ survives   ~ conditional   ✗ fails   ? cannot tell" in text


async def test_sections_are_gone_through_by_key(tmp_path: Path) -> None:
    async with triage(judged(tmp_path, outcomes=25), size=(80, 24)) as t:
        await opened(t)
        await t.press("tab")
        assert screen_text(t.app).splitlines()[3].strip().startswith("Progress and pace")
        await t.press("m")
        assert screen_text(t.app).splitlines()[3].strip().startswith("Verdicts")
        await t.press("shift+tab")
        assert screen_text(t.app).splitlines()[3].strip().startswith("Progress and pace")
        await t.press("G", "g", "j")
        assert screen_of(t).pane.scroll_offset.y == 1
        await t.press("q")
        await t.until(lambda: t.app.screen is t.screen, "the triage screen")


async def test_with_nothing_judged_each_section_says_what_is_missing(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, *records())) as t:
        text = await opened(t)
        assert "No judgement is there to be counted yet." in text
        assert "No estimate: 0 proposals judged, and it takes 5." in " ".join(text.split())
        assert "No score: there is no outcome to score." in text
        assert "No base rate: no proposal has an outcome" in text


async def test_one_reviewer_without_outcomes(tmp_path: Path) -> None:
    async with triage(judged(tmp_path, outcomes=0, reviewers=("kim",))) as t:
        text = await opened(t)
        assert "one reviewer alone has judged" in " ".join(text.split())
        assert "60 of 60 judgements are your own" in " ".join(text.split())


async def test_outcomes_that_are_all_alike(tmp_path: Path) -> None:
    async with triage(judged(tmp_path, outcomes=25, alike=True)) as t:
        text = " ".join((await opened(t)).split())
        assert "all outcomes agree" in text
        assert "all 25 outcomes are alike" in text


async def test_others_do_not_show_before_ones_own_verdict(tmp_path: Path) -> None:
    path = store_with(tmp_path, *records())
    with closing(Store(path)) as store:
        ann, kim = build_session(store, "ann"), build_session(store)
        give(ann, 1, 0.9)
        give(kim, 2, 0.5)
        end(store, 1, True)
    async with triage(path) as t:
        text = await opened(t)
        assert "ann" not in text.split()
        assert "1 of 1 judgement is your own" in " ".join(text.split())


Told = Callable[[Section], object]


def alone(read: Callable[[Callable[[], bool], Told], Awaitable[None]], logged: list[BaseException]) -> InsightsScreen:
    return InsightsScreen(PROBLEM, Viewer(1, "kim"), effective_keymap({}), UNICODE, read=read, log=logged.append)


async def test_it_opens_at_once_fills_in_and_ends_what_is_read_when_it_is_left(tmp_path: Path) -> None:
    ended, may_go_on = threading.Event(), threading.Event()
    from reviewer.judgement.estimates import Estimate
    from reviewer.workflow.statistic_sections import SectionKind

    async def read(is_wanted: Callable[[], bool], told: Told) -> None:
        def work() -> None:
            told(Section(SectionKind.RECORD, "kim", (Estimate("judged", "", 9, "proposal", 3),)))
            may_go_on.wait(20)
            told(Section(SectionKind.PACE, "kim", (Estimate("share judged", "", 9, "proposal", 0.33),)))
            while is_wanted():
                threading.Event().wait(0.005)
            ended.set()

        await asyncio.get_running_loop().run_in_executor(None, work)

    app = HarnessApp(screen := alone(read, []))
    async with app.run_test(size=(80, 24)) as pilot:
        await comes(lambda: "judged" in screen.pane.plain_text)
        assert screen.pane.plain_text.count("computing …") == len(
            ("My record", "pace", "verdicts", "forecasts", "agreement", "outcomes")
        )
        assert not screen.is_opening, "keys are for what is there already"
        may_go_on.set()
        await comes(lambda: "share judged" in screen.pane.plain_text)
        await pilot.press("escape")
        await until(pilot, ended.is_set, "the end of the reading")
        assert app.results == [None]


@pytest.mark.parametrize("error", [DamagedStoreError("The store is damaged."), RuntimeError("unexpected")])
async def test_what_cannot_be_read_is_told_below_what_could(error: Exception) -> None:
    logged: list[BaseException] = []

    async def read(_is_wanted: Callable[[], bool], _told: Told) -> None:
        raise error

    app = HarnessApp(screen := alone(read, logged))
    async with app.run_test() as pilot:
        await until(pilot, lambda: screen.pane.plain_text.strip(), "the sentence")
        assert ("damaged" in screen.pane.plain_text) is isinstance(error, DamagedStoreError)
        assert "computing" not in screen.pane.plain_text
        assert logged == ([] if isinstance(error, DamagedStoreError) else [error])


async def test_a_small_window_loses_nothing(tmp_path: Path) -> None:
    async with triage(judged(tmp_path, outcomes=25), size=(80, 24)) as t:
        await opened(t)
        await t.pilot.resize_terminal(40, 10)
        await t.pilot.pause()
        text = screen_of(t).pane.plain_text
        for said in ("Brier score", "share judged", "agent-2", "Survival by agent"):
            assert said in text, said
        assert max(map(len, text.splitlines())) <= 36
