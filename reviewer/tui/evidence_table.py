"""The rows of evidence as cells of text, aligned on the decimal point, for any width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest

from reviewer.domain import numbers
from reviewer.domain.methods import UNNAMED_DATASET, Measurement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Basis, Setting
from reviewer.evidence.appraisal import Appraised, Side, Told, no_difference_at_once, rows_by_place, used_at_once
from reviewer.evidence.arms import Arm, apart, arm_of
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.comparison import ComparisonRow, Sighting, split_words
from reviewer.evidence.figures import BASIS_WORDS
from reviewer.evidence.fineness import Fineness, fineness
from reviewer.evidence.odd_values import LeftOut
from reviewer.tui.marks import Marks

SETTING_WORDS = {
    Setting.LAB: "lab",
    Setting.HELD_OUT: "held-out",
    Setting.PILOT: "pilot",
    Setting.PRODUCTION: "production",
    Setting.UNKNOWN: "setting unknown",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A difference with its interval, to be drawn; ``detectable`` is what runs like these could tell, either way."""

    value: float
    low: float
    high: float
    detectable: float | None


@dataclass(frozen=True, slots=True)
class EvidenceCells:
    """One row of evidence as text. ``difference`` is empty where there is none, and ``note`` then says why.

    The errors, the numbers of seeds and the difference are those that the interval stands on, once that is known.

    ``basis`` is that of the proposal's value; whether either value is illustrative is said of each by itself.

    What statistics say of it (``interval``, ``told``, ``span``) is empty until that is known, but for a mark in
    ``told`` that it is awaited. ``real`` says that the difference is one, and whether it is for the better; None where
    that cannot be said.
    """

    metric: str = ""
    dataset: str = ""
    setting: str = ""
    proposal: str = ""
    proposal_error: str = ""
    proposal_n: str = ""
    baseline: str = ""
    baseline_error: str = ""
    baseline_n: str = ""
    difference: str = ""
    basis: str = ""
    note: str = ""
    missing: bool = False
    interval: str = ""
    told: tuple[str, str, str] = ("", "", "")
    """At length, in a word or two, in one word."""
    span: Span | None = None
    real: bool | None = None
    scale: str = ""
    """Rows of the same scale are drawn on one."""
    proposal_illustrative: bool = False
    baseline_illustrative: bool = False
    proposal_restated: bool = False
    """Whether the source states another value than the one that is shown."""
    baseline_restated: bool = False
    outdone: bool = False
    """Whether another baseline is the better one there."""
    reason: str = ""
    """Why the difference has no interval, in a sentence."""
    nothing: str = ""
    """Of a row that stands for settings in which nothing was measured: that, in words; it has no other cell."""


ANY = "any"
"""Stands for the dataset of a setting in which nothing was measured."""


def evidence_cells(
    rows: Sequence[ComparisonRow], marks: Marks, appraised: Sequence[Appraised] = ()
) -> tuple[EvidenceCells, ...]:
    """Return the rows as text; a row repeats neither the metric, the setting nor the dataset of the one above it.

    Datasets are left out where none of them has a name. ``appraised`` is what statistics say of the same rows, where
    that is known already.
    """
    cells: list[EvidenceCells] = []
    previous: ComparisonRow | None = None
    at = rows_by_place(rows)
    for nothing, group in groupby(zip_longest(rows, appraised), key=lambda pair: pair[0].stands_for_nothing):
        if nothing:
            cells.append(_of_nothing([row for row, _ in group]))
            continue
        for row, known in group:
            used = used_at_once(row, at) if known is None else (_used(known.proposal), _used(known.baseline))
            cells.append(_of_row(row, known, used, previous, marks))
            previous = row
    if {row.dataset for row in cells} <= {"", UNNAMED_DATASET}:
        # Where no dataset at all has a name, a column that says so takes room from the names of the metrics.
        return tuple(replace(row, dataset="") for row in cells)
    return tuple(cells)


def _of_nothing(rows: Sequence[ComparisonRow]) -> EvidenceCells:
    settings = ", ".join(SETTING_WORDS[row.setting] for row in rows)
    untold = "not known, since not all settings have been told"
    words = f"{untold}: {settings}" if rows[0].untold else f"not measured: {settings}"
    return EvidenceCells(missing=True, nothing=words)


def _used(side: Side | None) -> Arm | None:
    return None if side is None else side.used


