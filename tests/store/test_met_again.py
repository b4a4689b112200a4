"""Which imports met a record: it is there while one of them stands, in whatever order they are withdrawn."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.store.alike import sightings_of
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.met_elsewhere import FilesNamed, Meeting, note_meetings
from tests.builders import build_store, method_ids, record, table
from tests.store.test_met_elsewhere import T2, T3, take, withdraw

A, B, C = "/w/a.jsonl", "/w/b.jsonl", "/w/c.jsonl"


def rows(store: Store) -> list[tuple[str, int, int]]:
    return table(store, "SELECT path, import_id, last_import_id FROM met_elsewhere ORDER BY id")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = build_store(tmp_path)
    take(store, A, record("p1"))
    return store


@pytest.mark.parametrize("order", [(2, 1), (1, 2), (2, 4, 1), (4, 3, 1), (1, 2, 4), (3, 1, 2)])
def test_a_record_stays_while_an_import_that_met_it_elsewhere_stands(store: Store, order: tuple[int, ...]) -> None:
    for _ in range(3):
        take(store, B, record("p1"), now=T2)
    for import_id in order:
        withdraw(store, import_id)
    assert len(method_ids(store)) == 1
    assert table(store, "SELECT file FROM revisions") == [(B,)]
    assert len(sightings_of(store.connection(), 1)) == 1, "the file that it names by now is no other place"
    for import_id in {1, 2, 3, 4} - set(order):
        withdraw(store, import_id)
    assert (method_ids(store), rows(store)) == ([], [])


def test_what_is_imported_again_and_again_takes_no_more_rows(store: Store) -> None:
    for _ in range(5):
        take(store, B, record("p1"))
    assert rows(store) == [(B, 2, 6)]
    withdraw(store, 4)
    withdraw(store, 6)
    assert rows(store) == [(B, 2, 5)]
    withdraw(store, 2)
    assert rows(store) == [(B, 3, 5)]
    take(store, B, record("p1"))
    assert rows(store) == [(B, 3, 7)]
    withdraw(store, 5)
    take(store, B, record("p2"))
    take(store, B, record("p1"))
    assert rows(store) == [(B, 3, 7), (B, 9, 9)], "the import between read it no more"
    withdraw(store, 3)
    assert withdraw(store, 7).places == 0, "a later one met it there"
    assert withdraw(store, 9).places == 1


def test_an_import_of_another_path_has_a_row_of_its_own(store: Store) -> None:
    take(store, B, record("p1"))
    take(store, "/w", record("p1"), file=B, sha256=B * 2)
    take(store, B, record("p1"))
    assert rows(store) == [(B, 2, 4), (B, 3, 3)]
    for import_id in (2, 4, 1):
        withdraw(store, import_id)
    assert table(store, "SELECT file, import_id FROM revisions") == [(B, 3)]


def test_a_place_is_told_as_it_was_met_there_last_and_handed_on_as_it_was_read(store: Store) -> None:
    take(store, B, record("p1"), sha256="first", now=T2)
    other_raw = record("p1", raw={"id": "p1", "more": 1})
    take(store, B, record("p8"), record("p9"), other_raw, sha256="second", now=T3)
    last = sightings_of(store.connection(), 1)[-1]
    assert (last.file, last.sha256, last.place, last.import_id) == (B, "second", "line 3", 3)
    assert (last.first_met, last.last_met) == (T2, T3)
    withdraw(store, 2)
    withdraw(store, 1)
    said = "SELECT file, sha256, place, import_id FROM revisions WHERE method_id = 1"
    assert table(store, said) == [(A, A * 2, "line 1", 3)], "the raw record that is kept is of this file"
    assert [each.sha256 for each in sightings_of(store.connection(), 1)] == [A * 2, "second"]


def test_of_two_lines_of_one_file_that_say_the_same_the_first_is_noted(store: Store) -> None:
    p1 = record("p1")
    take(store, B, p1, p1._replace(raw={"id": "p1", "more": 1}))
    assert table(store, "SELECT place FROM met_elsewhere") == [("line 1",)]


def test_a_file_that_changes_while_one_import_follows_it_is_noted_as_it_is_now(store: Store) -> None:
    take(store, B, record("p1"), sha256="first", now=T2)
    with store.write() as connection:
        files = FilesNamed(connection, B)
        met = Meeting(0, 1, B, "second", "line 4", "{}")
        assert note_meetings(connection, [met], files, import_id=2, now=T3) == []
        assert note_meetings(connection, [met], files, import_id=2, now=T3) == []
    said = "SELECT sha256, place, same_raw, import_id, first_met, last_met FROM met_elsewhere"
    assert table(store, said) == [("second", "line 4", 0, 2, T2, T3)]


def test_a_file_that_is_kept_is_named_whole_so_that_it_is_known_again(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    take(store, "/w/x/f1.jsonl", record("p1"), file="x/f1.jsonl")
    take(store, "/w/y/f2.jsonl", record("p1", raw={"id": "p1", "more": 1}), file="y/f2.jsonl")
    withdraw(store, 1)
    (done,) = take(store, "/w/x/f1.jsonl", record("p1"), file="x/f1.jsonl")
    assert not done.elsewhere
    assert [each.file for each in sightings_of(store.connection(), 1)] == ["/w/x/f1.jsonl", "y/f2.jsonl"]


def test_a_file_is_the_same_through_a_link(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "f.jsonl").touch()
    (tmp_path / "y").symlink_to(tmp_path / "x")
    (tmp_path / "l.jsonl").symlink_to(tmp_path / "x" / "f.jsonl")
    take(store, str(tmp_path / "y" / "f.jsonl"), record("p1"))
    for path in ("x/f.jsonl", "y/f.jsonl", "l.jsonl"):
        assert [done.elsewhere for done in take(store, str(tmp_path / path), record("p1"))] == [False]
    assert len(sightings_of(store.connection(), 1)) == 1


STEPS = st.lists(
    st.one_of(st.tuples(st.sampled_from([A, B, C]), st.sampled_from(["old", "new"]), st.booleans()), st.integers(1, 9)),
    min_size=2,
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_record_is_there_while_an_import_that_met_it_stands(
    steps: list[tuple[str, str, bool] | int],
) -> None:
    with TemporaryDirectory() as folder, closing(build_store(Path(folder))) as store:
        standing: dict[int, str] = {}
        n = 0
        for step in steps:
            if isinstance(step, int):
                if step <= n:
                    withdraw(store, step)
                    standing.pop(step, None)
            else:
                path, sha256, is_other = step
                n += 1
                take(store, path, record("p1", raw={"more": is_other}), sha256=path + sha256)
                standing[n] = path
            assert bool(method_ids(store)) == bool(standing), (steps, step)
        assert examine_store(store.path).broken_references == 0
