"""By what a log names the parent of a row: a commit, whole or shortened, or whatever else stands for one in it."""

import re
from bisect import bisect_left, insort

_SHORTENED = re.compile(r"[0-9a-f]{4,40}", re.IGNORECASE)
_HASH = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{6,40}", re.IGNORECASE)
"""What is a hash beyond doubt: digits alone may be a count, of which none is the beginning of another."""

_WRITTEN = 6
"""Letters that a commit has in a log at the least."""


class Parents:
    """The ids of the rows so far, by what they state. Of two rows that state the same the later one is meant."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._hashes: list[str] = []

    def add(self, stated: str, known_as: str) -> None:
        """Note what a row states, and what it is known by."""
        key = _key(stated)
        if key not in self._ids and _HASH.fullmatch(key):
            insort(self._hashes, key)
        self._ids[key] = known_as

    def find(self, named: str) -> str:
        """Return the id of the row that is named so, empty where there is none, or where several may be meant.

        A hash may be shorter than the one that the row states, or longer.
        """
        key = _key(named)
        if (found := self._ids.get(key)) is not None or not _SHORTENED.fullmatch(key):
            return found or ""
        at = bisect_left(self._hashes, key)
        meant = {each for each in self._hashes[at : at + 2] if each.startswith(key)}
        if _HASH.fullmatch(key):
            meant.update(key[:n] for n in range(_WRITTEN, len(key)) if key[:n] in self._ids)
        return self._ids[meant.pop()] if len(meant) == 1 else ""


def _key(stated: str) -> str:
    return stated.lower() if _SHORTENED.fullmatch(stated) else stated
