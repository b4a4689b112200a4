"""Reading what was planned, batch by batch: in this process or, where it pays, in one beside it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.domain.problems import Problem
from reviewer.sources.contract import Plan, Progress, Record, no_progress
from reviewer.sources.registry import plans, read
from reviewer.store.prepared import PreparedMethod, prepare

BATCH_RECORDS = 400
"""Records written in one transaction; with ``BATCH_CHARACTERS`` they hold the write lock for some 20 ms."""

BATCH_CHARACTERS = 1_000_000

APART_FROM = 8_000_000
"""Bytes from which on a second process pays: it needs some 0.3 s to start, and halves the time after that."""


Taken = Problem | PreparedMethod | Remark | Reject
"""What becomes of a record that was read, before it is written."""


def read_batches(plan: Plan, progress: Progress) -> Iterator[list[Taken]]:
    """Yield what was planned, in batches of whole records, each method made ready to be written.

    Raises:
        SourceError: when nothing at all can be read.
        ReviewerError: when the reading breaks off.
    """
    if (plan.total or 0) < APART_FROM or (os.cpu_count() or 1) < 2:
        return batches(plan, progress)
    from reviewer.workflow.reading_apart import read_apart

    return read_apart(plan, progress)


def holds_a_record(paths: Sequence[Path], problem: str | None, format_name: str | None) -> bool:
    """Return whether an import of ``paths`` would take anything in: it is read until the first good record.

    Raises:
        UserError: when a path or a format cannot be read at all before that.
        ReviewerError: when the reading breaks off before that.
    """
    planned = [plan for path in paths for plan in plans(path, problem=problem, format_name=format_name)]
    return any(not isinstance(record, Reject) for plan in planned for record in read(plan, no_progress))


def batches(plan: Plan, progress: Progress) -> Iterator[list[Taken]]:
    """Yield the batches, read in this process."""
    batch: list[Record] = []
    characters = 0
    for record in read(plan, progress):
        batch.append(record)
        characters += len(record.body) + len(record.hypothesis) if isinstance(record, MethodRecord) else 500
        if len(batch) >= BATCH_RECORDS or characters >= BATCH_CHARACTERS:
            yield _ready(batch)
            batch, characters = [], 0
    if batch:
        yield _ready(batch)


def _ready(batch: list[Record]) -> list[Taken]:
    """Return the batch with its methods made ready: now, so that no lock is held meanwhile.

    All in a row takes three quarters of the time that it would take between one line and the next.
    """
    return [prepare(record) if isinstance(record, MethodRecord) else record for record in batch]
