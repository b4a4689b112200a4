"""The ledger as lines of text for any width: columns that are dropped whole before a number would be cut."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from reviewer.domain.counted import counted
from reviewer.domain.outcomes import HeldForecast
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.stages import Gain
from reviewer.judgement.estimates import Estimate
from reviewer.tui.cells import cut
from reviewer.tui.evidence_table import SETTING_WORDS, number, signed
from reviewer.tui.ledger_plot import INTERVALS_UP_TO, plot_marks, result_marks
from reviewer.tui.marks import Marks
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.workflow.ledger import LedgerRow
from reviewer.workflow.ledger_board import LedgerBoard

UNSAID = "not said"
_TITLE_LIMIT = 200
_LEAST_TITLE, _MOST_TITLE = 12, 60
_MOST_FORECASTS = 26
_GAP = 2

_COLUMNS = ("title", "ended", "lab", "lab_gain", "held_out", "production", "lost", "mine", "others")
_HEADS = {"title": "proposal", "ended": "ended", "lab": "lab value", "lab_gain": "gain in lab", "held_out": "held out",
          "production": "in production", "lost": "lost", "mine": "mine", "others": "others"}  # fmt: skip
_DROPPED_FIRST = ("others", "held_out", "lab_gain", "mine", "lab")
_ON_THE_LEFT = frozenset(("title", "ended", "others"))


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number with its error, apart at the decimal point, so that a column lines up on it."""

    whole: str = ""
    fraction: str = ""
    error: str = ""


class LedgerTable:
    """Makes the lines of one ledger. To be made in a worker, since it goes through all the rows."""

    def __init__(self, board: LedgerBoard, viewer_id: int, marks: Marks) -> None:
        self.board = board
        self.viewer_id = viewer_id
        self._marks = marks
        columns = {name: [self._figure(name, row) for row in board.rows] for name in _NUMBERS}
        self._cells = {name: list(_lined_up(figures)) for name, figures in columns.items()}
        self._cells["ended"] = [self._ended(row) for row in board.rows]
        self._cells["mine"] = [per_cent(mine_of(row, viewer_id)) for row in board.rows]
        self._cells["others"] = [cut_to(_MOST_FORECASTS, others_words(row, viewer_id), marks) for row in board.rows]
        self._widths = {
            name: max(map(cell_len, (*filter(None, cells), _HEADS[name]))) if any(map(str.strip, cells)) else 0
            for name, cells in self._cells.items()
        }

    def _figure(self, name: str, row: LedgerRow) -> _Figure:
        if name == "lab":
            stage = row.stages.get(Setting.LAB)
            return _Figure() if stage is None else self._apart(number(stage.value, self._marks, stage.standard_error),
                                                               stage.standard_error)  # fmt: skip
        gain = {
            "lab_gain": row.gain(Setting.LAB),
            "held_out": row.gain(Setting.HELD_OUT),
            "production": end_of(row),
            "lost": row.lost,
        }[name]
        if gain is None:
            return _Figure()
        written = number if name == "lost" else signed
        return self._apart(written(gain.value, self._marks, gain.standard_error), gain.standard_error)

    def _apart(self, written: str, error: float | None) -> _Figure:
        whole, point, fraction = written.partition(".")
        beside = "" if error is None else f" {self._marks.plus_minus}{number(error, self._marks, error)}"
        return _Figure(whole, point + fraction, beside)

    def _ended(self, row: LedgerRow) -> str:
        mark = result_marks(self._marks)[row.entry.result]
        return f"{mark} {row.entry.result or UNSAID}{'*' if row.entry.standing > 1 else ''}"

    def head(self, width: int) -> Content:
        """Return the names of the columns."""
        parts = []
        for name, cells in self._lay_out(width).items():
            parts.append(cut(_HEADS[name], cells) if name in _ON_THE_LEFT else _HEADS[name].rjust(cells))
        return Content.styled((" " * _GAP).join(parts), "$quiet")

    def line(self, place: int, width: int) -> Content:
        """Return the row at a place within so many cells."""
        row = self.board.rows[place]
        parts: list[str | tuple[str, str]] = []
        for name, cells in self._lay_out(width).items():
            if parts:
                parts.append(" " * _GAP)
            if name == "title":
                parts.append(cut(safe_line(row.entry.title, _TITLE_LIMIT), cells, self._marks.ellipsis))
            else:
                text = self._cells[name][place]
                text += " " * (cells - cell_len(text)) if name in _ON_THE_LEFT else ""
                bold = name == "lost" and row.metric == self.board.metric
                parts.append((text.rjust(cells), "bold" if bold else "$quiet" if name in _QUIET else ""))
        return Content.assemble(*parts)

    def _lay_out(self, width: int) -> dict[str, int]:
        """Return the columns that there is room for, each with its cells, in their order."""
        kept = [name for name in _COLUMNS if name == "title" or self._widths[name]]
        for name in _DROPPED_FIRST:
            if self._rest(width, kept) >= _LEAST_TITLE:
                break
            if name in kept:
                kept.remove(name)
        title = max(1, min(_MOST_TITLE, self._rest(width, kept)))
        return {name: title if name == "title" else self._widths[name] for name in kept}

    def _rest(self, width: int, kept: Sequence[str]) -> int:
        return width - sum(self._widths[name] + _GAP for name in kept if name != "title")


