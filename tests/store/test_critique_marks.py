"""Which items of a critique a reviewer found useful."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.store.annotations import save_reviewer
from reviewer.store.connection import Store
from reviewer.store.critique_marks import item_named, marks_of, set_mark
from tests.attempts import answered, kept
from tests.builders import NOW, build_session, build_store, record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record())
    build_session(store)
    yield store
    store.close()


def test_of_the_marks_on_an_item_the_last_counts_and_can_be_taken_back(store: Store) -> None:
    first, second, third = (item_named("scale", 0), item_named("scale", 1), item_named("cost", 0))
    assert first == "scale/0"
    with store.write() as connection:
        critique = kept(connection, answered())
        for item, useful in ((first, True), (second, True), (third, False), (first, False), (second, None)):
            set_mark(connection, critique, 1, item, useful, NOW)  # at one time: in the order in which they came
    assert marks_of(store.connection(), critique, 1) == {first: False, third: False}
    assert store.connection().execute("SELECT count(*) FROM critique_marks").fetchone() == (5,)


def test_marks_are_of_one_reviewer_and_one_critique(store: Store) -> None:
    with store.write() as connection:
        lee = save_reviewer(connection, "lee", NOW)
        one, two = kept(connection, answered()), kept(connection, answered())
        set_mark(connection, one, 1, "scale/0", True, NOW)
        set_mark(connection, one, lee, "scale/0", False, NOW)
    reading = store.connection()
    assert (marks_of(reading, one, 1), marks_of(reading, one, lee)) == ({"scale/0": True}, {"scale/0": False})
    assert marks_of(reading, two, 1) == {}
