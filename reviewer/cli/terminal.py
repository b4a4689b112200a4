"""What the terminal at hand can do, as far as the environment tells, in sentences for ``reviewer doctor``."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.tui.marks import Marks, choose_marks

SMALLEST = (60, 20)
"""Columns and rows below which the screen says that it needs more."""

_TRUE_COLOUR = ("kitty", "alacritty", "foot", "ghostty", "wezterm", "iterm", "-direct")
_NO_MOUSE = ("dumb", "linux", "vt100", "vt220", "cons25")
_CLIPBOARD_BY_TERM = ("kitty", "alacritty", "foot", "ghostty", "wezterm")
_CLIPBOARD_BY_PROGRAM = ("iterm.app", "wezterm", "ghostty", "vscode", "rio")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal. ``size`` is in columns and rows, None where no stream is a terminal."""

    streams: Mapping[str, bool]
    """Whether ``stdin``, ``stdout`` and ``stderr`` are terminals; the app draws on the last."""
    term: str
    colours: int
    """How many colours it shows: 0, 8, 16, 256 or 16,777,216; a guess."""
    no_color: bool
    size: tuple[int, int] | None
    utf8: bool
    multiplexer: str
    """``tmux``, ``screen``, ``zellij`` or empty."""
    remote: bool
    mouse: bool
    clipboard: str
    """``likely``, ``unlikely``, or what it depends on: whether copied text reaches the clipboard, by OSC 52."""

    @property
    def is_usable(self) -> bool:
        """Return whether the app can be drawn on it at all."""
        return all(self.streams.values()) and self.term != "dumb"


