"""Noticing that a file says other things of the ids of another file: a run of its own, or a newer version of that one.

Nobody can tell which but the person, so that nothing of it is taken until they do. It is looked for only where it can
be: what is new to the store, what the same path said before, and ids that no other run can have need none of this.
"""

import os
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.methods import Reject
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.domain.whereabouts import links_followed, whereabouts
from reviewer.sources.contract import Plan, Stated
from reviewer.sources.jsontext import EXCERPT
from reviewer.sources.registry import shares_ids
from reviewer.sources.shared_ids import SharesIds
from reviewer.store.connection import Store
from reviewer.store.held_elsewhere import HeldContent, PartKey, all_held_alike, contents_held, imported_elsewhere
from reviewer.store.imports import imports_begun, imports_under_way, whole_imports
from reviewer.store.prepared import PreparedMethod
from reviewer.workflow.sieve import Taken

IDS_TOLD = 3
FILES_KEPT = 256
LONGEST_NAME = 200

NEWER = "newer"
"""What stands for no run's name: that it is a newer version of what is known."""

Again = Callable[[Plan], Generator[list[Taken], None, None]]
"""Reads a plan once more, from its beginning."""


@dataclass
class _Shared:
    """What a file shares with what another path brought: how many ids, and which of them say something else."""

    n: int = 0
    other: int = 0
    ids: tuple[str, ...] = ()
    """The first of those that say something else."""
    here: str = ""
    there: str = ""
    is_under_way: bool = False
    """Whether some of those that say something else are of an import that has not ended."""

    def is_another_run(self, own: int) -> bool:
        """Return whether half of what both have, or more, says something else, with what the file itself brought.

        What an import that is under way has, nobody can count yet, nor say of which of the two is the newer one.
        """
        return self.other > 0 and (2 * self.other >= self.n + own or self.is_under_way)


@dataclass
class _Looked:
    """What is known of a plan by now: which of its methods other runs may share, and what was looked at."""

    plan: Plan
    shared: SharesIds
    settled: set[int] = field(default_factory=set)
    """The imports that the whole plan was held against, and that it is another version of."""
    doubted: set[int] = field(default_factory=set)
    """Those that came between since."""


