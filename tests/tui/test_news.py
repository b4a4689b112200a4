"""Another process imports or tells while the window is open: the header says so, and f5 brings it in."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.css.query import NoMatches

from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Act, Protocol, Result, Verdict
from reviewer.store.connection import Store
from reviewer.store.news import Brought, brought_so_far
from reviewer.store.withdrawing import withdraw_import
from reviewer.tui.screens import triage_news
from reviewer.tui.screens.triage_news import news_words
from reviewer.workflow import browsing
from reviewer.workflow.judging import set_flag, set_forecast, undo
from reviewer.workflow.outcomes import record_outcome
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.targets import write_target
from reviewer.workflow.telling import choose_problem, tell
from tests.builders import act, build_session, judge, measured, record, table
from tests.tui.triage_app import Triage, add_records, records, screen_text, store_with, triage
from tests.workflow.sealed_stores import put_under

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_news, "LOOK_SECONDS", 0.02)


def tell_lab(path: Path) -> None:
    """Tell the settings of a store that an app has open, as another process would."""
    store = Store(path)
    tell(store, choose_problem(store, None), settings=parse_settings("lab"), directions={}, aliases={})
    store.close()


async def one_look(t: Triage) -> Brought:
    """Wait until the window has seen all that is in the store; return what that is."""
    store = Store(t.screen.session.store.path)
    with store.read() as connection:
        there = brought_so_far(connection, t.screen.stored.id, t.screen.session.reviewer_id)
    store.close()
    await t.until(lambda: t.screen._latest == there, f"a look that sees {there}")
    return there


async def test_a_look_that_comes_back_when_one_has_left_the_screen_is_nothing_amiss(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with triage(path) as t:
        screen = t.screen
        await t.until(lambda: screen._base is not None)
        monkeypatch.setattr(screen, "query_one", _gone)
        monkeypatch.setattr(type(screen), "is_there", property(lambda _self: False))
        await screen.look_for_news().wait()
        assert not t.toasts()


def _gone(*_of: object) -> object:
    raise NoMatches("No nodes match")


async def test_what_came_is_told_in_the_header_and_brought_in_by_f5(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j", "j")
        add_records(path, *[record(f"n{i}", title=f"new {i}") for i in range(12)])
        await t.until(lambda: "12 new · f5" in t.text_of("#header-left"))
        await t.until(lambda: "0 of 17 judged" in t.text_of("#header-left"))
        assert not t.toasts()
        assert len(t.titles) == 5
        assert t.title == "charlie method"
        add_records(path, record("n12", title="new 12"))
        await t.until(lambda: "13 new · f5" in t.text_of("#header-left"))
        await t.press("f5")
        await t.until(lambda: len(t.titles) == 18)
        await t.settled()
        await t.until(lambda: "new" not in t.text_of("#header-left"))
        assert t.title == "charlie method"


async def test_a_changed_proposal_is_told_as_well(path: Path) -> None:
    async with triage(path) as t:
        add_records(path, record("p1", title="alpha method", body="Rewritten."))
        await t.until(lambda: "changed · f5" in t.text_of("#header-left"))
        await t.press("ctrl+l")
        await t.until(lambda: "changed" not in t.text_of("#header-left"))


async def test_an_outcome_that_somebody_else_records_is_news(path: Path) -> None:
    async with triage(path) as t:
        store = Store(path)
        session = begin_session(store, "somebody else", t.screen.session.rubric)
        record_outcome(session, t.screen.view.proposal.id, Outcome(Result.FAILED, date(2026, 1, 1)))  # type: ignore[union-attr]
        store.close()
        await t.until(lambda: "new outcome · f5" in t.text_of("#header-left"))
        await t.press("f5")
        await t.until(lambda: "new outcome" not in t.text_of("#header-left"))


async def test_settings_told_by_another_process_are_news_and_f5_shows_them(tmp_path: Path) -> None:
    path = store_with(tmp_path, record("p1", title="alpha method", measurements=(measured(0.5),)))
    async with triage(path) as t:
        assert "setting unknown" in screen_text(t.app)
        tell_lab(path)
        await t.until(lambda: "changed · f5" in t.text_of("#header-left"))
        assert "setting unknown" in screen_text(t.app)
        await t.press("f5")
        await t.until(lambda: "setting unknown" not in screen_text(t.app))
        await t.until(lambda: "changed" not in t.text_of("#header-left"))
        tell_lab(path)
        looked = await one_look(t)
        assert looked.told == 1
        assert t.screen.news == ""


async def test_a_target_written_elsewhere_is_news_and_ones_own_is_none(path: Path) -> None:
    async with triage(path) as t:
        t.screen._save_target(Target("it wins by 1 %"))
        await t.saves()
        assert (await one_look(t)).target == 1
        assert t.screen.news == ""
        store = Store(path)
        write_target(build_session(store), t.screen.stored.id, Target("it wins by 2 %"))
        store.close()
        await t.until(lambda: "changed · f5" in t.text_of("#header-left"))
        await t.press("f5")
        await t.until(lambda: "2 %" in t.text_of("#target"))
        await t.until(lambda: "changed" not in t.text_of("#header-left"))


async def test_a_withdrawal_by_another_process_is_news(path: Path) -> None:
    async with triage(path) as t:
        store = Store(path)
        withdraw_import(store, 1, "2026-01-02T00:00:00Z")
        store.close()
        await t.until(lambda: "changed · f5" in t.text_of("#header-left"))
        await t.press("f5")
        await t.until(lambda: not t.titles)


async def test_ones_own_acts_are_no_news_and_looking_draws_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int | None] = []
    look = browsing.news

    def counted(session: Any, problem_id: int, version: int | None) -> Any:
        looks.append(version)
        return look(session, problem_id, version)

    monkeypatch.setattr(browsing, "news", counted)
    async with triage(path) as t:
        await t.go("s", "4", "f")
        await t.until(lambda: "2 of 5 judged" in t.text_of("#header-left"))
        before = len(looks)
        await t.until(lambda: len(looks) > before + 2)
        drawn: list[str] = []
        monkeypatch.setattr(t.screen, "show_header", lambda: drawn.append("header"))
        before = len(looks)
        await t.until(lambda: len(looks) > before + 5)
        assert drawn == []
        assert t.screen.news == ""


def test_the_words_for_what_came() -> None:
    known = Brought(5, 8)
    assert news_words(known, Brought(1_005, 1_008)) == "1,000 new"
    assert news_words(known, Brought(5, 9)) == "changed"
    assert news_words(known, Brought(4, 9)) == "changed"
    assert news_words(known, Brought(5, 8, told=1)) == "changed"
    assert news_words(known, Brought(5, 8, target=1)) == "changed"
    assert news_words(known, Brought(5, 9, outcome=1)) == "new outcome"
    assert news_words(known, known) == ""


def say_elsewhere(path: Path, title: str, *, reviewer: str = "kim") -> None:
    """Judge a proposal, and flag another one and undo that, as another window of the reviewer does."""
    store = Store(path)
    session = begin_session(store, reviewer, load_rubric(None))
    ids = dict(table(store, "SELECT title, id FROM methods"))
    act(session, ids[title], Act.FORECAST, set_forecast(0.35))
    judge(session, ids[title], Verdict.FAILS)
    act(session, ids["echo method"], Act.FLAG, set_flag(True))
    undo(session)
    store.close()


async def test_what_is_said_in_another_window_of_one_s_own_is_shown_here(path: Path) -> None:
    async with triage(path) as t:
        say_elsewhere(path, "bravo method", reviewer="ada")
        await one_look(t)
        assert [row.verdict for row in t.screen.queue.rows] == [None] * 5
        say_elsewhere(path, t.title)
        await t.until(lambda: t.held.verdict is Verdict.FAILS)
        assert t.held.forecast == 0.35
        say_elsewhere(path, "bravo method")
        await t.until(lambda: "2 of 5 judged" in t.text_of("#header-left"))
        assert {row.title: row.verdict for row in t.screen.queue.rows if row.verdict} == {
            "alpha method": Verdict.FAILS, "bravo method": Verdict.FAILS,
        }  # fmt: skip
        assert not any(row.flagged for row in t.screen.queue.rows)
        await t.press("s")
        await t.settled()
        await t.go("k")
        assert (t.held.verdict, t.held.forecast) == (Verdict.SURVIVES, 0.35)
        assert not t.screen.news


async def test_what_was_done_here_is_not_drawn_anew_as_news(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with triage(path) as t:
        hold, held = t.screen.hold, []

        def note(*args: Any, **more: Any) -> None:
            held.append(more)
            hold(*args, **more)

        monkeypatch.setattr(t.screen, "hold", note)
        await t.press("s")
        await t.settled()
        await t.until(lambda: t.screen._heard == 1, "a look that sees the act")
        assert held == [{"saved": False}, {}]


async def test_what_is_on_its_way_to_the_disk_is_not_put_back_by_an_older_act_from_elsewhere(path: Path) -> None:
    async with triage(path) as t:
        say_elsewhere(path, "alpha method")
        await t.until(lambda: t.held.verdict is Verdict.FAILS)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            t.burst("!")
            while not t.held.flagged:
                await asyncio.sleep(0.01)
            other.execute("ROLLBACK")
            other.execute("PRAGMA user_version = 8")  # Something else was written: it is looked again.
            await asyncio.sleep(0.1)
            assert t.held.flagged
        await t.saves()
        assert (t.held.flagged, t.held.verdict) == (True, Verdict.FAILS)


async def test_a_protocol_that_is_set_elsewhere_holds_at_once(path: Path) -> None:
    async with triage(path) as t:
        await t.until(lambda: t.screen._base is not None)
        assert "sealed" not in t.text_of("#header-right")
        store = Store(path)
        put_under(store, Protocol.SEALED, now="2026-01-01T00:00:00.000Z")
        store.close()
        await t.until(lambda: "sealed" in t.text_of("#header-right"))
        await t.until(lambda: t.screen.view is not None and t.screen.view.is_sealed)
        assert any("changed elsewhere" in toast for toast in t.toasts())
