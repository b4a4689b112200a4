"""What follows from an order among merged things follows from these, and not from which store they came to first."""

from itertools import permutations
from pathlib import Path

import pytest

from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Act, Protocol, Result, Stage, Verdict
from reviewer.store import events
from reviewer.store.assignments import add_round, assignment_of, rounds
from reviewer.store.connection import Store
from reviewer.store.decisions import decision_of, set_decision
from reviewer.store.held_forecasts import count_forecasts
from reviewer.store.others import scores_on
from reviewer.store.problems import current_target, problem_by_id
from reviewer.store.protocols import set_protocol
from reviewer.store.reveals import stream_reveals
from reviewer.workflow import judging
from reviewer.workflow.merging import merge
from reviewer.workflow.outcomes import record_outcome
from reviewer.workflow.session import Session
from reviewer.workflow.targets import write_target
from tests.builders import build_session, build_store, held, judge, record, table
from tests.workflow.test_merging import (
    DAY,
    at,
    both_ways,
    holds,
    import_text,
    is_whole,
    moment,
    say,
    take,
    take_reviews,
)


@pytest.fixture
def ours(tmp_path: Path) -> Store:
    return build_store(tmp_path, record("p1"), record("p2"), record("p3"), name="ours.db")


@pytest.fixture
def theirs(tmp_path: Path) -> Store:
    return build_store(tmp_path, record("p1"), record("p2"), record("p3"), name="theirs.db")


def undone(session: Session) -> tuple[int, ...]:
    done = judging.undo(session)
    return () if done is None else tuple(event.method_id for event in done.events)


def test_undo_takes_back_what_the_reviewer_did_last_on_whatever_machine(ours: Store, theirs: Store) -> None:
    judge(at(build_session(ours), 1), 1)
    judge(at(build_session(ours), 3), 2)
    judge(at(build_session(theirs), 2), 3)
    both_ways(ours, theirs)
    for store in (ours, theirs):
        kim = at(build_session(store), 10)
        assert [undone(kim) for _ in range(4)] == [(2,), (3,), (1,), ()]
        assert [judging.redo(kim) is None for _ in range(4)] == [False, False, False, True]


def test_an_older_act_that_decides_what_is_held_is_not_taken_back_first(ours: Store, theirs: Store) -> None:
    judge(at(build_session(ours), 1), 1)
    judge(at(build_session(ours), 5), 2)
    judge(at(build_session(theirs), 3), 1, Verdict.FAILS)
    take(ours, theirs)
    kim = at(build_session(ours), 10)
    assert held(kim, 1).verdict is Verdict.FAILS
    assert events.last_judged(ours.connection(), kim.reviewer_id, 1) == 2
    assert [undone(kim), undone(kim)] == [(2,), (1,)]
    assert held(kim, 1).verdict is Verdict.SURVIVES


def test_what_was_done_since_comes_last_on_the_other_machine_too_though_its_clock_is_ahead(
    ours: Store, theirs: Store
) -> None:
    judge(at(build_session(theirs), 500), 1)
    take(ours, theirs)
    judge(at(build_session(ours), 10), 2)
    judge(at(build_session(ours), 5), 3)
    take(theirs, ours)
    for store in (ours, theirs):
        kim = at(build_session(store), 20)
        assert [undone(kim) for _ in range(3)] == [(3,), (2,), (1,)]
    assert table(ours, "SELECT created_at FROM annotations WHERE method_id = 2 AND kind = 'verdict'") == [(moment(10),)]


def test_a_clock_that_goes_back_on_one_machine_changes_nothing_of_what_comes_last(ours: Store) -> None:
    kim = build_session(ours)
    for minutes, method_id in ((30, 1), (20, 2), (10, 3)):
        judge(at(kim, minutes), method_id)
    assert events.last_judged(ours.connection(), kim.reviewer_id, 1) == 3
    assert [undone(at(kim, 1)) for _ in range(3)] == [(3,), (2,), (1,)]
    named = table(ours, "SELECT json_extract(visible, '$.turn') FROM annotations WHERE kind = 'verdict' ORDER BY id")
    assert [turn is None for (turn,) in named] == [True, False, False]


def test_what_was_done_at_once_on_two_machines_is_taken_back_in_the_same_order(ours: Store, theirs: Store) -> None:
    judge(at(build_session(ours), 1), 1)
    judge(at(build_session(theirs), 1), 2)
    both_ways(ours, theirs)
    taken = [[undone(at(build_session(store), 5)) for _ in range(2)] for store in (ours, theirs)]
    assert taken[0] == taken[1]


