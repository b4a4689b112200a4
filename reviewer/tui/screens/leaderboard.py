"""All methods of a problem in order by a metric: intervals on one scale, and what of the top may be luck."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import events, on, work
from textual._path import CSSPathType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from reviewer.domain.counted import counted
from reviewer.domain.problems import Problem
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Role
from reviewer.evidence.baselines import Ground, metric_label
from reviewer.evidence.leaderboard_sentences import sentences
from reviewer.store.measured import MeasuredGround
from reviewer.tui.actions import Where
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.leaderboard_notes import notes
from reviewer.tui.leaderboard_table import Table, facts, ground_words, place_words, row_words
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import bind, hint
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.screens.dialog import Excerpt
from reviewer.tui.screens.leaderboard_notes import LeaderboardNotesScreen
from reviewer.tui.screens.read_view import ReadView
from reviewer.tui.screens.row_moving import RowMoving
from reviewer.tui.widgets.fitted_line import FittedLine
from reviewer.tui.widgets.row_list import RowList

ReadGrounds = Callable[[], Awaitable[tuple[tuple[MeasuredGround, ...], Ground]]]
"""Gives on what there are values, and which of it comes first."""

_ROOMY_FROM = 30
"""Lines from which there is room for blank ones, and for more of what has to be known than its first line."""

_ROWS_FIRST = 20
"""So many lines are not shared with what has to be known."""

_LABEL_LIMIT = 46
"""So that on 80 columns the number of proposals is whole beside it."""

Read = Callable[[Ground, Callable[[], bool], Callable[[int, int], object]], Awaitable[Table]]
"""Gives the table on a ground, as long as the first function says that it is still wanted; the second hears, in
whatever thread, how many methods are read, and of how many.
"""


class LeaderboardScreen(RowMoving, ReadView):
    """Shows the leaderboard of a problem, which is read in the background. ``chosen`` is the proposal to go to."""

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/view.tcss", "../styles/leaderboard.tcss"]
    AUTO_FOCUS = ""
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("leaderboard", "view")

    def __init__(
        self,
        problem: Problem,
        keymap: Keymap,
        marks: Marks,
        *,
        read_grounds: ReadGrounds,
        read: Read,
        log: Callable[[BaseException], object],
    ) -> None:
        super().__init__("Leaderboard", problem.title or problem.slug, keymap, log=log)
        self.chosen: int | None = None
        self._problem = problem
        self._marks = marks
        self._read_grounds = read_grounds
        self._read = read
        self._grounds: Sequence[MeasuredGround] = ()
        self._ground: Ground | None = None
        self._table: Table | None = None
        self._seeds = False
        self._facts = FittedLine("Reading…", id="facts")
        self._columns = FittedLine(id="columns")
        self.rows = RowList(marks=marks, id="rows")
        self._row = Excerpt(2, marks, id="row")
        self._sentences = Excerpt(5, marks, id="sentences")
        self._none = Static(id="none", markup=False)
        bind(self, "leaderboard", keymap)

    def body(self) -> list[Widget]:
        """Return what is held against, the table, the row at the cursor in words, and what has to be known."""
        return [self._facts, self._columns, self.rows, self._none, self._row, self._sentences]

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(
            self.keymap,
            ("leaderboard_open", "go to it"),
            ("leaderboard_measure", "metric"),
            ("leaderboard_seeds", "intervals" if self._seeds else "seeds"),
            ("leaderboard_notes", "in full"),
            ("view_page_down", "page"),
            ("view_back", "back"),
        )

    def fill(self) -> None:
        """Begin to read."""
        self._begin()

    @work(exclusive=True, group="leaderboard")
    async def _begin(self) -> None:
        try:
            self._grounds, ground = await self._read_grounds()
        except Exception as error:
            self._tell_none(error)
            return
        self._show(ground)

    @work(exclusive=True, group="table")
    async def _show(self, ground: Ground) -> None:
        self._ground = ground
        words = self._words(ground)
        self._facts.show(lambda _width: f"Reading… {words}")
        reading = self.begin_reading()
        try:
            table = await self._read(ground, lambda: self.is_wanted(reading), self.hear_how_far)
        except Exception as error:
            if self.is_wanted(reading):
                self._tell_none(error)
            return
        if not self.is_wanted(reading):
            return
        self._table = table
        self.end_reading()
        board = table.board
        self.remove_class("-empty")
        self.query_one("#heading", Static).update(
            Content.assemble(
                ("Leaderboard", "bold"),
                f"  {ground_words(board, self._marks)}",
                (f"  {counted(board.proposals, 'proposal')}, {safe_line(self._problem.title, 60)}", "$quiet"),
            )
        )
        self.rows.show(len(board.rows), self._draw)
        self.call_after_refresh(self._fit)

    def show_how_far(self, read: int, of: int) -> None:
        """Show in place of the facts how many methods are read; at its end the rows are put in order."""
        doing = "Putting in order…" if read == of else "Reading…"
        words = "" if self._ground is None else self._words(self._ground)
        self._facts.show(partial(_line, f"{doing} {read:,} of {of:,}; {words}"))

    def _tell_none(self, error: Exception) -> None:
        """Say in place of the table why there is none."""
        self._table = None
        self._facts.show(lambda _width: "")
        self._sentences.show(Content(""))
        self._none.update(self.why_none(error))
        self.add_class("-empty")

    def _words(self, ground: Ground) -> str:
        metric = self._problem.metric(ground.metric)
        return f"{metric_label(safe_line(metric.title or metric.name, 40))} on {place_words(ground)}"

    def _draw(self, place: int, width: int) -> Content:
        assert self._table is not None
        return self._table.line(place, width, seeds=self._seeds)

    def on_resize(self, _event: events.Resize) -> None:
        """Draw the names of the columns anew for another width."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        height = self.size.height
        self.set_class(height < _ROOMY_FROM, "-low")
        # The rows have most of what a larger screen adds; what has to be known is whole elsewhere.
        most = self._sentences.most = 1 if height < _ROOMY_FROM else (height - _ROWS_FIRST) // 4
        if self._table is not None:
            self._columns.show(self._table.head)
            self._show_facts()
            self._sentences.show(self._said(sentences(self._table.board), most))
        self.show_row()

    def _show_facts(self) -> None:
        if (table := self._table) is not None:
            self._facts.show(lambda width: facts(table.board, self._marks, width, seeds=self._seeds))

    def _said(self, said: Sequence[str], most: int) -> Content:
        """Return what has to be known; before what is longer than so many lines, by which key all of it is read."""
        whole, keys = Content("\n".join(said)), self.keymap["leaderboard_notes"]
        if not (keys and said) or len(whole.wrap(max(1, self._facts.content_size.width))) <= most:
            return whole
        return Content.assemble((key_label(keys[0]), "bold"), f" {counted(len(said), 'note')} and the marks: ", whole)

    def show_row(self) -> None:
        """Say in words what the row at the cursor says."""
        if self._table is None or self.rows.cursor is None:
            self._row.show(Content(""))
            return
        board = self._table.board
        words = row_words(board, board.rows[self.rows.cursor], self._marks, seeds=self._seeds)
        self._row.show(Content(words))

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        self.show_row()
        if message.again:
            self.action_leaderboard_open()

    def action_leaderboard_open(self) -> None:
        """Leave for the proposal at the cursor."""
        if self._table is None or self.rows.cursor is None:
            return
        row = self._table.board.rows[self.rows.cursor]
        if row.role is not Role.PROPOSAL:
            self.app.notify(f"This is a {row.bound or row.role}; only proposals stand in the queue.", markup=False)
            return
        self.chosen = row.method_id
        self.action_view_back()

    def action_leaderboard_seeds(self) -> None:
        """Show the seeds as dots, or the intervals again."""
        self._seeds = not self._seeds
        self.query_one("#hints", Static).update(self.hints())
        self.rows.refresh()
        self._show_facts()
        self.show_row()

    def action_leaderboard_notes(self) -> None:
        """Show in full what is said around the table."""
        if self._table is None:
            return
        board, cursor = self._table.board, self.rows.cursor
        row = None if cursor is None else board.rows[cursor]
        lines = tuple(notes(board, row, self._marks))
        self.app.push_screen(LeaderboardNotesScreen(ground_words(board, self._marks), lines, self.keymap))

    def action_leaderboard_measure(self) -> None:
        """Ask by what the rows are to be in order."""
        if not self._grounds:
            return
        grounds = [Ground(g.metric, g.dataset, g.setting, g.split) for g in self._grounds]
        options = [
            Option(str(i), safe_line(self._words(ground), _LABEL_LIMIT), counted(g.proposals, "proposal"))
            for i, (ground, g) in enumerate(zip(grounds, self._grounds, strict=True))
        ]
        now = str(grounds.index(self._ground)) if self._ground in grounds else None

        def take(chosen: str | None) -> None:
            if chosen is not None and chosen != now:
                self._show(grounds[int(chosen)])

        self.app.push_screen(ChoiceScreen("By what", options, now, self.keymap, self._marks), take)


def _line(words: str, _width: int) -> str:
    """Return a line that is the same for every width."""
    return words
