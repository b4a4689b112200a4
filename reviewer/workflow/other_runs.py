"""Noticing that a file says other things of the ids of another file: a run of its own, or a newer version of that one.

Nobody can tell which but the person, so that nothing of it is taken until they do. It is looked for only where it can
be: what is new to the store, what the same path said before, and ids that no other run can have need none of this.
"""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.methods import Reject
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.sources.contract import Plan
from reviewer.sources.jsontext import EXCERPT
from reviewer.sources.registry import shares_ids
from reviewer.sources.shared_ids import SharesIds
from reviewer.store.connection import Store
from reviewer.store.held_elsewhere import HeldContent, PartKey, all_held_alike, contents_held, imported_elsewhere
from reviewer.store.imports import imports_begun
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

    @property
    def is_another_run(self) -> bool:
        """Return whether half of what both have, or more, says something else."""
        return self.other > 0 and 2 * self.other >= self.n


class OtherRuns:
    """Lets through what a plan reads, unless it looks like another run of what the store has from elsewhere.

    With ``own`` what this very import brings counts as well: what is followed is looked at again and again.
    """

    def __init__(self, store: Store, again: Again, *, own: bool, cancelled: Callable[[], bool]) -> None:
        self._store, self._again, self._cancelled = store, again, cancelled
        with store.read() as connection:
            self._until = imports_begun(connection)
        self._own = own

    def admit(self, plan: Plan, batches: Iterable[list[Taken]]) -> Iterator[list[Taken]]:
        """Yield the batches of a plan; in place of what is left of one that looks like another run, a reject."""
        with self._store.read() as connection:
            if self._own:
                self._until = imports_begun(connection)
            is_alone = plan.stated.namespace or not imported_elsewhere(connection, plan.import_path)
        if is_alone:
            yield from batches
            return
        shared = shares_ids(plan)
        is_settled = is_begun = False
        alike: list[PreparedMethod] = []
        for batch in batches:
            methods = [] if is_settled else _of_shared_ids(batch, shared)
            if methods and self._all_held(methods):
                alike = alike or methods
            elif methods:
                held = self._held([*alike, *methods])
                elsewhere = [(m, at) for m, at in _paired([*alike, *methods], held) if _is_elsewhere(at, m, plan)]
                is_new = any(_key(m) not in held[m.problem] for m in methods)
                if any(m.content_hash != at.content_hash for m, at in elsewhere) or (elsewhere and is_new):
                    refused = self._refused(plan, shared, is_begun=is_begun)
                    if refused is not None:
                        yield [refused]
                        return
                    is_settled = True
                is_begun = is_begun or is_new
            yield batch

    def _all_held(self, methods: Sequence[PreparedMethod]) -> bool:
        """Return whether the store has all of them as they are, which most of a known file is."""
        with self._store.read() as connection:
            return all(
                all_held_alike(connection, problem, [m for m in methods if m.problem == problem])
                for problem in dict.fromkeys(m.problem for m in methods)
            )

    def _held(self, methods: Sequence[PreparedMethod]) -> dict[str, dict[PartKey, HeldContent]]:
        """Return what the store has of them, by their problems."""
        held = {}
        with self._store.read() as connection:
            for problem in dict.fromkeys(m.problem for m in methods):
                of_problem = [m for m in methods if m.problem == problem]
                held[problem] = dict(contents_held(connection, problem, of_problem, until=self._until))
        return held

    def _refused(self, plan: Plan, shared: SharesIds, *, is_begun: bool) -> Reject | None:
        """Read the whole plan, and return why nothing of it is taken; None where it is another version of what is
        known, or none of it says anything else. ``is_begun`` says that something of it was let through.
        """
        with_path: dict[str, _Shared] = {}
        raw = ""
        with closing(self._again(plan)) as batches:
            for batch in batches:
                if self._cancelled():
                    return None
                methods = _of_shared_ids(batch, shared)
                for method, at in _paired(methods, self._held(methods)):
                    if not _is_elsewhere(at, method, plan):
                        continue
                    both = with_path.setdefault(at.imported_path, _Shared())
                    both.n += 1
                    if at.content_hash != method.content_hash:
                        raw = raw or method.texts[4]
                        if not both.other:
                            both.here, both.there = method.provenance[2], _place(at)
                        both.other += 1
                        if method.external_id not in both.ids and len(both.ids) < IDS_TOLD:
                            both.ids = (*both.ids, method.external_id)
        others = {path: both for path, both in with_path.items() if both.is_another_run}
        if not others:
            return None
        path, most = max(others.items(), key=lambda each: each[1].other)
        return Reject(
            plan.stands_for or str(plan.path), most.here,
            _reason(path, most, len(others) - 1, plan.stated.stated_in, is_begun=is_begun),
            raw[:EXCERPT],
        )  # fmt: skip


