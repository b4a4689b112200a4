"""What the columns of a table seem to be by their names: proposed to the person who says what they are, never taken."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reviewer.sources.judgement_map import TextColumn
from reviewer.sources.raw_rows import RawRow
from reviewer.sources.table_map import ROLES, MeasuredColumn, Said, TableMap, WordColumn
from reviewer.sources.table_numbers import NumberForm

FEW_WORDS = 8
"""A column of no more different words may say what a row is."""

LONG_TEXT = 60
"""A column with a cell of so many letters is text to read."""

_MOSTLY = 0.5
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "external_id", "uid", "uuid", "method_id", "idea_id", "proposal_id", "experiment_id", "exp_id",
           "run_id", "commit", "method", "method_name", "name", "idea", "idea_name", "model", "experiment", "run",
           "run_name", "algorithm", "approach"),
    "title": ("title", "name", "method_name", "idea_name", "method", "idea", "approach", "algorithm", "experiment"),
    "hypothesis": ("hypothesis", "short_hypothesis", "claim"),
    "agent": ("agent", "agent_name", "author", "submitted_by", "team", "proposer"),
    "parent": ("parent", "parent_id", "derived_from", "based_on"),
    "family": ("family", "direction", "research_direction", "topic"),
    "namespace": ("namespace",),
    "problem": ("problem", "task", "task_name", "competition"),
    "role": ("role", "kind", "type", "condition", "is_baseline", "baseline", "group"),
    "time": ("created_at", "created", "timestamp", "time", "date", "datetime", "submitted_at", "when"),
    "seed": ("seed", "random_seed", "rng_seed", "seed_id"),
    "metric": ("metric", "metric_name", "measure"),
    "value": ("value", "score", "metric_value", "result", "mean"),
    "dataset": ("dataset", "dataset_name", "data", "test_set", "benchmark", "eval_set", "domain"),
    "split": ("split",),
    "subset": ("subset",),
    "error": ("standard_error", "stderr", "std_err", "se", "sem", "value_se", "value_stderr", "score_se"),
    "n_test": ("n_test", "n_examples", "n", "num_examples", "test_size"),
    "n_correct": ("n_correct", "correct", "num_correct"),
    "n_seeds": ("n_seeds", "num_seeds", "seeds", "n_runs", "num_runs"),
}  # fmt: skip
_ID_WORDS = frozenset(("id", "uid", "uuid", "run"))
_METRICS = frozenset(
    (
        "acc", "accuracy", "f1", "auc", "auroc", "auprc", "loss", "mse", "rmse", "mae", "r2", "bleu", "rouge", "rougel",
        "meteor", "chrf", "wer", "cer", "ppl", "perplexity", "bpb", "val_bpb", "bpc", "nll", "elbo", "fid", "psnr",
        "ssim", "iou", "miou", "dice", "map", "mrr", "ndcg", "precision", "recall", "em", "exact_match", "pgr",
        "reward", "return", "sharpe", "score", "win_rate", "pass_rate", "success_rate", "error_rate", "elo",
        "correlation", "spearman", "pearson", "kappa", "mcc", "brier", "ece", "latency", "throughput", "speedup",
    )
)  # fmt: skip
_TEXTS = frozenset(
    (
        "description", "text", "body", "abstract", "summary", "content", "notes", "note", "method_text", "details",
        "plan", "idea", "idea_text", "rationale", "analysis", "proposal", "comment", "comments",
    )
)  # fmt: skip
_BESIDE_METRICS = frozenset(
    (
        "se", "stderr", "err", "sem", "error", "std", "sd", "stdev", "var", "n", "count", "num", "rank", "lo", "hi",
        "low", "high", "lower", "upper", "min", "max", "ci",
    )
)  # fmt: skip
_OF_SEED = re.compile(r"(?:(.*)[ _.-])?(?:seed|s|run)[ _.-]?\d+", re.IGNORECASE)
_ERRORS = ("se", "stderr", "std_err", "sem", "standard_error")


def normal(name: str) -> str:
    """Return a column's name in small letters with ``_`` between its words: ``Idea Name`` and ``ideaName`` are one."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^\w]+|_+", "_", apart.casefold()).strip("_")


