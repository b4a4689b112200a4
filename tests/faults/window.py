"""The app in a pty as its user sees it, with a memory of all that its screen has ever told them."""

import contextlib
import fcntl
import os
import re
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.measuring import PYTHON, REPOSITORY, environment
from tests.benchmarks.terminal import COLUMNS, ROWS, Seen, Terminal

REVIEWER = "kim"
SYNC_QUERY, SYNC_ANSWER, SYNC_END = b"\x1b[?2026$p", b"\x1b[?2026;2$y", b"\x1b[?2026l"
"""A terminal that says that it knows synchronised output shows whole frames only, and so do we."""

SETTLED_SECONDS = 0.5
"""So long after the terminal has got another size nothing is drawn for the one before any more."""

_MODES = ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?1000h", b"\x1b[?1000l"))
"""How the app takes the other screen and the mouse's reports, and how it gives them back."""

PATIENCE_SECONDS = 30.0
"""What has not come after so long does not come, however busy the machine is."""

TAG = 4
"""With so many letters each text that is typed begins unlike all others, and unlike what else is on the screen."""

_ROW = re.compile(r"^.(P\d{7}) [^│]*?(⚑)? *(?:(\d{1,3}%) )? *([·…»✓~✗?]) +│")
_TOLD = re.compile(r"(Undid|Did again): .* on “(P\d{7})")
_DIGITS = re.compile(r"│ +(\d{1,3}) %_")
_HERE = re.compile(r"^[▌│](P(?:\d{7}|[a-j]{7})) ", re.MULTILINE)
_NOT_TOLD = r"(?<!Undid: )(?<!Did again: )"
"""What is told of undoing has the words that stand over a field."""
_WRITING = re.compile(rf"{_NOT_TOLD}(?:rationale on|conditional:|tags of) “(P\d{{7}})")
_NEWS = re.compile(r"([\d,]+ new|changed) · ")
_ALARM = re.compile(r"(?<!kept )locked|[Nn]ot saved \(|could not be saved|kept in memory|is damaged|Traceback")
_COUNT = re.compile(r"(\d[\d,]*) of [\d,]+ judged")


def is_open(field: str, text: str) -> bool:
    """Return whether a screen shows a field, by the words that stand over it."""
    return re.search(_NOT_TOLD + re.escape(field), text) is not None


def written_about(text: str) -> str:
    """Return the mark in the title of the proposal that the open field of a screen is about; empty for none."""
    found = _WRITING.search(text)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class RowShown:
    """How the queue says that a proposal stands: drawn only once that is on the disk."""

    mark: str = "·"
    forecast: str = ""
    flagged: bool = False


@dataclass(slots=True)
class Typed:
    """A text that was typed about a proposal, and how many letters of it the screen has shown."""

    title: str
    text: str
    shown: int = 0


@dataclass(slots=True)
class Shown:
    """What a user could have seen so far."""

    rows: dict[str, list[RowShown]] = field(default_factory=dict)
    """Of each proposal, by the mark in its title, everything that its row has shown, one after the other."""
    told: set[tuple[str, str]] = field(default_factory=set)
    """What was said of undoing and redoing, each with the proposal."""
    typed: list[Typed] = field(default_factory=list)
    digits: str = ""
    """The digits of a forecast that are on the screen and not yet saved."""
    judged: int = 0
    """How many proposals the header counts as judged."""
    since: dict[tuple[str, RowShown], float] = field(default_factory=dict)
    """When a row first showed what it shows, by the clock."""
    news: dict[str, float] = field(default_factory=dict)
    """What the header said of what others brought, each with the time by the clock when it was first seen."""
    alarms: set[str] = field(default_factory=set)
    """Lines that tell of something that must not happen here: a lock, an act not saved, an error of ours."""

    @property
    def saved(self) -> int:
        """Return how many acts the screen has acknowledged as saved."""
        return sum(len(shown) - 1 for shown in self.rows.values()) + len(self.told)

    @property
    def acknowledged(self) -> int:
        """Return how many acts it has acknowledged, and how many letters of what is not saved yet it has shown."""
        return self.saved + sum(typed.shown for typed in self.typed) + len(self.digits)


class Window(Terminal):
    """The app on a store. What it writes is looked at frame by frame, as a terminal shows it."""

    def __init__(
        self,
        store: Path,
        home: Path,
        reviewer: str = REVIEWER,
        env: Mapping[str, str] | None = None,
        through: Sequence[str] = (),
    ) -> None:
        """Open the app, ``through`` a command that runs another one where that is given."""
        self.seen = Shown()
        self.over = False
        """Whether the app has ended, or its terminal was closed."""
        self.written = bytearray()
        """All that it wrote."""
        self._undrawn = b""
        self._lines = [""] * ROWS
        self._blind = False
        self._ended = False
        command = (*through, PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", reviewer)
        super().__init__(command, {**environment(home), **(env or {})}, str(REPOSITORY))

    @property
    def process(self) -> int:
        """Return the number of the app's process, which leads a group of its own."""
        return self._pid

    @property
    def lines(self) -> list[str]:
        """Return the screen as it was last drawn; only what has changed since is read anew."""
        buffer = self._screen.buffer
        for y in self._screen.dirty:
            line = buffer[y]
            self._lines[y] = "".join(line[x].data for x in range(COLUMNS))
        self._screen.dirty.clear()
        return list(self._lines)

    @property
    def text(self) -> str:
        """Return the screen as it was last drawn."""
        return "\n".join(self.lines)

    @property
    def here(self) -> str:
        """Return the mark in the title of the proposal that the cursor stands on; empty where none is seen."""
        found = _HERE.search(self.text)
        return found[1] if found else ""

    def ready(self) -> None:
        """Wait until the first proposal is on the screen and can be judged.

        Raises:
            TimeoutError: when it does not come.
        """
        self.until(lambda lines: any("s survives" in line for line in lines) and bool(self.here))

    def send(self, keys: bytes) -> None:
        """Press keys, also where nobody hears them any more."""
        with contextlib.suppress(OSError):
            super().send(keys)

    def waits(self, words: str, timeout: float = 2.0) -> bool:
        """Wait until words are on the screen; return whether they came."""
        return self._comes(lambda lines: words in "\n".join(lines), timeout)

    def opens(self, field: str, timeout: float = 2.0) -> bool:
        """Wait until a field is open, by the words that stand over it; return whether it has opened."""
        return self._comes(lambda lines: is_open(field, "\n".join(lines)), timeout)

    def closes(self, field: str, timeout: float = 2.0) -> bool:
        """Wait until a field is no longer open; return whether it has closed."""
        return self._comes(lambda lines: not is_open(field, "\n".join(lines)), timeout)

    def comes_to(self, seen: Callable[[], bool], timeout: float = PATIENCE_SECONDS) -> bool:
        """Draw what comes until something holds, on the screen or elsewhere; return whether it came to hold."""
        end = time.monotonic() + timeout
        while not seen():
            if self.over or time.monotonic() > end:
                return False
            self.rest(0.02)
        return True

    def _comes(self, seen: Seen, timeout: float) -> bool:
        if seen(self.lines):
            return True
        try:
            self.until(seen, timeout)
        except TimeoutError:
            return False
        return True

    def write(self, text: str, pause: Callable[[], float]) -> None:
        """Type a text into the field that is open, a letter at a time; the screen is looked at for it from now on."""
        self.seen.typed.append(Typed(written_about(self.text) or self.here, text))
        for letter in text:
            self.send(letter.encode())
            self.rest(pause())

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the app alone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, number)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Have the whole app stand still for a while."""
        os.killpg(self._pid, signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGCONT)

    @property
    def is_given_back(self) -> bool:
        """Return whether the terminal is as it was before the app: its own screen, no mouse reports, letters echoed."""
        echoes = bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)
        return echoes and all(self.written.rfind(off) > self.written.rfind(on) for on, off in _MODES)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size, of which the app is told; what is drawn for it is not looked at."""
        self._blind = True
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def looks_again(self) -> None:
        """Give the terminal its own size back, and look at what is drawn from then on."""
        self.resize(COLUMNS, ROWS - 1)
        self.rest(SETTLED_SECONDS)
        self._screen.reset()
        self._undrawn, self._blind = b"", False
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def is_stopped(self, timeout: float = 2.0) -> bool:
        """Wait until the app is stopped, as Ctrl-Z does it; return whether it is."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self._state() == "T":
                return True
            self.rest(0.02)
        return False

    def _state(self) -> str:
        """Return the letter by which the kernel says what the app's process is doing."""
        return Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()[0]

    def kill(self) -> None:
        """End the app, and whatever it has started, as ``kill -9`` does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)

    def last_words(self) -> None:
        """Draw whatever a dead app had written while it lived."""
        while data := self._read(1.0):
            self._draw(data)

    def ends(self, seconds: float) -> int | None:
        """Wait for the app to end; return its status as ``waitpid`` gives it, or None where it still runs."""
        end = time.monotonic() + seconds
        while True:
            number, status = os.waitpid(self._pid, os.WNOHANG)
            if number:
                self._ended = True
                return status
            if time.monotonic() >= end:
                return None
            if self.over or (data := self._read(0.02)) is None:
                time.sleep(0.02)
            elif data:
                self._draw(data)

    def hang_up(self) -> None:
        """Close the terminal under the app, as a lost connection does."""
        self.over = True
        os.close(self._fd)
        self._fd = -1

    def close(self) -> None:
        """End the app in whatever state it is, and let go of the terminal."""
        if not self._ended:
            self.kill()
            os.waitpid(self._pid, 0)
            self._ended = True
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _read(self, timeout: float) -> bytes | None:
        if self.over:
            return None
        data = super()._read(timeout)
        if data is None:
            self.over = True
        else:
            self.written += data
        return data

    def _draw(self, data: bytes) -> None:
        self._undrawn += data
        if SYNC_QUERY in self._undrawn:
            self._undrawn = self._undrawn.replace(SYNC_QUERY, b"")
            self.send(SYNC_ANSWER)
        whole, end, rest = self._undrawn.rpartition(SYNC_END)
        if not end:
            return
        self._undrawn = rest
        if self._blind:
            return
        super()._draw(whole)
        self._look()

    def _look(self) -> None:
        lines = self.lines
        for line in lines:
            if row := _ROW.match(line):
                shown = RowShown(row[4], row[3] or "", bool(row[2]))
                known = self.seen.rows.setdefault(row[1], [shown])
                if known[-1] != shown:
                    known.append(shown)
                    self.seen.since.setdefault((row[1], shown), time.time())
        text = "\n".join(lines)
        self.seen.told.update(_TOLD.findall(text))
        digits = _DIGITS.search(text)
        self.seen.digits = digits[1] if digits else ""
        if count := _COUNT.search(lines[0]):
            self.seen.judged = int(count[1].replace(",", ""))
        if news := _NEWS.search(lines[0]):
            self.seen.news.setdefault(news[1], time.time())
        self.seen.alarms.update(line.strip() for line in lines if _ALARM.search(line))
        if self.seen.typed:
            typed = self.seen.typed[-1]
            while (more := max(TAG, typed.shown + 1)) <= len(typed.text) and typed.text[:more] in text:
                typed.shown = more
