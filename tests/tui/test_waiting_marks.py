"""Acts that wait for the store are seen to wait: in their rows, in the header, and until they are saved."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Verdict
from reviewer.tui.marks import ASCII
from reviewer.tui.screens.triage import TriageScreen
from tests.tui.stored_acts import events, saved
from tests.tui.triage_app import Triage, build_app, comes, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


def rows(t: Triage) -> list[str]:
    """The rows of the queue as they are drawn, without their blanks."""
    lines = [line.split("│")[0].rstrip() for line in screen_text(t.app).splitlines()]
    return [line for line in lines if " method" in line]


async def test_a_verdict_that_waits_is_marked_and_counted_until_it_is_saved(path: Path) -> None:
    aside = path.with_name("aside.db")
    async with triage(path) as t:
        await t.go("x")
        assert rows(t)[0].endswith(" ?")
        path.rename(aside)
        t.burst("33s")
        await comes(lambda: "2 wait" in t.text_of("#header-left"))
        await comes(lambda: rows(t)[1].endswith("33% (✓)"))
        assert rows(t)[0].endswith(" ?"), "what is saved looks as before"
        assert rows(t)[2].endswith(" ·")
        assert "1 of 5 judged" in t.text_of("#header-left")
        t.burst("f")
        await comes(lambda: "3 wait" in t.text_of("#header-left"))
        await comes(lambda: rows(t)[2].endswith(" (✗)"))
        aside.rename(path)
        await t.settled()
        assert [row[-3:] for row in rows(t)] == ["  ?", "% ✓", "  ✗", "  ·", "  ·"]
        assert "wait" not in t.text_of("#header-left")
    assert events(path) == ["verdict", "forecast", "verdict", "verdict"]


async def test_the_mark_of_what_waits_needs_no_more_than_ascii(path: Path) -> None:
    async with triage(path, marks=ASCII) as t:
        path.rename(path.with_name("aside.db"))
        t.burst("f")
        await comes(
            lambda: any(line.split("|")[0].rstrip().endswith(" (x)") for line in screen_text(t.app).splitlines())
        )
        path.with_name("aside.db").rename(path)
        await t.settled()


async def test_another_verdict_on_a_proposal_that_waits_takes_the_place_of_the_first(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("s")
            await comes(lambda: bool(rows(t)) and rows(t)[0].endswith(" (✓)"))
            t.burst(".")
            await comes(lambda: t.title == "alpha method")
            assert t.held.verdict is Verdict.SURVIVES
            t.burst("\x0c")
            await comes(
                lambda: t.screen.followed is not None and not t.screen.views.keys() - {t.screen.queue.rows[0].method_id}
            )
            assert t.held.verdict is Verdict.SURVIVES, "read anew it stands as it was judged"
            t.burst("f")
            await comes(lambda: rows(t)[0].endswith(" (✗)") and "2 wait" in t.text_of("#header-left"))
            held = []
            hold = t.screen.hold

            def watch(method_id: int, judgement: Judgement, revision_id: int, *, saved: bool = True) -> None:
                hold(method_id, judgement, revision_id, saved=saved)
                held.append(t.screen.views[method_id].judgement.verdict)

            t.screen.hold = watch  # type: ignore[method-assign]
            other.execute("ROLLBACK")
            await t.settled()
            assert held == [Verdict.FAILS, Verdict.FAILS], "the first one never comes back"
            assert rows(t)[0].endswith("  ✗")
    assert saved(path, "alpha method")[0] == "fails"
    assert events(path) == ["verdict", "verdict"]


async def test_undo_of_what_waits_says_that_it_waits_too(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("s")
            await comes(lambda: "1 wait" in t.text_of("#header-left"))
            t.burst("u")
            await comes(lambda: "2 wait" in t.text_of("#header-left"))
            assert "To undo waits for the store too, and comes in its turn." in t.toasts()
            other.execute("ROLLBACK")
            await t.settled()
            assert rows(t)[0].endswith("  ·")


async def test_what_waited_when_the_app_was_left_is_marked_when_it_still_waits(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        async with triage(path, busy_timeout=0.02) as t:
            other.execute("BEGIN IMMEDIATE")
            t.burst("s!")
            await comes(lambda: "2 wait" in t.text_of("#header-left"))
            t.burst("\x11\x11")
            await comes(lambda: any("Leave once more" in said for said in t.toasts()))
            t.burst("\x11")
            await comes(lambda: not t.app.is_running)
        app = build_app(path, busy_timeout=0.02)
        async with app.run_test(size=(120, 40), notifications=True) as pilot:
            t = Triage(app, pilot)
            await comes(lambda: any(isinstance(screen, TriageScreen) for screen in app.screen_stack))
            await comes(lambda: "2 wait" in t.text_of("#header-left"))
            await comes(lambda: bool(rows(t)) and rows(t)[0].endswith(" (✓)"))
            other.execute("ROLLBACK")
            await t.settled()
            await t.until(lambda: rows(t)[0].endswith("  ✓"))
