"""What the command line says of a proposal's evidence."""

import json
import math
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Bound, Direction, Role, Setting
from reviewer.store.connection import Store
from reviewer.workflow.evidence import evidence_as_data, evidence_of
from tests.builders import PROBLEM, build_store, import_records, measured, record


@pytest.fixture
def store(tmp_path: Path) -> Store:
    seeds = tuple(SeedValue(i, value) for i, value in enumerate((0.5, 0.6, 0.7)))
    return build_store(
        tmp_path,
        record("p", measurements=(measured(0.6, setting=Setting.LAB, n_seeds=3, seeds=seeds), measured(None, "math"))),
        record("bare"),
        record("b1", Role.BASELINE, title="First", measurements=(measured(0.2, setting=Setting.LAB, n_seeds=1),)),
        record("b2", Role.BASELINE, title="Second [/x]", measurements=(measured(0.3, setting=Setting.LAB),)),
    )


def test_the_best_baseline_is_taken_where_none_is_named(store: Store) -> None:
    found = evidence_of(store, "p", None)
    assert found.baseline is not None
    assert (found.baseline.title, found.reason) == ("Second [/x]", "best of 2 on chat, lab, by PGR")
    named = evidence_of(store, "run-1/p", "first")
    assert named.baseline is not None
    assert named.baseline.external_id == "b1"


@pytest.mark.parametrize(
    ("baseline", "sentence"),
    [
        ("s", "names more than one baseline of this problem: b2, b1"),
        ("zz", "is no baseline and no other proposal of this problem; its baselines are: b2, b1"),
        ("", "is no"),
        ("run-1/p", "is the proposal itself"),
    ],
)
def test_a_baseline_that_is_not_clear_is_told(store: Store, baseline: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        evidence_of(store, "p", baseline)


def test_as_data_everything_is_there_and_what_is_not_known_is_null(store: Store) -> None:
    data = json.loads(json.dumps(evidence_as_data(evidence_of(store, "p", "b1")), allow_nan=False))
    lab = next(row for row in data["rows"] if row["setting"] == "lab")
    assert lab["difference"]["procedure"] == "Crawford–Howell t"
    assert lab["difference"]["interval"][0] < lab["difference"]["value"] < lab["difference"]["interval"][1]
    assert [seed["value"] for seed in lab["proposal"]["seeds"]] == [0.5, 0.6, 0.7]
    missing = next(row for row in data["rows"] if row["dataset"] == "math")
    assert (missing["proposal"]["value"], missing["baseline"], missing["difference"]) == (None, None, None)


def test_seeds_as_data_are_those_of_the_value_beside_them(tmp_path: Path) -> None:
    def runs(metric: str, *values: float) -> Measurement:
        seeds = tuple(SeedValue(i, value) for i, value in enumerate(values))
        return measured(math.fsum(values) / len(values), metric=metric, setting=Setting.LAB, seeds=seeds)

    ends = [
        record(bound, role=Role.REFERENCE, bound=bound, measurements=(runs("accuracy", *values),))
        for bound, values in ((Bound.FLOOR, (0.5, 0.51, 0.49)), (Bound.CEILING, (0.7, 0.71, 0.69)))
    ]
    ours = record("p", measurements=(runs("pgr", 0.1, 0.2, 0.15), runs("accuracy", 0.6, 0.62, 0.61)))
    bare = record("b", role=Role.BASELINE, measurements=(measured(0.2, setting=Setting.LAB),))
    problem = Problem(
        PROBLEM.slug,
        primary_metric="pgr",
        primary_dataset="chat",
        metrics=(Metric("pgr", Direction.HIGHER, derived_from=("accuracy",)), Metric("accuracy", Direction.HIGHER)),
    )
    store = build_store(tmp_path)
    import_records(store, ours, bare, *ends, problem=problem)
    data = json.loads(json.dumps(evidence_as_data(evidence_of(store, "p", "b")), allow_nan=False))
    pgr = next(row for row in data["rows"] if (row["metric"], row["setting"]) == ("pgr", "lab"))
    used, theirs = pgr["proposal"], pgr["baseline"]
    assert [seed["value"] for seed in used["seeds"]] == pytest.approx([0.5, 0.6, 0.55])
    assert used["value"] == pytest.approx(0.55)
    assert used["n_seeds"] == len(used["seeds"])
    assert used["stated"]["seeds"] == [{"seed": i, "value": value} for i, value in enumerate((0.1, 0.2, 0.15))]
    assert (theirs["seeds"], theirs["stated"]["seeds"]) == ([], [])


def test_a_proposal_that_measured_nothing_has_only_the_baselines_rows(store: Store) -> None:
    row, *missing = evidence_of(store, "bare", "b2").rows
    assert [r.row.setting for r in missing] == [Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION]
    assert {r.row.where for r in missing} == {"any dataset"}
    assert [r["dataset"] for r in evidence_as_data(evidence_of(store, "bare", "b2"))["rows"]] == ["chat", *3 * [None]]
    assert row.proposal is None
    assert row.baseline is not None


def test_another_proposal_of_the_problem_may_be_what_it_is_held_against(store: Store) -> None:
    measurements = (measured(0.55, setting=Setting.LAB, standard_error=0.05, n_seeds=3),)
    import_records(store, record("rival", title="Rival", measurements=measurements))
    import_records(store, record("far", problem="other"), problem=Problem("other"))
    found = evidence_of(store, "p", "rival")
    data = evidence_as_data(found)
    assert data["baseline"]["role"] == "proposal"
    assert data["baseline"]["reason"] == "another proposal"
    lab = next(row for row in data["rows"] if row["setting"] == "lab")
    assert lab["difference"]["procedure"] == "Welch t"
    assert lab["difference"]["value"] == pytest.approx(0.05)
    with pytest.raises(UserError, match="of another problem, with which nothing is compared"):
        evidence_of(store, "p", "far")
