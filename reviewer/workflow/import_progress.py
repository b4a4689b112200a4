"""Telling how far an import has come, while it reads and while it checks what came."""

from collections.abc import Callable
from time import perf_counter

from reviewer.domain.how_far import READING, HowFar, TimeLeft
from reviewer.workflow.tallying import Tally

Progress = Callable[[HowFar], object]
"""Is told how many bytes of how many have been read, then how many methods of how many were checked."""


class Telling:
    """Tells how far an import has come, from what its tally has."""

    def __init__(self, progress: Progress | None, tally: Tally) -> None:
        self._progress, self._tally = progress, tally
        self._doing, self._left = "", TimeLeft()
        self._done = 0
        self._total: int | None = None

    def again(self) -> None:
        """Tell what has been written of what was read."""
        self.tell(READING, self._done, self._total)

    def tell(self, doing: str, done: int, total: int | None) -> None:
        """Tell how much of it is done."""
        if self._progress is None:
            return
        if doing != self._doing:
            self._doing, self._left = doing, TimeLeft()
        self._done, self._total = done, total
        rejects = self._tally.rejected
        rows = sum(self._tally.counts.values()) + rejects
        left = self._left.heard(perf_counter(), done, total)
        self._progress(HowFar(doing, done, total, rows, rejects, left))
