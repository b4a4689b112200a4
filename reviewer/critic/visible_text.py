"""What is sent of a proposal's text: without the characters that a person would not see and a model would read."""

import unicodedata
from dataclasses import dataclass

_KEPT = frozenset("\n\t")
_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs"))
"""Controls and formats (zero width, bidi, tags), and what is no character of any script."""

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks by their category, drawn as nothing at all."""


@dataclass(frozen=True, slots=True)
class VisibleText:
    """A text without what cannot be seen in it, and how many characters that was."""

    text: str
    removed: int


def visible_text(text: str) -> VisibleText:
    """Return a text in Unicode's composed form, without invisible characters; every line end is a ``\\n``.

    Joiners within an emoji sequence go as well: what is said stays.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in composed if not _is_unseen(c))
    return VisibleText(kept, len(composed) - len(kept))


def _is_unseen(character: str) -> bool:
    if character in _KEPT or (character.isascii() and character.isprintable()):
        return False
    code = ord(character)
    selects = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return selects or character in _FILLERS or unicodedata.category(character) in _UNSEEN
