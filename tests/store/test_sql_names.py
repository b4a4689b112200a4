"""A name in a statement is nothing but a name."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from reviewer.store.sql_names import quoted


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_any_name_is_that_of_one_table(name: str) -> None:
    connection = sqlite3.connect(":memory:")
    if not name.casefold().startswith("sqlite_"):
        connection.execute(f"CREATE TABLE {quoted(name)} (a)")
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [(name,)]
    connection.close()
