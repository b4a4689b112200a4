"""The list of imports: complete, cut off, withdrawn."""

import os
from pathlib import Path

from reviewer.domain.methods import Reject, Remark
from reviewer.domain.vocabulary import RemarkKind, Role, Verdict
from reviewer.store import imports, methods, recording
from reviewer.store.connection import Store
from reviewer.store.imports import Brought, brought_so_far, data_version
from reviewer.store.problems import ProblemCounts, counts
from tests.builders import (
    NOW,
    build_session,
    build_store,
    context,
    dead_process,
    import_records,
    judge,
    measured,
    method_ids,
    record,
    table,
)


def begin(store: Store, path: str = "results.jsonl", process: int | None = None) -> int:
    with store.write() as connection:
        import_id = imports.begin_import(connection, "native", path, {"setting": "lab"}, NOW)
        if process is not None:
            connection.execute("UPDATE imports SET process = ? WHERE id = ?", (process, import_id))
    return import_id


def state(store: Store, import_id: int) -> str:
    return {row.id: row.state for row in imports.list_imports(store.connection())}[import_id]


def test_counts_of_batches_add_up(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    import_id = begin(store)
    for _ in range(2):
        with store.write() as connection:
            imports.count_into_import(connection, import_id, new=3, changed=2, unchanged=1, rejected=4)
    with store.write() as connection:
        recording.record_rejects(connection, import_id, [Reject("a.jsonl", "line 2", "no title", "{\ud800}")])
        imports.finish_import(connection, import_id, "complete", NOW)
    (row,) = imports.list_imports(store.connection())
    assert (row.state, row.new, row.changed, row.unchanged, row.rejected, row.finished_at) == (
        "complete", 6, 4, 2, 8, NOW)  # fmt: skip
    assert imports.rejects_of(store.connection(), import_id) == (Reject("a.jsonl", "line 2", "no title", "{?}"),)


def test_import_whose_process_is_gone_is_marked_interrupted(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    gone, alive = begin(store, "gone.jsonl", dead_process()), begin(store, "alive.jsonl", os.getpid())
    with store.write() as connection:
        far = imports.begin_import(connection, "native", "far.jsonl", {}, NOW)
        connection.execute("UPDATE imports SET host = 'elsewhere.example', process = ? WHERE id = ?", (1 << 30, far))
    assert imports.dead_imports(store.connection()) == (gone,)
    assert state(store, gone) == "running", "looking marks nothing"
    with store.write() as connection:
        assert [row.path for row in imports.mark_interrupted(connection)] == ["gone.jsonl"]
        assert imports.mark_interrupted(connection) == ()
    assert state(store, gone) == "interrupted"
    assert state(store, alive) == "running"
    assert state(store, far) == "running", "a process of another machine cannot be looked at"


def test_import_that_was_cut_off_is_found_until_it_has_run_again(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    begin(store, process=dead_process())
    with store.write() as connection:
        imports.mark_interrupted(connection)
    assert imports.interrupted_import(store.connection(), "other.jsonl") is None
    found = imports.interrupted_import(store.connection(), "results.jsonl")
    assert found is not None
    assert found.state == "interrupted"
    again = begin(store)
    with store.write() as connection:
        imports.finish_import(connection, again, "complete", NOW)
    assert imports.interrupted_import(store.connection(), "results.jsonl") is None


def withdraw(store: Store, import_id: int) -> tuple[int, int] | None:
    with store.write() as connection:
        return imports.withdraw_import(connection, import_id, NOW)


def test_withdrawing_takes_out_what_nobody_judged(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    baselines = [record("b1", Role.BASELINE), record("b2", Role.BASELINE)]
    proposals = [record(f"p{i}", measurements=(measured(),)) for i in range(3)]
    import_records(store, *baselines, *proposals)
    with store.write() as connection:
        told = Remark("run-1", "r1", "weak_to_strong", RemarkKind.ERROR, "Fails.", record().provenance)
        recording.record_remark(connection, 1, told, import_id=1, now=NOW)
    kim = build_session(store)
    b1, b2 = method_ids(store, Role.BASELINE)
    p0, p1, p2 = method_ids(store)
    from reviewer.domain.vocabulary import Act
    from reviewer.workflow.judging import give_verdict, perform

    perform(kim, p1, Act.VERDICT, give_verdict(Verdict.FAILS), context(kim, p1, baseline_id=b2), words="")
    stamp = imports.imports_stamp(store.connection())
    assert withdraw(store, 1) == (3, 2)
    assert method_ids(store) == [p1]
    assert method_ids(store, Role.BASELINE) == [b2], "it is what p1 was judged beside"
    assert counts(store.connection(), 1, kim.reviewer_id) == ProblemCounts(proposals=1, baselines=1, judged=1)
    assert table(store, "SELECT count(*) FROM remarks") == [(0,)]
    assert table(store, "SELECT DISTINCT method_id FROM measurements") == [(p1,)]
    assert table(store, "PRAGMA foreign_key_check") == []
    assert table(store, "SELECT count(*) FROM search_index WHERE search_index MATCH 'title'") == [(2,)]
    assert imports.imports_stamp(store.connection()) != stamp, "who keeps baselines must read them anew"
    assert {b1, p0, p2}.isdisjoint(method_ids(store))
    assert state(store, 1) == "withdrawn"


def test_withdrawing_what_is_not_there_says_so(tmp_path: Path) -> None:
    assert withdraw(build_store(tmp_path), 7) is None


def test_withdrawing_a_change_sets_the_method_back(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", title="First", measurements=(measured(0.5),)))
    import_records(store, record("p1", title="Second", measurements=(measured(0.9),)))
    assert withdraw(store, 2) == (1, 0)
    (method_id,) = method_ids(store)
    got = methods.method_by_id(store.connection(), method_id)
    assert (got.title, got.revisions, [m.value for m in got.measurements]) == ("First", 1, [0.5])
    assert table(store, "SELECT claim, claim_order FROM methods") == [(0.5, -0.5)]
    assert table(store, "SELECT title, current FROM revisions") == [("First", 1)]


def test_withdrawing_an_old_revision_leaves_the_one_that_counts(tmp_path: Path) -> None:
    bodies = [record("p1", body=b) for b in ("one", "two", "three", "one")]
    store = build_store(tmp_path)
    for each in bodies:
        import_records(store, each)
    assert withdraw(store, 2) == (1, 0)
    (method_id,) = method_ids(store)
    assert methods.method_by_id(store.connection(), method_id).body == "one"
    assert table(store, "SELECT body, current FROM revisions ORDER BY id") == [("one", 1), ("three", 0)]


def test_withdrawn_import_can_be_taken_in_again(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    withdraw(store, 1)
    assert method_ids(store) == []
    assert [d.change for d in import_records(store, record("p1"))] == ["new"]
    assert counts(store.connection(), 1, 0).proposals == 1


def test_withdrawing_a_part_leaves_the_others(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for part, value in (("chat", 0.2), ("math", 0.3)):
        import_records(store, record("b1", Role.BASELINE, part=part, measurements=(measured(value, part),)))
    assert withdraw(store, 2) == (1, 0)
    (method_id,) = method_ids(store, Role.BASELINE)
    assert [m.dataset for m in methods.method_by_id(store.connection(), method_id).measurements] == ["chat"]


def test_judgement_stays_out_of_reach_of_a_withdrawal(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    kim = build_session(store)
    judge(kim, method_ids(store)[0])
    assert withdraw(store, 1) == (0, 1)
    assert table(store, "SELECT count(*) FROM annotations") == [(1,)]


def test_what_was_brought_so_far_grows_with_each_import(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    with store.read() as connection:
        assert brought_so_far(connection, 1) == Brought(2, 2)
        before = data_version(connection)
        assert data_version(connection) == before
    other = Store(store.path)
    import_records(other, record("p1", body="Changed."), record("p3"), record("b", Role.BASELINE))
    with store.read() as connection:
        assert brought_so_far(connection, 1) == Brought(3, 5)
        assert brought_so_far(connection, 99).proposals == 0
        assert data_version(connection) != before
    other.close()
    store.close()
