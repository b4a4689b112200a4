"""Columns of what is the same in many rows: each different value is kept once, and of a row no more than its number."""

from array import array
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class CodedColumn(Generic[T]):
    """A column of values of which few differ."""

    def __init__(self, first: T, rows: int = 0) -> None:
        """Begin a column in which so many rows have the ``first`` value."""
        self._values = [first]
        self._numbers = {first: 0}
        self._rows = array("i", bytes(array("i").itemsize * rows))

    def append(self, value: T) -> None:
        """Add a row."""
        number = self._numbers.setdefault(value, len(self._values))
        if number == len(self._values):
            self._values.append(value)
        self._rows.append(number)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def __getitem__(self, row: int) -> T:
        """Return the value of a row."""
        return self._values[self._rows[row]]

    def __iter__(self) -> Iterator[T]:
        """Yield the value of each row."""
        return map(self._values.__getitem__, self._rows)
