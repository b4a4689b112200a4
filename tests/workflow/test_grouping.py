"""What says the same is found whatever the order in which it comes, and follows whatever becomes of it."""

import itertools
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.methods import MethodRecord, Remark
from reviewer.domain.vocabulary import RemarkKind, Role, Setting, Verdict
from reviewer.evidence import alike as wording
from reviewer.store import sketches
from reviewer.store.alike import proposal_of_sighting, sightings_of
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.methods import method_by_id, remarks_on
from reviewer.store.problems import counts
from reviewer.store.recording import record_remark
from reviewer.store.settings import set_settings
from reviewer.workflow.grouping import Grouping, group_all
from reviewer.workflow.health import mend_store
from reviewer.workflow.merging import merge
from tests.builders import (
    NOW,
    PROBLEM,
    build_session,
    build_store,
    held,
    import_records,
    judge,
    measured,
    record,
    table,
)
from tests.store.test_withdrawing import withdraw
from tests.workflow.alike_stores import derived, exact, idea, near, sets


def grouped(tmp_path: Path, *records: MethodRecord, name: str = "reviewer.db") -> Store:
    store = build_store(tmp_path, *records, name=name)
    group_all(store)
    return store


def test_the_same_content_under_another_name_is_one_proposal_with_two_sightings(tmp_path: Path) -> None:
    store = grouped(
        tmp_path,
        idea("p1", agent="agent-1", run="run A"),
        idea("p9", namespace="run-2", agent="agent-2", run="run B"),
        idea("p3", about=2),
    )
    assert exact(store) == {frozenset({"run-1/p1", "run-2/p9"})}
    assert near(store) == {}
    met = sightings_of(store.connection(), 1)
    assert [(s.namespace, s.external_id, s.run) for s in met] == [("run-1", "p1", "run A"), ("run-2", "p9", "run B")]
    assert [proposal_of_sighting(store.connection(), i) for i in (1, 2, 3)] == [1, 1, 3]
    n = counts(store.connection(), 1, 0)
    assert (n.proposals, n.sightings) == (2, 1)


def test_what_was_remarked_on_a_sighting_is_shown_with_the_proposal(tmp_path: Path) -> None:
    told = [
        Remark("run-2", f"r{n}", PROBLEM.slug, RemarkKind.ERROR, text, record().provenance, **on)
        for n, (text, on) in enumerate(
            [("on the sighting", {"about": "p9"}), ("on its idea", {"idea": "i9"}), ("on another", {"about": "p5"})]
        )
    ]
    store = build_store(tmp_path)
    import_records(store, idea("p1"), idea("p9", namespace="run-2", idea="i9"))
    with store.write() as connection:
        for remark in told:
            record_remark(connection, 1, remark, import_id=1, now=NOW)
    group_all(store)
    with store.read() as connection:
        assert [each.external_id for each in sightings_of(connection, 1)] == ["p1", "p9"]
        assert [remark.text for remark in remarks_on(connection, method_by_id(connection, 1))] == [
            "on the sighting", "on its idea",
        ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"value": 0.51},
        {"claims": ("It wins.",)},
        {"measurements": (measured(0.5), measured(0.5, "math"))},
        {"measurements": (measured(0.5, n_seeds=5),)},
        {"measurements": (measured(0.5, setting=Setting.LAB),)},
        {"measurements": ()},
    ],
)
def test_other_numbers_or_claims_are_another_proposal_that_is_nearly_alike(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    store = grouped(tmp_path, idea("p1"), idea("p2", **other))
    assert exact(store) == set()
    assert list(near(store).values()) == [frozenset({"run-1/p1", "run-1/p2"})]
    assert table(store, "SELECT measure FROM alike") == [(100.0,), (100.0,)]


def test_what_is_of_another_problem_or_no_proposal_is_nothing_to_it(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("b1", role=Role.BASELINE))
    import_records(store, idea("p1", problem="other"), problem=replace(PROBLEM, slug="other"))
    group_all(store)
    assert (exact(store), near(store)) == (set(), {})


def test_a_text_that_is_changed_a_little_stands_with_it_and_another_one_does_not(tmp_path: Path) -> None:
    store = grouped(tmp_path, idea("p1"), idea("p2", times=1), idea("p3", about=2), idea("p4", times=1, about=2))
    assert sorted(map(sorted, near(store).values())) == [["run-1/p1", "run-1/p2"], ["run-1/p3", "run-1/p4"]]
    assert {how for (how,) in table(store, "SELECT measure FROM alike_pairs")} == {95.0}


def test_by_another_measure_other_ones_stand_together(tmp_path: Path) -> None:
    store = grouped(tmp_path, idea("p1"), idea("p2", times=1))
    group_all(store, 96.0)
    assert near(store) == {}
    assert Grouping(store, 96.0).waiting() == 0
    assert Grouping(store).waiting() > 0
    group_all(store)
    assert list(near(store).values()) == [frozenset({"run-1/p1", "run-1/p2"})]


POOL = [
    *[idea(f"a{i}", about=1, times=i) for i in range(3)],
    *[idea(f"b{i}", about=2, times=i % 2, namespace=f"run-{i}") for i in range(4)],
    idea("c0", about=3),
    record("d0", title="Idea number", body=""),
    record("d1", title="Idea number", body=""),
    record("d2", title="Idea number four", body="A few words alone."),
]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(POOL), cuts=st.sets(st.integers(1, len(POOL) - 1), max_size=3))
def test_the_order_of_imports_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[MethodRecord], cuts: set[int]
) -> None:
    """Whether all of it comes at once or in several imports, each looked at before the next."""
    folder = tmp_path_factory.mktemp("order")
    with closing(grouped(folder, *POOL, name="whole.db")) as whole, closing(build_store(folder)) as store:
        for begin, end in itertools.pairwise([0, *sorted(cuts), len(order)]):
            import_records(store, *order[begin:end])
            group_all(store)
        assert sets(store) == sets(whole)
        assert {frozenset({f"run-{i}/b{i}" for i in (0, 2)}), frozenset({f"run-{i}/b{i}" for i in (1, 3)})} <= exact(
            store
        )
        # Done again it changes nothing, and a stranger changes no group.
        before = derived(store)
        group_all(store)
        assert derived(store) == before
        import_records(store, record("stranger", title="Something else altogether", body="Said in other words."))
        group_all(store)
        assert sets(store) == sets(whole)