def _of_row(
    row: ComparisonRow,
    known: Appraised | None,
    used: tuple[Arm | None, Arm | None],
    previous: ComparisonRow | None,
    marks: Marks,
) -> EvidenceCells:
    same_metric = previous is not None and previous.metric.name == row.metric.name
    same_setting = same_metric and previous is not None and previous.setting is row.setting
    same_dataset = same_metric and previous is not None and previous.where == row.where
    ours, theirs = _measurement(row.proposal), _measurement(row.baseline)
    our_side, their_side = (known.proposal, known.baseline) if known else (None, None)
    our_arm, their_arm = used
    difference, odd = row.difference, None
    if our_arm and their_arm:
        odd = no_difference_at_once(row, our_arm, their_arm)
        if known and known.difference and known.difference.odd:
            odd = odd or LeftOut.UNRESOLVED
        difference = None if odd else apart(our_arm, their_arm)
    label = metric_label(safe_line(row.metric.name, 24))
    fine = fineness(our_arm, their_arm, row.metric)
    return EvidenceCells(
        metric="" if same_metric else f"{label} {marks.directions[row.metric.direction]}".rstrip(),
        dataset="" if same_dataset else safe_line(f"{row.dataset or ANY} {row.split}".rstrip(), 32),
        setting="" if same_setting else SETTING_WORDS[row.setting],
        proposal=_value(ours, our_arm, marks, fine.ours),
        proposal_error=_error(ours, our_arm, marks, fine.ours),
        proposal_n=_n(ours, our_arm),
        baseline=_value(theirs, their_arm, marks, fine.theirs),
        baseline_error=_error(theirs, their_arm, marks, fine.theirs),
        baseline_n=_n(theirs, their_arm),
        difference="" if difference is None else signed(difference, marks, fine.difference),
        basis=BASIS_WORDS[ours.basis] if ours is not None and ours.value is not None else "",
        note=_note(row, known, odd, marks, fine),
        missing=ours is None or ours.value is None,
        interval=_interval(known, marks, fine.difference),
        told=_told(known, marks, fine.difference) if known else _awaited(difference, marks),
        reason=known.difference.reason.removesuffix(".") if known and known.difference else "",
        span=_span(known),
        real=_real(known),
        scale=row.metric.name,
        proposal_illustrative=_illustrative(ours),
        baseline_illustrative=_illustrative(theirs),
        proposal_restated=_restated(our_side),
        baseline_restated=_restated(their_side),
        outdone=known is not None and known.stronger is not None,
    )


def _real(known: Appraised | None) -> bool | None:
    """Return whether a difference is one, and a good one; what is better than a baseline that is outdone is not yet."""
    if known is None or known.told is None or (known.told is Told.BETTER and known.stronger is not None):
        return None
    return {Told.BETTER: True, Told.WORSE: False}.get(known.told)


def _restated(side: Side | None) -> bool:
    return side is not None and side.stated_otherwise is not None


def number(value: float, marks: Marks, fine: float | None = None) -> str:
    """Return a value as :func:`reviewer.domain.numbers.number` does, with the terminal's minus."""
    return numbers.number(value, fine).replace("-", marks.minus)


def signed(value: float, marks: Marks, fine: float | None = None) -> str:
    """Return a difference with its sign."""
    return numbers.signed(value, fine).replace("-", marks.minus)


def _told(appraised: Appraised | None, marks: Marks, fine: float | None) -> tuple[str, str, str]:
    """Return what the difference comes to, or why that cannot be said: at length, in a word or two, in one word."""
    difference = appraised.difference if appraised else None
    if appraised is None or difference is None:
        return "", "", ""
    if difference.odd:
        return (NO_DIFFERENCE,) * 3
    interval = difference.interval
    if interval is None or appraised.told is None:
        return (NO_INTERVAL,) * 3
    limited = appraised.limited
    unclear = appraised.told is Told.UNCLEAR
    could = ""
    if unclear and appraised.detectable is not None:
        could = f"{COULD_TELL} {marks.plus_minus}{number(appraised.detectable, marks, fine)}"
    short = SHORT_UNCLEAR if unclear else str(appraised.told)
    outdone = "than this one" if appraised.told is Told.BETTER and appraised.stronger is not None else ""
    told = f"{appraised.told} {outdone}".rstrip()
    in_a_word, short = short, f"{short} {outdone}".rstrip()
    return (
        ", ".join(filter(None, (told, limited, could))),
        ", ".join(filter(None, (short, limited or could))),
        f"{in_a_word}{marks.outdone if outdone else ''}{'?' if limited else ''}",
    )


def _awaited(difference: float | None, marks: Marks) -> tuple[str, str, str]:
    """Return what stands where the difference is not tested yet: it is not one that cannot be."""
    return ("",) * 3 if difference is None else (marks.ellipsis,) * 3


NO_DIFFERENCE, NO_INTERVAL = "no difference", "no interval"
COULD_TELL = "could tell"
"""Before, or above, what runs like these find four times in five."""

SHORT_UNCLEAR = "unclear"
"""For "not told apart", where that does not fit."""


def _interval(appraised: Appraised | None, marks: Marks, fine: float | None) -> str:
    interval = appraised.difference.interval if appraised and appraised.difference else None
    if interval is None:
        return ""
    return f"[{numbers.limit(interval.low, fine)}, {numbers.limit(interval.high, fine)}]".replace("-", marks.minus)


