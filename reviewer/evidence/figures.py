"""What can be said of a row of evidence, in words: each figure with the name of its method and what it assumes.

The screen and the command line show the same. Outside text is made safe by whoever shows it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.domain.numbers import number, p_value, signed
from reviewer.domain.vocabulary import Basis, Direction, Setting
from reviewer.evidence.appraisal import Appraised, Side, Told
from reviewer.evidence.comparison import Sighting
from reviewer.evidence.difference import ASSUMPTIONS, FEW_SEEDS, LEVEL, Interval, Procedure
from reviewer.evidence.effect_size import EffectSize
from reviewer.evidence.power import POWER

BASIS_WORDS = {
    Basis.CLAIMED: "claimed",
    Basis.RECOMPUTED: "recomputed",
    Basis.PUBLISHED: "published",
    Basis.ILLUSTRATIVE: "illustrative",
}

FOOTNOTE = "*"
"""Stands after a value that is illustrative, wherever the word itself does not stand beside it."""

FOOTNOTE_WORDS = f"{FOOTNOTE} {BASIS_WORDS[Basis.ILLUSTRATIVE]}"
"""Explains the mark where one line has room for a word or two."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of what is known: what it is, what it comes to, and how it was had or what it rests on."""

    label: str
    text: str
    how: str = ""


def figures(appraised: Appraised) -> Iterator[Figure]:
    """Yield what can be said of a row, the two values first."""
    row = appraised.row
    for label, sighting, side in (
        ("proposal", row.proposal, appraised.proposal),
        ("baseline", row.baseline, appraised.baseline),
    ):
        yield from _of_side(label, sighting, side)
    for label, bound in (("floor", row.floor), ("ceiling", row.ceiling)):
        if bound is not None and bound.measurement.value is not None:
            elsewhere = "" if bound.measurement.setting is row.setting else words_of(bound.measurement.setting)
            borrowed = elsewhere and f"measured under {elsewhere}; there is none of this setting"
            yield Figure(label, _value(bound), "; ".join(filter(None, (_rests_on(bound), borrowed))))
    yield from _of_difference(appraised)


def _of_side(label: str, sighting: Sighting | None, side: Side | None) -> Iterator[Figure]:
    if sighting is None or sighting.measurement.value is None:
        yield Figure(label, "not measured", sighting.measurement.missing if sighting else "")
        return
    measurement = sighting.measurement
    yield Figure(label, _value(sighting), _rests_on(sighting))
    for other in sighting.disagreeing:
        if other.value is not None:
            yield Figure("", f"but {_value(Sighting(other))}", BASIS_WORDS[other.basis])
    if side is None:
        return
    if not math.isclose(side.arm.mean, measurement.value or 0.0, rel_tol=1e-3, abs_tol=5e-4):
        yield Figure("", f"but {number(side.arm.mean)}", "the mean of the listed seeds, which is what is compared")
    if why := side.arm.flaw or side.arm.unused:
        yield Figure("", "its error is not used", why)
    if side.examples_error is not None:
        yield Figure(
            "", f"±{number(side.examples_error)} by the test set", f"√(p(1−p)/n), n = {side.arm.n_test or '?'}"
        )
    if (share := side.recovered) is not None:
        yield _share(share.value, side)


def _rests_on(sighting: Sighting) -> str:
    basis, source = BASIS_WORDS[sighting.measurement.basis], sighting.measurement.source
    return source if source.startswith(basis) else "; ".join(filter(None, (basis, source)))


def _share(value: float | None, side: Side) -> Figure:
    share = side.recovered
    assert share is not None
    if value is None or share.unresolved:
        return Figure("", "gap not resolved", share.reason)
    differs = ", which is not what is stated" if side.recomputed is not None else ""
    if share.limits is None:
        return Figure("", f"{number(value)} recomputed{differs}", share.reason)
    low, high = share.limits
    how = "Fieller, by shared seeds" if share.shared_seeds else "Fieller, with the errors of floor and ceiling"
    how = f"{how}; {share.caution}" if share.caution else how
    how += f"; {_SKEWED_SHARES}" if side.arm.n and side.arm.n > FEWEST else ""
    return Figure("", f"{number(value)} recomputed [{number(low)}, {number(high)}]{differs}", how)


