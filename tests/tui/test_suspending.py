"""Ctrl-Z stands aside for the shell, and ``fg`` comes back, in a real shell with job control."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.benchmarks.measuring import PYTHON, REPOSITORY, environment
from tests.benchmarks.terminal import Terminal
from tests.tui.stored_acts import events
from tests.tui.triage_app import records, store_with, triage

pytestmark = pytest.mark.usefixtures("hands")

SHELL = "/bin/bash"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store_with(tmp_path, *records())


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Terminal]:
    """An interactive shell in a terminal."""
    if not os.access(SHELL, os.X_OK):
        pytest.skip("there is no bash here")
    terminal = Terminal((SHELL, "--norc", "-i"), {**environment(tmp_path / "home"), "PS1": "ready> "}, str(REPOSITORY))
    terminal.until(lambda lines: shows(lines, r"ready> *$"), 20)
    yield terminal
    terminal.send(b"\x11")
    terminal.close()


def shows(lines: list[str], pattern: str) -> bool:
    return any(re.search(pattern, line) for line in lines)


def test_the_shell_is_there_and_fg_comes_back_to_where_one_was(path: Path, shell: Terminal) -> None:
    shell.send(f"{PYTHON} -m reviewer --store {path} --reviewer kim\r".encode())
    shell.until(lambda lines: shows(lines, "▌alpha method"), 30)
    shell.send(b"s")
    shell.until(lambda lines: shows(lines, "▌delta method") and shows(lines, "alpha method .*✓"), 20)
    shell.send(b"\x1a")
    shell.until(lambda lines: shows(lines, "Stopped") and shows(lines, "^ready> "), 20)
    assert events(path) == ["verdict"]
    shell.send(b"printf '\\033[H\\033[2J'; stty -a | grep -owE -e '-?echo'; echo $((6*7))\r")
    shell.until(lambda lines: lines[0].strip() == "echo" and lines[1].strip() == "42", 20)
    shell.send(b"fg\r")
    whole = ("1 of 5 judged", "alpha method .*✓", "▌delta method", "The delta hypothesis", "s survives", "all keys")
    shell.until(lambda lines: all(shows(lines, part) for part in whole) and not shows(lines, "ready>"), 20)
    shell.send(b"eWhy")
    shell.until(lambda lines: shows(lines, "Why"), 20)
    shell.send(b"\x1b")
    shell.until(lambda lines: shows(lines, "e .*Why"), 20)


async def test_where_there_is_no_shell_to_go_to_that_is_said(path: Path) -> None:
    async with triage(path) as t:
        await t.press("ctrl+z")
        await t.told("This terminal cannot be handed to a shell.")


async def test_in_a_field_it_never_leaves_the_app(path: Path) -> None:
    async with triage(path) as t:
        await t.press("e", "a", "b", "ctrl+z")
        assert t.toasts() == []
        await t.press("escape")
        await t.settled()
        await t.press("/")
        await t.until(lambda: isinstance(t.app.focused, Input))
        await t.press("ctrl+z")
        await t.told("Letters go into this field; leave it first to suspend.")
