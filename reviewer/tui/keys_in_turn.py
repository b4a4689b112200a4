"""Keys in single file: each is seen to its end before the next one is given to whatever has the focus by then.

Textual gives a key to the widget that has the focus when the key arrives, and the key then climbs from queue to queue
until a binding takes it. Keys that arrive in one burst, over a slow line or from quick hands, are so all on their way
to the old focus before the first of them has opened a field; they would be lost, or act. Here the second key waits
until every widget between the one that got the first and its screen has come to the end of its queue.
"""

import asyncio
import contextlib
from collections import deque
from typing import Any

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.screen import Screen

ROUNDS = 4
"""How often the queues are gone through. What handles a key may post a message, what handles that another, and each is
behind the round before: from Enter in the line of tags to its words being taken there are three such steps."""

PATIENCE_SECONDS = 2.0
"""A key waits no longer for the one before it: whatever hangs must not take the keyboard with it."""

LOOK_AGAIN_SECONDS = 0.01

PAINT_SECONDS = 0.04
"""Where no other key waits, what the key has done is first painted: going through the queues takes a millisecond."""


class KeysInTurn(App[None]):
    """An app whose keys and pastes are handled one after the other, in the order in which they were typed."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._in_hand = False
        self._another = asyncio.Event()
        self._seeing: asyncio.Task[None] | None = None

    @property
    def shown(self) -> Screen[Any] | None:
        """Return the screen on top; None while the app ends, when a key may still be on its way."""
        return self.screen_stack[-1] if self.screen_stack else None

    def keys_wait(self) -> bool:
        """Return whether something is being opened for which the next key is meant."""
        return False

    async def on_event(self, event: events.Event) -> None:
        """Give a key on where none is in hand; else it waits for its turn."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._in_hand or self._waiting:
            self._waiting.append(event)
            self._another.set()
        else:
            await self._give(event)

    async def _give(self, event: events.Key | events.Paste) -> None:
        if (screen := self.shown) is None:
            return
        self._in_hand = True
        target: DOMNode = self.focused or screen
        await super().on_event(event)
        self._seeing = asyncio.create_task(self._see_through(target, screen))

    async def _next(self) -> None:
        if self._waiting:
            await self._give(self._waiting.popleft())

    async def _see_through(self, target: DOMNode, screen: Screen[Any]) -> None:
        """Wait, without holding up anything else, until the key that was given to ``target`` has had its effect."""
        try:
            if not self._waiting:
                self._another.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._another.wait(), PAINT_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._effect(target, screen)
        finally:  # Whatever goes wrong here, the keyboard goes on.
            self._in_hand = False
            if self._waiting:
                # By the app's own queue, in which a change of the focus may still stand.
                self.call_later(self._next)

    async def _effect(self, target: DOMNode, screen: Screen[Any]) -> None:
        for _ in range(ROUNDS):
            for pump in _way_up(target):
                await _turn(pump)
        while self.keys_wait():
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        while (shown := self.shown) is not None and shown is not screen:
            # A screen that is new gives the focus to one of its fields in a turn of its own.
            screen = shown
            await _turn(shown)


def _way_up(target: DOMNode) -> list[MessagePump]:
    return [node for node in target.ancestors_with_self if not isinstance(node, App)]


async def _turn(pump: MessagePump) -> None:
    """Wait until a widget has handled all that stands in its queue now; not at all where it is closing."""
    reached = asyncio.Event()
    if pump.call_later(reached.set):
        await reached.wait()
