"""Where the app begins: at the proposal seen last, at a draft that waits, or at the one that was named."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import TextArea

from reviewer.domain.errors import StoreError
from reviewer.store.connection import Store
from reviewer.store.drafts import drafts_path
from reviewer.tui import beginning_app
from tests.builders import PROBLEM, import_records, record
from tests.tui.triage_app import build_app, records, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    others = [record(f"q{i}", problem="other", title=f"other {i}") for i in range(2)]
    path = store_with(tmp_path, *records())
    store = Store(path)
    import_records(store, *others, problem=replace(PROBLEM, slug="other", title="Another problem"))
    store.close()
    return path


def row_ids(path: Path, title: str) -> tuple[int, int]:
    """The row ids of a proposal's problem and of the proposal."""
    with closing(sqlite3.connect(path)) as connection:
        problem_id, method_id = connection.execute(
            "SELECT problem_id, id FROM methods WHERE title = ?", (title,)
        ).fetchone()
    return problem_id, method_id


async def test_it_begins_where_one_was(path: Path) -> None:
    async with triage(path) as t:
        assert t.title == "alpha method"
        await t.go("j", "j")
        await t.press("ctrl+q")
    async with triage(path) as t:
        assert t.title == "charlie method"
        assert t.titles[:2] == ["alpha method", "delta method"]
    async with triage(path, reviewer="lee") as t:
        assert t.title == "alpha method", "where another was is no concern of lee's"


async def test_it_begins_with_the_problem_that_one_was_in(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j")
        await t.press("P", "down", "enter")
        await t.until(lambda: t.title == "other 0")
        await t.go("j")
        await t.press("ctrl+q")
    async with triage(path) as t:
        assert t.title == "other 1"
        await t.press("P", "up", "enter")
        await t.until(lambda: t.title == "delta method", "the proposal last seen in the problem gone over to")


async def test_the_place_is_written_down_while_one_reads(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewer.tui.screens.triage_state.PLACE_SECONDS", 0.01)

    def places() -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(drafts_path(path))) as connection:
            return connection.execute("SELECT reviewer, problem FROM places").fetchall()

    async with triage(path) as t:
        await t.go("j")
        await t.until(lambda: places() == [("kim", PROBLEM.slug)])


async def test_a_draft_that_waits_comes_before_the_place(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"half")
        await t.press("ctrl+q")
    async with triage(path) as t:
        await t.go("G")
        await t.press("ctrl+q")
    async with triage(path) as t:
        assert t.title == "alpha method"
        await t.told("An unsaved draft is waiting here")


async def test_the_one_that_was_named_comes_before_both(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e")
        await t.until(lambda: isinstance(t.app.focused, TextArea))
        await t.press(*"half")
        await t.press("ctrl+q")
    async with triage(path, at=row_ids(path, "other 1")) as t:
        assert t.title == "other 1"
    async with triage(path, at=row_ids(path, "bravo method")) as t:
        assert t.title == "bravo method"
        assert not t.toasts()


async def test_a_proposal_that_is_gone_is_no_place_to_begin(path: Path) -> None:
    async with triage(path) as t:
        await t.go("j")
        await t.press("ctrl+q")
    with closing(sqlite3.connect(drafts_path(path))) as connection:
        connection.execute("UPDATE places SET proposal = 'gone'")
        connection.commit()
    async with triage(path) as t:
        assert t.title == "alpha method"


async def test_where_the_file_of_drafts_cannot_be_written_it_still_runs(path: Path) -> None:
    async with triage(path) as t:
        with closing(sqlite3.connect(drafts_path(path), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await t.go("j", "j")
            t.screen.keep_place()
            other.execute("ROLLBACK")
        assert t.title == "charlie method"


async def test_what_ends_the_app_before_it_begins_is_said_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("The store [/x]\x1b]0;pwn\x07.db is full.")

    monkeypatch.setattr(beginning_app, "begin_session", refuse)
    app = build_app(store_with(tmp_path, *records()))
    async with app.run_test():
        pass
    app._print_error_renderables()
    assert capsys.readouterr().err.replace("\n", "") == "reviewer: The store [/x]␛]0;pwn␇.db is full."
    assert app.return_code == 2
