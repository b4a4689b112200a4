"""The demo's copy: made once, kept with what was judged, started over on request."""

from pathlib import Path

from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from reviewer.workflow.demo import demo_path, open_demo, sample_data
from tests.builders import build_session, held, judge, method_ids


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
