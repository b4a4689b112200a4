"""The demo's recorded answers in Claude's pane, from the key to the store: no key, no socket, and marked as such.

By the claim, where the first one has an answer: by priority some places of the queue are drawn by chance.
"""

import socket
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest
from textual.widgets import TextArea

from reviewer.critic import key, recorded
from reviewer.domain.queue import Sort
from reviewer.store.connection import Store
from reviewer.store.critiques import StoredAttempt, attempts_on, read_attempts
from reviewer.tui.critique_lines import FREE, PLAYED, PLAYING
from reviewer.workflow.critique_provenance import provenance_lines
from reviewer.workflow.demo import open_demo
from tests.builders import TickingClock
from tests.tui.triage_app import Triage, screen_text, triage


@pytest.fixture(autouse=True)
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket may be connected, and no key be looked for; nothing in the environment leads anywhere."""

    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("it was to be played without that")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(key, "find_key", refuse)
    monkeypatch.setattr(recorded, "DELTA_SECONDS", 0.0)
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of the sample study."""
    store = open_demo(tmp_path / "demo.db")
    store.close()
    return store.path


def said(shown: Triage) -> str:
    return " ".join(shown.screen.critic_pane.plain_text.split())


async def says(shown: Triage, words: str) -> None:
    await shown.until(lambda: words in said(shown), f"{words!r} in Claude's pane")


async def judged(shown: Triage) -> None:
    """Give a verdict on the proposal on the screen, and open the pane."""
    shown.app.move_on = False
    await shown.press("f")
    await shown.settled()
    await shown.press("a")


async def played(shown: Triage) -> None:
    """Have the answer played that the pane offers, and wait for its end."""
    await says(shown, FREE)
    await shown.press("enter")
    await says(shown, "1 more is not shown: it quotes what the proposal does not say.")


def stored(path: Path) -> list[StoredAttempt]:
    with closing(Store(path, readonly=True)) as store, store.read() as connection:
        return list(read_attempts(connection, "true", ()))


async def test_the_lock_holds_as_with_a_key(path: Path) -> None:
    async with triage(path, order=Sort.CLAIM, offline_critic=True) as shown:
        await shown.press("a")
        await says(shown, "give your verdict first")
        await shown.press("enter")
        await shown.settled()
    assert stored(path) == []


async def test_an_answer_is_played_and_marked_as_such_from_the_pane_to_the_store(path: Path) -> None:
    async with triage(path, order=Sort.CLAIM, offline_critic=True, size=(80, 24)) as shown:
        await judged(shown)
        await says(shown, FREE)
        assert "$" not in said(shown)
        assert "enter plays it" in screen_text(shown.app)
        await played(shown)
        assert said(shown).startswith(PLAYED)
        assert "$" not in said(shown)
        assert "today" not in screen_text(shown.app).splitlines()[0]
        assert shown.text_of("#critic-heading").strip().startswith("▌Claude, recorded · doubts · ")
        assert "Claude, recorded · doubts · " in screen_text(shown.app)
        await shown.press("j")
        await shown.until(lambda: "· 2/" in shown.text_of("#critic-heading"), "the next doubt")
    (attempt,) = stored(path)
    assert attempt.ended is not None
    assert (attempt.sent.model_asked, attempt.ended.model) == ("recorded", "recorded")
    assert (attempt.sent.reserved, attempt.ended.spent, attempt.ended.failure) == (0, 0, "")
    shown_by_command = "\n".join(provenance_lines(attempt, TickingClock()()))
    assert "recorded 0/0 of " in shown_by_command
    assert ", recorded" in attempt.sent.sdk
    assert "cost      $0.00" in shown_by_command


async def test_it_is_marked_too_where_the_copy_is_opened_without_recorded_answers(path: Path) -> None:
    async with triage(path, order=Sort.CLAIM, offline_critic=True) as shown:
        await judged(shown)
        await played(shown)
    async with triage(path, order=Sort.CLAIM) as shown:
        await shown.press("a")
        await says(shown, PLAYED)
        assert shown.text_of("#critic-heading").strip().startswith("▌Claude, recorded")


async def test_a_check_that_is_taken_over_says_that_it_was_recorded(path: Path) -> None:
    async with triage(path, order=Sort.CLAIM, offline_critic=True) as shown:
        await judged(shown)
        await played(shown)
        await shown.press("e")
        await shown.until(lambda: isinstance(shown.app.focused, TextArea), "the rationale")
        assert isinstance(shown.app.focused, TextArea)
        assert " (Claude, recorded, " in shown.app.focused.text


async def test_of_a_proposal_without_one_it_says_so_and_which_have_one(path: Path) -> None:
    async with triage(path, order=Sort.TITLE, offline_critic=True) as shown:
        view = shown.screen.view
        assert view is not None
        assert view.proposal.title not in recorded.recorded_titles()
        await judged(shown)
        await says(shown, FREE)
        await shown.press("enter")
        await says(shown, "No answer was recorded for this proposal (there are for “")
        assert recorded.recorded_titles()[-1] in said(shown)
        assert "It cost nothing." in said(shown)
    with closing(Store(path, readonly=True)) as store, store.read() as connection:
        (attempt,) = attempts_on(connection, view.proposal.id)
    assert attempt.ended is not None
    assert (attempt.ended.failure, attempt.ended.spent) == ("not_recorded", 0)


async def test_stopped_it_says_nothing_of_money(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "DELTA_SECONDS", 0.5)
    async with triage(path, order=Sort.CLAIM, offline_critic=True) as shown:
        await judged(shown)
        await says(shown, FREE)
        await shown.press("enter")
        await says(shown, PLAYING)
        await says(shown, "So far, and not checked yet:")
        await shown.press("escape")
        await says(shown, "Stopped. It cost nothing.")
