"""What became of a proposal, said on the triage screen: seen to the disk, shown on the proposal, lost by nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreError
from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Result, Role, Setting
from reviewer.store.connection import Store
from reviewer.tui.screens.outcome import OutcomeScreen
from reviewer.tui.screens.retract import RetractScreen
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow.outcomes import outcome_state, record_outcome, retract_outcome
from tests.builders import build_session, measured, record, table
from tests.tui.triage_app import Triage, comes, records, screen_text, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")

FAILED = Outcome(Result.FAILED, date(2026, 1, 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


async def opened(t: Triage) -> OutcomeScreen:
    await t.settled()
    await t.press("o")
    await t.until(lambda: isinstance(t.app.screen, OutcomeScreen), "the form")
    screen = t.app.screen
    assert isinstance(screen, OutcomeScreen)
    return screen


def said(path: Path) -> list[tuple[str, str]]:
    with closing(Store(path)) as store:
        return [
            (str(event.outcome.result) if event.outcome else "", event.note)
            for event in outcome_state(store, 1, 1).events
        ]


def tell(path: Path, outcome: Outcome | None = FAILED, reviewer: str = "ann") -> None:
    with closing(Store(path)) as store:
        session = build_session(store, reviewer)
        if outcome is None:
            retract_outcome(session, 1)
        else:
            record_outcome(session, 1, outcome)


async def test_an_outcome_is_said_corrected_and_taken_back_and_shows_on_its_proposal(path: Path) -> None:
    async with triage(path) as t:
        assert "outcome" not in screen_text(t.app)
        await opened(t)
        await t.press("f", "tab", *"today", "ctrl+s")
        await t.told("Saved: failed on 2026-01-0")
        await t.until(lambda: "proposal · outcome: failed · agent-1" in screen_text(t.app), "the heading")
        assert "0–9 % it survives, not scored: the outcome is known" in screen_text(t.app)
        await opened(t)
        assert "This is a draft" not in screen_text(t.app)
        await t.press("p", "ctrl+s")
        await t.until(lambda: "outcome: partly" in screen_text(t.app), "the correction")
        await opened(t)
        await t.press("ctrl+o")
        await t.until(lambda: isinstance(t.app.screen, RetractScreen), "the question")
        await t.press(*"oops", "enter")
        await t.told("Taken back")
        await t.until(lambda: "not scored: an outcome was known" in screen_text(t.app), "what can still be seen")
        assert "outcome: " not in screen_text(t.app)
    assert said(path) == [("failed", ""), ("partly", ""), ("", "oops")]
    assert table(Store(path), "SELECT count(*) FROM annotations") == [(0,)], "an outcome is no judgement"


async def test_a_forecast_is_told_not_to_be_scored_before_it_is_typed(path: Path) -> None:
    tell(path)
    async with triage(path) as t:
        assert "0–9 % it survives, not scored: the outcome is known" in screen_text(t.app)
        await t.press("3")
        assert "3 %_, not scored: the outcome is known" in screen_text(t.app)
        await t.go("j")
        assert "not scored" not in screen_text(t.app)
        await t.go("k")
        assert "3 %, another is not scored: the outcome is known" in screen_text(t.app)
    (visible,) = table(Store(path), "SELECT json_extract(visible, '$.outcome') FROM annotations")
    assert visible == (1,)


async def test_a_measurement_in_production_is_told_too(tmp_path: Path) -> None:
    ran = record("p1", title="ran", measurements=(measured(0.4, setting=Setting.PRODUCTION),))
    async with triage(store_with(tmp_path, ran), size=(80, 24)) as t:
        assert "0–9 %, not scored" in screen_text(t.app)
        await t.pilot.resize_terminal(140, 40)
        await t.until(lambda: "not scored: it ran in production" in screen_text(t.app), "why")


async def test_the_draft_of_an_outcome_waits_on_its_proposal(path: Path) -> None:
    async with triage(path) as t:
        await opened(t)
        await t.press("w", "tab", "tab", *"0.3", "escape")
        await t.until(lambda: t.app.screen is t.screen, "the triage screen")
    assert said(path) == []
    async with triage(path) as t:
        await t.told("An unsaved draft is waiting here; o goes on with it.")
        form = await opened(t)
        assert "This is a draft" in screen_text(t.app)
        assert form.query_one("#effect", TextField).text == "0.3"
        await t.press("tab", *"2026-01-01", "ctrl+s")
        await t.told("Saved: withdrawn on 2026-01-01")
        await t.saves()
    with closing(sqlite3.connect(f"{path}-drafts")) as drafts:
        assert drafts.execute("SELECT * FROM drafts").fetchall() == []


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_what_waits_for_the_store_is_saved_when_it_is_free(path: Path) -> None:
    async with triage(path, busy_timeout=0.05) as t:
        await opened(t)
        await t.press("f", "tab", *"2026-01-01")
        with locked(path):
            # Typed at once, since the app does not rest while a write waits.
            t.burst("\x13")
            await comes(lambda: any("keeps the store locked; what you do waits" in said for said in t.toasts()))
            assert said(path) == []
            # While it waits the triage screen goes on, and the form shows it as a draft.
            t.burst("j")
            await comes(lambda: t.title == "delta method")
        await t.saves()
        await t.told("Saved: failed on 2026-01-01")
    assert said(path) == [("failed", "")]


async def test_what_cannot_be_saved_stays_as_a_draft(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise StoreError("The disk says no.")

    monkeypatch.setattr("reviewer.workflow.outcomes.record_outcome", refuse)
    async with triage(path) as t:
        await opened(t)
        await t.press("f", "tab", *"2026-01-01", "ctrl+s")
        await t.told("what you wrote stays as a draft: The disk says no.")
        form = await opened(t)
        assert form.query_one("#date", TextField).text == "2026-01-01"


async def test_keys_typed_with_the_one_that_opens_it_wait_for_the_form(path: Path) -> None:
    async with triage(path) as t:
        await t.settled()
        t.burst("os\t2026-01-01")
        await t.until(lambda: isinstance(t.app.screen, OutcomeScreen), "the form")
        await t.until(lambda: "2026-01-01" in screen_text(t.app), "what was typed")
        assert "[s survived]" in screen_text(t.app)


async def test_what_somebody_else_said_meanwhile_is_told(path: Path) -> None:
    tell(path)
    async with triage(path) as t:
        await opened(t)
        tell(path, Outcome(Result.SURVIVED, date(2026, 1, 2)), "bo")
        await t.press("p", "ctrl+s")
        await t.told("it takes the place of what somebody said meanwhile")
    assert [result for result, _ in said(path)] == ["failed", "survived", "partly"]


async def test_there_must_be_a_proposal(tmp_path: Path) -> None:
    async with triage(store_with(tmp_path, record("b1", Role.BASELINE))) as t:
        await t.press("o")
        await t.told("There is no proposal")
