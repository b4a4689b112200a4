"""Rows in pieces."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.pieces import in_pieces


@given(rows=st.lists(st.integers()), at_once=st.integers(1, 6))
def test_pieces_are_all_rows_in_their_order_and_all_but_the_last_are_full(rows: list[int], at_once: int) -> None:
    pieces = list(in_pieces(rows, at_once))
    assert [row for piece in pieces for row in piece] == rows
    assert all(len(piece) == at_once for piece in pieces[:-1])
    assert all(0 < len(piece) <= at_once for piece in pieces)


def test_no_more_is_read_than_is_asked_for() -> None:
    read = []

    def rows() -> Iterator[int]:
        for row in range(10):
            read.append(row)
            yield row

    pieces = in_pieces(rows(), 3)
    assert next(pieces) == (0, 1, 2)
    assert read == [0, 1, 2]
