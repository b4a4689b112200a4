"""What an import did, or would do, as lines to read."""

from collections.abc import Iterator, Sequence

from reviewer.domain.counted import counted
from reviewer.domain.methods import UNNAMED_DATASET, Reject
from reviewer.domain.stating import StatedIn, Statement
from reviewer.domain.text import safe_line
from reviewer.tui.import_request import ImportReport
from reviewer.tui.widgets.lines import LineRole, TextLine, plain

MOST_REJECTS = 1_000
"""More rejects than this are counted, not listed; the store has them all."""


REJECTS_FIRST = 3
"""So many are told right below the counts; the others after all else, which they would push out of sight."""

NAMES_TOLD = 8


def report_lines(report: ImportReport, *, is_preview: bool = False) -> list[TextLine]:
    """Return a report as it is read: the counts, what else there is to tell, and what could not be taken."""
    lines = list(_counts(report, is_preview))
    lines += _rejected(report.rejects[:REJECTS_FIRST])
    if report.sources:
        lines += [TextLine(), *(plain(safe_line(each, 400), "dim") for each in report.sources)]
    if sentences := [*report.sentences, *_on_settings(report, is_preview)]:
        lines += [TextLine(), *(plain(safe_line(each, 1_000)) for each in sentences)]
    if len(report.rejects) > REJECTS_FIRST:
        lines += [TextLine(), plain("rejected too", "strong")]
        lines += _rejected(report.rejects[REJECTS_FIRST:MOST_REJECTS])
    if report.rejected > MOST_REJECTS:
        lines.append(plain(f"and {report.rejected - MOST_REJECTS:,} more", "dim"))
    return lines


def _rejected(rejects: Sequence[Reject]) -> Iterator[TextLine]:
    for each in rejects:
        yield plain(safe_line(f"{each.file} {each.place}".strip(), 400), "dim", mark="  ")
        yield plain(safe_line(each.reason, 1_000), mark="    ")


def changes_anything(report: ImportReport) -> bool:
    """Return whether taking it in would change anything: what came before may have a setting or a direction by it."""
    return bool(report.new or report.changed or report.elsewhere or report.settings_told or report.metrics_told)


def _on_settings(report: ImportReport, is_preview: bool) -> Iterator[str]:
    if n := report.settings_told:
        known, its = ("that was known already", "its") if n == 1 else ("that were known already", "their")
        has = "would have" if is_preview else "has" if n == 1 else "have"
        yield f"{counted(n, 'measurement')} {known} {has} {its} setting by this."
    if report.unknown_settings:
        told_by = StatedIn.FORM.saying(Statement.SETTING, "lab")
        names = [safe_line(name, 40) for name in report.unknown_settings if name != UNNAMED_DATASET]
        if not names:
            yield f"The setting is unknown until told: {told_by}."
            return
        more = f" and {len(names) - NAMES_TOLD:,} more" if len(names) > NAMES_TOLD else ""
        told = ", ".join(names[:NAMES_TOLD])
        yield f"The setting of {told}{more} is unknown until told: {told_by} is for all, `{names[0]}=lab` for one."


def _counts(report: ImportReport, is_preview: bool) -> Iterator[TextLine]:
    if report.interrupted:
        kept = "" if is_preview else " What was taken in is kept; importing it again completes it."
        yield plain(f"Stopped before the end.{kept}", "notice")
    elif not is_preview:
        yield plain("Done.", "strong")
    elif changes_anything(report):
        yield plain("This would come; nothing is written yet.", "strong")
    elif report.rejected and not report.unchanged:
        yield plain("Nothing would come: it is rejected, for what stands below.", "strong")
    else:
        yield plain("Nothing new would come.", "strong")
    told: tuple[tuple[int, str, LineRole], ...] = (
        (report.new, "new", ""),
        (report.changed, "changed: each a new revision, the old one is kept", ""),
        (report.unchanged, "unchanged", ""),
        (report.elsewhere, "met as before in another file too: R shows where", ""),
        (report.rejected, "rejected", "notice"),
    )
    counted_ones = [each for each in told if each[0]]
    width = max((len(f"{count:,}") for count, _, _ in counted_ones), default=0)
    for count, words, role in counted_ones:
        yield TextLine(((f"{count:>{width},} ", "strong"), (words, role)), ("  ", ""))
    if not counted_ones:
        yield TextLine((("0 new", "dim"),), ("  ", ""))
