"""A column of values of which few differ."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.columns import CodedColumn


@given(rows=st.integers(0, 5), values=st.lists(st.sampled_from(["", "a", "b", "c"])))
def test_a_column_gives_what_it_was_given(rows: int, values: list[str]) -> None:
    column = CodedColumn("", rows)
    for value in values:
        column.append(value)
    assert list(column) == [""] * rows + values
    assert len(column) == rows + len(values)
    assert [column[row] for row in range(len(column))] == list(column)
