"""One ``final_info.json`` of the AI Scientist: what a run measured, a metric and a dataset at a time.

The file has ``{dataset: {means, stderrs?, final_info_dict?}}``. Means may carry the suffix ``_mean``, errors
``_stderr``; a mean may be an object of several numbers, null, or a list.

What it calls standard errors are none: in the published runs they are the population deviation divided by n, where the
standard error of a mean is the sample deviation divided by √n. So an error is computed anew from the values of the
seeds where these are there, and left out where they are not; what the file says of it is told beside the number.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isclose, isfinite, sqrt
from statistics import fmean, pstdev, stdev
from typing import Any, NamedTuple

from reviewer.domain.counted import counted
from reviewer.domain.left_out_errors import seeds_left_out
from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.vocabulary import Basis
from reviewer.sources import fields
from reviewer.sources.measurable import measurable

_NO_ERROR = "AI Scientist divides the population deviation by n there, and no values are given to compute it anew"


class Block(NamedTuple):
    """What a run measured on one dataset, or why that cannot be read."""

    dataset: str
    measurements: tuple[Measurement, ...]
    reason: str = ""


def is_final_info(value: Any) -> bool:
    """Tell whether a JSON value has the shape of a run's results."""
    return isinstance(value, dict) and any(isinstance(fields.mapping(v).get("means"), dict) for v in value.values())


def blocks(final_info: Mapping[str, Any], told: str) -> Iterator[Block]:
    """Yield what was measured on each dataset; ``told`` says in words which run it was."""
    for dataset, block in final_info.items():
        name = dataset.strip() or "unknown"
        means = fields.mapping(block).get("means")
        if not isinstance(means, dict):
            yield Block(name, (), "means: must be an object with a number for each metric, and is none")
            continue
        yield Block(name, tuple(_measurements(name, means, block, told)))


def table(runs: Sequence[tuple[str, Sequence[Measurement]]]) -> str:
    """Return a Markdown table of what several runs measured, a column each under its name.

    They measured one thing several times, so that the evidence can name but one of them.
    """
    found: dict[tuple[str, str], dict[str, str]] = {}
    for run, measurements in runs:
        for m in measurements:
            said = f"{m.value:.6g}" if m.value is not None else "none"
            found.setdefault((m.metric, m.dataset), {}).setdefault(run, said)
    names = [run for run, _ in runs]
    rows = [("metric", "dataset", *names), ("---",) * (len(names) + 2)]
    rows += [(*map(_in_cell, what), *(values.get(run, "") for run in names)) for what, values in found.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _in_cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


class _Given(NamedTuple):
    """What the file gives of one metric; None stands for what it does not give."""

    mean: Any
    error: Any
    values: list[Any]
    has_mean: bool = True


def _measurements(dataset: str, means: Mapping[str, Any], block: Mapping[str, Any], told: str) -> Iterator[Measurement]:
    errors = {_bare(k, "_stderr"): v for k, v in fields.mapping(block.get("stderrs")).items()}
    seeds = fields.mapping(block.get("final_info_dict"))
    given = {_bare(k, "_mean"): v for k, v in means.items()}
    for metric in dict.fromkeys((*given, *seeds, *errors)):
        listed = seeds.get(metric)
        values = listed if isinstance(listed, list) else [] if listed is None else [listed]
        for name, one in _parts(metric, _Given(given.get(metric), errors.get(metric), values, metric in given)):
            yield _measurement(name or "unknown", dataset, one, told)


def _bare(name: str, suffix: str) -> str:
    return name.removesuffix(suffix) or name


def _parts(metric: str, given: _Given) -> Iterator[tuple[str, _Given]]:
    """Yield a metric as it is, or the several numbers that an object holds in its place, by their names."""
    objects = [v for v in (given.mean, *given.values) if isinstance(v, dict)]
    names = dict.fromkeys(name for each in objects for name in each)
    if not names or (given.has_mean and not isinstance(given.mean, dict)):
        yield metric, given._replace(values=[v for v in given.values if not isinstance(v, dict)])
    for name in names:
        mean, error = fields.mapping(given.mean), fields.mapping(given.error)
        values = [v[name] for v in given.values if isinstance(v, dict) and name in v]
        yield f"{metric}.{name}", _Given(mean.get(name), error.get(name), values, name in mean)


def _measurement(metric: str, dataset: str, given: _Given, told: str) -> Measurement:
    values = [v for v, _ in map(measurable, given.values) if v is not None]
    if values:
        return _recomputed(metric, dataset, given, values, told)
    mean, missing = measurable(given.mean) if given.has_mean else (None, "the file gives no mean of it")
    error, _ = measurable(given.error)
    stated = f"; the file states an error of {error:g}, left out: {_NO_ERROR}" if error is not None else ""
    return Measurement(metric, dataset, mean, source=told + stated, missing=missing)


def _recomputed(metric: str, dataset: str, given: _Given, values: list[float], told: str) -> Measurement:
    mean, n = fmean(values), len(values)
    error = stdev(values) / sqrt(n) if n > 1 else None
    said = [told, f"mean of {counted(n, 'value')}"]
    stated_mean, why_none = measurable(given.mean) if given.has_mean else (None, "the file gives no mean of it")
    if stated_mean is None:
        said.append(why_none)
    elif not _alike(stated_mean, mean):
        said.append(f"the file states a mean of {stated_mean:g}")
    stated_error, _ = measurable(given.error)
    if stated_error is not None and (error is None or not _alike(stated_error, error)):
        said.append(f"the file states an error of {stated_error:g}, {_what_it_is(stated_error, values)}")
    without = [v for v in given.values if measurable(v)[0] is None]
    endless = sum(isinstance(v, float) and not isfinite(v) for v in without)
    if len(without) > endless:
        said.append(f"{counted(len(without) - endless, 'value')} of its list left out, being no measurement")
    source = "; ".join(said)
    return Measurement(
        metric=metric,
        dataset=dataset,
        value=mean,
        standard_error=error,
        n_seeds=n,
        basis=Basis.RECOMPUTED,
        source=seeds_left_out(source, endless, len(given.values)) if endless else source,
        seeds=tuple(SeedValue(None, value) for value in values),
    )


def _what_it_is(stated: float, values: list[float]) -> str:
    if len(values) == 1:
        return "which one value cannot have"
    if _alike(stated, pstdev(values) / len(values)):
        return "the population deviation divided by n, which is too small"
    return "which is not that of the mean"


def _alike(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)
