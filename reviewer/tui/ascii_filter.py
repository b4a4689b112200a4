"""What is drawn, for a terminal that shows ASCII alone: every other character gets a stand-in of the same width."""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from reviewer.domain.ascii_text import LOOK_ALIKES


@lru_cache(4096)
def to_ascii(text: str) -> str:
    """Return ``text`` in ASCII, as many cells wide as before: by what each character looks like, else ``?``."""
    return text if text.isascii() else "".join(map(_stand_in, text))


def _stand_in(character: str) -> str:
    if character.isascii():
        return character
    if (known := LOOK_ALIKES.get(character)) is not None:
        return known
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    width = cell_len(character)
    return plain if len(plain) == width and plain.isprintable() else "?" * width


class AsciiFilter(LineFilter):
    """Draws each line in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with stand-ins; their widths stay."""
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]
