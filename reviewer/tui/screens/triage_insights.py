"""From the triage screen to the insights."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import work

from reviewer.tui.collecting import load_in_peace
from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import opens_dialog

if TYPE_CHECKING:
    from reviewer.workflow.statistic_sections import Section

_HANDS_REST_SECONDS = 0.5


class InsightsPart(QueuePart):
    """What has to do with what the reviewer's judging comes to."""

    @work(group="insights")
    async def load_insights_ahead(self) -> None:
        """Load what the insights are made with before they are asked for: on the way it would take a third of the time
        in which they are to open."""
        await self.reviewer_app.hands_at_rest(_HANDS_REST_SECONDS)
        try:
            await self.background.aside(load_in_peace, _load_insights)
        except Exception as error:  # it is told where it is needed
            self.reviewer_app.opening.log(error)

    @opens_dialog
    async def action_insights(self) -> None:
        """Show the insights."""
        from reviewer.tui.screens.insights import InsightsScreen
        from reviewer.workflow.insights import tell_insights
        from reviewer.workflow.outcomes import today
        from reviewer.workflow.statistic_sections import Viewer

        self.settle_digits()
        session, stored, background = self.session, self.stored, self.background
        viewer, day = Viewer(session.reviewer_id, session.reviewer), today(session.clock)

        async def read(is_wanted: Callable[[], bool], told: "Callable[[Section], object]") -> None:
            def is_awaited() -> bool:
                return is_wanted() and background.wanted()

            await background.work_out(tell_insights, session.store, stored, viewer, day, is_awaited, told)

        screen = InsightsScreen(
            self.problem, viewer, self.keymap, self.marks, read=read, log=self.reviewer_app.opening.log
        )
        await self.app.push_screen_wait(screen)


def _load_insights() -> None:
    import reviewer.tui.screens.insights
    import reviewer.workflow.insights  # noqa: F401  # That they are loaded is all that is wanted of them.
