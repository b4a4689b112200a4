"""What the triage screen shows of one proposal."""

from pathlib import Path

import pytest

from reviewer.domain.judgements import Judgement
from reviewer.domain.methods import Remark
from reviewer.domain.problems import Problem, Target
from reviewer.domain.vocabulary import Bound, RemarkKind, Role, Setting, Verdict
from reviewer.store import problems, recording
from reviewer.store.problems import ProblemCounts
from reviewer.store.settings import set_settings
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow.session import Session
from reviewer.workflow.views import ProblemReader, evidence_rows, overview, target_lines
from tests.builders import NOW, PROBLEM, build_session, build_store, import_records, judge, measured, method_ids, record


@pytest.fixture
def kim(tmp_path: Path) -> Session:
    store = build_store(
        tmp_path,
        record("b1", Role.BASELINE, measurements=(measured(0.2),)),
        record("b2", Role.BASELINE, measurements=(measured(0.3),)),
        record("floor", Role.REFERENCE, bound=Bound.FLOOR, measurements=(measured(0.0),)),
        record("p1", measurements=(measured(0.5),), idea="em"),
        record("p2"),
    )
    with store.write() as connection:
        told = Remark("run-1", "r1", PROBLEM.slug, RemarkKind.ERROR, "Fails.", record().provenance, idea="em")
        recording.record_remark(connection, 1, told, import_id=1, now=NOW)
    return build_session(store)


def test_view_has_all_that_is_shown(kim: Session) -> None:
    proposal, bare = method_ids(kim.store)
    judge(kim, proposal, Verdict.FAILS)
    judge(build_session(kim.store, "noor"), bare)
    reader = ProblemReader(kim, 1)
    view = reader.view(proposal)
    assert view.proposal.external_id == "p1"
    assert [(r.method.external_id, r.reason) for r in view.baselines] == [
        ("b2", "best of 2 on chat, by PGR"),
        ("b1", "2nd best of 2 on chat, by PGR"),
    ]
    assert [r.external_id for r in view.references] == ["floor"]
    assert [r.text for r in view.remarks] == ["Fails."]
    assert (view.judgement.verdict, view.changed_since_judged) == (Verdict.FAILS, False)
    assert reader.view(bare).current is None, "what noor holds is hers"
    assert (reader.view(bare).judgement, reader.view(bare).changed_since_judged) == (Judgement(), False)


def test_evidence_is_against_the_baseline_that_was_chosen(kim: Session) -> None:
    view = ProblemReader(kim, 1).view(method_ids(kim.store)[0])
    differences = [[row.difference for row in evidence_rows(view, i)] for i in (0, 1)]
    assert differences == [[pytest.approx(0.2)], [pytest.approx(0.3)]]
    (row,) = evidence_rows(view, 0)
    assert row.floor is not None
    assert row.floor.measurement.value == 0.0


def test_proposal_without_baselines_has_evidence_of_its_own(tmp_path: Path) -> None:
    kim = build_session(build_store(tmp_path, record("p1", measurements=(measured(0.5),))))
    view = ProblemReader(kim, 1).view(1)
    assert view.baselines == ()
    assert [row.baseline for row in evidence_rows(view, 0)] == [None]


def test_verdict_on_an_older_revision_is_marked(kim: Session) -> None:
    proposal = method_ids(kim.store)[0]
    reader = ProblemReader(kim, 1)
    judge(kim, proposal)
    import_records(kim.store, record("p1", body="changed"))
    assert reader.view(proposal).changed_since_judged
    judge(kim, proposal)
    assert not reader.view(proposal).changed_since_judged


def test_baselines_are_read_anew_when_an_import_came_or_went(kim: Session) -> None:
    proposal = method_ids(kim.store)[0]
    reader = ProblemReader(kim, 1)

    def best() -> tuple[str, int]:
        ranked = reader.view(proposal).baselines
        return ranked[0].method.external_id, len(ranked)

    assert best() == ("b2", 2)
    import_records(kim.store, record("b3", Role.BASELINE, measurements=(measured(0.9),)))
    assert best() == ("b3", 3)
    import_records(kim.store, record("b1", Role.BASELINE, measurements=(measured(0.95),)))
    assert best() == ("b1", 3)
    withdraw_import(kim.store, 2, NOW)
    assert best() == ("b1", 2)


def test_baselines_are_read_anew_when_told_to(kim: Session) -> None:
    proposal = method_ids(kim.store)[0]
    reader = ProblemReader(kim, 1)
    reader.view(proposal)
    with kim.store.write() as connection:
        set_settings(connection, 1, lambda _: Setting.LAB, overwrite=False)
    reader.forget()
    assert reader.view(proposal).baselines[0].reason == "best of 2 on chat, lab, by PGR"


def test_proposal_that_is_gone_is_told(kim: Session) -> None:
    with pytest.raises(LookupError):
        ProblemReader(kim, 1).view(99)


def test_overview_counts_for_the_viewer(kim: Session) -> None:
    import_records(kim.store, problem=Problem("empty"))
    noor = build_session(kim.store, "noor")
    judge(noor, method_ids(kim.store)[0])
    found = overview(kim.store, kim.reviewer_id)
    assert [p.problem.slug for p in found.problems] == ["weak_to_strong", "empty"]
    assert found.counts == {1: ProblemCounts(proposals=2, baselines=2, references=1), 2: ProblemCounts()}
    assert overview(kim.store, noor.reviewer_id).counts[1].judged == 1


def test_target_is_shown_as_far_as_it_is_filled_in(kim: Session) -> None:
    assert target_lines(None) == ()
    target = Target("gains 1 point", scale="70B", horizon="2026-12-31")
    with kim.store.write() as connection:
        problems.save_target(connection, 1, target, written_by="kim", now=NOW)
    (stored,) = overview(kim.store, kim.reviewer_id).problems
    assert stored.problem.target == target
    assert target_lines(target) == (("survives if", "gains 1 point"), ("by", "2026-12-31"), ("scale", "70B"))
