"""Reading what was planned, batch by batch: in this process or, where it pays, in one beside it."""

import gc
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.methods import MethodRecord, Notice, Reject, UnknownFields
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.sources.contract import Plan, Progress, Read, Stated, no_progress
from reviewer.sources.registry import Planned, planned, read
from reviewer.sources.table import NAME as TABLE
from reviewer.sources.table import without_map
from reviewer.sources.told_as import error_told
from reviewer.store.prepared import prepare
from reviewer.workflow.other_runs import OtherRuns
from reviewer.workflow.sieve import Sieve, Taken

BATCH_RECORDS = 400
"""Records written in one transaction; with ``BATCH_CHARACTERS`` they hold the write lock for some 20 ms."""

BATCH_CHARACTERS = 1_000_000

APART_FROM = 8_000_000
"""Bytes from which on a second process pays: it needs some 0.3 s to start, and halves the time after that."""

KEPT_BATCHES = 20
"""Batches kept in memory between looking for a good record and taking it."""


def collect_rarely() -> None:
    """Have the garbage collector look around seldom, in a process that does nothing but read or write records.

    They hold no cycles, and are many: looking for cycles among them takes a tenth of the time.
    """
    gc.freeze()
    gc.set_threshold(100_000)


class Reading:
    """The reading of files and folders, from the moment on when it is made until it is closed.

    A large file that comes first is read in another process at once, while this one makes a store or asks somebody.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        problem: str | None = None,
        format_name: str | None = None,
        stated: Stated | None = None,
        maps: Path | None = None,
        stands_for: Mapping[Path, tuple[str, str]] | None = None,
        plans: Sequence[Plan] = (),
        sieve: Sieve | None = None,
    ) -> None:
        """Look at what is there; ``stated`` is what the person says of all of it.

        A table of which it has no map is read by the one that was saved in ``maps`` for its columns.

        ``stands_for`` says of files of ours what people are told, and an import is known by.

        ``plans`` are further ones. What has come through ``sieve`` before is left out.

        Raises:
            UserError: when a path or a format cannot be read at all.
        """
        self.paths = tuple(paths)
        self.stated_in = stated.stated_in if stated else StatedIn.COMMAND_LINE
        self._stands_for = stands_for or {}
        self.sentences: list[str] = []
        """What there is to tell of how it is read."""
        plan = partial(planned, problem=problem, format_name=format_name, stated=stated)
        self.planned = {path: self._by_saved_map(self._planned(path, plan), maps) for path in paths}
        self.plans = (*(each for path in paths for each in self.planned[path].plans), *plans)
        self.sieve = sieve
        self.other_runs: OtherRuns | None = None
        """Looks out for what is of another run than what is known; it needs the store, which is there later."""
        self._begun = {plan: self._begin(plan) for plan in self.plans[:1]}

    def _begin(self, plan: Plan) -> "_Begun":
        """Begin to read; one of several files met in a folder that cannot be read keeps none of the others out."""
        return _Begun(plan, is_one_of_several=len(self.plans) > 1 and plan.path not in self.paths)

    def called(self, path: Path) -> str:
        """Return what people are told of a path."""
        return self._stands_for[path][0] if path in self._stands_for else str(path)

    def _planned(self, path: Path, plan: Callable[[Path], Planned]) -> Planned:
        if path not in self._stands_for:
            return plan(path)
        called, known_by = self._stands_for[path]
        try:
            found = plan(path)
        except UserError as error:
            raise error_told(error, str(path), called) from error
        return found._replace(plans=tuple(replace(each, stands_for=called, known_by=known_by) for each in found.plans))

    def _by_saved_map(self, found: Planned, maps: Path | None) -> Planned:
        """Return the plans, those for a table without a map with the one that was saved for its columns.

        Raises:
            SourceError: when saved maps cannot be used and no other fits: what they lack is what its reader would.
        """
        plans = []
        for plan in found.plans:
            if maps is not None and plan.source == TABLE and plan.stated.table_map is None:
                from reviewer.workflow.table_maps import saved_map_for  # what few imports need

                saved, passed_over = saved_map_for(maps, plan.path)
                if saved is None and passed_over:
                    untold = without_map(plan.path, is_passing=bool(plan.stands_for), stated_in=self.stated_in)
                    raise SourceError(" ".join((untold, *passed_over)))
                self.sentences += [each for each in passed_over if each not in self.sentences]
                if saved is not None:
                    plan = replace(plan, stated=replace(plan.stated, table_map=saved.mapping))
                    another = f"{self.stated_in.names(Statement.MAP)} takes another"
                    if self.stated_in is StatedIn.FORM:
                        another = f"with it alone as the path, {self.stated_in.names(Statement.MAP)} changes that"
                    self.sentences.append(
                        f"{safe_line(self.called(plan.path), 200)} was read by the saved map "
                        f"{safe_line(saved.name, 60)} ({safe_line(str(saved.path), 200)}); {another}."
                    )
            plans.append(plan)
        return found._replace(plans=tuple(plans))

    def holds_a_record(self) -> bool:
        """Return whether there is anything to take in: it is read until there is a good record.

        Raises:
            UserError: when a file cannot be read at all before that.
            ReviewerError: when the reading breaks off before that.
        """
        for plan in self.plans:
            if plan not in self._begun:
                self._begun[plan] = self._begin(plan)
            begun = self._begun[plan]
            for batch in begun.batches:
                begun.keep(batch)
                if any(not isinstance(record, Reject | UnknownFields | Notice) for record in batch):
                    return True
        return False

    def batches(self, plan: Plan, progress: Progress) -> Iterator[list[Taken]]:
        """Yield the batches of one of the plans.

        Raises:
            SourceError: when nothing at all can be read.
            ReviewerError: when the reading breaks off.
        """
        whole = self._whole(plan, progress)
        # What was refused has not been taken: as a file grows all of it is judged again, and not its end alone.
        admitted = whole if self.other_runs is None else self.other_runs.admit(plan, whole)
        return admitted if self.sieve is None else _sifted(admitted, self.sieve)

    def _whole(self, plan: Plan, progress: Progress) -> Iterator[list[Taken]]:
        """Yield all batches of a plan, be it read before or not."""
        begun = self._begun.pop(plan, None)
        if begun is not None and begun.kept is None:
            begun.batches.close()
            begun = None
        begun = self._begun[plan] = begun or self._begin(plan)
        begun.progress = progress
        kept, begun.kept = begun.kept or (), None
        yield from chain(kept, begun.batches)

    def close(self) -> None:
        """End what is still being read."""
        for begun in self._begun.values():
            begun.batches.close()


def _sifted(batches: Iterable[list[Taken]], sieve: Sieve) -> Iterator[list[Taken]]:
    for batch in batches:
        if fresh := sieve.fresh(batch):
            yield fresh


class _Begun:
    """A reading that has begun, with the batches that were looked at already; None where those are too many to keep."""

    def __init__(self, plan: Plan, *, is_one_of_several: bool) -> None:
        self.progress: Progress = no_progress
        self.kept: list[list[Taken]] | None = []
        batches = _begin(plan, self._hear)
        self.batches = _or_refused(plan, batches) if is_one_of_several else batches

    def keep(self, batch: list[Taken]) -> None:
        """Keep a batch until it is taken."""
        if self.kept is not None:
            self.kept = [*self.kept, batch] if len(self.kept) < KEPT_BATCHES else None

    def _hear(self, done: int) -> None:
        self.progress(done)


def _or_refused(plan: Plan, batches: Generator[list[Taken], None, None]) -> Generator[list[Taken], None, None]:
    """Yield the batches; what keeps the rest of the file from being read is the last of them, as a reject."""
    with closing(batches):
        try:
            yield from batches
        except SourceError as error:
            yield [Reject(str(plan.path), "", str(error).removeprefix(f"{plan.path}: "))]


def _begin(plan: Plan, progress: Progress) -> Generator[list[Taken], None, None]:
    if (plan.total or 0) < APART_FROM:
        return batches(plan, progress)
    from reviewer.workflow import apart
    from reviewer.workflow.reading_apart import read_apart

    if not apart.worth_it():
        return batches(plan, progress)

    return read_apart(plan, progress)


def batches(plan: Plan, progress: Progress = no_progress) -> Generator[list[Taken], None, None]:
    """Yield the batches of a plan, each method made ready to be written, read in this process."""
    return in_batches(read(plan, progress))


def in_batches(records: Iterable[Read]) -> Generator[list[Taken], None, None]:
    """Yield what is read in batches, each method made ready to be written."""
    batch: list[Read] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += len(record.body) + len(record.hypothesis) if isinstance(record, MethodRecord) else 500
        if len(batch) >= BATCH_RECORDS or characters >= BATCH_CHARACTERS:
            yield _ready(batch)
            batch, characters = [], 0
    if batch:
        yield _ready(batch)


def _ready(batch: list[Read]) -> list[Taken]:
    """Return the batch with its methods made ready: now, so that no lock is held meanwhile.

    All in a row takes three quarters of the time that it would take between one line and the next.
    """
    return [prepare(record) if isinstance(record, MethodRecord) else record for record in batch]
