"""Makes outside text safe where it enters a widget, a log or a terminal line: all of it is shown, none of it obeyed.

A character that a terminal would act on, or that would not be seen, is replaced by one that can be seen: the controls
below U+0020 by their pictures (``␛``), every other by its code point (``<U+202E>``). That covers escape sequences,
bidi overrides and marks, zero-width characters, byte order marks, tags, unassigned and private-use characters, and
lone surrogates. Every kind of space is a plain one, every kind of line end a ``\\n``; a carriage return alone is
shown. Text that is safe already is returned as it is.

Emoji are cut to what each terminal draws equally wide: variation selectors, skin tones and joiners within an emoji
sequence are left out. Combining marks with nothing to stand on get a dotted circle; more than four upon one letter
are counted rather than drawn.

The length in terminal cells is the screen's business (``reviewer.tui``); here a limit counts characters.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

TAB_STOP = 4
MARKS_DRAWN = 4
"""How many combining marks are drawn upon one character; the others are counted."""

_ELLIPSIS = "…"
_DOTTED_CIRCLE = "◌"
_JOINER = "\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_EMOJI_BEYOND_SYMBOLS = "#*0123456789‼⁉〰"
_FILLERS = "\u115f\u1160\u3164\uffa0"
_INVISIBLE_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_CONJOINING_LETTERS = re.compile("[\u1161-\u11ff\ud7b0-\ud7c6\ud7cb-\ud7fb]")
_SPACES = re.compile(r"\s+")


def safe_text(text: str, *, keep_newlines: bool = True) -> str:
    """Return ``text`` with nothing in it that a terminal would obey or hide; tabs become spaces to a stop of 4.

    With ``keep_newlines`` false, line ends are shown as ``␊``. Doing it twice changes nothing.
    """
    if _is_plain(text):
        return text if keep_newlines else text.replace("\n", "␊")
    return "".join(piece for piece, *_ in _pieces(text, keep_newlines))


def safe_line(text: str, limit: int | None = None) -> str:
    """Return ``text`` as one safe line: every run of spaces, tabs and line ends is one space, none at the ends.

    A line of more than ``limit`` characters is cut to that many, the last of them ``…``.
    """
    if limit is None:
        return _SPACES.sub(" ", safe_text(text)).strip()
    taken = 4 * limit + 64
    while True:
        line = _SPACES.sub(" ", safe_text(text[:taken])).strip()
        if len(line) > limit or taken >= len(text):
            break
        taken *= 4
    if len(line) <= limit:
        return line
    end = max(limit - 1, 0)
    while end and _is_mark(line[end]):
        end -= 1
    return (line[:end].rstrip() + _ELLIPSIS)[: max(limit, 0)]


@dataclass(frozen=True, slots=True)
class SafeText:
    """Safe text that knows where in its source each character comes from. Made by ``map_safe_text``."""

    text: str
    source_length: int
    _starts: tuple[int, ...]
    _source_starts: tuple[int, ...]
    _as_they_were: tuple[bool, ...]

    def source_index(self, index: int) -> int:
        """Return where in the source the character at ``index`` comes from; the end maps to the end.

        All characters of a replacement come from where what they replace begins.

        Raises:
            IndexError: when ``index`` is negative or beyond the end.
        """
        if not 0 <= index <= len(self.text):
            raise IndexError(index)
        if index == len(self.text):
            return self.source_length
        piece = bisect_right(self._starts, index) - 1
        within = index - self._starts[piece] if self._as_they_were[piece] else 0
        return self._source_starts[piece] + within


def map_safe_text(text: str) -> SafeText:
    """Return ``safe_text(text)`` together with the way back to the positions of ``text``."""
    if _is_plain(text):
        return SafeText(text, len(text), (0,), (0,), (True,))
    starts, source_starts, kept, parts, length = [], [], [], [], 0
    for piece, source_start, as_it_was in _pieces(text, keep_newlines=True):
        starts.append(length)
        source_starts.append(source_start)
        kept.append(as_it_was)
        parts.append(piece)
        length += len(piece)
    return SafeText("".join(parts), len(text), tuple(starts), tuple(source_starts), tuple(kept))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.replace("\n", "").isprintable()


def _pieces(text: str, keep_newlines: bool) -> Iterator[tuple[str, int, bool]]:
    """Yield the safe text in pieces: each with where it begins in ``text``, and whether it stands there as it is."""
    newline = "\n" if keep_newlines else "␊"
    pattern = _pattern_of_special(frozenset(text), keep_newlines)
    if pattern is None:
        yield text, 0, True
        return
    done = 0
    column = 0
    last = ""
    left_out = _LeftOut()
    for match in pattern.finditer(text):
        start, end = match.span()
        if start > done:
            plain = text[done:start]
            yield plain, done, True
            column, last = _column_after(column, plain), plain[-1]
            left_out.reset()
        found = match.group()
        kept = False
        if found == "\t":
            piece = " " * (TAB_STOP - column % TAB_STOP)
        elif found in ("\r\n", "\n"):
            piece = newline
        elif match.lastgroup == "marks":
            piece, kept = _marks(found, last), len(found) <= MARKS_DRAWN and _has_base(last)
        elif found in _EMOJI_PARTS:
            piece = left_out.part(found, last, text[end : end + 1])
            kept = piece == found
        else:
            piece = newline if _replacement(found) == "\n" else _replacement(found) or found
        yield piece, start, kept
        done = end
        if piece:
            column, last = _column_after(column, piece), piece[-1]
            left_out.reset()
    if done < len(text):
        yield text[done:], done, True


def _column_after(column: int, piece: str) -> int:
    newline = piece.rfind("\n")
    return column + len(piece) if newline < 0 else len(piece) - newline - 1


def _pattern_of_special(characters: Iterable[str], keep_newlines: bool) -> re.Pattern[str] | None:
    """Return a pattern for those of ``characters`` that are not shown as they are; None where there are none.

    Built for each text: a text has few of them, and Unicode has far too many for one pattern.
    """
    special, marks = [], []
    for character in sorted(characters):
        if character in _EMOJI_PARTS:
            special.append(character)
        elif _is_mark(character):
            marks.append(character)
        elif _replacement(character) is not None or (character == "\n" and not keep_newlines):
            special.append(character)
    alternatives = []
    if "\r" in special:
        alternatives.append("\r\n")
    if marks:
        alternatives.append(f"(?P<marks>[{re.escape(''.join(marks))}]+)")
    if special:
        alternatives.append(f"[{re.escape(''.join(special))}]")
    return re.compile("|".join(alternatives)) if alternatives else None


@lru_cache(maxsize=4096)
def _replacement(character: str) -> str | None:
    """Return what is shown in place of a character, whatever stands beside it; None where it is shown as it is."""
    if character == "\n":
        return None
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    category = unicodedata.category(character)
    if category == "Zs":
        return None if character == " " else " "
    if category in ("Zl", "Zp"):
        return "\n"
    if not character.isprintable() or character in _FILLERS or _INVISIBLE_MARKS.match(character):
        return f"<U+{code:04X}>"
    return None


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    """Say whether a character is drawn upon the one before it, and seen."""
    if character.isascii() or _INVISIBLE_MARKS.match(character):
        return False
    return unicodedata.category(character)[0] == "M" or bool(_CONJOINING_LETTERS.match(character))


def _has_base(last: str) -> bool:
    return bool(last) and not last.isspace()


def _marks(marks: str, last: str) -> str:
    base = "" if _has_base(last) else _DOTTED_CIRCLE
    more = len(marks) - MARKS_DRAWN
    return base + (marks if more <= 0 else f"{marks[:MARKS_DRAWN]}<{more} more marks>")


_EMOJI_PARTS = frozenset(_JOINER + _SELECTORS + _SKIN_TONES)


class _LeftOut:
    """Which parts of an emoji sequence were left out since the last character that was shown.

    Each may be left out once, in the order of a well-formed sequence; whatever else there is, is shown.
    """

    def __init__(self) -> None:
        self._stage = 0

    def reset(self) -> None:
        self._stage = 0

    def part(self, found: str, last: str, following: str) -> str:
        """Return what is shown for the part ``found``, after ``last`` and before ``following``: "" leaves it out."""
        is_symbol = bool(last) and unicodedata.category(last) == "So"
        if found in _SELECTORS:
            stage, fits = 1, is_symbol or (bool(last) and _takes_selector(last))
        elif found in _SKIN_TONES:
            if not is_symbol:
                return found
            stage, fits = 2, True
        else:
            stage, fits = 3, is_symbol and bool(following) and unicodedata.category(following) == "So"
        if fits and self._stage < stage:
            self._stage = stage
            return ""
        return f"<U+{ord(found):04X}>"


def _takes_selector(character: str) -> bool:
    return unicodedata.category(character) == "Sm" or character in _EMOJI_BEYOND_SYMBOLS