_NUMBERS = ("lab", "lab_gain", "held_out", "production", "lost")
_QUIET = frozenset(("lab_gain", "held_out", "others"))


def _lined_up(figures: Sequence[_Figure]) -> Iterator[str]:
    """Yield the numbers of a column, each as wide as the others, with their points and errors beneath one another."""
    whole, fraction, error = (
        max((len(getattr(figure, part)) for figure in figures), default=0) for part in _Figure.__slots__
    )
    for each in figures:
        yield f"{each.whole:>{whole}}{each.fraction:<{fraction}}{each.error:<{error}}"


def cut_to(most: int, text: str, marks: Marks) -> str:
    """Return a text in at most so many cells."""
    return cut(text, min(most, cell_len(text)), marks.ellipsis)


def end_of(row: LedgerRow) -> Gain | None:
    """Return the effect in production, also one of which nobody knows the metric."""
    if row.entry.effect is not None:
        return Gain(row.entry.effect, row.entry.standard_error)
    return row.effect


def mine_of(row: LedgerRow, viewer_id: int) -> HeldForecast | None:
    """Return what the viewer held of a proposal in time, where they held a forecast."""
    return next((h for h in row.forecasts if h.reviewer_id == viewer_id and h.forecast is not None), None)


def per_cent(held: HeldForecast | None) -> str:
    """Return a forecast as it is read; nothing for none."""
    return "" if held is None or held.forecast is None else f"{100 * held.forecast:.0f} %"


def others_words(row: LedgerRow, viewer_id: int) -> str:
    """Return what the viewer may see of what others had forecast in time; ``?`` where that is kept back."""
    told = [
        f"{safe_line(held.reviewer, 40)} {per_cent(held)}"
        for held in row.forecasts
        if held.reviewer_id != viewer_id and held.forecast is not None
    ]
    return ", ".join([*told, *(["?"] if row.hidden else [])])


def facts(board: LedgerBoard, marks: Marks, width: int) -> str:
    """Return in what order the rows stand, and what is beside them, as far as there is room."""
    ended = sum(row.entry.standing > 0 for row in board.rows)
    said = [counted(ended, "outcome")]
    if ended < len(board.rows):
        said.append(f"{len(board.rows) - ended:,} more measured in production")
    said.append(f"{metric_words(board, marks)}, what lost most first" if board.metric else "")
    if len(board.metrics) > 1:
        said.append("other metrics below")
    return _fitting(said, width)


def plot_facts(board: LedgerBoard, marks: Marks, width: int) -> str:
    """Return what the plot is of and what its marks are, as far as there is room."""
    named = [f"{mark} {result or UNSAID}" for result, mark in result_marks(marks).items()]
    return _fitting([f"gains in {metric_words(board, marks)}", "   ".join(named)], width)


def _fitting(parts: Sequence[str], width: int) -> str:
    line = ""
    for part in filter(None, parts):
        longer = f"{line}{'   ' if line else ''}{part}"
        line = longer if cell_len(longer) <= width else line
    return line


def metric_words(board: LedgerBoard, marks: Marks) -> str:
    """Return the metric that comes first, with its direction."""
    arrow = "" if board.direction is Direction.UNKNOWN else f" {marks.directions[board.direction]}"
    return f"{metric_label(safe_line(board.metric, 40))}{arrow}"


def row_words(row: LedgerRow, viewer_id: int, marks: Marks) -> str:
    """Return in words what a row says: how it ended, its gains from stage to stage, what was lost, the forecasts."""
    entry = row.entry
    said = []
    if entry.result:
        bit = f", {safe_line(entry.constraint, 60)} bit" if entry.constraint else ""
        said.append(f"{entry.result} on {entry.happened_on}{bit}, {safe_line(entry.said_by, 60)} says")
    else:
        said.append("nobody has said how it ended, so no forecast is held against it yet")
    gains = [(SETTING_WORDS[s], row.gain(s)) for s in (Setting.LAB, Setting.HELD_OUT, Setting.PILOT)]
    way = [f"{where} {_with_error(gain, marks)}" for where, gain in (*gains, ("in production", end_of(row))) if gain]
    if way:
        unnamed = " (of what?)" if entry.effect is not None and not entry.metric else ""
        said.append(f"gain in {metric_label(safe_line(row.metric, 40)) or 'its metric'}: {', '.join(way)}{unnamed}")
    if row.lost_held_out and row.lost_in_production:
        held_out, then = (_with_error(gain, marks, number) for gain in (row.lost_held_out, row.lost_in_production))
        said.append(f"lost {held_out} held out and {then} from there to production")
    elif row.lost_held_out:
        said.append(f"lost {_with_error(row.lost_held_out, marks, number)} held out")
    elif row.lost_in_production:
        said.append(f"lost {_with_error(row.lost_in_production, marks, number)} on the way to production")
    mine = mine_of(row, viewer_id)
    others = others_words(row, viewer_id).removesuffix("?").removesuffix(", ")
    forecasts = [*([f"you {per_cent(mine)}"] if mine else []), *([others] if others else [])]
    if forecasts:
        said.append(f"forecast: {', '.join(forecasts)}")
    if row.hidden and entry.result:
        said.append("others' forecasts show once you have given a verdict")
    return f"{safe_line(entry.title, _TITLE_LIMIT)}: {'; '.join(said)}."


