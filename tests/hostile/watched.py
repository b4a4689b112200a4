"""The app in a pty, with every byte that the terminal received of it, and where in the app each came from."""

import codecs
import fcntl
import re
import struct
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

from tests.benchmarks.measuring import PYTHON, REPOSITORY, environment
from tests.benchmarks.terminal import Terminal
from tests.hostile.contents import REVIEWER
from tests.hostile.sequences import Amiss, amiss_in_app

ENOUGH_SECONDS = 20.0
QUIET_SECONDS = 0.03


class Watched(Terminal):
    """One run of the app on a store."""

    def __init__(
        self,
        store: Path,
        home: Path,
        *,
        program: Sequence[str] = ("-m", "reviewer"),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._places: list[tuple[int, str]] = [(0, "the beginning")]
        """Where in the text each place of the app begins."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        command = (PYTHON, *program, "--store", str(store), "--reviewer", REVIEWER)
        super().__init__(command, {**environment(home), **(env or {})}, str(REPOSITORY))

    @property
    def text(self) -> str:
        """Return all that it wrote."""
        return "".join(self._pieces)

    def go(self, place: str, keys: str, words: str = "") -> str:
        """Press keys and wait until the app has written words and pauses; return the words that it wrote since.

        Raises:
            TimeoutError: when they do not come.
        """
        start = self._send(place, keys)
        end = perf_counter() + ENOUGH_SECONDS
        while perf_counter() < end:
            data = self._read(QUIET_SECONDS)
            if data is None:
                raise TimeoutError(f"the app ended at {place!r}: {self._since(start)[-2000:]}")
            if not data and len(self._pieces) > start and words in (written := self._since(start)):
                return written
        raise TimeoutError(f"{words!r} never came at {place!r}: {self._since(start)[-2000:]!r}")

    def hit(self, place: str, keys: str, seconds: float = 0.15) -> None:
        """Press keys, which may change nothing that is seen, and read for as long as the app writes."""
        self._send(place, keys)
        while self._read(seconds):
            pass

    def resize(self, place: str, columns: int, rows: int) -> None:
        """Give the terminal another size, and read what the app draws in it."""
        start = len(self._pieces)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        end = perf_counter() + ENOUGH_SECONDS
        # A key that comes before the new size is drawn may mean nothing in a window that was too small.
        while len(self._pieces) == start and perf_counter() < end:
            self._read(QUIET_SECONDS)
        self.hit(place, "", 0.4)

    def last_words(self, place: str, keys: str) -> str:
        """Press keys and return all that the app writes until it has ended.

        Raises:
            TimeoutError: when it does not end.
        """
        start = self._send(place, keys)
        end = perf_counter() + ENOUGH_SECONDS
        while perf_counter() < end:
            if self._read(QUIET_SECONDS) is None:
                return "".join(self._pieces[start:])
        raise TimeoutError(f"the app goes on at {place!r}: {self._since(start)[-2000:]!r}")

    def amiss(self) -> list[str]:
        """Return what the terminal should not have received, each with its place."""
        return [f"{self._place_of(each)}: {each.what}" for each in amiss_in_app(self.text)]

    def copied(self) -> list[tuple[str, str]]:
        """Return what was sent to the clipboard, in base64, each with its place."""
        return [(self._place_of(each), each.copied) for each in amiss_in_app(self.text) if each.copied is not None]

    def _send(self, place: str, keys: str) -> int:
        """Press keys at a place; return how many pieces came before."""
        self._places.append((self._length, place))
        self.send(keys.encode(errors="replace"))
        return len(self._pieces)

    def _since(self, start: int) -> str:
        """Return what was written from a piece on, without the sequences that say where and how."""
        return re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", "".join(self._pieces[start:]))

    def _place_of(self, found: Amiss) -> str:
        return next(name for at, name in reversed(self._places) if at <= found.at)

    def _read(self, timeout: float) -> bytes | None:
        data = super()._read(timeout)
        if data:
            piece = self._decoder.decode(data)
            self._pieces.append(piece)
            self._length += len(piece)
        return data
