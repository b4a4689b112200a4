"""Covers in a text what tells a score or an origin, so that an idea can be read and judged by itself.

A cover is as wide whatever stands under it, and covers side by side are one, so that texts which differ in such things
alone look the same. In doubt it covers: it takes ``0.001`` for a score and the humans of human feedback for an origin.

Numbers are covered by how they are written: all of two digits or more, with a point, an exponent, a sign or a unit, and
two that are a ratio. One digit by itself may be said in passing (``4 layers``), so it stays, unless it is one of the
values that were measured, or the text is a title.
"""

import re
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from reviewer.domain.covered_words import NUMBER_WORDS, ORIGIN_WORDS, UNIT_WORDS, WRITERS, WRITTEN

COVER = "▒▒▒"
"""What is shown in place of whatever is covered: three cells, and no mark of Markdown."""

_GAP = "[ \u00a0\u2009\u202f]"
_BEGINS, _ENDS = r"(?<![^\W_])", r"(?![^\W_])"
_UNIT_OF_SCORES = "|".join(
    (rf"percent(?:age)?(?:{_GAP}points?)?", rf"per{_GAP}cent", *sorted(UNIT_WORDS, reverse=True))
)
_POWER = r"(?:\^\{?[+\-−]?\d+\}?|[⁺⁻⁰¹²³⁴-⁹]+)"
_NUMBER = re.compile(
    r"&#(?P<entity>\d{1,7}|x[0-9a-f]{1,6});?"
    rf"|(?P<digits>\d*[¼-¾⅐-⅞]|\d+(?:\\?[.,'’_]\d+|{_GAP}\d{{3}}(?!\d))*|\.\d+)"
    rf"(?P<more>\(\d+\)|e[+\-−]?\d+|{_GAP}?[×x·*]{_GAP}?10{_POWER}|{_POWER}|{_GAP}?/{_GAP}?\d+"
    rf"|{_GAP}(?:out{_GAP})?of{_GAP}\d+)?"
    rf"(?P<rest>[^\W_]*)(?P<unit>{_GAP}?[%‰]|×{_ENDS}|{_GAP}?-?(?:{_UNIT_OF_SCORES}){_ENDS})?",
    re.IGNORECASE,
)
_GLUED_UNITS = frozenset((*UNIT_WORDS, "x", "k", "st", "nd", "rd", "th"))
_SPELLED = re.compile(
    rf"{_BEGINS}(?:(?:{'|'.join(NUMBER_WORDS)})(?:{_GAP}a)?(?:{_GAP}|-)?){{1,4}}(?:{_UNIT_OF_SCORES}){_ENDS}"
    rf"|{_BEGINS}(?:half|halves|thirds?|quarters?|fifths?|tenths?)(?={_GAP}(?:of{_GAP})?the{_GAP}(?:\w+{_GAP})?gap)",
    re.IGNORECASE,
)
_FORMAT_OF_NUMBERS = re.compile(r"(?:fp|bf|float|u?int)(?:8|16|32|64)", re.IGNORECASE)
_PLUS_OR_MINUS = rf"(?:[±∓]|\+/?[-−]){_GAP}?"
_ENDS_IN_PLUS_OR_MINUS = re.compile(rf"{_PLUS_OR_MINUS}$")
# Where many signs stand in a row, as in a line across the page, the first one alone is a beginning.
_FIRST_SIGN = rf"(?<![+\-−–±∓/])(?<![±∓]{_GAP})(?<!/[-−]{_GAP})"
_SIGNS = re.compile(rf"{_FIRST_SIGN}(?:\+[-−]{_GAP}|(?:[±∓]{_GAP}?|\+/[-−]{_GAP}?|{_BEGINS}[+\-−–])+)(?={COVER[0]})")
_ONE = f"{COVER[0]}+"
_SIDE_BY_SIDE = re.compile(rf"{_ONE}(?:{_GAP}?[,;:/–—−\-±×]{{0,2}}{_GAP}?{_ONE}|{_GAP}?\({_ONE}\))*")
_WORD = re.compile(r"[^\W_]+")
_SINGLE_DIGIT = re.compile(r"(?<![\w.,])\d(?!\w|[.,]\d)")
_ALL_DIGITS = frozenset("0123456789")
_LINE_START = 24
"""So many characters may stand before the number of an item of a list."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is covered beside what always is: the names of whose a text may be, and which single digits are values."""

    names: tuple[str, ...] = ()
    digits: frozenset[str] = frozenset()

    def within(self, text: str) -> "Hidden":
        """Return what of it a text may have."""
        folded = text.casefold()
        names = tuple(name for name in self.names if _pattern_of_name(name).may_be_in(folded))
        return Hidden(names, frozenset(digit for digit in self.digits if digit in text))


