"""The list of imports: complete, cut off, withdrawn."""

import os
from pathlib import Path

from reviewer.domain.methods import Reject
from reviewer.store import imports, recording
from reviewer.store.connection import Store
from tests.builders import (
    NOW,
    build_store,
    dead_process,
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


def test_one_that_was_cut_off_knows_which_completed_it(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    cut, again, other, late = (begin(store, path) for path in ("a.jsonl", "a.jsonl", "b.jsonl", "c.jsonl"))
    gone = begin(store, "a.jsonl", dead_process())
    whole, more = begin(store, "a.jsonl"), begin(store, "a.jsonl")
    with store.write() as connection:
        for number in (cut, again, other, late):
            imports.finish_import(connection, number, "interrupted", NOW)
        for number in (whole, more):
            imports.finish_import(connection, number, "complete", NOW)
    found = {row.id: row.completed_by for row in imports.list_imports(store.connection())}
    assert found == {cut: whole, again: whole, other: None, late: None, gone: whole, whole: None, more: None}


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
    assert table(store, "SELECT import_id, file, place, reason, raw FROM rejects") == [
        (import_id, "a.jsonl", "line 2", "no title", "{?}")
    ]


def test_import_whose_process_is_gone_is_marked_interrupted(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    gone, alive = begin(store, "gone.jsonl", dead_process()), begin(store, "alive.jsonl", os.getpid())
    with store.write() as connection:
        far = imports.begin_import(connection, "native", "far.jsonl", {}, NOW)
        connection.execute("UPDATE imports SET host = 'elsewhere.example', process = ? WHERE id = ?", (1 << 30, far))
    assert imports.dead_imports(store.connection()) == (gone,)
    assert table(store, "SELECT state FROM imports WHERE id = ?", [gone]) == [("running",)], "looking marks nothing"
    assert {row.id: row.state for row in imports.list_imports(store.connection())} == {
        gone: "interrupted", alive: "running", far: "running",
    }, "and still tells how it is"  # fmt: skip
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


def test_a_withdrawal_that_another_process_is_still_at_is_not_broken_off(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    import_id = begin(store)
    with store.write() as connection:
        imports.begin_withdrawal(connection, import_id, NOW)
    assert imports.half_withdrawn(store.connection()) == (import_id,)
    assert imports.half_withdrawn(store.connection(), "other.jsonl") == ()
    for process, broken_off in ((os.getppid(), ()), (dead_process(), (import_id,))):
        with store.write() as connection:
            connection.execute("UPDATE imports SET options = json_set(options, '$.withdrawing.process', ?)", (process,))
        assert imports.half_withdrawn(store.connection()) == broken_off
        assert imports.cut_off_paths(store.connection()) == ()
    assert imports.interrupted_import(store.connection(), "results.jsonl") is None
    with store.write() as connection:
        imports.finish_withdrawal(connection, import_id, NOW)
    assert imports.half_withdrawn(store.connection()) == ()
    assert table(store, "SELECT state, options FROM imports") == [("withdrawn", '{"setting":"lab"}')]