def newer_in(stated_in: StatedIn) -> str:
    """Return how it is said that what is read is a newer version of what is known."""
    return "`--newer`" if stated_in is StatedIn.COMMAND_LINE else stated_in.saying(Statement.RUN, NEWER)


def _reason(path: str, both: _Shared, further: int, stated_in: StatedIn, *, is_begun: bool) -> str:
    named = ", ".join(repr(safe_line(known_as, 30)) for known_as in both.ids)
    more = ", …" if both.other > len(both.ids) else ""
    also = f" and in {counted(further, 'more import')}" if further else ""
    taken = "nothing more of it was taken" if is_begun else "nothing of it was taken"
    at = f" ({both.there} there)" if both.there else ""
    return (
        f"says something else of {both.other:,} of the {counted(both.n, 'id')} that are in {safe_line(path, 160)}{at}"
        f"{also} as well: {named}{more}. It looks like another run, so that {taken}. If it is one, give it a name by "
        f"{stated_in.saying(Statement.RUN, 'NAME')}; if it is a newer version of the same, say {newer_in(stated_in)}."
    )


def _of_shared_ids(batch: Iterable[Taken], shared: SharesIds) -> list[PreparedMethod]:
    return [m for m in batch if isinstance(m, PreparedMethod) and shared(m.namespace, m.external_id)]


def _key(method: PreparedMethod) -> PartKey:
    return method.namespace, method.external_id, method.part


def _paired(
    methods: Iterable[PreparedMethod], held: dict[str, dict[PartKey, HeldContent]]
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
    """Return the whole path of a file that was named in some folder, given the whole path of the import it is of."""
    root, parts = Path(imported_path).parts, Path(file).parts
    overlap = next((n for n in range(min(len(root), len(parts)), 0, -1) if root[-n:] == parts[:n]), 0)
    return _tidied(str(Path(imported_path, *parts[overlap:])))


@lru_cache(maxsize=FILES_KEPT)
def _tidied(path: str) -> str:
    return os.path.normpath(path)


def _place(held: HeldContent) -> str:
    """Return where in what was imported something stood."""
    within = Path(held.file).name if Path(held.file).name != Path(held.imported_path).name else ""
    return ", ".join(filter(None, (within, held.place)))


def parse_run(said: str, stated_in: StatedIn = StatedIn.COMMAND_LINE) -> str:
    """Return the name of a run as the person gave it, without blanks around it.

    Raises:
        UserError: when it is empty, too long, or has letters that are not seen.
    """
    name = said.strip()
    if not name or len(name) > LONGEST_NAME or safe_line(name) != name or "/" in name or name == NEWER:
        # The command line names the option itself.
        where = "" if stated_in is StatedIn.COMMAND_LINE else f"{stated_in.begins(Statement.RUN)}: "
        raise UserError(
            f"{where}{safe_line(said, 60)!r} cannot be a run's name, which is a line of "
            f"up to {LONGEST_NAME} letters without /, and not the word newer."
        )
    return name
