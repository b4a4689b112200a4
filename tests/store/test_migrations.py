"""Opening a store: new, older, newer, foreign and damaged."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils.db import Database

from reviewer.domain.errors import ReviewerError, StoreError
from reviewer.domain.judgements import Judgement, judgement_to_data
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Verdict
from reviewer.store import migrations, problems
from reviewer.store.connection import Store
from reviewer.store.critique_readings import note_reading
from reviewer.store.empty_file import prepare_file
from reviewer.store.health import examine_store
from reviewer.store.imports import begin_import, finish_import
from reviewer.store.methods import revisions_of
from reviewer.store.migrations import SCHEMA_VERSION, open_store, open_to_read
from reviewer.store.problems import add_to_count
from reviewer.store.schema import FIRST_TRIGGERS
from reviewer.store.schema_changes import TRIGGER_NAMES
from reviewer.store.schema_eleven import CRITIC_TRIGGERS
from reviewer.store.schema_ten import LEARNING_TRIGGERS
from reviewer.store.schema_thirteen import DUPLICATES_TRIGGERS
from reviewer.store.search_index import index_all
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import judging
from reviewer.workflow.checking import Checking
from tests.attempts import answered, kept
from tests.builders import (
    NOW,
    PROBLEM,
    build_session,
    build_store,
    import_records,
    judge,
    method_ids,
    record,
    table,
)

FOUND = "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rowid"
LATER = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
THEN = TRIGGER_NAMES - {
    "annotations_are_never_replaced", "renamed_methods_wait_to_be_checked", "methods_leave_similar_titles",
    "outcomes_never_change", "outcomes_never_go", "outcomes_are_never_replaced",
    "production_could_be_seen", "methods_leave_exposures",
    *(sql.split()[2] for sql in (*LEARNING_TRIGGERS, *CRITIC_TRIGGERS, *DUPLICATES_TRIGGERS)),
}  # fmt: skip
"""The triggers of versions 4 to 6."""
TABLES_OF_OURS = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict ORDER BY name"


def add_mood(db: Database) -> None:
    db.execute("ALTER TABLE problems ADD COLUMN mood TEXT")


def use_second_step(monkeypatch: pytest.MonkeyPatch, step: Callable[[Database], None]) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(folder: Path) -> dict[str, str]:
    return {p.name: digest(p) for p in folder.iterdir()}


def test_new_store_has_no_backup(tmp_path: Path) -> None:
    open_store(tmp_path / "new" / "deep" / "reviewer.db").close()
    assert [p.name for p in (tmp_path / "new" / "deep").iterdir()] == ["reviewer.db"]


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    build_store(tmp_path, record()).close()
    before = contents(tmp_path)
    open_store(tmp_path / "reviewer.db").close()
    assert contents(tmp_path) == before


def test_backup_is_laid_beside_the_store_before_the_first_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    judge(build_session(store), method_ids(store)[0])
    store.close()
    use_second_step(monkeypatch, add_mood)
    migrated = open_store(tmp_path / "reviewer.db", now=LATER)
    assert table(migrated, "PRAGMA user_version") == [(SCHEMA_VERSION + 1,)]
    assert "mood" in [row[1] for row in table(migrated, "PRAGMA table_info(problems)")]
    backup = tmp_path / f"reviewer.db.v{SCHEMA_VERSION}.20260506T070809Z.backup"
    assert backup.stat().st_mode & 0o777 == 0o600
    monkeypatch.undo()
    old = open_store(backup)
    assert table(old, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert table(old, "SELECT count(*) FROM methods") == [(2,)]
    assert table(old, "SELECT verdict FROM current_judgements") == [("survives",)]
    assert table(old, "PRAGMA integrity_check") == [("ok",)]


def test_what_is_called_a_backup_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_store(tmp_path, record()).close()
    use_second_step(monkeypatch, add_mood)
    copy = migrations._copy

    def die(path: Path, target: Path) -> None:
        copy(path, target)
        assert not list(tmp_path.glob("[!.]*.backup")), "not before it is whole"
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "_copy", die)
    with pytest.raises(KeyboardInterrupt):
        open_store(tmp_path / "reviewer.db")
    assert not [p.name for p in tmp_path.iterdir() if "backup" in p.name]

    def refuse(_path: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(migrations, "_copy", refuse)
    with pytest.raises(StoreError, match=r"Cannot lay a copy .*Permission denied; nothing was changed"):
        open_store(tmp_path / "reviewer.db")
    assert not [p.name for p in tmp_path.iterdir() if "backup" in p.name]


def test_backup_holds_what_is_still_in_the_wal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build_store(tmp_path, record())
    assert (tmp_path / "reviewer.db-wal").stat().st_size > 0
    use_second_step(monkeypatch, add_mood)
    open_store(tmp_path / "reviewer.db", now=LATER).close()
    (backup,) = tmp_path.glob("*.backup")
    with sqlite3.connect(backup) as connection:
        assert connection.execute("SELECT title FROM proposals").fetchall() == [("Title of p1",)]
    connection.close()
    store.close()


def problem_as_it_was_then(connection: sqlite3.Connection) -> int:
    """Write the problem as every version before 8 did, and return its row id."""
    connection.execute(
        "INSERT INTO problems (id, uuid, slug, title, description, primary_metric, primary_dataset, created_at) "
        "VALUES (1, 'u', ?, ?, '', ?, ?, ?)",
        (PROBLEM.slug, PROBLEM.title or PROBLEM.slug, PROBLEM.primary_metric, PROBLEM.primary_dataset, NOW),
    )
    connection.executemany(
        "INSERT INTO datasets (problem_id, name) VALUES (1, ?)", [(d.name,) for d in PROBLEM.datasets]
    )
    connection.executemany(
        "INSERT INTO metrics (problem_id, name, title, direction, unit, derived_from) VALUES (1, ?, ?, ?, ?, ?)",
        [(m.name, m.title, m.direction, m.unit, json.dumps(m.derived_from)) for m in PROBLEM.metrics],
    )
    return 1


def test_a_store_of_version_1_is_brought_up_to_date_after_a_copy_was_laid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reviewer.db"
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        then.setattr(migrations, "TRIGGER_NAMES", frozenset(sql.split()[2] for sql in FIRST_TRIGGERS))
        then.setattr(problems, "next_id", lambda *_: 1)  # There was no table of the ids that are gone.
        old = open_store(path)
        with old.write() as connection:
            problem_as_it_was_then(connection)
            finish_import(connection, begin_import(connection, "native", "old.jsonl", {}, NOW), "complete", NOW)
            for i, body in ((1, "early bird"), (2, "early worm")):
                connection.execute(
                    "INSERT INTO methods VALUES (?1, 'm' || ?1, 1, 'run-1', 'p' || ?1, 'proposal', 'agent', NULL, 'T', "
                    "'', '', '', '', '', '', 'now', ?1, 1, NULL, 1e308)",
                    (i,),
                )
                connection.execute(
                    "INSERT INTO revisions VALUES (?1, 'r' || ?1, ?1, '', 'h', 1, 'T', '', ?2, '[]', '{}', 'f', '', "
                    "'', 1, 'now')",
                    (i, body),
                )
        assert table(old, "PRAGMA user_version") == [(1,)]
        found = table(old, FOUND.replace("search_index", "revisions_fts"), ("early",))
        assert found == [(1,), (2,)], "version 1 indexed everything at once"
        old.close()
    store = open_store(path, now=LATER)
    assert table(store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert (tmp_path / "reviewer.db.v1.20260506T070809Z.backup").exists()
    assert table(store, FOUND, ("early",)) == [(1,), (2,)]
    assert table(store, "SELECT * FROM unindexed") == []
    assert migrations.triggers(store.connection()) == TRIGGER_NAMES
    import_records(store, record("p3", body="late bird"), index=False)
    assert table(store, FOUND, ("bird",)) == [(1,)]
    assert index_all(store) == 1
    assert table(store, FOUND, ("bird",)) == [(1,), (3,)]
    withdraw_import(store, 1, NOW)
    with store.write() as connection:
        connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
    assert table(store, FOUND, ("bird",)) == [(3,)]


def test_failing_step_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_way(db: Database) -> None:
        db.execute("ALTER TABLE problems ADD COLUMN mood TEXT")
        db.execute("UPDATE problems SET title = 'changed'")
        raise RuntimeError("the step broke")

    build_store(tmp_path, record()).close()
    use_second_step(monkeypatch, half_way)
    with pytest.raises(RuntimeError, match="the step broke"):
        open_store(tmp_path / "reviewer.db")
    monkeypatch.undo()
    store = open_store(tmp_path / "reviewer.db")
    assert table(store, "SELECT title FROM problems") == [("Weak-to-strong supervision",)]
    assert "mood" not in [row[1] for row in table(store, "PRAGMA table_info(problems)")]
    assert table(store, "SELECT count(*) FROM _sqlite_migrations") == [(SCHEMA_VERSION,)]


def test_readonly_opening_never_migrates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_store(tmp_path).close()
    before = digest(tmp_path / "reviewer.db")
    use_second_step(monkeypatch, add_mood)
    with pytest.raises(StoreError, match="older version"):
        open_store(tmp_path / "reviewer.db", readonly=True)
    assert digest(tmp_path / "reviewer.db") == before
    assert not list(tmp_path.glob("*.backup"))


def test_newer_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    store.connection().execute("PRAGMA user_version = 99")
    store.close()
    before = contents(tmp_path)
    with pytest.raises(
        StoreError, match=rf"newer reviewer \(schema 99, this one knows {SCHEMA_VERSION}\).*update reviewer"
    ) as told:
        open_store(tmp_path / "reviewer.db")
    assert str(tmp_path / "reviewer.db") in str(told.value)
    assert told.value.exit_status == 2
    assert contents(tmp_path) == before


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_foreign_database_is_refused_and_left_byte_for_byte(tmp_path: Path, journal: str) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    away.mkdir()
    connection = sqlite3.connect(home / "experiments.db")
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute("CREATE TABLE findings (id)")
    connection.commit()
    for file in home.iterdir():  # As a process that was killed leaves it: what it wrote is in the WAL alone.
        (away / file.name).write_bytes(file.read_bytes())
    connection.close()
    before = contents(away)
    for create, readonly in ((True, False), (True, True), (False, False)):
        with pytest.raises(StoreError, match="not a store of reviewer"):
            open_store(away / "experiments.db", create=create, readonly=readonly)
    assert contents(away) == before


@pytest.mark.parametrize("size", [1, 15, 16, 71, 72, 99, 100, 511, 512, 16383, 16384, 16385, 100_000, 900_000])
def test_truncated_store_is_refused_and_left_alone(tmp_path: Path, size: int) -> None:
    build_store(tmp_path, record()).close()
    path = tmp_path / "reviewer.db"
    path.write_bytes(path.read_bytes()[:size])
    before = contents(tmp_path)
    with pytest.raises(StoreError) as told:
        open_store(path)
    assert str(path) in str(told.value)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("junk", [b"hello", b"{}\n", b"x" * 20_000, b"\x00" * 4096])
def test_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "notes.txt").write_bytes(junk)
    with pytest.raises(StoreError, match="not a SQLite database"):
        open_store(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_bytes() == junk
    assert len(list(tmp_path.iterdir())) == 1


def test_folder_missing_file_and_impossible_place_are_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match="There is no store at"):
        open_store(tmp_path / "none.db", create=False)
    with pytest.raises(StoreError, match="There is no store at"):
        open_store(tmp_path / "none.db", readonly=True)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="Cannot make a store at"):
        open_store(tmp_path / "file" / "reviewer.db")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def first_schema_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a store as version 1 left it: a proposal of two revisions, judged on the first, flagged on the second."""
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        patched.setattr(migrations, "TRIGGER_NAMES", frozenset(sql.split()[2] for sql in FIRST_TRIGGERS))
        store = open_store(path)
    with store.write() as connection:
        for row in (
            "problems VALUES (1, 'p', 'w2s', 'W', '', NULL, NULL, 'now')",
            "imports VALUES (1, 'i', 'complete', 'native', 'f', '{}', 1, 1, 0, 0, 'h', 1, 'now', 'now')",
            "reviewers VALUES (1, 'r', 'kim', 'now')",
            "methods VALUES (1, 'm', 1, 'a', 'x', 'proposal', 'agent', NULL, 'T', '', '', '', '', '', '', 'now', 2, 2, "
            "NULL, 1e308)",
            "revisions VALUES (1, 'a', 1, '', 'h1', 0, 'T', '', 'old', '[]', '{}', 'f', '', '', 1, 'now')",
            "revisions VALUES (2, 'b', 1, '', 'h2', 1, 'T', '', 'new', '[]', "
            """'{"x":{"column":"body"}}', 'f', '', '', 1, 'now')""",
            "measurements VALUES (3, 2, 1, 'pgr', 'chat', '', '', 'lab', 'file', 1, 1, 2, 9, 8, 'claimed', '', '')",
            "seed_values VALUES (4, 3, 42, 0.5, 8, 9, 'recomputed')",
        ):
            connection.execute(f"INSERT INTO {row}")
    for number, (act_name, revision, flagged) in enumerate([("verdict", 1, False), ("flag", 2, True)], 1):
        snapshot = judgement_to_data(Judgement(verdict=Verdict.FAILS, flagged=flagged))
        with store.write() as connection:
            connection.execute(
                "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, rubric, "
                "supersedes, snapshot, visible, seconds, created_at) "
                "VALUES (?, ?, ?, ?, 1, 1, ?, 'x/1', ?, ?, '{}', 1, 'now')",
                (number, f"e{number}", f"a{number}", act_name, revision, "e1" if number > 1 else None,
                 json.dumps(snapshot)),
            )  # fmt: skip
    with store.write() as connection:
        connection.execute(
            "INSERT INTO current_judgements VALUES (7, 1, 1, 2, 'judged', 'fails', '', '', NULL, '{}', '', '[]', 1, 0, "
            "2, 2, 'x/1', NULL, NULL, '{}', 'now', 'later')"
        )
        connection.execute("INSERT INTO counts VALUES (1, 1, 0, 'proposals', 1), (2, 1, 1, 'judged', 1)")
        connection.execute("INSERT INTO counts VALUES (3, 1, 1, 'flagged', 1)")
    store.close()