def names_to_hide(agent: str, run: str, *ids: str) -> tuple[str, ...]:
    """Return what of a method's names is covered: its agent's and its run's, and each id that has a digit.

    An id or a family without one is, as a rule, the word for what the method does.
    """
    named = [name for name in (agent, run) if len(name) > 1]
    named += [each for each in ids if any(map(str.isdecimal, each))]
    return tuple(dict.fromkeys(name for name in named if any(map(str.isalpha, name))))


def digits_to_hide(values: Iterable[float | None]) -> frozenset[str]:
    """Return the single digits as which values may be written."""
    found = set()
    for value in values:
        if value is not None and isfinite(value) and (1.5 <= abs(value) < 9.5 or value in (0, 1)):
            found |= {str(round(abs(value))), str(int(abs(value)))}
    return frozenset(found)


def digits_in(claims: Iterable[str]) -> frozenset[str]:
    """Return the single digits that claims state by themselves."""
    return frozenset(str(int(digit)) for claim in claims for digit in _SINGLE_DIGIT.findall(claim))


def covered(text: str, hidden: Hidden) -> str:
    """Return a text with what tells a score or an origin covered; doing it twice changes nothing."""
    held = hidden.within(text)
    text = _NUMBER.sub(_Numbers(held.digits).shown, _without_words(text, held.names))
    if COVER[0] not in text:
        return text
    # A name may have ended in a number, and is a word by itself only now.
    text = _without_words(text, held.names)
    return _SIDE_BY_SIDE.sub(COVER, _SIGNS.sub("", text))