def look_at_terminal(environ: Mapping[str, str] | None = None) -> Terminal:
    """Return what the environment and the three standard streams tell of the terminal; it is asked nothing."""
    given = os.environ if environ is None else environ
    term = given.get("TERM", "")
    multiplexer = _multiplexer(given, term)
    streams = {"stdin": sys.__stdin__, "stdout": sys.__stdout__, "stderr": sys.__stderr__}
    return Terminal(
        streams={name: _is_terminal(stream) for name, stream in streams.items()},
        term=term,
        colours=_colours(given, term),
        no_color=bool(given.get("NO_COLOR")),
        size=next((size for stream in streams.values() if (size := _size(stream)) is not None), None),
        utf8=_speaks_utf8(given),
        multiplexer=multiplexer,
        remote=any(given.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")),
        mouse=term not in _NO_MOUSE,
        clipboard=_clipboard(given, term, multiplexer),
    )


def marks_at_hand(wanted: str) -> Marks:
    """Return the marks for a config's ``marks`` on the terminal at hand; where they are ASCII, so is all else."""
    return choose_marks(wanted, "utf-8" if look_at_terminal().utf8 else "ascii")


def sentences(terminal: Terminal) -> list[str]:
    """Return the facts as sentences for a person, what is wrong said with what to do."""
    return [_about_streams(terminal), _about_size(terminal), _about_colours(terminal), _about_letters(terminal),
            *_about_place(terminal), _about_mouse(terminal), _about_clipboard(terminal)]  # fmt: skip


def require_terminal(terminal: Terminal | None = None) -> None:
    """Check that the app can be drawn.

    Raises:
        UserError: when a standard stream is no terminal, or the terminal cannot place text (``TERM=dumb``).
    """
    found = look_at_terminal() if terminal is None else terminal
    if not found.is_usable:
        raise UserError(f"The app draws on a terminal; {_hindrance(found)}. Run it in a terminal, or use "
                        "'reviewer import' and 'reviewer export', which need none.")  # fmt: skip


def _hindrance(terminal: Terminal) -> str:
    elsewhere = [name for name, is_terminal in terminal.streams.items() if not is_terminal]
    if elsewhere:
        *before, last = elsewhere
        return f"{', '.join(before)} and {last} are not a terminal" if before else f"{last} is not a terminal"
    return "TERM is 'dumb', which cannot place text on the screen"


def _about_streams(terminal: Terminal) -> str:
    return f"A terminal, TERM={terminal.term or '(not set)'}." if terminal.is_usable else (
        f"The app cannot be drawn here: {_hindrance(terminal)}.")  # fmt: skip


def _about_size(terminal: Terminal) -> str:
    if terminal.size is None:
        return "Size unknown."
    columns, rows = terminal.size
    short = columns < SMALLEST[0] or rows < SMALLEST[1]
    return f"{counted(columns, 'column')} by {counted(rows, 'row')}" + (
        f": too small, it takes {SMALLEST[0]} by {SMALLEST[1]}." if short else ".")  # fmt: skip


def _about_colours(terminal: Terminal) -> str:
    if terminal.no_color:
        return "NO_COLOR is set: no colours are used."
    if terminal.colours > 256:
        return "Full colour."
    if terminal.colours == 256:
        return "256 colours; set COLORTERM=truecolor if it can show more."
    return f"{terminal.colours} colours, so a theme that starts with 'ansi' looks best." if terminal.colours else (
        "No colours.")  # fmt: skip


def _about_letters(terminal: Terminal) -> str:
    return "UTF-8 text." if terminal.utf8 else (
        "The locale is not UTF-8, so marks are drawn in ASCII; set LANG=C.UTF-8 for the others.")  # fmt: skip


def _about_place(terminal: Terminal) -> list[str]:
    inside = [f"Inside {terminal.multiplexer}, which keeps some keys for itself."] if terminal.multiplexer else []
    return inside + (["Reached over SSH."] if terminal.remote else [])


def _about_mouse(terminal: Terminal) -> str:
    return f"A mouse is {'likely' if terminal.mouse else 'unlikely'} to work."


def _about_clipboard(terminal: Terminal) -> str:
    if terminal.clipboard in ("likely", "unlikely"):
        return f"Copied text is {terminal.clipboard} to reach the clipboard (OSC 52)."
    return f"Copied text reaches the clipboard (OSC 52) {terminal.clipboard}."


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _size(stream: TextIO | None) -> tuple[int, int] | None:
    try:
        size = os.get_terminal_size(stream.fileno()) if stream is not None else None
    except (OSError, ValueError):
        return None
    return (size.columns, size.lines) if size is not None and size.columns else None


def width_of_terminal() -> int | None:
    """Return how many cells a line of what is printed may have; None where no terminal shows it."""
    size = _size(sys.stdout) if _is_terminal(sys.stdout) else None
    return None if size is None else size[0]


def _multiplexer(given: Mapping[str, str], term: str) -> str:
    if given.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    if given.get("STY") or term.startswith("screen"):
        return "screen"
    return "zellij" if given.get("ZELLIJ") else ""


def _colours(given: Mapping[str, str], term: str) -> int:
    if given.get("NO_COLOR") or term == "dumb":
        return 0
    if given.get("COLORTERM", "").lower() in ("truecolor", "24bit") or any(t in term for t in _TRUE_COLOUR):
        return 1 << 24
    if given.get("WT_SESSION"):
        return 1 << 24
    if "256" in term:
        return 256
    return 8 if term in ("linux", "vt220", "cons25") else 16


def _speaks_utf8(given: Mapping[str, str]) -> bool:
    if os.name == "nt":
        return True
    locale = next((given[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if given.get(name)), "")
    return "utf8" in locale.lower().replace("-", "")


def _clipboard(given: Mapping[str, str], term: str, multiplexer: str) -> str:
    program = given.get("TERM_PROGRAM", "").lower()
    if multiplexer == "tmux":
        return "when tmux has 'set -g set-clipboard on' and the terminal around it allows it"
    if multiplexer == "screen" or program == "apple_terminal" or given.get("VTE_VERSION") or term in _NO_MOUSE:
        return "unlikely"
    if program in _CLIPBOARD_BY_PROGRAM or given.get("WT_SESSION") or any(t in term for t in _CLIPBOARD_BY_TERM):
        return "likely"
    return "when the terminal allows it; many ask for a setting"
