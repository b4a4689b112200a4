"""The triage screen: the queue, a proposal beside its baseline, the evidence, the judgement bar."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static
from textual.worker import Worker

from reviewer.domain.queue import Sort, is_searched_for
from reviewer.store.drafts import Draft
from reviewer.store.problems import StoredProblem
from reviewer.tui.document_cache import DocumentCache
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import bind, hint
from reviewer.tui.screens.triage_critic import CriticPart
from reviewer.tui.screens.triage_files import FilesPart
from reviewer.tui.screens.triage_in_full import InFullPart
from reviewer.tui.screens.triage_insights import InsightsPart
from reviewer.tui.screens.triage_judging import FORECAST
from reviewer.tui.screens.triage_leaderboard import LeaderboardPart
from reviewer.tui.screens.triage_ledger import LedgerPart
from reviewer.tui.screens.triage_moving import MovingPart
from reviewer.tui.screens.triage_news import NewsPart
from reviewer.tui.screens.triage_others import ADJUDICATION_DRAFTS, OthersPart
from reviewer.tui.screens.triage_outcome import OUTCOME_DRAFTS, OutcomePart
from reviewer.tui.screens.triage_panes import PanesPart
from reviewer.tui.screens.triage_search import SearchPart
from reviewer.tui.screens.triage_stages import StagesPart
from reviewer.tui.screens.triage_target import TargetPart
from reviewer.tui.screens.triage_writing import WritingPart
from reviewer.tui.stage_words import stage_hints
from reviewer.tui.telling import opens_dialog
from reviewer.tui.widgets.critique_pane import CritiquePane
from reviewer.tui.widgets.divider import Divider
from reviewer.tui.widgets.document import DocumentPane
from reviewer.tui.widgets.evidence import EvidencePane
from reviewer.tui.widgets.field_editor import FieldEditor
from reviewer.tui.widgets.judgement_bar import JudgementBar
from reviewer.tui.widgets.one_line import OneLine
from reviewer.tui.widgets.pane_heading import PaneHeading
from reviewer.tui.widgets.queue import QueueList
from reviewer.tui.widgets.search_line import SearchLine
from reviewer.tui.widgets.text_field import is_escape
from reviewer.workflow import browsing
from reviewer.workflow.session import Session

HINTS = (
    ("help", "all keys"),
    ("palette", "every action"),
    ("next", "next"),
    ("page_down", "read on"),
    ("next_baseline", "baseline"),
    ("search", "search"),
    ("filter", "filter"),
    ("undo", "undo"),
    ("last_judged", "last judged"),
)
"""The keys at the foot while no field has the focus."""


class TriageScreen(
    SearchPart,
    InFullPart,
    MovingPart,
    LeaderboardPart,
    LedgerPart,
    InsightsPart,
    OutcomePart,
    OthersPart,
    TargetPart,
    FilesPart,
    CriticPart,
    WritingPart,
    StagesPart,
    PanesPart,
    NewsPart,
):
    """The app's one working screen. Each part of it adds the actions of one subject."""

    AUTO_FOCUS = "#queue"
    HELP_PLACES: ClassVar[Sequence[str]] = ("triage", "critic")
    HELP_TITLE = "judging proposals"

    def __init__(
        self,
        session: Session,
        stored: StoredProblem,
        keymap: Keymap,
        marks: Marks,
        *,
        idle_seconds: float,
        ticks: Callable[[], float],
        order: Sort,
        start: int | None = None,
    ) -> None:
        """Make the screen for one problem; ``start`` is the proposal to begin with, whatever was seen last."""
        super().__init__(session, stored, keymap, marks, idle_seconds=idle_seconds, ticks=ticks, order=order)
        self._start = start
        self._hints: Sequence[tuple[str, str]] = HINTS
        bind(self, "triage", keymap)

    def compose(self) -> ComposeResult:
        """Lay out header, target, panes, evidence, fields, bar and hints."""
        cache = DocumentCache()
        first = {action: key_label(keys[0]) if keys else "" for action, keys in self.keymap.items()}
        with Horizontal(id="header"):
            yield OneLine(id="header-left")
            yield OneLine(id="header-mid")
            yield OneLine(id="header-right")
        yield OneLine(id="folded")
        yield OneLine(id="target")
        with Horizontal(id="panes"):
            with Vertical(id="queue-pane"):
                yield SearchLine(placeholder="search", id="search")
                yield QueueList(marks=self.marks, id="queue")
                yield Static(id="empty", markup=False)
            yield Divider(marks=self.marks, id="beside-queue")
            with Vertical(id="proposal-pane", classes="pane"):
                yield PaneHeading("proposal", marks=self.marks, id="proposal-heading")
                yield DocumentPane(cache, id="proposal")
            yield Divider(marks=self.marks, id="beside-baseline")
            with Vertical(id="baseline-pane", classes="pane"):
                yield PaneHeading("baseline", marks=self.marks, id="baseline-heading")
                yield DocumentPane(cache, id="baseline")
            with Vertical(id="critic-pane", classes="pane"):
                yield PaneHeading("Claude", marks=self.marks, id="critic-heading")
                yield CritiquePane(self.keymap, marks=self.marks, id="critic")
        yield SearchLine(placeholder="find in the document", id="find")
        yield Divider(marks=self.marks, id="above-evidence")
        whole_by = key_label(self.keymap["evidence"][0]) if self.keymap["evidence"] else ""
        yield EvidencePane(marks=self.marks, whole_by=whole_by, id="evidence")
        yield FieldEditor(self.keep_draft, id="editor")
        yield JudgementBar(first, marks=self.marks, id="judgement")
        yield Static(hint(self.keymap, *HINTS), id="hints", markup=False)
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        """Read the queue; a draft that waits, or the proposal seen last, is where it begins."""
        self.query_one("#search").display = False
        self.query_one("#find").display = False
        self.fit()
        kept, reviewer = self.reviewer_app.drafts, self.session.reviewer
        seen = [place.proposal for place in kept.places_of(reviewer) if place.problem == self.problem.slug]
        self.watch_for_news()
        self._show_spent_later()
        self._begin([d for d in kept.all_of(reviewer) if d.text], seen[0] if seen else None)

    @work(group="spent-later")
    async def _show_spent_later(self) -> None:
        """Show in the header what Claude has cost today, once there is something to be seen."""
        await self.seen_for_a_moment()
        self.show_spent()

    @work(group="begin")
    async def _begin(self, drafts: Sequence[Draft], seen: str | None) -> None:
        try:
            start = await self._beginning(drafts, seen)
        except Exception as error:
            # One begins at the top of the queue then; the drafts stay where they are.
            self.tell_error(error)
            start = self._start
        self.load_queue(start)

    async def _beginning(self, drafts: Sequence[Draft], seen: str | None) -> int | None:
        """Return the proposal to begin with: one that a draft waits at, else the one seen last."""
        start = self._start
        for draft in drafts:
            found = await self.background.read(browsing.find_proposal, self.session, draft.proposal)
            if found is None or found[1] != self.stored.id:
                continue
            if start is None or start == found[0]:
                start = found[0]
                self._tell_of(draft)
                break
        if start is None and seen is not None:
            found = await self.background.read(browsing.find_proposal, self.session, seen)
            start = found[0] if found is not None and found[1] == self.stored.id else None
        return start

    def _tell_of(self, draft: Draft) -> None:
        if draft.field == FORECAST:
            # Whether they are all of its digits nobody knows: another window may be typing them now.
            words = f"A forecast of {draft.text} % was typed here and not saved; type it again to keep it."
            self.tell(words, about="draft")
            self.drop_drafts([draft])
            return
        key = {name: name for name in ("rationale", "tags", "resolves_on")}.get(draft.field, "rubric")
        if draft.field.startswith(OUTCOME_DRAFTS):
            key = "outcome"
        if draft.field.startswith(ADJUDICATION_DRAFTS):
            key = "others"
        if draft.field in ("condition", "next_experiment"):
            key = "conditional"
        label = key_label(self.keymap[key][0]) if self.keymap[key] else key
        self.tell(f"An unsaved draft is waiting here; {label} goes on with it.", about="draft")

    # The keys at the foot: those that act where the focus is.

    def on_descendant_focus(self) -> None:
        """Show the keys that act where the focus is now."""
        self.show_hints()

    def on_descendant_blur(self) -> None:
        """Show the keys that act now."""
        self.show_hints()

    def show_hints(self) -> None:
        """Draw the line at the foot anew, where other keys act than before."""
        place = self.focused.id if isinstance(self.focused, Input) else None
        if self.editor.writing:
            hints = self.writing_hints
        elif place == "search":
            typed = self.query_one("#search", Input).value
            if typed.strip() and not is_searched_for(typed):
                hints = (("nothing to look for", "without a letter or a digit"), ("esc", "ends it"))
            else:
                last = ("the last word", "may be a beginning")
                hints = (last, ("enter", "into the queue"), ("esc", "shows everything again"))
        elif place == "find":
            found = "" if self.found is None else f"{self.found} found"
            hints = ((found, ""), ("enter", "into the document"), ("n", "next"), ("N", "previous"), ("esc", "ends it"))
            hints = hints if found else (("type", "what to find"), ("esc", "ends it"))
        elif self.focused is self.critic_pane:
            hints = self.critic_hints
        elif self.asked.text:
            hints = (("esc", "ends the search"), *self._stage_hints(), *HINTS)
        else:
            hints = (*self._stage_hints(), *HINTS)
        if hints != self._hints:
            self._hints = hints
            self.query_one("#hints", Static).update(hint(self.keymap, *hints))

    def _stage_hints(self) -> Sequence[tuple[str, str]]:
        return () if self.view is None else stage_hints(self.view, self.keymap)

    # What the keys of text fields and the size of the window ask for.

    def on_key(self, event: events.Key) -> None:
        """Count the time spent, and leave the fields of the queue and the document, or the search, on Esc."""
        self.attention.input()
        self.note_input()
        if event.key == "backspace" and not self.focused_text() and self.take_digit_back():
            event.stop()
        elif is_escape(event.key) and isinstance(self.focused, Input):
            event.stop()
            event.prevent_default()
            if self.focused.id == "search":
                self.clear_search()
            elif self.focused.id == "find":
                self.clear_find()
        elif self.focused is self.critic_pane:
            if event.key != "escape" and is_escape(event.key):
                event.stop()
                self.action_critic_close()
        elif event.key == "escape" and self.asked.text and not self.focused_text():
            event.stop()
            self.clear_search()

    @property
    def is_opening(self) -> bool:
        """Return whether a field, a dialog or another proposal is asked for, and not there yet."""
        # While the screen is made or taken down there is no editor.
        return any(editor.is_opening for editor in self.query(FieldEditor)) or any(self._openings())

    def _openings(self) -> Iterator[Worker[Any]]:
        for worker in self.workers:
            if worker.node is self and worker.group in ("dialog", "last-judged") and not worker.is_finished:
                yield worker

    def give_up_opening(self) -> None:
        """Let go of the dialog or the proposal that is asked for and not there yet."""
        for worker in list(self._openings()):
            worker.cancel()

    def on_paste(self, event: events.Paste) -> None:
        """Say that what was pasted went nowhere: only a field takes text."""
        event.stop()
        keys = {name: key_label(keys[0]) for name, keys in self.keymap.items() if keys}
        fields = ("rationale", "the rationale"), ("search", "the search")
        into = [f"{keys[name]} opens {what}" for name, what in fields if name in keys]
        self.tell(f"What was pasted went nowhere{': ' if into else ''}{', '.join(into)}.")

    def on_mouse_down(self) -> None:
        """Count the time spent."""
        self.attention.input()
        self.note_input()

    def action_toggle_move_on(self) -> None:
        """Say whether a verdict goes on to the next proposal."""
        on = self.reviewer_app.toggle_move_on()
        self.tell("A verdict goes on to the next proposal." if on else "A verdict stays on its proposal.")

    @opens_dialog
    async def action_switch_problem(self) -> None:
        """Go over to another problem."""
        from reviewer.tui.screens.choice import ChoiceScreen, Option

        self.settle_digits()
        if self.must_stay():
            return
        problems = await self.background.read(browsing.all_problems, self.session)
        if len(problems) < 2:
            self.tell("There is one problem in this store.")
            return
        options = [Option(str(p.id), p.problem.title or p.problem.slug) for p in problems]
        chosen = await self.app.push_screen_wait(ChoiceScreen("Problem", options, str(self.stored.id), self.keymap))
        if chosen is not None and int(chosen) != self.stored.id:
            self.reviewer_app.open_problem(next(p for p in problems if p.id == int(chosen)))
