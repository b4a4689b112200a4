"""What the parts of the triage screen do for one another: each knows the others by this alone."""

from collections.abc import Sequence

from textual.screen import Screen

from reviewer.domain.queue import QueueRow
from reviewer.domain.vocabulary import Stage
from reviewer.workflow.views import ProposalView


class TriageParts(Screen[None]):
    """What one part of the triage screen does and another asks for. The screen itself is made of all of them."""

    def complete_index(self) -> object:
        """Put into the search index what waits for it; the part of the screen that searches does it."""
        raise AssertionError("the searching part completes the index")

    def load_insights_ahead(self) -> object:
        """Load what the insights are made with; the part that opens them does it."""
        raise AssertionError("the insights' part loads them")

    def must_stay(self) -> bool:
        """Ask for what the rubric still requires; the judging part does it."""
        raise AssertionError("the judging part asks for what is required")

    def ask_for(self, names: Sequence[str]) -> None:
        """Go where one writes the first of what the rubric requires; the writing part does it."""
        raise AssertionError("the writing part opens the fields")

    def ask_condition(self, view: ProposalView) -> None:
        """Ask what a conditional verdict depends on; the writing part does it."""
        raise AssertionError("the writing part opens the fields")

    def fit(self) -> None:
        """Fit the panes to the window; the panes' part does it."""
        raise AssertionError("the panes' part fits them")

    def fold_crowded_queue(self) -> None:
        """Fold the queue where it takes the place of the pane beside the proposal; the panes' part does it."""
        raise AssertionError("the panes' part folds it")

    def fit_evidence(self) -> None:
        """Give the evidence its rows; the panes' part does it."""
        raise AssertionError("the panes' part fits them")

    def show_view(self, view: ProposalView | None) -> None:
        """Put a proposal on the screen; the part of the screen that reads does it."""
        raise AssertionError("the reading part shows views")

    def follow(self, row: QueueRow) -> None:
        """Show the proposal of a row in the panes; the part of the screen that reads does it."""
        raise AssertionError("the reading part follows the cursor")

    def show_baselines_alone(self) -> object:
        """Show the baselines where there is no proposal; the part of the screen that reads does it."""
        raise AssertionError("the reading part shows baselines")

    def show_heading(self) -> None:
        """Say over the proposal whose it is and how it ended; the part of the screen that reads does it."""
        raise AssertionError("the reading part draws the headings")

    def show_target(self) -> None:
        """Show what "survives" means; the part of the screen that reads does it."""
        raise AssertionError("the reading part shows the target")

    def show_adjudication(self, method_id: int) -> object:
        """Show whether it is adjudicated, where that may be seen now; the part that shows others does it."""
        raise AssertionError("the others' part shows adjudications")

    def show_hints(self) -> None:
        """Draw the keys at the foot anew; the screen itself does it."""
        raise AssertionError("the screen draws its hints")

    def for_one_again(self) -> None:
        """Take what is said next as meant for one proposal alone; the part that judges what is alike does it."""
        raise AssertionError("the part that judges what is alike ends it")

    def show_bar(self) -> None:
        """Draw the judgement bar anew; the judging part does it."""
        raise AssertionError("the judging part draws the bar")

    def show_header(self) -> None:
        """Draw the header anew; the queue's part does it."""
        raise AssertionError("the queue's part draws the header")

    async def begin_news(self) -> None:
        """Take what is in the store now as known; the part that looks for news does it."""
        raise AssertionError("the news' part looks for news")

    def forget_news(self) -> None:
        """Count what is in the store as known when the queue is next read; the part that looks for news does it."""
        raise AssertionError("the news' part looks for news")

    def settle_digits(self) -> None:
        """Save the forecast that is being typed; the judging part does it."""
        raise AssertionError("the judging part saves forecasts")

    def go_to(self, method_id: int) -> None:
        """Put the cursor on a proposal; the queue's part does it."""
        raise AssertionError("the queue's part moves the cursor")

    def action_refresh(self) -> object:
        """Read everything anew; the queue's part does it."""
        raise AssertionError("the queue's part refreshes")

    def follow_critic(self) -> None:
        """Let Claude's pane go with what is on the screen; the critic's part does it."""
        raise AssertionError("the critic's part follows")

    def close_critic(self) -> None:
        """Close Claude's pane; the critic's part does it."""
        raise AssertionError("the critic's part closes it")

    @property
    def is_critic_open(self) -> bool:
        """Return whether Claude's pane stands in the baseline's place; the critic's part knows."""
        raise AssertionError("the critic's part knows")

    @property
    def is_critic_locked(self) -> bool:
        """Return whether Claude's pane is open and waits for one's own verdict; the critic's part knows."""
        raise AssertionError("the critic's part knows")

    def critique_shown(self, view: ProposalView) -> str | None:
        """Return which critique of a proposal was read last; the critic's part knows."""
        raise AssertionError("the critic's part knows")

    def note_input(self) -> None:
        """Count the time that is spent with a critique; the critic's part does it."""
        raise AssertionError("the critic's part counts it")

    async def show_stage(self, method_id: int, stage: Stage | None) -> None:
        """Show what may be seen once a stage is reached; the protocol's part does it."""
        raise AssertionError("the protocol's part shows stages")

    def place_ideas(self, view: ProposalView | None) -> None:
        """Put the panes on their sides; the panes' part does it."""
        raise AssertionError("the panes' part places them")

    def count_rows(self) -> object:
        """Count anew what is judged; the queue's part does it."""
        raise AssertionError("the queue's part counts")
