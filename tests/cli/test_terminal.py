"""What is said of a terminal, and what is said where there is none."""

import subprocess
import sys
from dataclasses import replace

import pytest

from reviewer.cli.terminal import Terminal, look_at_terminal, require_terminal, sentences
from reviewer.domain.errors import UserError

GOOD = Terminal(
    streams={"stdin": True, "stdout": True, "stderr": True}, term="xterm-kitty", colours=1 << 24, no_color=False,
    size=(120, 40), utf8=True, multiplexer="", remote=False, mouse=True, clipboard="likely",
)  # fmt: skip


def test_a_good_terminal_is_good_news_only() -> None:
    require_terminal(GOOD)
    assert sentences(GOOD) == [
        "A terminal, TERM=xterm-kitty.",
        "120 columns by 40 rows.",
        "Full colour.",
        "UTF-8 text.",
        "A mouse is likely to work.",
        "Copied text is likely to reach the clipboard (OSC 52).",
    ]


@pytest.mark.parametrize(
    ("terminal", "said"),
    [
        (replace(GOOD, size=(59, 20)), "59 columns by 20 rows: too small, it takes 60 by 20."),
        (replace(GOOD, size=None), "Size unknown."),
        (replace(GOOD, no_color=True), "NO_COLOR is set: no colours are used."),
        (replace(GOOD, colours=256), "256 colours; set COLORTERM=truecolor if it can show more."),
        (replace(GOOD, colours=16), "16 colours, so a theme that starts with 'ansi' looks best."),
        (replace(GOOD, utf8=False), "The locale is not UTF-8, so marks are drawn in ASCII; set LANG=C.UTF-8 for the "
                                    "others."),
        (replace(GOOD, multiplexer="tmux"), "Inside tmux, which keeps some keys for itself."),
        (replace(GOOD, remote=True), "Reached over SSH."),
        (replace(GOOD, mouse=False), "A mouse is unlikely to work."),
    ],
)  # fmt: skip
def test_each_limit_is_said(terminal: Terminal, said: str) -> None:
    assert said in sentences(terminal)


@pytest.mark.parametrize(
    ("terminal", "said"),
    [
        (replace(GOOD, streams={"stdin": False, "stdout": True, "stderr": True}), "stdin is not a terminal"),
        (
            replace(GOOD, streams={"stdin": True, "stdout": False, "stderr": False}),
            "stdout and stderr are not a terminal",
        ),
        (replace(GOOD, term="dumb"), "TERM is 'dumb'"),
    ],
)
def test_where_nothing_can_be_drawn_a_sentence_says_what_to_use(terminal: Terminal, said: str) -> None:
    with pytest.raises(UserError, match="reviewer export") as told:
        require_terminal(terminal)
    assert said in str(told.value)
    assert f"The app cannot be drawn here: {said}" in sentences(terminal)[0]


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24),
        ({"TERM": "xterm-kitty"}, 1 << 24),
        ({"TERM": "xterm"}, 16),
        ({"TERM": "linux"}, 8),
        ({"TERM": "dumb"}, 0),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 256),
        ({}, 16),
    ],
)
def test_colours_are_guessed_from_the_environment(environ: dict[str, str], colours: int) -> None:
    assert look_at_terminal(environ).colours == colours


@pytest.mark.parametrize(
    ("environ", "utf8"),
    [
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, False),
        ({"LC_CTYPE": "C.utf8"}, True),
        ({"LC_ALL": "", "LANG": "de_DE.ISO-8859-1"}, False),
        ({}, False),
    ],
)
def test_the_first_variable_that_says_something_names_the_encoding(environ: dict[str, str], utf8: bool) -> None:
    assert look_at_terminal(environ).utf8 is utf8


@pytest.mark.parametrize(
    ("environ", "multiplexer", "remote", "clipboard"),
    [
        ({"TERM": "screen-256color", "TMUX": "/tmp/x,1,0"}, "tmux", False, "set-clipboard on"),
        ({"TERM": "screen", "STY": "1.x"}, "screen", False, "unlikely"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600", "SSH_TTY": "/dev/pts/1"}, "", True, "unlikely"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "", False, "likely"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "", False, "unlikely"),
        ({"TERM": "xterm-256color", "ZELLIJ": "0"}, "zellij", False, "when the terminal allows it"),
    ],
)
def test_what_lies_between_is_seen(environ: dict[str, str], multiplexer: str, remote: bool, clipboard: str) -> None:
    found = look_at_terminal(environ)
    assert (found.multiplexer, found.remote) == (multiplexer, remote)
    assert clipboard in found.clipboard


def test_with_pipes_for_streams_nothing_is_a_terminal() -> None:
    code = (
        "from reviewer.cli.terminal import look_at_terminal; t = look_at_terminal(); "
        "print(sorted(t.streams.items()), t.size, t.is_usable)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, input="")
    assert ran.stdout == "[('stderr', False), ('stdin', False), ('stdout', False)] None False\n"