def _with_error(gain: Gain, marks: Marks, written: Callable[[float, Marks, float | None], str] = signed) -> str:
    error = gain.standard_error
    beside = "" if error is None else f" {marks.plus_minus}{number(error, marks, error)}"
    return written(gain.value, marks, error) + beside


def sentences(board: LedgerBoard, marks: Marks) -> tuple[str, ...]:
    """Return what may be said of all points, and what has to be known of the rows."""
    vanishing = board.vanishing
    said = []
    if not board.points:
        said.append("No proposal has both a gain in the lab and an effect in production of one metric.")
    elif vanishing.correlation.value is None:
        said.append(vanishing.correlation.reason)
    else:
        figures = (vanishing.correlation, vanishing.change, vanishing.slope)
        said.append(f"{'; '.join(estimate_words(each, marks) for each in figures)}.")
        said += [vanishing.missing] if vanishing.missing else []
    said += vanishing.warnings
    if board.elsewhere:
        has = "has" if board.elsewhere == 1 else "have"
        said.append(f"{counted(board.elsewhere, 'proposal')} {has} both of another metric.")
    if any(row.entry.standing > 1 for row in board.rows):
        said.append("* several say what became of it independently; the last of them counts.")
    if board.rows:
        said.append("Outcomes are mostly of proposals that somebody approved: of those that were not they say nothing.")
    return tuple(said)


def notes(board: LedgerBoard, row: LedgerRow | None, viewer_id: int, marks: Marks) -> Iterator[TextLine]:
    """Yield in full what is said around the table, under a heading each."""
    if row is not None:
        yield plain(safe_line(row.entry.title, 1000), "strong")
        yield plain(row_words(row, viewer_id, marks).removeprefix(f"{safe_line(row.entry.title, _TITLE_LIMIT)}: "))
        for mark, text in (("evidence", row.entry.evidence), ("note", row.entry.note)):
            if text:
                yield plain(safe_line(text, 1000), mark=f"{mark:<{_MARK_CELLS}}")
        yield TextLine()
    yield plain("To be known", "strong")
    for sentence in sentences(board, marks):
        yield plain(sentence, mark="- ")
    yield TextLine()
    if groups := board.vanishing.groups:
        yield plain("By who put them forward", "strong")
        for each in groups:
            against = f"{safe_line(each.group, 60) or 'nobody named'} against {safe_line(each.reference, 60)}"
            for estimate in (each.change, each.adjusted):
                yield plain(f"{against}, {estimate_words(estimate, marks)}.", mark="- ")
        yield TextLine()
    yield plain("Marks", "strong")
    for result, mark in result_marks(marks).items():
        yield plain(result or "nobody has said how it ended", mark=f"{mark:<{_MARK_CELLS}}", mark_role="strong")
    drawn = plot_marks(marks)
    yield plain(
        "production is as the lab: nothing was lost", mark=f"{drawn.same * 3:<{_MARK_CELLS}}", mark_role="strong"
    )
    words = f"95 % intervals; of more than {INTERVALS_UP_TO} proposals that of the row at the cursor alone"
    yield plain(words, mark=f"{f'{drawn.across} {drawn.upright}':<{_MARK_CELLS}}", mark_role="strong")
    yield plain("the row at the cursor", mark=f"{'[ ]':<{_MARK_CELLS}}", mark_role="strong")
    yield plain(
        "so many proposals on one spot, 9 for nine or more", mark=f"{'2 to 9':<{_MARK_CELLS}}", mark_role="strong"
    )


_MARK_CELLS = 10


def estimate_words(estimate: Estimate, marks: Marks) -> str:
    """Return a figure with its interval and n, or why there is none."""
    n = f"n = {estimate.n:,}"
    if estimate.value is None:
        return f"{estimate.name}: {estimate.reason.rstrip('.')} ({n})"
    if estimate.limits is None:
        return f"{estimate.name} {number(estimate.value, marks)} ({n}; {estimate.reason.rstrip('.')})"
    low, high = estimate.limits
    between = f"95 % {number(low, marks)} to {number(high, marks)}"
    return f"{estimate.name} {number(estimate.value, marks)} ({between}, {n})"
