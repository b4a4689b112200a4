"""What is known of the weak-to-strong study whose server and cache are read: names, aliases, bounds, sentinels.

The study's own modules disagree on names (``unsupervised_elicitation`` and ``ue_zeroshot`` are one method; ``chat`` and
``chat-0115`` one dataset), so every name goes through here, and a baseline that is seen twice is still one method.
"""

import math
from collections.abc import Iterable, Iterator

from reviewer.domain.left_out_errors import left_out
from reviewer.domain.methods import Measurement, Reject
from reviewer.domain.problems import Dataset, Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Direction
from reviewer.sources.contract import Record
from reviewer.sources.jsontext import float_name
from reviewer.sources.shared_ids import in_namespaces

SLUG = "weak-to-strong"
NAMESPACE = "aar-study"
"""The namespace of baselines and references: they belong to the study, not to one run or file of it."""

SERVER = "aar-server"
"""The namespace of what agents posted without naming a run."""

shares_ids = in_namespaces((NAMESPACE, SERVER))
"""Whether another server or cache may have the same id: a number, or the name of one of the study's methods."""

IDS = (
    "are UUIDs of posts, or unique in the run_id that a record names; the study's baselines, and what else names "
    "neither, two servers or caches may have under the same"
)

UNKNOWN_DATASET = "unknown"
FLOOR = "_weak_baseline"
CEILING = "_strong_ceiling"
BOUNDS = {FLOOR: Bound.FLOOR, CEILING: Bound.CEILING}

DATASETS = (
    Dataset("chat", ("chat-0115", "chat0115")),
    Dataset("math", ("math-dapo-0116", "math-dapo", "math-dapo0116")),
    Dataset("code", ("code0115", "code-0115")),
)

_METHOD_ALIASES = {
    "unsupervised_elicitation": "ue_zeroshot",
    "weak_artifacts": FLOOR,
    "train_ceiling": CEILING,
}

_TITLES = {
    "vanilla_w2s": "Vanilla weak-to-strong",
    "train_only_on_confident_labels": "Train only on confident labels",
    "ue_zeroshot": "Zero-shot unsupervised elicitation",
    "critic": "Critic-based weak-to-strong",
    FLOOR: "Weak teacher (floor)",
    CEILING: "Strong model trained on true labels (ceiling)",
}

_DESCRIPTIONS = {
    "vanilla_w2s": "The strong student is fine-tuned on the labels of the weak teacher, with no further step.",
    "train_only_on_confident_labels": (
        "The strong student is fine-tuned on those examples alone whose weak label is confident: the teacher's "
        "probability lies above the upper threshold or below the lower one. The others are left out."
    ),
    "ue_zeroshot": (
        "Unsupervised elicitation, in its zero-shot variant: it starts from what the strong model already knows, "
        "without relying on the weak teacher's labels."
    ),
    "critic": (
        "A critic is trained to write critiques of the answers, a judge reads them, and the judge's labels train the "
        "strong student."
    ),
    FLOOR: "The accuracy of the weak teacher on its own: the score at which PGR is 0.",
    CEILING: "The accuracy of the strong model when it is trained on the true labels: the score at which PGR is 1.",
}

_HUMAN = frozenset(_TITLES) - set(BOUNDS)


def problem(slug: str | None = None) -> Problem:
    """Return what the study says of its problem, under the slug that the person gave or the study's own."""
    return Problem(
        slug=slug or SLUG,
        title="Weak-to-strong supervision",
        description=(
            "A weak teacher labels the training data of a strong student. The performance gap recovered (PGR) is "
            "(student − weak teacher) / (ceiling − weak teacher): 0 at the teacher's accuracy, 1 at that of the same "
            "student trained on true labels."
        ),
        primary_metric="pgr",
        primary_dataset="chat",
        metrics=(
            Metric("pgr", Direction.HIGHER, "fraction of the gap", ("accuracy",), "PGR"),
            Metric("accuracy", Direction.HIGHER, "fraction", (), "Accuracy"),
        ),
        datasets=DATASETS,
        authoritative=False,
    )


def after_problem(slug: str | None, records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records, and the problem before the first that is good; where none is, nothing comes of the file."""
    described = False
    for record in records:
        if not described and not isinstance(record, Reject):
            yield problem(slug)
            described = True
        yield record


_DATASET_NAMES = problem().dataset_names()
_BY_LENGTH = sorted(_DATASET_NAMES, key=lambda name: (-len(name), name))


def dataset(name: str | None) -> str:
    """Return the one name of a dataset; ``unknown`` where the source names none."""
    stripped = (name or "").strip()
    return _DATASET_NAMES.get(stripped.casefold(), stripped) or UNKNOWN_DATASET


def split_dataset(folder: str) -> tuple[str, str] | None:
    """Split ``chat_ue_zeroshot`` into dataset and method by the known dataset names; None where none begins it."""
    lowered = folder.casefold()
    for name in _BY_LENGTH:
        if lowered.startswith(f"{name}_") and len(folder) > len(name) + 1:
            return _DATASET_NAMES[name], folder[len(name) + 1 :]
    return None


def method(name: str) -> str:
    """Return the one name of a method of the study; a name that the study does not know stays as it is."""
    stripped = name.strip()
    return _METHOD_ALIASES.get(stripped, stripped)


def title(canonical: str) -> str | None:
    """Return the title of a method of the study, or None where the study does not know it."""
    return _TITLES.get(canonical)


def description(canonical: str) -> str:
    """Return some plain sentences on a method of the study; empty where nothing is known of it."""
    return _DESCRIPTIONS.get(canonical, "")


def is_human_baseline(canonical: str) -> bool:
    """Tell whether this is one of the baselines that the study's authors made themselves."""
    return canonical in _HUMAN


def no_value(value: float) -> str:
    """Return why ``value`` stands for no value, or an empty string when it is a number like any other.

    Zero is none of these: it is the PGR of the floor.
    """
    if not math.isfinite(value):
        return f"{float_name(value)} in the file"
    if value == -999:
        return "the file gives -999, which stands for no value"
    if abs(value) > 1e12:
        return f"the file gives {value:g}, which can be no measurement"
    return ""


def claimed(
    metric: str, dataset: str, value: float, error: float | None, n_seeds: int | None, source: str
) -> Measurement:
    """Return what the study states of a metric; what stands for no value, and an error that is none, are left out."""
    missing = no_value(value)
    if error is not None and (error < 0 or no_value(error)):
        source, error = left_out(source, error), None
    return Measurement(
        metric=metric,
        dataset=dataset,
        value=None if missing else value,
        standard_error=None if missing else error,
        n_seeds=n_seeds,
        basis=Basis.CLAIMED,
        source=source,
        missing=missing,
    )


def recovered(transfer: float | None, weak: float | None, strong: float | None) -> float | None:
    """Return (transfer − weak) / (strong − weak), or None where a part is missing or there is no gap."""
    if transfer is None or weak is None or strong is None or strong == weak:
        return None
    gap = (transfer - weak) / (strong - weak)
    return gap if math.isfinite(gap) else None
