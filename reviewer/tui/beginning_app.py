"""The part of the app that begins: who is there, which store, which problem, and on which screen."""

import getpass
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from textual import work

from reviewer.domain.errors import ReviewerError
from reviewer.domain.queue import Sort
from reviewer.domain.reviewer_names import clean_name
from reviewer.domain.text import safe_line
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem
from reviewer.tui.keys_in_turn import TOLD_SECONDS
from reviewer.tui.opening import Opening
from reviewer.tui.said_of_tables import SaidOfTables
from reviewer.tui.saved_targets import SavedTargets
from reviewer.tui.saving_app import SavingApp
from reviewer.tui.screens.triage import TriageScreen
from reviewer.tui.telling import sentence_of
from reviewer.workflow import browsing
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session

if TYPE_CHECKING:
    from reviewer.tui.screens.import_files import ImportScreen

P = ParamSpec("P")
T = TypeVar("T")


def login_name() -> str:
    """Return the name of the account, as an example of a name; empty where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def start_folder() -> str:
    """Return the folder in which paths are first looked for: where the app was started."""
    return f"{Path.cwd()}/"


class BeginningApp(SavingApp):
    """An app that opens a session and the problems of its store."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening.store.path, opening.log)
        self.opening = opening
        self.config = opening.config
        self.keymap = opening.keymap
        self.marks = opening.marks
        self.move_on = opening.config.move_on
        self.order = Sort(opening.config.order)
        self.start_folder = start_folder()
        self.saved_targets = SavedTargets()
        self._said_of_tables = SaidOfTables()
        self._at = opening.at
        self._notice = opening.notice
        self._stop_import: Callable[[], None] = lambda: None

    @work(group="begin")
    async def begin(self) -> None:
        """Open the session and the screen that the store calls for."""
        name = self.opening.reviewer
        if name is None:
            from reviewer.tui.screens.name import NameScreen

            name = await self.push_screen_wait(NameScreen(login_name(), clean_name, self.keymap))
            if name is None:
                self.exit()
                return
            self._remember(reviewer=name)
        try:
            await self._open_store(self.opening.store, name)
        except ReviewerError as error:
            self.opening.log(error)
            from rich.text import Text

            # A plain string would be read as markup.
            self.exit(return_code=error.exit_status, message=Text(safe_line(f"reviewer: {error}")))

    async def _open_store(self, store: Store, name: str) -> None:
        rubric = load_rubric(self.config.rubric)
        self.session = await self.background.write(begin_session, store, name, rubric, self.opening.clock)
        self.catch_up()
        problems = await self.background.read(browsing.all_problems, self.session)
        if problems:
            self.open_problem(*self._beginning(problems, name))
        else:
            await self._welcome(store)

    def _beginning(self, problems: Sequence[StoredProblem], name: str) -> tuple[StoredProblem, int | None]:
        """Return the problem to begin with, and the proposal where one was named."""
        (problem_id, start), self._at = self._at or (None, None), None
        seen = [place.problem for place in self.drafts.places_of(name)]
        if seen:
            self._notice = ""
        named = [stored for stored in problems if stored.id == problem_id]
        last = [stored for slug in seen for stored in problems if stored.problem.slug == slug]
        return (*named, *last, *problems)[0], start

    def show_notice(self) -> None:
        """Show the sentence that the app begins with, once there is a proposal on the screen."""
        notice, self._notice = self._notice, ""
        if notice:
            self.toasts.show(notice, about="beginning", seconds=TOLD_SECONDS)

    async def _welcome(self, store: Store) -> None:
        from reviewer.tui.screens.welcome import WelcomeScreen

        while True:
            chosen = await self.push_screen_wait(WelcomeScreen(self.opening.shown_path or str(store.path), self.keymap))
            assert self.session is not None
            if chosen == "demo":
                try:
                    demo = await self.background.long(self.opening.open_demo)
                except ReviewerError as error:
                    self.tell_error(error)
                    continue
                self.keep_beside(demo.path)
                self._notice = (
                    f"This is a copy of the sample study: {demo.path}. `reviewer demo --offline-critic` shows Claude's "
                    "part of it without a key."
                )
                await self._open_store(demo, self.session.reviewer)
                return
            if chosen == "import":
                report = await self.push_screen_wait(self.import_screen())
                if report is not None and (report.new or report.changed):
                    await self._open_store(store, self.session.reviewer)
                    return
            else:
                self.exit()
                return

    def open_problem(self, stored: StoredProblem, start: int | None = None) -> None:
        """Show a problem's triage screen in place of the one that is shown."""
        assert self.session is not None
        screen = TriageScreen(
            self.session,
            self.saved_targets.newest(stored),
            self.keymap,
            self.marks,
            idle_seconds=self.config.idle_seconds,
            ticks=self.opening.ticks,
            order=self.order,
            start=start,
        )
        if isinstance(self.screen, TriageScreen):
            self.screen.keep_place()
            self.screen.end_reading()
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def import_screen(self, problems: Sequence[str] = ()) -> "ImportScreen":
        """Return the screen that takes in files; it says in the end whether anything came in."""
        from reviewer.tui.file_import import FileImport, TableFiles, known_formats
        from reviewer.tui.screens.import_files import ImportScreen
        from reviewer.workflow.table_maps import maps_folder

        assert self.session is not None
        maps = maps_folder(self.opening.config_path)
        taking = FileImport(self.session.store, self.long_work, self.config.checks, maps)
        self._stop_import = taking.cancel
        return ImportScreen(
            self.start_folder,
            tuple(problems),
            self.keymap,
            preview=taking.preview,
            perform=taking.perform,
            cancel=taking.cancel,
            tables=TableFiles(self.long_work, maps),
            said_of_tables=self._said_of_tables,
            formats=partial(known_formats, self.long_work),
            marks=self.marks,
        )

    async def long_work(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run what a form asks for in the thread of long work.

        Raises:
            ReviewerError: whatever goes wrong; where it is unexpected, the traceback is in the log.
        """
        try:
            return await self.background.long(function, *args, **kwargs)
        except ReviewerError:
            raise
        except Exception as error:
            self.opening.log(error)
            raise ReviewerError(sentence_of(error)) from error

    def _remember(self, **changes: Any) -> None:
        from reviewer.workflow.config_writing import remember

        try:
            remember(self.opening.config_path, **changes)
        except ReviewerError as error:
            self.warn(str(error))
