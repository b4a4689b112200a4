"""Taking in files from the app: looking what would come, taking it in, and stopping on the way."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from reviewer.domain.addresses import is_address
from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded
from reviewer.domain.how_far import HowFar
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources.contract import Plan, Stated
from reviewer.sources.registry import offered
from reviewer.sources.table_map import TableMap
from reviewer.store.connection import Store
from reviewer.tui.import_request import ImportRequest, MisstatedError
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import
from reviewer.workflow.other_runs import means_newer, parse_run
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.stated_baselines import parse_baseline
from reviewer.workflow.table_looking import TableLook, TablePreview, look_at_table, preview_of
from reviewer.workflow.table_maps import save_map
from reviewer.workflow.told_metrics import ToldMetrics, parse_directions

P = ParamSpec("P")
T = TypeVar("T")

Progress = Callable[[HowFar], object]
"""Is told how far it has come."""


class LongWork(Protocol):
    """Runs a function where nothing waits for it."""

    def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        """Return what the function returns; only a ``ReviewerError`` is raised."""


class FileImport:
    """One import at a time, into one store, checked by the settings ``checks``; ``maps`` is where saved maps lie."""

    def __init__(self, store: Store, long_work: LongWork, checks: CheckSettings, maps: Path) -> None:
        self._store = store
        self._checks = checks
        self._long_work = long_work
        self._maps = maps
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
            if request.baseline:
                raise MisstatedError(
                    Statement.BASELINE, "Leave baseline empty: the study's server says itself what is a baseline."
                )
            if request.format_name:
                raise MisstatedError(
                    Statement.FORMAT, "Leave format to the content: what a server answers is known by its address."
                )
            from reviewer.workflow.study_server import fetched, known_comments

            with fetched(
                request.path,
                known_comments(self._store, request.problem),
                problem=request.problem,
                stated=Stated(namespace=_named_run(request), stated_in=StatedIn.FORM),
            ) as plan:
                return self._take_in([], [plan], request, dry_run, progress)
        return self._take_in([expanded(request.path)], [], request, dry_run, progress)

    def _take_in(
        self, paths: list[Path], plans: list[Plan], request: ImportRequest, dry_run: bool, progress: Progress
    ) -> ImportReport:
        with _stated(Statement.BASELINE):
            baseline = parse_baseline(each for each in request.baseline.split(",") if each.strip())
        with _stated(Statement.DIRECTION):
            said = [each for each in request.directions.split(",") if each.strip()]
            directions = parse_directions(said, stated_in=StatedIn.FORM)
        with _stated(Statement.SETTING):
            settings = parse_settings(request.settings, StatedIn.FORM)
        run = _named_run(request)
        return run_import(
            self._store,
            paths,
            plans=plans,
            problem=request.problem,
            format_name=request.format_name,
            settings=settings,
            told=ToldMetrics(directions),
            stated=Stated(baseline, request.table_map, run, stated_in=StatedIn.FORM),
            newer=means_newer(request.run),
            maps=self._maps,
            dry_run=dry_run,
            checks=self._checks,
            progress=progress,
            cancelled=lambda: self._stop,
        )


def _named_run(request: ImportRequest) -> str:
    """Return the run that the person named, empty where they named none.

    Raises:
        MisstatedError: when it cannot be the name of one.
    """
    if not request.run or means_newer(request.run):
        return ""
    with _stated(Statement.RUN):
        return parse_run(request.run, StatedIn.FORM)


@contextmanager
def _stated(statement: Statement) -> Iterator[None]:
    """Let an error say of which field it is.

    Raises:
        MisstatedError: when there is one.
    """
    try:
        yield
    except UserError as error:
        raise MisstatedError(statement, str(error)) from error


async def known_formats(long_work: LongWork) -> Sequence[tuple[str, str]]:
    """Return the name of each format that there is, and its title, in the order in which they are tried."""
    return [(each.source.name, each.source.title) for each in await long_work(offered)]


def _look(path: str, maps: Path, *, is_named: bool) -> TableLook | None:
    """Return a look at the table at a path as it was typed."""
    return look_at_table(expanded(path), maps, is_named=is_named)


class TableFiles:
    """What is asked of a table before it is taken in; maps that are to be kept go to the folder ``maps``."""

    def __init__(self, long_work: LongWork, maps: Path) -> None:
        self._long_work = long_work
        self._maps = maps

    async def look(self, path: str, *, is_named: bool) -> TableLook | None:
        """Return a look at a table; None of anything else. Where ``is_named``, any text with rows is one."""
        return await self._long_work(_look, path, self._maps, is_named=is_named)

    async def preview(self, look: TableLook, mapping: TableMap, problem: str | None) -> TablePreview:
        """Return what a map makes of the first rows."""
        return await self._long_work(preview_of, look, mapping, problem)

    async def keep(self, name: str, mapping: TableMap, look: TableLook) -> str:
        """Keep a map for tables with the same columns; return a sentence that says where."""
        saved = await self._long_work(save_map, self._maps, name, mapping, look.columns)
        return f"What you said of the columns is kept as {saved.name} ({saved.path}), for tables with the same ones."
