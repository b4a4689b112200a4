"""What an Inspect log measured: each metric of each scorer is one measurement on the log's dataset.

- A metric is called ``scorer/metric``, whatever else the log has, so that it has one name in all logs of a task. A
  scorer that gives several scores puts theirs between the two; a reducer other than the mean stands behind ``@``.
- ``stderr`` is the standard error of the mean over the samples, and so that of ``accuracy`` and ``mean`` of the same
  scorer. Where there is neither, it stays a measurement of its own, like every other metric.
- Where the log has no results, what its scorers were to measure is there without a value, and says why.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reviewer.domain.left_out_errors import is_error, left_out
from reviewer.domain.methods import Measurement
from reviewer.sources import fields
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.measurable import measurable

MEANS = ("accuracy", "mean")
ERRORS = ("stderr", "bootstrap_stderr", "bootstrap_std")
"""The standard error of the mean over samples, under its names: the first that a scorer has is taken."""

_NO_RESULTS = {
    "started": "the log was written before the run had ended, and has no results",
    "cancelled": "the run was cancelled, and the log has no results",
    "error": "the run ended in an error, and the log has no results",
}


class _Score(NamedTuple):
    """What one scorer came to in one view of its scores."""

    name: str
    reducer: str
    metrics: Mapping[str, Fields]
    scored: int | None
    unscored: int


def measurements(log: Fields, dataset: str) -> tuple[Measurement, ...]:
    """Return what a log measured.

    Raises:
        BadFieldError: when a field of its results has the wrong kind.
    """
    results = log.get("results")
    if results is not None and not isinstance(results, dict):
        raise BadFieldError(f"results: must be an object, not {fields.kind(results)}")
    scores = list(_scores(results or {}))
    if not any(score.metrics for score in scores):
        return tuple(_missing(log, dataset))
    found: dict[str, Measurement] = {}
    for score in scores:
        for one in _measured(score, log, results or {}, dataset):
            name, n = one.metric, 1
            while one.metric in found:
                n += 1
                one = one._replace(metric=f"{name}#{n}")
            found[one.metric] = one
    return tuple(found.values())


def headline(log: Fields) -> str | None:
    """Return the metric that Inspect itself shows of a log: the one that is named so, else the first one."""
    results = fields.mapping(log.get("results"))
    named = fields.mapping(results.get("headline"))
    scorer, metric = named.get("scorer"), named.get("metric")
    if isinstance(scorer, str) and isinstance(metric, str):
        score, reducer = named.get("score"), named.get("reducer")
        own = f"{scorer}/{score}" if isinstance(score, str) and score != scorer else scorer
        return _metric_name(own, _plain_name(metric), reducer if isinstance(reducer, str) else "")
    return next((m.metric for m in measurements(log, "")), None)


def _scores(results: Fields) -> Iterator[_Score]:
    listed = results.get("scores")
    if listed is None and "scorer" in results:
        # Before it took several scorers, Inspect wrote one, and its metrics beside it.
        listed = [{**fields.mapping(results["scorer"]), "metrics": results.get("metrics")}]
    if listed is not None and not isinstance(listed, list):
        raise BadFieldError(f"results.scores: must be a list, not {fields.kind(listed)}")
    for each in listed or ():
        if not isinstance(each, dict):
            raise BadFieldError(f"results.scores: must be a list of objects, with {fields.kind(each)} for one")
        metrics = each.get("metrics") or {}
        if not isinstance(metrics, dict) or not all(isinstance(m, dict) for m in metrics.values()):
            raise BadFieldError("results.scores.metrics: must be an object of objects")
        name, scorer = _plain_name(fields.label(each, "name")), _plain_name(fields.label(each, "scorer"))
        yield _Score(
            f"{scorer}/{name}" if scorer and name and scorer != name else name or scorer or "score",
            fields.label(each, "reducer"),
            _by_own_name(metrics),
            fields.count(each, "scored_samples"),
            fields.count(each, "unscored_samples") or 0,
        )


def _by_own_name(metrics: Mapping[str, Fields]) -> dict[str, Fields]:
    """Return metrics by the names that they have here; where another metric has that name, by their own whole."""
    named: dict[str, Fields] = {}
    for key, metric in metrics.items():
        name = _own_name(key, metric)
        named[key if name in named or (name != key and name in metrics) else name] = metric
    return named


def _own_name(key: str, metric: Fields) -> str:
    group = metric.get("group")
    name = _plain_name(key)
    return f"{_plain_name(group)}/{name}" if isinstance(group, str) and group else name


def _plain_name(name: str) -> str:
    return name.removeprefix("inspect_ai/")


def _metric_name(score: str, metric: str, reducer: str) -> str:
    return f"{score}/{metric}" + (f"@{reducer}" if reducer not in ("", "mean") else "")


def _measured(score: _Score, log: Fields, results: Fields, dataset: str) -> Iterator[Measurement]:
    error_name = next((name for name in ERRORS if name in score.metrics), None)
    has_mean = any(name in score.metrics for name in MEANS)
    for name, metric in score.metrics.items():
        if has_mean and name == error_name:
            continue
        value, missing = measurable(fields.number(metric, "value"))
        error = fields.number(score.metrics[error_name], "value") if error_name and name in MEANS else None
        n_test, notes = _samples(score, log, results)
        if error is not None and error_name and not missing:
            notes.insert(0, _error_in_words(error_name, score.metrics[error_name]))
        source = "; ".join(notes)
        if error is not None and not missing and not is_error(error):
            source, error = left_out(source, error), None
        yield Measurement(
            _metric_name(score.name, name, score.reducer),
            dataset,
            value,
            None if missing else error,
            # One of a group rests on some of the samples, or on what share of them falls to it: the log says neither.
            n_test=None if metric.get("group") else n_test or None,
            source=source,
            missing=missing,
        )


def _error_in_words(name: str, metric: Fields) -> str:
    options = metric.get("params") if metric.get("params") is not None else metric.get("options")
    cluster = fields.mapping(options).get("cluster")
    clustered = f", clustered by {cluster}" if isinstance(cluster, str) and cluster else ""
    return f"the error is {name}, over the samples of one run{clustered}"


def _samples(score: _Score, log: Fields, results: Fields) -> tuple[int | None, list[str]]:
    """Return how many samples a score rests on, and what is worth knowing of it.

    What is counted as completed counts each sample once an epoch; where there are several epochs it is no number of
    samples.
    """
    spec = fields.mapping(log.get("eval"))
    config = fields.mapping(spec.get("config"))
    epochs = fields.count(config, "epochs") or 1
    completed = fields.count(results, "completed_samples")
    planned = fields.count(results, "total_samples")
    of_all = fields.count(fields.mapping(spec.get("dataset")), "samples")
    n_test = score.scored if score.scored is not None else completed if epochs == 1 else None
    notes = []
    if epochs > 1:
        notes.append(f"{epochs} epochs")
    if completed is not None and planned is not None and completed != planned:
        notes.append(f"{completed:,} of {planned:,} planned samples were completed")
    if score.unscored:
        notes.append(f"{score.unscored:,} samples have no score")
    if n_test is not None and of_all and n_test < of_all:
        notes.append(f"{n_test:,} of the dataset's {of_all:,} samples")
    if log.get("invalidated") is True:
        notes.append("the log is marked as invalidated")
    if (status := log.get("status")) not in ("success", None):
        notes.append(f"the log's status is {status}")
    return n_test, notes


def _missing(log: Fields, dataset: str) -> Iterator[Measurement]:
    """Yield what the scorers of the run were to measure, without values."""
    status = fields.text(log, "status")
    why = _NO_RESULTS.get(status, "the log's results have no scores")
    scorers = fields.mapping(log.get("eval")).get("scorers")
    named: dict[str, None] = {}
    for scorer in scorers if isinstance(scorers, list) else ():
        metrics = fields.mapping(scorer).get("metrics")
        names = [_name(metric) for metric in metrics] if isinstance(metrics, list) else []
        has_mean = any(name in MEANS for name in names)
        for name in filter(None, names):
            if not (has_mean and name in ERRORS):
                named[_metric_name(_name(scorer) or "score", _plain_name(name), "")] = None
    for name in named:
        yield Measurement(name, dataset, None, missing=why)


def _name(value: Any) -> str:
    name = fields.mapping(value).get("name")
    return _plain_name(name.strip()) if isinstance(name, str) else ""
