"""The reading part of the triage screen: what is in the panes, and which baseline a proposal is held against."""

import shlex
from collections.abc import Sequence
from contextlib import suppress

from textual import on, work

from reviewer.domain.errors import DamagedStoreError
from reviewer.domain.queue import QueueRow
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Protocol
from reviewer.evidence.comparison import ComparisonRow
from reviewer.tui.evidence_table import evidence_cells
from reviewer.tui.method_document import method_document, note
from reviewer.tui.screens.triage_state import VIEWS_KEPT, Appraisal, TriageState
from reviewer.tui.stage_words import PROTOCOL_UNREAD, sealed_words
from reviewer.tui.telling import telling
from reviewer.tui.widgets.one_line import OneLine
from reviewer.tui.widgets.pane_heading import PaneHeading
from reviewer.tui.widgets.queue import QueueList
from reviewer.workflow.judging import VERDICT_WORDS
from reviewer.workflow.permalinks import SHORT_ID
from reviewer.workflow.places import find_places
from reviewer.workflow.views import (
    BaselinesView,
    ProposalView,
    appraised_rows,
    baseline_rows,
    evidence_rows,
    target_lines,
)

AHEAD, BEHIND = 3, 1
"""How many proposals after and before the cursor are read ahead."""

COMMAND_SHOWN = 300
"""Characters of a command that is shown whole or not at all."""


UNREADABLE = "This proposal cannot be read, since the store is damaged; `reviewer recover OUT` saves what can be saved."
UNREADABLE_BASELINES = "The baselines of this problem cannot be read, since the store is damaged."
UNREADABLE_NUMBERS = "The numbers cannot be read, since the store is damaged."
NO_NUMBERS = "Nothing was measured: neither the proposal nor the baseline has a number."

LOST_BESIDE_THE_TEXT = {"judgement": "your judgement", "questions": "its questions", "remarks": "its remarks",
                        "outcome": "its outcome", "others": "whether it is adjudicated",
                        "protocol": "its protocol"}  # fmt: skip
"""What is said over the text of a proposal where it cannot be read."""


