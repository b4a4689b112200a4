"""Taking in what is in another store: its proposals with their texts and numbers, and what people did there.

Proposals come in batches that hold the write lock as briefly as those of an import; a merge that is cut off completes
when it is run again, since what came by then is there. What people did follows likewise, in the order in which they
did it there: until all of it is here the store is such as if they had stopped somewhere. The other store is only read.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import ReviewerError, StoreError, UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.vocabulary import Setting
from reviewer.store import imports
from reviewer.store.acts import Record, acts_in_parts
from reviewer.store.annotations import Connection
from reviewer.store.backup import copy_store
from reviewer.store.checkpointing import copied_beside
from reviewer.store.connection import Store
from reviewer.store.known_problem import KnownProblem
from reviewer.store.merging_methods import MethodsTaken, method_here, take_method, write_new_names
from reviewer.store.merging_problems import problems_of, remarks_of, take_problem, take_remark, what_becomes_of
from reviewer.store.migrations import open_store
from reviewer.store.other_methods import OtherMethod, OtherName, known_of, names_of_methods, read_methods
from reviewer.store.other_store import opened_to_take_from
from reviewer.store.problems import problem_by_slug
from reviewer.store.protocols import protocols_by_slug
from reviewer.store.refusals import plain_sentences
from reviewer.store.restored import Restored
from reviewer.store.restoring_acts import Restoring
from reviewer.workflow.pacing import Pace, rest

Progress = Callable[[str, int, int], object]
"""Is told what is being done, and how many of how many are."""


@dataclass(slots=True)
class Merged:
    """What a merge of one other store came to."""

    path: Path
    problems: int = 0
    """Problems that are new."""
    methods: MethodsTaken = field(default_factory=MethodsTaken)
    remarks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed", "unchanged", "kept"), 0))
    people: Restored = field(default_factory=Restored)
    same_names: tuple[str, ...] = ()
    """Reviewers of one name here and there who are therefore taken for the same person."""

    @property
    def brought(self) -> int:
        """Return how many things came that were not here."""
        return sum(self.methods.new.values()) + self.remarks["new"] + self.people.said


def merge(
    store: Path,
    other: Path,
    *,
    dry_run: bool = False,
    checks: CheckSettings | None = None,
    progress: Progress = lambda doing, done, total: None,
    clock: Clock = utc_now,
) -> Merged:
    """Take in what another store has and this one lacks, which is made where there is none.

    With ``dry_run`` it goes into a copy of this one that is taken away again.

    Raises:
        UserError: when the other one is this one, is missing, foreign, newer, locked or damaged.
        StoreError: when this one cannot be written; what came by then stays.
    """
    with opened_to_take_from(other, store) as theirs:
        if dry_run:
            with TemporaryDirectory(prefix="reviewer-") as folder:
                copy = Path(folder, "aside.db")
                if store.exists():
                    copy_store(store, copy)
                return _merge(copy, theirs, other, None, progress, clock)
        return _merge(store, theirs, other, checks or CheckSettings(), progress, clock)


def _merge(
    path: Path, theirs: Store, other: Path, checks: CheckSettings | None, progress: Progress, clock: Clock
) -> Merged:
    with closing(open_store(path)) as store, theirs.read() as connection, copied_beside(store) as written:
        merging = _Merging(store, connection, other, progress, clock, written)
        try:
            merging.take_in()
        except BaseException:
            with suppress(ReviewerError):  # The error that ends the merge is the one to be told.
                merging.end("interrupted")
            raise
        merging.end("complete")
        if checks is not None:
            from reviewer.workflow.completing import complete  # what a dry run need not load

            progress("indexing and checking", 0, 0)
            complete(store, checks)
    return merging.done


T = TypeVar("T")


class _Merging:
    """One merge of one other store."""

    def __init__(
        self,
        store: Store,
        theirs: Connection,
        other: Path,
        progress: Progress,
        clock: Clock,
        written: Callable[[], None],
    ) -> None:
        self.done = Merged(other)
        self._store = store
        self._theirs = theirs
        self._path = str(other.absolute())
        self._progress = progress
        self._clock = clock
        self._written = written
        self._import_id: int | None = None
        self._known: dict[str, KnownProblem] = {}
        self._known_since: int | None = None

    def take_in(self) -> None:
        """Take in everything, in its order."""
        with self._store.write(durable=False) as connection:
            imports.mark_interrupted(connection)
            if imports.interrupted_import(connection, self._path) is not None:
                self._by(connection)
        with self._store.read() as connection:
            before = protocols_by_slug(connection)
        self._take_problems()
        self._take_methods()
        self._take_remarks()
        self._take_what_people_did()
        with self._store.read() as connection:
            after = protocols_by_slug(connection)
        self.done.people.settled.extend(
            f"{slug} is judged {after[slug]} from now on, as somebody set it last in the other store; it was {held} "
            "here. `reviewer protocol` changes it."
            for slug, held in before.items()
            if after[slug] is not held
        )

    def end(self, state: str) -> None:
        """Write how the merge has ended, where it brought anything."""
        if self._import_id is None:
            return
        with self._store.write() as connection:
            imports.finish_import(connection, self._import_id, state, timestamp(self._clock()))

    def _by(self, connection: Connection) -> int:
        """Return the row of this merge among the imports, which is made where something comes."""
        if self._import_id is None:
            self._import_id = imports.begin_import(
                connection, imports.MERGE, self._path, {"problems": {}}, timestamp(self._clock())
            )
        return self._import_id

    def _count(self, connection: Connection, new: int = 0, changed: int = 0, unchanged: int = 0) -> None:
        if self._import_id is not None:
            imports.count_into_import(
                connection, self._import_id, new=new, changed=changed, unchanged=unchanged, rejected=0
            )

    def _take_problems(self) -> None:
        for said, stated in self._read(lambda: problems_of(self._theirs)):
            with self._store.write(durable=False) as connection:
                is_new = take_problem(connection, said, stated, partial(self._by, connection), timestamp(self._clock()))
                self.done.problems += is_new

    def _problem(self, connection: Connection, slug: str) -> KnownProblem:
        # Somebody else may have named a dataset or a primary metric since.
        if (version := imports.data_version(connection)) != self._known_since:
            self._known.clear()
            self._known_since = version
        if slug not in self._known:
            stored = problem_by_slug(connection, slug)
            assert stored is not None
            self._known[slug] = KnownProblem(stored.id, stored.problem, lambda dataset: Setting.UNKNOWN)
        return self._known[slug]

    def _take_methods(self) -> None:
        total = self._read(lambda: self._theirs.execute("SELECT count(*) FROM methods").fetchone()[0])
        pace, done = Pace(), 0
        pieces = names_of_methods(self._theirs)
        while names := self._read(lambda: next(pieces, None)):
            news = self._with_news(names)
            self.done.methods.unchanged += len(names) - len(news)
            for some in pace.parts(news):
                methods = self._read(partial(read_methods, self._theirs, some))
                with self._store.write(durable=False) as connection:
                    locked = perf_counter()
                    self._write_methods(connection, methods)
                pace.took(perf_counter() - locked, len(some))
                self._written()
            done += len(names)
            self._progress("proposals and baselines", done, total)

    def _with_news(self, names: Sequence[OtherName]) -> list[OtherName]:
        """Return those methods of another store of which this one lacks something."""
        theirs = self._read(lambda: [known_of(self._theirs, name.id) for name in names])
        found = []
        with self._store.read() as connection:
            for name, there in zip(names, theirs, strict=True):
                known = self._problem(connection, name.problem)
                method_id = method_here(connection, known.id, name.namespace, name.external_id)
                if method_id is None or there.adds_to(known_of(connection, method_id)):
                    found.append(name)
        return found

    def _write_methods(self, connection: Connection, methods: Sequence[OtherMethod]) -> None:
        taken = self.done.methods
        new, changed = sum(taken.new.values()), taken.changed
        for method in methods:
            known = self._problem(connection, method.name.problem)
            datasets, metrics = len(known.new_datasets), len(known.new_metrics)
            take_method(connection, known, method, taken, partial(self._by, connection))
            write_new_names(connection, known, datasets, metrics)
        self._count(connection, new=sum(taken.new.values()) - new, changed=taken.changed - changed)

    def _take_remarks(self) -> None:
        pieces = remarks_of(self._theirs)
        while remarks := self._read(lambda: next(pieces, None)):
            with self._store.read() as connection:
                found = [
                    what_becomes_of(connection, self._problem(connection, slug).id, remark) for slug, remark in remarks
                ]
            if "new" not in found and "changed" not in found:
                for each in found:
                    self.done.remarks[each] += 1
                continue
            with self._store.write(durable=False) as connection:
                before = dict(self.done.remarks)
                for slug, remark in remarks:
                    known = self._problem(connection, slug)
                    self.done.remarks[take_remark(connection, known.id, remark, partial(self._by, connection))] += 1
                counts = {name: self.done.remarks[name] - before[name] for name in ("new", "changed", "unchanged")}
                self._count(connection, **counts)
            self._written()

    def _take_what_people_did(self) -> None:
        self._progress("what people did", 0, 0)
        named = self._read(lambda: _who_judge(self._theirs))
        events = self._read(lambda: self._theirs.execute("SELECT count(*) FROM annotations").fetchone()[0])
        with self._store.read() as connection:
            here = _who_judge(connection)
            restoring = Restoring(connection, timestamp(self._clock()), events=events, from_store=True)
        self.done.same_names = tuple(sorted(name for name in named if here.get(name, named[name]) != named[name]))
        people = self.done.people = restoring.done
        parts = acts_in_parts(self._theirs)
        while part := self._read(lambda: next(parts, None)):
            # What is about others comes before them, and both in one transaction.
            with self._store.write(durable=False) as connection:
                locked = perf_counter()
                before = people.said
                self._restore(restoring, part)
                if new := people.said - before:
                    self._by(connection)
                    self._count(connection, new=new)
            if new:
                rest(perf_counter() - locked)
            self._written()
            self._progress("what people did", people.events + people.events_there, events)

    def _restore(self, restoring: Restoring, part: Sequence[Record]) -> None:
        try:
            restoring.take_part(part)
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise UserError(
                f"What people did in {self._path} is not such as a store holds it ({error}); what was taken in by "
                "then stays."
            ) from error

    def _read(self, what: Callable[[], T]) -> T:
        with self._sentences():
            return what()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what is wrong with the other store into a sentence of its own, so that it is not taken for this one."""
        try:
            with plain_sentences(Path(self._path)):
                yield
        except StoreError as error:
            raise UserError(f"{error} What was taken in by then stays.") from error


def _who_judge(connection: Connection) -> dict[str, str]:
    """Return the ids of the reviewers of a store by their names, without those whose judgements came in a file."""
    return dict(connection.execute("SELECT name, uuid FROM reviewers WHERE imported_from IS NULL").fetchall())
