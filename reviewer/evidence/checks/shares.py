"""Rules about values that are no share, or one in another unit than those beside them."""

import math
from collections.abc import Iterator

from reviewer.domain.checks import Level
from reviewer.domain.methods import Measurement
from reviewer.domain.problems import Metric
from reviewer.domain.text import safe_line
from reviewer.evidence.arms import half_a_digit
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.measured import is_stated, key_of
from reviewer.evidence.checks.rule import Asked, Limits, Rule
from reviewer.evidence.checks.sane import sane
from reviewer.evidence.checks.wording import figure, figures
from reviewer.evidence.metrics import (
    DoubtfulUnit,
    PerCent,
    UntoldUnit,
    is_in_doubt,
    is_share,
    may_be_share,
)
from reviewer.evidence.metrics import plain as plain_metric
from reviewer.evidence.odd_values import MOST_OF_GAP, STANDS_FOR_NONE
from reviewer.evidence.units import may_be_per_cent


def _no_share(case: Case, at: Limits) -> list[Asked]:
    """Ask of shares of the test examples, as accuracies are, that are below none of them or above all."""
    asked: list[Asked] = []
    for m in case.method.measurements:
        metric = case.context.here(key_of(m))
        if m.seeds and (slips := list(_seeds_in_another_unit(case, m, metric))):
            asked.extend(slips)
            continue
        if isinstance(metric, (PerCent, DoubtfulUnit)) or is_in_doubt(metric):
            asked.extend(_in_no_unit(case, m, metric))
            continue
        if case.context.base_of(m) is not None:
            asked.extend(_no_share_of_gap(case, m))
            continue
        if not (is_share(metric) or isinstance(metric, UntoldUnit)):
            continue
        values = [v for v in (m.value, *(s.value for s in m.seeds)) if v is not None and sane(v)]
        if STANDS_FOR_NONE in values:
            # Of what stands for no value the rule about that asks.
            continue
        odd = [v for v in values if not 0 <= v <= 1]
        if odd:
            where = case.context.label(m)
            value, _ = figures(odd[0], 0.0 if odd[0] < 0 else 1.0)
            per_cent = f", and would be {figure(odd[0] / 100)} in per cent" if 1 < odd[0] <= 100 else ""
            question = f"{where}: {value} is no share of the examples, from 0 to 1{per_cent}; in what unit is it?"
            asked.append((question, {"where": where, "value": odd[0], "times": len(odd)}))
        elif sane(m.value):
            asked.extend(_no_error_of_shares(case, m))
    return asked


def _seeds_in_another_unit(case: Case, m: Measurement, metric: Metric) -> Iterator[Asked]:
    """Yield the question about the first of few seeds beyond 1 where most are from 0 to 1, as of a slipped point."""
    beyond = [s for s in m.seeds if s.value > 1 and sane(s.value)]
    if not beyond or not may_be_per_cent(plain_metric(metric)):
        return
    within = [s.value for s in m.seeds if 0 <= s.value <= 1]
    most = _WIDEST * max(within, default=math.inf)
    if len(within) <= len(beyond) or beyond[0].value <= most:
        return
    where, seed = case.context.label(m), beyond[0]
    named = "one seed" if seed.seed is None else f"seed {seed.seed}"
    others = figure(within[0]) if len(within) == 1 else f"{figure(min(within))} to {figure(max(within))}"
    question = f"{where}: {named} has {figure(seed.value)}, and the others have {others}; was a point or a unit lost?"
    yield question, {"where": where, "value": seed.value, "times": len(beyond), "lowest": min(within),
                     "highest": max(within)}  # fmt: skip


_WIDEST = 2.0
"""What is more than so many times the highest of the others is taken for a slip, and not for a per cent like them."""


def _in_no_unit(case: Case, m: Measurement, metric: Metric) -> Iterator[Asked]:
    """Yield the question about what is no per cent, or a share where the rest is in per cent; or nobody knows which."""
    if (
        m.value is None
        or not sane(m.value)
        or any(v == STANDS_FOR_NONE for v in (m.value, *(s.value for s in m.seeds)))
    ):
        return
    why: str | None = case.context.reach(key_of(m)).odd(m.value, 0.0, ())
    where = case.context.label(m)
    if why is not None:
        question = f"{where}: {figure(m.value)}, but {why}; in what unit is it?"
    elif may_be_share(metric, m.value) and is_stated(m):
        said = safe_line(metric.unit or "", 40)
        but = "and all that it is held against is from 0 to 1" if isinstance(metric, DoubtfulUnit) else "and is up to 1"
        question = f"{where}: {figure(m.value)} is said to be in {said}, {but}; in what unit is it?"
    elif isinstance(metric, UntoldUnit) and abs(m.value) > 1 and is_stated(m):
        question = f"{where}: {figure(m.value)} would be {figure(abs(m.value))} times the gap; is it in per cent?"
    else:
        if isinstance(metric, PerCent):
            yield from [] if metric.of_gap else _no_error_of_shares(case, m, case.context.whole(key_of(m)))
            yield from _error_in_shares(case, m, metric)
        return
    yield question, {"where": where, "value": m.value, "times": 1}


def _no_share_of_gap(case: Case, m: Measurement) -> Iterator[Asked]:
    """Yield the question about a share of a gap that is many times the gap, where that is stated."""
    if m.value is None or not is_stated(m) or not sane(m.value) or m.value == STANDS_FOR_NONE:
        return
    if abs(m.value) > MOST_OF_GAP:
        where = case.context.label(m)
        question = f"{where}: {figure(m.value)} would be {figure(abs(m.value))} times the gap; is it in per cent?"
        yield question, {"where": where, "value": m.value, "times": 1}


def _no_error_of_shares(case: Case, m: Measurement, whole: float = 1.0) -> Iterator[Asked]:
    """Yield the question about a standard error that numbers from 0 to ``whole`` cannot have, where there is one."""
    error, n = m.standard_error, m.n_seeds if m.n_seeds is not None else len(m.seeds)
    # Half of n values at either end deviate most: by √(n / (n−1)) / 2 of the whole, of which the error is a √n-th.
    most = whole * (1.0 if n < 2 else 0.5 / math.sqrt(n - 1))
    if error is None or not math.isfinite(error) or error <= most + half_a_digit(error, whole):
        return
    where, (stated, limit) = case.context.label(m), figures(error, most)
    of = "shares of the examples are" if whole == 1 else "per cents of the examples are"
    but = f"{n:,} values from 0 to {whole:g} have one of {limit} at most" if n >= 2 else f"{of} from 0 to {whole:g}"
    question = f"{where}: the standard error is {stated}, but {but}; in what unit is it?"
    yield question, {"where": where, "standard_error": error, "most": most, "seeds": n or None}


def _error_in_shares(case: Case, m: Measurement, metric: PerCent) -> Iterator[Asked]:
    """Yield the question about a standard error that is like the others' only if it is in shares, as they are not."""
    error, (low, high) = m.standard_error, metric.errors
    if error is None or not 0 < error < low / 10 or not low / 2 <= 100 * error <= 2 * high:
        return
    where = case.context.label(m)
    question = (
        f"{where}: the standard error is {figure(error)}, but as that of a share it would be among the others, which "
        "are of per cents; in what unit is it?"
    )
    yield question, {"where": where, "standard_error": error, "lowest": low, "highest": high}


RULES = (
    Rule(
        "no-share", "an accuracy or a share of a gap that is none, or an error that no share has", Level.ASK, _no_share
    ),
)
