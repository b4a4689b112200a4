import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.vocabulary import Direction, Origin, Role, Setting
from reviewer.sources import registry
from reviewer.sources.contract import Stated
from reviewer.store.prepared import prepare

from .inspect_fixture import (
    DEFLATED,
    STORED,
    ZSTD,
    log,
    metric,
    refused,
    score,
    spec,
    write_archive,
    write_eval,
    write_json,
)
from .reading import Records, read_all
from .truncation import is_never_misread


def read(path: Path, header: Any, **more: Any) -> Records:
    return read_all(write_json(path / "log.json", header), **more)


def test_a_log_is_one_proposal_of_its_model_on_its_task(tmp_path: Path) -> None:
    records = read_all(write_eval(tmp_path / "x.eval", log()))
    assert not records.rejects
    (problem,) = records.problems
    assert (problem.slug, problem.title, problem.primary_metric, problem.primary_dataset, problem.authoritative) == (
        "sums", "sums", "match/accuracy", "sums-test", False,
    )  # fmt: skip
    assert problem.metric("match/accuracy").direction is Direction.UNKNOWN
    (method,) = records.methods
    assert (method.namespace, method.external_id, method.run) == ("run-1", "eval-1", "run-1")
    assert (method.role, method.origin, method.agent) == (Role.PROPOSAL, Origin.AGENT, "acme/adder-2")
    assert (method.title, method.problem) == ("adder-2 on sums", "sums")
    assert method.created_at == "2026-01-02T05:04:05.000Z"
    assert method.provenance.place == "header.json"
    (row,) = method.measurements
    assert (row.metric, row.dataset, row.value, row.standard_error) == ("match/accuracy", "sums-test", 0.75, 0.07)
    assert (row.n_test, row.n_seeds, row.setting) == (40, None, Setting.UNKNOWN)
    assert row.source == "the error is stderr, over the samples of one run; 40 of the dataset's 100 samples"


def test_the_body_has_what_was_set_and_no_text_can_leave_its_fence(tmp_path: Path) -> None:
    header = log(
        eval={"model_roles": {"grader": {"model": "acme/judge"}}, "solver": "react", "model": "adder"},
        tags=["after"],
        results={"total_samples": 50, "completed_samples": 40, "scores": []},
    )
    (method,) = read(tmp_path, header).methods
    assert method.title == "adder on sums, by react"
    for said in ("1. system_message", "````\nAdd up.\n```\nNo more.\n````", "2. generate", "`temperature`: `0.5`",
                 "`message_limit`: `20`", "acme/judge", "`commit`: `abc1234`", '`["after"]`', "control",
                 "`limit`: `40`", "`completed_samples`: `40`", "`started_at`: `2026-01-02T05:04:05.000Z`"):  # fmt: skip
        assert said in method.body
    assert "samples" not in method.raw
    assert method.raw["eval"]["task_id"] == "task-1"


@pytest.mark.parametrize("method", [STORED, DEFLATED, ZSTD])
def test_the_same_log_is_the_same_record_however_it_is_packed(tmp_path: Path, method: int) -> None:
    (packed,) = read_all(write_eval(tmp_path / "a.eval", log(), method=method)).methods
    (plain,) = read_all(write_json(tmp_path / "b.json", log())).methods
    assert packed.revision_hash() == plain.revision_hash()
    assert packed.raw == plain.raw


def test_a_log_is_found_by_what_is_in_it(tmp_path: Path) -> None:
    write_eval(tmp_path / "archive.zip", log(eval={"eval_id": "a"}))
    write_json(tmp_path / "log.txt", log(eval={"eval_id": "b"}))
    write_json(tmp_path / "long.json", log(eval={"eval_id": "c"}, plan={"steps": [], "pad": "x" * 70_000}))
    write_archive(tmp_path / "other.zip", {"word/document.xml": b"<a/>"})
    (tmp_path / "eval-set.json").write_text('{"eval_set_id": "s"}')
    planned = registry.planned(tmp_path)
    (plan,) = planned.plans
    assert plan.source == "inspect"
    assert [f.name for f in planned.unknown] == ["eval-set.json", "other.zip"]
    assert {m.external_id for m in read_all(tmp_path).methods} == {"a", "b", "c"}
    with pytest.raises(SourceError, match="is a ZIP archive of no known format; unpack it"):
        read_all(tmp_path / "other.zip")
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceError, match="holds no Inspect log"):
        read_all(tmp_path / "none", format_name="inspect")


