"""The sample study: nothing illustrative passes for published, and its numbers agree with each other."""

import json
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.methods import Reject
from reviewer.sources import native

FOLDER = Path(__file__).parents[2] / "sample_data"
DIRECTIONS = 9
FLOOR = {"chat": 0.52796, "math": 0.5360, "code": 0.5768}
CEILING = {"chat": 0.73253, "math": 0.7176, "code": 0.6936}
N_TEST = {"chat": 1263, "math": 1315, "code": 2567}

BASELINES = {
    ("vanilla_w2s", "chat"): (0.204, 0.102, 0.046, 0.570, 5),
    ("train_only_on_confident_labels", "chat"): (0.234, 0.120, 0.054, 0.576, 5),
    ("ue_zeroshot", "chat"): (0.027, 0.046, 0.023, 0.534, 4),
    ("critic", "chat"): (-0.038, 0.096, 0.043, 0.520, 5),
    ("vanilla_w2s", "math"): (0.338, 0.068, 0.030, 0.597, 5),
    ("train_only_on_confident_labels", "math"): (0.296, 0.117, 0.052, 0.590, 5),
    ("ue_zeroshot", "math"): (0.586, 0.055, 0.025, 0.643, 5),
    ("critic", "math"): (0.260, 0.069, 0.031, 0.583, 5),
    ("vanilla_w2s", "code"): (0.128, 0.058, 0.026, 0.592, 5),
    ("train_only_on_confident_labels", "code"): (0.190, 0.042, 0.019, 0.599, 5),
    ("ue_zeroshot", "code"): (0.143, 0.018, 0.008, 0.594, 5),
}
"""Mean PGR, sd and se over the seeds, mean accuracy, number of seeds, as they are printed in the study's figures."""

PUBLISHED_PROPOSALS = {("chat", "pgr", v) for v in (0.93, 0.78, 0.75, 0.68, 0.62)} | {
    ("helpfulness-preferences", "helpfulness_gain", 0.5)
}

POPULATION_SD = {("run-19", "exp09")}
"""Where the proposal's own code divides by n and not by n - 1: a fault that a check should find, there on purpose."""

Data = dict[str, Any]


