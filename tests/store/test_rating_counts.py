"""How proposals were rated, as counts: the same as from every event one by one, and no more than a viewer may see."""

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from reviewer.domain.judgements import ConstraintRating, Judgement, judgement_to_data
from reviewer.domain.vocabulary import Act, Rating, Verdict
from reviewer.store.connection import Store
from reviewer.store.events import history
from reviewer.store.first_judgements import rebuild_first_judgements
from reviewer.store.rating_counts import (
    RATINGS,
    VERDICTS,
    Held,
    Way,
    forecast_ways,
    proposals_seen,
    rating_ways,
    reviewers_counted,
    verdict_ways,
)
from reviewer.workflow import judging
from reviewer.workflow.session import Session
from tests.builders import PROBLEM, RUBRIC, act, build_session, build_store, import_records, judge, record

SLUGS = tuple(c.slug for c in RUBRIC.constraints)


def rate(session: Session, slug: str, rating: Rating | None, method_id: int = 1) -> None:
    act(session, method_id, Act.RATING, judging.rate(slug, ConstraintRating(rating)))


def forecast(session: Session, value: float, method_id: int = 1) -> None:
    act(session, method_id, Act.FORECAST, judging.set_forecast(value))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, record("p1"), record("p2"), record("p3"))


def test_the_first_verdict_counts_though_it_was_changed_or_undone_and_the_current_one_beside_it(store: Store) -> None:
    kim, noor, lee = (build_session(store, name) for name in ("kim", "noor", "lee"))
    judge(kim, 1, Verdict.FAILS)
    judge(kim, 1, Verdict.SURVIVES)
    judge(noor, 1, Verdict.SURVIVES)
    judging.undo(noor)
    judge(lee, 1, Verdict.CANNOT_TELL)
    judge(lee, 1, Verdict.CONDITIONAL)
    judge(kim, 2, Verdict.CANNOT_TELL)
    connection = store.connection()
    assert verdict_ways(connection, 1, Held.FIRST, None) == {(("fails", 1), ("survives", 1)): 1}
    assert verdict_ways(connection, 1, Held.CURRENT, None) == {(("conditional", 1), ("survives", 1)): 1}
    assert verdict_ways(connection, 2, Held.CURRENT, None) == {}
    assert reviewers_counted(connection, 1, None) == 2, "nothing is left of what noor held"
    assert proposals_seen(connection, 1, kim.reviewer_id) == 2


