"""The panes of the triage screen: folded, stacked, and resized by the mouse and by keys."""

from dataclasses import replace

from textual import events, on
from textual.widget import Widget
from textual.widgets import Static

from reviewer.tui.key_names import key_label
from reviewer.tui.pane_sizes import PaneSizes
from reviewer.tui.screens.triage_state import TriageState
from reviewer.tui.widgets.divider import Divider
from reviewer.tui.widgets.pane_heading import PaneHeading
from reviewer.workflow.views import ProposalView

NARROW = 110
"""Below so many columns the queue folds into one line; the key for it brings it back."""

STACKED = 72
"""Below so many columns the baseline stands under the proposal."""

SMALLEST = (60, 20)
"""Columns and rows under which nothing can be judged; the screen then says what it needs, and keeps everything."""

LOW = 30
"""Below so many rows the evidence makes room for what is being written."""

STEP_COLUMNS, STEP_ROWS, STEP_SHARE = 4, 1, 0.04
"""By how much a key makes a pane wider, higher, or its share larger."""


class PanesPart(TriageState):
    """What has to do with how much of the window each pane has."""

    _queue_wanted: bool | None = None
    _swapped = False
    """Whether the baseline stands left of the proposal."""
    _focus_held: Widget | None = None
    """What had the focus when the window became too small."""

    def on_resize(self, _event: events.Resize) -> None:
        """Fold, stack or hide panes as the window allows."""
        self.fit()
        if self.is_mounted:
            self.show_header()

    def fit(self) -> None:
        """Show, fold or stack the panes for the size of the window and what is being done."""
        width, height = self.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        grown = self.is_too_small and not small
        if small and not self.is_too_small:
            self._focus_held = self.focused
        self.query_one("#too-small", Static).update(self._too_small_words() if small else "")
        wide = width >= NARROW
        shown = wide if self._queue_wanted is None else self._queue_wanted
        shown = shown or self.queue_needed
        if shown and not wide and self.is_critic_open:
            # There is no room for both: the queue was asked for, or is searched in, since the pane was opened.
            self.close_critic()
            return
        looks = {
            "-small": small,
            "-folded": not shown,
            "-crowded": shown and not wide,
            "-stacked": width < STACKED,
            "-low": height < LOW,
        }
        # All at once: each of them has the styles of the whole screen found anew.
        self.classes = (self.classes - looks.keys()) | {look for look, holds in looks.items() if holds}
        self.fit_sizes()
        if grown:
            self.hold_focus()

    def fold_crowded_queue(self) -> None:
        """Fold the queue where it takes the place of the pane beside the proposal."""
        if self.has_class("-crowded"):
            self._queue_wanted = None

    def hold_focus(self) -> None:
        """Give the focus back where it was taken from what the small window hides: one goes on where one was."""
        if self.focused is None:
            self.set_focus(self._focus_held, from_app_focus=True)  # as it was, with nothing selected
        self._leave_folded()

    def _leave_folded(self) -> None:
        """Go where one sees where one is: nobody is in a queue that is folded, or nowhere."""
        lost = self.focused is None or (self.focused is self.queue and self.has_class("-folded"))
        if lost and not self.is_too_small:
            self.rest()

    @property
    def is_too_small(self) -> bool:
        """Return whether nothing can be judged, since nothing of it can be seen."""
        return self.has_class("-small")

    def _too_small_words(self) -> str:
        """Say what the window needs, how to go on, and what keys do meanwhile."""
        keys = {name: key_label(self.keymap[name][0]) for name in ("back_or_quit", "quit") if self.keymap[name]}
        if self.focused_text():
            meanwhile = f"what you type still goes into the open field, and {keys['quit']} leaves"
        else:
            meanwhile = f"keys do nothing until then, save {' or '.join(keys.values())}, which leaves"
        return (
            f"{self.size.width}×{self.size.height} is too small to judge in. Make the window at least "
            f"{SMALLEST[0]}×{SMALLEST[1]} to go on; {meanwhile}. Nothing is lost."
        )

    def fit_sizes(self) -> None:
        """Give each pane the size that was chosen for it, as far as the window allows."""
        sizes = self.sizes
        queue, proposal, baseline, critic = (
            self.query_one(f"#{name}-pane") for name in ("queue", "proposal", "baseline", "critic")
        )
        # Claude's pane has the size of the baseline, in whose place it stands.
        shares = ((proposal, 0), (baseline, 1), (critic, 1))
        if self.has_class("-stacked"):
            queue.styles.width, queue.styles.height = "1fr", f"{sizes.queue_share * 100:.1f}%"
            for pane, place in shares:
                share = (sizes.above, 1 - sizes.above)[place]
                pane.styles.width, pane.styles.height = "1fr", f"{share * 100:.1f}fr"
        else:
            queue.styles.width, queue.styles.height = sizes.queue_width(self.size.width), "1fr"
            for pane, place in shares:
                share = (sizes.beside, 1 - sizes.beside)[place]
                pane.styles.width, pane.styles.height = f"{share * 100:.1f}fr", "1fr"
        self.fit_evidence()

    def place_ideas(self, view: ProposalView | None) -> None:
        """Put the proposal left of the baseline; where it is an idea to be judged alone, on the side drawn for it."""
        swapped = view is not None and not view.on_left
        if swapped is self._swapped:
            return
        self._swapped = swapped
        panes, between = self.query_one("#panes"), self.query_one("#beside-baseline")
        proposal, baseline = self.query_one("#proposal-pane"), self.query_one("#baseline-pane")
        left, right = (baseline, proposal) if swapped else (proposal, baseline)
        panes.move_child(left, before=between)
        panes.move_child(right, after=between)
        panes.move_child(self.query_one("#critic-pane"), after=baseline)

    def fit_evidence(self) -> None:
        """Give the evidence as many rows as it has, or as were chosen."""
        pane = self.evidence_pane
        pane.styles.height = self.sizes.evidence_height(self.size.height, pane.height_wanted)

    @property
    def sizes(self) -> PaneSizes:
        """Return the sizes that were chosen; they hold for every problem, until the app is left."""
        return self.reviewer_app.pane_sizes

    @sizes.setter
    def sizes(self, sizes: PaneSizes) -> None:
        self.reviewer_app.pane_sizes = sizes
        self.fit_sizes()

    def on_descendant_focus(self) -> None:
        """Mark the pane that one is in."""
        self._leave_folded()
        self._mark_pane()

    def on_descendant_blur(self) -> None:
        """Take the mark off the pane; what the window no longer shows gives the focus away, or keeps it for later."""
        self._mark_pane()
        if self.is_too_small:
            self.hold_focus()
        elif self.app.app_focus and not self.editor.writing:
            self._leave_folded()

    def _mark_pane(self) -> None:
        for pane in (self.proposal_pane, self.baseline_pane, self.critic_pane):
            self.query_one(f"#{pane.id}-heading", PaneHeading).mark(self.focused is pane)
        self.query_one("#above-evidence").set_class(self.focused is self.evidence_pane, "-accent")

    def action_toggle_queue(self) -> None:
        """Show or hide the queue."""
        self._queue_wanted = self.has_class("-folded")
        self.fit()
        self.rest()

    def action_widen_pane(self) -> None:
        """Make the pane with the focus larger."""
        self._widen(1)

    def action_narrow_pane(self) -> None:
        """Make the pane with the focus smaller."""
        self._widen(-1)

    def _widen(self, by: int) -> None:
        sizes, (width, height) = self.sizes, self.size
        if self.focused is self.evidence_pane:
            self.sizes = sizes.with_evidence(self.evidence_pane.size.height + by * STEP_ROWS, height)
        elif self.focused in (self.proposal_pane, self.baseline_pane, self.critic_pane):
            share = (by if self.focused is self.proposal_pane else -by) * STEP_SHARE
            if self.has_class("-stacked"):
                self.sizes = sizes.with_above(sizes.above + share)
            else:
                self.sizes = sizes.with_beside(sizes.beside + share)
        elif self.has_class("-stacked"):
            self.sizes = sizes.with_queue_share(sizes.queue_share + by * STEP_SHARE)
        else:
            self.sizes = sizes.with_queue(sizes.queue_width(width) + by * STEP_COLUMNS, width)

    @on(Divider.Dragged)
    def drag(self, message: Divider.Dragged) -> None:
        """Move the line between two panes to where the mouse is."""
        sizes, (width, height) = self.sizes, self.size
        beside = "#critic-pane" if self.is_critic_open else "#baseline-pane"
        queue, proposal, baseline, panes = (
            self.query_one(name).region for name in ("#queue-pane", "#proposal-pane", beside, "#panes")
        )
        first = baseline if self._swapped else proposal
        upright = not self.has_class("-stacked")
        match message.divider.id:
            case "beside-queue" if upright:
                self.sizes = sizes.with_queue(message.x - queue.x, width)
            case "beside-queue":
                self.sizes = sizes.with_queue_share((message.y - queue.y) / max(1, panes.height))
            case "beside-baseline" if upright:
                share = (message.x - first.x) / max(1, proposal.width + baseline.width)
                self.sizes = sizes.with_beside(1 - share if self._swapped else share)
            case "beside-baseline":
                share = (message.y - first.y) / max(1, proposal.height + baseline.height)
                self.sizes = sizes.with_above(1 - share if self._swapped else share)
            case _:
                self.sizes = sizes.with_evidence(self.evidence_pane.region.bottom - message.y - 1, height)

    @on(Divider.Reset)
    def reset(self, message: Divider.Reset) -> None:
        """Give the panes beside a line the sizes that they had in the beginning."""
        first = PaneSizes()
        match message.divider.id:
            case "beside-queue":
                self.sizes = replace(self.sizes, queue=first.queue, queue_share=first.queue_share)
            case "beside-baseline":
                self.sizes = replace(self.sizes, beside=first.beside, above=first.above)
            case _:
                self.sizes = replace(self.sizes, evidence=None)