def test_an_older_log_has_the_id_that_inspect_gives_it(tmp_path: Path) -> None:
    older = log(eval={"eval_id": None, "created": "2026-01-02T05:04:05.25+01:00"})
    (method,) = read(tmp_path, older).methods
    assert method.external_id == EVAL_ID
    newer = log(eval={"eval_id": method.external_id, "created": "2026-01-02T04:04:05.250000+00:00"})
    (again,) = read(tmp_path, newer).methods
    assert again.revision_hash() == method.revision_hash()


EVAL_ID = "KbCdQBMFzsB2B4d7LLQE7Q"
"""What Inspect 0.3.285 derives from run-1, task-1 and that time."""


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("error", "the run ended in an error, and the log has no results"),
        ("cancelled", "the run was cancelled, and the log has no results"),
        ("started", "the log was written before the run had ended, and has no results"),
        ("success", "the log's results have no scores"),
    ],
)
def test_a_log_without_results_is_a_proposal_whose_measurements_are_missing(
    tmp_path: Path, status: str, why: str
) -> None:
    error = {"message": "The disk is full", "traceback": "Traceback\n" + "x\n" * 5000 + "last line"}
    (method,) = read(tmp_path, log(status=status, results=None, error=error)).methods
    (row,) = method.measurements
    assert (row.metric, row.value, row.missing) == ("match/accuracy", None, why)
    assert "## Error\n\n```\nThe disk is full\n```" in method.body
    assert "last line" in method.body
    assert len(method.body) < 5000


def test_a_run_that_was_cut_off_is_read_from_its_start(tmp_path: Path) -> None:
    (method,) = read_all(write_eval(tmp_path / "x.eval", None, start=log())).methods
    assert method.provenance.place == "_journal/start.json"
    assert method.measurements[0].missing.startswith("the log was written before the run had ended")
    (whole,) = read_all(write_eval(tmp_path / "x.eval", log())).methods
    assert whole.external_id == method.external_id


def test_results_that_are_there_stand_whatever_the_status(tmp_path: Path) -> None:
    results = {"total_samples": 40, "completed_samples": 7, "scores": [{**score(accuracy=1.0), "scored_samples": None}]}
    (method,) = read(tmp_path, log(status="cancelled", results=results, invalidated=True)).methods
    (row,) = method.measurements
    assert (row.value, row.standard_error, row.n_test) == (1.0, None, 7)
    assert row.source == (
        "7 of 40 planned samples were completed; 7 of the dataset's 100 samples; the log is marked as invalidated; the "
        "log's status is cancelled"
    )


