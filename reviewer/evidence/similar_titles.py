"""Titles that say much the same: how many of their words they have in common (Jaccard's share)."""

import math
import re
from collections import Counter, deque
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_SAYING_NOTHING = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "is", "its", "of", "on", "or", "the", "to",
     "using", "via", "with")
)  # fmt: skip
_ROUNDING = 1e-9


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title that say something, in small letters; numbers are words."""
    return frozenset(_WORD.findall(title.casefold())) - _SAYING_NOTHING


def in_common(words: frozenset[str], others: frozenset[str]) -> float:
    """Return how many of the words of two titles are in both, as a share of those that are in either; 0 of none."""
    common = len(words & others)
    return common / (len(words) + len(others) - common) if common else 0.0


@dataclass(frozen=True, slots=True)
class SimilarTitle:
    """Another method by its row id, and how many words its title has in common, of how many in either title."""

    method_id: int
    common: int
    either: int


class TitlesBefore:
    """The words of up to ``most`` titles, of the latest methods. Row ids are added as they rise."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._words: dict[int, frozenset[str]] = {}
        self._having: dict[tuple[str, int], deque[int]] = {}
        """The methods whose titles have a word, and so many words in all."""
        self._sizes: Counter[int] = Counter()
        self.last = 0
        """The row id that was added last; 0 where none was."""

    def add(self, method_id: int, words: frozenset[str]) -> None:
        """Add the words of a title after all that are there; the first ones go where there are too many."""
        n = len(words)
        self._words[method_id] = words
        self._sizes[n] += 1
        for word in words:
            self._having.setdefault((word, n), deque()).append(method_id)
        if len(self._words) > self._most:
            self._drop_first()
        self.last = method_id

    def _drop_first(self) -> None:
        words = self._words.pop(next(iter(self._words)))
        n = len(words)
        self._sizes[n] -= 1
        for word in words:
            ids = self._having[word, n]
            ids.popleft()
            if not ids:
                del self._having[word, n]

    def most_similar(self, words: frozenset[str], share: float) -> SimilarTitle | None:
        """Return the one with the largest share of words in common, the latest of those; None below ``share``."""
        best: SimilarTitle | None = None
        most = share
        n = len(words)
        for method_id in self._perhaps_similar(words, share):
            others = self._words[method_id]
            common = len(words & others)
            either = n + len(others) - common
            found = common / either
            if found > most or (found == most and (best is None or method_id > best.method_id)):
                best, most = SimilarTitle(method_id, common, either), found
        return best

    def _perhaps_similar(self, words: frozenset[str], share: float) -> set[int]:
        """Return all that have ``share`` of their words in common with these, and some others.

        Of n words, a title of m others that has the share has at least share / (1 + share) · (n + m) in common, and so
        at least one of any n + 1 less as many: the rarest ones are looked up (prefix filtering, Chaudhuri et al. 2006).
        """
        n = len(words)
        found: set[int] = set()
        for m in range(math.ceil(share * n - _ROUNDING), int(n / share + _ROUNDING) + 1):
            if self._sizes[m]:
                having = sorted((self._having.get((word, m), ()) for word in words), key=len)
                for ids in having[: n + 1 - math.ceil(share / (1 + share) * (n + m) - _ROUNDING)]:
                    found.update(ids)
        return found