def _without_words(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = _pattern_of_name(name).pattern.sub(COVER, text)
    folded = text.casefold()
    # Most texts have few of the words, and a pattern of all of them is slow.
    if words := tuple(word for word in (*ORIGIN_WORDS, *WRITERS) if word in folded):
        text = _pattern_of_words(words).sub(COVER, text)
    if any(word in folded for word in (*UNIT_WORDS, "cent", "gap")):
        text = _SPELLED.sub(COVER, text)
    return text


def covered_title(title: str, names: Collection[str]) -> str:
    """Return a title likewise, with every number covered that stands by itself: a queue of titles knows no values."""
    return covered(title, Hidden(tuple(names), _ALL_DIGITS))


class _Numbers:
    """What is shown of each number of a text, one after the other."""

    def __init__(self, hidden: Collection[str]) -> None:
        self._hidden = hidden
        self._next_items: tuple[int, ...] = (0, 1)
        self._covered_to = -1

    def shown(self, found: re.Match[str]) -> str:
        """Return the number as it stands there, or a cover."""
        shown = self._shown(found)
        if shown == COVER:
            self._covered_to = found.end()
        return shown

    def _shown(self, found: re.Match[str]) -> str:
        if found["entity"] is not None:
            return COVER if _is_of_number(found["entity"]) else found[0]
        if self._counts_items(found):
            return found[0]
        text, start, digits = found.string, found.start(), found["digits"]
        in_word = text[start - 1 : start].isalnum()
        if len(digits) > 1 or not digits.isdecimal() or found["more"]:
            is_format = in_word and _FORMAT_OF_NUMBERS.fullmatch(_whole_word(text, start, found.end("rest")))
            return found[0] if is_format else COVER
        if found["unit"] or found["rest"].casefold() in _GLUED_UNITS:
            return COVER
        if in_word:
            return found[0]
        before = text[max(0, start - 4) : start]
        ends_a_range = self._covered_to == start - 1
        signed = before.endswith(("+", "-", "−", "–")) and (ends_a_range or not before[-2:-1].isalnum())
        # One more and one less are steps, as in ``x[-1]``.
        tells = str(int(digits)) in self._hidden or (signed and int(digits) != 1)
        return COVER if tells or _ENDS_IN_PLUS_OR_MINUS.search(before) else found[0]

    def _counts_items(self, found: re.Match[str]) -> bool:
        """Say whether a number at the beginning of a line counts the items of a list, each one more than the last."""
        text, start, end, digits = found.string, found.start(), found.end(), found["digits"]
        if found[0] != digits or not digits.isdecimal() or len(digits) > 3:
            return False
        if text[end : end + 1] not in (".", ")") or text[end + 1 : end + 2].strip():
            return False
        _, newline, lead = text[max(0, start - _LINE_START) : start].rpartition("\n")
        if lead.strip(" \t>") or not (newline or start <= _LINE_START) or int(digits) not in (*self._next_items, 1):
            return False
        self._next_items = (int(digits) + 1,)
        return True


def _is_of_number(entity: str) -> bool:
    """Say whether what HTML spells by its code is a part of a number, or is itself one since it spells nothing."""
    code = int(entity[1:], 16) if entity[0] in "xX" else int(entity)
    return code > sys.maxunicode or chr(code).isnumeric() or chr(code) in ".,%‰"


def _whole_word(text: str, start: int, end: int) -> str:
    while start and text[start - 1].isalnum():
        start -= 1
    return text[start:end]


@lru_cache(maxsize=256)
def _pattern_of_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of some words that tell an origin, with what stands before them and belongs to them."""
    alone = [word for word in words if word not in WRITERS]
    numbered = rf"(?:(?:[-_]|{_GAP})?\d[\w-]*)?(?:{_GAP}(?-i:[A-Z]))?(?:['’]s)?"
    # How something was made tells of what is covered before it who made it: humans write, and models generate.
    made = rf"(?:(?:-|{_GAP})(?:{'|'.join(WRITTEN)}))?"
    patterns = [rf"(?:(?:our|my|llm|automated){_GAP})?(?:{'|'.join(alone)}){numbered}{made}"] if alone else []
    if writers := [word for word in words if word in WRITERS]:
        patterns.append(rf"(?:{'|'.join(writers)})[- ](?:{'|'.join(WRITTEN)})")
    return re.compile(f"{_BEGINS}(?:{'|'.join(patterns)}){_ENDS}", re.IGNORECASE)


class _NamePattern(NamedTuple):
    """What a name looks like in a text, and what a text that has it must have."""

    pattern: re.Pattern[str]
    parts: tuple[str, ...]
    is_of_words: bool

    def may_be_in(self, folded: str) -> bool:
        """Return whether a text in small letters may have the name."""
        found = (part in folded for part in self.parts)
        return any(found) if self.is_of_words else all(found)


@lru_cache(maxsize=4096)
def _pattern_of_name(name: str) -> _NamePattern:
    """Return the pattern of a name, however its parts are set apart.

    Of a name of several words, as people have, each by itself is covered where it is written as names are.
    """
    parts = tuple(_WORD.findall(name))[:12]
    alternatives = [r"[\W_]{0,3}".join(map(re.escape, parts))]
    words = name.split()
    if len(words) > 1:
        alternatives += [f"(?-i:{re.escape(w)})" for w in words if len(w) > 2 and w[0].isupper() and w.isalpha()]
    # A name with a number right behind it is the next version of the same.
    pattern = re.compile(rf"{_BEGINS}(?:{'|'.join(alternatives)})\d*(?:['’]s)?{_ENDS}", re.IGNORECASE)
    return _NamePattern(pattern, tuple(part.casefold() for part in parts), len(words) > 1)
