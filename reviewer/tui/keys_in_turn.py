"""Keys in single file: each is seen to its end before the next one is given to whatever has the focus by then.

Textual gives a key to the widget that has the focus when the key arrives, and the key then climbs from queue to queue
until a binding takes it. Keys that arrive in one burst, over a slow line or from quick hands, are so all on their way
to the old focus before the first of them has opened a field; they would be lost, or act. Here the second key waits
until every widget between the one that got the first and its screen has come to the end of its queue.

A key never acts where its typist could not have meant it: what waits too long for a screen is dropped and told of.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Collection
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import Input, TextArea

from reviewer.tui.widgets.text_field import is_escape

ROUNDS = 4
"""How often the queues are gone through. What handles a key may post a message, what handles that another, and each is
behind the round before: from Enter in the line of tags to its words being taken there are three such steps."""

PATIENCE_SECONDS = 2.0
"""A key waits no longer for the one before it: whatever hangs must not take the keyboard with it. What waits for a
field goes into it then; what would act on the screen that happens to be in front is dropped."""

TOLD_SECONDS = 8
"""How long it is shown that keys were dropped: who types without looking looks up late."""

TOO_EARLY = "Keys typed before anything was on the screen were dropped; type them again."

TOO_LATE = "Keys typed before the proposal was on the screen were dropped; type them again."

ONE_BREATH_SECONDS = 0.5
"""A key that comes so soon after one that was dropped goes the same way: the 5 of a 65 would be another forecast."""

LOOK_AGAIN_SECONDS = 0.01

PAINT_SECONDS = 0.04
"""Where no other key waits, what the key has done is first painted: going through the queues takes a millisecond."""


@runtime_checkable
class KeepsKeysWaiting(Protocol):
    """A screen on which the next key may be meant for what is still on its way to it."""

    @property
    def is_opening(self) -> bool:
        """Return whether something is: a field, a dialog, what the screen is about to show."""

    def give_up_opening(self) -> None:
        """Let go of it."""


class KeysInTurn(App[None]):
    """An app whose keys and pastes are handled one after the other, in the order in which they were typed."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key | events.Paste] = deque()
        self._in_hand = False
        self._given = ""
        """The key that was given last; empty for a paste."""
        self.changes = 0
        """How often another key, or a paste, was given than the one before: what lies between is one key held down."""
        self._another = asyncio.Event()
        self._seeing: asyncio.Task[None] | None = None
        self._outlasting = False
        """Whether what is being opened takes longer than keys wait for it: they are dropped until it is there."""
        self._dropped = False
        """Whether that was told."""
        self._dropped_early = False
        """Whether it was told that keys came before what they act on could be seen."""
        self._blind_until = float("-inf")
        """Until when, by the clock of messages, a key belongs to those that were dropped before it."""
        self._given_up = False
        self._typed_at = float("-inf")
        """When the last key came, by the clock of the loop."""
        self._deaf_until = float("-inf")
        """Keys that were typed before this moment, by the clock of messages, and are still on their way are dropped."""

    @property
    def shown(self) -> Screen[Any] | None:
        """Return the screen on top; None while the app ends, when a key may still be on its way."""
        return self.screen_stack[-1] if self.screen_stack else None

    def keys_wait(self) -> bool:
        """Return whether something is being opened for which the next key is meant."""
        return False

    def give_up_opening(self) -> None:
        """Let go of what ``keys_wait`` waits for: Esc was pressed while it took too long."""

    def always_acts(self, key: str) -> bool:
        """Return whether a key acts whatever is being opened: the one that leaves the app."""
        return False

    def key_acts(self, key: str) -> None:
        """Hear that a key is about to act; one that is typed into a field does not."""

    def is_beginning(self) -> bool:
        """Return whether what keys act on is not there yet: they are dropped and told of, since nobody has seen it."""
        return False

    def is_out_of_sight(self, key: events.Key) -> bool:
        """Return whether nobody could see what a key does now: it is dropped then."""
        return False

    def waits_for_sight(self, key: str, *, again: bool) -> bool:
        """Return whether a key is about what is on its way to the screen: it acts, in its turn, once that is there.

        ``again`` says that it is the same key as the one before.
        """
        return False

    async def on_event(self, event: events.Event) -> None:
        """Give a key on where none is in hand; else it waits for its turn."""
        if isinstance(event, events.Key | events.Paste):
            self._typed_at = asyncio.get_running_loop().time()
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded or self._is_way_out(event):
            await super().on_event(event)
        elif self._outlasting or event.time <= self._deaf_until:
            self._drop(event)
        elif self._in_hand or self._waiting:
            self._waiting.append(event)
            self._another.set()
        else:
            await self._give(event)

    def _is_way_out(self, event: events.Key | events.Paste) -> bool:
        return self._outlasting and isinstance(event, events.Key) and self.always_acts(event.key)

    async def _give(self, event: events.Key | events.Paste) -> None:
        if (screen := self.shown) is None:
            return
        if self._is_refused(event):
            self.call_later(self._next)
            return
        if self._waits_for_sight(event):
            self._in_hand = True
            self._waiting.appendleft(event)
            self._seeing = asyncio.create_task(self._until_in_sight(event))
            return
        self._in_hand, self._dropped_early = True, False
        given = event.key if isinstance(event, events.Key) else ""
        self.changes += given != self._given
        self._given = given
        if self._given and not self.is_writing:
            self.key_acts(self._given)
        target: DOMNode = self.focused or screen
        await super().on_event(event)
        self._seeing = asyncio.create_task(self._see_through(target, screen))

    async def hands_at_rest(self, seconds: float) -> None:
        """Wait until no key has come for so long; return at once where that is so."""
        now = asyncio.get_running_loop().time
        while (left := self._typed_at + seconds - now()) > 0:
            await asyncio.sleep(left)

    def take_repeats(self, keys: Collection[str]) -> int:
        """Take the keys that wait as far as they are the one in hand, and return how many they were.

        Who does at once what all of them ask for keeps up with a key that is held down, which comes again faster than
        a screen is painted. ``keys`` are those that ask for it; in a list of actions it was chosen by another one.
        """
        taken = 0
        if self._given not in keys:
            return taken
        while self._waiting and isinstance(after := self._waiting[0], events.Key) and after.key == self._given:
            self._waiting.popleft()
            taken += 1
        return taken

    def drop_keys(self) -> None:
        """Drop the keys that were typed until now and have not acted yet."""
        self._waiting.clear()
        self._deaf_until = Message().time

    async def _next(self) -> None:
        if self._waiting:
            await self._give(self._waiting.popleft())

    def _waits_for_sight(self, event: events.Key | events.Paste) -> bool:
        return isinstance(event, events.Key) and self.waits_for_sight(event.key, again=event.key == self._given)

    async def _until_in_sight(self, event: events.Key | events.Paste) -> None:
        """Wait, without holding up anything else, until what the first key that waits is about can be seen.

        Where that takes too long all that wait are dropped, and those that come in one breath with them: what is left
        of a forecast would be another one, and the keys behind a verdict are meant for the proposal behind this one.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self._waits_for_sight(event):
                    await asyncio.sleep(LOOK_AGAIN_SECONDS)
        except TimeoutError:
            self.drop_keys()
            self._blind_until = self._deaf_until + ONE_BREATH_SECONDS
            self._tell_of_blind(TOO_LATE)
        finally:
            self._in_hand = False
            if self._waiting:
                self.call_later(self._next)

    async def _see_through(self, target: DOMNode, screen: Screen[Any]) -> None:
        """Wait, without holding up anything else, until the key that was given to ``target`` has had its effect."""
        try:
            if not self._waiting:
                self._another.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._another.wait(), PAINT_SECONDS)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._effect(target, screen)
            except TimeoutError:
                if not self.is_writing:
                    await self._outlast()
        finally:  # Whatever goes wrong here, the keyboard goes on.
            self._in_hand = self._outlasting = False
            if self._waiting:
                # By the app's own queue, in which a change of the focus may still stand.
                self.call_later(self._next)

    @property
    def is_writing(self) -> bool:
        """Return whether letters are typed into a field now."""
        return isinstance(self.focused, Input | TextArea)

    async def _outlast(self) -> None:
        """Drop the keys that wait, and those that come until what is being opened is there or is given up."""
        self._dropped = self._given_up = False
        waiting = list(self._waiting)
        self._waiting.clear()
        self._outlasting = True
        for event in waiting:
            self._drop(event)
        while self.keys_wait() and not self._given_up and not self.is_writing:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        self._outlasting = False
        self._deaf_until = Message().time

    def _drop(self, event: events.Key | events.Paste) -> None:
        opening = self.keys_wait()
        if opening and isinstance(event, events.Key) and is_escape(event.key):
            self._given_up = True
            self.give_up_opening()
        elif not self._dropped:
            self._dropped = True
            self.notify(
                "This takes long: keys typed meanwhile are dropped, and esc gives it up."
                if opening
                else "That took long; the keys typed meanwhile were dropped.",
                severity="warning",
                timeout=TOLD_SECONDS,
                markup=False,
            )

    def _is_refused(self, event: events.Key | events.Paste) -> bool:
        """Return whether a key is dropped, since nobody can have seen what it acts on; that is told where it can be."""
        if isinstance(event, events.Key) and self.always_acts(event.key):
            return False
        if self.is_beginning() or event.time < self._blind_until:
            self._blind_until = event.time + ONE_BREATH_SECONDS
            self._tell_of_blind(TOO_EARLY)
            return True
        return isinstance(event, events.Key) and self.is_out_of_sight(event)

    def _tell_of_blind(self, words: str) -> None:
        if not self._dropped_early:
            self._dropped_early = True
            self.notify(words, severity="warning", timeout=TOLD_SECONDS, markup=False)

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
