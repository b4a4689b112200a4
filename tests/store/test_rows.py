from hypothesis import given
from hypothesis import strategies as st

from reviewer.store.rows import ROWS_A_STATEMENT, by_statement


@given(st.integers(0, 500), st.integers(1, 20))
def test_every_row_is_in_one_statement_in_its_order(count: int, width: int) -> None:
    values = list(range(count * width))
    pieces = list(by_statement(values, width))
    assert [value for piece in pieces for value in piece] == values
    assert {len(piece) for piece in pieces} <= {n * width for n in ROWS_A_STATEMENT}


def test_batches_of_any_size_are_written_by_the_same_few_statements() -> None:
    sizes = {len(piece) for count in range(1, 401) for piece in by_statement(range(count))}
    assert sizes == set(ROWS_A_STATEMENT)
    assert ROWS_A_STATEMENT[-1] == 1, "any count must come out even"
