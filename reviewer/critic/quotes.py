"""Whether a proposal says what a critique quotes from it, word for word, and where."""

import re
import unicodedata

SHORTEST = 12
"""Characters of a quote: a shorter one stands in any text, and shows nothing."""

_SPACES = re.compile(r"\s+")


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Return where a quote stands in a text, as start and end; None where it does not, or is too short to show a thing.

    Only runs of spaces and line ends may differ, since a model writes on one line what the text has on two. Of several
    places it is the first.
    """
    words = _SPACES.split(unicodedata.normalize("NFC", quote).strip())
    if len(" ".join(words)) < SHORTEST:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return None if found is None else found.span()
