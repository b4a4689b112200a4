"""How often intervals hold the truth where they rest on two or three runs: as simulated, since no formula says it.

Where few runs are held against many, and the few happen to lie close together, the degrees of freedom are taken for
those of the many, and the interval is too narrow. The figures are those of ``tests/benchmarks/coverage.md``, the few
runs varying as much as the many or up to three times as much.
"""

from collections.abc import Sequence

_MANY_AGAINST = {2: 4, 3: 8}
"""By how many runs the few are: so many against them make the interval hold the truth less often than it says."""

_WELCH = {
    (2, 2): "96 to 98 %",
    (2, 3): "93 to 96 %",
    (2, 4): "89 to 95 %",
    (2, 8): "87 to 91 %",
    (3, 3): "95 to 97 %",
    (3, 4): "93 to 96 %",
    (3, 8): "92 to 94 %",
}
"""By the runs of either side, of the many at least so many."""

_FIELLER = {
    (2, 2): "92 to 98 %",
    (2, 4): "87 to 96 %",
    (3, 3): "93 to 97 %",
    (3, 8): "92 to 95 %",
}
"""By the fewest and the most runs of the three parts, of the most at least so many."""


def is_lopsided(*runs: int) -> bool:
    """Return whether two or three runs are held against so many that Welch's t calls too much a difference."""
    few, many = min(runs), max(runs)
    return few in _MANY_AGAINST and many >= _MANY_AGAINST[few]


def welch_holds(ours: int, theirs: int) -> str:
    """Return in a sentence how often Welch's t holds the truth of so many runs; empty where as often as it says."""
    few, many = sorted((ours, theirs))
    if (held := _held(_WELCH, few, many)) is None:
        return ""
    sides = f"{_NUMBERS[few]} runs on either side" if few == many else f"{_NUMBERS[few]} runs against {many:,}"
    where = "" if few == many else ", if the few vary as much as the others or more"
    return f"With {sides} such intervals held the truth {held} of the time{where}."


def fieller_holds(runs: Sequence[int]) -> str:
    """Return how often Fieller's interval holds the truth where its parts have so many runs; empty likewise."""
    few, many = min(runs), max(runs)
    if (held := _held(_FIELLER, few, many)) is None:
        return ""
    parts = f"the parts rest on {few} runs" if few == many else f"one part rests on {few} runs and another on {many:,}"
    return f"where {parts}, such intervals held the truth {held} of the time"


def _held(table: dict[tuple[int, int], str], few: int, many: int) -> str | None:
    rows = [row for row in table if row[0] == few and row[1] <= many]
    return table[max(rows)] if rows else None


_NUMBERS = {2: "two", 3: "three"}
