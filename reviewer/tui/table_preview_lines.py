"""What a map makes of the first rows of a table, as lines to read: counts, methods with their numbers, rejects."""

from collections.abc import Iterator

from reviewer.domain.counted import counted
from reviewer.domain.methods import UNNAMED_DATASET, Measurement, MethodRecord
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Role
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.workflow.table_looking import TableLook, TablePreview

FIRST_METHODS = 2
MOST_METHODS = 50
MOST_REJECTS = 100
_MOST_NUMBERS = 6


def preview_lines(look: TableLook, preview: TablePreview) -> list[TextLine]:
    """Return the lines: first how many of what there are, then some methods, the rejects, and more methods."""
    return list(_lines(look, preview))


def _lines(look: TableLook, preview: TablePreview) -> Iterator[TextLine]:
    if preview.trouble:
        yield plain(safe_line(preview.trouble, 1_000), "notice")
    yield from (plain(safe_line(each, 1_000), "notice") for each in look.passed_over)
    if not preview.methods and not preview.rejects:
        return
    n = len(look.rows)
    rows = counted(n, "row") if look.is_whole else f"the first {counted(n, 'row')}"
    counts = [counted(preview.count(role), str(role)) for role in Role if preview.count(role)]
    rejected = f"{len(preview.rejects):,} rejected"
    yield TextLine(
        (
            (f"{rows} {'is' if n == 1 else 'are'} ", "dim"),
            (", ".join(counts) or "no method", "strong"),
            (f"; {rejected}", "notice" if preview.rejects else "dim"),
        )
    )
    yield from (plain(safe_line(each, 1_000), "notice") for each in preview.notices)
    for method in preview.methods[:FIRST_METHODS]:
        yield from _method(method)
    for reject in preview.rejects[:MOST_REJECTS]:
        place = f"{reject.place}: " if reject.place else ""
        yield TextLine((("rejected  ", "notice"), (safe_line(f"{place}{reject.reason}", 1_000), "")), ("  ", ""))
    for method in preview.methods[FIRST_METHODS:MOST_METHODS]:
        yield from _method(method)


def _method(method: MethodRecord) -> Iterator[TextLine]:
    role = "" if method.role is Role.PROPOSAL else f"  {method.bound or method.role}"
    numbers = "; ".join(map(_number, method.measurements[:_MOST_NUMBERS]))
    more = len(method.measurements) - _MOST_NUMBERS
    rest = f" and {more} more" if more > 0 else ""
    yield TextLine(
        (
            (safe_line(method.title, 60), ""),
            (role, "accent"),
            (f"  {safe_line(numbers, 400)}{rest}" if numbers else "  no number", "dim"),
        ),
        ("  ", ""),
    )


def _number(measurement: Measurement) -> str:
    where = f" on {measurement.dataset}" if measurement.dataset != UNNAMED_DATASET else ""
    if measurement.value is None:
        return f"{measurement.metric}{where}: {measurement.missing}"
    error = "" if measurement.standard_error is None else f" ± {measurement.standard_error:.3g}"
    seeds = f" ({measurement.n_seeds} seeds)" if (measurement.n_seeds or 0) > 1 else ""
    return f"{measurement.metric}{where} {measurement.value:.4g}{error}{seeds}"
