"""What the triage screen stands on: the problem in hand, what is on the screen, and work in the background."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.widgets import Input, TextArea

from reviewer.domain.judgements import Context, Judgement
from reviewer.domain.methods import Method
from reviewer.domain.problems import Problem
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Protocol, Status
from reviewer.evidence.appraisal import Appraised
from reviewer.store.annotations import CurrentJudgement
from reviewer.store.drafts import Place
from reviewer.store.problems import ProblemCounts, StoredProblem
from reviewer.tui.background import Background
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.method_document import method_document
from reviewer.tui.screens.triage_context import context_of
from reviewer.tui.screens.triage_parts import TriageParts
from reviewer.tui.telling import sentence_of
from reviewer.tui.toasts import ERROR_SECONDS, ORDINARY_SECONDS
from reviewer.tui.widgets.critique_pane import CritiquePane
from reviewer.tui.widgets.document import DocumentPane
from reviewer.tui.widgets.evidence import EvidencePane
from reviewer.tui.widgets.field_editor import FieldEditor
from reviewer.tui.widgets.judgement_bar import JudgementBar
from reviewer.tui.widgets.queue import QueueList
from reviewer.workflow.attention import Attention
from reviewer.workflow.session import Session
from reviewer.workflow.views import BaselinesView, ProblemReader, ProposalView

if TYPE_CHECKING:
    from reviewer.tui.app import ReviewerApp

LOADING_WAITS_SECONDS = 0.3

VIEWS_KEPT = 64
"""Views of proposals that stay in memory: a few KB each, around where the cursor has been."""

A_LOOK_SECONDS = 0.06
"""A key that is held down comes again sooner."""

PLACE_SECONDS = 0.5
"""The proposal seen last is written down when so much time has passed, not in the moment of a key."""


class Appraisal(NamedTuple):
    """What statistics say of a proposal against a baseline, as both were read."""

    proposal: Method
    baseline: Method
    rows: tuple[Appraised, ...]


class TriageState(TriageParts):
    """The state that the parts of the triage screen share. Each part adds the actions of one subject."""

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
    ) -> None:
        super().__init__()
        self.session = session
        self.stored = stored
        self.keymap = keymap
        self.marks = marks
        self.reader = ProblemReader(session, stored.id)
        self.counts = ProblemCounts()
        self.queue_total: int | None = None
        self.not_searchable = 0
        """How many texts wait for the search index."""
        self.completing = ""
        """What is still being put into the search index, or checked, and how far that is."""
        self.news = ""
        """What somebody else brought or told since the queue was put in order."""
        self.protocol = Protocol.BLIND
        """By which the problem is judged, as it was last read."""
        self.asked = QueueFilter()
        self.order = order
        self.draw: int | None = None
        """The drawing by which the order of priority goes; None where there is none."""
        self.kept: set[int] = set()
        """Rows judged since the queue was last put in order: they stay in place whatever the filter says of them."""
        self.view: ProposalView | None = None
        self.baseline = 0
        self.lone_baselines: BaselinesView | None = None
        self.views: OrderedDict[int, ProposalView] = OrderedDict()
        self.appraised: OrderedDict[int, Appraisal] = OrderedDict()
        """What statistics say of proposals around the cursor, by their row ids."""
        self.digits = ""
        self.ticks = ticks
        """Seconds that only grow."""
        self.attention = Attention(ticks, idle_seconds)
        self.generation = 0
        self.followed: int | None = None
        """The proposal that was last followed by the panes, or None where they must follow again."""
        self.together = False
        self._found_in: DocumentPane | None = None
        self.found: int | None = None
        """How many places were found in the document; None where nothing is searched for."""
        self.writing_hints: Sequence[tuple[str, str]] = ()
        """The keys of the fields that are open above the bar, each with what it does."""
        self.spent_today = 0
        """What Claude has cost in this store today, in millionths of a dollar, as it was last read."""
        self._place: Place | None = None
        self._painted_at: float | None = None
        """When this screen was painted first, by the clock of the loop."""

    @property
    def reviewer_app(self) -> "ReviewerApp":
        """Return the app by its own type."""
        return cast("ReviewerApp", self.app)

    @property
    def problem(self) -> Problem:
        """Return the problem in hand."""
        return self.stored.problem

    @property
    def background(self) -> Background:
        """Return the threads for work off the UI thread."""
        return self.reviewer_app.background

    @property
    def queue(self) -> QueueList:
        """Return the queue."""
        return self.query_one("#queue", QueueList)

    @property
    def proposal_pane(self) -> DocumentPane:
        """Return the pane of the proposal."""
        return self.query_one("#proposal", DocumentPane)

    @property
    def baseline_pane(self) -> DocumentPane:
        """Return the pane of the baseline."""
        return self.query_one("#baseline", DocumentPane)

    @property
    def critic_pane(self) -> CritiquePane:
        """Return Claude's pane, which is there while it is closed too."""
        return self.query_one("#critic", CritiquePane)

    @property
    def evidence_pane(self) -> EvidencePane:
        """Return the pane of the evidence."""
        return self.query_one("#evidence", EvidencePane)

    @property
    def bar(self) -> JudgementBar:
        """Return the judgement bar."""
        return self.query_one("#judgement", JudgementBar)

    @property
    def editor(self) -> FieldEditor:
        """Return the fields above the judgement bar."""
        return self.query_one("#editor", FieldEditor)

    def keep_view(self, view: ProposalView) -> None:
        """Keep a view, and let go of the one that was used longest ago where there are many."""
        self.views[view.proposal.id] = self._as_held(view)
        self.views.move_to_end(view.proposal.id)
        while len(self.views) > VIEWS_KEPT:
            self.views.popitem(last=False)

    def _as_held(self, view: ProposalView) -> ProposalView:
        """Return a view with what the reviewer holds by acts that are not on the disk yet."""
        act = self.reviewer_app.underway.latest_on(view.proposal.id)
        return view if act is None else _holding(view, act.judgement, act.revision_id)

    def context(self, view: ProposalView) -> Context:
        """Return what is before the reviewer now, to be written down with what they say of it."""
        return context_of(
            view,
            self.stored,
            rubric=self.session.rubric.label,
            baseline=self.baseline,
            critique=self.critique_shown(view),
            asked=self.asked,
            order=self.order,
        )

    def is_sealed_off(self, view: ProposalView, what: str) -> bool:
        """Say that something is not shown while the idea alone may be seen; return whether that is so."""
        if view.is_sealed:
            key = key_label(self.keymap["next_stage"][0]) if self.keymap["next_stage"] else ""
            by = f", by {key}" if key else ""
            self.tell(f"Sealed: {what} comes after a forecast and a verdict on the idea{by}.")
        return view.is_sealed

    @property
    def is_there(self) -> bool:
        """Return whether the screen still has its parts: who waited for something may find it being taken down."""
        return bool(self.query("#queue"))

    async def is_looked_at(self) -> bool:
        """Wait until no key has come for a moment, and return whether there still is a screen to be looked at.

        Under a key that is held down nothing need be read ahead, nor statistics be computed: it would never be seen.
        """
        await self.reviewer_app.hands_at_rest(A_LOOK_SECONDS)
        return self.is_there

    async def seen_for_a_moment(self) -> None:
        """Wait until this screen has been painted once and seen for a moment; return at once after that.

        What takes long to load then does not stand in the way of the first screen: threads share one interpreter.
        """
        now = asyncio.get_running_loop().time
        if self._painted_at is None:
            painted = asyncio.Event()
            self.call_after_refresh(painted.set)
            await painted.wait()
            self._painted_at = self._painted_at or now()
        await asyncio.sleep(self._painted_at + LOADING_WAITS_SECONDS - now())

    def note_place(self, view: ProposalView) -> None:
        """Have it written down, once one rests on it, that this proposal is the one seen last."""
        if self._place is None:
            self.set_timer(PLACE_SECONDS, self.keep_place)
        self._place = Place(self.problem.slug, view.proposal.uuid)

    def keep_place(self) -> None:
        """Write down the proposal seen last, where it is not written down yet."""
        place, self._place = self._place, None
        if place is not None:
            self.reviewer_app.drafts.keep_place(self.session.reviewer, place)

    def acting_view(self) -> ProposalView | None:
        """Return the view that an act is about, or None while the proposal under the cursor is not on the screen.

        Nothing that is said is ever about a proposal that nobody has seen yet.
        """
        row = self.queue.row
        if self.view is None or row is None or row.method_id != self.view.proposal.id:
            return None
        return self.view

    def view_to_read(self) -> ProposalView | None:
        """Return the view on the screen, of which more is to be shown; where there is no proposal, say so."""
        if self.view is None:
            self.tell_of_none()
        return self.view

    def tell_of_none(self) -> None:
        """Say that there is no proposal, and what brings one here; not while the queue is still being read."""
        if self.queue.row is not None or not self.query_one("#empty").display:
            return
        if not (self.counts.proposals and self.asked.active):
            sentence, action, does = "There is no proposal to judge here", "import", "imports some"
        elif self.asked.text:
            sentence, action, does = "No proposal matches the search", "", "esc ends it"
        else:
            sentence, action, does = "No proposal passes the filter", "filter", "changes it"
        if action:
            does = f"{key_label(self.keymap[action][0])} {does}" if self.keymap[action] else ""
        self.tell(f"{sentence}; {does}." if does else f"{sentence}.", about="none")

    def step_queue(self, by: int) -> bool:
        """Move the cursor by so many rows, and the panes with it in the same repaint; return whether it moved.

        The list's own message comes some turns of the loop later: by then the cursor alone would have been painted, and
        the proposal would wait for the next frame.
        """
        with self.app.batch_update():
            moved = self.queue.move(by)
            if moved and (row := self.queue.row) is not None:
                self.follow(row)
        return moved

    def hold(self, method_id: int, judgement: Judgement, revision_id: int, *, saved: bool = True) -> None:
        """Take over what is held of a proposal after an act, wherever it is on the screen."""
        view = self.views.get(method_id)
        if view is not None:
            view = _holding(view, judgement, revision_id)
            # An act that was done later may still wait.
            self.views[method_id] = self._as_held(view)
            if self.view is not None and self.view.proposal.id == method_id:
                self.view = self.views[method_id]
        if not saved:  # The mark in the queue says that it is on the disk.
            return
        changed = view is not None and view.changed_since_judged
        self.queue.mark(method_id, judgement, changed=changed)
        if judgement.status is not Status.TO_DO:
            self.kept.add(method_id)

    def tell(
        self,
        sentence: str,
        *,
        about: str = "act",
        error: bool = False,
        warning: bool = False,
        seconds: float = ORDINARY_SECONDS,
    ) -> None:
        """Show a sentence for a moment, in place of the one ``about`` the same; errors are each about themselves."""
        toasts = self.reviewer_app.toasts
        if error:
            toasts.show(sentence, about=sentence, severity="error", seconds=ERROR_SECONDS)
            self.show_damage()
        else:
            toasts.show(sentence, about=about, severity="warning" if warning else "information", seconds=seconds)

    def tell_error(self, error: Exception) -> None:
        """Show what went wrong and what to do, and keep the traceback in the log."""
        self.reviewer_app.opening.log(error)
        self.tell(sentence_of(error), error=True)

    def show_waiting(self) -> None:
        """Mark in the queue and count in the header what waits for the store, for as long as it does."""
        if self.is_there:
            self.mark_waiting()
            self.show_header()

    def mark_waiting(self) -> None:
        """Mark in the queue what waits for the store."""
        app = self.reviewer_app
        self.queue.show_waiting(app.underway.held() if app.waiting else {})

    def show_damage(self) -> None:
        """Say in the header, for as long as the window is open, that the store is damaged, where that is so."""
        if self.session.store.damage is not None and self.query("#header-mid"):
            self.show_header()

    def prefetch_documents(self) -> None:
        """Have the documents of the proposals around the cursor laid out ahead."""
        rows = self.queue.near(3, 1)
        views = [self.views[row.method_id] for row in rows if row.method_id in self.views]
        self.proposal_pane.prefetch(method_document(v.proposal, v.remarks) for v in views)

    @property
    def queue_needed(self) -> bool:
        """Return whether the queue must be seen however narrow the window: one searches in it, or it is empty."""
        return self.focused is self.query_one("#search", Input) or bool(self.query_one("#empty").display)

    def rest(self) -> None:
        """Put the focus where no letter is typed: into Claude's pane where that is open, else on the queue, or on the
        proposal where the queue is folded.
        """
        if self.is_critic_open:
            self.set_focus(self.critic_pane)
        else:
            self.set_focus(self.proposal_pane if self.has_class("-folded") else self.queue)

    def focused_text(self) -> bool:
        """Return whether letters are typed into a field now."""
        return isinstance(self.focused, Input | TextArea)


def _holding(view: ProposalView, judgement: Judgement, revision_id: int) -> ProposalView:
    """Return a view with another judgement, of a revision."""
    seconds = view.current.seconds if view.current else 0.0
    return replace(view, current=CurrentJudgement(judgement, revision_id, seconds, "", view.stage))
