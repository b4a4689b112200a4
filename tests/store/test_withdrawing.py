"""Taking an import out again."""

import os
import socket
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import StoreError, TakenOutError
from reviewer.domain.methods import MethodRecord, OutsideReview, Remark, SelfScore
from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Origin, RemarkKind, Result, Role, Verdict
from reviewer.store import imports, methods, recording, withdrawing
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.import_notes import OF_A_PROBLEM
from reviewer.store.outcomes import append_outcome
from reviewer.store.problems import ProblemCounts, counts
from reviewer.store.withdrawing import Withdrawn, withdraw_import
from reviewer.workflow.judging import give_verdict, perform
from tests.builders import (
    NOW,
    PROBLEM,
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


def state(store: Store, import_id: int) -> str:
    return {row.id: row.state for row in imports.list_imports(store.connection())}[import_id]


def withdraw(store: Store, import_id: int) -> tuple[int, int] | None:
    outcome = withdraw_import(store, import_id, NOW)
    return None if outcome is None else (outcome.gone, outcome.kept)


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


def test_every_table_with_rows_of_a_problem_goes_with_it_or_keeps_it(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    of_problems = table(
        store,
        "SELECT DISTINCT t.name FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table' "
        "AND k.\"table\" = 'problems'",
    )
    assert {name for (name,) in of_problems} == {
        *OF_A_PROBLEM, "methods", "remarks", "current_outcomes", "protocols", "assignment_rounds",
    }  # fmt: skip


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


def test_row_ids_that_were_taken_out_are_never_given_out_again(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(),)))
    kim = build_session(store)
    (gone,) = method_ids(store)
    seen = context(kim, gone)
    withdraw(store, 1)
    import_records(store, record("p2", measurements=(measured(),)))
    assert method_ids(store) != [gone]
    with pytest.raises(LookupError):
        perform(kim, gone, Act.VERDICT, give_verdict(Verdict.FAILS), seen, words="")
    assert table(store, "SELECT count(*) FROM annotations") == [(0,)]


