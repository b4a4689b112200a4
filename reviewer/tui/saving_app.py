"""The part of the app that sees acts to the disk, and lets nobody leave before they are there without a word."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from reviewer.domain.counted import counted
from reviewer.tui.background import Background
from reviewer.tui.hangup import save_before_the_end
from reviewer.tui.keys_in_turn import KeysInTurn
from reviewer.tui.toasts import ERROR_SECONDS, Toasts

LEAVING_SECONDS = 1.0
"""Who leaves waits so long for what is being saved before they are told of it."""


class SavingApp(KeysInTurn):
    """An app whose acts are saved in its background. ``log`` takes the errors that only the log tells of."""

    def __init__(self, log: Callable[[BaseException], object]) -> None:
        super().__init__()
        self._keep_in_log = log
        self.toasts = Toasts(self)
        self.background = Background(self._hear_of_lock)
        self.saving: set[asyncio.Task[bool]] = set()
        """Acts on their way to the disk; each says in the end whether it got there."""
        self.unsaved = 0
        """How many acts could not be saved since somebody last wanted to leave."""
        self._told_of_lock = False
        self._warned_of_unsaved = False
        self._leaves_when_saved = False
        """Whether one wants to leave, and was told that acts of theirs still wait."""

    def follow(self, saved: Coroutine[Any, Any, bool]) -> None:
        """See an act to its end, whatever becomes of the screen that it was done on."""
        task = asyncio.create_task(saved)
        self.saving.add(task)
        task.add_done_callback(self._saved)

    def _saved(self, task: "asyncio.Task[bool]") -> None:
        self.saving.discard(task)
        if not task.cancelled() and not self._is_saved(task):
            self.unsaved += 1
        if self.saving:
            return
        leaves, self._leaves_when_saved = self._leaves_when_saved, False
        if self._told_of_lock:
            self._told_of_lock = False
            self.toasts.show("The store is free again.", about="lock")
        if leaves and not self.unsaved:
            self.exit()

    def _is_saved(self, task: "asyncio.Task[bool]") -> bool:
        if (error := task.exception()) is None:
            return task.result()
        self._keep_in_log(error)
        sentence = "An act could not be saved; the details are in the log."
        self.toasts.show(sentence, about=sentence, severity="error", seconds=ERROR_SECONDS)
        return False

    def _hear_of_lock(self) -> None:
        """Say that acts wait for the lock of the store; called in the thread that saves them."""
        if self.is_running:
            self.call_later(self._tell_of_lock)

    def _tell_of_lock(self) -> None:
        if self.saving:
            self._told_of_lock = True
            self.toasts.show(
                "Another program keeps the store locked; what you do waits here, and is saved as soon as it is free.",
                about="lock",
                severity="warning",
                seconds=ERROR_SECONDS,
            )

    def outlast_the_terminal(self) -> None:
        """From now on see what waits to the disk before a closed terminal ends the app."""
        save_before_the_end(lambda: bool(self.saving), self.background.see_through, self._give_terminal_back)

    def _give_terminal_back(self) -> None:
        """Leave the terminal as it was: no mouse reports, no other screen, and letters that are echoed."""
        if self._driver is not None:
            self._driver.suspend_application_mode()

    def goes_on(self) -> None:
        """Hear that one goes on working: who was told that acts wait no longer wants to leave."""
        self._leaves_when_saved = False

    async def leave(self) -> None:
        """End the app, or say why not yet; who asks once more goes without."""
        self.unsaved = 0
        if self.saving:
            await asyncio.wait(self.saving, timeout=LEAVING_SECONDS)
        if (waiting := len(self.saving)) and not self._leaves_when_saved:
            self._leaves_when_saved = True
            self._stay(
                f"{counted(waiting, 'act')} of yours {'waits' if waiting == 1 else 'wait'} for the store, which "
                f"another program keeps locked; the app ends once {'it is' if waiting == 1 else 'they are'} saved. "
                "Leave once more to go without."
            )
        elif self.unsaved and not self._warned_of_unsaved:
            self._warned_of_unsaved = True
            self._stay(
                f"{self.unsaved} of your last acts could not be saved. Try again, or leave once more to go without."
            )
        else:
            self.exit()

    def _stay(self, sentence: str) -> None:
        """Say why one has not left; what was typed meanwhile was meant for what comes after this app."""
        self.drop_keys()
        self.toasts.show(sentence, about="leaving", severity="error", seconds=10)
