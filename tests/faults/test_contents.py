"""Two stores that say the same have the same contents, whatever ids and times they have; one row less is told."""

from contextlib import closing
from pathlib import Path

from reviewer.store.connection import Store
from tests.builders import build_store, import_records, measured, record
from tests.faults.contents import contents, differences
from tests.faults.left import wrong_with


def store_of(folder: Path, *names: str) -> Store:
    folder.mkdir()
    store = build_store(folder)
    for number, name in enumerate(names):
        import_records(
            store, record(name, measurements=(measured(len(name) / 10),)), now=f"2026-01-0{number + 1}T00:00:00.000Z"
        )
    return store


def test_the_order_of_imports_makes_no_difference(tmp_path: Path) -> None:
    with closing(store_of(tmp_path / "a", "p1", "p22")) as one, closing(store_of(tmp_path / "b", "p22", "p1")) as other:
        assert differences(contents(one.path), contents(other.path)) == ()
        assert contents(one.path)["measurements"].total() == 2


def test_what_is_missing_and_what_is_beyond_is_told(tmp_path: Path) -> None:
    with closing(store_of(tmp_path / "a", "p1", "p22")) as one, closing(store_of(tmp_path / "b", "p1")) as other:
        with other.write() as connection:
            connection.execute("UPDATE measurements SET value = 0.7")
        told = differences(contents(one.path), contents(other.path))
    assert [sentence.split(", such as")[0] for sentence in told] == [
        "counts: 1 rows missing, 1 too many",
        "measurements: 2 rows missing, 1 too many",
        "methods: 1 rows missing, 0 too many",
        "revisions: 1 rows missing, 0 too many",
    ]


def test_a_store_of_an_older_version_is_asked_for_no_more_than_being_sound(tmp_path: Path) -> None:
    with closing(store_of(tmp_path / "a", "p1")) as store:
        store.connection().execute("PRAGMA user_version = 3")
    assert wrong_with(store.path, older=(3,)) == ()
    assert wrong_with(store.path, older=(2,)) != ()