def _of_difference(appraised: Appraised) -> Iterator[Figure]:
    difference = appraised.difference
    if difference is None:
        return
    if (interval := difference.interval) is None:
        yield Figure("difference", signed(difference.value), difference.reason)
        return
    told = appraised.told
    yield Figure(
        "difference",
        f"{signed(difference.value)} [{signed(interval.low)}, {signed(interval.high)}], {p_value(interval.p)}: {told}",
        how_had(interval) + _holds_with_few(appraised) + _tested_on(appraised.tested_on),
    )
    if appraised.detectable is not None:
        runs = "; fewer than five seeds a side seldom tell anything" if _few(appraised) else ""
        yield Figure(
            "could tell",
            f"±{number(appraised.detectable)}",
            f"what runs like these find {POWER:.0%} of the time"
            + (f": a smaller difference is not ruled out{runs}" if told is Told.UNCLEAR else ""),
        )
    if (size := appraised.size) is not None:
        yield Figure(
            "Hedges’ g",
            f"{size.g:+.2f} [{size.low:+.2f}, {size.high:+.2f}]",
            "in deviations between seeds; noncentral t, equal variances assumed",
        )
        yield _superiority(size, appraised.row.metric.direction)


def _superiority(size: EffectSize, direction: Direction) -> Figure:
    often, low, high = size.superiority, size.superiority_low, size.superiority_high
    if direction is Direction.LOWER:
        often, low, high = 1 - often, 1 - high, 1 - low
    where = "above" if direction is Direction.UNKNOWN else "better than"
    return Figure(
        "is above" if direction is Direction.UNKNOWN else "beats it",
        f"{often:.0%} [{low:.0%}, {high:.0%}]",
        f"how often one run comes out {where} one of the baseline's; the same assumptions",
    )


def how_had(interval: Interval) -> str:
    """Return by what method an interval was had, and what that assumes."""
    freedom = "" if interval.df is None else f", {interval.df:.1f} degrees of freedom"
    if interval.pairs is not None:
        freedom += f", {interval.pairs} pairs"
    return f"{LEVEL:.0%}, {interval.procedure}{freedom}. {ASSUMPTIONS[interval.procedure]}"


def _tested_on(metric: str) -> str:
    if not metric:
        return ""
    return f" Tested on {metric}: floor and ceiling are the same for both, the gap is but a scale, taken as known."


FEWEST = 3
"""With so many runs a side, or fewer, Welch's t and Fieller's interval hold the truth more or less often than they
say; the simulation of coverage (``tests/benchmarks/coverage.md``) has the figures."""

_SKEWED_SHARES = "where seeds are skewed it holds the truth .92"


def _holds_with_few(appraised: Appraised) -> str:
    """Return how often Welch's t holds the truth where a side has two or three runs; empty where it has more."""
    interval = appraised.difference.interval if appraised.difference else None
    if interval is None or interval.procedure is not Procedure.WELCH:
        return ""
    runs = [side.arm.n for side in (appraised.proposal, appraised.baseline) if side is not None and side.arm.n]
    if not runs or min(runs) > FEWEST:
        return ""
    return (
        f" Of {min(runs)} runs a side it holds the truth {_WELCH_HOLDS[min(runs)]}, and .93 where three vary thrice as "
        "much as the others."
    )


_WELCH_HOLDS = {2: ".98", 3: ".96"}


def words_of(setting: Setting) -> str:
    """Return a setting as it is written."""
    return setting.replace("_", "-")


def _few(appraised: Appraised) -> bool:
    interval = appraised.difference.interval if appraised.difference else None
    if interval is not None and interval.pairs is not None:
        return interval.pairs < FEW_SEEDS
    return any(
        side is not None and side.arm.n is not None and side.arm.n < FEW_SEEDS
        for side in (appraised.proposal, appraised.baseline)
    )


def _value(sighting: Sighting) -> str:
    measurement = sighting.measurement
    text = number(measurement.value or 0.0)
    if measurement.standard_error is not None:
        text += f" ±{number(measurement.standard_error)}"
    if measurement.n_seeds is not None:
        text += f" ({measurement.n_seeds} {'seed' if measurement.n_seeds == 1 else 'seeds'})"
    return text
