"""What an import left for the search index to hold later is put into it while the app is open."""

import asyncio
from pathlib import Path

import pytest
from textual.widgets import Input

from reviewer.store import search_index
from reviewer.store.connection import Store
from reviewer.store.search_index import unindexed
from reviewer.tui.screens import triage_search
from reviewer.workflow.checking import Checking
from tests.builders import build_store, import_records
from tests.tui.triage_app import records, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = build_store(tmp_path)
    import_records(store, *records(), index=False)
    store.close()
    return store.path


def waiting(path: Path) -> int:
    store = Store(path, readonly=True)
    n = unindexed(store.connection())
    store.close()
    return n


async def test_what_waits_is_searchable_soon_after_the_app_opens(path: Path) -> None:
    assert waiting(path) == 8
    async with triage(path) as t:
        await t.until(lambda: waiting(path) == 0)
        await t.press("/", *"bravo")
        await t.until(lambda: t.titles == ["bravo method"])


async def test_the_header_says_how_much_a_search_may_miss_and_the_search_is_made_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "CHARACTERS_AT_ONCE", 1)
    monkeypatch.setattr(triage_search, "PAUSE_SECONDS", 0.3)
    async with triage(path) as t:
        await t.press("/", *"echo")
        await t.until(lambda: "not searchable yet" in t.text_of("#header-mid"))
        assert t.screen.query_one("#search", Input).value == "echo"
        monkeypatch.setattr(triage_search, "PAUSE_SECONDS", 0)
        await t.until(lambda: t.titles == ["echo method"])
        await t.until(lambda: "not searchable yet" not in t.text_of("#header-mid"))


@pytest.mark.parametrize("typed", ["*", '"', "- "])
async def test_a_search_without_a_letter_has_nothing_to_look_for_and_says_so(path: Path, typed: str) -> None:
    async with triage(path) as t:
        await t.press("/")
        await t.until(lambda: "the last word may be a beginning" in t.text_of("#hints"))
        await t.press(*typed)
        await t.until(lambda: "nothing to look for without a letter or a digit" in t.text_of("#hints"))
        assert len(t.titles) == 5
        assert "queue: all" in t.text_of("#header-mid")
        await t.press("enter")
        await t.until(lambda: not t.screen.query_one("#search").display)


def unchecked(path: Path) -> int:
    store = Store(path, readonly=True)
    n = Checking(store).waiting()
    store.close()
    return n


async def test_what_waits_to_be_checked_is_checked_soon_after_the_app_opens(path: Path) -> None:
    assert unchecked(path) == 8
    async with triage(path) as t:
        await t.until(lambda: unchecked(path) == 0)


async def test_the_header_says_how_far_index_and_checks_are_until_they_are_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "CHARACTERS_AT_ONCE", 1)
    monkeypatch.setattr(triage_search, "CHECKED_AT_ONCE", 1)
    monkeypatch.setattr(triage_search, "PAUSE_SECONDS", 0.02)
    said = []
    async with triage(path) as t:
        say = t.screen._say_how_far

        def hear(words: str) -> None:
            if words != t.screen.completing:
                said.append(words)
            say(words)
            assert words in t.text_of("#header-left")

        monkeypatch.setattr(t.screen, "_say_how_far", hear)
        await t.until(lambda: unchecked(path) == 0)
        await t.until(lambda: said[-1:] == [""])
        assert " %" not in t.text_of("#header-left")
    assert [words for words in said if words.startswith("checks")][-3:] == ["checks 62 %", "checks 75 %", "checks 87 %"]
    assert all(words.startswith(("index ", "checks ")) for words in said[:-1])


async def test_what_is_done_beside_rests_while_somebody_types(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triage_search, "CHECKED_AT_ONCE", 1)
    monkeypatch.setattr(triage_search, "HANDS_REST_SECONDS", 0.5)
    async with triage(path) as t:
        await t.press("j")
        await asyncio.sleep(0.1)
        left = unchecked(path)
        assert left > 0
        for _ in range(12):
            await t.press("j")
            await asyncio.sleep(0.05)
        assert unchecked(path) >= left - 1
        await t.until(lambda: unchecked(path) == 0)
