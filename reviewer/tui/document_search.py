"""A search in the document that is shown: where the text stands, and which of the places one is at."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from reviewer.tui.documents import Match, RenderedDocument

Span = tuple[int, int, bool]
"""On one line: start and end in characters, and whether it belongs to the place one is at."""


class Search:
    """What is searched for, and where it stands. An empty one finds nothing."""

    def __init__(self) -> None:
        self._needle = ""
        self._matches: Sequence[Match] = ()
        self._at = 0
        self._spans: Mapping[int, Sequence[Span]] = {}

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self._matches)

    @property
    def line(self) -> int | None:
        """The line of the place one is at; None where there is none."""
        return self._matches[self._at].pieces[0][0] if self._matches else None

    def start(self, needle: str, rendered: RenderedDocument | None, from_line: int) -> None:
        """Search ``needle``; one is then at the first place from ``from_line`` on, or at the first of all."""
        self._needle = needle
        self._matches = rendered.find(needle) if rendered else ()
        self._at = next((i for i, match in enumerate(self._matches) if match.pieces[0][0] >= from_line), 0)
        self._mark()

    def again(self, rendered: RenderedDocument) -> None:
        """Search the same in the same document at another width, where the places are the same ones."""
        if self._needle:
            self._matches = rendered.find(self._needle)
            self._at = min(self._at, max(0, self.count - 1))
            self._mark()

    def step(self, by: int) -> tuple[int, int]:
        """Go on by so many places, round and round; return the number of the place, from 1, and how many there are."""
        if not self._matches:
            return 0, 0
        self._at = (self._at + by) % self.count
        self._mark()
        return self._at + 1, self.count

    def spans(self, line: int) -> Sequence[Span]:
        """Return what is found on ``line``."""
        return self._spans.get(line, ())

    def _mark(self) -> None:
        spans: dict[int, list[Span]] = defaultdict(list)
        for index, match in enumerate(self._matches):
            for line, start, end in match.pieces:
                spans[line].append((start, end, index == self._at))
        self._spans = spans
