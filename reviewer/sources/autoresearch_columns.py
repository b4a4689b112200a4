"""Which column of a keep-or-discard log is what: by the names in its header or, without one, by what stands in it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reviewer.sources.written_numbers import number_in

KEPT = frozenset({"keep", "keeps", "kept", "best", "baseline", "accept", "accepted"})
"""What agents write of a row whose change stays: the next change is made to that."""

CRASHED = frozenset({"crash", "crashed", "fail", "failed", "error", "timeout", "oom"})
"""What they write of a run that gave no result; a zero in its row is none."""

_DISTINCTIVE = frozenset(
    {
        "keep",
        "kept",
        "discard",
        "discarded",
        "revert",
        "reverted",
        "crash",
        "crashed",
        "baseline",
        "killed",
        "tentative",
    }
)
_VERDICTS = KEPT | CRASHED | _DISTINCTIVE | {
    "kill", "reject", "rejected", "repair", "support", "iterate", "partial", "skip", "skipped", "pass", "ok",
}  # fmt: skip
_LONGEST_VERDICT = 40

_COMMITS = ("commit", "commit_hash", "git_commit", "commit_id", "commit_sha", "git_hash", "sha", "hash")
_RUNS = (
    "run_id", "experiment_id", "exp_id", "candidate_id", "config_id", "id", "experiment", "exp", "trial", "run",
    "iteration", "iter", "round",
)  # fmt: skip
_STATUSES = ("status", "decision", "verdict")
_DESCRIPTIONS = ("description", "desc", "notes", "note", "summary", "changes", "change", "comment", "message", "title")
_PARENTS = ("parent_commit", "parent_id", "parent")
_TIMES = ("created_at", "timestamp", "datetime", "date", "time")
_COUNTERS = frozenset({*_RUNS, *_TIMES, "seed", "step", "epoch", "index"})
"""Columns whose numbers number the rows, or say when: they measure nothing."""

NOTHING = frozenset({"", "-", "--", "---", "–", "—", "n/a", "na", "none", "null", "unknown", "tbd", "?"})
"""What stands in a cell that holds nothing."""

SAMPLE = 200
"""Rows by which columns without names are recognised."""

_FEWEST_CELLS = 4


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of all columns, and the places of those that are no measurements; None where there is none."""

    names: tuple[str, ...]
    id: int
    status: int
    description: int | None
    hypothesis: int | None = None
    parent: int | None = None
    agent: int | None = None
    time: int | None = None
    counters: frozenset[int] = frozenset()
    is_named: bool = True
    commit_named: bool = False

    def measured(self) -> Iterable[int]:
        """Yield the places whose numbers are measurements."""
        others = {self.id, self.status, self.description, self.hypothesis, self.parent, self.agent, self.time}
        return (i for i in range(len(self.names)) if i not in others and i not in self.counters)


def cells_of(line: str) -> list[str]:
    """Return the cells of a line without blanks around them; quotes are letters like any other."""
    return [cell.strip() for cell in line.rstrip("\r\n").split("\t")]


def verdict_of(cell: str) -> str:
    """Return the first word of a status in small letters: ``keep`` for ``KEEP (marginal)``; empty where it has none."""
    found = re.match(r"[^A-Za-z0-9]*([A-Za-z]+)", cell) if len(cell) <= _LONGEST_VERDICT else None
    return found[1].lower() if found else ""


def is_verdict(cell: str) -> bool:
    """Tell whether a cell says what was decided of a row."""
    return verdict_of(cell) in _VERDICTS


def is_distinctive(cell: str) -> bool:
    """Tell whether a cell says it in a word that other tables have no use for."""
    return verdict_of(cell) in _DISTINCTIVE


def columns_of_header(cells: Sequence[str]) -> Columns | None:
    """Return the columns that a header names; None where the line is no header of such a log."""
    if len(cells) < 3 or any(number_in(cell) is not None for cell in cells):
        return None
    names = [cell.casefold().replace(" ", "_") for cell in cells]

    def place(known: Iterable[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    status, commit, description = place(_STATUSES), place(_COMMITS), place(_DESCRIPTIONS)
    identifier = commit if commit is not None else place(_RUNS)
    if status is None or identifier is None or (commit is None and description is None):
        return None
    return Columns(
        names=_distinct(cells),
        id=identifier,
        status=status,
        description=description,
        hypothesis=place(("hypothesis",)),
        parent=place(_PARENTS),
        agent=place(("agent", "agent_id")),
        time=place(_TIMES),
        counters=frozenset(i for i, name in enumerate(names) if name in _COUNTERS),
        commit_named=commit is not None,
    )


def columns_by_content(rows: Sequence[Sequence[str]]) -> Columns | None:
    """Return the columns of rows without a header; None where they are no such log.

    One column has a verdict in at least half of the rows, another one a number; the longest text after the verdict, or
    else before it, describes the row, and what stands first names it.
    """
    wide = [row for row in rows[:SAMPLE] if len(row) >= _FEWEST_CELLS]
    if not wide or 2 * len(wide) < len(rows[:SAMPLE]):
        return None
    width, _ = Counter(map(len, wide)).most_common(1)[0]
    even = [row for row in wide if len(row) == width]

    def share(place: int, is_so: Callable[[str], bool]) -> float:
        return sum(is_so(row[place]) for row in even) / len(even)

    status = max(range(1, width), key=lambda place: share(place, is_distinctive))
    decided = [row for row in even if is_distinctive(row[status]) and any(number_in(c) is not None for c in row)]
    if 2 * len(decided) < len(even):
        return None
    numeric = {p for p in range(1, width) if share(p, lambda cell: number_in(cell) is not None) >= 0.5}
    if not numeric:
        return None
    texts = [p for p in range(1, width) if p != status and p not in numeric]
    length = {p: sum(len(row[p]) for row in even) for p in texts}
    description = max(texts, key=lambda p: (p > status, length[p]), default=None)
    return Columns(
        names=tuple(f"column {i}" for i in range(1, width + 1)),
        id=0,
        status=status,
        description=description,
        is_named=False,
    )


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns; one without a name, or with that of an earlier one, says its place."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell or f"column {place}"
        names.append(name if name not in names else f"{name} (column {place})")
    return tuple(names)
