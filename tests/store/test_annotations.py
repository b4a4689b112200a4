"""Events, what they add up to, and undo and redo over them."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import TakenOutError
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Change, ConstraintRating, Judgement
from reviewer.domain.vocabulary import Act, Rating, Role, Status, Verdict
from reviewer.store import annotations, events, judgements_in_step
from reviewer.store.connection import Store
from reviewer.store.problems import ProblemCounts, counts
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import judging
from tests.builders import (
    NOW,
    act,
    build_session,
    build_store,
    context,
    held,
    import_records,
    judge,
    method_ids,
    record,
    table,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = build_store(tmp_path_factory.mktemp("annotations"), *(record(f"p{i}") for i in range(3)))
    yield store
    store.close()


@dataclass
class Model:
    """One reviewer's judgements and the acts that can be undone and redone, in plain lists."""

    held: dict[int, Judgement]
    done: list[dict[int, tuple[Judgement, Judgement]]] = field(default_factory=list)
    undone: list[dict[int, tuple[Judgement, Judgement]]] = field(default_factory=list)

    def act(self, methods: list[int], change: Change) -> list[int]:
        """Do it, and return the proposals on which it changed anything."""
        changed = {m: (self.held[m], change(self.held[m])) for m in methods if change(self.held[m]) != self.held[m]}
        if changed:
            self.done.append(changed)
            self.undone.clear()
            self.held |= {m: after for m, (_, after) in changed.items()}
        return list(changed)

    def undo(self) -> bool:
        if not self.done:
            return False
        self.undone.append(self.done.pop())
        self.held |= {m: before for m, (before, _) in self.undone[-1].items()}
        return True

    def redo(self) -> bool:
        if not self.undone:
            return False
        self.done.append(self.undone.pop())
        self.held |= {m: after for m, (_, after) in self.done[-1].items()}
        return True


CHANGES = st.one_of(
    st.sampled_from(Verdict).map(lambda v: (Act.VERDICT, judging.give_verdict(v))),
    st.sampled_from([None, 0.0, 0.35, 1.0]).map(lambda f: (Act.FORECAST, judging.set_forecast(f))),
    st.sampled_from(["", "Because.", "It scales:\n\tno. 🧪"]).map(lambda t: (Act.RATIONALE, judging.set_rationale(t))),
    st.sampled_from([[], ["a"], ["a", "b"]]).map(lambda t: (Act.TAGS, judging.set_tags(t))),
    st.tuples(st.sampled_from(["scale", "cost"]), st.sampled_from([None, *Rating]), st.sampled_from(["", "why"])).map(
        lambda r: (Act.RATING, judging.rate(r[0], ConstraintRating(r[1], r[2])))
    ),
    st.booleans().map(lambda on: (Act.FLAG, judging.set_flag(on))),
    st.just((Act.SKIP, judging.skip)),
    st.just((Act.CONDITION, judging.set_condition("with labels", "try 100"))),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["act", "act", "undo", "undo", "redo"]),
        st.integers(0, 1),
        st.sampled_from([[0], [1], [0], [2, 0], [0, 1, 2]]),
        CHANGES,
    ),
    max_size=25,
)
NAMES = count()


@settings(max_examples=60)
@given(steps=STEPS)
def test_acts_undone_and_redone_are_those_of_a_plain_list(store: Store, steps: list[Any]) -> None:
    ids = method_ids(store)
    reviewers = [build_session(store, f"reviewer {next(NAMES)}") for _ in range(2)]
    models = [Model(dict.fromkeys(ids, Judgement())) for _ in reviewers]
    for what, who, places, (kind, change) in steps:
        session, model = reviewers[who], models[who]
        if what == "undo":
            assert (judging.undo(session) is not None) == model.undo()
        elif what == "redo":
            assert (judging.redo(session) is not None) == model.redo()
        else:
            group = new_id()
            changed = model.act([ids[i] for i in places], change)
            for method_id in (ids[i] for i in places):
                done = act(session, method_id, kind, change, act_id=group)
                assert (done is not None) == (method_id in changed)
        assert {m: held(session, m) for m in ids} == model.held
    for session, model in zip(reviewers, models, strict=True):
        statuses = [j.status for j in model.held.values()]
        assert counts(store.connection(), 1, session.reviewer_id) == ProblemCounts(
            proposals=3,
            judged=statuses.count(Status.JUDGED),
            started=statuses.count(Status.STARTED),
            skipped=statuses.count(Status.SKIPPED),
            flagged=sum(j.flagged for j in model.held.values()),
        )
    assert rebuilt(store) == kept_in_step(store)


def kept_in_step(store: Store) -> tuple[list[Any], list[Any]]:
    """What the store keeps of judgements and counts, without row ids and counts of nothing."""
    columns = [r[1] for r in table(store, "PRAGMA table_info(current_judgements)") if r[1] not in ("id", "seconds")]
    names = ", ".join(columns)
    return (
        table(store, f"SELECT {names}, round(seconds, 6) FROM current_judgements ORDER BY reviewer_id, method_id"),
        table(store, "SELECT problem_id, reviewer_id, name, n FROM counts WHERE n <> 0 ORDER BY 1, 2, 3"),
    )


