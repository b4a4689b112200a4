"""Real records, their long texts cut short, and for each type of our own lines one that has every field."""

import json
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.measuring import REPOSITORY
from tests.sources.aar_cache_fixture import CEILING, FLOOR, TEST, student
from tests.sources.aar_server_fixture import COMMENTS, EXPERIMENTS, FINDINGS, IDEAS, findings_as_json
from tests.sources.ai_scientist_fixture import (
    LISTED,
    REVIEW,
    SECOND_IDEA,
    attempt,
    block,
    failed,
    idea,
    named,
    node,
)
from tests.sources.inspect_fixture import log, metric, score
from tests.sources.openevolve_fixture import PROGRAMS, best_info

KEPT = 300
"""So many characters are kept of each text: most of the time would go into long ones."""


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:KEPT]
    if isinstance(value, list | tuple):
        return [_cut(each) for each in value]
    return {k: _cut(v) for k, v in value.items()} if isinstance(value, dict) else value


def _study() -> Iterator[Any]:
    for path in sorted((REPOSITORY / "sample_data").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield _cut(json.loads(line))


_SEED = {"seed": 1, "value": 0.4, "n_correct": 4, "n_test": 10, "basis": "claimed", "seconds": 3.5,
         "predicted_share": 0.4,
         "label_share": 0.5, "says": "seed 2", "completed": True, "exit_status": 0}  # fmt: skip
_MEASUREMENT = {"metric": "pgr", "dataset": "chat", "value": 0.4, "standard_error": 0.05, "n_seeds": 2, "n_test": 10,
                "n_correct": 4, "setting": "lab", "split": "test", "subset": "easy", "basis": "claimed",
                "source": "paper",
                "missing": "", "seeds": [_SEED, {**_SEED, "seed": 2, "value": 0.5}], "n_evaluations": 3}  # fmt: skip
_LOSS = {"metric": "loss", "dataset": "math", "value": 2.5, "setting": "held_out"}
_METHOD = {"id": "m", "title": "A method", "namespace": "run-9", "problem": "weak-to-strong", "origin": "agent",
           "agent": "agent-1", "run": "run-9", "parent": "m-0", "idea": "u-1", "family": "reweighting",
           "hypothesis": "It *helps*.", "method": "# A method\n\n1. One\n2. Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
           "claims": ["It works."], "created_at": "2026-01-02T03:04:05Z", "part": "", "measurements": [_MEASUREMENT,
           _LOSS],
           "rerun_of": "m-1", "self_scores": [{"name": "novelty", "value": 7, "most": 10}],
           "reviews": [{"score": 6.5, "most": 10, "confidence": 3, "used_ai": False, "consent": True}]}  # fmt: skip
_PROBLEM = {"type": "problem", "id": "weak-to-strong", "title": "Weak", "description": "Long.", "primary_metric": "pgr",
            "primary_dataset": "chat",
            "metrics": [{"name": "pgr", "direction": "higher", "unit": "x", "derived_from": ["accuracy"],
            "title": "PGR"},
                        {"name": "loss", "direction": "lower"}, {"name": "accuracy", "direction": "higher"}],
            "datasets": [{"name": "chat", "aliases": ["chat-0115"]}, {"name": "math"}],
            "target": {"criterion": "It holds.", "system": "s", "scale": "s", "budget": "b", "latency": "l",
            "signals": "s",
                       "horizon": "2026-12-31"}}  # fmt: skip
_REMARK = {"type": "remark", "id": "r", "kind": "insight", "text": "Words.", "idea": "u-1", "about": "m", "title": "T",
           "author": "a", "created_at": "2026-01-02", "namespace": "run-9", "problem": "weak-to-strong"}  # fmt: skip

NATIVE: tuple[Any, ...] = (
    {"type": "proposal", **_METHOD},
    {"type": "baseline", **_METHOD, "id": "b", "origin": "human"},
    {"type": "reference", **_METHOD, "id": "f", "bound": "floor"},
    _REMARK,
    _PROBLEM,
    {"type": "proposal", "id": "least", "title": "Least"},
    *_study(),
)
FINDING_LIST: tuple[Any, ...] = (
    *findings_as_json(),
    {
        **findings_as_json()[4],
        "comments": [{"id": 1, "content": "Why?", "author": "a", "created_at": "2026-01-02T03:04:05Z"}],
    },
)
ROWS: dict[str, tuple[Any, ...]] = {
    "findings": FINDINGS,
    "finding_comments": COMMENTS,
    "ideas": IDEAS,
    "experiments": EXPERIMENTS,
}
SEEDS: tuple[Any, ...] = (
    student(771, 42),
    student(720, 43, pgr=None),
    {"weak_acc": FLOOR, "soft_labels": [0.5] * 120, "seed": 42, "dataset_name": "chat-0115",
    "config": {"max_ctx": 8192}},
    {"idea_name": "train_ceiling", "strong_acc": CEILING, "seed": 42, "dataset_name": "chat-0115",
     "detailed_eval": {"ceiling": {"final_eval": {"correct": 925, "total": TEST, "accuracy": CEILING}}}},
    student(685, 44, total_training_time=812.5, detailed_eval={"strong": {"final_eval": {
        "accuracy": 685 / TEST, "correct": 685, "total": TEST, "pred_distribution": {"0": 600, "1": 663},
        "label_distribution": {"0": 640, "1": 623}, "per_subset": {}}}}),
)  # fmt: skip
LOGS: tuple[Any, ...] = (
    log(),
    log(status="error", results=None, error={"message": "Full", "traceback": "Traceback\n  line\n"}),
    log(version=1, results={"scorer": {"name": "match"}, "metrics": {"accuracy": {"value": 0.5, "options": {}}}}),
    log(
        eval={"config": {"epochs": 2}, "solver": "react", "model_roles": {"grader": {"model": "m"}}},
        results={"completed_samples": 8, "headline": {"scorer": "g", "metric": "all"}, "scores": [
            score(accuracy=0.5, stderr=0.1), score("g", scorer="h", all=metric(0.5, group="grouped"), mean=None)]},
    ),
)  # fmt: skip
EVOLVED: tuple[Any, ...] = (*PROGRAMS, best_info(PROGRAMS[2]))

IDEAS_TRIED: tuple[Any, ...] = (*LISTED, idea("batch_size", novel=None), idea("adaptive_lr", Title="On something else"))
MEASURED_BY_RUN: tuple[Any, ...] = (
    {"text8": block(1.4, 1.5, 1.6, stated=0.0272165527)},
    {"text8": block(1.2), "code": {"means": {"loss": {"train": 1.0, "test": None}, "time_mean": [3.5]}}},
)
REVIEWED: tuple[Any, ...] = (REVIEW,)
IDEAS_TO_SEARCH: tuple[Any, ...] = (SECOND_IDEA, [SECOND_IDEA, {**SECOND_IDEA, "Name": "other"}])
NODES: tuple[Any, ...] = (node(0), node(1), failed(2), node(3, metric=0.5))
ATTEMPTS: tuple[Any, ...] = (
    attempt(0, named("loss", 0.5, best=0.4)),
    attempt(1, named("loss", 0.6), is_seed_node=True),
    attempt(2, is_seed_node=True, is_seed_agg_node=True),
    attempt(3, is_buggy=True, exc_type="KeyError", exc_info={"args": ["'sense'"]}),
    attempt(4, named("acc", 0.5, lower=False), named("loss", None), hyperparam_name="dropout"),
)
FOUND_IN_STAGE: tuple[Any, ...] = (
    {"stage": "1_first", "total_nodes": 5, "buggy_nodes": 1, "good_nodes": 3, "best_metric": "loss 0.5",
     "current_findings": "Asking helps."},
)  # fmt: skip