def test_forecasts_are_counted_in_whole_per_cent(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    for session, value in ((kim, 0.29), (noor, 0.294)):
        forecast(session, value)
        forecast(session, 0.5)
    forecast(kim, 0.0, 2)
    forecast(noor, 1.0, 2)
    forecast(kim, 0.07, 3)
    connection = store.connection()
    assert forecast_ways(connection, 1, Held.FIRST, None) == {
        (("29", 2),): 1,
        (("0", 1), ("100", 1)): 1,
        (("7", 1),): 1,
    }
    assert forecast_ways(connection, 1, Held.CURRENT, None)[(("50", 2),)] == 1


def test_each_constraint_has_a_first_rating_of_its_own(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    rate(kim, "cost", Rating.UNKNOWN)
    rate(kim, "cost", Rating.BLOCKER)
    rate(kim, "scale", Rating.PASS)
    rate(kim, "scale", None)
    rate(noor, "scale", Rating.CONCERN)
    rate(noor, "cost", Rating.PASS)
    connection = store.connection()
    assert rating_ways(connection, 1, Held.FIRST, None, SLUGS) == {
        "scale": {(("concern", 1), ("pass", 1)): 1},
        "cost": {(("pass", 1),): 1},
    }
    assert rating_ways(connection, 1, Held.CURRENT, None, SLUGS) == {
        "scale": {(("concern", 1),): 1},
        "cost": {(("blocker", 1), ("pass", 1)): 1},
    }
    assert rating_ways(connection, 1, Held.FIRST, None, ("cost",)) == {"cost": {(("pass", 1),): 1}}
    assert rating_ways(connection, 1, Held.CURRENT, None, ()) == {}


@pytest.mark.parametrize("held", Held)
def test_more_constraints_than_sqlite_takes_at_once_are_counted_all_the_same(store: Store, held: Held) -> None:
    slugs = tuple(f"constraint-{n}" for n in range(130))
    kim = build_session(store)
    for slug in (slugs[0], slugs[-1]):
        rate(kim, slug, Rating.PASS)
    found = rating_ways(store.connection(), 1, held, None, slugs)
    assert found == {slug: {(("pass", 1),): 1} for slug in (slugs[0], slugs[-1])}


@pytest.mark.parametrize("held", Held)
def test_a_viewer_has_the_proposals_counted_that_they_have_given_a_verdict(store: Store, held: Held) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    for method_id in (1, 2):
        judge(noor, method_id, Verdict.FAILS)
        forecast(noor, 0.1, method_id)
        rate(noor, "cost", Rating.BLOCKER, method_id)
    judge(kim, 1)
    forecast(kim, 0.8, 2)
    connection, viewer = store.connection(), kim.reviewer_id
    assert verdict_ways(connection, 1, held, viewer) == {(("fails", 1), ("survives", 1)): 1}
    assert forecast_ways(connection, 1, held, viewer) == {(("10", 1),): 1}
    assert rating_ways(connection, 1, held, viewer, SLUGS) == {"cost": {(("blocker", 1),): 1}}
    assert reviewers_counted(connection, 1, viewer) == 2
    for nobody in (0, 99):
        assert verdict_ways(connection, 1, held, nobody) == {}
        assert forecast_ways(connection, 1, held, nobody) == {}
        assert rating_ways(connection, 1, held, nobody, SLUGS) == {}
        assert reviewers_counted(connection, 1, nobody) == 0


def test_other_problems_are_not_counted(store: Store) -> None:
    import_records(store, record("q1", problem="other"), problem=replace(PROBLEM, slug="other"))
    kim = build_session(store)
    judge(kim, 1, Verdict.FAILS)
    judge(kim, 4, Verdict.SURVIVES)
    for held in Held:
        assert verdict_ways(store.connection(), 2, held, None) == {(("survives", 1),): 1}


def test_events_that_another_program_wrote_are_counted_once_the_tables_are_made_anew(store: Store) -> None:
    kim = build_session(store)
    judge(kim, 1, Verdict.FAILS)
    rated = Judgement(Verdict.SURVIVES, forecast=0.4, ratings={"cost": ConstraintRating(Rating.PASS)})
    texts = [json.dumps(judgement_to_data(one), separators=(",", ":")) for one in (Judgement(), rated)]
    with store.write() as connection:
        for n, text in enumerate(texts):
            connection.execute(
                "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, rubric, snapshot, "
                "visible, seconds, created_at) SELECT id - ?1, 'u' || ?1, 'a' || ?1, kind, reviewer_id, method_id, "
                "revision_id, rubric, ?2, visible, seconds, '2025-01-01T00:00:00.00' || ?1 || 'Z' FROM annotations "
                "WHERE id > 0",
                (n + 1, text),
            )
        assert rebuild_first_judgements(connection) == 1
    connection = store.connection()
    assert verdict_ways(connection, 1, Held.FIRST, None) == {(("survives", 1),): 1}
    assert rating_ways(connection, 1, Held.FIRST, None, SLUGS) == {"cost": {(("pass", 1),): 1}}


def drawn_acts(store: Store, rng: random.Random) -> None:
    sessions = [build_session(store, name) for name in ("kim", "noor", "lee")]
    for _ in range(150):
        session, method_id = rng.choice(sessions), rng.randint(1, 3)
        kind = rng.choice(("verdict", "forecast", "rating", "rating", "undo", "text"))
        if kind == "verdict":
            judge(session, method_id, rng.choice(list(Verdict)))
        elif kind == "forecast":
            forecast(session, rng.choice((0.1, 0.5, 0.9)), method_id)
        elif kind == "rating":
            rate(session, rng.choice(SLUGS), rng.choice((None, *Rating)), method_id)
        elif kind == "undo":
            judging.undo(session)
        else:
            text = rng.choice(('"ratings": {}', '{"verdict": null', "plain"))
            act(session, method_id, Act.RATIONALE, judging.set_rationale(text))


def held_one_by_one(store: Store, held: Held) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield of each reviewer and proposal what was held, by what it is of, from every event that there is."""
    for method_id in (1, 2, 3):
        for reviewer in (1, 2, 3):
            found: dict[str, str] = {}
            for event in history(store.connection(), method_id, reviewer):
                snapshot = event.snapshot
                now = {slug: str(rating.rating) for slug, rating in snapshot.ratings.items() if rating.rating}
                if snapshot.verdict:
                    now["verdict"] = snapshot.verdict
                if snapshot.forecast is not None:
                    now["forecast"] = f"{100 * snapshot.forecast:.0f}"
                found = now | found if held is Held.FIRST else now
            yield method_id, found


def ways_of(rows: list[tuple[int, Mapping[str, str]]], name: str, allowed: tuple[str, ...]) -> dict[Way, int]:
    ways: Counter[Way] = Counter()
    for _, several in groupby(rows, key=lambda row: row[0]):
        words = Counter(given[name] for _, given in several if given.get(name) in allowed)
        if words:
            ways[tuple(sorted(words.items()))] += 1
    return dict(ways)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("held", Held)
def test_the_counts_are_those_of_every_event_one_by_one(store: Store, held: Held, seed: int) -> None:
    drawn_acts(store, random.Random(seed))
    rows, connection = list(held_one_by_one(store, held)), store.connection()
    assert verdict_ways(connection, 1, held, None) == ways_of(rows, "verdict", VERDICTS)
    assert forecast_ways(connection, 1, held, None) == ways_of(rows, "forecast", ("10", "50", "90"))
    by_slug = rating_ways(connection, 1, held, None, SLUGS)
    assert by_slug == {slug: ways for slug in SLUGS if (ways := ways_of(rows, slug, RATINGS))}


@pytest.mark.parametrize("held", Held)
def test_no_counts_take_a_sort_of_judgements_or_events(store: Store, held: Held) -> None:
    """They are walked in the order of an index; else a million of them would be held in memory."""
    plans: list[str] = []
    connection = store.connection()
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    verdict_ways(connection, 1, held, 1)
    rating_ways(connection, 1, held, 1, SLUGS)
    connection.set_trace_callback(None)
    # Which protocol holds is asked of a table of a few rows.
    for statement in (each for each in statements if "FROM protocols" not in each):
        plans += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert not [plan for plan in plans if "TEMP B-TREE FOR ORDER BY" in plan or "TEMP B-TREE FOR GROUP BY" in plan]
