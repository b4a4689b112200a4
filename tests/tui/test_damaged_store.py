"""A damaged store in the app: what can be read is shown, the damage stays in sight, and nothing is written."""

import sqlite3
from contextlib import closing
from pathlib import Path

from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.tui.screens.triage_queue import DAMAGED
from tests.builders import build_session, judge
from tests.tui.triage_app import records, store_with, triage


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