class OtherRuns:
    """Lets through what a plan reads, unless it looks like another run of what the store has from elsewhere.

    What others write meanwhile counts as well: whoever writes what was let through asks :meth:`has_come_between` once
    more. With ``own`` what this very import brings counts too: what is followed is looked at again and again.
    """

    def __init__(self, store: Store, again: Again, *, own: bool, cancelled: Callable[[], bool]) -> None:
        self._store, self._again, self._cancelled = store, again, cancelled
        self._own = own
        self._begun: set[int] = set()
        self._foreseen: set[tuple[str, *PartKey]] = set()
        self._looked: _Looked | None = None
        self.is_cut_off = False
        """Whether it was cancelled while it looked, so that it lets nothing more through."""
        self.has_refused = False
        """Whether it refused the plan that was looked at last, or what was left of it."""

    def begun(self, import_id: int) -> None:
        """Hear by which import a plan is taken in."""
        if not self._own:
            self._begun.add(import_id)

    def foreseen(self, method: PreparedMethod) -> None:
        """Hear of a method that this import would have changed by now, were it written."""
        self._foreseen.add((method.problem, *_key(method)))

    def admit(self, plan: Plan, batches: Iterable[list[Taken]]) -> Iterator[list[Taken]]:
        """Yield the batches of a plan; in place of what is left of one that looks like another run, a reject.

        When it is cancelled while it looks, it ends: nothing is let through that was not looked at.
        """
        looked = self._looked = _Looked(plan, _shared_by(plan))
        self.has_refused = False
        with self._store.read() as connection:
            is_alone = not imported_elsewhere(connection, plan.import_path)
        if is_alone:
            yield from batches
            return
        is_settled = is_begun = False
        alike: list[PreparedMethod] = []
        for batch in batches:
            methods = [] if is_settled else of_shared_ids(batch, looked.shared)
            if methods and self._all_held(methods):
                alike = alike or methods
            elif methods:
                with self._store.read() as connection:
                    held = _held(connection, [*alike, *methods])
                elsewhere = [(m, at) for m, at in _paired([*alike, *methods], held) if self._is_others(at, m, plan)]
                is_new = any(_key(m) not in held[m.problem] for m in methods)
                if any(m.content_hash != at.content_hash for m, at in elsewhere) or (elsewhere and is_new):
                    refused = self.refused(plan, is_begun=is_begun)
                    if self.is_cut_off:
                        return
                    if refused is not None:
                        yield [refused]
                        return
                    is_settled = True
                is_begun = is_begun or is_new
            yield batch

    def has_come_between(self, connection: sqlite3.Connection, plan: Plan, batch: Iterable[Taken]) -> bool:
        """Return whether the store says something else by now of what was let through, from an import not looked at."""
        looked = self._of(plan)
        methods = of_shared_ids(batch, looked.shared)
        looked.doubted = {
            at.import_id
            for method, at in _paired(methods, _held(connection, methods))
            if method.content_hash != at.content_hash
            and at.import_id not in looked.settled
            and self._is_others(at, method, plan)
        }
        return bool(looked.doubted)

    def refused(self, plan: Plan, *, is_begun: bool) -> Reject | None:
        """Read the whole plan, and return why nothing of it is taken; None where it is another version of what is
        known, or none of it says anything else, or it was cancelled. ``is_begun`` says that something of it was let
        through.
        """
        looked = self._of(plan)
        with self._store.read() as connection:
            until, under_way = imports_begun(connection), imports_under_way(connection)
            # What a part of it brought, be it now or before it was refused or cut off, says nothing of the rest.
            whole = whole_imports(connection) - self._begun
        with_path: dict[str, _Shared] = {}
        met: set[int] = set()
        own = 0
        """Ids that it has of itself: a file that was taken in is the same one still where another changed some."""
        earlier: set[int] = set()
        raw = ""
        with closing(self._again(plan)) as batches:
            for batch in batches:
                if self._cancelled():
                    self.is_cut_off = True
                    return None
                methods = of_shared_ids(batch, looked.shared)
                with self._store.read() as connection:
                    held = _held(connection, methods)
                for method, at in _paired(methods, held):
                    if at.imported_path == plan.import_path:
                        earlier.add(at.import_id)
                    if not self._is_others(at, method, plan):
                        own += at.import_id in whole
                        continue
                    met.add(at.import_id)
                    both = with_path.setdefault(at.imported_path, _Shared())
                    both.n += 1
                    if at.content_hash != method.content_hash:
                        raw = raw or method.texts[4]
                        if not both.other:
                            both.here, both.there = method.provenance[2], _place(at)
                        both.other += 1
                        both.is_under_way = both.is_under_way or at.import_id in under_way or at.import_id > until
                        if method.external_id not in both.ids and len(both.ids) < IDS_TOLD:
                            both.ids = (*both.ids, method.external_id)
        others = {path: both for path, both in with_path.items() if both.is_another_run(own)}
        if not others:
            # What was doubted is settled even where the file says it no more, or there would be no end of looking.
            looked.settled |= {each for each in met if each <= until} - under_way | looked.doubted
            return None
        self.has_refused = True
        path, most = max(others.items(), key=lambda each: each[1].other)
        return Reject(
            plan.stands_for or str(plan.path), most.here,
            _reason(path, most, len(others) - 1, plan.stated, sorted(earlier), is_begun=is_begun),
            raw[:EXCERPT],
        )  # fmt: skip

    def _of(self, plan: Plan) -> _Looked:
        if self._looked is None or self._looked.plan is not plan:
            self._looked = _Looked(plan, _shared_by(plan))
        return self._looked

    def _all_held(self, methods: Sequence[PreparedMethod]) -> bool:
        """Return whether the store has all of them as they are, which most of a known file is."""
        with self._store.read() as connection:
            return all(
                all_held_alike(connection, problem, [m for m in methods if m.problem == problem])
                for problem in dict.fromkeys(m.problem for m in methods)
            )

    def _is_others(self, held: HeldContent, method: PreparedMethod, plan: Plan) -> bool:
        is_own = held.import_id in self._begun or (method.problem, *_key(method)) in self._foreseen
        return not is_own and _is_elsewhere(held, method, plan)


def newer_in(stated_in: StatedIn) -> str:
    """Return how it is said that what is read is a newer version of what is known."""
    return "`--newer`" if stated_in is StatedIn.COMMAND_LINE else stated_in.saying(Statement.RUN, NEWER)


