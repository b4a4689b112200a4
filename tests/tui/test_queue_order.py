"""The order of the queue in the app: drawn, remembered, and explained row by row."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.queue import Sort
from reviewer.domain.vocabulary import Act, Protocol, Verdict
from reviewer.store import assignments
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.tui.screens import triage_order
from reviewer.tui.screens.triage import TriageScreen
from reviewer.workflow import queue_drawing
from reviewer.workflow.config import read_config
from reviewer.workflow.judging import set_forecast
from tests.builders import NOW, act, build_session, judge, method_ids, record, table
from tests.tui.triage_app import Triage, add_records, build_app, comes, records, screen_text, store_with, triage

CLAIMED = ["echo method", "bravo method", "charlie method", "delta method", "alpha method"]
"""Best claim first."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


@pytest.fixture(autouse=True)
def seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_drawing, "_new_seed", lambda: 4)


def drawn_titles(path: Path) -> Sequence[str]:
    store = Store(path)
    rows = table(
        store,
        "SELECT m.title FROM queue_places p JOIN methods m ON m.id = p.method_id "
        "WHERE p.draw_id = (SELECT max(id) FROM queue_draws) ORDER BY p.place",
    )
    store.close()
    return [title for (title,) in rows]


def held(path: Path, protocol: Protocol) -> None:
    store = Store(path)
    with store.write() as connection:
        set_protocol(connection, 1, protocol, set_by="kim", now=NOW)
    store.close()


def assigned(path: Path, *places: int) -> None:
    """Assign kim the proposals at these places of the import, in that order."""
    store = Store(path)
    kim = build_session(store)
    with store.write() as connection:
        assignments.add_round(
            connection, 1, seed=1, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
            work={"kim": [method_ids(store)[place] for place in places]}, made_by="ana", now=NOW,
        )  # fmt: skip
    store.close()


async def test_by_priority_the_queue_is_drawn_before_it_is_shown(path: Path) -> None:
    async with triage(path, order=Sort.PRIORITY) as t:
        assert len(t.titles) == 5
        assert t.titles == drawn_titles(path)
        assert "queue: all, by priority" in t.text_of("#header-mid")
        first = t.titles
        await t.go("s", "s")
        assert t.titles == first
        await t.press("f5")
        await t.settled()
        assert t.titles == first
    async with triage(path, order=Sort.PRIORITY) as t:
        assert t.titles == first


async def test_what_comes_in_is_drawn_when_the_queue_is_put_in_order(path: Path) -> None:
    async with triage(path, order=Sort.PRIORITY) as t:
        before = t.titles
        await t.go("s")
        add_records(path, record("late", title="late method"))
        await t.press("f5")
        await t.until(lambda: len(t.titles) == 6)
        assert t.titles == drawn_titles(path)
        assert t.titles[0] == before[0]


async def test_an_open_queue_is_ranked_anew_on_refresh(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_drawing, "RANDOM_SHARE", 0.0)
    held(path, Protocol.OPEN)
    async with triage(path, order=Sort.PRIORITY) as t:
        before = t.titles
        assert before == CLAIMED
        store = Store(path)
        noor = build_session(store, "noor")
        (echo,) = table(store, "SELECT id FROM methods WHERE title = 'echo method'")
        act(noor, echo[0], Act.FORECAST, set_forecast(0.99))
        store.close()
        await t.press("j", "k")
        assert t.titles == before
        await t.press("f5")
        await t.until(lambda: t.titles == [*before[1:], before[0]])
        await t.settled()
        assert t.title == "echo method"
        await t.press("w")
        await t.told("1 forecast, of 99 %; one more review would hardly change the decision at 50 %.")


async def test_a_store_that_cannot_be_written_is_shown_best_claim_first(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_more: Any) -> int | None:
        from reviewer.domain.errors import StoreError

        raise StoreError("may not be written")

    monkeypatch.setattr(queue_drawing, "draw_queue", refuse)
    failures: list[BaseException] = []
    async with triage(path, order=Sort.PRIORITY, failures=failures) as t:
        assert t.titles == CLAIMED
        assert "by priority, not drawn" in t.text_of("#header-mid")
        assert [str(error) for error in failures] == ["may not be written"]
        await t.press("w")
        await t.told("The queue is not drawn, so that all of it stands best claim first.")