class ReadingPart(TriageState):
    """What has to do with the proposal on the screen and what it is held against."""

    @on(QueueList.Moved)
    def follow_cursor(self, message: QueueList.Moved) -> None:
        """Show the proposal that the cursor came to stand on, unless the panes went along with it already."""
        if message.row.method_id != self.followed:
            self.follow(message.row)

    def follow(self, row: QueueRow) -> None:
        """Show the proposal of a row in the panes, at once where it was read ahead."""
        self.followed = row.method_id
        view = self.views.get(row.method_id)
        self.show_header()
        if view is not None:
            self.show_view(view)
            self._read_ahead()
        else:
            self._load(row.method_id)

    @work(exclusive=True, group="view")
    @telling
    async def _load(self, method_id: int) -> None:
        try:
            view = await self.background.read(self.reader.view, method_id)
        except DamagedStoreError:
            if (row := self.queue.row) is not None and row.method_id == method_id:
                self._show_unreadable()
            raise
        self.keep_view(view)
        row = self.queue.row
        if row is not None and row.method_id == method_id:
            self.show_view(view)
            self._read_ahead()

    def _show_unreadable(self) -> None:
        """Say of the proposal under the cursor that it cannot be read; nothing of the one before stays beside it."""
        self.show_view(None)
        self.query_one("#proposal-heading", PaneHeading).name_pane("proposal · cannot be read")
        self.proposal_pane.show(note(UNREADABLE))

    @work(exclusive=True, group="ahead")
    async def _read_ahead(self) -> None:
        if not await self.is_looked_at():
            return
        near = self.queue.near(AHEAD, BEHIND)
        for row in near:
            if row.method_id not in self.views:
                try:
                    self.keep_view(await self.background.read(self.reader.view, row.method_id))
                except Exception:
                    return  # It is told when the cursor comes there.
        if not self.is_there:
            return
        self.prefetch_documents()
        for row in near:
            ahead = self.views.get(row.method_id)
            readable = ahead is not None and "numbers" not in ahead.lacking
            if ahead is None or not readable or ahead.is_sealed:
                continue
            if ahead.baselines and self._appraisal(ahead, 0) is None:
                with suppress(Exception):  # The same.
                    await self._keep_appraisal(ahead, 0)

    @work(exclusive=True, group="view")
    @telling
    async def show_baselines_alone(self) -> None:
        """Show the baselines of a problem that has no proposal yet."""
        self.lone_baselines = await self.background.read(self.reader.baselines)
        self._note_protocol(self.lone_baselines.protocol)
        self.show_baseline()

    def show_view(self, view: ProposalView | None) -> None:
        """Put a proposal on the screen, beside the best baseline for it; None empties the screen."""
        self.settle_digits()
        self.attention.look_at(view.proposal.id if view else None)
        before, self.view = self.view, view
        again = view is not None and before is not None and view.proposal.id == before.proposal.id
        if not again:
            self.for_one_again()
        if view is not None and before is not None and again and view.is_sealed == before.is_sealed:
            self.baseline = _place_again(before, self.baseline, view)
        else:
            self.baseline = 0
            # From its top, with its name, as the proposal; not Scrolled, which would be carried over to that.
            self.baseline_pane.scroll_fraction = 0.0
            if view is not None:
                self.note_place(view)
        self.place_ideas(view)
        self._note_protocol(view.protocol if view else self.protocol)
        if view is None:
            self.proposal_pane.show(None)
        else:
            self.proposal_pane.show(method_document(view.proposal, view.remarks), ("proposal", view.proposal.id))
        self.show_heading()
        self.show_baseline()
        self.show_target()
        self.show_bar()
        self.show_damage()

    def _note_protocol(self, protocol: Protocol) -> None:
        """Keep in mind by which protocol the problem is judged, and show that where it is another one than before."""
        if protocol is not self.protocol:
            self.protocol = protocol
            self.show_header()

    def show_heading(self) -> None:
        """Say over the proposal how it ended, where that is known, whose it is, and what of it cannot be read."""
        said = ["proposal"]
        if (view := self.view) is not None and view.is_sealed:
            said = ["idea to judge"]
        elif view is not None:
            if view.outcome is not None and view.outcome.outcome is not None:
                said.append(f"outcome: {view.outcome.outcome.result}")
            if view.adjudication is not None and view.adjudication.adjudication is not None:
                said.append(f"adjudicated: {VERDICT_WORDS[view.adjudication.adjudication.verdict]}")
            said.append(safe_line(view.proposal.agent or view.proposal.run or view.proposal.namespace, 40))
        if view is not None and (lost := [w for part, w in LOST_BESIDE_THE_TEXT.items() if part in view.lacking]):
            said.append(f"{' and '.join(lost)} cannot be read")
        self.query_one("#proposal-heading", PaneHeading).name_pane(" · ".join(said))

    def show_baseline(self) -> None:
        """Show the baseline in hand and the evidence against it, or the baseline alone where there is no proposal."""
        view = self.view or self.lone_baselines
        heading = self.query_one("#baseline-heading", PaneHeading)
        self.set_class(self.view is None and view is not None, "-alone")
        unread = view is not None and "baselines" in view.lacking
        if view is None or not view.baselines:
            self.baseline_pane.show(note(UNREADABLE_BASELINES) if unread else None)
            none = "cannot be read" if unread else "none in this problem"
            what = "idea to compare with" if view is not None and view.is_sealed else "baseline"
            heading.name_pane(what if view is None else f"{what} · {none}")
        else:
            ranked = view.baselines[self.baseline]
            self.baseline_pane.show(method_document(ranked.method), ("baseline", ranked.method.id))
            origin = f"{ranked.method.origin} · " if ranked.method.origin != "unknown" else ""
            others = " · others cannot be read" if unread else ""
            if view.is_sealed:
                heading.name_pane(f"idea to compare with{others}")
            else:
                heading.name_pane(f"baseline · {origin}{safe_line(ranked.reason, 90)}{others}")
        self.show_evidence()

    def show_evidence(self, *, again: bool = False) -> None:
        """Show the numbers at once, and what statistics say of them as soon as that is known; ``again``: now it is."""
        view = self.view or self.lone_baselines
        appraisal = None
        unread = view is not None and "numbers" in view.lacking
        rows: Sequence[ComparisonRow] = ()
        if view is not None and view.is_sealed:
            words = PROTOCOL_UNREAD if "protocol" in view.lacking else sealed_words(self.keymap)
            self.evidence_pane.show_rows((), words, again=again)
            self.fit_evidence()
            return
        if isinstance(view, ProposalView) and not unread:
            rows = evidence_rows(view, self.baseline)
            appraisal = self._appraisal(view, self.baseline)
        elif isinstance(view, BaselinesView) and not unread:
            rows = baseline_rows(view, self.baseline)
        self.evidence_pane.show_rows(
            evidence_cells(rows, self.marks, appraisal.rows if appraisal else ()),
            UNREADABLE_NUMBERS if unread else NO_NUMBERS if view else "",
            view.questions if isinstance(view, ProposalView) else (),
            alone=not isinstance(view, ProposalView),
            again=again,
        )
        self.fit_evidence()
        if isinstance(view, ProposalView) and view.baselines and appraisal is None and not unread:
            self._appraise(view, self.baseline)

    def _appraisal(self, view: ProposalView, baseline: int) -> Appraisal | None:
        """Return what is known of a proposal against a baseline; None where either was read anew since."""
        found = self.appraised.get(view.proposal.id)
        if found is None or not view.baselines:
            return None
        same = found.proposal is view.proposal and found.baseline is view.baselines[baseline].method
        return found if same else None

    @work(exclusive=True, group="figures")
    @telling
    async def _appraise(self, view: ProposalView, baseline: int) -> None:
        if not await self.is_looked_at():
            return
        await self._keep_appraisal(view, baseline)
        if self.view is not None and self.view.proposal is view.proposal and self.baseline == baseline:
            self.show_evidence(again=True)

    @property
    def shares_seeds(self) -> bool:
        """Return whether runs of one seed number are compared in pairs in this problem."""
        return self.problem.slug in self.reviewer_app.config.shared_seeds

    async def _keep_appraisal(self, view: ProposalView, baseline: int) -> None:
        await self.seen_for_a_moment()
        rows = await self.background.figure(
            appraised_rows,
            view,
            baseline,
            shared_seeds=self.shares_seeds,
        )
        self.appraised[view.proposal.id] = Appraisal(view.proposal, view.baselines[baseline].method, rows)
        self.appraised.move_to_end(view.proposal.id)
        while len(self.appraised) > VIEWS_KEPT:
            self.appraised.popitem(last=False)

    def show_target(self) -> None:
        """Show what "survives" means, on one line that is always in sight."""
        line = self.query_one("#target", OneLine)
        target = self.problem.target
        key = self.keymap["target"][0] if self.keymap["target"] else ""
        if "target" in self.stored.lacking:
            line.say(" survives if: this cannot be read, since the store is damaged")
            return
        if target is None:
            line.say(f" survives if: nobody has written it yet; {key} writes the target of this problem")
            return
        parts = dict(target_lines(target))
        by = f"by {safe_line(parts['by'], 20)}: " if "by" in parts else ""
        line.say(f" survives {by}{safe_line(target.criterion, 400)}")

    def action_next_baseline(self) -> None:
        """Hold the proposal against the next baseline."""
        self._step_baseline(1)

    def action_previous_baseline(self) -> None:
        """Hold the proposal against the baseline before."""
        self._step_baseline(-1)

    def _step_baseline(self, by: int) -> None:
        view = self.view or self.lone_baselines
        if view is None or len(view.baselines) < 2:
            self.tell("There is no other baseline in this problem.")
            return
        self.baseline = (self.baseline + by) % len(view.baselines)
        self.show_baseline()

    def action_copy(self) -> None:
        """Send the proposal's id to the clipboard of the terminal, which does not answer whether it took it."""
        if (view := self.view_to_read()) is not None:
            uuid = view.proposal.uuid
            self.app.copy_to_clipboard(uuid)
            path = self.session.store.path.absolute()
            elsewhere = "" if path == find_places().store.absolute() else f"--store {shlex.quote(str(path))} "
            command = f"reviewer {elsewhere}--at {uuid[-SHORT_ID:]}"
            # A command that is cut, or made safe, does something else.
            if command == safe_line(command, COMMAND_SHOWN):
                self.tell(f"The id is sent to the terminal's clipboard; “{command}” opens the app here.", seconds=8)
            else:
                self.tell(f"The id {uuid} is sent to the terminal's clipboard.", seconds=8)


def _place_again(before: ProposalView, baseline: int, now: ProposalView) -> int:
    """Return the place of the baseline in hand among those that there are now; where it is gone, that of the first."""
    held = [ranked.method.id for ranked in before.baselines][baseline : baseline + 1]
    return next((place for place, ranked in enumerate(now.baselines) if [ranked.method.id] == held), 0)
