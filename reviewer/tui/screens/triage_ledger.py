"""From the triage screen to the ledger, and from there to a proposal in the queue."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import opens_dialog
from reviewer.workflow import browsing

if TYPE_CHECKING:
    from reviewer.workflow.ledger import LedgerRow


class LedgerPart(QueuePart):
    """What has to do with what became of all the proposals of the problem."""

    @opens_dialog
    async def action_ledger(self) -> None:
        """Show the ledger; where a proposal was chosen there, go to it."""
        from reviewer.tui.ledger_table import LedgerTable
        from reviewer.tui.screens.ledger import LedgerScreen
        from reviewer.workflow.ledger_board import board_of, read_rows

        self.settle_digits()
        store, problem_id, viewer, marks = self.session.store, self.stored.id, self.session.reviewer_id, self.marks
        rows: tuple[LedgerRow, ...] | None = None

        async def read(
            metric: str | None, is_wanted: Callable[[], bool], told: Callable[[int, int], object]
        ) -> LedgerTable:
            def work() -> LedgerTable:
                nonlocal rows
                if rows is None:
                    rows = read_rows(store, problem_id, viewer, is_wanted, told)
                return LedgerTable(board_of(rows, metric), viewer, marks)

            return await self.background.long(work)

        sealed = await self.background.read(browsing.any_sealed, self.session, problem_id)
        screen = LedgerScreen(
            self.problem, self.keymap, marks, read=read, log=self.reviewer_app.opening.log, sealed=sealed
        )
        await self.app.push_screen_wait(screen)
        if screen.chosen is not None:
            self.go_to(screen.chosen)
