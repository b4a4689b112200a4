"""From the triage screen to files: what is taken in from them, and the judgements that are written to one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded
from reviewer.domain.queue import QueueFilter
from reviewer.domain.text import safe_line
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import opens_dialog
from reviewer.tui.toasts import ERROR_SECONDS
from reviewer.workflow import browsing

if TYPE_CHECKING:
    from reviewer.tui.screens.export_file import ExportRequest

_PLACES_TOLD = 2
"""So many problems are named to which proposals came."""


class FilesPart(QueuePart):
    """What has to do with files that come in and go out."""

    @opens_dialog
    async def action_import(self) -> None:
        """Take in files."""
        self.settle_digits()
        problems = await self.background.read(browsing.all_problems, self.session)
        slugs = [stored.problem.slug for stored in problems]
        before = await self.background.read(browsing.proposals_by_problem, self.session)
        report = await self.app.push_screen_wait(self.reviewer_app.import_screen(slugs))
        if report is not None and (report.new or report.changed):
            self.action_refresh()
            await self._tell_where_they_went(before)

    async def _tell_where_they_went(self, before: Mapping[str, int]) -> None:
        """Say how many proposals came to other problems than the one in hand, and what goes there."""
        after = await self.background.read(browsing.proposals_by_problem, self.session)
        came = {slug: n - before.get(slug, 0) for slug, n in after.items() if slug != self.problem.slug}
        most_first = sorted((slug for slug, n in came.items() if n > 0), key=lambda slug: -came[slug])
        if not most_first:
            return
        told = [
            f"{counted(came[slug], 'proposal')} came to {safe_line(slug, 60)}" for slug in most_first[:_PLACES_TOLD]
        ]
        if rest := len(most_first) - len(told):
            told.append(f"more to {counted(rest, 'other problem')}")
        keys = self.keymap["switch_problem"]
        goes = f"; {key_label(keys[0])} goes there" if keys else ""
        self.tell(f"{', '.join(told)}{goes}.", about="came", seconds=ERROR_SECONDS)

    @opens_dialog
    async def action_export(self) -> None:
        """Write the judgements to a file."""
        from reviewer.tui.screens.export_file import ExportRequest, ExportScreen

        self.settle_digits()

        async def perform(request: ExportRequest) -> str:
            return await self.reviewer_app.long_work(self._export, request)

        default = f"{self.reviewer_app.start_folder}judgements-{self.problem.slug}.csv"
        await self.app.push_screen_wait(ExportScreen(default, self.asked.describe(), self.keymap, perform=perform))

    def _export(self, request: "ExportRequest") -> str:
        from reviewer.exports.columns import Shape
        from reviewer.exports.formats import Format
        from reviewer.workflow.exporting import ExportOptions, export

        if not request.path.strip():
            raise UserError("Name a file to write to.")
        shape = {"current": Shape.JUDGEMENTS, "history": Shape.HISTORY, "long": Shape.LONG, "wide": Shape.WIDE}
        options = ExportOptions(
            shape=shape[request.shape],
            format=Format(request.format),
            excel=request.excel,
            problem=self.problem.slug,
            reviewer_id=self.session.reviewer_id if request.whose == "mine" else None,
            viewer_id=self.session.reviewer_id,
            asked=self.asked if request.filtered else QueueFilter(),
            checks=self.reviewer_app.config.checks,
        )
        summary = export(self.session.store, expanded(request.path), options)
        return f"{counted(summary.rows, 'row')} written to {summary.path}" + (
            ", in place of what was there." if summary.replaced else "."
        )
