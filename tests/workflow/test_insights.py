"""The insights section by section, and that nothing of others shows in them, in report or dossier before its time."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Protocol, Rating, Setting, Verdict
from reviewer.exports.page_html import html
from reviewer.exports.page_markdown import markdown
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.store.protocols import set_protocol
from reviewer.workflow import judging
from reviewer.workflow.dossier import dossier_page, gather
from reviewer.workflow.insights import RARE, InsightGroup, group_of, insights, tell_insights
from reviewer.workflow.leaderboard import UnwantedError
from reviewer.workflow.report import report
from reviewer.workflow.session import Session
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer
from reviewer.workflow.statistics import viewer_of
from tests.builders import NOW, PROBLEM, act, build_session, build_store, import_records, judge, measured, record
from tests.workflow.judged_stores import end, give, in_production

TODAY = date(2026, 6, 30)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    numbers = (measured(0.5, setting=Setting.LAB, standard_error=0.02, n_seeds=5),)
    return build_store(tmp_path, *(record(f"p{i}", agent=f"agent-{i % 2}", measurements=numbers) for i in range(1, 9)))


def stored_of(store: Store) -> StoredProblem:
    return list_problems(store.connection())[0]


def sections(store: Store, viewer: Viewer) -> list[Section]:
    return list(insights(store.connection(), stored_of(store), viewer, TODAY))


def of_kind(found: list[Section], kind: SectionKind) -> Section:
    return next(section for section in found if section.kind is kind)


def timed(session: Session, method_id: int, day: int, minutes: float, verdict: Verdict = Verdict.SURVIVES) -> None:
    moment = datetime(2026, 6, 20, 9, tzinfo=UTC) + timedelta(days=day)
    then = replace(session, clock=lambda: moment)
    act(then, method_id, Act.VERDICT, judging.give_verdict(verdict), words="", seconds=60 * minutes)


def test_ones_own_record_comes_first_and_the_rest_in_its_groups(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    give(kim, 1, 0.7)
    give(noor, 1, 0.2, Verdict.FAILS)
    end(store, 1, True)
    viewer = viewer_of(store, "kim")
    found = sections(store, viewer)
    record_of = of_kind(found, SectionKind.RECORD)
    assert [(one.name, one.value) for one in record_of.figures] == [
        ("judged", 1), ("with an outcome", 1), ("without one yet", 0),
    ]  # fmt: skip
    groups = [group_of(section, viewer) for section in found]
    assert groups[:4] == [InsightGroup.RECORD, InsightGroup.PACE, InsightGroup.PACE, InsightGroup.VERDICTS]
    assert set(groups) == set(InsightGroup) - RARE
    own = next(section for section in found if section.kind is SectionKind.FORECASTS)
    assert (own.of, group_of(own, viewer)) == ("kim", InsightGroup.RECORD)
    assert group_of(Section(SectionKind.FORECASTS, "noor"), viewer) is InsightGroup.FORECASTS
    assert {group_of(Section(kind, "x"), viewer) for kind in SectionKind} == set(InsightGroup)


def test_pace_and_minutes_are_ones_own(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    for method_id, day in ((1, 0), (2, 1), (3, 2), (4, 3), (5, 4), (6, 4)):
        timed(kim, method_id, day, 10 * min(method_id, 5), Verdict.FAILS if method_id > 4 else Verdict.SURVIVES)
        timed(noor, method_id, day, 500)
    found = sections(store, viewer_of(store, "kim"))
    pace = {one.name: one for one in of_kind(found, SectionKind.PACE).figures}
    assert pace["share judged"].value == 6 / 8
    assert pace["judged an active day"].value == pytest.approx(6 / 5)
    assert pace["judged an active hour"].value == pytest.approx(6 * 60 / 200)
    spreads = of_kind(found, SectionKind.MINUTES).spreads
    assert [(each.name, each.n, each.median) for each in spreads] == [
        ("all", 6, 35), ("survives", 4, 25), ("fails", 2, 50),
    ]  # fmt: skip


def test_with_no_judgement_yet_everything_says_so(store: Store) -> None:
    build_session(store)
    found = sections(store, viewer_of(store, "kim"))
    assert of_kind(found, SectionKind.RECORD).figures[0].value == 0
    assert of_kind(found, SectionKind.MINUTES).sentences == ("No proposal that was judged was timed.",)
    assert of_kind(found, SectionKind.VERDICTS).verdicts == ()
    assert of_kind(found, SectionKind.VERDICTS).sentences == ("No judgement is there to be counted yet.",)


def test_who_is_not_known_has_no_record(store: Store) -> None:
    give(build_session(store), 1, 0.7)
    found = sections(store, viewer_of(store, "nobody else"))
    assert {section.kind for section in found} == {SectionKind.SURVIVAL, SectionKind.LAB_AGAINST_PRODUCTION}


def test_for_everyone_it_is_told_how_far_all_are(store: Store) -> None:
    for name, last in (("kim", 4), ("noor", 2)):
        session = build_session(store, name)
        for method_id in range(1, last + 1):
            judge(session, method_id)
    found = sections(store, viewer_of(store, None, everyone=True))
    figures = of_kind(found, SectionKind.PACE).figures
    assert [(one.name, one.value) for one in figures] == [("judged by somebody", 0.5), ("judged by two or more", 0.25)]
    assert of_kind(found, SectionKind.VERDICTS).sentences == ("6 judgements, of all reviewers.",)


def test_many_agents_are_told_together(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}", agent=f"agent-{i:02}") for i in range(1, 24)))
    kim = build_session(store)
    for method_id in range(1, 24):
        judge(kim, method_id)
    shown = of_kind(sections(store, viewer_of(store, "kim")), SectionKind.VERDICTS).verdicts
    assert len(shown) == 21
    assert (shown[-1].group, shown[-1].counts) == ("3 others", {Verdict.SURVIVES: 3})


def test_verdicts_are_counted_by_problem_where_there_are_several(store: Store) -> None:
    import_records(store, record("q1", problem="other"), problem=replace(PROBLEM, slug="other"))
    kim = build_session(store)
    judge(kim, 1)
    judge(kim, 9, Verdict.FAILS)
    found = [each for each in sections(store, viewer_of(store, "kim")) if each.kind is SectionKind.VERDICTS]
    assert [each.of for each in found] == ["agent", "problem"]
    assert [(each.group, each.counts) for each in found[1].verdicts] == [
        (PROBLEM.slug, {Verdict.SURVIVES: 1}), ("other", {Verdict.FAILS: 1}),
    ]  # fmt: skip


def test_what_nobody_waits_for_any_more_ends(store: Store) -> None:
    told: list[Section] = []
    with pytest.raises(UnwantedError):
        tell_insights(store, stored_of(store), viewer_of(store, "kim"), TODAY, lambda: len(told) < 2, told.append)
    assert len(told) == 2
    with store.read() as connection:
        assert connection.execute("SELECT count(*) FROM methods").fetchone() == (8,)


def two_stores(tmp_path: Path, store: Store, others: Callable[[Session], None]) -> tuple[Store, Store]:
    """The store as it is, and one in which others have said more of what the viewer has not judged."""
    (tmp_path / "more").mkdir()
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    shutil.copy(store.path, tmp_path / "more" / store.path.name)
    more = Store(tmp_path / "more" / store.path.name)
    for name in ("noor", "lee"):
        others(build_session(more, name))
    return Store(store.path), more


def say_more(session: Session) -> None:
    for method_id in (3, 4, 5, 6):
        give(session, method_id, 0.9, Verdict.CONDITIONAL)
        act(session, method_id, Act.CONDITION, judging.set_condition("secret condition", "secret experiment"))
        act(session, method_id, Act.RATING, judging.rate("cost", ConstraintRating(Rating.BLOCKER, "secret note")))
        act(session, method_id, Act.RATIONALE, judging.set_rationale("secret rationale"))


@pytest.mark.parametrize("protocol", [Protocol.BLIND, Protocol.SEALED])
def test_nothing_of_others_shows_before_ones_own_verdict(tmp_path: Path, store: Store, protocol: Protocol) -> None:
    with store.write() as connection:
        set_protocol(connection, None, protocol, set_by="kim", now=NOW)
    kim, noor, lee = (build_session(store, name) for name in ("kim", "noor", "lee"))
    give(kim, 1, 0.7)
    give(kim, 2, 0.4, Verdict.FAILS)
    for session in (noor, lee):
        give(session, 1, 0.6)
    act(kim, 3, Act.FORECAST, judging.set_forecast(0.5))
    end(store, 1, True, **in_production(0.1))
    end(store, 4, False, **in_production(0.0))
    before, after = two_stores(tmp_path, store, say_more)
    with closing(before), closing(after):
        assert sections(before, viewer_of(before, "kim")) == sections(after, viewer_of(after, "kim"))
        pages = [report(each, (stored_of(each),), viewer_of(each, "kim"), TODAY) for each in (before, after)]
        assert pages[0] == pages[1]
        assert "secret" not in html(pages[1]) + markdown(pages[1])
        if protocol is Protocol.BLIND:
            for name in ("run-1/p3", "run-1/p4", "run-1/p8"):
                of_each = [
                    dossier_page(gather(each, name, viewer_of(each, "kim")), TODAY, "store") for each in (before, after)
                ]
                assert of_each[0] == of_each[1]
                assert "kept back" in html(of_each[1])
        everyone = [report(each, (stored_of(each),), viewer_of(each, "kim", everyone=True), TODAY)
                    for each in (before, after)]  # fmt: skip
        assert everyone[0] != everyone[1], "what is compared would show it"
