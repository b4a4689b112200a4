"""When an app under test is idle: as soon as nothing is left that it could do by itself, rather than after a while.

Textual's own rule sleeps for 20 ms at a time and takes the app for idle once the process used little of them: slow when
the app has long come to rest, and wrong when the machine is busy with something else.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import active_app
from textual.app import App
from textual.pilot import Pilot

from reviewer.tui.screens import triage_search, triage_state

PATIENCE_SECONDS = 10.0
"""How long an app may be busy before a test goes on all the same, so that it fails by what it looks for."""


class WorkInThreads:
    """What an app gave to its threads and is not done yet."""

    def __init__(self) -> None:
        self._pending: set[Future[Any]] = set()
        self._over = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._pending)

    def watch(self, future: "Future[Any]") -> None:
        """Count ``future`` as pending until those who wait for it have been told."""
        loop = asyncio.get_running_loop()

        def over(_future: "Future[Any]") -> None:
            self._pending.discard(future)
            with suppress(RuntimeError):  # the test has ended, and its loop with it
                loop.call_soon_threadsafe(self._over.set)

        self._pending.add(future)
        loop.call_soon(future.add_done_callback, over)

    async def moves(self, patience: float) -> None:
        """Wait until something is done, for ``patience`` seconds at the most."""
        self._over.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), patience)


def goes_on(app: App[Any]) -> bool:
    """Do now what waits for a few milliseconds to pass (a new size, the next frame); return whether there was any."""
    screen = app._screen_stack[-1] if app._screen_stack else None
    if screen is None or not screen.is_current or app._batch_count:
        return False
    if app._resize_timer is not None:
        app._check_resize()
        return True
    waits = (
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
    )
    if waits:
        screen._on_timer_update()
    return bool(waits)


def idle_rule(work: WorkInThreads) -> Callable[..., Any]:
    """Return what stands in for Textual's ``wait_for_idle``."""

    async def wait_for_idle(min_sleep: float = 0, max_sleep: float = 0) -> None:
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        end = time.monotonic() + PATIENCE_SECONDS
        while (left := end - time.monotonic()) > 0:
            await asyncio.sleep(0)
            if ready:
                continue
            if work:
                await work.moves(left)
            elif not goes_on(active_app.get()):
                return

    return wait_for_idle


async def nothing_is_ready(_pilot: Pilot[Any], timeout: float = PATIENCE_SECONDS) -> bool:
    """Let the app do what it can do at once; what stands in for ``Pilot._wait_for_screen``.

    That one sends a message to every widget and waits until all have come: nine tenths of the messages of a test.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    end = time.monotonic() + timeout
    await asyncio.sleep(0)
    while ready and time.monotonic() < end:
        await asyncio.sleep(0)
    return not ready


@pytest.fixture(autouse=True)
def drawn_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw a screen where a test looks at it, and once at the end: a third of the work of a test is drawing for nobody.

    Without a terminal Textual draws each change all the same, and throws it away.
    """
    shut_down = App._shutdown

    def draw_for_nobody(compositor: Compositor, full: bool = False, *args: Any, **kwargs: Any) -> object:
        if full:  # A picture was asked for.
            return render_update(compositor, full, *args, **kwargs)
        compositor._dirty_regions.clear()
        return None

    async def draw_and_shut_down(app: App[Any]) -> None:
        try:
            for screen in app._screen_stack[-1:]:
                screen._compositor.render_strips()
        finally:
            await shut_down(app)

    render_update = Compositor.render_update
    monkeypatch.setattr(Compositor, "render_update", draw_for_nobody)
    monkeypatch.setattr(App, "_shutdown", draw_and_shut_down)


@pytest.fixture(autouse=True)
def idle_by_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pilot, the keys and the pictures of this test wait by the rule of this module."""
    wait_by_events(monkeypatch)


def wait_by_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever drives an app wait by the rule of this module, in one event loop."""
    work = WorkInThreads()
    submit = ThreadPoolExecutor.submit

    def watched(pool: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future = submit(pool, function, *args, **kwargs)
        with suppress(RuntimeError):  # asked for by a thread, whose own work is watched
            work.watch(future)
        return future

    monkeypatch.setattr(ThreadPoolExecutor, "submit", watched)
    # Nobody looks at the first screen here, so that what loads slowly need not wait until it has been seen.
    monkeypatch.setattr(triage_state, "LOADING_WAITS_SECONDS", 0)
    monkeypatch.setattr(triage_search, "HANDS_REST_SECONDS", 0)
    monkeypatch.setattr(Pilot, "_wait_for_screen", nothing_is_ready)
    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", idle_rule(work))
