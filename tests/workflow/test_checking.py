"""Checking what waits: after an import, after a change of data, and after a change of thresholds."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.checks import CheckSettings, Level
from reviewer.domain.methods import Measurement, MethodRecord, OutsideReview, SeedValue, SelfScore
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Bound, Direction, Role, Setting
from reviewer.store import check_results, settings
from reviewer.store.check_results import check_all_again
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, list_problems, save_problem
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import checking
from reviewer.workflow.checking import Checking, Others, results_of
from tests.builders import NOW, PROBLEM, build_store, import_records, measured, method_ids, record, table

ROWS = "SELECT method_id, rule, ordinal, level, question, numbers FROM check_results ORDER BY 1, 2, 3"


def proposal(external_id: str = "p1", value: float = 0.3, **more: Any) -> MethodRecord:
    rows = (measured(value, n_seeds=3, standard_error=0.1), measured(value, "math", n_seeds=3))
    return record(external_id, **{"measurements": rows, **more})


def baseline(external_id: str = "b1", value: float = 0.2) -> MethodRecord:
    return record(external_id, Role.BASELINE, measurements=(measured(value, n_seeds=5, standard_error=0.05),))


def rules(store: Store, method_id: int) -> list[str]:
    return [r.rule for r in results_of(store, method_id)]


def in_step(store: Store, chosen: CheckSettings | None = None) -> bool:
    """Whether what is kept is what checking everything anew comes to."""
    kept = table(store, ROWS)
    with store.write() as connection:
        check_all_again(connection)
    Checking(store, chosen).check_all()
    return kept == table(store, ROWS)


def test_what_was_imported_is_checked_once_and_its_questions_come_by_level(tmp_path: Path) -> None:
    store = build_store(tmp_path, baseline(), proposal())
    (p1,) = method_ids(store)
    asking = Checking(store)
    assert (asking.waiting(), results_of(store, p1)) == (2, ())
    assert asking.check_all() == 2
    assert (asking.waiting(), asking.check_all()) == (0, 0)
    found = results_of(store, p1)
    levels = [list(Level).index(r.level) for r in found]
    assert levels == sorted(levels)
    assert {"few-seeds", "no-error", "one-setting", "no-baseline"} <= set(rules(store, p1))
    (few,) = [r for r in found if r.rule == "few-seeds"]
    assert few.question == "PGR on chat and PGR on math: 3 seeds, and fewer than 5 are unsafe; would it hold with more?"
    assert few.numbers["seeds"] == 3
    import_records(store, proposal("p2"), proposal("p3"))
    assert (asking.waiting(), asking.check_all()) == (4, 4), "there are twice as many proposals to choose from"
    import_records(store, proposal("p4"))
    assert (asking.waiting(), asking.check_all()) == (1, 1)


def import_other_baseline(store: Store) -> None:
    import_records(store, baseline(value=0.9))


def import_reference(store: Store) -> None:
    import_records(store, record("floor", Role.REFERENCE, bound=Bound.FLOOR, measurements=(measured(0.8),)))


def turn_the_metric_round(store: Store) -> None:
    turned = replace(PROBLEM.metrics[0], direction=Direction.LOWER)
    with store.write() as connection:
        save_problem(connection, replace(PROBLEM, metrics=(turned,)), NOW)


def tell_settings(store: Store) -> None:
    with store.write() as connection:
        settings.set_settings(connection, 1, lambda _: Setting.LAB, overwrite=False)


def withdraw_baseline(store: Store) -> None:
    withdraw_import(store, 1, NOW)


@pytest.mark.parametrize(
    "change", [import_other_baseline, import_reference, turn_the_metric_round, tell_settings, withdraw_baseline]
)
def test_what_concerns_all_proposals_has_all_of_them_wait_again(
    tmp_path: Path, change: Callable[[Store], None]
) -> None:
    store = build_store(tmp_path, baseline())
    import_records(store, *(proposal(f"p{i}") for i in range(3)))
    Checking(store).check_all()
    before = table(store, ROWS)
    change(store)
    assert Checking(store).waiting() >= 3
    Checking(store).check_all()
    assert table(store, ROWS) != before
    assert in_step(store)


def test_another_threshold_has_all_wait_and_another_rule_that_is_off_too(tmp_path: Path) -> None:
    store = build_store(tmp_path, baseline(), proposal())
    (p1,) = method_ids(store)
    Checking(store).check_all()
    lenient = CheckSettings(thresholds={"few-seeds": {"seeds": 3}})
    assert Checking(store, lenient).waiting() == 2
    Checking(store, lenient).check_all()
    assert "few-seeds" not in rules(store, p1)
    off = CheckSettings(off=frozenset({"no-error"}))
    assert Checking(store, off).check_all() == 2
    assert "no-error" not in rules(store, p1)
    assert "few-seeds" in rules(store, p1)
    assert table(store, "SELECT count(*) FROM checked_problems") == [(1,)]


def changed_revision(store: Store) -> None:
    import_records(store, proposal("p1", 0.1))


def another_part(store: Store) -> None:
    import_records(store, proposal("p1", 0.1, part="more", body=""))


def setting_of_the_file(store: Store) -> None:
    rows = tuple(m._replace(setting=Setting.HELD_OUT) for m in proposal().measurements)
    import_records(store, proposal(measurements=rows))


def another_role(store: Store) -> None:
    import_records(store, proposal(value=0.4)._replace(role=Role.REFERENCE, bound=Bound.CEILING))


@pytest.mark.parametrize("change", [changed_revision, another_part, setting_of_the_file, another_role])
def test_a_method_that_changes_waits_and_is_asked_what_it_is_now(
    tmp_path: Path, change: Callable[[Store], None]
) -> None:
    store = build_store(tmp_path, baseline(), proposal("p1"), proposal("p2"))
    Checking(store).check_all()
    before = table(store, ROWS)
    change(store)
    Checking(store).check_all()
    assert table(store, ROWS) != before
    assert in_step(store)


def test_only_what_changed_is_checked_again(tmp_path: Path) -> None:
    store = build_store(tmp_path, baseline(), *(proposal(f"p{i}") for i in range(5)))
    Checking(store).check_all()
    import_records(store, proposal("p2", 0.1))
    assert Checking(store).waiting() == 1
    assert Checking(store).check_all() == 1


def test_a_namesake_is_asked_about_the_one_before_it_as_long_as_that_is_there(tmp_path: Path) -> None:
    store = build_store(tmp_path, proposal("p1", title="One idea"))
    import_records(store, proposal("p2", title="One idea"))
    import_records(store, proposal("p3", title="ONE idea"))
    _, p2, p3 = method_ids(store)
    Checking(store).check_all()
    said = "SELECT method_id, numbers FROM check_results WHERE rule = 'same-title' ORDER BY 1"
    assert table(store, said) == [(p2, '{"earlier":"run-1/p1"}'), (p3, '{"earlier":"run-1/p2"}')]
    withdraw_import(store, 2, NOW)
    Checking(store).check_all()
    assert table(store, said) == [(p3, '{"earlier":"run-1/p1"}')]
    import_records(store, proposal("p1", title="Another idea"))
    Checking(store).check_all()
    assert table(store, said) == []
    assert in_step(store)


SIMILAR = "SELECT method_id, numbers FROM check_results WHERE rule = 'similar-title' ORDER BY 1"


def test_a_similar_title_is_asked_about_wherever_it_comes_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 2)
    store = build_store(tmp_path, *(proposal(f"x{i}", title=title) for i, title in enumerate(("One", "Two", "Three"))))
    import_records(store, proposal("p1", title="Labels of confident teachers"))
    import_records(
        store,
        proposal("p2", title="Confident students: teachers and labels"),
        proposal("p3", title="Quite another thing"),
        proposal("p4", title="Labels of confident teachers"),
    )
    p2, p3, p4 = method_ids(store)[4:]
    Checking(store).check_all()
    assert table(store, SIMILAR) == [(p2, '{"earlier":"run-1/p1","common":3,"words":4}')], "p4's title is the same"
    assert in_step(store)
    # The title in the middle becomes a similar one: the one before it and the one after it are seen.
    import_records(store, proposal("p3", title="Confident teachers, confident students, labels"))
    Checking(store).check_all()
    assert [(i, numbers.split(",")[0]) for i, numbers in table(store, SIMILAR)] == [
        (p2, '{"earlier":"run-1/p1"'), (p3, '{"earlier":"run-1/p2"')
    ]  # fmt: skip
    assert in_step(store)
    # It is taken out, and then the first one is called otherwise.
    withdraw_import(store, 4, NOW)
    Checking(store).check_all()
    assert [i for i, _ in table(store, SIMILAR)] == [p2]
    import_records(store, proposal("p1", title="Gone"))
    Checking(store).check_all()
    assert table(store, SIMILAR) == [(p4, '{"earlier":"run-1/p2","common":3,"words":4}')]
    assert in_step(store)
    import_records(store, proposal("x0", title="Confident students and labels of teachers, again"))
    Checking(store).check_all()
    assert [i for i, _ in table(store, SIMILAR)] == [p2, p4]
    assert in_step(store)
    withdraw_import(store, 3, NOW)
    Checking(store).check_all()
    assert table(store, SIMILAR) == []
    assert table(store, "PRAGMA foreign_key_check") == []


def test_so_many_titles_before_are_looked_at_and_none_where_the_rule_is_off(tmp_path: Path) -> None:
    store = build_store(tmp_path, proposal("p1", title="Labels of teachers"), proposal("p2", title="Else"))
    import_records(store, proposal("p3", title="Teachers' labels of"), proposal("p4", title="Teachers: labels"))
    p3, p4 = method_ids(store)[2:]
    few = CheckSettings(thresholds={"similar-title": {"before": 1, "words": 0.5}})
    for chosen, found in (
        (CheckSettings(), [p3, p4]),
        (few, [p4]),
        (CheckSettings(off=frozenset({"similar-title"})), []),
    ):
        Checking(store, chosen).check_all()
        assert [i for i, _ in table(store, SIMILAR)] == found


def test_withdrawing_takes_the_questions_out_and_checks_what_it_set_back(tmp_path: Path) -> None:
    store = build_store(tmp_path, baseline(), proposal("p1"))
    import_records(store, proposal("p1", 0.1), proposal("p2"))
    Checking(store).check_all()
    p1, p2 = method_ids(store)
    withdraw_import(store, 2, NOW)
    assert table(store, "SELECT count(*) FROM check_results WHERE method_id = ?", (p2,)) == [(0,)]
    assert table(store, "SELECT id FROM unchecked") == [(p1,)]
    Checking(store).check_all()
    assert in_step(store)
    assert table(store, "PRAGMA foreign_key_check") == []


def test_problems_are_checked_each_against_its_own(tmp_path: Path) -> None:
    store = build_store(tmp_path, baseline(), proposal("p1"))
    other = Problem("other", primary_metric="pgr", metrics=PROBLEM.metrics)
    import_records(store, proposal("p1")._replace(problem="other"), problem=other)
    assert Checking(store).check_all() == 3
    p1, p2 = method_ids(store)
    import_records(store, baseline(value=0.9))
    assert Checking(store).waiting() == 2, "the other problem's proposal does not wait"
    Checking(store).check_all()
    assert "PGR on chat" not in next(r.question for r in results_of(store, p1) if r.rule == "no-baseline")
    assert "PGR on chat" in next(r.question for r in results_of(store, p2) if r.rule == "no-baseline")
    assert in_step(store)


def test_many_are_checked_in_batches_until_somebody_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 2)
    store = build_store(tmp_path, proposal("p0"), baseline(), *(proposal(f"p{i}") for i in range(1, 5)))
    asked = iter([False, False, True])
    assert Checking(store).check_all(lambda: next(asked)) == 4
    assert Checking(store).waiting() == 2
    assert Checking(store).check_all() == 2
    assert in_step(store)


def test_what_somebody_else_wrote_meanwhile_is_what_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build_store(tmp_path, baseline(), proposal("p1"))
    other = Store(store.path)
    asking = Checking(store)
    look = asking._next
    looked: list[int] = []

    def look_and_be_late(connection: check_results.Connection, limit: int, others: Others | None = None) -> object:
        found = look(connection, limit, others)
        looked.append(1)
        if len(looked) == 1:
            import_records(other, proposal("p1", 0.1), baseline(value=0.9))
        return found

    monkeypatch.setattr(asking, "_next", look_and_be_late)
    assert asking.check_some() == 2
    assert len(looked) == 2
    other.close()
    assert in_step(store)


def test_shared_seeds_are_compared_in_pairs_and_to_share_them_has_all_wait_again(tmp_path: Path) -> None:
    def runs(*values: float) -> tuple[Measurement, ...]:
        seeds = tuple(SeedValue(i, value) for i, value in enumerate(values))
        return (measured(sum(values) / len(values), setting=Setting.LAB, n_seeds=len(values), seeds=seeds),)

    base = (0.30, 0.50, 0.41)
    store = build_store(tmp_path, record("b", Role.BASELINE, measurements=runs(*base)))
    import_records(store, record("p", measurements=runs(*(v + 0.02 + v / 100 for v in base))))
    asking = Checking(store)
    asking.check_all()
    assert "within-noise" in {rule for (rule,) in table(store, "SELECT rule FROM check_results")}
    sharing = Checking(store, CheckSettings(shared_seeds=frozenset({PROBLEM.slug})))
    assert (sharing.waiting(), sharing.check_all()) == (2, 2)
    assert "within-noise" not in {rule for (rule,) in table(store, "SELECT rule FROM check_results")}


def test_an_import_on_the_same_connection_is_noticed(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("b", Role.BASELINE, measurements=(measured(0.3, "math"),)))
    import_records(store, proposal())
    window = Checking(store)
    window.check_all()
    import_records(store, baseline())
    assert Checking(store).check_all()
    before = table(store, ROWS)
    assert (window.check_some(), table(store, ROWS), Checking(store).waiting()) == (0, before, 0)


def test_what_methods_are_held_against_is_read_once_for_many_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = build_store(tmp_path, baseline())
    import_records(store, *(proposal(f"p{i}") for i in range(9)))
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 2)
    read = 0

    def counting(connection: sqlite3.Connection) -> Sequence[StoredProblem]:
        nonlocal read
        read += 1
        return list_problems(connection)

    monkeypatch.setattr(checking, "list_problems", counting)
    assert (Checking(store).check_all(), read) == (10, 1)


def test_what_sources_say_besides_values_is_kept_and_asked_about(tmp_path: Path) -> None:
    scores = tuple(SelfScore("Novelty", 9.0) for _ in range(12))
    reviews = (OutsideReview(2.0, confidence=1.0, used_ai=True, consent=False), OutsideReview(9.0))
    single = (measured(0.3, n_seeds=1),)
    store = build_store(
        tmp_path,
        baseline(),
        proposal("p1", self_scores=scores, reviews=reviews),
        proposal("p2", measurements=single),
        proposal("p3", measurements=(measured(0.9, n_seeds=1),), rerun_of="p2"),
    )
    p1, p2, _ = method_ids(store)
    Checking(store).check_all()
    assert {"self-scores", "review-spread", "weak-reviews"} <= set(rules(store, p1))
    assert "rerun-noise" in rules(store, p2)
    assert in_step(store)
    # A new revision that says none of it takes all of it back, and one that says it again is as the first.
    import_records(store, proposal("p1"), proposal("p3", measurements=(measured(0.9, n_seeds=1),)))
    Checking(store).check_all()
    assert not {"self-scores", "review-spread", "weak-reviews"} & set(rules(store, p1))
    assert "rerun-noise" not in rules(store, p2)
    assert in_step(store)
    import_records(store, proposal("p1", self_scores=scores, reviews=reviews))
    Checking(store).check_all()
    assert "weak-reviews" in rules(store, p1)
    assert table(store, "SELECT count(*) FROM self_scores") == [(12,)], "the first revision counts again"
    for import_id in (3, 2, 1):
        withdraw_import(store, import_id, NOW)
    assert [table(store, f"SELECT count(*) FROM {name}") for name in ("self_scores", "outside_reviews")] == [[(0,)]] * 2
    store.close()
