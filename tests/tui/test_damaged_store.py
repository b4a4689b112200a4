"""A damaged store in the app: what can be read is shown, the damage stays in sight, and nothing is written."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.store.raw_pages import Pages, children_of
from reviewer.tui.screens.triage_queue import DAMAGED
from reviewer.tui.screens.triage_reading import UNREADABLE_NUMBERS
from tests.builders import build_session, judge
from tests.tui.triage_app import build_app, records, screen_text, store_with, triage, until


def break_page_of(path: Path, name: str) -> bytes:
    """Overwrite the root of a table or an index; return the file as it is then."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = b"\xa5" * PAGE_SIZE
    path.write_bytes(raw)
    return bytes(raw)


async def test_a_verdict_is_refused_in_a_sentence_and_the_damage_stays_in_sight(tmp_path: Path) -> None:
    path = store_with(tmp_path, *records())
    store = Store(path)
    judge(build_session(store), 5)
    store.close()
    async with triage(path) as shown:
        held = shown.text_of("#header-left")
        assert DAMAGED not in held
        shown.app.session.store.close()  # type: ignore[union-attr]
        raw = break_page_of(path, "sqlite_autoindex_annotations_1")
        first = shown.title
        await shown.press("s")
        await shown.told("Not saved (survives on “")
        assert any("is damaged;" in t and "`reviewer recover OUT`" in t for t in shown.toasts())
        await shown.until(lambda: DAMAGED in shown.text_of("#header-left"))
        await shown.press("g")
        await shown.until(lambda: shown.title == first, "the first proposal is read on")
        assert shown.held.verdict is None
        await shown.press("f")
        await shown.told("so it is only read")
        assert DAMAGED in shown.text_of("#header-left")
    assert path.read_bytes() == raw, "what is damaged is left as it is"


async def test_the_app_opens_on_a_store_whose_damage_shows_at_the_first_write(tmp_path: Path) -> None:
    path = store_with(tmp_path, *records())
    raw = break_page_of(path, "sqlite_autoindex_reviewers_2")
    async with triage(path, reviewer="newcomer") as shown:
        assert shown.title == "alpha method"
        await shown.until(lambda: DAMAGED in shown.text_of("#header-left"))
        await shown.press("s")
        await shown.told("so it is only read")
    assert path.read_bytes() == raw


def judged_store(tmp_path: Path) -> Path:
    path = store_with(tmp_path, *records())
    store = Store(path)
    judge(build_session(store), 5)
    store.close()
    return path


@pytest.mark.parametrize("table", ["counts", "current_judgements", "annotations", "rubrics", "imports"])
async def test_where_a_table_is_lost_beside_texts_and_numbers_all_else_is_shown(tmp_path: Path, table: str) -> None:
    path = judged_store(tmp_path)
    async with triage(path) as shown:
        whole = (shown.titles, screen_text(shown.app).splitlines()[3:])
        done = shown.text_of("#header-left")
    raw = break_page_of(path, table)
    async with triage(path) as shown:
        await shown.go("G", "g")
        assert shown.titles == whole[0]
        await shown.until(lambda: DAMAGED in shown.text_of("#header-left") or table == "rubrics")
        counts = shown.screen.counts
        assert f"{counts.judged} of {counts.proposals} judged" in done
        marks = [row.verdict for row in shown.screen.queue.rows]
        assert [mark for mark in marks if mark] == ["survives"], "what is held follows from what can be read"
        assert shown.screen.view is not None
        assert not shown.screen.view.lacking
        await shown.press("s")
        await shown.until(lambda: any("damaged" in t for t in shown.toasts()) or table == "rubrics")
    assert path.read_bytes() == raw or table == "rubrics"


async def test_numbers_that_are_lost_are_said_to_be(tmp_path: Path) -> None:
    path = judged_store(tmp_path)
    break_page_of(path, "measurements")
    async with triage(path) as shown:
        assert shown.title == "alpha method"
        await shown.until(lambda: UNREADABLE_NUMBERS in screen_text(shown.app), "a sentence in place of the numbers")
        assert DAMAGED in shown.text_of("#header-left")
        assert "not measured" not in screen_text(shown.app)


@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        (("methods",), "(cannot be read)"),
        (("methods", "methods_by_id"), "The queue cannot be read"),
        (("revisions",), "proposal · cannot be read"),
    ],
)
async def test_where_the_texts_are_lost_the_app_opens_and_says_so(
    tmp_path: Path, lost: tuple[str, ...], sentence: str
) -> None:
    path = judged_store(tmp_path)
    for name in lost:
        break_page_of(path, name)
    app = build_app(path)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: sentence in screen_text(app), sentence)
        await until(pilot, lambda: DAMAGED in screen_text(app), "the header")
        assert app.is_running


@pytest.mark.parametrize("seed", range(4))
async def test_with_many_pages_lost_the_app_opens_and_shows_what_there_is(tmp_path: Path, seed: int) -> None:
    path = judged_store(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    rng = random.Random(seed)
    raw = bytearray(path.read_bytes())
    pages = Pages(path)
    # Without its schema SQLite opens no file at all: that is said in the sentence with which the app ends.
    schema = {1, *children_of(1, pages.get(1))}
    pages.close()
    for page in rng.sample([n for n in range(1, len(raw) // PAGE_SIZE + 1) if n not in schema], 20):
        raw[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] = rng.randbytes(PAGE_SIZE)
    path.write_bytes(raw)
    failures: list[BaseException] = []
    app = build_app(path, failures=failures)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        for key in ("j", "s", "G", "l", "escape", "h", "escape", "F", "escape"):
            await pilot.press(key)
        await until(pilot, lambda: app.session is None or app.session.store.damage is not None, "the damage")
        await until(pilot, lambda: DAMAGED in screen_text(app), "the sentence")
        assert app.is_running
    assert app.failure is None
    assert {type(failure).__name__ for failure in failures} <= {"DamagedStoreError"}
