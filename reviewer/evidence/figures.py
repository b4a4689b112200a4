"""What can be said of a row of evidence, in words: each figure with the name of its method and what it assumes.

The screen and the command line show the same. Outside text is made safe by whoever shows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reviewer.domain.counted import counted
from reviewer.domain.intervals import LEVEL
from reviewer.domain.methods import Measurement
from reviewer.domain.numbers import limit, number, p_value, signed
from reviewer.domain.problems import Metric
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import OF_USERS, Basis, Direction, Origin, Setting
from reviewer.evidence.appraisal import Appraised, Side, Told
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.comparison import ComparisonRow, Sighting
from reviewer.evidence.difference import ASSUMPTIONS, FEW_SEEDS, Difference, Interval, Procedure
from reviewer.evidence.effect_size import EffectSize
from reviewer.evidence.few_runs import welch_holds
from reviewer.evidence.fineness import Fineness, fineness
from reviewer.evidence.metrics import whole
from reviewer.evidence.power import POWER
from reviewer.evidence.recovered import HOLDS_WHERE_SKEWED, Recovered

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


@dataclass(frozen=True, slots=True)
class Section:
    """What is known of one metric at one place, in words: its figures, and the row that they are of.

    ``appraised`` is None where nothing was measured, in any of the ``settings``.
    """

    metric: Metric
    where: str
    settings: tuple[Setting, ...]
    figures: tuple[Figure, ...]
    appraised: Appraised | None = None


def sections(rows: Sequence[Appraised]) -> Iterator[Section]:
    """Yield what can be said of each row; what a method assumes is said where it serves for the first time.

    The settings in which nothing was measured come as one.
    """
    said: set[str] = set()
    for nothing, group in groupby(rows, key=lambda a: a.row.stands_for_nothing):
        if nothing:
            of_nothing = [appraised.row for appraised in group]
            first = of_nothing[0]
            why = "the setting of some values has not been told; it may be one of these" if first.untold else ""
            figure = Figure("not known" if first.untold else "not measured", "", why)
            yield Section(first.metric, first.where, tuple(row.setting for row in of_nothing), (figure,))
            continue
        for appraised in group:
            row = appraised.row
            yield Section(row.metric, row.where, (row.setting,), tuple(figures(appraised, said)), appraised)


def figures(appraised: Appraised, said: set[str] | None = None) -> Iterator[Figure]:
    """Yield what can be said of a row, the two values first.

    What is in ``said`` of methods and what they assume is left out, and what is said is added to it.
    """
    row = appraised.row
    told = set() if said is None else said
    fine = fineness_of(appraised)
    for label, sighting, side, fine_side in (
        ("proposal", row.proposal, appraised.proposal, fine.ours),
        ("baseline", row.baseline, appraised.baseline, fine.theirs),
    ):
        yield from _of_side(label, sighting, side, row.metric, told, fine_side, _elsewhere(row))
    for label, bound in (("floor", row.floor), ("ceiling", row.ceiling)):
        if bound is not None and bound.measurement.value is not None:
            elsewhere = "" if bound.measurement.setting is row.setting else words_of(bound.measurement.setting)
            borrowed = elsewhere and f"measured under {elsewhere}; this setting does not have both ends"
            arm = arm_of(bound.measurement)
            own = fineness(arm, None, row.metric).ours or fine.ours
            text = _stated(bound.measurement, own) if arm is None else _used(arm, own)
            yield Figure(label, text, "; ".join(filter(None, (_rests_on(bound, told), borrowed))))
    if (stronger := appraised.stronger) is not None:
        how = f"{safe_line(stronger.title, 100)}, the best baseline here; the one above is not"
        yield Figure("best", number(stronger.value, fine.theirs), how)
    if (other := appraised.other) is not None:
        better = appraised.difference is not None and not appraised.difference.odd
        whose = "an agent made" if other.origin is Origin.AGENT else "is not known to be a human’s"
        of = f"that {whose}, and has a better value" if better else "that was measured here"
        yield Figure("other", number(other.value, fine.ours), f"{safe_line(other.title, 100)}, a baseline {of}")
    yield from _of_difference(appraised, told, fine.difference)


def _elsewhere(row: ComparisonRow) -> str:
    """Return where the ends of the gap that a row is a share of were measured, as a sentence after a space.

    Empty where that is the setting of the row, or where it is no such share.
    """
    end = row.gap[0]
    if end is None or end.measurement.setting is row.setting:
        return ""
    return f" Its floor and ceiling were measured under {words_of(end.measurement.setting)}."


def _once(text: str, said: set[str]) -> str:
    """Return a sentence with a space before it, nothing where it was said before."""
    if not text or text in said:
        return ""
    said.add(text)
    return f" {text}"


def _of_side(
    label: str,
    sighting: Sighting | None,
    side: Side | None,
    metric: Metric,
    said: set[str],
    fine: float | None,
    elsewhere: str,
) -> Iterator[Figure]:
    if sighting is None or sighting.measurement.value is None:
        yield Figure(label, "not measured", sighting.measurement.missing if sighting else "")
        return
    measurement = sighting.measurement
    text = _stated(measurement, fine) if side is None else _used(side.used, fine)
    yield Figure(label, text, _rests_on(sighting, said))
    if side is not None and _states_otherwise(measurement, side):
        yield Figure("", f"states {_stated(measurement, fine)}", _why_not_as_stated(side))
    for other in sighting.disagreeing:
        if other.value is not None:
            yield Figure("", f"but {_stated(other, fine)}", BASIS_WORDS[other.basis])
    if side is None:
        return
    if why := side.arm.flaw or side.arm.unused:
        yield Figure("", "its error is not used", why)
    listed, stated_runs = len(measurement.seeds), measurement.n_seeds or 0
    if 0 < listed < stated_runs and not side.arm.flaw:
        how = "what is stated of all of them is compared"
        yield Figure("", f"{listed:,} of {stated_runs:,} seeds are listed", how)
    if side.examples_error is not None:
        at_an_end = side.recovered is None and side.arm.mean in (0.0, whole(metric))
        how = "as if two more were right and two wrong, since all of them are one or the other" if at_an_end else ""
        how = how or ("√(p(1−p)/n)" if side.recovered is None else "√(p(1−p)/n) of the metric beneath, over the gap")
        by = "the number of cases" if measurement.setting in OF_USERS else "the test set"
        yield Figure("", f"±{number(side.examples_error, fine)} by {by}", f"{how}, n = {side.examples:,}")
    if side.not_recomputed:
        yield Figure("", "not recomputed", side.not_recomputed)
    if (share := side.recovered) is not None:
        yield _share(share, side, said, fine, elsewhere)


def _states_otherwise(measurement: Measurement, side: Side) -> bool:
    """Return whether the source states another value, error or number of runs than those that are compared."""
    error, runs = measurement.standard_error, measurement.n_seeds
    return (
        side.stated_otherwise is not None
        or (error is not None and side.used.standard_error is not None
            and abs(error - side.used.standard_error) > _MORE_THAN_ROUNDING * side.used.standard_error)
        or (runs is not None and side.used.n is not None and runs != side.used.n)
    )  # fmt: skip


def _why_not_as_stated(side: Side) -> str:
    """Return why what is compared is not what the source states; empty where that is said elsewhere."""
    if side.used is not side.arm and side.stated_otherwise is not None:
        return "what value, floor and ceiling of the metric beneath come to is shown"
    if side.used is not side.arm:
        return "the error of the metric beneath is compared, in shares of the gap"
    if len(side.arm.seeds) > 1:
        return "mean and error of the listed seeds are compared"
    return ""


def _rests_on(sighting: Sighting, said: set[str]) -> str:
    """Return on what a number rests; the source at length where it is named for the first time."""
    basis, source = BASIS_WORDS[sighting.measurement.basis], sighting.measurement.source
    words = source if source.startswith(basis) else "; ".join(filter(None, (basis, source)))
    if len(words) <= _SHORT_SOURCE:
        return words
    return words if _once(words, said) else f"{basis}, from the same source as above"


def _share(share: Recovered, side: Side, said: set[str], fine: float | None, elsewhere: str) -> Figure:
    if share.value is None or share.unresolved:
        return Figure("", "gap not resolved", share.reason)
    differs = ", which is not what is stated" if side.recomputed is not None else ""
    value = number(share.value, fine)
    if share.limits is None:
        return Figure("", f"{value} recomputed{differs}", share.reason)
    low, high = share.limits
    how = "Fieller’s interval, with the errors of floor and ceiling."
    if share.by_seed is not None:
        how = f"Fieller’s interval, by the {share.shared_seeds} seeds that all three share"
        by_seed = number(share.by_seed, fine)
        how += "." if by_seed == value else f", which come to {by_seed}."
    else:
        how += _once(share.caution and f"{share.caution[0].upper()}{share.caution[1:]}.", said)
        how += "" if share.caution else _once(_SKEWED_SHARES, said)
    if side.used is not side.arm and side.used.standard_error is not None:
        how += _once(_ENDS_AS_KNOWN, said)
    how += elsewhere
    return Figure("", f"{value} recomputed [{number(low, fine)}, {number(high, fine)}]{differs}", how)


def _of_difference(appraised: Appraised, said: set[str], fine: float | None) -> Iterator[Figure]:
    difference = appraised.difference
    if difference is None:
        missing = [
            name for name, side in (("proposal", appraised.proposal), ("baseline", appraised.baseline)) if not side
        ]
        if len(missing) == 1:
            yield Figure("difference", "none", f"the {missing[0]} was not measured here")
        return
    if (interval := difference.interval) is None:
        yield Figure("difference", "none" if difference.odd else signed(difference.value, fine), difference.reason)
        return
    told = appraised.told
    yield Figure(
        "difference",
        f"{signed(difference.value, fine)} [{limit(interval.low, fine)}, {limit(interval.high, fine)}], "
        f"{p_value(interval.p)}: "
        f"{appraised.told_words}",
        _how_had(interval, said) + _unpaired(difference) + _holds_with_few(appraised, said)
        + _once(_tested_on(appraised.tested_on), said),
    )  # fmt: skip
    if appraised.detectable is not None:
        least = "at least " if interval.df is None else ""
        how = f"the true difference that runs like these find {POWER:.0%} of the time"
        if told is Told.UNCLEAR:
            how += "; that none was found does not say that there is none"
            how += ", and fewer than five seeds a side seldom find any" if _few(appraised) else ""
        yield Figure("could tell", f"{least}±{number(appraised.detectable, fine)}", how)
    if (size := appraised.size) is not None:
        how = f"in deviations between seeds; noncentral t.{_once(_EQUAL_VARIANCES, said)}{_unequal(appraised)}"
        yield Figure("Hedges’ g", f"{size.g:+.2f} [{size.low:+.2f}, {size.high:+.2f}]", how)
        yield _superiority(size, appraised.row.metric.direction, _unequal(appraised))
    elif interval.procedure is Procedure.PAIRED:
        why = "that is for independent runs, and these are paired"
        yield Figure("Hedges’ g", "not shown", why)


_SHORT_SOURCE = 60
_MORE_THAN_ROUNDING = 0.05
"""As the rule that holds stated errors against those of the listed seeds has it."""

_EQUAL_VARIANCES = (
    "Both sides are taken as normal and to vary equally. In simulations such an interval held the truth 90 % of the "
    "time where the two are skewed opposite ways, and at worst 67 %, three runs varying three times as much as sixteen "
    "others."
)

_MUCH_MORE = 2.0
_VARY_UNEQUALLY = " Here one side varies"


def _unequal(appraised: Appraised) -> str:
    """Return where it matters that both sides are taken to vary equally; empty where it does not."""
    deviations = [side.used.deviation or 0.0 for side in (appraised.proposal, appraised.baseline) if side is not None]
    least, most = min(deviations), max(deviations)
    if least and most >= _MUCH_MORE * least:
        return f"{_VARY_UNEQUALLY} {most / least:.1f} times as much as the other: do not rely on it."
    size = appraised.size
    if appraised.told is Told.UNCLEAR and size is not None and (size.low > 0 or size.high < 0):
        return (
            " That it leaves 0 out hangs on that: the interval of the difference, which takes no such thing, does not."
        )
    return ""


def _superiority(size: EffectSize, direction: Direction, unequal: str) -> Figure:
    often, low, high = size.superiority, size.superiority_low, size.superiority_high
    if direction is Direction.LOWER:
        often, low, high = 1 - often, 1 - high, 1 - low
    where = "above" if direction is Direction.UNKNOWN else "better than"
    return Figure(
        "is above" if direction is Direction.UNKNOWN else "beats it",
        f"{_share_of_runs(often)} [{_share_of_runs(low)}, {_share_of_runs(high)}]",
        f"how often one run comes out {where} one of the baseline’s; from Hedges’ g"
        + (", and no more to be relied on" if unequal.startswith(_VARY_UNEQUALLY) else ""),
    )


def _share_of_runs(share: float) -> str:
    """Return a share in per cent: it is never all of them, nor none."""
    return ">99%" if share >= 0.995 else "<1%" if share < 0.005 else f"{share:.0%}"


def how_had(interval: Interval) -> str:
    """Return by what method an interval was had, and what that assumes."""
    return _how_had(interval, set())


def _how_had(interval: Interval, said: set[str]) -> str:
    freedom = "" if interval.df is None else f", {interval.df:.1f} degrees of freedom"
    if interval.pairs is not None:
        freedom += f", {interval.pairs} pairs"
    return f"{LEVEL:.0%}, {interval.procedure}{freedom}.{_once(ASSUMPTIONS[interval.procedure], said)}"


def _unpaired(difference: Difference) -> str:
    return " Not paired, since not every seed was run on both sides." if difference.unpaired else ""


def _tested_on(metric: str) -> str:
    if not metric:
        return ""
    label = metric_label(metric)
    return f"Tested on {label}: floor and ceiling are the same for both, the gap is but a scale, taken as known."


_ENDS_AS_KNOWN = "The error beside the value takes floor and ceiling as known, and the interval does not."
_SKEWED_SHARES = f"Where seeds are skewed, such intervals held the truth {HOLDS_WHERE_SKEWED} of the time."


def _holds_with_few(appraised: Appraised, said: set[str]) -> str:
    """Return how often Welch's t holds the truth where a side has two or three runs; empty where it has more."""
    interval = appraised.difference.interval if appraised.difference else None
    if interval is None or interval.procedure is not Procedure.WELCH:
        return ""
    runs = [side.used.n for side in (appraised.proposal, appraised.baseline) if side is not None and side.used.n]
    return _once(welch_holds(*runs), said) if len(runs) == 2 else ""


