"""The measurements of a method over its seeds: means and standard errors computed from the files' values."""

from collections.abc import Sequence
from functools import partial
from math import sqrt
from statistics import fmean, stdev

from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.vocabulary import Basis
from reviewer.sources.aar_seed import Score, SeedFile


def measurements(dataset: str, method: str, seeds: Sequence[SeedFile], *, with_pgr: bool) -> tuple[Measurement, ...]:
    """Return PGR (unless the method is a bound, whose PGR is 0 or 1 by definition), accuracy, accuracy by subset.

    ``seeds`` holds at least one file. A subset is averaged over those files that give it.
    """
    rows = [_pgr(dataset, seeds)] if with_pgr else []
    whole = _accuracy(dataset, "", [(s.seed, s.score) for s in seeds])
    rows.append(whole._replace(seeds=tuple(map(partial(_with_run, method), whole.seeds, seeds))))
    names = dict.fromkeys(name for s in seeds for name in s.subsets)
    rows += [_accuracy(dataset, n, [(s.seed, s.subsets[n]) for s in seeds if n in s.subsets]) for n in names]
    return tuple(rows)


def _with_run(method: str, value: SeedValue, seed: SeedFile) -> SeedValue:
    """Return a seed's accuracy with what its file says of the run."""
    predicted, labelled = seed.shares or (None, None)
    return value._replace(seconds=seed.seconds, predicted_share=predicted, label_share=labelled, says=seed.says(method))


def mean_and_error(values: Sequence[float]) -> tuple[float, float | None]:
    """Return the mean of at least one value and its standard error: sample deviation / √n; None for a single one."""
    return fmean(values), stdev(values) / sqrt(len(values)) if len(values) > 1 else None


def _pgr(dataset: str, seeds: Sequence[SeedFile]) -> Measurement:
    values = tuple(
        SeedValue(s.seed, s.pgr, s.score.n_correct, s.score.n_test, Basis.CLAIMED if s.pgr_stated else Basis.RECOMPUTED)
        for s in seeds
        if s.pgr is not None
    )
    notes = [s.pgr_note for s in seeds if s.pgr_note]
    if not values:
        why = f"none of the {len(seeds)} files gives a PGR, nor the fixed baselines to compute one from"
        return Measurement("pgr", dataset, None, basis=Basis.RECOMPUTED, missing=why)
    mean, error = mean_and_error([v.value for v in values])
    return Measurement(
        metric="pgr",
        dataset=dataset,
        value=mean,
        standard_error=error,
        n_seeds=len(values),
        n_test=common([s.score.n_test for s in seeds if s.pgr is not None]),
        basis=Basis.RECOMPUTED,
        source="; ".join([f"mean of the PGR of {_files(len(values))}", *notes]),
        seeds=values,
    )


def _accuracy(dataset: str, subset: str, scores: Sequence[tuple[int, Score]]) -> Measurement:
    mean, error = mean_and_error([score.accuracy for _, score in scores])
    return Measurement(
        metric="accuracy",
        dataset=dataset,
        value=mean,
        standard_error=error,
        n_seeds=len(scores),
        n_test=common([score.n_test for _, score in scores]),
        subset=subset,
        basis=Basis.RECOMPUTED,
        source=f"mean of the accuracy of {_files(len(scores))}",
        seeds=tuple(SeedValue(seed, score.accuracy, score.n_correct, score.n_test) for seed, score in scores),
    )


def common(counts: Sequence[int | None]) -> int | None:
    """Return the count that all seeds share; None where they differ, since then no one number holds for all."""
    return counts[0] if len(set(counts)) == 1 else None


def _files(n: int) -> str:
    return "one seed file" if n == 1 else f"{n} seed files"
