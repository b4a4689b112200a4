"""The real app on a store of a few proposals, with a clock of its own, and what tests need to look at it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.widgets import Static

from reviewer.domain.judgements import Judgement
from reviewer.domain.methods import MethodRecord
from reviewer.domain.queue import Sort
from reviewer.domain.vocabulary import Role, Setting
from reviewer.store.connection import Store
from reviewer.tui.app import ReviewerApp
from reviewer.tui.keys import effective_keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.opening import Opening
from reviewer.tui.screens import triage_judging
from reviewer.tui.screens.triage import TriageScreen
from reviewer.workflow.config import Config
from tests.builders import TickingClock, build_store, import_records, measured, record

if TYPE_CHECKING:
    from reviewer.critic.settings import CriticSettings

PATIENCE_SECONDS = 30.0
"""How long a condition may take to come true before a test fails. It is waited for no longer than it takes."""


class Hands:
    """A clock for the keyboard: between two keys a second passes, or as much as a test says."""

    def __init__(self) -> None:
        self.between = 1.0
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += self.between
        return self._now


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """The clock of the keyboard; no forecast settles because time went by."""
    monkeypatch.setattr(triage_judging, "DIGITS_SETTLE_SECONDS", 3600)
    return Hands()


def records() -> list[MethodRecord]:
    """Five proposals of two agents, with numbers on chat, and three baselines of known order."""
    proposals = [
        record(
            f"p{i}",
            title=f"{word} method",
            agent=f"agent-{i % 2}",
            hypothesis=f"The {word} hypothesis.",
            body=f"The body of {word}.",
            measurements=(measured(0.5 + i / 100, setting=Setting.LAB, standard_error=0.02, n_seeds=5),),
        )
        for i, word in enumerate(("alpha", "delta", "charlie", "bravo", "echo"), 1)
    ]
    baselines = [
        record(f"b{i}", Role.BASELINE, title=f"Baseline {i}", measurements=(measured(value, setting=Setting.LAB),))
        for i, value in enumerate((0.1, 0.3, 0.2), 1)
    ]
    return [*proposals, *baselines]


def store_with(tmp_path: Path, *given: MethodRecord, busy_timeout: float = 5.0) -> Path:
    """Make a store with these records and close it; return its path."""
    store = build_store(tmp_path, *given, busy_timeout=busy_timeout)
    store.close()
    return store.path


def add_records(path: Path, *given: MethodRecord) -> None:
    """Import more into a store that an app has open, as another process would."""
    store = Store(path)
    import_records(store, *given)
    store.close()


def build_app(
    path: Path,
    *,
    reviewer: str | None = "kim",
    busy_timeout: float = 5.0,
    hands: Hands | None = None,
    at: tuple[int, int] | None = None,
    marks: Marks = UNICODE,
    failures: list[BaseException] | None = None,
    order: Sort | None = None,
    critic: "CriticSettings | None" = None,
    offline_critic: bool = False,
) -> ReviewerApp:
    """Return the app on the store at ``path``, with the default config and clocks that only tests move.

    The queue is in the order of import unless another is named: where what is drawn by chance is not the subject,
    nothing should hang on it.

    What goes to the log is put into ``failures``.
    """

    def no_demo() -> Store:
        raise AssertionError("nobody asked for the demo")

    logged = [] if failures is None else failures
    return ReviewerApp(
        Opening(
            store=Store(path, busy_timeout=busy_timeout),
            config=Config(order=Sort.IMPORTED if order is None else order, critic=critic),
            config_path=path.with_name("config.toml"),
            keymap=effective_keymap({}),
            marks=marks,
            reviewer=reviewer,
            log=logged.append,
            open_demo=no_demo,
            clock=TickingClock(),
            ticks=(hands or Hands()).monotonic,
            at=at,
            offline_critic=offline_critic,
        )
    )


async def until(pilot: Pilot[Any], condition: Callable[[], Any], what: str = "") -> None:
    """Let the app run until the condition holds; fail, saying what was waited for, when it does not come to."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        await pilot.pause()
        if condition():
            return
        await asyncio.sleep(0.005)  # the app is idle, so the condition waits for something outside it
    raise AssertionError(f"never came true: {what or condition}\n{screen_text(pilot.app)}")