def likely_map(columns: Sequence[str], rows: Sequence[RawRow]) -> TableMap:
    """Return what the columns seem to be; what no name tells is left empty, the id included."""
    numeric = {column for column in columns if is_numeric(column, rows)}
    names: dict[str, str] = {}
    for column in columns:
        for name in (normal(column.rpartition(".")[2]), normal(column)):
            names.setdefault(name, column)

    def named(field: str, among: Iterable[str] = columns) -> str:
        allowed = set(among)
        return next((names[name] for name in _NAMES[field] if names.get(name) in allowed), "")

    words = [column for column in columns if column not in numeric]
    metric, value, dataset = named("metric", words), named("value", numeric), named("dataset", words)
    role = named("role")
    role_words = words_of(role, rows) if role else ()
    used = {column for column in (named("seed"), role if role_words else "", dataset) if column}
    may_be_id = [column for column in columns if column not in used]
    ids = named("id", [c for c in may_be_id if _says_id(c) and _tells_rows_apart(c, rows)]) or named("id", may_be_id)
    title = named("title", [column for column in words if column not in used])
    texts = [c for c in words if c not in (*used, ids, title) and _is_text(c, rows)]
    if metric and value:
        measured: tuple[MeasuredColumn, ...] = (
            MeasuredColumn(
                Said("", metric), value, error=named("error", numeric), n_test=named("n_test", numeric),
                n_correct=named("n_correct", numeric), n_seeds=named("n_seeds", numeric),
                split=Said("", named("split", words)), subset=Said("", named("subset", words)),
            ),
        )  # fmt: skip
    else:
        measured = tuple(_wide(columns, numeric, names))
    if dataset:
        measured = tuple(replace(each, dataset=Said("", dataset)) for each in measured)
    found = TableMap(
        id=(ids,) if ids else (),
        title=title,
        hypothesis=named("hypothesis", words),
        parent=named("parent"),
        agent=Said("", named("agent", words)),
        family=Said("", named("family", words)),
        namespace=Said("", named("namespace")),
        problem=Said("", named("problem", words)),
        role=WordColumn("", role, role_words) if role_words else WordColumn("proposal"),
        texts=tuple(TextColumn(column, column) for column in texts),
        time=named("time", words),
        measurements=measured,
        seed="" if any(each.seeds for each in measured) else named("seed"),
    )
    return found if not _needs_decimal_comma(found, rows) else replace(found, decimal=",")


def is_numeric(column: str, rows: Sequence[RawRow]) -> bool:
    """Tell whether at least half of what a column holds are numbers, with a decimal point or a comma."""
    cells = [cell for row in rows if (cell := row.cells.get(column, ""))]
    numbers = sum(any(form.parsed(cell.removesuffix("%")) is not None for form in _FORMS) for cell in cells)
    return bool(cells) and numbers >= _MOSTLY * len(cells)


_FORMS = (NumberForm(), NumberForm(","))


def _needs_decimal_comma(found: TableMap, rows: Sequence[RawRow]) -> bool:
    """Tell whether the numbers of a map have decimal commas, and none a point."""
    columns = {column for each in found.measurements for column in (each.column, *each.seeds) if column}
    cells = [cell for row in rows for column in columns if (cell := row.cells.get(column, ""))]
    return any("," in cell for cell in cells) and not any("." in cell for cell in cells)


def _wide(columns: Sequence[str], numeric: set[str], names: Mapping[str, str]) -> Iterable[MeasuredColumn]:
    """Yield the measurements that have columns of their own, those of several seeds together."""
    of_seeds = columns_of_seeds([column for column in columns if column in numeric])
    for metric, several in of_seeds.items():
        yield MeasuredColumn(Said(metric), seeds=several)
    taken = {column for several in of_seeds.values() for column in several}
    for column in columns:
        if column in numeric and column not in taken and _is_metric(column):
            yield measured_column(column, numeric, names)


def _is_metric(column: str) -> bool:
    """Tell whether a column is named after a metric, and not after what goes with one: its error, its count."""
    name = normal(column.rpartition(".")[2])
    words = name.split("_")
    return name in _METRICS or (words[-1] not in _BESIDE_METRICS and not _METRICS.isdisjoint(words))


def columns_of_seeds(columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return by their metrics those columns of numbers of which each seems to have one seed of several."""
    by_metric: dict[str, list[str]] = {}
    for column in columns:
        if found := _OF_SEED.fullmatch(column):
            by_metric.setdefault((found[1] or "").rpartition(".")[2] or "value", []).append(column)
    return {metric: tuple(several) for metric, several in by_metric.items() if len(several) > 1}


def measured_column(column: str, numeric: Iterable[str], names: Mapping[str, str] | None = None) -> MeasuredColumn:
    """Return a column as a measurement, with the column of its error where one is named after it."""
    known = names if names is not None else {normal(each): each for each in numeric}
    allowed, name = set(numeric), normal(column)
    errors = (f"{name}_{end}" for end in _ERRORS), (f"{end}_{name}" for end in _ERRORS)
    error = next((known[each] for some in errors for each in some if known.get(each) in allowed), "")
    return MeasuredColumn(Said(column.rpartition(".")[2]), column, error=error)


def words_of(column: str, rows: Sequence[RawRow]) -> tuple[tuple[str, str], ...]:
    """Return the words of a column, each with the role that it names or nothing; none where there are many."""
    words = sorted({row.cells.get(column, "").casefold() for row in rows})
    if not 1 <= len(words) <= FEW_WORDS:
        return ()
    return tuple((word, word if word in ROLES else "") for word in words)


def _says_id(column: str) -> bool:
    return not _ID_WORDS.isdisjoint(normal(column.rpartition(".")[2]).split("_"))


def _tells_rows_apart(column: str, rows: Sequence[RawRow]) -> bool:
    """Tell whether no cell of a column is empty or stands there twice."""
    cells = [row.cells.get(column, "") for row in rows]
    return all(cells) and len(set(cells)) == len(cells)


def _is_text(column: str, rows: Sequence[RawRow]) -> bool:
    named = normal(column.rpartition(".")[2]) in _TEXTS
    return named or any(len(row.cells.get(column, "")) >= LONG_TEXT for row in rows)
