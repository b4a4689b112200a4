from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest

from reviewer.domain.judgements import ConstraintRating, Event, Judgement
from reviewer.domain.vocabulary import Act, Rating, Verdict
from reviewer.tui.history_lines import history_rows, local_time, spent, utc_time
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import ASCII, UNICODE
from reviewer.tui.screens.history import HistoryScreen
from tests.tui.harness import HarnessApp

KEYMAP = effective_keymap({})
FORECAST = Judgement(forecast=0.35)
VERDICT = replace(FORECAST, verdict=Verdict.CONDITIONAL)
CONDITION = replace(VERDICT, condition="labels as noisy as the lab's", next_experiment="200 labels by hand")
RATED = replace(
    CONDITION, ratings={"cost": ConstraintRating(Rating.BLOCKER, "ten times\nthe budget [/x] \x1b]52;c;x\x07")}
)


def event(number: int, kind: Act, after: Judgement, *, act: str = "", reverses: str | None = None) -> Event:
    return Event(
        id=number,
        event_id=f"event-{number}",
        act_id=act or f"act-{number}",
        kind=kind,
        method_id=1,
        reviewer="kim",
        snapshot=after,
        at=f"2026-11-20T10:{number:02}:11.000Z",
        seconds=65.0 * number,
        revision_id=number,
        reverses=reverses,
    )


EVENTS = (
    event(1, Act.FORECAST, FORECAST),
    event(2, Act.VERDICT, VERDICT),
    event(3, Act.CONDITION, CONDITION, act="act-2"),
    event(4, Act.RATING, RATED),
    event(5, Act.UNDO, CONDITION, reverses="act-4"),
)


def test_each_event_says_what_was_done_newest_first() -> None:
    rows = history_rows(EVENTS[::-1])
    assert [row.words for row in rows] == [
        "undid cost: blocker", "cost: blocker", "condition", "conditional", "forecast 35 %",
    ]  # fmt: skip


def test_what_was_undone_says_so_until_it_is_redone() -> None:
    assert [row.event.id for row in history_rows(EVENTS) if row.undone] == [4]
    redone = (*EVENTS, event(6, Act.REDO, RATED, reverses="act-5"))
    rows = history_rows(redone)
    assert not any(row.undone for row in rows)
    assert rows[0].words == "redid cost: blocker"
    twice = (*redone, event(7, Act.UNDO, CONDITION, reverses="act-4"))
    assert [row.event.id for row in history_rows(twice) if row.undone] == [4]


def test_all_events_of_an_act_are_undone_with_it() -> None:
    rows = history_rows((*EVENTS[:3], event(4, Act.UNDO, FORECAST, reverses="act-2")))
    assert [row.event.id for row in rows if row.undone] == [3, 2]
    assert rows[0].words == "undid conditional"


def test_times_are_local_with_utc_beside() -> None:
    assert local_time("2026-11-20T23:10:11.000Z", timezone(timedelta(hours=2))) == "2026-11-21 01:10"
    assert utc_time("2026-11-20T23:10:11.000Z") == "2026-11-20 23:10:11 UTC"
    assert local_time("yesterday\x1b") == "yesterday␛"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, ""), (12.4, "12 s"), (185, "3 min 05 s"), (3599.6, "1 h 00 min"), (4000, "1 h 06 min")]
)
def test_time_spent(seconds: float, words: str) -> None:
    assert spent(seconds) == words


async def test_moving_shows_all_that_was_held_after_the_act() -> None:
    screen = HistoryScreen("EM [/x]", EVENTS, KEYMAP, UNICODE, numbers={4: 2}, zone=UTC)
    app = HarnessApp(screen)
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.pause()
        assert "undid cost: blocker" in screen.pane.plain_text
        assert "rev #5" in screen.pane.plain_text
        await pilot.press("j")
        text = screen.pane.plain_text
        for words in (
            "undone since", "rev 2", "2026-11-20 10:04:11 UTC", "labels as noisy", "200 labels by hand", "35 %",
            "the budget [/x] ␛]52;c;x␇", "✗ blocker", "4 min 20 s spent",
        ):  # fmt: skip
            assert words in text
        await pilot.press("G")
        assert "verdict" not in screen.pane.plain_text
        await pilot.press("g", "k")
        assert "undid" in screen.pane.plain_text
        await pilot.press("escape")
        assert app.results == [None]


async def test_nothing_said_yet() -> None:
    screen = HistoryScreen("EM", (), KEYMAP, ASCII)
    app = HarnessApp(screen)
    async with app.run_test() as pilot:
        await pilot.press("j", "k", "G")
        assert "nothing of this proposal yet" in screen.pane.plain_text
        await pilot.press("q")
        assert app.results == [None]


@pytest.mark.parametrize("size", [(160, 48), (40, 10), (8, 4), (1, 1)])
async def test_no_size_kills_it(size: tuple[int, int]) -> None:
    app = HarnessApp(HistoryScreen("EM", EVENTS, KEYMAP, UNICODE))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.press("j", "space", "alt+s")
        assert app.results == [None]
