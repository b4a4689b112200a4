"""Finding a name by a part of it, as people type it: without regard to case or accents."""

import unicodedata
from collections.abc import Sequence


def folded(text: str) -> str:
    """Return ``text`` without case, accents and ligatures, for comparing."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def matching(needle: str, folded_names: Sequence[str]) -> list[int]:
    """Return the places of the names that contain ``needle``, in their order; each name is already ``folded``."""
    wanted = folded(needle.strip())
    return [place for place, name in enumerate(folded_names) if wanted in name]


def completions(start: str, names: Sequence[str], most: int) -> list[str]:
    """Return at most so many of ``names`` that begin with ``start`` or, after those, contain it."""
    wanted = folded(start.strip())
    keys = [(folded(name), name) for name in names]
    first = [name for key, name in keys if key.startswith(wanted)]
    return (first + [name for key, name in keys if wanted in key and not key.startswith(wanted)])[:most]
