"""One line on stderr that says how far something is."""

import sys
from shutil import get_terminal_size

import click


class ProgressLine:
    """A line that is written over; nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._last = ""

    def show(self, line: str) -> None:
        """Show a line in place of the one before."""
        # One as wide as the terminal would be continued below, and not written over.
        line = line[: get_terminal_size().columns - 1]
        if self._shown and line != self._last:
            # With blanks, since not every terminal knows how a line is cleared.
            click.echo(f"\r{line}{' ' * (len(self._last) - len(line))}", nl=False, err=True)
            self._last = line

    def clear(self) -> None:
        """Take the line away."""
        if self._last:
            click.echo(f"\r{' ' * len(self._last)}\r", nl=False, err=True)
            self._last = ""


def how_far(done: int, total: int | None) -> str:
    """Return how much has been read, of how many bytes."""
    percent = int(100 * done / total) if total else 0
    return f"reading: {percent:3d} % of {(total or 0) / 1e6:.1f} MB"
