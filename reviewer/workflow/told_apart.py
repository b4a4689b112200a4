"""Noticing that two files of one import say different things of one id: neither takes the other's place."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

from reviewer.domain.counted import counted
from reviewer.domain.methods import Reject
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.sources.contract import Plan
from reviewer.sources.jsontext import EXCERPT
from reviewer.sources.registry import shares_ids
from reviewer.sources.shared_ids import SharesIds
from reviewer.sources.texts_aside import TextsAside
from reviewer.store.prepared import PreparedMethod
from reviewer.workflow.other_runs import IDS_TOLD, Again, newer_in, of_shared_ids
from reviewer.workflow.sieve import Taken


class _Met(NamedTuple):
    """What a method said where it was met first, and where that was."""

    content_hash: str
    place: str
    file: str

    @property
    def at(self) -> str:
        return f"{self.place} in {self.file}" if self.place else self.file


class ToldApart:
    """The methods met so far in an import of several files, each with what it said and where.

    Which of two files is the newer one nobody can tell who reads both at once: the first that was read stands. Where a
    file of many rows says something else of half of the ids that it shares with one before, or more, it looks like
    another run, of which nothing is taken. What one file says twice its own reader sees to.
    """

    def __init__(self, stated_in: StatedIn, again: Again, cancelled: Callable[[], bool]) -> None:
        self._stated_in, self._again, self._cancelled = stated_in, again, cancelled
        self._met = TextsAside()

    def admit(self, plan: Plan, batches: Iterable[list[Taken]]) -> Iterator[list[Taken]]:
        """Yield the batches of a plan with a reject in place of what another file says otherwise, or of all of it.

        When it is cancelled while it looks at the whole plan, it ends.
        """
        shared = shares_ids(plan)
        # Of a folder in which each file is a record, the others are no rows of the same run.
        is_looked, is_begun = not plan.path.is_file(), False
        for batch in batches:
            methods = [] if is_looked else of_shared_ids(batch, shared)
            elsewhere = [(method, met) for method in methods if (met := self._elsewhere(method)) is not None]
            is_new = len(elsewhere) < len(methods)
            if any(method.content_hash != met.content_hash for method, met in elsewhere) or (elsewhere and is_new):
                is_looked = True
                refused = self._refused(plan, shared, is_begun=is_begun)
                if self._cancelled():
                    return
                if refused is not None:
                    yield [refused]
                    return
            is_begun = is_begun or is_new
            yield [self._admitted(each) if isinstance(each, PreparedMethod) else each for each in batch]

    def _elsewhere(self, method: PreparedMethod) -> _Met | None:
        """Return what another file said of an id, where one did."""
        found = self._met.get(_key(method))
        met = _Met(*found.split("\0", 2)) if found else None
        return met if met is not None and met.file != method.provenance[0] else None

    def _refused(self, plan: Plan, shared: SharesIds, *, is_begun: bool) -> Reject | None:
        """Read the whole plan, and return why nothing of it is taken; None where it is no other run."""
        every, other = Counter[str](), Counter[str]()
        first: dict[str, tuple[PreparedMethod, _Met]] = {}
        ids: dict[str, dict[str, None]] = {}
        with closing(self._again(plan)) as batches:
            for batch in batches:
                if self._cancelled():
                    return None
                for method in of_shared_ids(batch, shared):
                    met = self._elsewhere(method)
                    if met is None:
                        continue
                    every[met.file] += 1
                    if met.content_hash != method.content_hash:
                        other[met.file] += 1
                        first.setdefault(met.file, (method, met))
                        ids.setdefault(met.file, {})[method.external_id] = None
        file, n = max(other.items(), key=lambda each: each[1], default=("", 0))
        if not n or 2 * n < every[file]:
            return None
        method, met = first[file]
        named = ", ".join(repr(safe_line(each, 30)) for each in list(ids[file])[:IDS_TOLD])
        more = ", …" if n > IDS_TOLD else ""
        taken = "nothing more of it was taken" if is_begun else "nothing of it was taken"
        return Reject(
            method.provenance[0],
            method.provenance[2],
            f"says something else of {n:,} of the {counted(every[file], 'id')} that are in {safe_line(met.at, 200)} as "
            f"well: {named}{more}. It looks like another run, and one import reads both, so that {taken}. "
            f"{self._by_itself()}",
            method.texts[4][:EXCERPT],
        )

    def _by_itself(self) -> str:
        run = self._stated_in.saying(Statement.RUN, "NAME")
        return (
            f"Where this file is the newer one, import it by itself, with {newer_in(self._stated_in)}; where it is of "
            f"another run, by itself with {run}"
        )

    def _admitted(self, method: PreparedMethod) -> PreparedMethod | Reject:
        file, _, place = method.provenance
        said = self._met.setdefault(_key(method), "\0".join(_Met(method.content_hash, place, file)))
        met = _Met(*said.split("\0", 2))
        if method.content_hash == met.content_hash or met.file == file:
            return method
        return Reject(
            file,
            place,
            f"has the same id as {met.at}, {method.external_id!r}, but says something else, and one import reads both: "
            f"the first one was taken. {self._by_itself()}",
            method.texts[4][:EXCERPT],
        )


def _key(method: PreparedMethod) -> tuple[str, str, str, str]:
    return method.problem, method.namespace, method.external_id, method.part
