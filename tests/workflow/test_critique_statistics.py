"""The sections on what changed after Claude's critique: one's own first, and all that may be seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Act, Verdict
from reviewer.exports.page_markdown import markdown
from reviewer.store.connection import Store
from reviewer.store.critic_settings import CriticOffer, set_critic_offer
from reviewer.store.critique_marks import set_mark
from reviewer.store.problems import list_problems
from reviewer.workflow import judging
from reviewer.workflow.critiquing import is_without
from reviewer.workflow.insights import RARE, InsightGroup, group_of, insights
from reviewer.workflow.report import report
from reviewer.workflow.section_words import heading_of
from reviewer.workflow.session import Session
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer
from reviewer.workflow.statistics import statistics
from tests.attempts import look
from tests.builders import act, build_session, build_store, judge, record, table
from tests.workflow.judged_stores import ENDED, end, give

N = 12


def sections(
    store: Store, viewer: Viewer, kind: SectionKind = SectionKind.CRITIQUES, *, after_claude: bool = False
) -> list[Section]:
    found = statistics(store, list_problems(store.connection()), viewer, after_claude=after_claude)
    return [section for section in found.problems[0].sections if section.kind is kind]


def values(section: Section) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in section.figures}


def later(session: Session, days: float = 1) -> Session:
    """The session so many days after all that its own clock can come to."""
    moment = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=days)
    return replace(session, clock=lambda: moment)


def change(session: Session, method_id: int, forecast: float, verdict: Verdict) -> None:
    act(session, method_id, Act.FORECAST, judging.set_forecast(forecast))
    judge(session, method_id, verdict)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """kim read a critique of each of twelve proposals and changed eight, lee of three, of which kim has judged all."""
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(N)))
    kim, lee = build_session(store), build_session(store, "lee")
    for method_id in range(1, N + 1):
        give(kim, method_id, 0.6)
        attempt = look(later(kim), method_id)
        if method_id <= 8:
            change(later(kim, 2), method_id, 0.4, Verdict.FAILS)
        with store.write() as connection:
            set_mark(connection, attempt, kim.reviewer_id, "scale/0", False, later(kim).now())
            set_mark(connection, attempt, kim.reviewer_id, "scale/0", True, later(kim, 2).now())
            set_mark(connection, attempt, kim.reviewer_id, "cost/0", None, later(kim).now())
    for method_id in (1, 2, 3):
        give(lee, method_id, 0.2, Verdict.FAILS)
        look(later(lee), method_id)
    return store


def test_ones_own_come_first_then_all(store: Store) -> None:
    kim, lee = build_session(store), build_session(store, "lee")
    own, every = sections(store, Viewer(kim.reviewer_id, "kim"))
    assert (own.of, every.of) == ("kim", "")
    assert heading_of(every) == "what changed after Claude's questions for all"
    found = values(own)
    assert found["with Claude's questions"] == N
    for name in ("verdict changed after", "verdict towards fails"):
        assert found[name] == pytest.approx(8 / N)
    assert found["verdict towards survives"] == 0
    assert found["change of the forecast"] == pytest.approx(-20 * 8 / N)
    assert (found["marked useful"], found["marked not useful"]) == (N, 0)
    assert values(every)["with Claude's questions"] == N + 3
    assert every.figures[0].n == N + 3
    of_lee = sections(store, Viewer(lee.reviewer_id, "lee"))
    assert [(s.of, s.figures[0].value, s.figures[0].n) for s in of_lee] == [("lee", 3, 3), ("", 6, 6)]
    assert [s.of for s in sections(store, Viewer(everyone=True))] == [""]
    assert sections(store, Viewer()) == []


def test_the_insights_and_the_report_have_a_group_of_their_own(store: Store) -> None:
    viewer = Viewer(build_session(store).reviewer_id, "kim")
    (stored,) = list_problems(store.connection())
    groups = {group_of(section, viewer) for section in insights(store.connection(), stored, viewer, date(2026, 6, 30))}
    assert InsightGroup.CRITIQUES in groups & RARE
    page = markdown(report(store, (stored,), viewer, date(2026, 6, 30)))
    assert "What changed after Claude's questions" in page
    assert "verdict towards fails" in page


def test_where_nobody_read_a_critique_nothing_is_told(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    kim, lee = build_session(store), build_session(store, "lee")
    judge(kim, 1)
    judge(lee, 2)
    look(later(lee), 2)
    assert sections(store, Viewer(kim.reviewer_id, "kim")) == [], "kim has not judged what lee read of"


def test_with_the_outcome_in_sight_nobody_can_tell_what_changed_it(store: Store) -> None:
    end(store, 1, True)
    with store.write() as connection:
        connection.execute("UPDATE current_outcomes SET first_at = '2020-01-01T00:00:00.000Z'")
    own, every = sections(store, Viewer(build_session(store).reviewer_id, "kim"))
    assert values(own)["with Claude's questions"] == N - 1
    said = "Left out: {} for which something of the outcome could be seen before."
    assert (own.sentences, every.sentences) == ((said.format("1 judgement"),), (said.format("2 judgements"),))


def test_what_is_held_after_the_outcome_is_in_sight_is_no_change_by_the_critique(store: Store) -> None:
    end(store, 12, True)
    change(later(build_session(store), 200), 12, 0.0, Verdict.FAILS)
    own, _ = sections(store, Viewer(build_session(store).reviewer_id, "kim"))
    assert values(own)["verdict changed after"] == pytest.approx(8 / N)


def test_forecasts_from_before_are_scored_unless_those_of_the_end_are_asked_for(store: Store) -> None:
    viewer = Viewer(build_session(store).reviewer_id, "kim")
    for method_id in range(1, N + 1):
        end(store, method_id, False)
    before = sections(store, viewer, SectionKind.FORECASTS)[0]
    after = sections(store, viewer, SectionKind.FORECASTS, after_claude=True)[0]
    assert values(before)["Brier score"] == pytest.approx(0.36)
    assert values(after)["Brier score"] == pytest.approx((8 * 0.16 + 4 * 0.36) / N)
    said = "8 forecasts given after Claude's questions are not scored; `reviewer stats --after-claude` scores them."
    assert said in before.sentences
    assert "8 forecasts given after Claude's questions are scored, as --after-claude asks." in after.sentences
    assert values(before)["scored, changed after critique"] == 8
    assert sections(store, viewer)[0] == sections(store, viewer, after_claude=True)[0], "what changed stays the same"


def test_agreement_says_how_many_judgements_a_critique_may_have_swayed(store: Store) -> None:
    kim = build_session(store)
    act(later(kim, 3), 9, Act.FORECAST, judging.set_forecast(None))
    lee = build_session(store, "lee")
    judge(lee, 4)
    look(later(lee), 4)
    act(later(lee, 2), 4, Act.FORECAST, judging.set_forecast(0.5))
    told = {s.of: s.sentences for s in sections(store, Viewer(everyone=True), SectionKind.AGREEMENT)}
    first = "Of 1 first judgement verdict or forecast was first given after Claude's questions."
    assert told["verdict, first judgements"][1:] == (first,)
    current = "Of 9 current judgements verdict or forecast was changed after Claude's questions; first ones are from "
    assert told["verdict, current judgements"] == (f"{current}before.",)


def offer(store: Store, share: float, day: float, seed: int = 1) -> None:
    now = later(build_session(store), day).now()
    with store.write() as connection:
        set_critic_offer(connection, CriticOffer(True, share, seed), set_by="lead", now=now)


@pytest.fixture
def resolved(tmp_path: Path) -> Store:
    """Sixty proposals with outcomes that kim forecast on the tenth day, with .4 and by the critic .2 afterwards."""
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(60)))
    kim = build_session(store)
    for method_id in range(1, 61):
        give(later(kim, 10), method_id, 0.4)
        end(store, method_id, method_id % 3 == 0)
    return store


def sides(store: Store, seed: int = 1) -> tuple[list[int], list[int]]:
    """The proposals with the offer and those without, where half of them are."""
    rows = table(store, "SELECT id, namespace || '/' || external_id FROM methods ORDER BY id")
    without = [row for row, name in rows if is_without(name, seed, 0.5)]
    return [row for row, _ in rows if row not in without], without


def compared(store: Store) -> tuple[dict[str, float | None], tuple[str, ...]]:
    (every,) = sections(store, Viewer(everyone=True))
    return {name: v for name, v in values(every).items() if "with" in name and "score" in name}, every.sentences


def test_what_was_held_in_the_end_is_compared_on_both_sides_of_the_draw(resolved: Store) -> None:
    assert sections(resolved, Viewer(everyone=True)) == []
    offer(resolved, 0.5, 1)
    offered, without = sides(resolved)
    assert min(len(offered), len(without)) >= 20, "else another seed"
    kim = build_session(resolved)
    for method_id in offered:
        look(later(kim, 11), method_id)
        act(later(kim, 12), method_id, Act.FORECAST, judging.set_forecast(0.2))
    found, told = compared(resolved)

    def brier(forecast: float, of: list[int]) -> float:
        return sum((forecast - (i % 3 == 0)) ** 2 for i in of) / len(of)

    assert found["Brier score with the offer"] == pytest.approx(brier(0.2, offered))
    assert found["Brier score without the offer"] == pytest.approx(brier(0.4, without))
    assert found["Brier score with the offer − without"] == pytest.approx(brier(0.2, offered) - brier(0.4, without))
    assert [sentence for sentence in told if sentence.startswith("Chance drew")] == list(told)


@pytest.mark.parametrize("said", [[(0.5, 11)], [(0.5, 1), (0.0, 2)], [(0.5, 1), (0.0, 11), (0.5, 12)]])
def test_what_was_forecast_before_the_draw_or_while_there_was_none_is_not_compared(
    resolved: Store, said: list[tuple[float, float]]
) -> None:
    for share, day in said:
        offer(resolved, share, day)
    found, told = compared(resolved)
    assert found == {"Brier score with the offer − without": None, "log score with the offer − without": None}
    assert any(sentence.startswith("Not compared") and sentence.endswith("60 forecasts.") for sentence in told)


def test_a_proposal_that_changed_sides_is_not_compared_and_one_that_stayed_is(resolved: Store) -> None:
    offer(resolved, 0.5, 1)
    offer(resolved, 0.5, 11, seed=2)
    one, other = sides(resolved), sides(resolved, 2)
    stayed = sum(len(set(a) & set(b)) for a, b in zip(one, other, strict=True))
    assert 0 < stayed < 60
    _, told = compared(resolved)
    assert any(sentence.endswith(f" {60 - stayed} forecasts.") for sentence in told)


def test_a_share_that_is_set_after_the_outcomes_is_none_of_theirs(resolved: Store) -> None:
    offer(resolved, 0.5, 1)
    before = compared(resolved)
    assert later(build_session(resolved), 200).now() > ENDED
    offer(resolved, 0.0, 200)
    assert compared(resolved) == before
