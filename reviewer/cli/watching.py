"""``reviewer import --watch``: taking in what comes, until Ctrl-C."""

import signal
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import TYPE_CHECKING

import click

from reviewer.cli.import_ import AsTold
from reviewer.cli.import_telling import tell_rejects, tell_report
from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line

if TYPE_CHECKING:
    from reviewer.store.connection import Store
    from reviewer.workflow.import_report import ImportReport
    from reviewer.workflow.places import Places
    from reviewer.workflow.reading import Reading
    from reviewer.workflow.watching import Watched


class _Ending:
    """Ctrl-C: what is being taken in is completed first, so that no import is left half done; a second cuts it off."""

    def __init__(self) -> None:
        self.is_taking = False
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Note the wish, or end at once."""
        if not self.is_taking or self.asked:
            raise KeyboardInterrupt
        self.asked = True


class _Told:
    """What has come so far, told a line at a time."""

    def __init__(self) -> None:
        self.new = self.changed = 0
        self._first = True

    def came(self, report: "ImportReport") -> None:
        """Tell what one look brought."""
        self.new += report.new
        self.changed += report.changed
        if self._first:
            tell_report(report, dry_run=False)
            self._first = False
        else:
            rejected = f", {report.rejected:,} rejected" if report.rejected else ""
            self.line(
                f"{report.new:,} new, {report.changed:,} changed{rejected}   ({counted(report.proposals, 'proposal')})"
            )
            tell_rejects(report)

    def line(self, words: str) -> None:
        """Tell something, with the time."""
        click.echo(safe_line(f"{datetime.now().astimezone():%H:%M:%S}  {words}"))


@dataclass(frozen=True, slots=True)
class Following:
    """What is followed: a folder, or a server by its address, at which it is looked every so many seconds."""

    source: Path | str
    every: float
    as_told: AsTold
    problem: str | None
    format_name: str | None


def watch_and_tell(places: "Places", what: Following, *, index_later: bool) -> int:
    """Follow a folder or a server, and tell in a line each time what came; return the exit status, after Ctrl-C.

    Raises:
        UserError: when there is nothing to follow, or the store cannot be written.
    """
    from reviewer.store.migrations import open_store
    from reviewer.workflow.config import read_config
    from reviewer.workflow.importing import take_in
    from reviewer.workflow.watching import follow

    checks = read_config(places.config).checks
    rule, metrics = what.as_told.parsed()
    told, ending = _Told(), _Ending()
    before = signal.signal(signal.SIGINT, ending)
    name = ""
    with ExitStack() as stack:
        stack.callback(signal.signal, signal.SIGINT, before)
        try:
            watched = _watched(places, what, stack)
            name = watched.name
            stores: list[Store] = []

            def take(reading: "Reading") -> "ImportReport":
                ending.is_taking = True
                if not stores:
                    stores.append(stack.enter_context(closing(open_store(places.store))))
                report = take_in(
                    stores[0],
                    reading,
                    settings=rule,
                    told=metrics,
                    newer=what.as_told.newer,
                    index_later=index_later,
                    checks=checks,
                )
                ending.is_taking = False
                return report

            def wait() -> None:
                if ending.asked:
                    raise KeyboardInterrupt
                time.sleep(what.every)

            click.echo(safe_line(f"Following {name}; Ctrl-C ends it."))
            follow(watched, take, told.came, told.line, wait)
        except KeyboardInterrupt:
            half = "; what was being taken in completes when it is imported again" if ending.is_taking else ""
            click.echo(
                safe_line(f"No longer following {name}: {told.new:,} new and {told.changed:,} changed in all{half}.")
            )
    return 0


def _watched(places: "Places", what: Following, stack: ExitStack) -> "Watched":
    if isinstance(what.source, Path):
        from reviewer.workflow.watched_folder import WatchedFolder

        return WatchedFolder(
            what.source, problem=what.problem, format_name=what.format_name, stated=what.as_told.stated()
        )
    from reviewer.cli.fetching import comments_known_in
    from reviewer.domain.addresses import tidied
    from reviewer.workflow.asking import Asking
    from reviewer.workflow.study_server import StudyServer
    from reviewer.workflow.watching import WatchedServer

    folder = Path(stack.enter_context(TemporaryDirectory(prefix="reviewer-")))
    server = StudyServer(stack.enter_context(Asking(tidied(what.source))), comments_known_in(places, what.problem))
    return WatchedServer(server, folder, problem=what.problem, stated=what.as_told.stated())
