"""Where a sentence that is quoted from a proposal stands in the document that is shown of it.

A quote is of the text as it was sent: composed characters, without what cannot be seen, with the marks of Markdown.
The document is laid out: folded, without those marks, with what cannot be seen made visible. So letters and digits
alone are compared, whatever stands between them.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from reviewer.tui.documents import Match, RenderedDocument

_WORDS = re.compile(r"[^\W_]+")
_MADE_VISIBLE = re.compile(r"<U\+[0-9A-F]{4,6}>|<\d+ more marks>|[\u2400-\u2426\u25cc]")
"""What :mod:`reviewer.domain.text` puts in place of characters that are not sent."""


def place_of_quote(rendered: RenderedDocument, quote: str) -> Match | None:
    """Return where a quote stands in a document as it is laid out; None where it cannot be found in that."""
    words = _WORDS.findall(_MADE_VISIBLE.sub("", unicodedata.normalize("NFC", quote)))
    if not words:
        return None
    letters = "".join(words)
    text, _ = rendered.as_one_text()
    if _is_as_sent(text):
        found = _span_of(letters, text)
        return None if found is None else rendered.match(*found)
    sent, places = _as_sent(text)
    found = _span_of(letters, sent)
    if found is None:
        return None
    start, end = found
    return rendered.match(places[start], places[end] if end < len(places) else len(text))


def _span_of(letters: str, text: str) -> tuple[int, int] | None:
    """Return where letters and digits stand in a text, whatever else stands between them; as a search in one go."""
    words = list(_WORDS.finditer(text))
    start = "".join(word[0] for word in words).find(letters)
    if start < 0:
        return None
    firsts = list(accumulate((len(word[0]) for word in words), initial=0))

    def place(letter: int) -> int:
        word = bisect_right(firsts, letter) - 1
        return words[word].start() + letter - firsts[word]

    return place(start), place(start + len(letters) - 1) + 1


def _is_as_sent(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and _MADE_VISIBLE.search(text) is None


def _as_sent(text: str) -> tuple[str, list[int]]:
    """Return a text composed and without what was made visible, with the place in ``text`` of each character of it."""
    parts: list[str] = []
    places: list[int] = []
    for start, cluster in _clusters(text):
        composed = unicodedata.normalize("NFC", cluster)
        parts.append(composed)
        places += [start] * len(composed)
    return "".join(parts), places


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """Yield each character with the marks upon it, and where it begins; what was made visible is left out."""
    at, length = 0, len(text)
    while at < length:
        shown = _MADE_VISIBLE.match(text, at)
        if shown is not None:
            at = shown.end()
            continue
        end = at + 1
        while end < length and (unicodedata.combining(text[end]) or "\u1160" <= text[end] <= "\u11ff"):
            end += 1
        yield at, text[at:end]
        at = end
