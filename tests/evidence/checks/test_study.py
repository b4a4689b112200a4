"""What is asked of files in the shape of the study's cache."""

from pathlib import Path
from typing import Any

from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks.case import Case, Context
from reviewer.evidence.checks.registry import Checker
from reviewer.store.methods import methods_of_role
from reviewer.store.problems import list_problems
from reviewer.workflow.importing import run_import
from tests.builders import build_store
from tests.sources.aar_cache_fixture import CEILING, FLOOR, TEST, build_cache, pgr, student, write_seed


def vanilla(correct: int, seed: int) -> dict[str, Any]:
    record: dict[str, Any] = student(correct, seed, idea_name="vanilla_w2s", training_time=6000.125 + seed)
    final = record["detailed_eval"]["strong"]["final_eval"]
    final["pred_distribution"] = {"0": 764 if seed == 45 else 650, "1": 499 if seed == 45 else 613}
    final["label_distribution"] = {"1": 639, "0": 624}
    return record


def test_the_rules_that_the_study_gives_cause_for_fire(tmp_path: Path) -> None:
    root = build_cache(tmp_path / "cache")
    # As the study has it: PGR 0.204 on average, wide apart.
    for n, correct in enumerate((781, 694, 700, 709, 713)):
        write_seed(root / "chat_vanilla_w2s" / "config", 42 + n, vanilla(correct, 42 + n))
    for n in range(5):
        below = round((FLOOR - 0.01) * TEST)
        write_seed(root / "chat_critic" / "config", 42 + n, student(below, 42 + n, idea_name="critic", pgr=None))
    store = build_store(tmp_path)
    run_import(store, [root])
    with store.read() as connection:
        (stored,) = list_problems(connection)
        baselines = methods_of_role(connection, stored.id, Role.BASELINE)
        context = Context(stored.problem, baselines, methods_of_role(connection, stored.id, Role.REFERENCE))
    # Of several questions of one rule the first: PGR comes before accuracy.
    found = {b.external_id: {r.rule: r for r in reversed(Checker().check(Case(b, context)))} for b in baselines}
    assert set(found["train_only_on_confident_labels"]) == {"within-noise", "test-set-noise", "rerun-noise"}
    noise = found["train_only_on_confident_labels"]["test-set-noise"]
    assert noise.numbers["n_test"] == TEST
    assert noise.numbers["gain"] < noise.numbers["test_set_error"]  # type: ignore[operator]
    # Copied from another method's first seed, and edited: as the files say themselves.
    assert {"few-seeds", "seed-asymmetry", "identity-mismatch"} <= set(found["ue_zeroshot"])
    assert found["ue_zeroshot"]["identity-mismatch"].numbers["says"] == "method vanilla_w2s"
    assert found["ue_zeroshot"]["few-seeds"].numbers["seeds"] == 4
    assert found["critic"]["below-floor"].numbers["value"] < 0  # type: ignore[operator]
    assert set(found["vanilla_w2s"]) == {"prediction-imbalance"}
    assert found["vanilla_w2s"]["prediction-imbalance"].numbers["seed"] == 45
    assert pgr(CEILING) == 1
    store.close()
