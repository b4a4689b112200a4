"""Who had a critique before them, and when."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.store.annotations import save_reviewer
from reviewer.store.connection import Store
from reviewer.store.critique_readings import last_call_shown, note_reading, readings_of, readings_on
from tests.attempts import answered, kept
from tests.builders import NOW, build_session, build_store, record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record(), record("p2"))
    build_session(store)
    yield store
    store.close()


def test_each_look_is_kept_with_the_judgement_that_was_there_before(store: Store) -> None:
    with store.write() as connection:
        critique = kept(connection, answered())
        note_reading(connection, critique, 1, None, "2026-02-02T00:00:00.000Z", 0.0)
        note_reading(connection, critique, 1, "event-1", "2026-02-01T00:00:00.000Z", 61.5)
    first, second = readings_of(store.connection(), critique, 1)
    assert (first.judgement, first.shown_at, first.seconds) == ("event-1", "2026-02-01T00:00:00.000Z", 61.5)
    assert (second.judgement, second.critique_id, second.reviewer_id) == (None, critique, 1)


def test_looks_of_others_and_at_other_proposals_are_theirs(store: Store) -> None:
    with store.write() as connection:
        lee = save_reviewer(connection, "lee", NOW)
        one, two = kept(connection, answered(), call="first"), kept(connection, answered(), call="second")
        other = kept(connection, answered(), method_id=2, revision_id=2, call="other")
        for at, critique, who in ((1, one, 1), (2, two, 1), (3, one, lee), (4, other, 1)):
            note_reading(connection, critique, who, None, f"2026-02-0{at}T00:00:00.000Z", 1.0)
    reading = store.connection()
    assert [r.critique_id for r in readings_on(reading, 1, 1)] == [one, two]
    assert len(readings_of(reading, one, 1)) == len(readings_of(reading, one, lee)) == 1
    assert readings_of(reading, two, lee) == readings_on(reading, 2, lee) == ()
    assert last_call_shown(reading, 1, 1) == "second"
    assert last_call_shown(reading, 1, lee) == "first"
    assert last_call_shown(reading, 2, lee) is None
