"""Another process imports while the window is open: the header says so, and f5 brings it in."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.store.imports import Brought
from reviewer.tui.screens import triage_news
from reviewer.tui.screens.triage_news import news_words
from reviewer.workflow import browsing
from tests.builders import record
from tests.tui.triage_app import add_records, records, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_news, "LOOK_SECONDS", 0.02)


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
    assert news_words(known, known) == ""
