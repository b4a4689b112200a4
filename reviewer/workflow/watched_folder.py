"""A folder that is followed: by the names, sizes and times of its files, of which only what has changed is read."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from reviewer.domain.errors import SourceError
from reviewer.domain.files_in_use import is_in_use
from reviewer.domain.text import safe_line
from reviewer.sources import aar_findings, aar_study, registry
from reviewer.sources.contract import Plan, Progress, Source, Stated
from reviewer.sources.file_list import FileList
from reviewer.sources.files import PassedOver, entries, size_of
from reviewer.sources.tables_met import need_of_a_map
from reviewer.workflow.reading import Reading, in_batches
from reviewer.workflow.sieve import Sieve, Taken
from reviewer.workflow.tallying import CLOSED, FILES_TOLD, ODD, listed

QUIET_SECONDS = 2.0
"""A file counts as written once it has not changed for so long; before that half of it may be missing."""


class _Met(NamedTuple):
    """A file as it was met: what it is called beneath the folder, a number for how it is now, and when it changed."""

    name: str
    stamp: int
    changed_at: float


class _Aside(NamedTuple):
    """What is not read of a folder: what was ``met`` of it at the last look, and what of that is ``new``."""

    met: frozenset[str] = frozenset()
    new: tuple[str, ...] = ()

    def after(self, names: Iterable[str]) -> "_Aside":
        """Return what there is at the next look, by its names."""
        met = frozenset(names)
        return _Aside(met, tuple(sorted(met - self.met)))


class WatchedFolder:
    """A folder of which new and changed files are read, once they are quiet, as what is ``stated`` of them says.

    ``now`` gives the time of the clock that stamps files, in seconds.
    """

    def __init__(
        self,
        folder: Path,
        *,
        problem: str | None = None,
        format_name: str | None = None,
        stated: Stated | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Begin to follow a folder.

        Raises:
            UserError: when it is no folder, or there is no such format.
        """
        if not folder.is_dir():
            raise SourceError(f"{folder}: is no folder; --watch follows a folder, or a server by its address.")
        self.name = str(folder)
        self._folder = folder
        self._problem = problem
        self._stated = stated
        self._source = registry.by_name(format_name) if format_name is not None else None
        self._now = now
        self._known: dict[str, int] = {}
        self._restless: dict[str, tuple[int, float]] = {}
        """Files that were not quiet at the last look, with when they were first met as they are."""
        self._sieve = Sieve()
        self._heard = aar_findings.Heard(following=True)
        self._beside: tuple[str, ...] = ()
        self._passed_over: list[str] = []
        self._odd = _Aside()
        self._closed = _Aside()

    def look(self) -> Reading | None:
        """Return the reading of the files that are new or changed, and quiet.

        Raises:
            SourceError: when the folder cannot be looked into.
        """
        passed_over = PassedOver()
        changed = self._changed(passed_over)
        self._odd = self._odd.after([self._named(path) for path in passed_over.odd])
        self._closed = self._closed.after([self._named(path) for path in passed_over.closed])
        plans = tuple(self._plans(changed))
        return _FollowedReading(plans, self._sieve, self._heard) if plans else None

    def notices(self) -> tuple[str, ...]:
        """Return what there is to tell of the last look beside what it brought."""
        need = need_of_a_map([Path(self._folder, name) for name in self._passed_over])
        told = []
        for names, one, more, asks in (
            (self._passed_over, "file is of no known format", "files are of no known format", need),
            (self._odd.new, f"thing {ODD[0]}", f"things {ODD[1]}", ""),
            (self._closed.new, f"folder {CLOSED}", f"folders {CLOSED}", ""),
        ):
            if names:
                are = f"{one} and was" if len(names) == 1 else f"{more} and were"
                told.append(
                    f"{len(names):,} {are} passed over in {safe_line(self.name, 200)}: "
                    f"{listed(names, FILES_TOLD)}.{asks and f' {asks}'}"
                )
        return tuple(told)

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self._folder))

    def _changed(self, passed_over: PassedOver) -> list[str]:
        now = self._now()
        changed, restless = [], dict[str, tuple[int, float]]()
        known, self._known = self._known, {}
        for name, stamp, changed_at in _met(self._folder, passed_over):
            before = known.get(name)
            if stamp != before:
                met, since = self._restless.get(name, (stamp, now))
                since = since if met == stamp else now
                # By when it was first seen as it is, where the clock that stamps files goes another way than ours.
                quiet = max(now - changed_at, now - since)
                if quiet < QUIET_SECONDS:
                    restless[name] = stamp, since
                    if before is not None:
                        self._known[name] = before
                    continue
                changed.append(name)
            self._known[name] = stamp
        self._restless = restless
        # Of two that say different things of one id the first is taken, which no folder's own order may decide.
        return sorted(changed)

    def _plans(self, names: list[str]) -> Iterator[Plan]:
        self._passed_over = []
        findings: list[str] = []
        together: dict[str, Source] = {}
        for name in names:
            file = Path(self._folder, name)
            if is_in_use(file):
                continue
            source = self._source or registry.source_of(file)
            if source is None and file.suffix == ".json" and aar_findings.belongs(file):
                source = aar_findings.SOURCE
            if source is None:
                if not file.name.startswith(".") and not file.name.endswith(self._beside):
                    self._passed_over.append(name)
                continue
            self._beside = tuple({*self._beside, *source.beside})
            if source.name == aar_findings.NAME:
                findings.append(name)
            elif source.together:
                together[source.name] = source
            else:
                yield registry.planned_by(source, file, self._problem, self._stated)
        for source in together.values():
            yield registry.planned_by(source, self._folder, self._problem, self._stated)
        if findings:
            files = FileList(self._folder, sorted(findings, key=aar_findings.natural))
            name = aar_findings.NAME
            stated = self._stated or Stated()
            yield Plan(name, self._folder, files, aar_study.SERVER, self._problem, size_of(files), stated)


class _FollowedReading(Reading):
    """The reading of what has changed in a folder; a finding may name one that was read before."""

    def __init__(self, plans: tuple[Plan, ...], sieve: Sieve, heard: aar_findings.Heard) -> None:
        super().__init__((), plans=plans, sieve=sieve)
        self._heard = heard

    def _whole(self, plan: Plan, progress: Progress) -> Iterator[list[Taken]]:
        if plan.source != aar_findings.NAME:
            return super()._whole(plan, progress)
        return in_batches(registry.of_told_run(plan, aar_findings.read_on(plan, self._heard, progress)))


def _met(folder: Path, passed_over: PassedOver) -> Iterator[_Met]:
    """Yield the regular files beneath a folder.

    Raises:
        SourceError: when the folder itself cannot be looked into.
    """
    before = len(os.fspath(folder).rstrip("/")) + 1
    for entry in entries(folder, passed_over):
        try:
            stat = entry.stat()
        except OSError:
            continue  # It has gone meanwhile.
        yield _Met(entry.path[before:], hash((stat.st_mtime_ns, stat.st_size, stat.st_ino)), stat.st_mtime)
