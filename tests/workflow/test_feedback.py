"""What agents may read of what reviewers said."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import UserError
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Protocol, Rating, Verdict
from reviewer.exports.feedback import Feedback, feedback_schema
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.workflow import judging
from reviewer.workflow.feedback import Given, give_feedback
from reviewer.workflow.grouping import group_all
from reviewer.workflow.session import Session, begin_session
from tests.builders import NOW, RUBRIC, act, build_session, build_store, import_records, judge, record
from tests.workflow.alike_stores import idea


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, record("p1", agent="a1", run="r1"), record("p2"), record("p3"))


def says(session: Session, method_id: int, why: str, *, shared: bool) -> None:
    act(session, method_id, Act.RATIONALE, judging.set_rationale(why))
    if shared:
        act(session, method_id, Act.SHARE, judging.set_shareable(True, why))


def lines(store: Store, path: Path, *, viewer_id: int | None = None, **options: Any) -> list[dict[str, Any]]:
    give_feedback(store, path, viewer_id=viewer_id, **options)
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in found:
        jsonschema.validate(line, feedback_schema(), format_checker=jsonschema.FormatChecker())
    return found


def test_a_line_says_what_reviewers_said_and_only_what_their_authors_let_agents_read(
    store: Store, tmp_path: Path
) -> None:
    kim, lee, max_ = (build_session(store, name) for name in ("kim", "lee", "max"))
    judge(kim, 1, Verdict.FAILS)
    judge(lee, 1, Verdict.FAILS)
    judge(max_, 1, Verdict.SURVIVES)
    blocker, concern = ConstraintRating(Rating.BLOCKER, "a note"), ConstraintRating(Rating.CONCERN)
    act(kim, 1, Act.RATING, judging.rate("cost", blocker))
    act(kim, 1, Act.RATING, judging.rate("scale", concern))
    act(lee, 1, Act.RATING, judging.rate("cost", blocker))
    act(lee, 1, Act.RATING, judging.rate("latency", blocker))
    says(kim, 1, "Too dear – at “scale”.\nAnd slow.", shared=True)
    says(lee, 1, "for us alone", shared=False)
    act(max_, 2, Act.FORECAST, judging.set_forecast(0.5))
    (line,) = lines(store, tmp_path / "out.jsonl")
    assert line == {
        "feedback": 1,
        "problem": line["problem"],
        "namespace": line["namespace"],
        "id": "p1",
        "proposal": line["proposal"],
        "title": "Title of p1",
        "agent": "a1",
        "run": "r1",
        "verdicts": {"survives": 1, "conditional": 0, "fails": 2, "cannot_tell": 0},
        "of_current_revision": 3,
        "blockers": {"cost": 2, "latency": 1},
        "rationales": ["Too dear – at “scale”.\nAnd slow."],
        "updated_at": line["updated_at"],
        "met_as": [],
    }
    text = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    for private in ("kim", "lee", "max", "for us alone", "a note"):
        assert private not in text
    given = give_feedback(store, tmp_path / "out.jsonl", viewer_id=None)
    assert given == Given(proposals=1, verdicts=3, rationales=1)


def test_who_put_the_same_forward_elsewhere_finds_it_by_their_own_name(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p9", namespace="run-2"))
    group_all(store)
    judge(build_session(store, "kim"), 1, Verdict.FAILS)
    (line,) = lines(store, tmp_path / "out.jsonl")
    assert (line["namespace"], line["id"], line["met_as"]) == ("run-1", "p1", ["run-2/p9"])


def test_a_verdict_on_an_earlier_revision_counts_and_is_told(store: Store, tmp_path: Path) -> None:
    kim = build_session(store, "kim")
    judge(kim, 1)
    import_records(store, record("p1", body="changed"))
    (line,) = lines(store, tmp_path / "out.jsonl")
    assert (line["verdicts"]["survives"], line["of_current_revision"]) == (1, 0)


def test_what_is_taken_back_is_told_no_longer(store: Store, tmp_path: Path) -> None:
    kim = build_session(store, "kim")
    judge(kim, 1)
    says(kim, 1, "why", shared=True)
    assert lines(store, tmp_path / "out.jsonl")[0]["rationales"] == ["why"]
    judging.undo(kim)
    assert lines(store, tmp_path / "out.jsonl")[0]["rationales"] == []
    judging.undo(kim)
    judging.undo(kim)
    assert lines(store, tmp_path / "out.jsonl") == []


def test_nothing_is_counted_that_the_viewer_may_not_see_yet(store: Store, tmp_path: Path) -> None:
    kim, lee = build_session(store, "kim"), build_session(store, "lee")
    judge(kim, 1, Verdict.FAILS)
    says(kim, 1, "why", shared=True)
    judge(kim, 2, Verdict.FAILS)
    judge(lee, 2, Verdict.SURVIVES)
    out = tmp_path / "out.jsonl"
    assert [line["id"] for line in lines(store, out, viewer_id=lee.reviewer_id)] == ["p2"]
    assert lines(store, out, viewer_id=lee.reviewer_id)[0]["verdicts"]["fails"] == 1
    assert lines(store, out, viewer_id=0) == []
    with store.write() as connection:
        set_protocol(connection, None, Protocol.SEALED, set_by="kim", now=NOW)
    assert lines(store, out, viewer_id=0) == []
    assert [line["id"] for line in lines(store, out)] == ["p1", "p2"]


def test_since_leaves_out_what_nobody_has_said_anything_of_since(store: Store, tmp_path: Path) -> None:
    early, late = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 20))
    judge(begin_session(store, "kim", RUBRIC, lambda: early), 1)
    judge(begin_session(store, "lee", RUBRIC, lambda: early), 2)
    judge(begin_session(store, "kim", RUBRIC, lambda: late), 2)
    out = tmp_path / "out.jsonl"
    (line,) = lines(store, out, since=early + timedelta(days=1))
    assert (line["id"], line["verdicts"]["survives"]) == ("p2", 2)
    assert len(lines(store, out, since=early)) == 2, "what was said at that very moment is in"
    assert lines(store, out, since=late + timedelta(milliseconds=1)) == []


def test_only_one_problem_and_one_that_is_there(store: Store, tmp_path: Path) -> None:
    kim = build_session(store, "kim")
    judge(kim, 1)
    slug = lines(store, tmp_path / "out.jsonl")[0]["problem"]
    assert len(lines(store, tmp_path / "out.jsonl", problem=slug)) == 1
    with pytest.raises(UserError, match="There is no problem 'none'"):
        give_feedback(store, tmp_path / "never.jsonl", viewer_id=None, problem="none")
    assert not (tmp_path / "never.jsonl").exists()


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(title=TEXT, rationale=TEXT, slug=TEXT)
def test_a_line_is_one_line_whatever_the_texts_hold(title: str, rationale: str, slug: str) -> None:
    feedback = Feedback("p", "u", "n", "i", title, "", "", {}, 0, {slug: 1}, (rationale,), "")
    line = feedback.line()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    data = json.loads(line)
    assert (data["title"], data["rationales"], data["blockers"]) == (title, [rationale], {slug: 1})
