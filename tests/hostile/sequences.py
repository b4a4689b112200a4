"""What a terminal received, taken apart: the sequences by which the app draws, and everything else.

It knows by itself what may come, and asks the product nothing: what it does not know is told.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)

_DRAWN_BY = re.compile(
    r"\x1b\]22;(?:default|text|pointer|[a-z]+-resize)\x07"  # how the mouse looks
    r"|\x1b\["
    r"(?:[0-9;:]*m"  # colours and weights
    r"|[0-9]*;?[0-9]*H|[0-9]*[ABCDGd]"  # the cursor
    r"|\?(?:7|25|1000|1003|1004|1006|1015|1016|1049|2004|2026|2048)[hl]"  # what the terminal reports, and its screens
    r"|\?(?:2026|2048)\$p"  # what it can do
    r"|>[0-9]+u|<u)"  # how keys are told
)
"""The sequences that the app sends. None of them takes a text, answers with one, or outlives the app."""

_CLIPBOARD = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of Unicode: controls, formats, halves of characters, private and unassigned ones, ends of lines."""


@dataclass(frozen=True, slots=True)
class Amiss:
    """Something that should not have come: where it began, counted in characters, and what it is."""

    at: int
    what: str
    sequence: str = ""
    """The sequence, where it is one."""

    @property
    def copied(self) -> str | None:
        """Return what the sequence puts into the clipboard, in base64; None where it is something else."""
        match = _CLIPBOARD.fullmatch(self.sequence)
        return match[1] if match else None


@lru_cache(4096)
def _is_harmless(character: str) -> bool:
    """Return whether a character is seen, and seen as what it is."""
    if character in "\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5" or "\ufe00" <= character <= "\ufe0f":
        return False
    return unicodedata.category(character) not in _UNSEEN


def amiss_in_app(text: str) -> Iterator[Amiss]:
    """Yield what does not belong to the drawing of the app: among it what is put into the clipboard.

    Bytes that are no UTF-8 are halves of characters in the text.
    """
    done = 0
    for match in _SEQUENCE.finditer(text):
        yield from _amiss_in_words(text[done : match.start()], done)
        done = match.end()
        if not _DRAWN_BY.fullmatch(match.group()):
            yield Amiss(match.start(), f"the sequence {match.group()[:60]!r}", match.group())
    yield from _amiss_in_words(text[done:], done)


def amiss_in_lines(data: bytes) -> Iterator[Amiss]:
    """Yield what does not belong into lines that are printed: no sequence does."""
    text = data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    yield from _amiss_in_words(text.replace("\n", " "), 0)


def amiss_in_json(data: bytes) -> Iterator[Amiss]:
    """Yield what stands unescaped in JSON and is not seen; how letters are drawn is the business of who shows them."""
    for place, character in enumerate(data.decode("utf-8", "surrogateescape")):
        if character != "\n" and unicodedata.category(character) in _UNSEEN:
            yield Amiss(place, f"the character {character!r}")


_FLOOD = re.compile(r"(?:[\u0300-\u036f\u0483-\u0489\u20d0-\u20ff]){5}")
"""More combining marks upon one letter than the product draws."""


def _amiss_in_words(text: str, start: int) -> Iterator[Amiss]:
    # A line that ends is told to a terminal by both.
    text = text.replace("\r\n", "  ")
    unseen = {character for character in set(text) if not _is_harmless(character)}
    if unseen:
        for match in re.finditer(f"[{re.escape(''.join(unseen))}]", text):
            around = text[max(0, match.start() - 20) : match.start() + 20]
            yield Amiss(start + match.start(), f"the character {match.group()!r} in {around!r}")
    if not text.isascii():
        for match in _FLOOD.finditer(text):
            yield Amiss(start + match.start(), f"a flood of marks: {match.group()!r}")