async def comes(condition: Callable[[], bool]) -> None:
    """Wait for what comes while a write waits: the app does not rest then, which ``until`` would wait for."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


class Triage:
    """The triage screen as a person sees it, with the keys that they have."""

    def __init__(self, app: ReviewerApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def screen(self) -> TriageScreen:
        found = [s for s in self.app.screen_stack if isinstance(s, TriageScreen)]
        assert found, "the triage screen is not open"
        return found[-1]

    @property
    def title(self) -> str:
        """The title of the proposal on the screen."""
        view = self.screen.view
        return "" if view is None else view.proposal.title

    @property
    def held(self) -> Judgement:
        """What the screen shows as held of the proposal on it."""
        view = self.screen.view
        assert view is not None
        return view.judgement

    @property
    def titles(self) -> list[str]:
        return [row.title for row in self.screen.queue.rows]

    def text_of(self, selector: str) -> str:
        return str(self.screen.query_one(selector, Static).content)

    def toasts(self) -> list[str]:
        return toasts(self.app)

    async def until(self, condition: Callable[[], Any], what: str = "") -> None:
        await until(self.pilot, condition, what)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    def burst(self, typed: str) -> None:
        """Type as a terminal does that sends all of it at once: nothing of the app runs between two keys."""
        for message in XTermParser().feed(typed.removesuffix("\x1b")):
            self.app.post_message(message)
        if typed.endswith("\x1b"):  # For what comes after it the parser would wait.
            self.app.post_message(events.Key("escape", "\x1b"))

    async def settled(self) -> None:
        """Wait until the proposal under the cursor is on the screen and every act is saved."""

        def quiet() -> bool:
            row, view = self.screen.queue.row, self.screen.view
            busy = any(w.group in ("queue", "editor", "figures") and not w.is_finished for w in self.app.workers)
            return not (self.app.saving or busy) and (
                row is None or (view is not None and view.proposal.id == row.method_id)
            )

        await self.until(quiet, "the proposal under the cursor, with everything saved")

    async def saves(self) -> None:
        """Wait until every act is saved, whatever is on the screen."""
        await self.until(lambda: not self.app.saving, "saving")

    async def go(self, *keys: str) -> None:
        """Press keys one by one, each when what the one before did is done."""
        for key in keys:
            await self.pilot.press(key)
            await self.settled()

    async def told(self, words: str) -> None:
        """Wait for a toast that holds these words."""
        await self.until(lambda: any(words in t for t in self.toasts()), f"a toast with {words!r}: {self.toasts()}")


@asynccontextmanager
async def triage(path: Path, *, size: tuple[int, int] = (120, 40), **more: Any) -> AsyncIterator[Triage]:
    """Run the app on the store at ``path`` until its first proposal is on the screen, or it says that there is none."""
    app = build_app(path, **more)
    async with app.run_test(size=size, notifications=True) as pilot:
        shown = Triage(app, pilot)
        await until(pilot, lambda: any(isinstance(s, TriageScreen) for s in app.screen_stack), "the triage screen")
        await until(pilot, lambda: shown.screen.generation > 0, "the queue")
        await shown.settled()
        await until(pilot, lambda: shown.screen.view is not None or shown.screen.query_one("#empty").display, "a queue")
        yield shown


def toasts(app: ReviewerApp) -> list[str]:
    """Every sentence that is shown now."""
    notifications: Iterable[Notification] = app._notifications
    return [str(n.message) for n in notifications]


def screen_text(app: Any) -> str:
    """What the terminal shows, as lines of plain text."""
    return "\n".join("".join(s.text for s in strip) for strip in screen_strips(app))


def screen_strips(app: Any) -> Sequence[Iterable[Any]]:
    """The strips of the screen on top, as they would be written to the terminal."""
    return list(app.screen._compositor.render_strips())
