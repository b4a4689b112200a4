"""How fast proposals are judged, and when the rest of them may be: a range, with what it assumes.

What is still to come is a sum of days, or of proposals, like those seen so far, none of which depends on the others.
The range is Student's prediction interval of that sum, turned round where the sum is given and the number of days is
asked for. It holds for whoever goes on as before; nobody knows whether they do.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev

from reviewer.domain.counted import counted
from reviewer.domain.intervals import Limits, critical_value
from reviewer.judgement.estimates import Estimate

LEAST_JUDGED = 5
"""With fewer judged proposals nothing is said of the rest."""

LEAST_DAYS = 5
"""Of fewer nobody knows how the next ones differ from them."""

LAST_DAYS = 14
"""So many active days are looked back on: who judges learns, and is not as fast as months ago."""

_LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """A day on which somebody began proposals that they have judged, and how many."""

    day: date
    judged: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How long proposals took, in minutes: the median with the quartiles."""

    name: str
    n: int
    lower: float
    median: float
    upper: float


Durations = Mapping[int, int]
"""How many proposals took so many whole seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Figures of progress and pace, with what they assume in sentences."""

    figures: tuple[Estimate, ...]
    sentences: tuple[str, ...]


def pace_of(days: Sequence[ActiveDay], durations: Durations, judged: int, of: int, today: date) -> Pace:
    """Return progress and pace from active days, oldest first, and from how long each proposal took."""
    left = max(0, of - judged)
    figures, sentences = [], []
    if of:
        figures.append(Estimate("share judged", "share given a verdict", of, "proposal", judged / of))
        figures.append(Estimate("to go", "number without a verdict", of, "proposal", left))
    last = days[-LAST_DAYS:]
    short = _too_little(judged, len(last))
    figures.append(_a_day(last, short))
    figures.append(_an_hour(durations))
    if left:
        figures.append(days_left := _days_left(last, left, short))
        figures.append(_hours_left(durations, left, judged))
        if days_left.value is not None and days_left.limits is not None:
            sentences.append(_calendar(last, days_left.limits, today))
        sentences.append(_ASSUMES)
    return Pace(tuple(figures), tuple(sentences))


_ASSUMES = (
    "What is left is taken to go on as before: days and proposals like the last ones, none of which hangs on another, "
    "and nothing new to judge. A proposal counts for the day on which it was first looked at; time counts while it "
    "was on the screen."
)


def _too_little(judged: int, days: int) -> str:
    if judged < LEAST_JUDGED:
        return f"No estimate: {counted(judged, 'proposal')} judged, and it takes {LEAST_JUDGED}."
    if days < LEAST_DAYS:
        return f"No estimate: {counted(days, 'active day')}, and it takes {LEAST_DAYS} to know how days differ."
    return ""


def _a_day(last: Sequence[ActiveDay], short: str) -> Estimate:
    how = f"mean over the last active days, at most {LAST_DAYS}; t interval"
    if short:
        return Estimate("judged an active day", how, len(last), "active day", reason=short)
    values = [float(each.judged) for each in last]
    mean, n = fmean(values), len(values)
    if min(values) == max(values):
        return Estimate("judged an active day", how, n, "active day", mean, reason=_alike(n, "active day"))
    half = critical_value(n - 1) * stdev(values) / math.sqrt(n)
    return Estimate("judged an active day", how, n, "active day", mean, (max(0.0, mean - half), mean + half))


def _alike(n: int, thing: str) -> str:
    """Return why there is no interval where nothing has differed so far: one without width would claim too much."""
    return f"No interval: all {counted(n, thing)} are alike."


def _an_hour(durations: Durations) -> Estimate:
    n = sum(durations.values())
    seconds = sum(each * many for each, many in durations.items())
    how = "number judged over the time that they were on the screen"
    if n < LEAST_JUDGED or not seconds:
        why = f"No pace by the hour: of {counted(n, 'proposal')} it is known how long it took, and it takes "
        return Estimate("judged an active hour", how, n, "proposal", reason=f"{why}{LEAST_JUDGED}.")
    return Estimate("judged an active hour", how, n, "proposal", 3600 * n / seconds)


