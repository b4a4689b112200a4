"""Completing an import: search finds all of it, and the checks were run, by two processes on one store."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import ReviewerError
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.store.search_index import unindexed
from reviewer.workflow import checking, completing, indexing_apart
from reviewer.workflow.checking import Checked, Checking, Others
from reviewer.workflow.completing import complete
from tests.builders import build_store, import_records, table
from tests.processes import ends, noted
from tests.workflow.test_checking import baseline, in_step, proposal


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have both processes write many times."""
    monkeypatch.setattr(completing, "APART_FROM", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 2)
    monkeypatch.setattr(indexing_apart, "INDEXED_AT_ONCE", 3)


def waiting_store(tmp_path: Path, proposals: int) -> Store:
    store = build_store(tmp_path, baseline())
    import_records(store, *(proposal(f"p{i}", 0.2 + i / 100, title=f"Weak labels {i}") for i in range(proposals)))
    with store.write() as connection:
        connection.execute("INSERT OR IGNORE INTO unindexed SELECT id FROM methods")
        connection.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
    return store


def found(store: Store, word: str) -> int:
    return len(table(store, "SELECT rowid FROM search_index WHERE search_index MATCH ?", (word,)))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("proposals", [0, 1, 9, 40])
def test_all_is_found_and_checked_at_the_end(tmp_path: Path, proposals: int) -> None:
    store = waiting_store(tmp_path, proposals)
    complete(store)
    with store.read() as connection:
        assert unindexed(connection) == 0
    assert Checking(store).waiting() == 0
    assert found(store, "labels") == proposals
    assert in_step(store)


@pytest.mark.usefixtures("small_pieces")
def test_what_the_index_writes_has_nothing_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 20)
    read = 0

    def counting(connection: sqlite3.Connection) -> Sequence[StoredProblem]:
        nonlocal read
        read += 1
        return list_problems(connection)

    monkeypatch.setattr(checking, "list_problems", counting)
    complete(store)
    assert read == 4, "once to see how much waits and once to check it, beside the index and after it"


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("late", [1, 4, 7])
def test_what_somebody_else_wrote_meanwhile_is_what_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    store = waiting_store(tmp_path, 16)
    other = Store(store.path)
    look = Checking._next
    looked = 0

    def look_and_be_late(
        self: Checking, connection: sqlite3.Connection, limit: int, others: Others | None = None
    ) -> Checked | None:
        nonlocal looked
        looked += 1
        seen = look(self, connection, limit, others)
        if looked == late:
            import_records(other, proposal("p1", 0.9), baseline(value=0.95))
        return seen

    monkeypatch.setattr(Checking, "_next", look_and_be_late)
    complete(store)
    other.close()
    assert Checking(store).waiting() == 0
    assert in_step(store)


@pytest.mark.usefixtures("small_pieces")
def test_both_work_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 9)
    look = Checking._next
    left: list[int] = []

    def look_slowly(
        self: Checking, connection: sqlite3.Connection, limit: int, others: Others | None = None
    ) -> Checked | None:
        end = time.monotonic() + 20
        while table(store, "SELECT count(*) FROM unindexed") != [(0,)] and time.monotonic() < end:
            time.sleep(0.01)
        left.append(table(store, "SELECT count(*) FROM check_results")[0][0])
        return look(self, connection, limit, others)

    monkeypatch.setattr(Checking, "_next", look_slowly)
    with closing(Store(store.path)) as other:
        store, checked = other, store
        complete(checked)
    assert left[0] == 0, "all of it was indexed before anything had been checked"


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize(
    ("proposals", "cores", "apart_from", "processes"),
    [(9, 1, 1, 0), (9, 2, 30, 0), (9, 2, 9, 1), (9, 3, 9, 2), (9, 64, 9, 4)],
)
def test_other_processes_are_begun_where_there_is_much_and_a_core_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proposals: int, cores: int, apart_from: int, processes: int
) -> None:
    store = waiting_store(tmp_path, proposals)
    monkeypatch.undo()
    monkeypatch.setattr(completing, "APART_FROM", apart_from)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    started = noted(monkeypatch)
    complete(store)
    assert [process.returncode for process in started] == [0] * processes
    assert found(store, "labels") == proposals


def test_once_all_is_indexed_another_process_checks_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = waiting_store(tmp_path, 30)
    monkeypatch.setattr(completing, "APART_FROM", 10)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 2)
    look = Checking._next

    def look_slowly(
        self: Checking, connection: sqlite3.Connection, limit: int, others: Others | None = None
    ) -> Checked | None:
        end = time.monotonic() + 20
        with closing(Store(store.path)) as other:
            while table(other, "SELECT count(*) FROM unindexed") != [(0,)] and time.monotonic() < end:
                time.sleep(0.01)
        return look(self, connection, limit, others)

    monkeypatch.setattr(Checking, "_next", look_slowly)
    started = noted(monkeypatch)
    complete(store)
    assert [process.returncode for process in started] == [0, 0], "the one that indexes, then one that checks"
    assert Checking(store).waiting() == 0
    assert in_step(store)


@pytest.mark.usefixtures("small_pieces")
def test_what_hinders_the_index_is_told_as_ever(tmp_path: Path) -> None:
    store = waiting_store(tmp_path, 4)
    with store.write() as connection:
        connection.execute("ALTER TABLE unindexed RENAME COLUMN id TO number")
    with pytest.raises(ReviewerError, match="no such column"):
        complete(store)
    with store.write() as connection:
        connection.execute("ALTER TABLE unindexed RENAME COLUMN number TO id")
    complete(store)
    assert found(store, "labels") == 4


@pytest.mark.usefixtures("small_pieces")
def test_a_process_that_ends_before_its_time_is_told_and_what_it_said_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = waiting_store(tmp_path, 4)
    with monkeypatch.context() as patch:
        patch.setattr(indexing_apart, "__name__", "reviewer.none_such")
        with pytest.raises(ReviewerError, match="`reviewer doctor` completes it"):
            complete(store)
    assert "No module named reviewer.none_such" in caplog.text
    complete(store)
    assert found(store, "labels") == 4


@pytest.mark.usefixtures("small_pieces")
def test_the_other_processes_end_when_this_one_is_interrupted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 9)
    started = noted(monkeypatch)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Checking, "_next", interrupted)
        with pytest.raises(KeyboardInterrupt):
            complete(store)
    assert [process.returncode for process in started] == [0] * 2
    complete(store)
    assert found(store, "labels") == 9


def test_it_ends_when_the_one_that_began_it_is_killed(tmp_path: Path) -> None:
    store = waiting_store(tmp_path, 4)
    code = (
        "import sys; from pathlib import Path; from reviewer.workflow import apart, indexing_apart\n"
        "start = apart.start\n"
        "def note(*given):\n    process = start(*given); print(process.pid, flush=True); return process\n"
        "apart.start = note\n"
        "with indexing_apart.indexing_apart(Path(sys.argv[1])) as beside: beside.written_by_others(); input()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(store.path)], stdin=-1, stdout=-1, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert ends(child)