def words_of(setting: Setting) -> str:
    """Return a setting as it is written."""
    return setting.replace("_", "-")


def _few(appraised: Appraised) -> bool:
    interval = appraised.difference.interval if appraised.difference else None
    if interval is not None and interval.pairs is not None:
        return interval.pairs < FEW_SEEDS
    return any(
        side is not None and side.used.n is not None and side.used.n < FEW_SEEDS
        for side in (appraised.proposal, appraised.baseline)
    )


def fineness_of(appraised: Appraised) -> Fineness:
    """Return how fine the numbers of a row are."""
    ours, theirs = (None if side is None else side.used for side in (appraised.proposal, appraised.baseline))
    return fineness(ours, theirs, appraised.row.metric)


def _used(arm: Arm, fine: float | None) -> str:
    """Return an arm as it is compared: its mean, its error where it has one, and how many runs are behind it."""
    return _in_words(arm.mean, arm.standard_error, arm.n, fine)


def _stated(measurement: Measurement, fine: float | None) -> str:
    return _in_words(measurement.value or 0.0, measurement.standard_error, measurement.n_seeds, fine)


def _in_words(value: float, error: float | None, n: int | None, fine: float | None) -> str:
    text = number(value, fine)
    if error is not None:
        text += f" ±{number(error, fine)}"
    return text if n is None else f"{text} ({counted(n, 'seed')})"
