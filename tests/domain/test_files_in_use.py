"""What this process has open as a database is known by any of its names, until the last connection is closed."""

from pathlib import Path

from reviewer.domain.files_in_use import give_up, is_in_use, take_into_use


def test_a_database_and_what_lies_beside_it_are_in_use_until_all_is_closed(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    database.touch()
    (tmp_path / "link.db").symlink_to(database)
    (tmp_path / "second-name.db").hardlink_to(database)
    names = [
        "a.db",
        "a.db-wal",
        "a.db-shm",
        "a.db-journal",
        "link.db",
        "second-name.db",
        "../" + tmp_path.name + "/a.db",
    ]
    first, second = take_into_use(database), take_into_use(tmp_path / "link.db")
    assert all(is_in_use(tmp_path / name) for name in names)
    assert not any(is_in_use(tmp_path / name) for name in ("b.db", "a.db-drafts", "", "gone/a.db"))
    give_up(first)
    assert is_in_use(database)
    give_up(second)
    assert not any(is_in_use(tmp_path / name) for name in names)
