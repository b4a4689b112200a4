"""One ``seed_N.json`` of the study's cache: the method's accuracy, its PGR, its counts, and what is odd about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.sources import aar_study, fields
from reviewer.sources.fields import BadFieldError

FIXED = {aar_study.FLOOR: "fixed_weak_baseline", aar_study.CEILING: "fixed_strong_baseline"}
"""The field of a student's file with the floor and the ceiling that its PGR is held against."""

_LONGEST = 1e9
"""No run takes so many seconds, which are thirty years."""

_DIFFER = 0.002
"""By how much a stated PGR may differ from the computed one before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Score:
    """An accuracy with its counts; ``accuracy`` lies between 0 and 1, the counts may be missing."""

    accuracy: float
    n_correct: int | None = None
    n_test: int | None = None


@dataclass(frozen=True, slots=True)
class SeedFile:
    """What one file says of its method. ``pgr`` is None where it neither states one nor lets it be computed."""

    name: str
    seed: int
    record: dict[str, Any]
    score: Score
    pgr: float | None
    pgr_stated: bool
    pgr_note: str
    subsets: dict[str, Score]
    seconds: float | None
    shares: tuple[float, float] | None
    """Of the answer most out of step with the labels, the share that was predicted and the one that is right."""
    fixed: Mapping[str, float]
    """The floor and the ceiling that the file takes as fixed, by the study's names for them, as far as it has them."""

    @property
    def config(self) -> dict[str, Any]:
        """Return the settings of the run."""
        return fields.mapping(self.record.get("config"))

    def says(self, method: str) -> str:
        """Return what the inside says of its seed and method where the path says something else."""
        inner_seed, inner_name = self.record.get("seed"), self.record.get("idea_name")
        said = [f"seed {inner_seed}"] if isinstance(inner_seed, int) and inner_seed != self.seed else []
        if isinstance(inner_name, str) and aar_study.method(inner_name) != method:
            said.append(f"method {inner_name[:80]}")
        return ", ".join(said)

    def oddities(self, method: str, dataset: str) -> list[str]:
        """Return where the inside of the file disagrees with its path or with itself, a sentence each."""
        notes = []
        inner_seed = self.record.get("seed")
        if isinstance(inner_seed, int) and inner_seed != self.seed:
            notes.append(f"{self.name}: says seed {inner_seed} inside; the file name counts.")
        inner_name = self.record.get("idea_name")
        if isinstance(inner_name, str) and aar_study.method(inner_name) != method:
            notes.append(f"{self.name}: says method {inner_name[:80]!r} inside; the folder's name counts.")
        inner_data = self.record.get("dataset_name")
        if isinstance(inner_data, str) and aar_study.dataset(inner_data) != dataset:
            notes.append(f"{self.name}: says dataset {inner_data[:80]!r} inside; the folder's name counts.")
        correct, total = self.score.n_correct, self.score.n_test
        if correct is not None and total and abs(correct / total - self.score.accuracy) > 0.001:
            notes.append(
                f"{self.name}: states accuracy {self.score.accuracy:.4f}, but counts {correct} of {total} "
                f"({correct / total:.4f})."
            )
        return notes


def seed_file(value: Any, name: str, seed: int, method: str) -> SeedFile:
    """Return what a parsed file says of ``method``, the one of its folder.

    Raises:
        BadFieldError: when the accuracy that belongs to the method is missing or no accuracy.
    """
    if not isinstance(value, dict):
        raise BadFieldError(f"is no result: it must be an object, not {fields.kind(value)}")
    own, evaluated = {
        aar_study.FLOOR: ("weak_acc", "weak"),
        aar_study.CEILING: ("strong_acc", "ceiling"),
    }.get(method, ("transfer_acc", "strong"))
    accuracy = fields.number(value, own)
    if accuracy is None:
        raise BadFieldError(f"{own}: is missing")
    if not 0 <= accuracy <= 1:
        raise BadFieldError(f"{own}: must lie between 0 and 1, not {accuracy:g}")
    detail = fields.mapping(fields.mapping(value.get("detailed_eval")).get(evaluated))
    final = fields.mapping(detail.get("final_eval"))
    correct, total = _counts(final)
    if total is None:
        total = _positive(fields.mapping(value.get("step1_data_loading")).get("test_samples"))
    is_student = method not in aar_study.BOUNDS
    fixed = {end: v for end, name in FIXED.items() if is_student and (v := _share(value.get(name))) is not None}
    pgr, stated, note = _pgr(value, accuracy, fixed, seed) if is_student else (None, False, "")
    subsets = {
        subset: Score(share, *_counts(fields.mapping(part)))
        for subset, part in fields.mapping(final.get("per_subset")).items()
        if (share := _share(fields.mapping(part).get("accuracy"))) is not None
    }
    seconds = next((t for t in map(value.get, ("total_training_time", "training_time")) if _is_time(t)), None)
    score = Score(accuracy, correct, total)
    return SeedFile(name, seed, value, score, pgr, stated, note, subsets, seconds, _shares(final), fixed)


def _pgr(
    value: dict[str, Any], transfer: float, fixed: Mapping[str, float], seed: int
) -> tuple[float | None, bool, str]:
    """Return the PGR, whether the file states it itself, and what there is to say about it."""
    stated = fields.number(value, "pgr")
    computed = aar_study.recovered(transfer, *map(fixed.get, FIXED))
    if stated is not None and not aar_study.no_value(stated):
        if computed is not None and abs(computed - stated) > _DIFFER:
            return stated, True, f"seed {seed} states {stated:.4f}, its accuracies give {computed:.4f}"
        return stated, True, ""
    why = aar_study.no_value(stated) if stated is not None else "the file gives none"
    if computed is not None:
        return computed, False, f"seed {seed} is computed from its accuracies, as {why}"
    return None, False, f"seed {seed} has none: {why}, nor the fixed baselines to compute it from"


def _counts(part: dict[str, Any]) -> tuple[int | None, int | None]:
    """Return correct and total where they can be counts: total above 0, correct no larger."""
    total = _positive(part.get("total"))
    correct = part.get("correct")
    if isinstance(correct, bool) or not isinstance(correct, int) or total is None or not 0 <= correct <= total:
        return None, total
    return correct, total


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _LONGEST


def _shares(final: dict[str, Any]) -> tuple[float, float] | None:
    """Return, of the answer most out of step, its share of what was predicted and of the labels; None without both."""
    predicted, labels = _distribution(final.get("pred_distribution")), _distribution(final.get("label_distribution"))
    if not predicted or not labels:
        return None
    shares = ((predicted.get(answer, 0.0), labels.get(answer, 0.0)) for answer in sorted({*predicted, *labels}))
    return max(shares, key=lambda pair: abs(pair[0] - pair[1]))


def _distribution(value: Any) -> dict[str, float]:
    """Return the share of each answer, nothing where the counts are none."""
    counts = fields.mapping(value)
    if any(isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= fields.MAX_COUNT for n in counts.values()):
        return {}
    total = sum(counts.values())
    return {answer: n / total for answer, n in counts.items()} if total else {}


def _positive(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= fields.MAX_COUNT
    return value if is_count else None


def _share(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return float(value)