def _span(appraised: Appraised | None) -> Span | None:
    if appraised is None or appraised.difference is None or appraised.difference.interval is None:
        return None
    difference, interval = appraised.difference, appraised.difference.interval
    return Span(difference.value, interval.low, interval.high, appraised.detectable)


def _measurement(sighting: Sighting | None) -> Measurement | None:
    return None if sighting is None else sighting.measurement


def _value(measurement: Measurement | None, used: Arm | None, marks: Marks, fine: float | None) -> str:
    if measurement is None or measurement.value is None:
        return ""
    return number(measurement.value if used is None else used.mean, marks, fine)


def _illustrative(measurement: Measurement | None) -> bool:
    return measurement is not None and measurement.value is not None and measurement.basis is Basis.ILLUSTRATIVE


def _error(measurement: Measurement | None, used: Arm | None, marks: Marks, fine: float | None) -> str:
    """Return the error that is used; the one that is stated where it is not known yet, and none where it is refused."""
    if measurement is None or measurement.value is None:
        return ""
    error = measurement.standard_error if used is None else used.standard_error
    return "" if error is None else f"{marks.plus_minus}{number(error, marks, fine)}"


def _n(measurement: Measurement | None, used: Arm | None) -> str:
    if measurement is None or measurement.value is None:
        return ""
    return _seeds(measurement) if used is None or used.n is None else f"({used.n:,})"


def _seeds(measurement: Measurement | None) -> str:
    return "" if measurement is None or measurement.n_seeds is None else f"({measurement.n_seeds})"


_NOTE_OF = {
    LeftOut.UNRESOLVED: "gap not resolved",
    LeftOut.NO_SHARE: "no share: not from 0 to 1",
    LeftOut.NO_PER_CENT: "no per cent: not from 0 to 100",
    LeftOut.NO_SHARE_OF_GAP: "no share of a gap: more than 10",
    LeftOut.HUNDREDTH: "a share among per cents",
    LeftOut.HUNDREDFOLD: "a per cent among shares",
    LeftOut.SMALL: "in another unit than the others",
    LeftOut.LARGE: "in another unit than the others",
    LeftOut.TOO_LARGE: "nothing is so large",
}
"""Why a value has no difference, in as few words as a narrow pane has room for; v says it in a sentence."""


def _doubts(appraised: Appraised | None, marks: Marks, fine: Fineness) -> Iterator[str]:
    """Yield what has to be known before the numbers of a row are believed."""
    if appraised is None:
        return
    sides = (("", appraised.proposal, fine.ours), ("baseline ", appraised.baseline, fine.theirs))
    for name, side, fine_side in sides:
        if side is None:
            continue
        if side.unresolved and (appraised.proposal is None or appraised.baseline is None):
            yield _NOTE_OF[LeftOut.UNRESOLVED]
        elif side.recomputed is not None and side.used is side.arm:
            yield f"{name}recomputed {number(side.recomputed, marks, fine_side)}"
        if (stated := side.stated_otherwise) is not None:
            yield f"{name}stated {number(stated, marks, fine_side)}"
    if (stronger := appraised.stronger) is not None:
        yield f"best baseline {number(stronger.value, marks, fine.theirs)}"
    if (other := appraised.other) is not None:
        yield f"other baseline {number(other.value, marks, fine.ours)}"


def _note(row: ComparisonRow, appraised: Appraised | None, odd: LeftOut | None, marks: Marks, fine: Fineness) -> str:
    parts = [*([_NOTE_OF.get(odd, str(odd))] if odd else []), *_doubts(appraised, marks, fine)]
    ours = _measurement(row.proposal)
    if ours is not None and ours.value is None and ours.missing:
        parts.append(safe_line(ours.missing, 60))
    for name, sighting, fine_side in (("", row.proposal, fine.ours), ("baseline ", row.baseline, fine.theirs)):
        for other in sighting.disagreeing if sighting else ():
            if other.value is not None:
                parts.append(f"{name}{BASIS_WORDS[other.basis]} {number(other.value, marks, fine_side)}")
    for name, splits in (("baseline", row.baseline_splits), ("proposal", row.proposal_splits)):
        if splits:
            parts.append(f"{name} on {safe_line(split_words(splits), 40)}")
    for name, bound in (("floor", row.floor), ("ceiling", row.ceiling)):
        if bound is not None and bound.measurement.value is not None:
            # Before the number, since a note may end after any comma.
            kind = f"{BASIS_WORDS[Basis.ILLUSTRATIVE]} {name}" if _illustrative(bound.measurement) else name
            arm = arm_of(bound.measurement)
            words = f"{kind} {_value(bound.measurement, arm, marks, fine.ours)} {_n(bound.measurement, arm)}".rstrip()
            borrowed = bound.measurement.setting is not row.setting
            parts.append(f"{words}, {SETTING_WORDS[bound.measurement.setting]}" if borrowed else words)
    return ("; " if any("," in part for part in parts) else ", ").join(parts)
