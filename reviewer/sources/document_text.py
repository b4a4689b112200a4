"""What a text in Markdown says of itself: its title, and by what it is known where it names no id."""

import re

from reviewer.domain.identity import content_hash

NOT_ENDED = "the last line has no end; it may be cut off"
"""Said of a text whose last line has no line end: nobody can tell that it is whole."""

LONGEST_TITLE = 200
_LONGEST_ID = 80
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?=[ \t])(?P<text>.*)")
_BLANKS = " \t"
_UNDERLINE = re.compile(r"[ ]{0,3}(?:=+|-+)[ \t]*")
_EMPHASIS = re.compile(r"(?P<mark>\*\*|__|\*|_)(?P<text>.+)(?P=mark)")


def first_heading(text: str) -> str:
    """Return the first heading of a text, which no block of code holds; empty where it has none."""
    fence = ""
    before = ""
    for line in text.split("\n"):
        opened = _FENCE.match(line)
        if fence:
            fence = "" if opened and opened[1].startswith(fence) else fence
            continue
        if opened:
            fence = opened[1]
        elif (heading := _HEADING.fullmatch(line)) is not None and (words := _without_closing(heading["text"])):
            return _short(words)
        elif before.strip() and _UNDERLINE.fullmatch(line):
            return _short(before.strip())
        before = line
    return ""


def _without_closing(heading: str) -> str:
    """Return the words of a heading without the blanks around them, and without the signs that may close it."""
    words = heading.strip(_BLANKS)
    bare = words.rstrip("#")
    return bare.rstrip(_BLANKS) if bare.endswith(tuple(_BLANKS)) else words


def title_of(text: str) -> str:
    """Return the first heading of a text, else its first line that has a letter or a digit; empty where none has."""
    return first_heading(text) or next(
        (_short(line.strip()) for line in text.split("\n") if any(map(str.isalnum, line))), ""
    )


def id_of(title: str) -> str:
    """Return by what a text is known that names no id: its title in small letters, words joined by hyphens.

    One that is cut, or has no letters, ends with a hash of the whole title.
    """
    words = re.sub(r"[\W_]+", "-", title.casefold()).strip("-")
    if words and len(words) <= _LONGEST_ID:
        return words
    return f"{words[:_LONGEST_ID].rstrip('-') or 'text'}-{content_hash(title)[:8]}"


def _short(text: str) -> str:
    whole = _EMPHASIS.fullmatch(text)
    text = whole["text"] if whole else text
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"
