"""The table that the fuzz suite prints: one row for each thing that takes any input."""

from collections.abc import Iterable, Sequence

from tests.benchmarks.table import aligned
from tests.faults.ledger import Round
from tests.fuzz.fuzzing import Fuzz

HEADINGS = ("what", "inputs tried", "failures", "seconds")


def markdown(tried: Iterable[tuple[Fuzz, Sequence[Round]]]) -> str:
    """Return what was tried as a Markdown table."""
    return aligned([HEADINGS, *(_cells(fuzz, rounds) for fuzz, rounds in tried)])


def _cells(fuzz: Fuzz, rounds: Sequence[Round]) -> tuple[str, ...]:
    if missing := fuzz.lacks():
        return (fuzz.what, f"none: it takes {missing}", "", "")
    failures = sum(len(r.lost) for r in rounds)
    return (
        fuzz.what,
        f"{sum(r.checked for r in rounds):,} {fuzz.counts}",
        f"**{failures:,}**" if failures else "0",
        f"{sum(r.seconds for r in rounds):,.0f}",
    )
