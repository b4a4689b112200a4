"""Rows in pieces: what is written, or looked up, so many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_pieces(rows: Iterable[T], at_once: int) -> Iterator[tuple[T, ...]]:
    """Yield rows in pieces of ``at_once``, the last one of what is left; they are read as pieces are asked for."""
    several = iter(rows)
    while piece := tuple(islice(several, at_once)):
        yield piece
