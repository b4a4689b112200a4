"""The ledger: what became of a problem's proposals beside what the lab had said, as a table and as a plot."""

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
from reviewer.tui.actions import Where
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.ledger_plot import LEAST_CELLS, LEAST_LINES, Plot
from reviewer.tui.ledger_table import LedgerTable, facts, notes, plot_facts, row_words, sentences
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import bind, hint
from reviewer.tui.screens.dialog import Excerpt
from reviewer.tui.screens.read_view import ReadView
from reviewer.tui.screens.row_moving import RowMoving
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.fitted_line import FittedLine
from reviewer.tui.widgets.lines import TextLine
from reviewer.tui.widgets.row_list import RowList

_ROOMY_FROM = 36
"""Lines from which there are empty ones between the parts."""
_BOTH_FROM = 42
"""Lines from which table and plot stand over one another: with fewer the table would have a row or two."""

Read = Callable[[str | None, Callable[[], bool], Callable[[int, int], object]], Awaitable[LedgerTable]]
"""Gives the table with a metric first, as long as the first function says that it is still wanted; the second hears, in
whatever thread, how many proposals are read, and of how many.
"""


class PlotPane(Widget):
    """Draws the plot of a ledger for the room that it has."""

    def __init__(self, marks: Marks, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._table: LedgerTable | None = None
        self._cursor: int | None = None
        self._made: tuple[LedgerTable, tuple[int, int], Plot] | None = None
        """The plot as it was made last, with what it is of and its size: the cursor moves faster than it is made."""

    def show(self, table: LedgerTable | None, cursor: int | None) -> None:
        """Show the points of a table, with the one of the row at ``cursor`` marked."""
        self._table, self._cursor = table, cursor
        self.refresh()

    def render(self) -> Content:
        """Return the plot, or what it needs."""
        if self._table is None:
            return Content("")
        if not self._table.board.points:
            return Content.styled(
                "Nothing to plot: no proposal has both a gain in the lab and one in production.", "$quiet"
            )
        width, height = self.content_size
        if width < LEAST_CELLS or height < LEAST_LINES:
            return Content.styled("The plot needs a larger window.", "$quiet")
        if self._made is None or self._made[0] is not self._table or self._made[1] != (width, height):
            plot = Plot(self._table.board, width, height, self._marks)
            self._made = (self._table, (width, height), plot)
        return self._made[2].draw(self._cursor)


NOTHING = "Nobody has said yet what became of a proposal of this problem, and none was measured in production{}."
SAYS_IT = "; {} on the triage screen says it"
SEALED = "Nothing is known of what became of the proposals whose evidence you have opened; the others are sealed."


class LedgerNotesScreen(ViewScreen):
    """Shows the lines of :func:`reviewer.tui.ledger_table.notes`."""

    def __init__(self, title: str, lines: Sequence[TextLine], keymap: Keymap) -> None:
        super().__init__("Ledger", title, keymap)
        self._lines = lines

    def fill(self) -> None:
        """Show the lines."""
        self.pane.show(self._lines)


class LedgerScreen(RowMoving, ReadView):
    """Shows the ledger of a problem, which is read in the background. ``chosen`` is the proposal to go to."""

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/view.tcss", "../styles/ledger.tcss"]
    AUTO_FOCUS = ""
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("ledger", "view")

    def __init__(
        self,
        problem: Problem,
        keymap: Keymap,
        marks: Marks,
        *,
        read: Read,
        log: Callable[[BaseException], object],
        sealed: bool = False,
    ) -> None:
        """Make the screen; ``sealed`` says that something is left out since its idea alone may be seen."""
        super().__init__("Ledger", problem.title or problem.slug, keymap, log=log)
        self._sealed = sealed
        self.chosen: int | None = None
        self._marks = marks
        self._read = read
        self._table: LedgerTable | None = None
        self._plots: bool | None = None
        """Whether the plot is shown; None as long as nobody has said, when it is where there is room for both."""
        self._facts = FittedLine("Reading…", id="facts")
        self._columns = FittedLine(id="columns")
        self.rows = RowList(marks=marks, id="rows")
        self._plot = PlotPane(marks, id="plot")
        self._row = Excerpt(3, marks, id="row")
        self._sentences = Excerpt(1, marks, id="sentences")
        self._none = Static(id="none", markup=False)
        bind(self, "ledger", keymap)

    def body(self) -> list[Widget]:
        """Return what the rows are, the table, the plot, the row at the cursor in words, and what has to be known."""
        return [self._facts, self._columns, self.rows, self._plot, self._none, self._row, self._sentences]

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(
            self.keymap,
            ("ledger_open", "go to it"),
            ("ledger_plot", "table" if self._is_plotted_alone else "plot"),
            ("ledger_metric", "metric"),
            ("ledger_notes", "in full"),
            ("view_page_down", "page"),
            ("view_back", "back"),
        )

    def fill(self) -> None:
        """Begin to read."""
        self._show(None)

    @work(exclusive=True, group="ledger")
    async def _show(self, metric: str | None) -> None:
        reading = self.begin_reading()
        try:
            table = await self._read(metric, lambda: self.is_wanted(reading), self.hear_how_far)
        except Exception as error:
            if self.is_wanted(reading):
                self._say_none(self.why_none(error))
            return
        if not self.is_wanted(reading):
            return
        self.end_reading()
        if not table.board.rows:
            says_it = SAYS_IT.format(key_label(keys[0])) if (keys := self.keymap["outcome"]) else ""
            self._say_none(SEALED if self._sealed else NOTHING.format(says_it))
            return
        self._table = table
        self.rows.show(len(table.board.rows), table.line)
        self.call_after_refresh(self._fit)

    def show_how_far(self, read: int, of: int) -> None:
        """Show in place of what the rows are how many of them are read."""
        self._facts.show(partial(_line, f"Reading… {read:,} of {of:,}"))

    def _say_none(self, sentence: str) -> None:
        self._table = None
        self._facts.show(lambda _width: "")
        self._sentences.show(Content(""))
        self._none.update(sentence)
        self.add_class("-empty")

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out anew for another size."""
        self.call_after_refresh(self._fit)

    @property
    def _is_low(self) -> bool:
        return self.size.height < _ROOMY_FROM

    @property
    def _is_plotted(self) -> bool:
        return self.size.height >= _BOTH_FROM if self._plots is None else self._plots

    @property
    def _is_plotted_alone(self) -> bool:
        return self._is_plotted and self.size.height < _BOTH_FROM

    def _fit(self) -> None:
        self.set_class(self._is_low, "-low")
        self.set_class(self._is_plotted, "-plotted")
        self.set_class(self._is_plotted_alone, "-alone")
        self._sentences.most = 1 if self._is_low else 4
        if self._table is not None:
            board, marks = self._table.board, self._marks
            self._columns.show(self._table.head)
            of_plot = self._is_plotted_alone
            self._facts.show(lambda width: (plot_facts if of_plot else facts)(board, marks, width))
            self._sentences.show(self._said(sentences(board, marks)))
        self.query_one("#hints", Static).update(self.hints())
        self.show_row()

    def _said(self, said: Sequence[str]) -> Content:
        """Return what has to be known; before what is longer than its room, by which key all of it is read."""
        whole, keys = Content("\n".join(said)), self.keymap["ledger_notes"]
        if not (keys and said) or len(whole.wrap(max(1, self._facts.content_size.width))) <= self._sentences.most:
            return whole
        return Content.assemble((key_label(keys[0]), "bold"), f" {counted(len(said), 'note')} and the marks: ", whole)

    def show_row(self) -> None:
        """Say in words what the row at the cursor says, and mark it on the plot."""
        table, cursor = self._table, self.rows.cursor
        self._plot.show(table, cursor)
        if table is None or cursor is None:
            self._row.show(Content(""))
        else:
            self._row.show(Content(row_words(table.board.rows[cursor], table.viewer_id, self._marks)))

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        self.show_row()
        if message.again:
            self.action_ledger_open()

    def action_ledger_open(self) -> None:
        """Leave for the proposal at the cursor."""
        if self._table is not None and self.rows.cursor is not None:
            self.chosen = self._table.board.rows[self.rows.cursor].entry.method_id
            self.action_view_back()

    def action_ledger_notes(self) -> None:
        """Show in full what is said around the table."""
        if (table := self._table) is None:
            return
        row = None if self.rows.cursor is None else table.board.rows[self.rows.cursor]
        lines = tuple(notes(table.board, row, table.viewer_id, self._marks))
        self.app.push_screen(LedgerNotesScreen(self._of, lines, self.keymap))

    def action_ledger_plot(self) -> None:
        """Show the plot, or leave it out."""
        self._plots = not self._is_plotted
        self.call_after_refresh(self._fit)

    def action_ledger_metric(self) -> None:
        """Put the next metric first."""
        metrics: Sequence[str] = () if self._table is None else self._table.board.metrics
        if self._table is None or len(metrics) < 2:
            self.app.notify("All proposals here are of one metric.", markup=False)
            return
        self._show(metrics[(metrics.index(self._table.board.metric) + 1) % len(metrics)])


def _line(words: str, _width: int) -> str:
    """Return a line that is the same for every width."""
    return words
