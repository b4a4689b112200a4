"""Of a damaged store each part fails by itself, and what follows from the rest is computed anew, for reading alone."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import DamagedStoreError
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Protocol, Stage
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.store.protocols import SeenOf, any_sealed, protocol_of, seen_of, sees_evidence, sees_others
from reviewer.store.queue_rows import UNREADABLE
from reviewer.store.sparing import as_far_as_readable, is_sparing, lacking, spared
from reviewer.workflow import browsing
from reviewer.workflow.browsing import Asked
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session
from reviewer.workflow.views import ProblemReader
from tests.builders import build_session, build_store, import_records, judge, measured, record
from tests.workflow.sealed_stores import put_under

TEXTS = frozenset(("methods", "revisions"))
"""Without these there is nothing to be shown of a proposal."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = build_store(tmp_path_factory.mktemp("whole"))
    begin_session(store, "kim", load_rubric(None))
    import_records(store, *(record(f"p{n}", title=f"method {n}", measurements=(measured(0.5),)) for n in range(300)))
    kim = build_session(store)
    for method_id in range(5, 15):
        judge(kim, method_id)
    store.close()
    return store.path


def roots(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"))


def broken(path: Path, new: Path, *pages: int) -> Path:
    raw = bytearray(path.read_bytes())
    for page in pages:
        raw[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] = b"\xa5" * PAGE_SIZE
    new.write_bytes(raw)
    return new


def test_whichever_table_or_index_is_lost_the_rest_is_read(whole: Path, tmp_path: Path) -> None:
    found = {}
    for name, root in roots(whole).items():
        store = Store(broken(whole, tmp_path / f"{name}.db", root))
        with closing(store):
            session = begin_session(store, "kim", load_rubric(None))
            (problem,) = browsing.all_problems(session)
            try:
                page = browsing.first_page(session, Asked(problem.id, QueueFilter(), Sort.IMPORTED), 50)
                reader = ProblemReader(session, problem.id)
                views = [reader.view(row.method_id) for row in page.rows[:20]]
            except DamagedStoreError:
                found[name] = "nothing"
                continue
            assert browsing.progress(session, problem.id).proposals == 300, name
            lost = frozenset().union(*(view.lacking for view in views))
            if "judgement" not in lost and session.reviewer_id:
                assert sum(row.verdict is not None for row in page.rows) == 10, name
                assert sum(view.judgement.verdict is not None for view in views) == 10, name
            found[name] = ", ".join(sorted(lost))
        assert store.path.read_bytes() == broken(whole, tmp_path / "again.db", root).read_bytes(), name
    unread = {name for name, lost in found.items() if lost == "nothing"}
    assert unread >= TEXTS
    assert unread <= TEXTS | {"methods_by_id", "revisions_of_method"}
    assert found["counts"] == found["current_judgements"] == found["annotations"] == ""
    assert found["measurements"] == "numbers"


def test_a_leaf_that_is_lost_takes_its_own_rows_alone_out_of_the_queue(whole: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(whole)) as connection:
        leaves = (
            [
                page
                for page, kind in connection.execute("SELECT pageno, pagetype FROM dbstat WHERE name = 'methods'")
                if kind == "leaf"
            ]
            if has_dbstat(connection)
            else []
        )
    if len(leaves) < 3:
        pytest.skip("this SQLite does not tell its pages")
    store = Store(broken(whole, tmp_path / "leaf.db", leaves[1]))
    with closing(store):
        session = begin_session(store, "kim", load_rubric(None))
        (problem,) = browsing.all_problems(session)
        page = browsing.first_page(session, Asked(problem.id, QueueFilter(), Sort.IMPORTED), 400)
        titles = [row.title for row in page.rows]
        assert len(titles) == 300
        assert 0 < titles.count(UNREADABLE) < 200


def has_dbstat(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT 1 FROM pragma_module_list WHERE name = 'dbstat'").fetchone())


def test_nothing_is_spared_in_a_store_that_is_whole(whole: Path) -> None:
    store = Store(whole)

    def fail() -> int:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        as_far_as_readable(store, lambda connection: spared(connection, "part", fail))
    assert store.damage is None
    with store.read() as connection:
        assert not is_sparing(connection)
        assert lacking(connection) == frozenset()
    store.close()


def test_where_the_protocol_is_lost_the_idea_alone_is_shown_and_that_is_said(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{n}", agent="strix", measurements=(measured(0.5),)) for n in range(3)))
    kim = build_session(store)
    judge(kim, 1)
    put_under(store, Protocol.OPEN)
    store.connection().execute("PRAGMA wal_checkpoint (TRUNCATE)")
    store.close()
    path = broken(store.path, tmp_path / "broken.db", roots(store.path)["protocols"])
    with closing(Store(path)) as store:
        session = begin_session(store, "kim", load_rubric(None))
        reader = ProblemReader(session, 1)
        judged, new = reader.view(1), reader.view(2)
        assert (new.protocol, new.stage) == (Protocol.SEALED, Stage.IDEA)
        assert (new.proposal.agent, new.proposal.measurements) == ("", ())
        assert "protocol" in new.lacking
        assert (judged.stage, judged.proposal.agent) == (Stage.OTHERS, "strix"), "what was judged has been seen"
        assert reader.baselines().is_sealed
        page = browsing.first_page(session, Asked(1, QueueFilter(), Sort.IMPORTED), 50)
        assert [row.agent for row in page.rows] == ["strix", "", ""]
        with store.read() as connection:
            assert protocol_of(connection, 1) is Protocol.SEALED
            assert not sees_evidence(connection, 2, session.reviewer_id)
            assert not sees_others(connection, 2, session.reviewer_id)
            assert any_sealed(connection, 1, session.reviewer_id)
            assert seen_of(connection, 1, [1, 2, 3], session.reviewer_id) == SeenOf(frozenset({1}), frozenset({1}))


def test_where_neither_protocol_nor_judgements_can_be_read_it_is_the_idea_alone(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", agent="strix"))
    judge(build_session(store), 1)
    store.connection().execute("PRAGMA wal_checkpoint (TRUNCATE)")
    store.close()
    found = roots(store.path)
    lost = [found[name] for name in ("protocols", "current_judgements", "annotations")]
    with closing(Store(broken(store.path, tmp_path / "broken.db", *lost))) as store:
        view = ProblemReader(begin_session(store, "kim", load_rubric(None)), 1).view(1)
        assert (view.protocol, view.stage, view.proposal.agent) == (Protocol.SEALED, Stage.IDEA, "")
