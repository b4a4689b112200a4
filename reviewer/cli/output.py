"""What is printed: for people in letters that their terminal has, for files and programs exactly as it is."""

import codecs
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import click

from reviewer.domain.errors import UserError


class Letters:
    """Which letters people are told in: those of the screen, by the locale and the config's ``marks``.

    It is decided when there is something to print that is not ASCII: most calls print nothing of the kind, and need
    not look for a config.
    """

    def __init__(self) -> None:
        self.config: Path | None = None
        """The file that ``--config`` names."""

    @cached_property
    def are_ascii(self) -> bool:
        """Return whether all is said in ASCII."""
        from reviewer.cli.terminal import marks_at_hand
        from reviewer.tui.marks import ASCII
        from reviewer.workflow.config import Config, read_config
        from reviewer.workflow.places import find_places

        try:
            config = read_config(find_places(None, self.config).config)
        except UserError:  # That is told already, or is what there is to print.
            config = Config()
        return marks_at_hand(config.marks) is ASCII


@contextmanager
def readable_output(letters: Letters) -> Iterator[None]:
    """Let what is written to the standard streams, meanwhile, be in those letters.

    What a stream has no letter for then is written as an escape. One that stands for another, as in tests, stays.
    """
    before = sys.stdout, sys.stderr
    made = [_Readable(stream, letters) if isinstance(stream, io.TextIOWrapper) else None for stream in before]
    sys.stdout, sys.stderr = (new or old for new, old in zip(made, before, strict=True))
    try:
        yield
    finally:
        for stream in filter(None, made):
            with suppress(OSError, ValueError):
                stream.detach()
        sys.stdout, sys.stderr = before


def echo_exactly(text: str, end: str = "\n") -> None:
    """Print what a file or a program takes, in UTF-8 whatever the locale; on a terminal as all else is printed, with
    nothing in it that the terminal would obey.
    """
    if sys.stdout.isatty():
        from reviewer.domain.text import safe_text

        click.echo(safe_text(text) + end, nl=False)
    else:
        whole = text + end
        click.echo(whole.encode("utf-8", "surrogateescape") if hasattr(sys.stdout, "buffer") else whole, nl=False)


class _Readable(io.TextIOWrapper):
    """Writes on where another stream writes to."""

    def __init__(self, stream: io.TextIOWrapper, letters: Letters) -> None:
        # A stream of ASCII would be taken for a mistake by click, which writes UTF-8 behind its back.
        named = codecs.lookup(stream.encoding).name
        encoding = "utf-8" if named == "ascii" else named
        errors = "backslashreplace" if stream.errors == "strict" and encoding != "utf-8" else stream.errors
        stream.flush()
        super().__init__(
            stream.buffer, encoding, errors, line_buffering=stream.line_buffering, write_through=stream.write_through
        )
        self._letters = letters

    def write(self, text: str, /) -> int:
        """Write the text in the letters that people are told in."""
        super().write(text if text.isascii() or not self._letters.are_ascii else self._spelled(text))
        return len(text)

    @staticmethod
    def _spelled(text: str) -> str:
        from reviewer.domain.ascii_text import spelled_in_ascii  # which most calls have no use for

        return spelled_in_ascii(text)
