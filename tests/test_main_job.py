"""The main job as a stranger does it: the real program in a real terminal, from the demo to a CSV in pandas."""

import fcntl
import os
import pty
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import pyte
import pytest

from reviewer.exports.columns import pandas_options

COLUMNS, ROWS = 160, 40
"""So wide that the sentence which greets at the right covers nothing of the judgement bar."""
DEADLINE_SECONDS = 30.0
REVIEWER = [sys.executable, "-m", "reviewer"]
CTRL_Q, ESCAPE = "\x11", "\x1b"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    places = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("DATA", "CONFIG", "STATE", "CACHE")}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REVIEWER") and k not in ("NO_COLOR", "EDITOR")}
    return kept | places | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Terminal:
    """A program in a pty, with what it shows; keys are sent, and the screen is read until it shows something."""

    def __init__(self, program: "subprocess.Popen[bytes]", handle: int) -> None:
        self._program = program
        self._handle = handle
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as a shell wants it and the app does not."""
        return bool(termios.tcgetattr(self._handle)[3] & termios.ECHO)

    @property
    def cursor_row(self) -> str:
        """The title in the queue that the cursor stands on, as far as there is room for it."""
        for line in self._screen.display:
            if line.startswith("▌"):
                return line[1:].split("│")[0].rstrip(" ·✓✗~?…0123456789%").strip()
        return ""

    def send(self, keys: str) -> None:
        os.write(self._handle, keys.encode())

    def until(self, condition: Callable[[str], bool], what: str) -> None:
        """Read until the text of the screen fulfils the condition."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition(self.text):
            left = end - time.monotonic()
            assert left > 0, f"never came: {what}\n{self.text}"
            assert self._read(left), f"the program ended before: {what}\n{self.text}"

    def shows(self, words: str) -> None:
        self.until(lambda text: words in text, repr(words))

    def _read(self, timeout: float) -> bool:
        """Take in what the program wrote; return whether it still runs."""
        ready, _, _ = select.select([self._handle], [], [], timeout)
        if not ready:
            return True
        try:
            data = os.read(self._handle, 65536)
        except OSError:
            return False
        self.written += data
        # The emulator does not know the escapes of the newer keyboard protocol.
        self._stream.feed(data.replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b"").replace(b"\x1b[?u", b""))
        return bool(data)

    def ended(self) -> int:
        """Read until the program has ended; return its exit status."""
        end = time.monotonic() + DEADLINE_SECONDS
        while self._read(1.0):
            assert time.monotonic() < end, f"it does not end\n{self.text}"
        return self._program.wait()

    @property
    def runs(self) -> bool:
        """Whether the program still runs."""
        return self._program.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, as a terminal that is closed does."""
        self._program.send_signal(number)

    def kill(self) -> None:
        """End the program at once, as a power cut would."""
        self._program.kill()


@contextmanager
def demo(environment: dict[str, str]) -> Iterator[Terminal]:
    """Run ``reviewer demo`` until the judgement bar is on the screen."""
    handle, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    program = subprocess.Popen(
        [*REVIEWER, "demo", "--reviewer", "kim"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    terminal = Terminal(program, handle)
    try:
        terminal.until(lambda text: "s survives" in text and terminal.cursor_row != "", "the first proposal")
        yield terminal
    finally:
        program.kill()
        program.wait()
        os.close(handle)


def on_screen(terminal: Terminal, title: str) -> bool:
    """Whether the proposal under the cursor is the one whose document is shown."""
    document = [line.split("│")[1] for line in terminal.text.splitlines() if line.count("│") >= 2]
    return any(part.strip().startswith(title.rstrip("…")[:20]) for part in document)


def move_on_from(terminal: Terminal, title: str) -> str:
    """Wait until the next proposal is on the screen; return its title."""
    terminal.until(
        lambda _text: terminal.cursor_row not in ("", title) and on_screen(terminal, terminal.cursor_row),
        f"the proposal after {title!r}",
    )
    return terminal.cursor_row


def export(environment: dict[str, str], tmp_path: Path) -> pd.DataFrame:
    store = tmp_path / "data" / "reviewer" / "demo.db"
    target = tmp_path / "judgements.csv"
    subprocess.run(
        [*REVIEWER, "--store", str(store), "export", "--everyone", "-o", str(target)], env=environment, check=True
    )
    return pd.read_csv(target, **pandas_options(target))


def test_ten_judged_one_undone_a_draft_kept_and_all_of_it_exported(environment: dict[str, str], tmp_path: Path) -> None:
    verdicts = "sfxsfxsfxs"
    with demo(environment) as terminal:
        titles = [terminal.cursor_row]
        for number, key in enumerate(verdicts):
            if number % 3 == 0:
                terminal.send("35" if number else "100")
                terminal.shows("35 %" if number else "100 %")
            terminal.send(key)
            titles.append(move_on_from(terminal, titles[-1]))
        terminal.shows("10 of 40 judged")
        terminal.send("u")
        terminal.shows("Undid: survives on")
        terminal.shows("9 of 40 judged")
        terminal.until(lambda _text: on_screen(terminal, titles[9]), "the proposal whose verdict was undone")
        terminal.send("e")
        terminal.shows("rationale on")
        terminal.send("The noise is")
        terminal.shows("The noise is")
        terminal.send(CTRL_Q)
        assert terminal.ended() == 0
        assert "demo.db" in terminal.text
    with demo(environment) as terminal:
        terminal.shows("An unsaved draft is waiting here; e goes on with it.")
        terminal.until(lambda _text: on_screen(terminal, titles[9]), "the proposal with the draft")
        terminal.shows("draft, unsaved")
        terminal.send("e")
        terminal.shows("The noise is")
        terminal.send(" larger.")
        terminal.shows("The noise is larger.")
        terminal.send(ESCAPE)
        terminal.shows("rationale: The noise is larger.")
        terminal.send("q")
        assert terminal.ended() == 0
    frame = export(environment, tmp_path)
    # The queue is drawn: what was judged first need not have come into the store first.
    judged = frame[frame["verdict"].notna()].sort_values("first_at")
    words = {"s": "survives", "f": "fails", "x": "cannot_tell"}
    assert list(judged["verdict"]) == [words[key] for key in verdicts[:9]]
    assert list(judged["forecast"].dropna()) == [1.0, 0.35, 0.35]
    last = frame[frame["verdict"].isna()].iloc[0]
    assert (last["rationale"], last["forecast"], len(frame)) == ("The noise is larger.", 0.35, 10)
    assert set(frame["reviewer"]) == {"kim"}
    assert str(frame["forecast"].dtype).lower().startswith("float")
    assert (judged["seconds"] > 0).all()


def test_a_draft_survives_the_death_of_the_program(environment: dict[str, str]) -> None:
    with demo(environment) as terminal:
        first = terminal.cursor_row
        terminal.send("j")
        title = move_on_from(terminal, first)
        terminal.send("e")
        terminal.shows("rationale on")
        terminal.send("Searched on chat al")
        terminal.shows("Searched on chat al")
        terminal.kill()
        assert terminal.ended() == -signal.SIGKILL
    with demo(environment) as terminal:
        terminal.until(lambda _text: terminal.cursor_row == title, "the proposal with the draft")
        terminal.send("e")
        terminal.shows("Searched on chat al")
        terminal.send("one" + CTRL_Q)
        assert terminal.ended() == 0


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_what_waits_for_a_lock_is_saved_when_the_terminal_is_closed(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    store = tmp_path / "data" / "reviewer" / "demo.db"
    with demo(environment) as terminal:
        with closing(sqlite3.connect(store, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            terminal.send("44s")
            terminal.until(
                lambda text: "44 %" in text or "1 of 40 judged" in text or "locked" in text, "the key to act"
            )
            time.sleep(0.3)
            terminal.signal(number)
            time.sleep(0.3)
            assert terminal.runs
            other.execute("ROLLBACK")
        assert terminal.ended() == -number
    frame = export(environment, tmp_path)
    assert list(zip(frame["verdict"], frame["forecast"], strict=True)) == [("survives", 0.44)]
    with demo(environment) as terminal:
        terminal.signal(number)
        assert terminal.ended() == -number


def test_no_part_of_what_is_pasted_is_a_key(environment: dict[str, str], tmp_path: Path) -> None:
    with demo(environment) as terminal:
        terminal.send("e")
        terminal.shows("rationale on")
        terminal.send("\x1b[200~abc\x1b\x1b[1msure it fails\x1b[201~!")
        terminal.shows("abc␛␛[1msure it fails!")
        terminal.send(ESCAPE)
        terminal.shows("rationale: abc␛␛[1msure it fails!")
        terminal.send("q")
        assert terminal.ended() == 0
    frame = export(environment, tmp_path)
    assert list(frame["rationale"]) == ["abc␛␛[1msure it fails!"]
    assert frame["verdict"].isna().all()


def test_an_editor_that_is_not_there_is_told_and_the_app_goes_on(environment: dict[str, str]) -> None:
    with demo(environment | {"EDITOR": "no-such-editor"}) as terminal:
        first = terminal.cursor_row
        terminal.send("E")
        terminal.shows("The editor 'no-such-editor' could not be used")
        terminal.send("s")
        move_on_from(terminal, first)
        terminal.send(CTRL_Q)
        assert terminal.ended() == 0


def test_a_terminal_that_outlives_the_app_is_as_it_was_before(environment: dict[str, str]) -> None:
    with demo(environment) as terminal:
        assert not terminal.echoes
        terminal.signal(signal.SIGTERM)
        assert terminal.ended() == -signal.SIGTERM
        assert terminal.echoes
        assert terminal.written.rfind(b"\x1b[?1049l") > terminal.written.rfind(b"\x1b[?1049h"), "the shell's own screen"
        assert terminal.written.rfind(b"\x1b[?1000l") > terminal.written.rfind(b"\x1b[?1000h"), "no mouse reports"
