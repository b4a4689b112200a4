"""The demo's copy: made once, kept with what was judged, started over on request."""

from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from reviewer.store.drafts import Draft, Drafts
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import demo
from reviewer.workflow.demo import demo_path, open_demo, sample_data
from reviewer.workflow.importing import run_import
from tests.builders import NOW, build_session, build_store, held, judge, method_ids, record


def test_the_copy_is_made_once_and_starting_over_keeps_the_old_one(tmp_path: Path) -> None:
    assert (sample_data() / "00_study.jsonl").is_file()
    path = demo_path(tmp_path / "reviewer.db")
    assert path == tmp_path / "demo.db"
    store = open_demo(path)
    assert len(method_ids(store)) == 40
    first = method_ids(store)[0]
    judge(build_session(store), first)
    store.close()
    again = open_demo(path)
    assert held(build_session(again), first).verdict is Verdict.SURVIVES
    again.close()
    fresh = open_demo(path, fresh=True)
    assert held(build_session(fresh), first).verdict is None
    fresh.close()
    previous = Store(tmp_path / "demo.db.previous")
    assert held(build_session(previous), first).verdict is Verdict.SURVIVES
    previous.close()


def test_every_copy_that_was_started_over_is_kept_with_its_drafts(tmp_path: Path) -> None:
    path = demo_path(tmp_path / "reviewer.db")
    for number, name in enumerate(("demo.db.previous", "demo.db.previous.2", "demo.db.previous.3")):
        open_demo(path).close()
        # Still open, so that the words lie in the log beside the file of drafts, as after the death of the app.
        drafts = Drafts(path)
        drafts.keep("kim", Draft("p1", "rationale", f"precious words {number}"))
        open_demo(path, fresh=True).close()
        kept = Drafts(tmp_path / name)
        assert [d.text for d in kept.all_of("kim")] == [f"precious words {number}"]
        kept.close()
        drafts.close()
        anew = Drafts(path)
        assert anew.all_of("kim") == ()
        anew.close()
    assert (
        Store(tmp_path / "demo.db.previous.3").connection().execute("SELECT count(*) FROM methods").fetchone()[0] > 40
    )


def test_a_store_of_ones_own_is_never_taken_for_the_copy(tmp_path: Path) -> None:
    own = build_store(tmp_path, record("mine"), name="own.db")
    own.close()
    for fresh in (False, True):
        with pytest.raises(UserError, match=r"own\.db is a store of your own and no copy of the sample study"):
            open_demo(tmp_path / "own.db", fresh=fresh)
    assert [path.name for path in tmp_path.glob("own.db*") if "previous" in path.name] == []
    own = Store(tmp_path / "own.db")
    assert len(method_ids(own)) == 1
    own.close()


@pytest.mark.parametrize("after", [0, 3])
def test_a_copy_whose_making_was_broken_off_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    path = tmp_path / "demo.db"

    def broken_off(store: Store, paths: list[Path]) -> None:
        if after:
            run_import(store, sorted(paths[0].glob("*.jsonl"))[:after])

    with monkeypatch.context() as then:
        then.setattr(demo, "run_import", broken_off)
        open_demo(path).close()
    assert len(method_ids(Store(path))) < 40
    store = open_demo(path)
    assert len(method_ids(store)) == 40
    state = store.connection().execute("SELECT DISTINCT state FROM imports").fetchall()
    assert state == [("complete",)]
    store.close()


def test_what_somebody_took_out_of_the_copy_stays_out(tmp_path: Path) -> None:
    store = open_demo(tmp_path / "demo.db")
    withdraw_import(store, 2, NOW)
    left = len(method_ids(store))
    store.close()
    again = open_demo(tmp_path / "demo.db")
    assert len(method_ids(again)) == left < 40
    again.close()


def test_starting_over_is_a_way_out_of_a_damaged_copy(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    open_demo(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:20000] + bytes(len(whole) - 20000))
    store = open_demo(path, fresh=True)
    assert len(method_ids(store)) == 40
    store.close()
    assert (tmp_path / "demo.db.previous").stat().st_size == len(whole)
