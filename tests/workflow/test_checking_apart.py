"""Several processes check one store: what is asked is what one of them asks."""

import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import ReviewerError
from reviewer.store.connection import Store
from reviewer.workflow import checking, checking_apart
from reviewer.workflow.checking import Batch, Checking
from reviewer.workflow.checking_apart import CheckingOthers
from tests.builders import build_store, import_records, table
from tests.processes import noted
from tests.workflow.test_checking import baseline, in_step, proposal

OFF = CheckSettings(off=frozenset({"few-seeds"}))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 5)


def waiting_store(tmp_path: Path, proposals: int) -> Store:
    store = build_store(tmp_path, baseline())
    import_records(store, *(proposal(f"p{i}", 0.2 + i / 100, title=f"Weak labels {i % 7}") for i in range(proposals)))
    return store


def others(store: Store, n: int, settings: CheckSettings = OFF) -> AbstractContextManager[CheckingOthers]:
    return checking_apart.checking_apart(store.path, settings, n)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(("n", "proposals"), [(1, 1), (1, 23), (3, 23)])
def test_what_they_ask_is_what_one_alone_asks_by_the_same_settings(tmp_path: Path, n: int, proposals: int) -> None:
    store = waiting_store(tmp_path, proposals)
    with others(store, n) as some:
        assert Checking(store, OFF).check_all(others=some) == proposals + 1
    assert table(store, "SELECT count(*) FROM check_results WHERE rule = 'few-seeds'") == [(0,)]
    assert table(store, "SELECT count(*) FROM check_results")[0][0] > proposals
    assert in_step(store, OFF)


def test_each_takes_a_share_and_the_one_that_writes_a_smaller_one(tmp_path: Path) -> None:
    store = waiting_store(tmp_path, 100)
    with store.read() as connection:
        (ground,) = Checking(store, OFF).grounds(connection)
    ids = [i for (i,) in table(store, "SELECT id FROM methods ORDER BY id")]
    for n, least, most in ((1, 35, 49), (3, 5, 24)):
        with others(store, n) as some:
            left = some.begin(Batch(ground.problem_id, ground.stamp, ids, {}))
            found = some.end()
        assert least <= len(left) <= most
        assert found is not None
        assert sorted([*left, *found]) == ids


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("late", [1, 2, 4])
def test_what_somebody_else_wrote_meanwhile_is_what_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    store = waiting_store(tmp_path, 16)
    writing = Store(store.path)
    begin, begun = CheckingOthers.begin, 0

    def write_and_begin(self: CheckingOthers, batch: Batch) -> Sequence[int]:
        nonlocal begun
        begun += 1
        if begun == late:
            import_records(writing, proposal("p1", 0.9), baseline(value=0.95))
        return begin(self, batch)

    monkeypatch.setattr(CheckingOthers, "begin", write_and_begin)
    with others(store, 2) as some:
        Checking(store, OFF).check_all(others=some)
    writing.close()
    assert begun > late
    assert Checking(store, OFF).waiting() == 0
    assert in_step(store, OFF)


def test_those_that_stand_on_another_ground_say_so(tmp_path: Path) -> None:
    store = waiting_store(tmp_path, 4)
    with store.read() as connection:
        (ground,) = Checking(store, OFF).grounds(connection)
    batch = Batch(ground.problem_id, ground.stamp, [2, 3, 4], {})
    with others(store, 1) as some:
        some.begin(batch)
        assert some.end() is not None
        some.begin(replace(batch, stamp="another"))
        assert some.end() is None
    with others(store, 1, CheckSettings()) as some:
        some.begin(batch)
        assert some.end() is None


def check_with(store: Store, path: Path, started: list[subprocess.Popen[bytes]], *, killed: bool = False) -> None:
    """Check a store while another process reads the one at ``path``."""
    with checking_apart.checking_apart(path, OFF, 1) as some:
        if killed:
            started[0].kill()
            started[0].wait()
        Checking(store, OFF).check_all(others=some)


def test_what_hinders_them_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 9)
    broken = tmp_path / "broken.db"
    with store.read() as connection, closing(sqlite3.connect(broken)) as copy:
        connection.backup(copy)
        copy.execute("ALTER TABLE self_scores RENAME COLUMN value TO number")
    started = noted(monkeypatch)
    with pytest.raises(ReviewerError, match="no such column"):
        check_with(store, broken, started)
    assert started.pop().poll() == 0
    with pytest.raises(ReviewerError, match="`reviewer doctor` completes it"):
        check_with(store, store.path, started, killed=True)
    assert Checking(store, OFF).waiting() == 10
