"""Taking in the versions of a target that another store has: what is here stays, and judgements refer to it.

Where two stores went on apart from one another, of all that either has the one holds that a person wrote last, or that
a file said last where no person wrote any: as a new version where it is not the last one already. So it is the same
one in every store, in whatever order they came together.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from reviewer.domain.problems import Target
from reviewer.store.acts import TARGET_COLUMNS, Record
from reviewer.store.problems import IMPORTED

TEXT = TARGET_COLUMNS[1:-2]
"""What a target says."""


class _Written(NamedTuple):
    """A version of a target."""

    version: int
    says: tuple[Any, ...]
    written_by: str
    created_at: str

    @property
    def rank(self) -> tuple[bool, str, str]:
        return self.written_by != IMPORTED, self.created_at, repr(self.says)


class TargetsTaken(NamedTuple):
    """How many versions are new, which say something else here, and a sentence on what holds where that is so."""

    new: int
    differing: tuple[int, ...]
    settled: str | None


def take_targets(
    connection: sqlite3.Connection, problem_id: int, slug: str, records: Sequence[Record], *, from_store: bool
) -> TargetsTaken:
    """Take in the versions of a problem's target as ``acts`` yields them, in the caller's transaction.

    What is put back, and not ``from_store``, does not take the place of what was written here under the same version.

    Raises:
        LookupError, TypeError, ValueError: when the records are not such as ``acts`` yields.
    """
    # Reviewers before schema 9 knew of no months, those before 10 of nobody who decides.
    theirs = [_written({"months": None, "decider": "", **record}) for record in records]
    here = {each.version: each for each in _here(connection, problem_id)}
    new = [each for each in theirs if each.version not in here]
    for each in new:
        _insert(connection, problem_id, each)
    both = [each for each in theirs if each.version in here]
    differing = tuple(each.version for each in both if here[each.version].says != each.says)
    for each in both:
        if each.version not in differing and each.rank > here[each.version].rank:
            _note_later(connection, problem_id, each)
    best = max([*here.values(), *(theirs if from_store else new)], key=lambda each: each.rank)
    last = _here(connection, problem_id)[-1]
    apart = bool(differing)
    if last.says == best.says:
        if best.rank > last.rank:
            _note_later(connection, problem_id, best._replace(version=last.version))
    # Where neither store went on apart from the other, a file may have said something since.
    elif differing or last.written_by != IMPORTED:
        apart, last = True, best._replace(version=last.version + 1)
        _insert(connection, problem_id, last)
    ours, other = here[max(here)] if here else last, max(theirs)
    if not apart or ours.says == other.says:
        return TargetsTaken(len(new), differing, None)
    return TargetsTaken(
        len(new),
        differing,
        f"The target of {slug} is “{_criterion(ours)}” in one store and “{_criterion(other)}” in the other; what "
        f"{'a file said' if best.written_by == IMPORTED else best.written_by + ' wrote'} last on "
        f"{best.created_at[:10]} holds, as version {last.version}: “{_criterion(best)}”.",
    )


_LONGEST = 60


def _criterion(written: _Written) -> str:
    text = str(written.says[0])
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _written(record: Record) -> _Written:
    says = tuple(record[name] for name in TEXT)
    Target(*says)
    return _Written(record["version"], says, record["written_by"], record["created_at"])


def _here(connection: sqlite3.Connection, problem_id: int) -> list[_Written]:
    rows = connection.execute(
        f"SELECT {', '.join(TARGET_COLUMNS)} FROM targets WHERE problem_id = ? ORDER BY version", (problem_id,)
    ).fetchall()
    return [_written(dict(zip(TARGET_COLUMNS, row, strict=True))) for row in rows]


def _note_later(connection: sqlite3.Connection, problem_id: int, written: _Written) -> None:
    """Note that what a version says was said later, too."""
    connection.execute(
        "UPDATE targets SET written_by = ?, created_at = ? WHERE problem_id = ? AND version = ?",
        (written.written_by, written.created_at, problem_id, written.version),
    )


def _insert(connection: sqlite3.Connection, problem_id: int, written: _Written) -> None:
    connection.execute(
        f"INSERT INTO targets (problem_id, {', '.join(TARGET_COLUMNS)}) "
        f"VALUES (?, {', '.join('?' * len(TARGET_COLUMNS))})",
        (problem_id, written.version, *written.says, written.written_by, written.created_at),
    )