@cache
def records() -> tuple[tuple[str, Data], ...]:
    return tuple(
        (f"{path.name}:{number}", json.loads(line))
        for path in sorted(FOLDER.glob("*.jsonl"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )


def of_type(kind: str) -> list[tuple[str, Data]]:
    return [(place, record) for place, record in records() if record["type"] == kind]


def measurements() -> Iterator[tuple[str, Data, Data]]:
    for place, record in records():
        for row in record.get("measurements", ()):
            yield f"{place} {row['metric']} on {row['dataset']}", record, row


def of_method(name: str, metric: str, dataset: str) -> Data:
    (row,) = [
        row
        for _, record, row in measurements()
        if (record["id"], row["metric"], row["dataset"]) == (name, metric, dataset)
    ]
    return row


def test_every_file_reads_without_a_reject() -> None:
    paths = sorted(FOLDER.glob("*.jsonl"))
    assert len(paths) == 11
    for path in paths:
        rejects = [r for r in native.SOURCE.read(native.plan(path)) if isinstance(r, Reject)]
        assert rejects == []


def test_files_are_utf8_as_written_and_hold_no_control_characters() -> None:
    for path in FOLDER.glob("*.jsonl"):
        raw = path.read_bytes()
        assert raw.endswith(b"\n")
        assert b"\\u" not in raw, f"{path.name}: escaped where the letter itself would do"

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner)

    for place, record in records():
        for text in texts(record):
            bad = [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf")]
            assert not bad, f"{place}: {bad!r}"


def test_no_two_records_have_the_same_name() -> None:
    names = Counter((r["type"], r.get("namespace"), r["id"]) for _, r in records())
    assert [name for name, count in names.items() if count > 1] == []


def test_some_forty_proposals_over_the_nine_directions() -> None:
    proposals = of_type("proposal")
    assert 38 <= len(proposals) <= 44
    families = Counter(p["family"] for _, p in proposals)
    assert len(families) == DIRECTIONS
    assert min(families.values()) >= 4
    # The same id in two runs is what the namespace is for.
    assert Counter(p["id"] for _, p in proposals).most_common(1)[0][1] > 1


def test_texts_have_real_length_and_their_parts() -> None:
    for place, proposal in of_type("proposal"):
        assert len(proposal["method"].split()) >= 300, place
        assert proposal["hypothesis"], place
        assert 2 <= len(proposal["claims"]) <= 5, place
        assert proposal["method"].count("```") % 2 == 0, place
    for place, baseline in of_type("baseline"):
        assert len(baseline["method"].split()) >= 200, place
    bodies = [p["method"] for _, p in of_type("proposal")]
    assert sum("```python" in b for b in bodies) > len(bodies) / 2
    assert sum("|---" in b for b in bodies) > len(bodies) / 2


def test_times_lie_within_five_days_and_have_a_zone() -> None:
    times = [datetime.fromisoformat(p["created_at"]) for _, p in of_type("proposal")]
    assert all(t.tzinfo is not None for t in times)
    assert max(times) - min(times) <= timedelta(days=5)


def test_parents_and_remarks_point_at_something() -> None:
    proposals = of_type("proposal")
    known = {(r["namespace"], r["id"]) for _, r in proposals + of_type("remark")}
    ideas = {p["idea"] for _, p in proposals}
    for place, proposal in proposals:
        if "parent" in proposal:
            assert (proposal["namespace"], proposal["parent"]) in known, place
    assert len(of_type("remark")) >= 6
    for place, remark in of_type("remark"):
        assert remark["idea"] in ideas, place
        assert (remark["namespace"], remark["about"]) in known, place


def test_every_number_says_what_it_rests_on() -> None:
    for place, _, row in measurements():
        assert row["basis"] in ("published", "illustrative"), place
        assert row.get("source"), place
        for seed in row.get("seeds", ()):
            assert seed["basis"] in ("published", "illustrative"), place
        assert (row["value"] is None) == bool(row.get("missing")), place


def test_a_published_row_names_its_source_and_an_illustrative_one_says_so() -> None:
    for place, _, row in measurements():
        if row["basis"] == "illustrative":
            assert row["source"].startswith("illustrative"), place
            assert all(s["basis"] == "illustrative" for s in row.get("seeds", ())), place
        else:
            assert "Automated weak-to-strong researcher" in row["source"], place


def test_no_proposal_has_a_published_number_that_the_study_does_not_give() -> None:
    found = {
        (row["dataset"], row["metric"], row["value"])
        for _, record, row in measurements()
        if record["type"] == "proposal" and row["basis"] == "published" and row["value"] is not None
    }
    assert found == PUBLISHED_PROPOSALS


def test_the_production_row_is_the_em_posteriors() -> None:
    (row,) = [(record, row) for _, record, row in measurements() if row["setting"] == "production"]
    record, production = row
    assert record["idea"] == "em-posterior"
    assert production.get("standard_error") is None
    assert "within the noise floor" in production["source"]
    assert "describes the method differently" in production["source"]


def test_pgr_and_accuracy_agree() -> None:
    pairs: defaultdict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for place, _, row in measurements():
        if row["value"] is not None and row["dataset"] in FLOOR:
            key: tuple[str, ...] = (
                place.split()[0],
                row["dataset"],
                row["setting"],
                row.get("split", ""),
                row.get("subset", ""),
            )
            pairs[key][row["metric"]] = row["value"]
    both = {key: p for key, p in pairs.items() if {"pgr", "accuracy"} <= p.keys()}
    assert len(both) > 50
    for key, pair in both.items():
        floor, ceiling = FLOOR[key[1]], CEILING[key[1]]
        assert pair["pgr"] == pytest.approx((pair["accuracy"] - floor) / (ceiling - floor), abs=0.005), key


def test_means_errors_and_counts_agree_with_the_seeds() -> None:
    for place, record, row in measurements():
        seeds = row.get("seeds", [])
        if not seeds:
            continue
        values = [s["value"] for s in seeds]
        assert row["n_seeds"] == len(values) == len({s["seed"] for s in seeds}), place
        tolerance = 0.005 if record["id"] == "critic" else 0.0008
        assert row["value"] == pytest.approx(statistics.mean(values), abs=tolerance), place
        if "standard_error" in row:
            spread = statistics.pstdev if (record["namespace"], record["id"]) in POPULATION_SD else statistics.stdev
            error = spread(values) / len(values) ** 0.5
            assert row["standard_error"] == pytest.approx(error, abs=tolerance), place
        if row["metric"] == "accuracy":
            for seed in seeds:
                assert seed["value"] == pytest.approx(seed["n_correct"] / seed["n_test"], abs=0.0006), place


def test_test_set_sizes_are_the_datasets() -> None:
    for place, _, row in measurements():
        if "n_test" in row and not row.get("subset") and not row.get("split"):
            assert row["n_test"] == N_TEST[row["dataset"]], place


@pytest.mark.parametrize(("name", "dataset"), BASELINES)
def test_the_human_baselines_are_the_studys(name: str, dataset: str) -> None:
    mean, sd, se, accuracy, n = BASELINES[name, dataset]
    row = of_method(name, "pgr", dataset)
    assert round(row["value"], 3) == mean
    assert round(row["standard_error"], 3) == se
    assert round(statistics.stdev(s["value"] for s in row["seeds"]), 3) == sd
    assert row["n_seeds"] == n
    assert row["setting"] == ("lab" if dataset == "chat" else "held_out")
    # The files of zero-shot elicitation on chat give .5335, which the study's figures round up to .534.
    assert of_method(name, "accuracy", dataset)["value"] == pytest.approx(accuracy, abs=0.0008)
    real = {s["basis"] for s in row["seeds"]}
    assert real == ({"published"} if dataset == "chat" else {"illustrative"})


def test_the_critics_share_on_code_is_as_null_as_in_the_release() -> None:
    row = of_method("critic", "pgr", "code")
    assert (row["value"], row["basis"], row["n_seeds"]) == (None, "published", 5)
    assert "null in all five files" in row["missing"]
    assert of_method("critic", "accuracy", "code")["value"] == pytest.approx(0.566, abs=0.0008)


def test_confident_labels_and_zero_shot_elicitation_on_chat() -> None:
    confident = of_method("train_only_on_confident_labels", "pgr", "chat")
    assert (f"{confident['value']:.3f}", f"{confident['standard_error']:.3f}", confident["n_seeds"]) == (
        "0.234",
        "0.054",
        5,
    )
    assert [s["seed"] for s in of_method("ue_zeroshot", "pgr", "chat")["seeds"]] == [42, 43, 44, 45]


@pytest.mark.parametrize(
    ("name", "bound", "figures"),
    [
        ("_weak_baseline", "floor", {"chat": (0.5280, 0.0030), "math": (0.5360, 0.0052), "code": (0.5768, 0.0033)}),
        ("_strong_ceiling", "ceiling", {"chat": (0.7325, 0.0021), "math": (0.7176, 0.0044), "code": (0.6936, 0.0016)}),
    ],
)
def test_floors_and_ceilings_are_means_over_sixteen_seeds(
    name: str, bound: str, figures: dict[str, tuple[float, float]]
) -> None:
    (reference,) = [r for _, r in of_type("reference") if r["id"] == name]
    assert reference["bound"] == bound
    for dataset, (mean, error) in figures.items():
        row = of_method(name, "accuracy", dataset)
        assert (round(row["value"], 4), round(row["standard_error"], 4), row["n_seeds"]) == (mean, error, 16)
    assert len(of_method(name, "accuracy", "chat")["seeds"]) == 16


def test_the_problem_says_what_is_real_and_its_target_that_it_is_ours() -> None:
    ((_, problem),) = of_type("problem")
    assert (problem["primary_metric"], problem["primary_dataset"]) == ("pgr", "chat")
    assert {d["name"]: d["aliases"] for d in problem["datasets"]} == {
        "chat": ["chat-0115"],
        "math": ["math-dapo-0116"],
        "code": ["code0115"],
    }
    assert "written for this sample" in problem["description"]
    assert "llustrative" in problem["target"]["criterion"]
    assert problem["target"]["horizon"].startswith("2027-")
    named = {m["name"] for m in problem["metrics"]}
    assert {row["metric"] for _, _, row in measurements()} <= named
