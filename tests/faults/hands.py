"""Hands that judge without a plan: keys as a person presses them, slowly or in a burst, until the app is gone."""

import random
import string
import time
from collections.abc import Callable, Mapping

from tests.faults.window import Window

LETTERS = "bgjkmnpuyz"
"""None of them leaves the app or opens anything over it, should a field not have opened for them. There is no space:
a screen is full of them, so that one that was typed is not seen."""

JUDGING: Mapping[str, int] = {
    "verdict": 8, "forecast": 3, "flag": 1, "skip": 1, "rationale": 4, "condition": 2, "step": 2, "undo": 1,
}  # fmt: skip
"""How often each thing is done by who judges."""

REVERSING: Mapping[str, int] = {"verdict": 5, "forecast": 1, "flag": 2, "undo": 6, "redo": 4}
"""How often each thing is done by who takes back and does again."""

PRESSING: Mapping[str, int] = {"verdict": 5, "forecast": 2, "flag": 2, "skip": 1, "step": 2, "undo": 2, "redo": 1}
"""How often each thing is done by who writes nothing."""

GOING_ON: Mapping[str, int] = {
    "verdict": 8, "forecast": 3, "flag": 1, "skip": 1, "rationale": 4, "condition": 2, "step": 2,
}  # fmt: skip
"""How often each thing is done by who takes nothing back: that would move the cursor once it is on the disk."""


def written(chance: random.Random) -> str:
    """Return a text to write, which begins unlike all others."""
    # Digits alone would be found in the marks of titles.
    tag = "#" + "".join(chance.choices(string.digits, k=3))
    return tag + "".join(chance.choices(LETTERS, k=chance.randint(5, 30)))


class Hands:
    """One reviewer's hands on a window."""

    def __init__(self, window: Window, chance: random.Random, habits: Mapping[str, int]) -> None:
        self._window = window
        self._chance = chance
        self._habits = habits
        self._last = ""
        self._does: Mapping[str, Callable[[], None]] = {
            "verdict": self._verdict,
            "forecast": self._forecast,
            "flag": lambda: self._press("!"),
            "skip": lambda: self._press("z"),
            "rationale": self._rationale,
            "condition": self._condition,
            "step": lambda: self._press(self._chance.choice("jk")),
            "undo": lambda: self._press("u"),
            "redo": lambda: self._press("U"),
        }

    def act(self) -> None:
        """Do one thing."""
        (name,) = self._chance.choices(list(self._habits), list(self._habits.values()))
        self._does[name]()

    def work(self, seconds: float = 60.0) -> None:
        """Do one thing after the other until the app has ended, or so much time has passed."""
        end = time.monotonic() + seconds
        while not self._window.over and time.monotonic() < end:
            self.act()

    def _pause(self) -> float:
        """Return how long until the next key: none within a burst, else as a quick or a slow hand has it."""
        return self._chance.choice((0.002, 0.02, 0.08, 0.2))

    def _press(self, key: str) -> None:
        self._window.send(key.encode())
        self._window.rest(self._pause())

    def _verdict(self) -> None:
        self._last = self._chance.choice([key for key in "sfx" if key != self._last])
        self._press(self._last)

    def _forecast(self) -> None:
        for digit in str(self._chance.randrange(1, 100)):
            self._press(digit)

    def _rationale(self) -> None:
        self._window.send(b"e")
        if self._window.opens("rationale on “", 1.0):
            self._window.write(written(self._chance), self._letter_pause)
            self._window.rest(self._chance.choice((0, 0.1, 0.5)))
            self._window.send(b"\x1b")
            self._window.closes("rationale on “")

    def _condition(self) -> None:
        self._window.send(b"c")
        if self._window.opens("conditional: “", 1.0):
            self._window.write(written(self._chance), self._letter_pause)
            self._press("\r")
            self._window.send(b"\r")
            self._window.closes("conditional: “")

    def _letter_pause(self) -> float:
        return self._chance.choice((0.001, 0.01, 0.03))
