"""One line on stderr that says how far something is."""

import sys
from shutil import get_terminal_size
from time import monotonic

import click

from reviewer.domain.how_far import HowFar, progress_line

_SECONDS = 0.15
"""Between one drawing and the next."""


class ProgressLine:
    """A line that is written over; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = ""
        self._next = 0.0

    def show(self, line: str) -> None:
        """Show a line in place of the one before."""
        # One as wide as the terminal would be continued below, and not written over.
        line = line[: get_terminal_size().columns - 1]
        if self._shown and line != self._last:
            # With blanks, since not every terminal knows how a line is cleared.
            click.echo(f"\r{line}{' ' * (len(self._last) - len(line))}", nl=False, err=True)
            self._last = line

    def show_how_far(self, how_far: HowFar) -> None:
        """Show how far something has come, as wide as the terminal is, a few times a second."""
        now = monotonic()
        if self._shown and (now >= self._next or how_far.done == how_far.total):
            self._next = now + _SECONDS
            self.show(progress_line(how_far, get_terminal_size().columns - 1))

    def clear(self) -> None:
        """Take the line away."""
        if self._last:
            click.echo(f"\r{' ' * len(self._last)}\r", nl=False, err=True)
            self._last = ""
