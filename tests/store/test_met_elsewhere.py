"""A record that is met as it is in another file: the place is kept, told, and goes with its import."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.methods import MethodRecord, Provenance
from reviewer.domain.vocabulary import Role, Setting
from reviewer.store import met_elsewhere, recording, withdrawing
from reviewer.store.alike import sightings_by_first, sightings_of
from reviewer.store.backup import copy_store
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.imports import begin_import, finish_import
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import prepare
from reviewer.store.problems import problem_by_slug, save_problem
from reviewer.store.recorded import Recorded
from reviewer.store.search_index import index_some
from reviewer.store.withdrawing import Withdrawn, withdraw_import
from reviewer.workflow.grouping import group_all
from reviewer.workflow.merging import merge
from reviewer.workflow.recovering import recover
from tests.builders import PROBLEM, build_session, build_store, judge, measured, method_ids, record, table

T1, T2, T3, T4 = (f"2026-01-0{day}T00:00:00.000Z" for day in range(1, 5))
PLACES = (
    "SELECT revision_id, path, place, same_raw, import_id, last_import_id, first_met, last_met FROM met_elsewhere "
    "WHERE NOT is_named"
)


def take(
    store: Store,
    path: str,
    *records: MethodRecord,
    now: str = T1,
    file: str = "",
    sha256: str = "",
    source: str = "native",
) -> list[Recorded]:
    """Import records as read from a file, each from a line of its own."""
    read = [
        r._replace(provenance=Provenance(file or path, sha256 or path * 2, f"line {n}"))
        for n, r in enumerate(records, 1)
    ]
    with store.write() as connection:
        import_id = begin_import(connection, source, path, {}, now)
        problem_id, _ = save_problem(connection, PROBLEM, now)
        known = problem_by_slug(connection, PROBLEM.slug)
        assert known is not None
        taking = KnownProblem(problem_id, known.problem, lambda dataset: Setting.UNKNOWN)
        done = recording.record_methods(connection, taking, list(map(prepare, read)), import_id=import_id, now=now)
        index_some(connection)
        finish_import(connection, import_id, "complete", now)
    return done


def places(store: Store) -> list[tuple[Any, ...]]:
    return table(store, f"{PLACES} ORDER BY revision_id, path")


def where(store: Store, method_id: int = 1) -> list[tuple[str, str]]:
    return [(each.file, each.place) for each in sightings_of(store.connection(), method_id)]


def withdraw(store: Store, import_id: int) -> Withdrawn:
    outcome = withdraw_import(store, import_id, T4)
    assert outcome is not None
    return outcome


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = build_store(tmp_path)
    take(store, "/w/a.jsonl", record("p1", measurements=(measured(),)), record("p2"))
    return store


def test_another_file_is_a_place_and_the_same_file_is_none(store: Store) -> None:
    p1 = record("p1", measurements=(measured(),))
    assert [done.elsewhere for done in take(store, "/w/a.jsonl", p1, record("p2"))] == [False, False]
    assert [done.elsewhere for done in take(store, "/w/a.jsonl", record("p2"), p1, file="a.jsonl")] == [False, False]
    assert places(store) == []
    (done,) = take(store, "/w/b.jsonl", p1, now=T2)
    assert (done.change, done.elsewhere) == ("unchanged", True)
    assert places(store) == [(1, "/w/b.jsonl", "line 1", 1, 4, 4, T2, T2)]
    assert where(store) == [("/w/a.jsonl", "line 1"), ("/w/b.jsonl", "line 1")]
    assert where(store, 2) == [("/w/a.jsonl", "line 2")]


def test_what_is_met_there_again_is_noted_and_no_further_place(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    (done,) = take(store, "/w/b.jsonl", record("p2"), now=T3)
    assert not done.elsewhere
    assert places(store) == [(2, "/w/b.jsonl", "line 1", 1, 2, 3, T2, T3)]
    one, two = take(store, "/w/c.jsonl", record("p2"), record("p2"), now=T3)
    assert (one.elsewhere, two.elsewhere) == (True, False)
    assert len(places(store)) == 2


def test_a_record_that_is_written_otherwise_there_is_marked(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2", raw={"id": "p2", "more": 1}), now=T2)
    assert [row[3] for row in places(store)] == [0]


def test_places_are_of_the_text_that_was_met_there(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    take(store, "/w/a.jsonl", record("p2", body="Another text."), now=T3)
    assert where(store, 2) == [("/w/a.jsonl", "line 1")], "the other file has the earlier text"
    (done,) = take(store, "/w/b.jsonl", record("p2"), now=T3)
    assert done.change == "changed"
    assert where(store, 2) == [("/w/a.jsonl", "line 2"), ("/w/b.jsonl", "line 1")], "it counts again"
    take(store, "/w/c.jsonl", record("p2", body="Another text."), now=T3)
    assert where(store, 2) == [("/w/a.jsonl", "line 1"), ("/w/c.jsonl", "line 1")], "one that comes back is met too"


def test_sightings_of_others_come_with_their_places(store: Store) -> None:
    twin = record("p1", namespace="run-2", title="Title of p1", measurements=(measured(),))
    take(store, "/w/twin.jsonl", twin)
    take(store, "/w/copy.jsonl", twin)
    take(store, "/w/b.jsonl", record("p2"), record("base", Role.BASELINE))
    take(store, "/w/c.jsonl", record("base", Role.BASELINE))
    group_all(store)
    found = sightings_by_first(store.connection(), 1)
    assert {first: [(each.namespace, each.file) for each in met] for first, met in found.items()} == {
        1: [("run-1", "/w/a.jsonl"), ("run-2", "/w/twin.jsonl"), ("run-2", "/w/copy.jsonl")],
        2: [("run-1", "/w/a.jsonl"), ("run-1", "/w/b.jsonl")],
    }


def test_withdrawing_the_import_that_met_it_takes_out_the_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met_elsewhere, "PLACES_AT_ONCE", 1)
    take(store, "/w/b.jsonl", record("p1", measurements=(measured(),)), record("p2"), now=T2)
    take(store, "/w/b.jsonl", record("p2"), now=T3)
    outcome = withdraw(store, 2)
    assert (outcome.gone, outcome.places, outcome.stay_with) == (0, 1, {})
    assert places(store) == [(2, "/w/b.jsonl", "line 1", 1, 3, 3, T3, T3)], "a later import met that one there too"
    assert withdraw(store, 3).places == 1
    assert places(store) == []
    assert len(method_ids(store)) == 2


def test_withdrawing_the_last_import_that_met_it_leaves_the_place_to_the_first(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    take(store, "/w/b.jsonl", record("p2"), now=T3)
    assert withdraw(store, 3).places == 0
    assert places(store) == [(2, "/w/b.jsonl", "line 1", 1, 2, 2, T2, T2)]


def test_withdrawing_the_first_import_leaves_what_was_met_elsewhere_to_the_import_that_met_it(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    take(store, "/w/c.jsonl", record("p2"), now=T3)
    outcome = withdraw(store, 1)
    assert (outcome.gone, outcome.kept, outcome.stay_with) == (1, 0, {2: 1})
    assert method_ids(store) == [2]
    assert where(store, 2) == [("/w/b.jsonl", "line 1"), ("/w/c.jsonl", "line 1")]
    assert table(store, "SELECT import_id, recorded_at FROM revisions") == [(2, T2)]
    found = examine_store(store.path)
    assert (found.broken_references, found.stale_counts, found.unsearchable, found.search_damage) == (0, 0, 0, "")
    assert withdraw(store, 2).stay_with == {3: 1}
    assert withdraw(store, 3).gone == 1
    assert (method_ids(store), places(store)) == ([], [])


def test_a_raw_record_stays_that_of_the_file_it_was_read_from(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2", raw={"id": "p2", "more": 1}), now=T2)
    assert withdraw(store, 1).stay_with == {2: 1}
    assert where(store, 2) == [("/w/a.jsonl", "line 2"), ("/w/b.jsonl", "line 1")]
    assert table(store, "SELECT import_id FROM revisions") == [(2,)]
    assert withdraw(store, 2).gone == 1
    assert places(store) == []


def test_a_text_that_came_back_elsewhere_names_that_file_once_the_first_import_is_withdrawn(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2", body="Another text."), now=T2)
    take(store, "/w/c.jsonl", record("p2"), now=T3)
    withdraw(store, 1)
    assert where(store, 2) == [("/w/c.jsonl", "line 1")]
    assert places(store) == []
    assert examine_store(store.path).broken_references == 0


def test_what_was_judged_stays_that_of_the_withdrawn_import(store: Store) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    judge(build_session(store), 2)
    outcome = withdraw(store, 1)
    assert (outcome.gone, outcome.kept, outcome.stay_with) == (1, 1, {})
    assert where(store, 2) == [("/w/a.jsonl", "line 2"), ("/w/b.jsonl", "line 1")]


def test_of_a_method_of_several_parts_what_others_did_not_meet_goes(store: Store) -> None:
    take(store, "/w/a.jsonl", record("p2", part="scores", measurements=(measured(),)))
    take(store, "/w/b.jsonl", record("p2", part="scores", measurements=(measured(),)), now=T2)
    outcome = withdraw(store, 2)
    assert (outcome.gone, outcome.stay_with) == (0, {3: 1})
    outcome = withdraw(store, 1)
    assert (outcome.gone, outcome.stay_with) == (2, {})
    assert table(store, "SELECT part FROM revisions") == [("scores",)]


def test_a_withdrawal_that_was_broken_off_is_completed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    take(store, "/w/b.jsonl", record("p2"), record("p3"), now=T3)

    def break_off(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(withdrawing, "_take_out", break_off)
        with pytest.raises(KeyboardInterrupt):
            withdraw_import(store, 3, T4)
    assert withdraw(store, 3).gone == 1
    assert places(store) == [(2, "/w/b.jsonl", "line 1", 1, 2, 2, T2, T2)]


def test_a_merge_brings_the_places_and_the_files_that_were_read_there(tmp_path: Path) -> None:
    here, there = build_store(tmp_path, name="here.db"), build_store(tmp_path, name="there.db")
    take(here, "/w/a.jsonl", record("p1"), record("p2"), sha256="same")
    take(there, "/home/noor/a.jsonl", record("p1"), record("p3"), sha256="same")
    take(there, "/home/noor/other.jsonl", record("p1"), record("p2"), record("p3"), sha256="other", now=T2)
    here.close()
    there.close()
    merge(here.path, there.path)
    with closing(Store(here.path)) as store:
        assert where(store, 1) == [("/w/a.jsonl", "line 1"), ("/home/noor/other.jsonl", "line 1")], "a copy is no other"
        assert where(store, 2) == [("/w/a.jsonl", "line 2"), ("/home/noor/other.jsonl", "line 2")]
        assert where(store, 3) == [("/home/noor/a.jsonl", "line 2"), ("/home/noor/other.jsonl", "line 3")]
        before = places(store)
        imports = table(store, "SELECT count(*) FROM imports")
    again = merge(here.path, there.path)
    with closing(Store(here.path)) as store:
        assert (places(store), table(store, "SELECT count(*) FROM imports"), again.brought) == (before, imports, 0)
        # What was merged names files of another machine: the same bytes imported here are the same file.
        (done,) = take(store, "/w/got/a.jsonl", record("other"), record("p3"), sha256="same")[1:]
        assert not done.elsewhere
        outcome = withdraw(store, 2)
        assert (outcome.gone, outcome.places, outcome.stay_with) == (0, 2, {3: 1})
        assert where(store, 3) == [("/w/got/a.jsonl", "line 2")]
        assert examine_store(store.path).broken_references == 0
    merge(there.path, here.path)
    with closing(Store(there.path)) as store:
        assert where(store, 3) == [("/home/noor/other.jsonl", "line 2"), ("/w/a.jsonl", "line 2")]


def test_a_copy_and_what_is_recovered_have_the_places(store: Store, tmp_path: Path) -> None:
    take(store, "/w/b.jsonl", record("p2"), now=T2)
    before = places(store)
    store.close()
    copy_store(store.path, tmp_path / "copy.db")
    recover(store.path, tmp_path / "new.db")
    for name in ("copy.db", "new.db"):
        with closing(Store(tmp_path / name)) as made:
            assert places(made) == before
