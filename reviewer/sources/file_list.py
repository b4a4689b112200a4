"""Very many files of one folder as one value: a tuple of 100,000 paths takes some 60 MB, this takes 3."""

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload


class FileList(Sequence[Path]):
    """Files beneath a folder, in their order; each is made into a path when it is asked for."""

    __slots__ = ("_ends", "_folder", "_names")

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        self._folder = str(folder)
        held, self._ends = bytearray(), array("Q")
        for name in names:
            held += os.fsencode(name)
            self._ends.append(len(held))
        self._names = bytes(held)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Path, ...]: ...
    def __getitem__(self, index: int | slice) -> "Path | tuple[Path, ...]":
        """Return the file at a place, or those of a slice."""
        if isinstance(index, slice):
            return tuple(map(self._at, range(*index.indices(len(self)))))
        return self._at(range(len(self))[index])

    def __iter__(self) -> Iterator[Path]:
        """Yield them in order."""
        return map(self._at, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Tell whether the other holds the same files."""
        if isinstance(other, FileList):
            return (self._folder, self._names, self._ends) == (other._folder, other._names, other._ends)
        return NotImplemented

    def __hash__(self) -> int:
        """Return a hash of all of them."""
        return hash((self._folder, self._names))

    def _at(self, place: int) -> Path:
        start = self._ends[place - 1] if place else 0
        return Path(self._folder, os.fsdecode(self._names[start : self._ends[place]]))
