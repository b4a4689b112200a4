"""The insights: what a reviewer's judging comes to, section by section as it is computed."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import ClassVar

from textual import on, work
from textual._path import CSSPathType
from textual.content import Content
from textual.message import Message

from reviewer.domain.problems import Problem
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.page_lines import METHOD, part_lines
from reviewer.tui.screens.binding import bind, hint
from reviewer.tui.screens.read_view import ReadView
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.workflow.insights import RARE, InsightGroup, group_of
from reviewer.workflow.section_parts import parts_of
from reviewer.workflow.statistic_sections import Section, Viewer

WIDEST = 130
_AT_ONCE_SECONDS = 0.05
"""What comes within this time is drawn together, but for the first section, which is waited for."""

Read = Callable[[Callable[[], bool], Callable[[Section], object]], Awaitable[None]]
"""Tells each section as soon as it is there, in whatever thread, as long as the first function says that it is wanted.
"""


class InsightsScreen(ReadView):
    """Shows the insights of a problem, which are computed in the background."""

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/view.tcss"]
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("insights", "view")

    class Told(Message):
        """A section is there. For the screen itself."""

        def __init__(self, reading: int, section: Section) -> None:
            super().__init__()
            self.reading = reading
            self.section = section

    def __init__(
        self,
        problem: Problem,
        viewer: Viewer,
        keymap: Keymap,
        marks: Marks,
        *,
        read: Read,
        log: Callable[[BaseException], object],
    ) -> None:
        super().__init__("Insights", problem.title or problem.slug, keymap, log=log, widest=WIDEST)
        self._viewer = viewer
        self._marks = marks
        self._read = read
        self._sections: dict[InsightGroup, list[Section]] = {group: [] for group in InsightGroup}
        self._why_none = ""
        self._is_drawn_soon = False
        self._starts: list[int] = []
        self.add_class("-wide")
        bind(self, "insights", keymap)

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(
            self.keymap,
            ("view_down", "down"),
            ("view_page_down", "page"),
            ("insights_next", "next section"),
            ("help", "keys"),
            ("view_back", "back"),
        )

    @property
    def is_opening(self) -> bool:
        """Return whether the next key is meant for something else than what is shown: never, as it is shown at once."""
        return False

    def fill(self) -> None:
        """Begin to compute, and show what there is."""
        self._draw()
        self._compute()

    @work(exclusive=True, group="insights")
    async def _compute(self) -> None:
        reading = self.begin_reading()

        def told(section: Section) -> None:
            self.post_message(self.Told(reading, section))

        try:
            await self._read(lambda: self.is_wanted(reading), told)
        except Exception as error:
            if self.is_wanted(reading):
                self._why_none = self.why_none(error)
                self._draw()
            return
        if self.is_wanted(reading):
            # After the last section that was told.
            self.call_later(self._end)

    def _end(self) -> None:
        self.end_reading()
        self._draw()

    @on(Told)
    def _take(self, message: Told) -> None:
        message.stop()
        if not self.is_wanted(message.reading):
            return
        is_first = not any(self._sections.values())
        self._sections[group_of(message.section, self._viewer)].append(message.section)
        if is_first:
            self._draw()
        elif not self._is_drawn_soon:
            self._is_drawn_soon = True
            self.set_timer(_AT_ONCE_SECONDS, self._draw)

    def _draw(self) -> None:
        self._is_drawn_soon = False
        self.pane.show(self._lines, keep_place=True)

    def _lines(self, width: int) -> Sequence[TextLine]:
        lines: list[TextLine] = []
        self._starts = []
        said: set[str] = set()
        is_cut = False
        for group, sections in self._sections.items():
            if not sections and (group in RARE or not self._reading):
                continue
            self._starts.append(len(lines))
            lines.append(plain(f"{group} {self._marks.rule * max(0, width - len(group) - 1)}", "accent"))
            for part in parts_of(sections, said):
                is_cut = is_cut or any(table.columns[-1].name == METHOD for table in part.tables)
                lines += part_lines(part, width, self._marks)
            if self._reading and self._is_awaited(group):
                lines += [plain("computing …", "dim"), TextLine()]
        lines += self._foot(is_cut)
        return lines

    def _is_awaited(self, group: InsightGroup) -> bool:
        """Return whether more of a group may come: as long as none of a later one did, but that its own come late."""
        if group is InsightGroup.RECORD:
            return len(self._sections[group]) < 2
        order = list(InsightGroup)
        return not any(self._sections[later] for later in order[order.index(group) + 1 :])

    def _foot(self, has_methods: bool) -> Iterator[TextLine]:
        if self._why_none:
            yield plain(self._why_none, "notice")
        elif not self._reading and has_methods:
            yield plain(
                "`reviewer stats` says how each figure is had, `reviewer report -o FILE.html` draws all.", "dim"
            )

    def action_insights_next(self) -> None:
        """Go to the next section."""
        at = self.pane.scroll_offset.y
        rows = [self.pane.first_row(line) for line in self._starts]
        self.pane.go_to(next((row for row in rows if row > at), rows[-1] if rows else 0))

    def action_insights_previous(self) -> None:
        """Go to the section before."""
        at = self.pane.scroll_offset.y
        rows = [self.pane.first_row(line) for line in self._starts]
        self.pane.go_to(next((row for row in reversed(rows) if row < at), 0))