def test_a_store_of_the_first_version_keeps_every_event_and_judgement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reviewer.db"
    first_schema_store(path, monkeypatch)
    with sqlite3.connect(path) as old:
        events = old.execute("SELECT * FROM annotations").fetchall()
        numbers = [old.execute(f"SELECT * FROM {name}").fetchall() for name in ("measurements", "seed_values")]
        held = old.execute("SELECT * FROM current_judgements").fetchall()
    old.close()
    store = open_store(path, now=LATER)
    assert [row[:-2] for row in table(store, "SELECT * FROM annotations")] == events
    assert [row[:-3] for row in table(store, "SELECT * FROM current_judgements")] == held
    assert table(store, "SELECT verdict, forecast, ratings FROM first_judgements") == [("fails", None, "{}")]
    assert table(store, "SELECT verdicts, forecasts, width FROM judgement_sums") == [(1, 0, 0.0)]
    assert [row[:-2] for row in table(store, "SELECT * FROM measurements")] == numbers[0]
    assert table(store, "SELECT DISTINCT setting_in_file, n_evaluations FROM measurements") == [(None, None)]
    assert table(store, "SELECT DISTINCT rerun_of FROM revisions") == [("",)]
    added = (None, None, None, "", None, None)
    assert table(store, "SELECT * FROM seed_values") == [(*row, *added) for row in numbers[1]]
    with pytest.raises(ReviewerError, match="CHECK constraint"), store.write() as connection:
        connection.execute("UPDATE measurements SET setting = 'elsewhere'")
    with pytest.raises(ReviewerError, match="FOREIGN KEY"), store.write() as connection:
        connection.execute("DELETE FROM measurements")
    assert [r.raw for r in revisions_of(store.connection(), 1)] == ["{}", '{"x":{"column":"body"}}']
    with pytest.raises(ReviewerError, match="a revision is never rewritten"), store.write() as connection:
        connection.execute("UPDATE revisions SET raw = ''")
    assert table(store, "SELECT verdict, flagged FROM judgements") == [("fails", 1)]
    assert table(store, "PRAGMA foreign_key_check") == []
    found = examine_store(path)
    assert (found.version, found.stale_judgements, found.stale_counts) == (SCHEMA_VERSION, 0, 0)
    assert found.missing_triggers == ()
    session = build_session(store, "kim")
    undone = judging.undo(session)
    assert undone is not None
    assert undone.words == "flag"
    assert table(store, "SELECT revision_id, flagged FROM current_judgements") == [(1, 0)]
    assert (tmp_path / "reviewer.db.v1.20260506T070809Z.backup").exists()


