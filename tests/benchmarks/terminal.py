"""A program in a real pty, and an emulated screen that tells when something was to be seen."""

import contextlib
import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import TypeVar

import pyte

from tests.benchmarks.measuring import peak_memory

COLUMNS, ROWS = 120, 40
QUIET = 0.06
"""Seconds without output after which what came is drawn: drawing takes time, and must not delay the reading."""

_NOT_FOR_PYTE = re.compile(rb"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p")
"""Private sequences that the emulator would print as text."""

SETTLED = 0.5
"""Seconds without output after which what a held key has done is drawn: that takes seconds, and nothing is read."""

Seen = Callable[[list[str]], bool]
T = TypeVar("T")


class Terminal:
    """One run of a program. What it writes is stamped as it arrives and drawn when it pauses."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: str) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.started = perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            try:
                # So a shell starts it; what nohup has started ignores these, and so would all that it starts.
                for number in (signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_DFL)
                os.chdir(cwd)
                os.execve(command[0], list(command), dict(env))
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    @property
    def lines(self) -> list[str]:
        """Return the screen as it was last drawn."""
        return list(self._screen.display)

    @property
    def backgrounds(self) -> list[tuple[tuple[str, bool], ...]]:
        """Return what lies behind each cell of each line as it was last drawn: its colour, and whether reversed."""
        cells = self._screen.buffer
        return [tuple((cells[y][x].bg, cells[y][x].reverse) for x in range(COLUMNS)) for y in range(ROWS)]

    def press(self, key: bytes, seen: Seen, timeout: float = 5.0) -> float:
        """Press a key and return the seconds until ``seen`` held of the screen.

        Raises:
            TimeoutError: when it did not come to hold.
        """
        start = perf_counter()
        self.send(key)
        return self.until(seen, timeout) - start

    def send(self, keys: bytes) -> None:
        """Press keys and wait for nothing."""
        os.write(self._fd, keys)

    def hold(
        self, key: bytes, times: int, every: float, look: Callable[[list[str]], T], last: object, timeout: float = 60.0
    ) -> tuple[list[float], list[tuple[float, T]]]:
        """Press a key ``times`` times, ``every`` so many seconds whatever the program does by then.

        Returns the moment of each press, and for each piece of output the moment at which it arrived and what ``look``
        makes of the screen after it. Nothing is drawn meanwhile: that would take the time of the program.

        Raises:
            TimeoutError: when ``look`` did not come to return ``last``, with what is on the screen instead.
        """
        pending: list[tuple[float, bytes]] = []
        pressed: list[float] = []
        start = perf_counter()
        for place in range(times):
            while (left := start + place * every - perf_counter()) > 0:
                if data := self._read(left):
                    pending.append((perf_counter(), data))
            pressed.append(perf_counter())
            self.send(key)
        looks: list[tuple[float, T]] = []
        end = perf_counter() + timeout
        while (left := end - perf_counter()) > 0:
            data = self._read(min(left, SETTLED))
            if data:
                pending.append((perf_counter(), data))
                continue
            for moment, piece in pending:
                self._draw(piece)
                looks.append((moment, look(self.lines)))
            pending.clear()
            if looks and looks[-1][1] == last:
                return pressed, looks
            if data is None:
                break
        raise self._not_there()

    def settle(self, still: float, timeout: float) -> None:
        """Wait until the screen has not changed for ``still`` seconds, ``timeout`` seconds at the most.

        What is written without changing it, such as the place of the cursor, does not count.
        """
        now = perf_counter()
        end, changed, lines = now + timeout, now, self.lines
        while now < min(end, changed + still):
            data = self._read(min(end, changed + still) - now)
            now = perf_counter()
            if data is None:
                return
            self._draw(data)
            if self.lines != lines:
                changed, lines = now, self.lines

    def until(self, seen: Seen, timeout: float = 60.0) -> float:
        """Return the moment at which the output arrived that made ``seen`` hold of the screen.

        Raises:
            TimeoutError: when it did not come to hold, with what is on the screen instead.
        """
        end = perf_counter() + timeout
        pending: list[tuple[float, bytes]] = []
        while (left := end - perf_counter()) > 0:
            data = self._read(min(left, QUIET) if pending else left)
            if data:
                pending.append((perf_counter(), data))
                continue
            hit = None
            for moment, piece in pending:
                self._draw(piece)
                if hit is None and seen(self.lines):
                    hit = moment
            if hit is not None:
                return hit
            if not pending and data is None:
                break
            pending.clear()
        for _, piece in pending:
            self._draw(piece)
        raise self._not_there()

    def rest(self, seconds: float) -> None:
        """Let the program finish what it does behind the screen."""
        end = perf_counter() + seconds
        while (left := end - perf_counter()) > 0:
            if data := self._read(left):
                self._draw(data)
            else:
                return

    def peak_memory(self) -> float:
        """Return the most memory that the program held so far, in MB; not a number where the system does not say."""
        return peak_memory(self._pid) or float("nan")

    def close(self) -> None:
        """Ask the program to quit, and end it where it does not."""
        with contextlib.suppress(OSError):
            os.write(self._fd, b"\x11")
            end = perf_counter() + 5
            while perf_counter() < end and self._read(0.05) is not None:
                pass
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def _not_there(self) -> TimeoutError:
        shown = "\n".join(line.rstrip() for line in self.lines if line.strip())
        return TimeoutError(f"what was waited for is not on the screen:\n{shown}")

    def _read(self, timeout: float) -> bytes | None:
        """Return what has come within ``timeout`` seconds: nothing, or None where the program has ended."""
        # Unlike select, a selector takes descriptors above 1023: one process of tests may hold many files.
        with selectors.DefaultSelector() as selector:
            selector.register(self._fd, selectors.EVENT_READ)
            ready = selector.select(timeout)
        if not ready:
            return b""
        try:
            return os.read(self._fd, 65536) or None
        except OSError:
            return None

    def _draw(self, data: bytes) -> None:
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data))
