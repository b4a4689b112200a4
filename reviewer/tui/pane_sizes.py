"""How large the panes of the triage screen are: what a person chose, and what of it a window of any size can give."""

from dataclasses import dataclass, replace
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PaneSizes:
    """The sizes chosen by mouse or key. They are kept as chosen, and cut to the window only when they are asked for.

    So a window that becomes small and large again finds them as they were. Widths and heights are in cells.
    """

    queue: int | None = None
    """Columns of the queue; None is a fifth of the window, within bounds."""
    queue_share: float = 0.5
    """The queue's share of the height where it stands over the proposal."""
    beside: float = 0.5
    """The proposal's share of the width where the baseline stands beside it."""
    above: float = 0.6
    """The proposal's share of the height where the baseline stands under it."""
    evidence: int | None = None
    """Rows of the evidence, its headings among them; None is as many as it has, up to a fifth of the window."""

    QUEUE: ClassVar[tuple[int, int]] = (20, 80)
    QUEUE_UNLESS_CHOSEN: ClassVar[tuple[int, int]] = (32, 48)
    SHARE: ClassVar[tuple[float, float]] = (0.2, 0.8)
    LEAST_EVIDENCE: ClassVar[int] = 2
    ROWS_FOR_THE_REST: ClassVar[int] = 14
    """Rows that the evidence leaves to header, documents, bar and hints."""

    def queue_width(self, width: int) -> int:
        """Return the columns of the queue in a window of so many: never more than two fifths of it."""
        least, most = self.QUEUE
        low, high = self.QUEUE_UNLESS_CHOSEN
        columns = max(low, min(high, width // 5)) if self.queue is None else self.queue
        return max(least, min(columns, most, width * 2 // 5))

    def evidence_height(self, height: int, wanted: int) -> int:
        """Return the rows of the evidence in a window of so many, where ``wanted`` would show all of it."""
        rows = min(wanted, max(4, (height + 1) // 5)) if self.evidence is None else self.evidence
        return max(self.LEAST_EVIDENCE, min(rows, height - self.ROWS_FOR_THE_REST))

    def with_queue(self, columns: int, width: int) -> "PaneSizes":
        """Return these sizes with another width of the queue, as far as a window of ``width`` columns has room."""
        return replace(self, queue=replace(self, queue=columns).queue_width(width))

    def with_queue_share(self, share: float) -> "PaneSizes":
        """Return these sizes with another height of the queue over the proposal."""
        return replace(self, queue_share=self._share(share))

    def with_beside(self, share: float) -> "PaneSizes":
        """Return these sizes with another share of the width for the proposal."""
        return replace(self, beside=self._share(share))

    def with_above(self, share: float) -> "PaneSizes":
        """Return these sizes with another share of the height for the proposal."""
        return replace(self, above=self._share(share))

    def with_evidence(self, rows: int, height: int) -> "PaneSizes":
        """Return these sizes with other rows of evidence, as far as a window of ``height`` rows has room for them."""
        return replace(self, evidence=replace(self, evidence=rows).evidence_height(height, rows))

    def _share(self, share: float) -> float:
        least, most = self.SHARE
        return round(max(least, min(most, share)), 3)
