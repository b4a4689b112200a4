"""What is asked of files in the shape of the study's cache."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reviewer.domain.checks import CheckResult
from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.context import Context
from reviewer.evidence.checks.registry import Checker
from reviewer.store.methods import methods_of_role
from reviewer.store.problems import list_problems
from reviewer.workflow.importing import run_import
from tests.builders import build_store
from tests.sources.aar_cache_fixture import CEILING, CONFIG, FLOOR, TEST, build_cache, pgr, student, write_seed


def vanilla(correct: int, seed: int) -> dict[str, Any]:
    record: dict[str, Any] = student(correct, seed, idea_name="vanilla_w2s", training_time=6000.125 + seed)
    final = record["detailed_eval"]["strong"]["final_eval"]
    final["pred_distribution"] = {"0": 764 if seed == 45 else 650, "1": 499 if seed == 45 else 613}
    final["label_distribution"] = {"1": 639, "0": 624}
    return record


def checked(tmp_path: Path, root: Path) -> dict[str, dict[str, CheckResult]]:
    """What is asked of each baseline, by rule; of several questions of one rule the first, which is of PGR."""
    store = build_store(tmp_path)
    run_import(store, [root])
    with store.read() as connection:
        (stored,) = list_problems(connection)
        baselines = methods_of_role(connection, stored.id, Role.BASELINE)
        context = Context(stored.problem, baselines, methods_of_role(connection, stored.id, Role.REFERENCE))
    store.close()
    return {b.external_id: {r.rule: r for r in reversed(Checker().check(Case(b, context)))} for b in baselines}


def write_students(root: Path, method: str, counts: Iterable[int], **changes: Any) -> None:
    for n, correct in enumerate(counts):
        record = vanilla(correct, 42 + n) if method == "vanilla_w2s" else student(correct, 42 + n, idea_name=method)
        write_seed(root / f"chat_{method}" / "config", 42 + n, record | changes)


VANILLA = (781, 694, 700, 709, 713)
"""As the study has it: PGR 0.204 on average, wide apart."""


def test_a_fixed_ceiling_that_is_not_the_mean_of_its_files_is_asked_about(tmp_path: Path) -> None:
    root = build_cache(tmp_path / "cache")
    write_students(root, "vanilla_w2s", VANILLA, fixed_strong_baseline=CEILING + 0.0014)
    found = checked(tmp_path, root)
    assert {name for name, rules in found.items() if "baseline-drift" in rules} == {
        "vanilla_w2s", "ue_zeroshot", "train_only_on_confident_labels"}  # fmt: skip
    assert found["vanilla_w2s"]["baseline-drift"].question == (
        "PGR on chat: its ceiling stands there as 0.7325 (mean of the accuracy of 16 seed files) and as 0.7339 "
        "(fixed_strong_baseline of vanilla_w2s); which of them was taken?"
    )


def test_a_fixed_ceiling_within_a_thousandth_of_its_files_is_not(tmp_path: Path) -> None:
    root = build_cache(tmp_path / "cache")
    write_students(root, "vanilla_w2s", VANILLA, fixed_strong_baseline=CEILING + 0.0009)
    assert not any("baseline-drift" in rules for rules in checked(tmp_path, root).values())


def test_a_pgr_that_no_file_states_is_asked_for(tmp_path: Path) -> None:
    root = build_cache(tmp_path / "cache")
    write_students(root, "critic", VANILLA, pgr=None)
    write_students(root, "vanilla_w2s", VANILLA)
    ends = {"fixed_weak_baseline": None, "fixed_strong_baseline": None}
    write_students(root, "new_idea", VANILLA, pgr=None, **ends)
    found = checked(tmp_path, root)
    assert found["critic"]["derived-mismatch"].question == (
        "PGR on chat: 5 of 5 runs state none, and 0.20 was computed from the parts; why is none stated?"
    )
    # As the critic of the study has it on code: no PGR, and nothing in the files to compute it from.
    assert found["new_idea"]["derived-mismatch"].question.startswith("PGR on chat: nothing is stated, but Accuracy 0.5")
    assert "derived-mismatch" not in found["vanilla_w2s"]


def test_copied_times_and_a_subset_below_chance_are_asked_about(tmp_path: Path) -> None:
    root = build_cache(tmp_path / "cache")
    write_students(root, "vanilla_w2s", VANILLA)
    for n in range(4):
        record = student(690 + n, 42 + n, idea_name="ue_zeroshot", training_time=6042.125)
        final = record["detailed_eval"]["strong"]["final_eval"]
        # As of the study's subset of 200 on which the method is right for 78.
        final["per_subset"] = {"focus": {"accuracy": 0.39, "correct": 78, "total": 200},
                               "rest": {"accuracy": 0.61, "correct": 648, "total": 1063}}  # fmt: skip
        write_seed(root / "chat_ue_zeroshot" / CONFIG, 42 + n, record)
    found = checked(tmp_path, root)
    assert found["ue_zeroshot"]["copied-runs"].numbers["runs"] == 4
    assert found["ue_zeroshot"]["copied-runs"].numbers["other"] == "Vanilla weak-to-strong"
    assert found["ue_zeroshot"]["subset-below-chance"].numbers["n_test"] == 200
    assert found["ue_zeroshot"]["subset-spread"].numbers["lowest_on"] == "focus"
    assert found["vanilla_w2s"]["copied-runs"].numbers["other"] == "Zero-shot unsupervised elicitation"


def test_the_rules_that_the_study_gives_cause_for_fire(tmp_path: Path) -> None:
    root = build_cache(tmp_path / "cache")
    write_students(root, "vanilla_w2s", VANILLA)
    for n in range(5):
        below = round((FLOOR - 0.01) * TEST)
        write_seed(root / "chat_critic" / "config", 42 + n, student(below, 42 + n, idea_name="critic", pgr=None))
    found = checked(tmp_path, root)
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
