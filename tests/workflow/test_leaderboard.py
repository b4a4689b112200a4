"""The leaderboard of a store: on what methods can be put in order, how that is chosen, and the table that is read."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.methods import MethodRecord
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Bound, Direction, Role, Setting
from reviewer.evidence.baselines import Ground
from reviewer.evidence.leaderboard_sentences import sentences
from reviewer.store import measured as measured_rows
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, problem_by_id
from reviewer.workflow.evidence import evidence_of
from reviewer.workflow.leaderboard import UnwantedError, choose_ground, grounds, read_leaderboard
from tests.builders import PROBLEM, build_store, import_records, measured, record


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    built = build_store(
        tmp_path_factory.mktemp("leaderboard"),
        *(
            record(
                f"p{i}",
                measurements=(
                    measured(value, setting=Setting.LAB, standard_error=0.05, n_seeds=5),
                    measured(value / 2, "math", setting=Setting.HELD_OUT),
                    measured(value, split="dev", setting=Setting.LAB),
                    measured(1 - value, metric="loss", setting=Setting.LAB),
                ),
            )
            for i, value in enumerate((0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6))
        ),
        record("late", measurements=(measured(0.9, "code", split="dev"),)),
        record("b", Role.BASELINE, measurements=(measured(0.25, setting=Setting.LAB, standard_error=0.05, n_seeds=5),)),
        record("c", Role.BASELINE, measurements=(measured(0.3, setting=Setting.PILOT),)),
        record("r", Role.REFERENCE, measurements=(measured(0.5, metric="mood"),)),
    )
    yield built
    built.close()


@pytest.fixture
def stored(store: Store) -> StoredProblem:
    return problem_by_id(store.connection(), 1)


def test_grounds_stand_with_the_primary_ones_first(store: Store, stored: StoredProblem) -> None:
    assert [(g.metric, g.dataset, g.setting, g.split, g.proposals, g.baselines) for g in grounds(store, stored)] == [
        ("pgr", "chat", "lab", "", 7, 1),
        ("pgr", "chat", "lab", "dev", 7, 0),
        ("pgr", "chat", "pilot", "", 0, 1),
        ("pgr", "math", "held_out", "", 7, 0),
        ("pgr", "code", "unknown", "dev", 1, 0),
        ("loss", "chat", "lab", "", 7, 0),
    ]


@pytest.mark.parametrize(
    ("asked", "ground"),
    [
        ({}, Ground("pgr", "chat", Setting.LAB, "")),
        ({"metric": "LOSS"}, Ground("loss", "chat", Setting.LAB, "")),
        ({"dataset": "Math"}, Ground("pgr", "math", Setting.HELD_OUT, "")),
        ({"dataset": "chat-0115"}, Ground("pgr", "chat", Setting.LAB, "")),
        ({"split": "dev"}, Ground("pgr", "chat", Setting.LAB, "dev")),
        ({"setting": Setting.PILOT}, Ground("pgr", "chat", Setting.PILOT, "")),
        ({"setting": Setting.UNKNOWN}, Ground("pgr", "code", Setting.UNKNOWN, "dev")),
    ],
)
def test_the_first_ground_that_is_as_asked_is_taken(
    store: Store, stored: StoredProblem, asked: dict[str, str], ground: Ground
) -> None:
    assert choose_ground(stored.problem, grounds(store, stored), **asked) == ground  # type: ignore[arg-type]


def test_what_is_not_there_is_told_with_what_is(store: Store, stored: StoredProblem) -> None:
    found = grounds(store, stored)
    with pytest.raises(UserError, match="metric 'elo' there; what there is: pgr, loss"):
        choose_ground(stored.problem, found, metric="elo")
    with pytest.raises(UserError, match="dataset 'math' there; what there is: chat"):
        choose_ground(stored.problem, found, metric="loss", dataset="math")
    with pytest.raises(UserError, match="split 'test' there; what there is: the one without a name, dev"):
        choose_ground(stored.problem, found, split="test")
    with pytest.raises(UserError, match="No method of weak_to_strong has measured anything yet"):
        choose_ground(stored.problem, ())


def test_the_table_is_over_all_methods_however_many_pages_they_take(
    store: Store, stored: StoredProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = Ground("pgr", "chat", Setting.LAB, "")
    whole = read_leaderboard(store, stored, ground)
    monkeypatch.setattr(measured_rows, "PAGE", 2)
    heard: list[tuple[int, int]] = []
    assert read_leaderboard(store, stored, ground, told=lambda *far: heard.append(far)) == whole
    assert heard == [(n, 11) for n in (2, 4, 6, 8, 10, 11)]
    assert [row.title for row in whole.rows] == [
        *(f"Title of p{i}" for i in (6, 5, 4, 3)),
        "Title of b",
        *(f"Title of p{i}" for i in (2, 1, 0)),
    ]
    assert (whole.proposals, whole.tested, whole.unmeasured) == (7, 7, 2)
    assert whole.baseline is not None
    assert whole.baseline.title == "Title of b"
    assert all(row.shrunken is not None for row in whole.rows if row.role is Role.PROPOSAL)


def test_a_table_that_nobody_waits_for_is_not_read_on(store: Store, stored: StoredProblem) -> None:
    with pytest.raises(UnwantedError):
        read_leaderboard(store, stored, Ground("pgr", "chat", Setting.LAB, ""), lambda: False)


SHARES = replace(
    PROBLEM,
    metrics=(Metric("pgr", Direction.HIGHER, derived_from=("accuracy",)), Metric("accuracy", Direction.HIGHER)),
)


def correct(
    name: str, accuracy: float, role: Role = Role.PROPOSAL, *, stated: bool = True, **more: Any
) -> MethodRecord:
    """A method with its accuracy between a floor of .5 and a ceiling of .7, and its share of that gap if ``stated``."""
    under = measured(accuracy, metric="accuracy", setting=Setting.LAB, standard_error=0.004, n_seeds=5)
    own = measured((accuracy - 0.5) / 0.2, setting=Setting.LAB)
    return record(name, role, measurements=(own, under) if stated and role is not Role.REFERENCE else (under,), **more)


ENDS = (
    correct("f", 0.5, Role.REFERENCE, bound=Bound.FLOOR),
    correct("c", 0.7, Role.REFERENCE, bound=Bound.CEILING),
)


def test_a_share_of_a_gap_is_tested_on_the_metric_beneath_as_in_the_evidence(tmp_path: Path) -> None:
    with closing(build_store(tmp_path)) as store:
        import_records(store, correct("p", 0.6), correct("b", 0.55, Role.BASELINE), *ENDS, problem=SHARES)
        stored = problem_by_id(store.connection(), 1)
        table = read_leaderboard(store, stored, Ground("pgr", "chat", Setting.LAB, ""))
        shown = evidence_of(store, "p", "b").rows[0]
    assert table.tested_on(table.rows[0]) == "accuracy"
    assert (shown.row.metric.name, shown.tested_on) == ("pgr", "accuracy")
    assert shown.difference == table.difference(table.rows[0])


@pytest.mark.parametrize("stated", [(), ("p",), ("b",)])
def test_shares_that_are_stated_by_some_or_by_nobody_are_all_in_one_order(
    tmp_path: Path, stated: tuple[str, ...]
) -> None:
    methods = (("p", 0.6, Role.PROPOSAL), ("q", 0.65, Role.PROPOSAL), ("b", 0.55, Role.BASELINE))
    with closing(build_store(tmp_path)) as store:
        import_records(
            store,
            *(correct(name, value, role, stated=name in stated) for name, value, role in methods),
            *ENDS,
            problem=SHARES,
        )
        problem = problem_by_id(store.connection(), 1)
        found = grounds(store, problem)
        table = read_leaderboard(store, problem, choose_ground(problem.problem, found))
        shown = evidence_of(store, "p", "b").rows[0]
    assert found[0] == ("pgr", "chat", Setting.LAB, "", 2, 1)
    assert [(row.external_id, round(row.value, 9)) for row in table.rows] == [("q", 0.75), ("p", 0.5), ("b", 0.25)]
    assert table.unmeasured == 0
    assert shown.difference == table.difference(table.rows[1])


def test_where_the_ends_of_the_gap_were_measured_is_said(tmp_path: Path) -> None:
    elsewhere = [
        end._replace(measurements=tuple(m._replace(setting=Setting.HELD_OUT) for m in end.measurements)) for end in ENDS
    ]
    with closing(build_store(tmp_path)) as store:
        import_records(store, correct("p", 0.6), *elsewhere, problem=SHARES)
        stored = problem_by_id(store.connection(), 1)
        table = read_leaderboard(store, stored, Ground("pgr", "chat", Setting.LAB, ""))
    assert table.bounds_setting is Setting.HELD_OUT
    assert "Floor and ceiling were measured under held-out; this setting does not have both." in sentences(table)


def test_without_both_ends_there_is_no_ground_of_shares_that_nobody_states(tmp_path: Path) -> None:
    with closing(build_store(tmp_path)) as store:
        import_records(store, correct("p", 0.6, stated=False), ENDS[0], problem=SHARES)
        assert [g.metric for g in grounds(store, problem_by_id(store.connection(), 1))] == ["accuracy"]