def test_a_store_that_is_only_read_is_brought_up_to_date_where_it_may_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reviewer.db"
    first_schema_store(path, monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        with pytest.raises(StoreError, match="of an older version; open it once writable"):
            open_to_read(path)
    store = open_to_read(path)
    assert store.readonly
    assert table(store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert list(tmp_path.glob("*.backup"))
    with pytest.raises(StoreError, match="There is no store"):
        open_to_read(tmp_path / "none.db")


def import_as_it_was_then(store: Store, **roles: str) -> None:
    """Write methods of these roles, by their external ids, as versions 3 and 4 did."""
    with store.write() as connection:
        problem_id = problem_as_it_was_then(connection)
        import_id = begin_import(connection, "native", "results.jsonl", {}, NOW)
        for number, (name, role) in enumerate(roles.items(), 1):
            connection.execute(
                "INSERT INTO methods (id, uuid, problem_id, namespace, external_id, role, origin, title, agent, run, "
                "parent, idea, family, created_at, imported_at, revision_id, revisions) "
                "VALUES (?1, ?2, ?3, 'run-1', ?2, ?4, 'unknown', ?2, '', '', '', '', '', '', ?5, ?1, 1)",
                (number, name, problem_id, role, NOW),
            )
            connection.execute(
                "INSERT INTO revisions (id, uuid, method_id, part, content_hash, current, title, hypothesis, body, "
                "claims, raw, file, sha256, place, import_id, recorded_at) "
                "VALUES (?1, ?2, ?1, '', ?2, 1, ?2, '', ?2, '[]', '{}', 'results.jsonl', '', '', ?3, ?4)",
                (number, f"r-{name}", import_id, NOW),
            )
        add_to_count(connection, problem_id, 0, "proposals", sum(role == "proposal" for role in roles.values()))


def judge_as_it_was_then(store: Store) -> None:
    """Have kim give the first method a verdict as versions before 10 wrote it."""
    snapshot = json.dumps(judgement_to_data(Judgement(verdict=Verdict.SURVIVES, forecast=0.8)))
    with store.write() as connection:
        kim = connection.execute(
            "INSERT INTO reviewers (uuid, name, created_at) VALUES ('w1', 'kim', ?) RETURNING id", (NOW,)
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, judged_revision_id, "
            "rubric, snapshot, visible, seconds, created_at) "
            "VALUES (1, 'e1', 'a1', 'verdict', ?, 1, 1, 1, 'test/1', ?, '{}', 1, ?)",
            (kim, snapshot, NOW),
        )
        connection.execute(
            "INSERT INTO current_judgements (reviewer_id, method_id, annotation_id, status, verdict, condition, "
            "next_experiment, forecast, ratings, rationale, tags, flagged, skipped, seconds, revision_id, rubric, "
            "visible, first_at, updated_at) VALUES (?1, 1, 1, 'judged', 'survives', '', '', 0.8, '{}', '', '[]', 0, 0, "
            "1, 1, 'test/1', '{}', ?2, ?2)",
            (kim, NOW),
        )
        add_to_count(connection, 1, kim, "judged", 1)


def test_a_store_of_version_3_has_every_method_wait_to_be_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reviewer.db"
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:3])
        then.setattr(migrations, "TRIGGER_NAMES", frozenset(n for n in THEN if "check" not in n))
        old = open_store(path)
        assert table(old, "PRAGMA user_version") == [(3,)]
        import_as_it_was_then(old, p1="proposal", p2="proposal")
        judge_as_it_was_then(old)
        old.close()
    store = open_store(path, now=LATER)
    assert (tmp_path / "reviewer.db.v3.20260506T070809Z.backup").exists()
    assert migrations.triggers(store.connection()) == TRIGGER_NAMES
    assert table(store, "SELECT verdict FROM current_judgements") == [("survives",)]
    asking = Checking(store)
    assert (asking.waiting(), asking.check_all(), asking.waiting()) == (2, 2, 0)
    import_records(store, record("p1", body="Another text."))
    assert asking.waiting() == 1


