"""What the screens have in common that a reading of seconds fills: how far it is, why it failed, and leaving it."""

import asyncio
from collections.abc import Callable

from textual import work

from reviewer.domain.errors import ReviewerError
from reviewer.domain.text import safe_line
from reviewer.tui.keys import Keymap
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.telling import sentence_of
from reviewer.tui.widgets.lines import WIDEST

HOW_FAR_AFTER_SECONDS, HOW_FAR_EVERY_SECONDS = 1.0, 0.2
"""What takes longer says how far it is, and how often that is drawn anew."""

_SENTENCE_LIMIT = 400


class ReadView(ViewScreen):
    """Is filled by one reading at a time: a new one takes the place of the last, and leaving the screen ends it.

    ``log`` takes what no sentence of ours is for.
    """

    def __init__(
        self, heading: str, title: str, keymap: Keymap, *, log: Callable[[BaseException], object], widest: int = WIDEST
    ) -> None:
        super().__init__(heading, title, keymap, widest=widest)
        self._log = log
        self._reading = True
        self._wanted = 0
        """Which reading is still wanted: the last one that was asked for."""
        self._so_far = (0, 0)

    @property
    def is_opening(self) -> bool:
        """Return whether it is still being read: the next key is meant for what is read."""
        return self._reading

    def give_up_opening(self) -> None:
        """Go back without it."""
        self._reading = False
        self.action_view_back()

    def begin_reading(self) -> int:
        """Begin a reading in place of the one before; return by which number it is known."""
        self._wanted += 1
        self._reading, self._so_far = True, (0, 0)
        self._say_how_far(self._wanted)
        return self._wanted

    def end_reading(self) -> None:
        """Note that all is read."""
        self._reading = False

    def is_wanted(self, reading: int) -> bool:
        """Return whether somebody still waits for a reading; it may be asked in any thread."""
        return self._wanted == reading and self.is_attached

    def hear_how_far(self, read: int, of: int) -> None:
        """Hear how much is read, in whatever thread."""
        self._so_far = (read, of)

    def show_how_far(self, read: int, of: int) -> None:
        """Show how much is read; a screen that has a place for it does it."""

    @work(exclusive=True, group="how-far")
    async def _say_how_far(self, reading: int) -> None:
        """Say how far the reading is, from when it takes long."""
        await asyncio.sleep(HOW_FAR_AFTER_SECONDS)
        while self._reading and self.is_wanted(reading):
            read, of = self._so_far
            if of:
                self.show_how_far(read, of)
            await asyncio.sleep(HOW_FAR_EVERY_SECONDS)

    def why_none(self, error: Exception) -> str:
        """Return in a sentence why nothing could be read, and keep what nobody had expected."""
        if not isinstance(error, ReviewerError):
            self._log(error)
        self._reading = False
        return safe_line(sentence_of(error), _SENTENCE_LIMIT)

    def on_unmount(self) -> None:
        """Let go of what is still being read."""
        self._wanted, self._reading = -1, False
