"""Taking in files from the app: looking what would come, taking it in, and stopping on the way."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

from reviewer.domain.addresses import is_address
from reviewer.domain.checks import CheckSettings
from reviewer.domain.how_far import HowFar
from reviewer.sources.contract import Plan
from reviewer.store.connection import Store
from reviewer.tui.screens.import_files import ImportRequest
from reviewer.workflow.importing import ImportReport, run_import
from reviewer.workflow.setting_rule import parse_settings

Progress = Callable[[HowFar], object]
"""Is told how far it has come."""


class LongWork(Protocol):
    """Runs a function where nothing waits for it."""

    def __call__(
        self, function: Callable[[ImportRequest, bool, Progress], ImportReport], *args: Any
    ) -> Coroutine[Any, Any, ImportReport]:
        """Return what the function returns; only a ``ReviewerError`` is raised."""


class FileImport:
    """One import at a time, into one store; what came is checked by the settings ``checks``."""

    def __init__(self, store: Store, long_work: LongWork, checks: CheckSettings) -> None:
        self._store = store
        self._checks = checks
        self._long_work = long_work
        self._stop = False

    async def preview(self, request: ImportRequest) -> ImportReport:
        """Return what would come; nothing is written."""
        self._stop = False
        return await self._long_work(self._run, request, True, lambda _how_far: None)

    async def perform(self, request: ImportRequest, progress: Progress) -> ImportReport:
        """Take the files in and return what came."""
        self._stop = False
        return await self._long_work(self._run, request, False, progress)

    def cancel(self) -> None:
        """Have what is running stop after what it is writing."""
        self._stop = True

    def _run(self, request: ImportRequest, dry_run: bool, progress: Progress) -> ImportReport:
        if is_address(request.path):
            from reviewer.workflow.study_server import fetched, known_comments

            with fetched(request.path, known_comments(self._store, request.problem), problem=request.problem) as plan:
                return self._take_in([], [plan], request, dry_run, progress)
        return self._take_in([Path(request.path).expanduser()], [], request, dry_run, progress)

    def _take_in(
        self, paths: list[Path], plans: list[Plan], request: ImportRequest, dry_run: bool, progress: Progress
    ) -> ImportReport:
        return run_import(
            self._store,
            paths,
            plans=plans,
            problem=request.problem,
            settings=parse_settings(request.settings),
            dry_run=dry_run,
            checks=self._checks,
            progress=progress,
            cancelled=lambda: self._stop,
        )