@pytest.mark.parametrize(
    ("literal", "missing"),
    [
        ("NaN", "the file gives NaN"), ("Infinity", "the file gives Infinity"),
        ("-Infinity", "the file gives -Infinity"),
        ("null", "the file gives null"), ("4e+263", "the file gives 4e+263, which can be no measurement"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_missing_with_the_reason(tmp_path: Path, literal: str, missing: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(log()).replace("0.75", literal))
    (row,) = read_all(path).methods[0].measurements
    assert (row.value, row.standard_error, row.missing) == (None, None, missing)
    assert "the error is" not in row.source


def test_an_error_that_is_none_is_left_out_and_said(tmp_path: Path) -> None:
    results = {"completed_samples": 40, "scores": [score(accuracy=0.5, stderr=math.nan)]}
    (row,) = read(tmp_path, log(results=results)).methods[0].measurements
    assert (row.value, row.standard_error) == (0.5, None)
    assert row.source.endswith("the stated standard error, NaN, is left out")


def test_a_log_of_the_first_version_with_one_scorer_is_read(tmp_path: Path) -> None:
    first = log(
        version=1,
        eval={"eval_id": None, "task_id": "t", "created": "2024-05-05T07:59:35"},
        results={
            "scorer": {"name": "graded", "params": {}},
            "metrics": {
                "accuracy": {"name": "accuracy", "value": 0.25, "options": {}},
                "bootstrap_std": {"name": "bootstrap_std", "value": 0.1, "options": {"cluster": "topic"}},
            },
        },
    )
    (method,) = read(tmp_path, first).methods
    assert method.created_at == "2024-05-05T07:59:35"
    (row,) = method.measurements
    assert (row.metric, row.value, row.standard_error, row.n_test) == ("graded/accuracy", 0.25, 0.1, None)
    assert row.source == "the error is bootstrap_std, over the samples of one run, clustered by topic"


def test_each_metric_of_each_scorer_and_reducer_is_a_measurement_of_its_own(tmp_path: Path) -> None:
    results = {
        "total_samples": 80,
        "completed_samples": 80,
        "scores": [
            {**score(accuracy=0.5, stderr=0.1, std=0.4), "reducer": "mean"},
            {**score(accuracy=0.75, stderr=0.05), "reducer": "pass_at_2"},
            score("tone", scorer="judge", **{"inspect_ai/mean": 3.5, "inspect_ai/stderr": 0.2}),
            score("g", physics=metric(0.4, group="grouped"), all=metric(0.6, group="grouped"), stderr=0.3),
            score("both", accuracy=0.5, mean=0.5, stderr=0.1, bootstrap_stderr=0.11),
            {**score("empty", accuracy=math.nan, stderr=math.nan), "scored_samples": 0, "unscored_samples": 40},
        ],
        "headline": {"scorer": "judge", "score": "tone", "metric": "mean", "reducer": "mean"},
    }
    records = read(tmp_path, log(eval={"config": {"epochs": 2}}, results=results))
    rows = {m.metric: m for m in records.methods[0].measurements}
    assert {name: (m.value, m.standard_error, m.n_test) for name, m in rows.items()} == {
        "match/accuracy": (0.5, 0.1, 40),
        "match/std": (0.4, None, 40),
        "match/accuracy@pass_at_2": (0.75, 0.05, 40),
        "judge/tone/mean": (3.5, 0.2, 40),
        "g/grouped/physics": (0.4, None, None),
        "g/grouped/all": (0.6, None, None),
        "g/stderr": (0.3, None, 40),
        "both/accuracy": (0.5, 0.1, 40),
        "both/mean": (0.5, 0.1, 40),
        "both/bootstrap_stderr": (0.11, None, 40),
        "empty/accuracy": (None, None, None),
    }
    assert "2 epochs" in rows["match/accuracy"].source
    assert "40 samples have no score" in rows["empty/accuracy"].source
    assert records.problems[0].primary_metric == "judge/tone/mean"


def test_completed_samples_of_several_epochs_are_no_number_of_samples(tmp_path: Path) -> None:
    results = {
        "total_samples": 80,
        "completed_samples": 80,
        "scores": [{**score(accuracy=0.5), "scored_samples": None}],
    }
    (row,) = read(tmp_path, log(eval={"config": {"epochs": 2}}, results=results)).methods[0].measurements
    assert (row.n_test, row.source) == (None, "2 epochs")


def test_two_metrics_of_one_name_are_told_apart(tmp_path: Path) -> None:
    results = {"completed_samples": 40, "scores": [score(accuracy=0.5), score(accuracy=0.6), score(accuracy=0.7)]}
    rows = read(tmp_path, log(results=results)).methods[0].measurements
    assert [(m.metric, m.value) for m in rows] == [
        ("match/accuracy", 0.5), ("match/accuracy#2", 0.6), ("match/accuracy#3", 0.7),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "meets"),
    [
        ({"model": "acme/adder-2"}, True), ({"model": "adder-2"}, True), ({"model": "adder"}, False),
        ({"solver": "system_message, generate"}, True), ({"solver": "generate"}, False), ({"task": "sums"}, True),
        ({"tags": "nightly"}, True), ({"tags": "late"}, True), ({"tags": "weekly"}, False),
        ({"run_id": "run-1"}, True), ({"eval_id": "eval-2"}, False),
        ({"task_args.level": "3"}, True), ({"task_args.hard": "true"}, True), ({"task_args.none": "None"}, False),
        ({"metadata.arm": "control"}, True),
        ({"model": "adder-2", "metadata.arm": "treatment"}, False), ({"model": "adder-2", "tags": "nightly"}, True),
    ],
)  # fmt: skip
def test_the_person_says_by_which_fields_baselines_are_told(tmp_path: Path, rule: dict[str, str], meets: bool) -> None:
    stated = Stated(baseline=tuple(rule.items()))
    (method,) = read(tmp_path, log(tags=["late"]), stated=stated).methods
    assert (method.role, method.origin) == ((Role.BASELINE, Origin.UNKNOWN) if meets else (Role.PROPOSAL, Origin.AGENT))


def test_a_field_that_no_log_has_is_refused(tmp_path: Path) -> None:
    for field in ("colour", "task_args", "task_args.", "tags.x"):
        with pytest.raises(UserError, match=r"has no field '.*' to tell baselines by; it has model, solver"):
            read(tmp_path, log(), stated=Stated(baseline=((field, "x"),)))


def test_a_problem_that_the_person_names_takes_all_tasks(tmp_path: Path) -> None:
    records = read(tmp_path, log(), problem="mine")
    assert not records.problems
    assert records.methods[0].problem == "mine"


@pytest.mark.parametrize(
    ("task", "slug"),
    [("inspect_evals/gpqa diamond", "inspect_evals-gpqa-diamond"), ("任务", "inspect"), ("x" * 300, "x" * 100)],
)
def test_a_task_s_name_becomes_a_slug_with_the_original_for_its_title(tmp_path: Path, task: str, slug: str) -> None:
    (problem,) = read(tmp_path, log(eval={"task": task, "dataset": {}})).problems
    assert (problem.slug, problem.title, problem.primary_dataset) == (slug, task, task)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (log(version=0), "version: must be a whole number from 1 up"),
        (log(version="2"), "version: must be a whole number from 1 up"),
        (log(eval={"model": " "}), "eval.model: is missing"),
        (log(eval={"task": 7}), "task: must be text, not 7"),
        (log(results=[]), "results: must be an object, not a list"),
        (log(results={"scores": {}}), "results.scores: must be a list, not an object"),
        (log(results={"scores": [1]}), "results.scores: must be a list of objects, with 1 for one"),
        (log(results={"scores": [{"metrics": [1]}]}), "results.scores.metrics: must be an object of objects"),
        (log(results={"scores": [{"metrics": {"m": "C"}}]}), "results.scores.metrics: must be an object of objects"),
        (log(results={"scores": [score(accuracy={"value": "C"})]}), "value: must be a number, not the text 'C'"),
        (log(results={"completed_samples": -1, "scores": [score(accuracy=1)]}),
         "completed_samples: must lie between 0 and 2^53"),
        (log(plan={"text": "x" * 5_000_001}), "plan: is longer than 5,000,000 characters"),
        ({"version": 2, "status": "success", "eval": 3}, "is no Inspect log: version, status"),
        ([1], "is no Inspect log: it must be an object"),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_kind_is_told(tmp_path: Path, header: Any, reason: str) -> None:
    assert refused(write_json(tmp_path / "x.json", header)).startswith(reason)


def test_one_bad_log_does_not_keep_the_others_out(tmp_path: Path) -> None:
    write_eval(tmp_path / "a.eval", log())
    write_eval(tmp_path / "b.eval", log(eval={"eval_id": "other"}))
    data = (tmp_path / "a.eval").read_bytes()
    (tmp_path / "a.eval").write_bytes(data[: len(data) // 2])
    records = read_all(tmp_path)
    assert [m.external_id for m in records.methods] == ["other"]
    assert [Path(r.file).name for r in records.rejects] == ["a.eval"]


def test_one_log_in_two_files_passes_and_two_that_differ_are_a_doubt(tmp_path: Path) -> None:
    write_eval(tmp_path / "a.eval", log())
    write_json(tmp_path / "b.json", log())
    write_json(tmp_path / "c.json", log(results={"completed_samples": 1, "scores": [score(accuracy=0.1)]}))
    records = read_all(tmp_path)
    assert [m.external_id for m in records.methods] == ["eval-1", "eval-1"]
    (reject,) = records.rejects
    assert "has the same id as header.json in" in reject.reason


def test_a_log_in_json_that_is_cut_off_is_never_misread(tmp_path: Path) -> None:
    assert is_never_misread(write_json(tmp_path / "x.json", log())) == 0


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    field=st.sampled_from(["version", "status", "eval", "plan", "results", "stats", "error", "tags", "metadata"])
    | st.sampled_from([("eval", name) for name in spec()])
    | st.sampled_from([("results", "scores"), ("results", "completed_samples"), ("results", "headline")]),
    value=_json,
)
@settings(max_examples=300, deadline=None)
def test_any_value_in_any_field_is_a_record_or_a_reject(
    tmp_path_factory: pytest.TempPathFactory, field: str | tuple[str, str], value: Any
) -> None:
    header = log(error={"message": "m"})
    if isinstance(field, tuple):
        header[field[0]][field[1]] = value
    else:
        header[field] = value
    path = tmp_path_factory.mktemp("any") / "x.json"
    records = read_all(write_json(path, header), format_name="inspect")
    assert len(records.methods) + len(records.rejects) == 1
    for method in records.methods:
        prepare(method)
        assert method.title.strip()
    assert all(r.reason.strip() for r in records.rejects)


def test_two_metrics_that_differ_by_their_package_alone_are_two_measurements(tmp_path: Path) -> None:
    metrics = {
        name: {"name": name, "value": value} for name, value in (("inspect_ai/accuracy", 0.5), ("accuracy", 0.75))
    }
    results = {"completed_samples": 40, "scores": [{"name": "match", "scorer": "match", "metrics": metrics}]}
    write_json(tmp_path / "log.json", log(results=results))
    (method,) = read_all(tmp_path / "log.json").methods
    assert sorted(m.value or 0 for m in method.measurements) == [0.5, 0.75]
