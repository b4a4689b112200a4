"""The rows of evidence as cells of text, aligned on the decimal point, for any width."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.domain.methods import Measurement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Basis, Setting
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.comparison import ComparisonRow, Sighting, split_words
from reviewer.tui.marks import Marks

SETTING_WORDS = {
    Setting.LAB: "lab",
    Setting.HELD_OUT: "held-out",
    Setting.PILOT: "pilot",
    Setting.PRODUCTION: "production",
    Setting.UNKNOWN: "setting unknown",
}
BASIS_WORDS = {
    Basis.CLAIMED: "claimed",
    Basis.RECOMPUTED: "recomputed",
    Basis.PUBLISHED: "published",
    Basis.ILLUSTRATIVE: "illustrative",
}


@dataclass(frozen=True, slots=True)
class EvidenceCells:
    """One row of evidence as text. ``difference`` is empty where there is none, and ``note`` then says why."""

    metric: str
    dataset: str
    setting: str
    proposal: str
    proposal_error: str
    proposal_n: str
    baseline: str
    baseline_error: str
    baseline_n: str
    difference: str
    basis: str
    note: str
    missing: bool


def evidence_cells(rows: Sequence[ComparisonRow], marks: Marks) -> tuple[EvidenceCells, ...]:
    """Return the rows as text; a row repeats neither the metric nor the dataset of the one above it."""
    cells: list[EvidenceCells] = []
    previous: ComparisonRow | None = None
    for row in rows:
        same_metric = previous is not None and previous.metric.name == row.metric.name
        same_dataset = (
            same_metric
            and previous is not None
            and (previous.dataset, previous.split)
            == (
                row.dataset,
                row.split,
            )
        )
        ours, theirs = _measurement(row.proposal), _measurement(row.baseline)
        label = metric_label(safe_line(row.metric.name, 24))
        cells.append(
            EvidenceCells(
                metric="" if same_metric else f"{label} {marks.directions[row.metric.direction]}".rstrip(),
                dataset="" if same_dataset else safe_line(f"{row.dataset} {row.split}".rstrip(), 32),
                setting=SETTING_WORDS[row.setting],
                proposal=_value(ours, marks),
                proposal_error=_error(ours, marks),
                proposal_n=_seeds(ours),
                baseline=_value(theirs, marks),
                baseline_error=_error(theirs, marks),
                baseline_n=_seeds(theirs),
                difference="" if row.difference is None else signed(row.difference, marks),
                basis=BASIS_WORDS[ours.basis] if ours is not None and ours.value is not None else "",
                note=_note(row, marks),
                missing=ours is None or ours.value is None,
            )
        )
        previous = row
    return tuple(cells)


def number(value: float, marks: Marks) -> str:
    """Return a value with three decimals where it is of the order of one, fewer for larger ones."""
    size = abs(value)
    if size >= 1e6 or (0 < size < 5e-4):
        text = f"{value:.2e}"
    elif size >= 1000:
        text = f"{value:,.0f}"
    elif size >= 100:
        text = f"{value:.1f}"
    else:
        text = f"{value:.3f}"
    return text.replace("-", marks.minus)


def signed(value: float, marks: Marks) -> str:
    """Return a difference with its sign; one that rounds to nothing has none."""
    text = number(value, marks)
    return text if text.startswith(marks.minus) else f"+{text}"


def _measurement(sighting: Sighting | None) -> Measurement | None:
    return None if sighting is None else sighting.measurement


def _value(measurement: Measurement | None, marks: Marks) -> str:
    return "" if measurement is None or measurement.value is None else number(measurement.value, marks)


def _error(measurement: Measurement | None, marks: Marks) -> str:
    if measurement is None or measurement.standard_error is None:
        return ""
    return f"{marks.plus_minus}{number(measurement.standard_error, marks)}"


def _seeds(measurement: Measurement | None) -> str:
    return "" if measurement is None or measurement.n_seeds is None else f"({measurement.n_seeds})"


def _note(row: ComparisonRow, marks: Marks) -> str:
    parts: list[str] = []
    ours = _measurement(row.proposal)
    if ours is not None and ours.value is None and ours.missing:
        parts.append(safe_line(ours.missing, 60))
    for name, sighting in (("", row.proposal), ("baseline ", row.baseline)):
        for other in sighting.disagreeing if sighting else ():
            if other.value is not None:
                parts.append(f"{name}{BASIS_WORDS[other.basis]} {number(other.value, marks)}")
    for name, splits in (("baseline", row.baseline_splits), ("proposal", row.proposal_splits)):
        if splits:
            parts.append(f"{name} on {safe_line(split_words(splits), 40)}")
    for name, bound in (("floor", row.floor), ("ceiling", row.ceiling)):
        if bound is not None and bound.measurement.value is not None:
            words = f"{name} {number(bound.measurement.value, marks)} {_seeds(bound.measurement)}".rstrip()
            borrowed = bound.measurement.setting is not row.setting
            parts.append(f"{words}, {SETTING_WORDS[bound.measurement.setting]}" if borrowed else words)
    return ("; " if any("," in part for part in parts) else ", ").join(parts)