def test_a_revision_that_was_taken_out_is_not_judged(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    import_records(store, record("p1", body="Second."))
    kim = build_session(store)
    (p1,) = method_ids(store)
    seen = context(kim, p1)
    withdraw(store, 2)
    import_records(store, record("p1", body="Third."))
    with pytest.raises(TakenOutError, match=r"^The text that was shown was taken out of the store meanwhile"):
        perform(kim, p1, Act.VERDICT, give_verdict(Verdict.FAILS), seen, words="")


def corrected(tmp_path: Path) -> Store:
    store = build_store(tmp_path, record("p1", agent="agent-1", origin=Origin.AGENT))
    second = record("p1", Role.BASELINE, title="Second", agent="agent-2", origin=Origin.HUMAN, body="Second.")
    import_records(store, second)
    import_records(store, second._replace(agent="agent-3"))
    return store


HEADING = "SELECT role, origin, title, agent FROM methods"


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_withdrawing_corrections_sets_back_all_that_they_changed(tmp_path: Path, order: tuple[int, int]) -> None:
    store = corrected(tmp_path)
    assert table(store, HEADING) == [("baseline", "human", "Second", "agent-3")]
    withdraw(store, order[0])
    left = "agent-2" if order[0] == 3 else "agent-3"
    assert table(store, HEADING) == [("baseline", "human", "Second", left)]
    withdraw(store, order[1])
    assert table(store, HEADING) == [("proposal", "agent", "Title of p1", "agent-1")]
    assert table(store, "SELECT * FROM method_history") == []
    assert counts(store.connection(), 1, 0) == ProblemCounts(proposals=1)
    again = import_records(store, record("p1", agent="agent-1", origin=Origin.AGENT))
    assert [d.change for d in again] == ["unchanged"]
    assert examine_store(store.path).stale_counts == 0


def test_what_a_withdrawn_part_said_of_its_method_goes_with_it(tmp_path: Path) -> None:
    store = build_store(
        tmp_path, record("p1", part="full", title="A", agent="agent-a", run="run-a", body="A long text.")
    )
    import_records(
        store, record("p1", part="short", title="B", agent="agent-b", run="run-b", family="b", body="Short.")
    )
    columns = "SELECT title, agent, run, family FROM methods"
    assert table(store, columns) == [("A", "agent-a", "run-a", "")]
    withdraw(store, 1)
    assert table(store, columns) == [("B", "agent-b", "run-b", "b")]
    assert table(store, "SELECT * FROM method_history") == []


def as_an_earlier_reviewer_kept_it(store: Store, before: list[tuple[int, str, str]]) -> None:
    """Put in place of the history what stood there before each import: its number, the title and the agent."""
    with store.write() as connection:
        connection.execute("DELETE FROM method_history")
        connection.executemany(
            "INSERT INTO method_history (method_id, import_id, role, origin, title, agent, run, parent, idea, family, "
            "created_at) VALUES (1, ?, 'proposal', 'agent', ?, ?, '', '', '', '', '')",
            before,
        )


@pytest.mark.parametrize(
    ("withdrawn", "left"),
    [
        ([4], ("One", "a")),
        ([3], ("Three", "c")),
        ([4, 3], ("Two", "b")),
        ([2, 4], ("One", "a")),
        ([4, 3, 2], ("One", "a")),
    ],
)
@pytest.mark.parametrize("imported_since", [False, True])
def test_what_an_earlier_reviewer_kept_of_methods_is_set_back_too(
    tmp_path: Path, withdrawn: list[int], left: tuple[str, str], imported_since: bool
) -> None:
    store = build_store(tmp_path)
    one, two, three = (
        record("p1", title=title, agent=agent, body=f"By {agent}.")
        for title, agent in (("One", "a"), ("Two", "b"), ("Three", "c"))
    )
    for told in (one, two, one, three):
        import_records(store, told)
    as_an_earlier_reviewer_kept_it(store, [(2, "One", "a"), (3, "Two", "b"), (4, "One", "a")])
    if imported_since:
        import_records(store, record("p1", title="Four", agent="d", body="By d."))
        withdrawn = [5, *withdrawn]
    for number in withdrawn:
        withdraw(store, number)
    assert table(store, "SELECT title, agent FROM methods") == [left]


def test_what_was_never_kept_of_a_part_stays_but_for_its_title(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", part="full", title="A", agent="agent-a", body="A long text."))
    import_records(store, record("p1", part="short", title="B", agent="agent-b", body="Short."))
    as_an_earlier_reviewer_kept_it(store, [(2, "A", "agent-a")])
    withdraw(store, 1)
    assert table(store, "SELECT title, agent FROM methods") == [("B", "agent-a")]


def test_withdrawing_what_a_correction_corrected_leaves_the_correction(tmp_path: Path) -> None:
    store = corrected(tmp_path)
    assert withdraw(store, 1) == (1, 0)
    assert table(store, HEADING) == [("baseline", "human", "Second", "agent-3")]
    withdraw(store, 2)
    assert withdraw(store, 3) == (1, 0)
    assert method_ids(store) == method_ids(store, Role.BASELINE) == []
    assert table(store, "PRAGMA foreign_key_check") == []
    assert examine_store(store.path).stale_counts == 0


def test_an_import_that_was_withdrawn_before_is_left_as_it_is(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    assert withdraw(store, 1) == (1, 0)
    before = table(store, "SELECT * FROM imports")
    again = withdraw_import(store, 1, "2030-01-01T00:00:00.000Z")
    assert again == Withdrawn(0, 0, before=True)
    assert table(store, "SELECT * FROM imports") == before


def test_an_import_of_a_machine_that_is_gone_is_withdrawn_where_a_person_says_so(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    with store.write() as connection:
        connection.execute("UPDATE imports SET state = 'running', host = 'container-a', process = 7")
    with pytest.raises(StoreError, match=r"process 7 on container-a.* Where that machine is gone, --stopped says so"):
        withdraw_import(store, 1, NOW)
    with store.write() as connection:
        connection.execute("UPDATE imports SET host = ?, process = ?", (socket.gethostname(), os.getppid()))
    with pytest.raises(StoreError, match=r"is still running .* stop it there, then withdraw it\.$"):
        withdraw_import(store, 1, NOW, stopped=True)
    with store.write() as connection:
        connection.execute("UPDATE imports SET host = 'container-a'")
    outcome = withdraw_import(store, 1, NOW, stopped=True)
    assert outcome is not None
    assert outcome.gone == 1


def test_an_import_that_still_runs_is_not_withdrawn(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    with store.write() as connection:
        connection.execute("UPDATE imports SET state = 'running', process = ?", (os.getppid(),))
    with pytest.raises(StoreError, match=r"Import 1 of .* is still running \(process \d+ on .*stop it there"):
        withdraw_import(store, 1, NOW)
    assert state(store, 1) == "running"
    with store.write() as connection:
        connection.execute("UPDATE imports SET process = ?", (dead_process(),))
    assert withdraw(store, 1) == (1, 0)
    assert state(store, 1) == "withdrawn"


def test_a_text_that_another_import_brought_again_keeps_its_scores_and_reviews(tmp_path: Path) -> None:
    told = record("p1", self_scores=(SelfScore("novelty", 7),), reviews=(OutsideReview(6, 10),))
    store = build_store(tmp_path, told)
    import_records(store, record("p1", body="Another text."))
    import_records(store, told)
    assert withdraw(store, 1) == (1, 0)
    ((shown,),) = table(store, "SELECT revision_id FROM methods")
    for name in ("self_scores", "outside_reviews"):
        assert table(store, f"SELECT revision_id FROM {name}") == [(shown,)]
    assert examine_store(store.path).broken_references == 0


def test_a_withdrawal_in_many_batches_leaves_a_whole_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawing, "REVISIONS_AT_ONCE", 2)
    store = build_store(tmp_path, record("b", Role.BASELINE))
    parts = [record("m", part=f"part {i}", measurements=(measured(0.1, f"d{i}"),)) for i in range(3)]
    import_records(store, *(record(f"p{i}", measurements=(measured(),)) for i in range(5)), *parts)
    kim = build_session(store)
    judge(kim, method_ids(store)[2])
    assert withdraw(store, 2) == (5, 1)
    assert len(method_ids(store)) == 1
    found = examine_store(store.path)
    assert (found.broken_references, found.stale_counts, found.unsearchable, found.search_damage) == (0, 0, 0, "")
    assert table(store, "PRAGMA foreign_keys") == [(1,)]


def test_a_withdrawal_that_was_broken_off_says_so_and_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "REVISIONS_AT_ONCE", 1)
    store = build_store(tmp_path, record("p1"), record("p2"), record("p3"))
    take_out = withdrawing._take_out
    calls = iter(range(9))

    def break_off(*args: object) -> tuple[int, dict[int, int]]:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return take_out(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(withdrawing, "_take_out", break_off)
    with pytest.raises(KeyboardInterrupt):
        withdraw_import(store, 1, NOW)
    assert (len(method_ids(store)), state(store, 1)) == (1, "withdrawing")
    assert table(store, "PRAGMA foreign_keys") == [(1,)]
    assert withdraw(store, 1) == (1, 0)
    assert state(store, 1) == "withdrawn"


def test_a_baseline_that_somebody_judges_beside_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = build_store(tmp_path, record("p", measurements=(measured(),)))
    import_records(store, record("b", Role.BASELINE, measurements=(measured(),)))
    kim = build_session(store)
    (p,), (b,) = method_ids(store), method_ids(store, Role.BASELINE)
    unchecked = withdrawing._references_unchecked

    def judge_first(within: Store) -> object:
        perform(kim, p, Act.VERDICT, give_verdict(Verdict.FAILS), context(kim, p, baseline_id=b), words="")
        return unchecked(within)

    monkeypatch.setattr(withdrawing, "_references_unchecked", judge_first)
    assert withdraw(store, 2) == (0, 1)
    assert table(store, "PRAGMA foreign_key_check") == []


def bodies(store: Store) -> list[tuple[str, int]]:
    return table(store, "SELECT body, current FROM revisions ORDER BY id")


def test_content_that_came_back_counts_again_when_what_came_after_is_withdrawn(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for body in ("one", "two", "one", "three"):
        import_records(store, record("p1", body=body))
    assert withdraw(store, 4) == (1, 0)
    assert bodies(store) == [("one", 1), ("two", 0)]
    assert withdraw(store, 3) == (1, 0)
    assert bodies(store) == [("one", 0), ("two", 1)]
    assert table(store, "SELECT r.body FROM methods m JOIN revisions r ON r.id = m.revision_id") == [("two",)]
    assert table(store, "SELECT * FROM returns") == []
    assert [d.change for d in import_records(store, record("p1", body="two"))] == ["unchanged"]
    assert withdraw(store, 2) == (0, 0)
    assert bodies(store) == [("one", 0), ("two", 1)], "the fifth met it too"
    assert withdraw(store, 5) == (1, 0)
    assert bodies(store) == [("one", 1)]


def test_content_that_another_import_brought_again_stays(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for body in ("one", "two", "one"):
        import_records(store, record("p1", body=body))
    assert withdraw(store, 1) == (1, 0)
    assert bodies(store) == [("two", 0), ("one", 1)], "as if it had come with the third alone"
    assert table(store, "SELECT * FROM returns") == []
    assert withdraw(store, 3) == (1, 0)
    assert bodies(store) == [("two", 1)]
    assert withdraw(store, 2) == (1, 0)
    assert (method_ids(store), table(store, "SELECT * FROM returns")) == ([], [])


def test_a_later_revision_of_the_same_import_counts_and_not_what_it_brought_again_before(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for told in (["one"], ["two"], ["one", "three"], ["four"]):
        import_records(store, *(record("p1", body=body) for body in told))
    assert withdraw(store, 4) == (1, 0)
    assert bodies(store) == [("one", 0), ("two", 0), ("three", 1)]


def test_what_an_import_brought_again_last_counts_and_not_its_new_revision(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for told in (["one"], ["two", "one"], ["three"]):
        import_records(store, *(record("p1", body=body) for body in told))
    assert withdraw(store, 3) == (1, 0)
    assert bodies(store) == [("one", 1), ("two", 0)]
    import_records(store, record("p2"))
    assert table(store, "SELECT id FROM revisions WHERE body = 'Body of p2.'") == [(5,)], "numbers are given out once"


def test_a_part_that_the_import_never_touched_stays_as_an_older_store_left_it(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for body in ("one", "two", "one"):
        import_records(store, record("p1", body=body))
    with store.write() as connection:  # As before returns were kept.
        connection.execute("DELETE FROM returns")
    import_records(store, record("p1", part="x", body="x"))
    assert bodies(store) == [("one", 1), ("two", 0), ("x", 1)]
    withdraw(store, 4)
    assert bodies(store) == [("one", 1), ("two", 0)]


def test_returns_of_an_older_store_that_have_no_number_come_after_what_their_import_brought(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for body in ("one", "two", "one", "three", "four"):
        import_records(store, record("p1", body=body))
    with store.write() as connection:
        connection.execute("UPDATE returns SET id = 1")
    assert withdraw(store, 5) == (1, 0)
    assert bodies(store) == [("one", 0), ("two", 0), ("three", 1)]
    assert withdraw(store, 4) == (1, 0)
    assert bodies(store) == [("one", 1), ("two", 0)]
    assert withdraw(store, 1) == (1, 0)
    assert bodies(store) == [("one", 1), ("two", 0)]


def test_what_an_older_import_wrote_last_counts_and_not_what_the_newer_one_wrote_before(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", body="one"), record("p2"))
    import_records(store, record("p2", body="of the newer import"))
    import_records(store, record("p1", body="two"))
    with store.write() as connection:  # As if the first had still been running.
        connection.execute("UPDATE revisions SET import_id = 1 WHERE body = 'two'")
    import_records(store, record("p1", body="three"))
    withdraw(store, 4)
    assert table(store, "SELECT body FROM revisions WHERE method_id = 1 AND current") == [("two",)]


def test_the_fullest_part_is_shown_whether_others_came_or_went(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("m", part="b", body="long"))
    shown = "SELECT r.body FROM methods m JOIN revisions r ON r.id = m.revision_id"
    told = [("c", "also", "long"), ("a", "like", "like"), ("a", "", "long"), ("c", "longer", "longer")]
    for number, (part, body, fullest) in enumerate(told):
        before = table(store, shown)
        import_records(store, record("m", part=part, body=body))
        assert table(store, shown) == [(fullest,)]
        withdraw(store, 2 + 2 * number)
        assert table(store, shown) == before
        import_records(store, record("m", part=part, body=body))
        assert table(store, shown) == [(fullest,)]
    import_records(store, record("m", part="c", body=""))
    assert table(store, shown) == [("long",)]


said = st.builds(
    lambda name, role, title, made_by, value, part, body: record(
        name,
        role,
        title=title,
        agent=made_by,
        run=f"run of {made_by}",
        parent=f"parent of {made_by}",
        idea=f"idea of {made_by}",
        family=f"family of {made_by}",
        created_at=f"2026-01-0{len(made_by)}",
        part=part,
        body=body,
        measurements=(measured(value),),
    ),
    st.sampled_from(["a", "b"]),
    st.sampled_from([Role.PROPOSAL, Role.BASELINE]),
    st.sampled_from(["T1", "T2"]),
    st.sampled_from(["k", "lee"]),
    st.sampled_from([0.1, 0.2]),
    st.sampled_from(["", "x"]),
    st.sampled_from(["one", "two", "three"]),
)
one_import = st.lists(said, min_size=1, max_size=3)


@settings(max_examples=50)
@given(st.lists(one_import, min_size=2, max_size=4), st.data())
def test_withdrawn_imports_leave_what_the_others_would_have_made(
    told: list[list[MethodRecord]], data: st.DataObject
) -> None:
    withdrawn = data.draw(st.lists(st.integers(1, len(told)), min_size=1, max_size=2, unique=True))
    with TemporaryDirectory() as folder:
        with_it, without = (build_store(Path(folder), name=name) for name in ("with.db", "without.db"))
        for number, records in enumerate(told, 1):
            # What is said again in the same words stays with the import that said it first.
            assume(all(done.change != "unchanged" for done in import_records(with_it, *records)))
            if number not in withdrawn:
                import_records(without, *records)
        for number in withdrawn:
            withdraw(with_it, number)
        for sql in (
            "SELECT external_id, role, origin, m.title, agent, run, parent, idea, family, created_at, claim, "
            "claim_order, revisions, r.part, r.content_hash FROM methods m JOIN revisions r ON r.id = m.revision_id",
            "SELECT m.external_id, r.part, r.content_hash, r.current, x.value FROM revisions r JOIN methods m "
            "ON m.id = r.method_id JOIN measurements x ON x.revision_id = r.id",
            "SELECT name, n FROM counts WHERE n <> 0",
        ):
            assert sorted(table(with_it, sql), key=repr) == sorted(table(without, sql), key=repr)
        found = examine_store(with_it.path)
        assert (found.broken_references, found.stale_counts, found.stale_claims, found.search_damage) == (0, 0, 0, "")
        with_it.close()
        without.close()


@pytest.mark.parametrize(
    ("order", "left"),
    [
        ([1], ["Third."]),
        ([2], ["Third."]),
        ([3], ["Second."]),
        ([3, 2], ["First."]),
        ([2, 3], ["First."]),
        ([1, 3], ["Second."]),
        ([1, 3, 2], []),
        ([1, 2, 3], []),
    ],
)
def test_remarks_that_an_import_changed_are_set_back(tmp_path: Path, order: list[int], left: list[str]) -> None:
    store = build_store(tmp_path)
    for number, text in enumerate(("First.", "Second.", "Third."), 1):
        import_records(store, record(f"p{number}"))
        with store.write() as connection:
            told = Remark("run-1", "r1", "weak_to_strong", RemarkKind.ERROR, text, record().provenance)
            recording.record_remark(connection, 1, told, import_id=number, now=NOW)
    for number in order:
        withdraw(store, number)
    assert table(store, "SELECT text FROM remarks") == [(text,) for text in left]
    assert table(store, "PRAGMA foreign_key_check") == []


def test_the_lock_is_held_as_long_for_each_batch_however_much_an_import_has_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "REVISIONS_AT_ONCE", 20)

    def most_steps(name: str, proposals: int) -> int:
        store = build_store(tmp_path, name=name)
        import_records(store, *(record(f"p{i}", measurements=(measured(),)) for i in range(proposals)))
        taken = [0]

        def count() -> None:
            taken[-1] += 1

        def begin(statement: str) -> None:
            if statement.startswith("BEGIN"):
                taken.append(0)

        store.connection().set_trace_callback(begin)
        store.connection().set_progress_handler(count, 100)
        assert withdraw(store, 1) == (proposals, 0)
        return max(taken)

    assert most_steps("many.db", 2000) < 2 * most_steps("few.db", 100)


def test_remarks_are_taken_out_and_set_back_in_batches_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing, "REMARKS_AT_ONCE", 20)

    def most_steps(name: str, remarks: int) -> int:
        store = build_store(tmp_path, name=name)
        for number in (1, 2):
            import_records(store, record(f"p{number}"))
            with store.write() as connection:
                for i in range(remarks // number):
                    told = Remark("n", f"r{i}", PROBLEM.slug, RemarkKind.ERROR, f"{number}", record().provenance)
                    recording.record_remark(connection, 1, told, import_id=number, now=NOW)
        taken = [0]

        def count() -> None:
            taken[-1] += 1

        def begin(statement: str) -> None:
            if statement == "BEGIN IMMEDIATE":
                taken.append(0)
                store.connection().set_progress_handler(count, 100)
            elif statement == "COMMIT":  # Who only reads keeps nobody waiting.
                store.connection().set_progress_handler(None, 0)

        store.connection().set_trace_callback(begin)
        for number in (2, 1):
            outcome = withdraw_import(store, number, NOW)
            assert outcome is not None
            assert outcome.remarks == remarks // number
            left = f"SELECT count(*), min(text) FROM remarks WHERE text <> '{number}'"
            assert table(store, left) == [(remarks if number == 2 else 0, "1" if number == 2 else None)]
        assert table(store, "SELECT count(*) FROM remark_history") == [(0,)]
        return max(taken)

    assert most_steps("many.db", 2000) < 2 * most_steps("few.db", 100)


def test_what_is_known_to_have_ended_stays(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    kim = build_session(store)
    with store.write() as connection:
        outcome = Outcome(Result.FAILED, date(2026, 1, 1))
        append_outcome(connection, 1, outcome, reviewer_id=kim.reviewer_id, now=NOW)
        append_outcome(connection, 1, None, reviewer_id=kim.reviewer_id, now=NOW)
    assert withdraw(store, 1) == (1, 1)
    assert method_ids(store) == [1]
    assert table(store, "PRAGMA foreign_key_check") == []
