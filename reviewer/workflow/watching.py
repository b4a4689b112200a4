"""Following what is imported: looking again and again what has come, and taking it in."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from reviewer.domain.errors import SourceError
from reviewer.sources.contract import Stated
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.reading import Reading
from reviewer.workflow.sieve import Sieve
from reviewer.workflow.study_server import Marks, StudyServer, fetched_plan

ALL_AGAIN = 20
"""So many looks apart all is fetched, whatever the server says has changed: somebody may have mended a text by hand."""


class Watched(Protocol):
    """Something that is looked at again and again."""

    @property
    def name(self) -> str:
        """What people know it by."""
        ...

    def look(self) -> Reading | None:
        """Return the reading of what may have come since the last look, to be closed; None where nothing has.

        Raises:
            SourceError: when it cannot be looked at now.
        """
        ...

    def notices(self) -> tuple[str, ...]:
        """Return what there is to tell of the last look beside what it brought."""
        ...


class WatchedServer:
    """The study's server, of which only what has changed is taken in. Its answers lie in ``folder``."""

    def __init__(
        self, server: StudyServer, folder: Path, *, problem: str | None = None, stated: Stated | None = None
    ) -> None:
        self.name = server.address
        self._server, self._folder, self._problem = server, folder, problem
        self._stated = stated
        self._sieve = Sieve()
        self._marks: Marks | None = None
        self._looks = 0

    def look(self) -> Reading | None:
        """Return the reading of what the server tells, where that may have changed.

        Raises:
            SourceError: when the server does not answer as the study's does.
        """
        before, self._marks = self._marks, None
        marks = self._server.marks()
        self._looks += 1
        if marks is not None and marks == before and self._looks % ALL_AGAIN:
            self._marks = marks
            return None
        only_newer = (
            marks is not None
            and before is not None
            and marks.may_be_newer_posts_alone(before)
            and self._looks % ALL_AGAIN != 0
        )
        plan = fetched_plan(
            self._server,
            self._folder,
            problem=self._problem,
            stated=self._stated,
            only_newer=only_newer,
        )
        self._marks = marks
        return Reading((), plans=(plan,), sieve=self._sieve)

    def notices(self) -> tuple[str, ...]:
        """Return nothing: what a server tells is a record or a reject."""
        return ()


def follow(
    watched: Watched,
    take: Callable[[Reading], ImportReport],
    came: Callable[[ImportReport], object],
    tell: Callable[[str], object],
    wait: Callable[[], object],
) -> None:
    """Look, take in what has come and tell it by ``came``, and ``wait``; for ever, or until one of these raises.

    Where it cannot be looked at any more, that is told once, and once when it can be again.

    Raises:
        SourceError: when it cannot be looked at the first time.
        StoreError: when the store cannot be written.
    """
    looked, gone = False, False
    while True:
        try:
            reading = watched.look()
        except SourceError as error:
            if not looked:
                raise
            if not gone:
                tell(f"{error} It is tried again until it can be looked at, or Ctrl-C.")
            gone = True
        else:
            if gone:
                tell(f"{watched.name}: is there again.")
            looked, gone = True, False
            for notice in watched.notices():
                tell(notice)
            if reading is not None:
                try:
                    report = take(reading)
                finally:
                    reading.close()
                if report.new or report.changed or report.rejected:
                    came(report)
        wait()