def _days_left(last: Sequence[ActiveDay], left: int, short: str) -> Estimate:
    how, name = "what is left over the mean of a day; prediction interval of so many days", "active days to go"
    if short:
        return Estimate(name, how, len(last), "active day", reason=short)
    values = [float(each.judged) for each in last]
    value = math.ceil(left / fmean(values))
    if min(values) == max(values):
        return Estimate(name, how, len(values), "active day", value, reason=_alike(len(values), "active day"))
    limits = days_for(left, values)
    reason = "" if limits else "No end can be told: the days differ too much among one another for so few of them."
    return Estimate(name, how, len(values), "active day", value, limits, reason)


def days_for(left: int, values: Sequence[float]) -> Limits | None:
    """Return between how many whole days ``left`` are done, from what was done on each day; None without an end.

    N days like n past ones come to N·m ± t·s·√(N + N²/n): both N at which an end of that is what is left are the roots
    of one square.
    """
    n, mean, deviation = len(values), fmean(values), stdev(values)
    spread = (critical_value(n - 1) * deviation) ** 2
    square = mean**2 - spread / n
    if square <= 0:
        return None
    middle = 2 * left * mean + spread
    root = math.sqrt(max(0.0, middle**2 - 4 * square * left**2))
    return float(max(1, math.ceil((middle - root) / (2 * square) - 1e-9))), float(
        math.ceil((middle + root) / (2 * square) - 1e-9)
    )


def _hours_left(durations: Durations, left: int, judged: int) -> Estimate:
    how, name = "what is left times the mean of one; prediction interval of so many", "active hours to go"
    n = sum(durations.values())
    if judged < LEAST_JUDGED or n < LEAST_JUDGED:
        why = f"No estimate: of {counted(n, 'proposal')} it is known how long it took, and it takes {LEAST_JUDGED}."
        return Estimate(name, how, n, "proposal", reason=why)
    mean = sum(each * many for each, many in durations.items()) / n
    if len(durations) == 1:
        return Estimate(name, how, n, "proposal", left * mean / 3600, reason=_alike(n, "proposal"))
    variance = sum(many * (each - mean) ** 2 for each, many in durations.items()) / (n - 1)
    half = critical_value(n - 1) * math.sqrt(variance * (left + left**2 / n))
    middle = left * mean
    return Estimate(name, how, n, "proposal", middle / 3600, (max(0.0, middle - half) / 3600, (middle + half) / 3600))


def _calendar(last: Sequence[ActiveDay], limits: Limits, today: date) -> str:
    # A clock that was ahead must not let the end come before the days that it is learnt from.
    now = max(today, last[-1].day)
    span = (now - last[0].day).days + 1
    share = len(last) / span
    soon, late = (math.ceil(end / share) for end in limits)
    ends = f"after {counted(soon, 'day')}" if late > _LONGEST_DAYS else f"between {now + timedelta(soon)} and "
    until = " at the soonest" if late > _LONGEST_DAYS else f"{now + timedelta(late)}"
    return (
        f"With {counted(len(last), 'active day')} of the last {span:,}, and active days as often as that, the rest is "
        f"done {ends}{until}."
    )


def spreads_of(durations: Mapping[str, Durations]) -> Iterator[Spread]:
    """Yield the median and the quartiles of each group of durations that has any, and first those of all."""
    every: dict[int, int] = {}
    for group in durations.values():
        for seconds, n in group.items():
            every[seconds] = every.get(seconds, 0) + n
    for name, group in (("all", every), *durations.items()):
        if group:
            lower, middle, upper = (_quantile(group, share) / 60 for share in (0.25, 0.5, 0.75))
            yield Spread(name, sum(group.values()), lower, middle, upper)


def _quantile(durations: Durations, share: float) -> float:
    """Return a quantile, between the two nearest values where it falls between them."""
    n = sum(durations.values())
    place = share * (n - 1)
    below, above = math.floor(place), math.ceil(place)
    passed, low = 0, None
    for seconds in sorted(durations):
        passed += durations[seconds]
        if low is None and passed > below:
            low = seconds
        if passed > above:
            assert low is not None
            return low + (place - below) * (seconds - low)
    raise ValueError("a quantile is of one value or more")
