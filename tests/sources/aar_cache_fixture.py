"""A folder of cached per-seed results in the study's layout. The numbers are the study's, the files are ours."""

import json
from pathlib import Path
from typing import Any

FLOOR, CEILING = 0.5279592240696753, 0.7325316706254948
CONFIG = "strong_weak_e5_lr0.0001"
TEST = 1263

CONFIDENT = (771, 724, 720, 736, 685)
"""Correct answers out of 1263, seeds 42 to 46; their PGR is 0.234 ± 0.054."""

UE = (-0.038, 0.0704, 0.031, 0.043)
"""PGR of the seeds 42 to 45."""


def pgr(accuracy: float) -> float:
    """Return the share of the gap between floor and ceiling."""
    return (accuracy - FLOOR) / (CEILING - FLOOR)


def student(correct: int, seed: int, **changes: Any) -> dict[str, Any]:
    """Return a student's file: ``strong_acc`` at the top is the ceiling's, ``detailed_eval.strong`` is its own."""
    accuracy = correct / TEST
    return {
        "idea_name": "train_only_on_confident_labels", "weak_model": "weak-0.5B", "strong_model": "strong-4B",
        "weak_acc": 0.54, "strong_acc": 0.7300079176563737, "transfer_acc": accuracy, "pgr": pgr(accuracy),
        "fixed_weak_baseline": FLOOR, "fixed_strong_baseline": CEILING, "config": {"epochs": 5, "seed": seed},
        "detailed_eval": {"strong": {"final_eval": {
            "accuracy": accuracy, "correct": correct, "total": TEST,
            "per_subset": {"easy": {"accuracy": 0.6, "correct": 300, "total": 500},
                           "hard": {"accuracy": (correct - 300) / 763, "correct": correct - 300, "total": 763}},
        }}},
        "seed": seed, "dataset_name": "chat-0115", **changes,
    }  # fmt: skip


def write_seed(folder: Path, seed: int, record: Any) -> Path:
    """Write one seed's file and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"seed_{seed}.json"
    path.write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    return path


def build_cache(root: Path) -> Path:
    """Write a cache with confident labels, zero-shot elicitation, floor and ceiling on chat, and return ``root``."""
    for n, correct in enumerate(CONFIDENT):
        write_seed(root / "chat_train_only_on_confident_labels" / CONFIG, 42 + n, student(correct, 42 + n))
    for n, value in enumerate(UE):
        record = student(round((FLOOR + value * (CEILING - FLOOR)) * TEST), 42 + n, idea_name="vanilla_w2s", pgr=value)
        # As the real ones are: another method's name inside, and the first seed's number in each.
        write_seed(root / "chat_ue_zeroshot" / CONFIG, 42 + n, {**record, "seed": 42})
    for n in range(16):
        spread = (n - 7.5) / 1000
        weak = {"weak_acc": FLOOR + spread, "soft_labels": [0.5] * 200, "seed": 42 + n, "dataset_name": "chat-0115",
                "idea_name": "weak_artifacts", "config": {"max_ctx": 8192}}  # fmt: skip
        write_seed(root / "chat_weak_artifacts" / CONFIG, 42 + n, weak)
        final = {"correct": 925, "total": TEST, "accuracy": CEILING - spread}
        strong = {"idea_name": "train_ceiling", "weak_model": None, "strong_acc": CEILING - spread, "seed": 42 + n,
                  "detailed_eval": {"ceiling": {"final_eval": final}}, "dataset_name": "chat-0115"}  # fmt: skip
        write_seed(root / "chat_train_ceiling" / CONFIG, 42 + n, strong)
    return root