def rebuilt(store: Store) -> tuple[list[Any], list[Any]]:
    with store.write() as connection:
        annotations.rebuild(connection)
    return kept_in_step(store)


def test_rebuild_mends_what_fell_out_of_step(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(3)))
    kim = build_session(store)
    for method_id in method_ids(store):
        judge(kim, method_id)
        act(kim, method_id, Act.FLAG, judging.set_flag(True), seconds=2.5)
    judging.undo(kim)
    whole = kept_in_step(store)
    store.connection().execute("DELETE FROM current_judgements WHERE method_id = 1")
    store.connection().execute("UPDATE current_judgements SET verdict = 'fails', seconds = 9")
    store.connection().execute("UPDATE counts SET n = n + 5")
    store.connection().execute("INSERT INTO counts (problem_id, reviewer_id, name, n) VALUES (1, 77, 'judged', 3)")
    assert kept_in_step(store) != whole
    with store.write() as connection:
        assert annotations.rebuild(connection) == {"current_judgements": 3, "counts": 3}
    assert kept_in_step(store) == whole


def test_event_carries_the_whole_judgement_and_what_was_before_the_reviewer(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    kim = build_session(store)
    first, second = method_ids(store)
    before = context(kim, first, target_version=3, baseline_id=second, visible={"rows": ["pgr"], "blind": True})
    done = judging.perform(kim, first, Act.VERDICT, judging.give_verdict(Verdict.FAILS), before, words="", seconds=1.5)
    act(kim, first, Act.FORECAST, judging.set_forecast(0.35), seconds=2.0)
    assert done is not None
    one, two = events.history(store.connection(), first, kim.reviewer_id)
    assert (one.snapshot, two.snapshot) == (Judgement(Verdict.FAILS), Judgement(Verdict.FAILS, forecast=0.35))
    assert (one.event_id, one.supersedes) == (done.events[0].event_id, None)
    assert (two.supersedes, two.reverses, two.reviewer) == (one.event_id, None, "kim")
    assert one.event_id < two.event_id, "ids sort by time"
    assert one.at < two.at
    row = table(store, "SELECT rubric, target_version, baseline_id, visible FROM annotations WHERE id = 1")
    assert row == [("test/1", 3, second, '{"rows": ["pgr"], "blind": true}')]
    current = annotations.current_judgement(store.connection(), first, kim.reviewer_id)
    assert current is not None
    assert (current.seconds, current.updated_at) == (3.5, two.at)
    assert annotations.current_judgement(store.connection(), second, kim.reviewer_id) is None


def test_undo_is_an_event_that_names_the_act_and_deletes_nothing(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    kim = build_session(store)
    done = judge(kim, 1)
    undone = judging.undo(kim)
    again = judging.redo(kim)
    assert done is not None
    assert undone is not None
    assert again is not None
    past = events.history(store.connection(), 1, kim.reviewer_id)
    assert [(e.kind, e.reverses) for e in past] == [
        (Act.VERDICT, None),
        (Act.UNDO, done.act_id),
        (Act.REDO, undone.act_id),
    ]
    assert [e.snapshot.verdict for e in past] == [Verdict.SURVIVES, None, Verdict.SURVIVES]


def test_undone_judgement_is_of_the_revision_that_it_was_given_on(tmp_path: Path) -> None:
    """A verdict on the old revision is marked as one again when the newer verdict is taken back."""
    store = build_store(tmp_path, record("p1", body="one"))
    kim = build_session(store)
    judge(kim, 1)
    import_records(store, record("p1", body="two"))
    judge(kim, 1, Verdict.FAILS)

    def revision() -> tuple[int, Verdict | None]:
        current = annotations.current_judgement(store.connection(), 1, kim.reviewer_id)
        assert current is not None
        return current.revision_id, current.judgement.verdict

    assert revision() == (2, Verdict.FAILS)
    judging.undo(kim)
    assert revision() == (1, Verdict.SURVIVES)
    judging.redo(kim)
    assert revision() == (2, Verdict.FAILS)


def test_a_verdict_stays_one_on_its_revision_whatever_else_is_said_of_a_later_one(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", body="one"))
    kim = build_session(store)
    act(kim, 1, Act.FLAG, judging.set_flag(True))
    judge(kim, 1)
    import_records(store, record("p1", body="two"))

    def revision() -> int:
        current = annotations.current_judgement(store.connection(), 1, kim.reviewer_id)
        assert current is not None
        return current.revision_id

    act(kim, 1, Act.FLAG, judging.set_flag(False))
    act(kim, 1, Act.FORECAST, judging.set_forecast(0.2))
    assert revision() == 1
    judging.undo(kim)
    assert revision() == 1
    judging.redo(kim)
    assert revision() == 1
    seen = table(store, "SELECT kind, revision_id, judged_revision_id FROM annotations ORDER BY id")
    assert seen[:4] == [("flag", 1, 1), ("verdict", 1, 1), ("flag", 2, 1), ("forecast", 2, 1)]
    assert judge(kim, 1) is not None, "the same verdict on the later revision is a second look"
    assert revision() == 2
    assert judge(kim, 1) is None
    before = kept_in_step(store)
    with store.write() as connection:
        annotations.rebuild(connection)
    assert kept_in_step(store) == before


def test_an_act_on_a_proposal_that_is_gone_writes_nothing(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    kim = build_session(store)
    with pytest.raises(LookupError):
        judging.perform(kim, 99, Act.FLAG, judging.set_flag(True), context(kim, 1), words="flag")
    assert table(store, "SELECT count(*) FROM annotations") == [(0,)]


def test_nothing_is_judged_beside_a_baseline_that_was_taken_out(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    import_records(store, record("b1", Role.BASELINE))
    kim = build_session(store)
    (p1,), (b1,) = method_ids(store), method_ids(store, Role.BASELINE)
    seen = context(kim, p1, baseline_id=b1)
    withdraw_import(store, 2, NOW)
    with pytest.raises(TakenOutError, match=r"^The baseline beside it was taken out of the store meanwhile"):
        judging.perform(kim, p1, Act.VERDICT, judging.give_verdict(Verdict.FAILS), seen, words="")
    assert table(store, "SELECT count(*) FROM annotations") == [(0,)]
    assert (
        judging.perform(kim, p1, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context(kim, p1), words="")
        is not None
    )


def test_nothing_is_judged_by_the_text_of_another_proposal(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    kim = build_session(store)
    p1, p2 = method_ids(store)
    with pytest.raises(TakenOutError, match=r"^The text that was shown was taken out of the store meanwhile"):
        judging.perform(kim, p1, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context(kim, p2), words="")
    assert table(store, "SELECT count(*) FROM annotations") == [(0,)]


def test_undo_reaches_ones_own_acts_only(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    kim, noor = build_session(store), build_session(store, "noor")
    judge(kim, 1)
    judge(noor, 1, Verdict.FAILS)
    judging.undo(kim)
    assert judging.undo(kim) is None
    assert judging.redo(noor) is None
    assert (held(kim, 1), held(noor, 1)) == (Judgement(), Judgement(Verdict.FAILS))


def test_last_judged_is_the_last_verdict_of_the_viewer(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(3)))
    kim, noor = build_session(store), build_session(store, "noor")
    assert events.last_judged(store.connection(), kim.reviewer_id, 1) is None
    judge(kim, 2)
    judge(noor, 3)
    act(kim, 1, Act.FLAG, judging.set_flag(True))
    assert events.last_judged(store.connection(), kim.reviewer_id, 1) == 2
    assert events.last_judged(store.connection(), kim.reviewer_id, 99) is None


def test_event_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build_store(tmp_path, record())
    kim = build_session(store)
    judge(kim, 1)
    before = kept_in_step(store), table(store, "SELECT * FROM annotations")

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("no")

    monkeypatch.setattr(judgements_in_step, "add_to_count", fail)
    with pytest.raises(Exception, match="no"):
        judge(kim, 1, Verdict.FAILS)
    assert (kept_in_step(store), table(store, "SELECT * FROM annotations")) == before


def test_reviewer_is_entered_once(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    assert build_session(store).reviewer_id == build_session(store).reviewer_id != build_session(store, "x").reviewer_id
    assert annotations.reviewer_id(store.connection(), "kim") == 1
    assert annotations.reviewer_id(store.connection(), "nobody") is None


def test_odd_text_of_a_judgement_is_kept_letter_for_letter(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    kim = build_session(store)
    text = "tab\tnew\nline\r\x1b[31m \x00 \u202e [/] 'quote\" 🧪 \u0301"
    act(kim, 1, Act.RATIONALE, judging.set_rationale(text))
    act(kim, 1, Act.TAGS, judging.set_tags([text, text.upper()]))
    assert held(kim, 1) == replace(Judgement(), rationale=text, tags=(text.strip(), text.upper().strip()))
    assert table(store, "SELECT rationale FROM current_judgements") == [(text,)]


JUDGE_UNTIL_KILLED = """
import sys
from pathlib import Path
from reviewer.domain.vocabulary import Act
from reviewer.store.connection import Store
from reviewer.workflow.judging import set_flag
from tests.builders import act, build_session
kim = build_session(Store(Path(sys.argv[1])))
for i in range(1_000_000):
    act(kim, 1 + i % 3, Act.FLAG, set_flag(i // 3 % 2 == 0))
    print(i + 1, flush=True)
"""


def test_what_was_told_as_saved_outlives_a_process_that_is_killed(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(3)))
    root = Path(__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", JUDGE_UNTIL_KILLED, str(store.path)], stdout=-1, cwd=root)
    assert process.stdout is not None
    for _ in range(50):
        process.stdout.readline()
    process.kill()
    rest = process.stdout.read().split()
    process.wait()
    told = int(rest[-1]) if rest else 50
    assert told <= table(store, "SELECT count(*) FROM annotations")[0][0] <= told + 1
    assert table(store, "PRAGMA integrity_check") == [("ok",)]
    assert kept_in_step(store) == rebuilt(store)
