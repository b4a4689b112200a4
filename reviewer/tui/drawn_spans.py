"""Intervals as they are drawn in cells, those of one metric on one scale."""

from collections.abc import Sequence

from reviewer.tui.evidence_table import EvidenceCells, Span
from reviewer.tui.marks import Marks, SpanMarks

SPAN_CELLS = 23


def drawn_spans(cells: Sequence[EvidenceCells], marks: Marks) -> list[str]:
    """Return the intervals as they are drawn, those of one metric on one scale that holds 0."""
    scales: dict[str, tuple[float, float]] = {}
    for row in cells:
        if (span := row.span) is not None:
            low, high = scales.get(row.scale, (0.0, 0.0))
            found = span.detectable or 0.0
            scales[row.scale] = min(low, span.low, -found), max(high, span.high, found)
    return ["" if row.span is None else _draw(row.span, *scales[row.scale], marks.span) for row in cells]


def _draw(span: Span, left: float, right: float, marks: SpanMarks) -> str:
    def place(value: float) -> int:
        return round((value - left) / (right - left) * (SPAN_CELLS - 1)) if right > left else 0

    drawn = [" "] * SPAN_CELLS
    low, high = place(span.low), place(span.high)
    drawn[low : high + 1] = marks.line * (high + 1 - low)
    if span.detectable is not None:
        drawn[place(span.detectable)] = drawn[place(-span.detectable)] = marks.found
    drawn[place(0.0)] = marks.zero
    drawn[low], drawn[high] = marks.low, marks.high
    drawn[place(span.value)] = marks.value
    return "".join(drawn)
