"""What an import did, or would do, as lines to read."""

from collections.abc import Iterator

from reviewer.domain.text import safe_line
from reviewer.tui.import_request import ImportReport
from reviewer.tui.widgets.lines import LineRole, TextLine, plain

MOST_REJECTS = 1_000
"""More rejects than this are counted, not listed; the store has them all."""


def report_lines(report: ImportReport, *, is_preview: bool = False) -> list[TextLine]:
    """Return a report as it is read: the counts, what else there is to tell, and what could not be taken."""
    lines = list(_counts(report, is_preview))
    if report.sources:
        lines += [TextLine(), *(plain(safe_line(each, 400), "dim") for each in report.sources)]
    if report.sentences:
        lines += [TextLine(), *(plain(safe_line(each, 1_000)) for each in report.sentences)]
    if report.rejects:
        lines += [TextLine(), plain("rejected", "strong")]
        for each in report.rejects[:MOST_REJECTS]:
            lines.append(plain(safe_line(f"{each.file} {each.place}".strip(), 400), "dim"))
            lines.append(plain(safe_line(each.reason, 1_000), mark="  "))
        if report.rejected > MOST_REJECTS:
            lines.append(plain(f"and {report.rejected - MOST_REJECTS:,} more", "dim"))
    return lines


def _counts(report: ImportReport, is_preview: bool) -> Iterator[TextLine]:
    if report.interrupted:
        kept = "" if is_preview else " What was taken in is kept; importing it again completes it."
        yield plain(f"Stopped before the end.{kept}", "notice")
    elif not is_preview:
        yield plain("Done.", "strong")
    elif report.new or report.changed:
        yield plain("This would come; nothing is written yet.", "strong")
    else:
        yield plain("Nothing new would come.", "strong")
    told: tuple[tuple[int, str, LineRole], ...] = (
        (report.new, "new", ""),
        (report.changed, "changed: each a new revision, the old one is kept", ""),
        (report.unchanged, "unchanged", ""),
        (report.rejected, "rejected", "notice" if report.rejected else ""),
    )
    width = max(len(f"{count:,}") for count, _, _ in told)
    for count, words, role in told:
        yield TextLine(
            ((f"{count:>{width},} ", "strong" if count else "dim"), (words, role if count else "dim")), ("  ", "")
        )