def _reason(path: str, both: _Shared, further: int, stated: Stated, earlier: Sequence[int], *, is_begun: bool) -> str:
    named = ", ".join(repr(safe_line(known_as, 30)) for known_as in both.ids)
    more = ", …" if both.other > len(both.ids) else ""
    also = f" and in {counted(further, 'more import')}" if further else ""
    taken = "nothing more of it was taken" if is_begun else "nothing of it was taken"
    at = f" ({both.there} there)" if both.there else ""
    under_way = ", which is being imported just now" if both.is_under_way else ""
    name = "another name" if stated.namespace else "a name"
    # By its name it is told apart from what was taken of it without.
    withdrawals = " and ".join(f"`reviewer import --withdraw {each}`" for each in earlier)
    first = f"take out what the store has of it by {withdrawals}, and " if earlier else ""
    return (
        f"says something else of {both.other:,} of the {counted(both.n, 'id')} that are in {safe_line(path, 160)}{at}"
        f"{also} as well{under_way}: {named}{more}. It looks like another run, so that {taken}. If it is one, {first}"
        f"give it {name} by {stated.stated_in.saying(Statement.RUN, 'NAME')}; if it is a newer version of the same, "
        f"say {newer_in(stated.stated_in)}."
    )


def _shared_by(plan: Plan) -> SharesIds:
    """Return what tells which of a plan's methods another run may have: those of a run that was named for it too, since
    the same name may be given to two files.
    """
    shared, named = shares_ids(plan), plan.stated.namespace
    return lambda namespace, known_as: shared(namespace, known_as) or namespace == named != ""


def _held(
    connection: sqlite3.Connection, methods: Sequence[PreparedMethod]
) -> dict[str, Mapping[PartKey, HeldContent]]:
    """Return what the store has of them, by their problems."""
    return {
        problem: contents_held(connection, problem, [m for m in methods if m.problem == problem])
        for problem in dict.fromkeys(m.problem for m in methods)
    }


def of_shared_ids(batch: Iterable[Taken], shared: SharesIds) -> list[PreparedMethod]:
    """Return the methods of a batch that have ids which another run may have as well."""
    return [m for m in batch if isinstance(m, PreparedMethod) and shared(m.namespace, m.external_id)]


def _key(method: PreparedMethod) -> PartKey:
    return method.namespace, method.external_id, method.part


def _paired(
    methods: Iterable[PreparedMethod], held: Mapping[str, Mapping[PartKey, HeldContent]]
) -> Iterator[tuple[PreparedMethod, HeldContent]]:
    for method in methods:
        if (at := held[method.problem].get(_key(method))) is not None:
            yield method, at


def _is_elsewhere(held: HeldContent, method: PreparedMethod, plan: Plan) -> bool:
    """Return whether what the store has came from another path, be it imported by itself or with its folder."""
    if held.imported_path == plan.import_path or _tidied(held.imported_path) == _tidied(plan.import_path):
        return False
    return _file_of(held.imported_path, held.file) != _file_of(plan.import_path, method.provenance[0])


@lru_cache(maxsize=FILES_KEPT)
def _file_of(imported_path: str, file: str) -> str:
    return links_followed(whereabouts(file, imported_path))


@lru_cache(maxsize=FILES_KEPT)
def _tidied(path: str) -> str:
    return os.path.normpath(path)


def _place(held: HeldContent) -> str:
    """Return where in what was imported something stood."""
    within = Path(held.file).name if Path(held.file).name != Path(held.imported_path).name else ""
    return ", ".join(filter(None, (within, held.place)))


def means_newer(said: str) -> bool:
    """Return whether it is said that what is read is a newer version, however the word is written."""
    return said.strip().casefold() == NEWER


def parse_run(said: str, stated_in: StatedIn = StatedIn.COMMAND_LINE) -> str:
    """Return the name of a run as the person gave it, without blanks around it.

    Raises:
        UserError: when it is empty, too long, or has letters that are not seen.
    """
    name = said.strip()
    if not name or len(name) > LONGEST_NAME or safe_line(name) != name or "/" in name or means_newer(name):
        # The command line names the option itself.
        where = "" if stated_in is StatedIn.COMMAND_LINE else f"{stated_in.begins(Statement.RUN)}: "
        raise UserError(
            f"{where}{safe_line(said, 60)!r} cannot be a run's name, which is a line of "
            f"up to {LONGEST_NAME} letters without /, and not the word newer."
        )
    return name