def test_a_store_of_version_4_keeps_its_rows_and_its_checks_also_where_it_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reviewer.db"
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:4])
        then.setattr(migrations, "TRIGGER_NAMES", THEN)
        old = open_store(path)
        import_as_it_was_then(old, p1="proposal", b1="baseline")
    store = open_store(path, now=LATER)
    (sql,) = table(old, "SELECT sql FROM sqlite_schema WHERE name = 'methods'")[0]
    assert "IN ('proposal'" not in sql
    assert "IN ('agent'" not in sql
    for window in (old, store):
        assert table(window, "PRAGMA integrity_check") == [("ok",)]
        assert table(window, "PRAGMA writable_schema") == [(0,)]
        for column in ("role", "origin"):
            with pytest.raises(ReviewerError, match=f"CHECK constraint failed: {column}"), window.write() as connection:
                connection.execute(f"UPDATE methods SET {column} = 'other'")
        assert table(window, "SELECT role FROM methods ORDER BY id") == [("proposal",), ("baseline",)]
    old.close()


def test_a_store_is_made_without_pandas_which_stays_importable(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from reviewer.store.migrations import open_store; "
        f"open_store(Path({str(tmp_path / 'new.db')!r})).close(); print('pandas' in sys.modules); "
        "import pandas; print(pandas.DataFrame([[1]]).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n(1, 1)\n"


def test_a_store_of_version_8_knows_since_when_production_could_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reviewer.db"
    with monkeypatch.context() as then:
        then.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:8])
        then.setattr(migrations, "TRIGGER_NAMES", THEN)
        old = open_store(path)
        import_as_it_was_then(old, p1="proposal", p2="proposal")
        with old.write() as connection:
            connection.execute(
                "INSERT INTO targets (problem_id, version, criterion, system, scale, budget, latency, signals, "
                "horizon, written_by, created_at) VALUES (1, 1, 'gain', '', '', '', '', '', '2026-12-31', 'kim', 'now')"
            )
            connection.executemany(
                "INSERT INTO measurements (revision_id, method_id, metric, dataset, split, subset, setting, "
                "setting_from, value, basis, source, missing) "
                "VALUES (?1, ?1, 'pgr', 'chat', '', '', ?2, 'file', 0.5, 'claimed', '', '')",
                [(1, "lab"), (2, "production")],
            )
        judge_as_it_was_then(old)
        old.close()
    store = open_store(path, now=LATER)
    assert (tmp_path / "reviewer.db.v8.20260506T070809Z.backup").exists()
    assert table(store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert migrations.triggers(store.connection()) == TRIGGER_NAMES
    assert table(store, "SELECT method_id, production_from FROM exposures") == [(2, NOW)]
    assert problems.current_target(store.connection(), 1) == (1, Target("gain", horizon="2026-12-31"))
    assert table(store, "SELECT verdict FROM current_judgements") == [("survives",)]
    assert table(store, "SELECT method_id, verdicts, forecasts, lowest FROM judgement_sums") == [(1, 1, 1, 0.8)]
    found = examine_store(path)
    assert (found.broken_references, found.stale_outcomes, found.stale_exposures, found.stale_judgements) == (
        0,
        0,
        0,
        0,
    )


def test_a_store_of_version_10_gets_what_the_critic_needs_and_keeps_all_it_has(tmp_path: Path) -> None:
    path = tmp_path / "reviewer.db"
    path.touch()
    prepare_file(path)
    with closing(Store(path)) as old:
        migrations.make_as_of(old, 10)
        import_as_it_was_then(old, p1="proposal", p2="proposal")
        judge_as_it_was_then(old)
        names = [name for (name,) in table(old, TABLES_OF_OURS)]
        before = {name: table(old, f"SELECT * FROM {name}") for name in names}
        then = migrations.triggers(old.connection())
    assert then == TRIGGER_NAMES - {sql.split()[2] for sql in (*CRITIC_TRIGGERS, *DUPLICATES_TRIGGERS)}
    store = open_store(path, now=LATER)
    assert (tmp_path / "reviewer.db.v10.20260506T070809Z.backup").exists()
    assert table(store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert migrations.triggers(store.connection()) == TRIGGER_NAMES
    # Version 12 says of each rationale whether agents may read it.
    before["current_judgements"] = [(*row, 0) for row in before["current_judgements"]]
    assert {name: table(store, f"SELECT * FROM {name}") for name in names} == before
    assert {name for (name,) in table(store, TABLES_OF_OURS)} - set(names) == {
        "critiques", "critic_batches", "critic_settings", "spending_stops", "critique_readings", "critique_marks",
        "sketches", "unsketched", "unmatched", "sightings", "alike_pairs", "alike", "grouping", "met_elsewhere",
    }  # fmt: skip
    with store.write() as connection:
        note_reading(connection, kept(connection, answered()), 1, None, NOW, 1.0)
    found = examine_store(path)
    assert (found.damage, found.broken_references, found.stale_judgements, found.stale_counts) == ((), 0, 0, 0)
    store.close()


def test_a_store_that_was_migrated_is_as_one_that_is_new(tmp_path: Path) -> None:
    path = tmp_path / "reviewer.db"
    path.touch()
    prepare_file(path)
    with closing(Store(path)) as old:
        migrations.make_as_of(old, 10)
    schema = (
        "SELECT type, name, sql FROM sqlite_master WHERE name LIKE '%criti%' OR name LIKE 'spending%' ORDER BY name"
    )
    with closing(open_store(path, now=LATER)) as migrated, closing(build_store(tmp_path, name="new.db")) as new:
        assert table(migrated, schema) == table(new, schema) != []


def test_a_store_of_version_13_knows_of_no_other_places_until_it_imports_again(tmp_path: Path) -> None:
    path = tmp_path / "reviewer.db"
    path.touch()
    prepare_file(path)
    with closing(Store(path)) as old:
        migrations.make_as_of(old, 13)
        import_as_it_was_then(old, p1="proposal")
        assert migrations.triggers(old.connection()) == TRIGGER_NAMES
    schema = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'met_elsewhere' ORDER BY name"
    with closing(open_store(path, now=LATER)) as migrated, closing(build_store(tmp_path, name="new.db")) as new:
        assert (tmp_path / "reviewer.db.v13.20260506T070809Z.backup").exists()
        assert table(migrated, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
        assert table(migrated, "SELECT * FROM met_elsewhere") == []
        assert table(migrated, schema) == table(new, schema) != []
        assert examine_store(path).broken_references == 0
