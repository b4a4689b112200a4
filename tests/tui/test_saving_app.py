"""Acts that wait for the store: in their order, beside it where the app is left, and told of before one leaves."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreError
from reviewer.store.drafts import Drafts, WaitingText, broken_path, drafts_path
from tests.tui.stored_acts import events, saved
from tests.tui.triage_app import PATIENCE_SECONDS, comes, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def test_what_is_done_while_another_program_has_the_lock_waits_and_is_saved_in_its_order(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("33s")
            await comes(lambda: any("keeps the store locked; what you do waits" in said for said in t.toasts()))
            await comes(lambda: t.screen.acting_view() is not None and t.title == "delta method")
            assert screen_text(t.app).splitlines()[3].split("│")[0].rstrip().endswith("·")
            t.burst("f")
            await comes(lambda: t.title == "charlie method")
            assert events(path) == []
            other.execute("ROLLBACK")
            await t.settled()
            assert "The store is free again." in t.toasts()
    assert saved(path, "alpha method")[:2] == ("survives", 0.33)
    assert saved(path, "delta method")[0] == "fails"
    assert events(path) == ["forecast", "verdict", "verdict"]


async def test_what_is_done_while_the_store_cannot_be_written_waits_and_is_saved_as_soon_as_it_can_be(
    path: Path,
) -> None:
    aside = path.with_name("aside.db")
    async with triage(path) as t:
        await t.go("x")
        path.rename(aside)
        t.burst("33s")
        await comes(lambda: any(said.startswith("What you do waits here, and is saved") for said in t.toasts()))
        assert any("was moved away or deleted while it was open" in said for said in t.toasts())
        await comes(lambda: t.title == "charlie method")
        t.burst("u")
        await comes(lambda: len(t.app.saving) == 3)
        with closing(Drafts(path)) as drafts:
            assert len(drafts.acts_of("kim")) == 3
        aside.rename(path)
        await t.settled()
        await t.told("Undid: survives on “delta method”")
        assert "What had to wait is saved." in t.toasts()
        with closing(Drafts(path)) as drafts:
            assert drafts.acts_of("kim") == ()
    assert events(path) == ["verdict", "forecast", "verdict", "undo"]
    assert saved(path, "delta method")[:2] == (None, 0.33)


async def test_what_had_to_wait_when_the_app_was_left_is_saved_when_it_is_next_opened(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("s!")
            await comes(lambda: any("keeps the store locked" in said for said in t.toasts()))
            t.burst("\x11")
            await comes(lambda: any("and saved when reviewer is next opened on it." in said for said in t.toasts()))
            t.burst("\x11")
            await comes(lambda: not t.app.is_running)
        other.execute("ROLLBACK")
    assert events(path) == []
    async with triage(path, reviewer="noor") as t:
        await t.settled()
    assert events(path) == [], "another's acts are not hers to save"
    async with triage(path) as t:
        await t.told("2 acts of yours that had waited for the store are saved now.")
        await t.settled()
        assert t.app.drafts.acts_of("kim") == ()
    assert events(path) == ["verdict", "flag"]
    assert saved(path, "alpha method")[0] == "survives"


async def test_an_act_that_waited_for_another_store_goes_on_waiting(path: Path) -> None:
    with closing(Drafts(path)) as drafts:
        drafts.keep_act("kim", WaitingText("act-1", '{"kind": "undo", "problem": "of another store"}'))
    async with triage(path) as t:
        await t.told("1 act of yours that had to wait is about what is not in this store.")
        await t.go("s")
        assert [act.act_id for act in t.app.drafts.acts_of("kim")] == ["act-1"]
    assert events(path) == ["verdict"]


async def test_who_leaves_while_acts_wait_for_the_lock_is_told_and_may_go_without(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("s")
            await comes(lambda: bool(t.app.saving))
            t.burst("\x11clear")
            await comes(
                lambda: any(
                    "waits for the store, which takes long to write or is kept locked by" in said for said in t.toasts()
                )
            )
            assert t.app.is_running
            t.burst("\x11")
            await comes(lambda: not t.app.is_running)
        other.execute("ROLLBACK")
    assert events(path) == []


@pytest.mark.parametrize("goes_on", [False, True])
async def test_who_wants_to_leave_does_so_once_all_is_saved_unless_one_goes_on(path: Path, goes_on: bool) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("s")
            await comes(lambda: bool(t.app.saving))
            t.burst("\x11")
            await comes(lambda: any("the app ends once it is saved" in said for said in t.toasts()))
            if goes_on:
                t.burst("j")
                await comes(lambda: t.title == "charlie method")
            other.execute("ROLLBACK")
            await comes(lambda: events(path) == ["verdict"])
            if goes_on:
                await t.settled()
                assert t.app.is_running
            else:
                await comes(lambda: not t.app.is_running)
    assert events(path) == ["verdict"]


async def test_who_wants_to_leave_stays_where_what_waited_could_not_be_saved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()

    def refuse(*_args: object, **_more: object) -> None:
        free.wait(PATIENCE_SECONDS)
        raise StoreError("The disk is full.")

    async with triage(path) as t:
        monkeypatch.setattr("reviewer.workflow.judging.perform", refuse)
        t.burst("s")
        await comes(lambda: bool(t.app.saving))
        t.burst("\x11")
        await comes(lambda: any("the app ends once it is saved" in said for said in t.toasts()))
        free.set()
        await comes(lambda: any("The disk is full." in said for said in t.toasts()))
        await t.settled()
        assert t.app.is_running
        assert not t.app._exit
    assert events(path) == []


async def test_a_damaged_file_of_drafts_keeps_nobody_out_of_the_store(path: Path) -> None:
    drafts_path(path).write_bytes(b"noise" * 2000)
    async with triage(path) as t:
        assert (
            f"The drafts file was damaged, and lies in {broken_path(path)} now; nothing of it could be read."
            in t.toasts()
        )
        await t.go("s")
        await t.settled()
    assert events(path) == ["verdict"]
    assert broken_path(path).read_bytes() == b"noise" * 2000