def test_withdrawing_an_import_takes_one_sighting_and_leaves_the_other(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"))
    import_records(store, idea("p2", namespace="run-2"))
    import_records(store, idea("p3", namespace="run-3"))
    group_all(store)
    assert withdraw(store, 3) == (1, 0)
    group_all(store)
    assert exact(store) == {frozenset({"run-1/p1", "run-2/p2"})}
    assert withdraw(store, 1) == (1, 0)
    assert table(store, "SELECT * FROM sightings") == [], "what is left is a proposal at once"
    group_all(store)
    assert (exact(store), counts(store.connection(), 1, 0).proposals) == (set(), 1)
    assert table(store, "PRAGMA foreign_key_check") == []


def test_withdrawing_one_of_a_group_leaves_the_others_together(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p2", times=1))
    import_records(store, idea("p3", value=0.9))
    group_all(store)
    (head, members) = next(iter(near(store).items()))
    assert (head, len(members)) == ("run-1/p1", 3) or len(members) == 3
    withdraw(store, 2)
    group_all(store)
    assert list(near(store).values()) == [frozenset({"run-1/p1", "run-1/p2"})]
    withdraw(store, 1)
    group_all(store)
    assert [*derived(store)[:4]] == [[], [], [], []]


def test_a_later_revision_of_one_splits_them_and_no_judgement_is_lost(tmp_path: Path) -> None:
    store = grouped(tmp_path, idea("p1"), idea("p2", namespace="run-2"))
    kim = build_session(store)
    judge(kim, 1)
    assert exact(store) == {frozenset({"run-1/p1", "run-2/p2"})}
    import_records(store, idea("p2", namespace="run-2", value=0.7))
    assert table(store, "SELECT * FROM sightings") == [], "before anybody has looked at it again"
    group_all(store)
    assert (exact(store), len(near(store))) == (set(), 1)
    assert held(kim, 1).verdict is Verdict.SURVIVES
    assert held(kim, 2).verdict is None
    # As it was, it is a sighting again.
    import_records(store, idea("p2", namespace="run-2"))
    group_all(store)
    assert exact(store) == {frozenset({"run-1/p1", "run-2/p2"})}


def test_a_later_revision_of_the_first_leaves_its_judgement_with_it(tmp_path: Path) -> None:
    store = grouped(tmp_path, idea("p1"), idea("p2", namespace="run-2"), idea("p3", namespace="run-3"))
    kim = build_session(store)
    judge(kim, 1)
    import_records(store, idea("p1", value=0.7))
    assert table(store, "SELECT * FROM sightings") == []
    group_all(store)
    assert exact(store) == {frozenset({"run-2/p2", "run-3/p3"})}
    assert held(kim, 1).verdict is Verdict.SURVIVES
    assert examine_store(store.path).stale_judgements == 0


def test_a_setting_that_a_person_tells_is_told_of_all_that_say_the_same(tmp_path: Path) -> None:
    store = grouped(tmp_path, idea("p1"), idea("p2", namespace="run-2"))
    with store.write() as connection:
        set_settings(connection, 1, lambda dataset: Setting.LAB, overwrite=False)
    group_all(store)
    assert exact(store) == {frozenset({"run-1/p1", "run-2/p2"})}


def test_what_was_judged_is_never_hidden_behind_another(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p2", namespace="run-2"), idea("p3", namespace="run-3"))
    judge(build_session(store), 2)
    group_all(store)
    assert table(store, "SELECT id, first_id FROM sightings ORDER BY id") == [(1, 2), (3, 2)]
    judge(build_session(store, "noor"), 3)
    assert table(store, "SELECT id FROM sightings") == [(1,)], "in the transaction of the event itself"
    group_all(store)
    assert list(near(store).values()) == [frozenset({"run-2/p2", "run-3/p3"})]
    assert table(store, "SELECT id, first_id FROM sightings") == [(1, 2)]


def test_after_a_merge_both_judgements_stand(tmp_path: Path) -> None:
    mine = grouped(tmp_path, idea("p1"))
    theirs = grouped(tmp_path, idea("p2", namespace="run-2"), idea("p3", namespace="run-3"), name="theirs.db")
    judge(build_session(mine), 1)
    judge(build_session(theirs, "noor"), 1, Verdict.FAILS)
    theirs.close()
    mine.close()
    merge(mine.path, theirs.path)
    with closing(Store(mine.path)) as merged:
        group_all(merged)
        assert exact(merged) == {frozenset({"run-1/p1", "run-3/p3"})}
        assert list(near(merged).values()) == [frozenset({"run-1/p1", "run-2/p2"})]
        verdicts = table(merged, "SELECT verdict FROM current_judgements ORDER BY method_id")
        assert sorted(verdicts) == [("fails",), ("survives",)]


def test_left_at_any_step_it_is_completed_the_next_time(tmp_path: Path) -> None:
    with closing(grouped(tmp_path, *POOL, name="whole.db")) as whole:
        expected = sets(whole)
    for n in itertools.count(1):
        store = build_store(tmp_path, *POOL, name=f"{n}.db")
        grouping = Grouping(store)
        went_on = [grouping.step() for _ in range(n)]
        group_all(store)
        assert sets(store) == expected
        store.close()
        if not went_on[-1]:
            break
    assert n > 4


def test_a_change_that_comes_while_it_is_looked_at_is_looked_at_again(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p2", namespace="run-2"))
    other = Store(store.path)
    grouping = Grouping(store)
    while not table(store, "SELECT 1 FROM grouping WHERE stamp <> ''"):
        grouping.step()
    import_records(other, idea("p2", namespace="run-2", value=0.9))
    while grouping.step():
        pass
    assert (exact(store), len(near(store)), grouping.waiting()) == (set(), 1, 0)
    other.close()


def test_another_way_of_sketching_has_all_looked_at_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = grouped(tmp_path, *POOL)
    before = sets(store)
    with store.write() as connection:
        connection.execute("UPDATE sketches SET bands = x'', fingerprint = zeroblob(16) WHERE id < 4")
        connection.execute("DELETE FROM unmatched")
    monkeypatch.setattr(wording, "VERSION", 2)
    group_all(store)
    assert sets(store) == before
    assert sketches.grouping_state(store.connection()).stamp == "2 85"


def test_doctor_builds_it_anew(tmp_path: Path) -> None:
    store = grouped(tmp_path, *POOL)
    before = derived(store)
    with store.write() as connection:
        connection.execute("DELETE FROM sightings")
        connection.execute("UPDATE alike SET head_id = id")
    mend_store(store.path)
    assert derived(store) == before


def test_many_of_one_template_are_looked_at_in_bearable_time(tmp_path: Path) -> None:
    """Each is held against a few, so that three thousand pairs of them all are not."""
    records = [idea(f"p{i}", value=i / 100, body=f"{idea('p').body} {i}") for i in range(80)]
    store = grouped(tmp_path, *records)
    ((_, members),) = near(store).items()
    assert len(members) == 80
    assert table(store, "SELECT count(*) < 900 FROM alike_pairs") == [(1,)]
