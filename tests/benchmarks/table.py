"""What the benchmarks print: one row a bar, with the verdict computed from its numbers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("what", "ours", "peer", "ratio", "bar", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: ours against a peer's, both in ``unit``, and how large the ratio may be.

    Without a peer the bar is about ours itself, in ``unit``; without a bar the row only informs. What could not be
    measured is no number, and ``missing`` says why; a ratio of it meets no bar, and misses none.
    """

    what: str
    ours: float
    unit: str
    bar: float | None
    peer: float | None = None
    peer_name: str = ""
    missing: str = ""

    @property
    def ratio(self) -> float | None:
        """Return ours by the peer's, or None where there is no peer."""
        return None if self.peer is None else self.ours / self.peer

    @property
    def verdict(self) -> str:
        """Return in words whether the bar is met; the bar itself still meets it."""
        if self.missing:
            return f"not measured: {self.missing}"
        if self.bar is None:
            return "for information"
        measured = self.ours if self.ratio is None else self.ratio
        return "meets the bar" if measured <= self.bar else "falls short"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least ``share`` (0 to 1) of all are not above.

    Raises:
        ValueError: when there are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def amount(value: float, unit: str) -> str:
    """Return a value with three significant digits or so, and its unit; a dash for what is no number."""
    if math.isnan(value):
        return "–"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def markdown(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    return aligned([HEADINGS, *(_cells(row) for row in rows)])


def aligned(cells: Sequence[Sequence[str]]) -> str:
    """Return lines of cells, the headings first, as a Markdown table that also lines up where it is read as text."""
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |" for line in cells]
    lines.insert(1, f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    bar = "" if row.bar is None else f"≤ {row.bar:g}" if row.peer is not None else f"≤ {amount(row.bar, row.unit)}"
    peer = "" if row.peer is None else f"{amount(row.peer, row.unit)} ({row.peer_name})"
    ratio = "" if row.ratio is None else "–" if math.isnan(row.ratio) else f"{row.ratio:.2f}"
    return (row.what, amount(row.ours, row.unit), peer, ratio, bar, row.verdict)