def held_back(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let every drawing wait for the event, and the queue for no drawing."""
    may_draw, draw_queue = threading.Event(), queue_drawing.draw_queue

    def late(*args: Any, **more: Any) -> int | None:
        may_draw.wait(20)
        return draw_queue(*args, **more)

    monkeypatch.setattr(queue_drawing, "draw_queue", late)
    monkeypatch.setattr(triage_order, "DRAWN_SECONDS", 0.01)
    return may_draw


async def test_a_drawing_that_takes_long_is_shown_when_it_comes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_drawing, "RANDOM_SHARE", 1.0)
    may_draw = held_back(monkeypatch)
    app = build_app(path, order=Sort.PRIORITY)
    async with app.run_test(size=(120, 40)) as pilot:
        t = Triage(app, pilot)
        await comes(lambda: any(isinstance(s, TriageScreen) for s in app.screen_stack))
        await comes(lambda: t.title == "echo method")
        assert t.titles == CLAIMED
        assert "by priority, not drawn" in t.text_of("#header-mid")
        t.burst("jj")
        await comes(lambda: t.title == "charlie method")
        may_draw.set()
        await t.until(lambda: t.titles == drawn_titles(path) != CLAIMED)
        await t.settled()
        assert t.title == "charlie method"
        assert "not drawn" not in t.text_of("#header-mid")


async def test_a_ranking_that_takes_long_is_shown_when_it_comes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_drawing, "RANDOM_SHARE", 0.0)
    held(path, Protocol.OPEN)
    async with triage(path, order=Sort.PRIORITY) as t:
        before = t.titles
        store = Store(path)
        (first,) = table(store, "SELECT id FROM methods WHERE title = ?", (before[0],))
        act(build_session(store, "noor"), first[0], Act.FORECAST, set_forecast(0.99))
        store.close()
        may_draw = held_back(monkeypatch)
        generation = t.screen.generation
        t.burst("\x1b[15~")
        await comes(lambda: t.screen.generation > generation and t.screen.followed is not None)
        assert t.titles == before
        may_draw.set()
        await t.until(lambda: t.titles == [*before[1:], before[0]])


async def test_an_order_is_chosen_and_remembered(path: Path) -> None:
    async with triage(path) as t:
        await t.press("S")
        await t.press(*"furthest", "enter")
        await t.until(lambda: "reviewers furthest apart first" in t.text_of("#header-mid"))
        assert t.titles[0] == "alpha method"
        await t.press("S")
        await t.press(*"priority", "enter")
        await t.until(lambda: t.titles == drawn_titles(path))
    assert read_config(path.with_name("config.toml")).order == Sort.PRIORITY


async def test_what_is_assigned_is_told_and_shown_in_its_order(path: Path) -> None:
    assigned(path, 4, 0, 2)
    async with triage(path, order=Sort.PRIORITY) as t:
        await t.told("3 are assigned to you and not done; F shows them.")
        await t.press("F", *["j"] * 8, "right", "enter")
        await t.until(lambda: t.titles == ["echo method", "alpha method", "charlie method"])
        await t.until(lambda: "3 shown, assigned to me, as assigned" in t.text_of("#header-mid"))
        await t.settled()
        await t.press("w")
        await t.told("Assigned to you by ana on 2026-01-02, as 1 of 3 in an order of chance.")
        await t.go("s", "s")
    async with triage(path) as t:
        await t.told("1 is assigned to you and not done; F shows it.")
    async with triage(path, reviewer="noor") as t:
        assert not [each for each in t.toasts() if "assigned" in each]


async def test_what_is_judged_differently_is_shown_once_it_may_be_seen(path: Path) -> None:
    store = Store(path)
    noor = build_session(store, "noor")
    for method_id in method_ids(store)[:2]:
        judge(noor, method_id, Verdict.FAILS)
    store.close()
    async with triage(path) as t:
        await t.go("s")
        await t.press("F", *["j"] * 9, "right", "enter")
        await t.until(lambda: t.titles == ["alpha method"])
        await t.until(lambda: "1 shown, judged differently" in t.text_of("#header-mid"))


async def test_why_has_a_key_in_every_order_and_where_there_is_nothing(path: Path, tmp_path: Path) -> None:
    async with triage(path) as t:
        await t.press("w")
        await t.told("In the order of import: it came in on 2026-01-02 at 03:04 UTC.")
    (tmp_path / "empty").mkdir()
    async with triage(store_with(tmp_path / "empty", *records()[5:])) as t:
        await t.press("w")
        await t.told("There is no proposal to judge here; i imports some.")


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        (Protocol.OPEN, "where a review is worth most"),
        (Protocol.BLIND, "best claim first, some by chance"),
        (Protocol.SEALED, "by chance"),
    ],
)
async def test_who_chooses_an_order_reads_by_what_it_goes_under_the_protocol(
    path: Path, protocol: Protocol, said: str
) -> None:
    held(path, protocol)
    async with triage(path) as t:
        await t.press("S")
        await t.until(lambda: f"by priority {said}" in " ".join(screen_text(t.app).split()))
