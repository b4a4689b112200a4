"""How many records are written at a time, so that other writers never wait long, however slow the machine is now."""

from collections.abc import Iterator, Sequence
from time import sleep
from typing import TypeVar

LONGEST_SECONDS = 0.045
"""The write lock is to be held for less than 50 ms."""

_WEIGHT = 0.3
"""Of the last transaction in the mean of all before: a few slow ones in a row count, one alone does not."""

_FEWEST = 25
"""Fewer records at a time cost more than they spare: what a transaction takes by itself is then most of it."""

_REST = 0.4
"""Of the time that the write lock was held: who waits for it only looks now and then, and would hardly ever find it
free where it is taken again at once."""

T = TypeVar("T")


def rest(seconds: float) -> None:
    """Let others have the write lock, after it was held for so long and before it is taken again."""
    sleep(_REST * seconds)


class Pace:
    """What a record has taken to write lately."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def took(self, seconds: float, records: int) -> None:
        """Hear how long the lock was held for so many records."""
        if records:
            each = seconds / records
            self._seconds = each if not self._seconds else (1 - _WEIGHT) * self._seconds + _WEIGHT * each

    def parts(self, batch: Sequence[T]) -> Iterator[Sequence[T]]:
        """Yield a batch in parts that are each written in time, as far as can be foreseen: mostly as one."""
        start = 0
        while start < len(batch):
            left = len(batch) - start
            most = max(_FEWEST, int(LONGEST_SECONDS / self._seconds)) if self._seconds else left
            # In parts of one size, and not in one of most and a rest of few.
            size = left if left <= most else -(-left // -(-left // most))
            yield batch[start : start + size]
            start += size