def test_the_last_round_of_assignment_is_the_one_that_was_made_last(ours: Store, theirs: Store) -> None:
    for store, seed, minutes in ((ours, 1, 20), (theirs, 2, 10)):
        kim = build_session(store)
        with store.write() as connection:
            add_round(
                connection, 1, seed=seed, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
                work={"kim": [1, 2][: 3 - seed]}, made_by=f"by {seed}", now=moment(minutes),
            )  # fmt: skip
    both_ways(ours, theirs)
    for store in (ours, theirs):
        connection = store.connection()
        assert [each.seed for each in rounds(connection)] == [1, 2]
        last = assignment_of(connection, 1, build_session(store).reviewer_id)
        assert last is not None
        assert (last.made_by, last.of) == ("by 1", 2)


REVIEWS = (("ann", "p1", 3, "yes", None), ("ann", "p1", 7, "no", None), ("ann", "p1", 5, "yes", None))


def test_reviews_without_times_that_came_in_another_order_come_to_the_same(tmp_path: Path) -> None:
    for number, order in enumerate(permutations(range(3))):
        stores = [build_store(tmp_path, record("p1"), name=f"{number}-{i}.db") for i in range(3)]
        for store, first in zip(stores, order, strict=True):
            for i in range(3):
                take_reviews(store, [REVIEWS[(first + i) % 3]])
        both_ways(*stores)
        assert holds(stores[0]) == holds(stores[1]) == holds(stores[2])
        for store in stores:
            is_whole(store)
            store.close()


def test_of_reviews_without_times_the_last_row_holds_and_then_what_is_taken_in_later(ours: Store) -> None:
    take_reviews(ours, REVIEWS)
    said = "SELECT s.value FROM current_judgements j JOIN scores s ON s.annotation_id = j.annotation_id"
    assert table(ours, said) == [(5.0,)]
    take_reviews(ours, [("ann", "p1", 9, "no", None)])
    take_reviews(ours, REVIEWS)
    assert table(ours, said) == [(9.0,)]
    assert table(ours, "SELECT count(*) FROM annotations") == [(4,)]
    ((held_now,),) = scores_on(ours.connection(), 1).values()
    assert held_now.value == 9.0


def test_the_same_review_in_two_stores_is_the_same_event_though_it_came_there_at_another_time(
    ours: Store, theirs: Store
) -> None:
    for store in (ours, theirs):
        take_reviews(store, [REVIEWS[0], ("ben", "p2", 2, "yes", 4)])
    both_ways(ours, theirs)
    assert (
        table(ours, "SELECT count(*) FROM annotations") == table(theirs, "SELECT count(*) FROM annotations") == [(2,)]
    )
    assert holds(ours) == holds(theirs)


def test_a_forecast_without_a_time_is_scored_where_any_store_had_it_before_the_outcome(
    ours: Store, theirs: Store
) -> None:
    for store, minutes in ((ours, 5), (theirs, 30)):
        take_reviews(store, [REVIEWS[0]], minutes=minutes)
        record_outcome(at(build_session(store), 20), 1, Outcome(Result.SURVIVED, DAY.date()))
    counted = [count_forecasts(store.connection(), 1) for store in (ours, theirs)]
    assert [counts.scored for counts in counted] == [1, 0]
    take(theirs, ours)
    third = build_store(theirs.path.parent, record("p1"), name="third.db")
    take(third, theirs)
    take(ours, third)
    for store in (ours, theirs, third):
        assert count_forecasts(store.connection(), 1).scored == 1
    assert holds(ours)["held forecasts"] == holds(third)["held forecasts"]


def test_a_review_is_of_the_text_that_its_store_showed_and_the_same_one_holds_everywhere(
    ours: Store, theirs: Store
) -> None:
    import_text(theirs, "p1", 2, 5)
    for store in (ours, theirs):
        take_reviews(store, [("ann", "p1", 3, "yes", 7), ("ben", "p1", 3, "yes", None)])
    both_ways(ours, theirs)
    assert holds(ours) == holds(theirs)
    assert table(ours, "SELECT count(DISTINCT act), count(*) FROM annotations") == [(2, 4)]
    take_reviews(ours, [("ann", "p1", 3, "yes", 7)])
    assert table(ours, "SELECT count(*) FROM annotations") == [(4,)]
    is_whole(ours)


def test_whom_files_call_by_one_name_is_one_person_whatever_else_a_store_has(ours: Store, theirs: Store) -> None:
    review = [("ann", "p1", 3, "yes", 7)]
    take_reviews(ours, review, "b")
    take_reviews(ours, [("ann", "p2", 3, "yes", 7)], "a")
    judge(build_session(ours, "ann"), 3)
    judge(build_session(theirs, "ann"), 3)
    take_reviews(theirs, review, "b")
    take_reviews(theirs, [("ann", "p3", 3, "yes", 7)], "c")
    both_ways(theirs, ours)
    for store in (ours, theirs):
        people = table(store, "SELECT name, imported_from FROM reviewers ORDER BY 1")
        assert people == [("ann", None), ("ann (a.csv)", "a.csv")]
    assert holds(ours) == holds(theirs)


