"""The file itself: how it is set up, and that people can open it with other tools."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Role
from tests.builders import build_session, build_store, judge, measured, method_ids, record, table


def test_file_has_large_pages_wal_and_our_mark(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    pragmas = {p: table(store, f"PRAGMA {p}")[0][0] for p in ("page_size", "journal_mode", "application_id")}
    assert pragmas == {"page_size": 16384, "journal_mode": "wal", "application_id": 0x72767772}
    store.close()
    assert (tmp_path / "reviewer.db").read_bytes()[68:72] == b"rvwr"


def test_file_and_what_sqlite_lays_beside_it_are_for_the_owner_alone(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    modes = {p.name: p.stat().st_mode & 0o777 for p in tmp_path.iterdir()}
    assert modes == {"reviewer.db": 0o600, "reviewer.db-wal": 0o600, "reviewer.db-shm": 0o600}
    store.close()
    assert [p.name for p in tmp_path.iterdir()] == ["reviewer.db"]


def test_all_our_tables_are_strict(tmp_path: Path) -> None:
    rows = table(build_store(tmp_path), "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' "
                 "AND type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlite_migrations'")  # fmt: skip
    assert len(rows) >= 18
    assert [name for name, strict in rows if not strict] == []


def test_strict_table_refuses_text_in_a_number_column(tmp_path: Path) -> None:
    store = build_store(tmp_path, record(measurements=(measured(0.5),)))
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT value in REAL column"):
        store.connection().execute("UPDATE measurements SET value = 'high'")


def test_foreign_keys_are_enforced(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        store.connection().execute("INSERT INTO datasets (problem_id, name) VALUES (99, 'x')")


def test_views_answer_the_common_questions(tmp_path: Path) -> None:
    store = build_store(
        tmp_path,
        record("p1", measurements=(measured(0.78),), agent="agent-4"),
        record("b1", Role.BASELINE, measurements=(measured(0.23), measured(0.4, subset="hard"))),
    )
    judge(build_session(store), method_ids(store)[0])
    assert table(store, "SELECT problem, external_id, agent, claim, body FROM proposals") == [
        ("weak_to_strong", "p1", "agent-4", 0.78, "Body of p1.")
    ]
    assert table(store, "SELECT external_id, metric, dataset, value, setting FROM baselines") == [
        ("b1", "pgr", "chat", 0.23, "unknown")
    ]
    assert table(store, "SELECT title, reviewer, status, verdict FROM judgements") == [
        ("Title of p1", "kim", "judged", "survives")
    ]


def test_store_can_be_read_by_another_program_while_it_is_open(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    code = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT title FROM proposals').fetchall())"
    done = subprocess.run([sys.executable, "-c", code, str(store.path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[('Title of p1',)]"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE annotations SET seconds = 9",
        "UPDATE annotations SET snapshot = '{}' WHERE id = 1",
        "DELETE FROM annotations",
        "INSERT OR REPLACE INTO annotations SELECT * FROM annotations",
        "REPLACE INTO annotations SELECT * FROM annotations",
        "UPDATE revisions SET body = 'rewritten'",
    ],
)
def test_events_and_revisions_are_append_only(tmp_path: Path, statement: str) -> None:
    store = build_store(tmp_path, record())
    judge(build_session(store), method_ids(store)[0])
    before = table(store, "SELECT * FROM annotations"), table(store, "SELECT * FROM revisions")
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        store.connection().execute(statement)
    assert (table(store, "SELECT * FROM annotations"), table(store, "SELECT * FROM revisions")) == before


@pytest.mark.parametrize("same", ["id", "uuid"])
def test_another_program_does_not_replace_an_event_either(tmp_path: Path, same: str) -> None:
    store = build_store(tmp_path, record())
    judge(build_session(store), method_ids(store)[0])
    before = table(store, "SELECT * FROM annotations")
    names = [name for (name,) in table(store, "SELECT name FROM pragma_table_info('annotations')")]
    values = ["9999.0" if name == "seconds" else name for name in names]
    if same == "uuid":
        names, values = names[1:], values[1:]
    # As the sqlite3 shell is set, where no trigger of a deletion fires.
    other = sqlite3.connect(store.path)
    with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
        other.execute(f"REPLACE INTO annotations ({', '.join(names)}) SELECT {', '.join(values)} FROM annotations")
    other.close()
    assert table(store, "SELECT * FROM annotations") == before


def test_empty_file_becomes_a_store_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "reviewer.db").touch(mode=0o644)
    store = build_store(tmp_path)
    assert table(store, "PRAGMA page_size")[0][0] == 16384
    assert table(store, "PRAGMA journal_mode")[0][0] == "wal"
    assert store.path.stat().st_mode & 0o777 == 0o600
