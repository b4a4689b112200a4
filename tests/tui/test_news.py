"""Another process imports or tells while the window is open: the header says so, and f5 brings it in."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.problems import Target
from reviewer.store.connection import Store
from reviewer.store.news import Brought, brought_so_far
from reviewer.store.withdrawing import withdraw_import
from reviewer.tui.screens import triage_news
from reviewer.tui.screens.triage_news import news_words
from reviewer.workflow import browsing
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.targets import write_target
from reviewer.workflow.telling import choose_problem, tell
from tests.builders import build_session, measured, record
from tests.tui.triage_app import Triage, add_records, records, screen_text, store_with, triage

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
        there = brought_so_far(connection, t.screen.stored.id)
    store.close()
    await t.until(lambda: t.screen._latest == there, f"a look that sees {there}")
    return there


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
    assert news_words(known, known) == ""