def test_of_two_decisions_the_later_word_holds_and_both_are_told(tmp_path: Path, ours: Store, theirs: Store) -> None:
    third = build_store(tmp_path, record("p1"), name="third.db")
    for store, decision, minutes in ((ours, 0.3, 5), (theirs, 0.6, 9)):
        with store.write() as connection:
            set_decision(connection, 1, decision, moment(minutes))
    told = take(ours, theirs).people
    assert told.settled == [
        "About weak_to_strong people would decide the other way at 30 % in one store and at 60 % in the other; 60 % "
        "holds, said last; `reviewer set --decision` changes it."
    ]
    assert (told.told, told.differing) == (1, [])
    take(theirs, ours)
    take(third, ours)
    assert [decision_of(store.connection(), 1) for store in (ours, theirs, third)] == [0.6] * 3
    assert take(ours, third).people.settled == []


@pytest.mark.parametrize("when", ["", moment(3)])
def test_of_two_decisions_that_nobody_knows_to_be_later_the_higher_one_holds(
    ours: Store, theirs: Store, when: str
) -> None:
    for store, decision in ((ours, 0.3), (theirs, 0.2)):
        with store.write() as connection:
            set_decision(connection, 1, decision, when)
    (sentence,) = take(ours, theirs).people.settled
    assert "30 % in one store and at 20 % in the other; 30 % holds, the higher one, since nobody knows" in sentence
    take(theirs, ours)
    assert decision_of(theirs.connection(), 1) == decision_of(ours.connection(), 1) == 0.3


def target(criterion: str) -> Target:
    return Target(criterion, "", "", "", "", "", "")


def test_of_two_targets_the_one_that_was_written_last_holds_and_both_are_told(ours: Store, theirs: Store) -> None:
    write_target(at(build_session(ours, "noor"), 9), 1, target("Ours."))
    write_target(at(build_session(theirs), 5), 1, target("Theirs."))
    told = take(theirs, ours).people
    assert told.settled == [
        "The target of weak_to_strong is “Theirs.” in one store and “Ours.” in the other; what noor wrote last on "
        "2026-03-01 holds, as version 2: “Ours.”."
    ]
    assert told.differing == [
        "Version 1 of the target of weak_to_strong says something else in the store, and stays as it is there."
    ]
    take(ours, theirs)
    for store in (ours, theirs):
        found = current_target(store.connection(), 1)
        assert found is not None
        assert found[1] == target("Ours.")
    assert table(theirs, "SELECT version, criterion, written_by FROM targets ORDER BY 1") == [
        (1, "Theirs.", "kim"), (2, "Ours.", "noor"),
    ]  # fmt: skip
    before = [table(store, "SELECT * FROM targets") for store in (ours, theirs)]
    take(ours, theirs)
    take(theirs, ours)
    assert [table(store, "SELECT * FROM targets") for store in (ours, theirs)] == before


def test_a_target_that_one_store_wrote_on_is_taken_over_without_a_word(ours: Store, theirs: Store) -> None:
    write_target(at(build_session(ours), 1), 1, target("First."))
    take(theirs, ours)
    write_target(at(build_session(theirs), 5), 1, target("Second."))
    told = take(ours, theirs).people
    assert (told.targets, told.settled, told.differing) == (1, [], [])
    assert problem_by_id(ours.connection(), 1).problem.target == target("Second.")


def test_a_target_of_a_clock_that_went_back_is_later_than_the_one_before(ours: Store) -> None:
    for minutes, criterion in ((9, "First."), (2, "Second.")):
        write_target(at(build_session(ours), minutes), 1, target(criterion))
    ((first,), (second,)) = table(ours, "SELECT created_at FROM targets ORDER BY version")
    assert first == moment(9) < second


def test_what_a_reveal_changed_is_the_same_wherever_its_events_came_first(ours: Store, theirs: Store) -> None:
    for store in (ours, theirs):
        with store.write() as connection:
            set_protocol(connection, 1, Protocol.SEALED, set_by="kim", now=moment(0))
    kim = build_session(ours)
    for minutes, kind, change, stage in (
        (1, Act.FORECAST, judging.set_forecast(0.2), None),
        (2, Act.VERDICT, judging.give_verdict(Verdict.FAILS), None),
        (3, Act.REVEAL, judging.reveal, Stage.EVIDENCE),
    ):
        say(at(kim, minutes), 1, kind, change, stage)
    merge(theirs.path, ours.path)
    there = build_session(theirs)
    say(at(there, 4), 1, Act.FORECAST, judging.set_forecast(0.7))
    say(at(there, 6), 1, Act.REVEAL, judging.reveal, Stage.OTHERS)
    say(at(kim, 5), 1, Act.FORECAST, judging.set_forecast(0.4))
    both_ways(ours, theirs)
    found = [
        [
            (each.stage, each.before.forecast, each.after.forecast)
            for each in stream_reveals(store.connection(), 1, None)
        ]
        for store in (ours, theirs)
    ]
    assert found[0] == found[1] == [(Stage.EVIDENCE, 0.2, 0.7), (Stage.OTHERS, 0.7, 0.7)]
