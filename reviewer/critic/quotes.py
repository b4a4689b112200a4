"""Whether a proposal says what a critique quotes from it, word for word, and where."""

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

SHORTEST = 12
"""Characters of a quote: a shorter one stands in any text, and shows nothing."""

_SPACES = re.compile(r"\s+")


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Return where a quote stands in a text, as start and end; None where it does not, or is too short to show a thing.

    Only runs of spaces and line ends may differ, since a model writes on one line what the text has on two. Of several
    places it is the first.
    """
    words = " ".join(unicodedata.normalize("NFC", quote).split())
    if len(words) < SHORTEST:
        return None
    # Not as a pattern: of a text that says the same again and again, each place would be tried to the end of the quote.
    line, after, removed = _on_one_line(text)
    start = line.find(words)
    if start < 0:
        return None
    last = start + len(words) - 1
    return start + _before(after, removed, start), last + _before(after, removed, last) + 1


@lru_cache(maxsize=2)
def _on_one_line(text: str) -> tuple[str, list[int], list[int]]:
    """Return a text with each run of spaces as one, where on that line runs end, and how much shorter it is by then."""
    after, removed, gone = [], [], 0
    for run in _SPACES.finditer(text):
        gone += len(run[0]) - 1
        after.append(run.end() - gone)
        removed.append(gone)
    return _SPACES.sub(" ", text), after, removed


def _before(after: list[int], removed: list[int], place: int) -> int:
    run = bisect_right(after, place)
    return removed[run - 1] if run else 0
