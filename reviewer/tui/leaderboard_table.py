"""The leaderboard as lines of text for any width: columns that are dropped whole before a number would be cut."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from reviewer.domain.numbers import fine_of_scale, finer, p_value
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Basis, Bound, Role
from reviewer.evidence.baselines import Ground, metric_label
from reviewer.evidence.figures import BASIS_WORDS, FOOTNOTE, FOOTNOTE_WORDS
from reviewer.evidence.leaderboard import Leaderboard, LeaderboardRow
from reviewer.evidence.leaderboard_sentences import DOUBT, adjusted_words, error_mark
from reviewer.evidence.many import Shrunken
from reviewer.evidence.odd_values import LeftOut
from reviewer.tui.cells import cut
from reviewer.tui.evidence_table import SETTING_WORDS, number, signed
from reviewer.tui.leaderboard_bars import Bars, bar_marks
from reviewer.tui.marks import Marks

_TITLE_LIMIT = 200
_LEAST_TITLE, _MOST_TITLE, _LEAST_BAR = 20, 64, 18
_GAP = 2

_DROPPED_FIRST = ("seeds", "error", "shrunken", "adjusted", "bar")
"""The columns that go where there is no room: what the bar shows too goes first."""


def ground_words(board: Leaderboard, marks: Marks) -> str:
    """Return what the rows are in order by: ``PGR ↑ on chat, lab``."""
    name = metric_label(safe_line(board.metric.title or board.metric.name, 40))
    arrow = f" {marks.directions[board.metric.direction]}".rstrip()
    return f"{name}{arrow} on {place_words(board.ground)}"


def place_words(ground: Ground) -> str:
    """Return where something was measured: ``chat dev, held-out``."""
    where = safe_line(f"{ground.dataset} {ground.split or ''}".rstrip(), 40)
    return f"{where}, {SETTING_WORDS[ground.setting]}"


def facts(board: Leaderboard, marks: Marks, width: int, *, seeds: bool = False) -> str:
    """Return what the rows are held against, each with its letter on the scale, and what the marks on it are.

    What does not fit is left out whole, but for the end of a title; :mod:`reviewer.tui.leaderboard_notes` has it all.
    """
    drawn = bar_marks(marks)
    # What a mark says comes first, since it is what the rows cannot be read without.
    parts = [FOOTNOTE_WORDS] if board.illustrative else []
    if seeds and any(row.seeds for row in board.rows):
        parts.append(f"{drawn.seed} a seed, 2 two on one spot")
    parts += held_against(board, marks)
    if any(row.interval.limits is None or not row.seeds for row in board.rows):
        parts.append(f"{drawn.alone} a value alone")
    if board.unmeasured:
        parts.append(f"{board.unmeasured:,} without a value here")
    line = ""
    for part in parts:
        longer = f"{line}{_BETWEEN if line else ''}{part}"
        line = longer if cell_len(longer) <= width else line
    room = width - cell_len(line) - len(_BETWEEN)
    if board.baseline is None or room < _LEAST_TITLE:
        return line
    title = f"b is {safe_line(board.baseline.title, _TITLE_LIMIT)}"
    return f"{line}{_BETWEEN}{cut(title, min(room, cell_len(title)), marks.ellipsis)}"


_BETWEEN = "   "


def held_against(board: Leaderboard, marks: Marks) -> tuple[str, ...]:
    """Return best baseline, floor and ceiling with their values, as far as there are any."""
    best = board.baseline
    named = (
        (f"b {board.baseline_words}", None if best is None else best.value, best is not None and best.illustrative),
        ("f floor", board.floor, Bound.FLOOR in board.illustrative_bounds),
        ("c ceiling", board.ceiling, Bound.CEILING in board.illustrative_bounds),
    )
    return tuple(
        f"{name} {number(value, marks, board.usual_error)}{FOOTNOTE if illustrative else ''}"
        for name, value, illustrative in named
        if value is not None
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of a row as text; empty where there is none."""

    rank: str
    value: str
    error: str
    seeds: str
    adjusted: str
    shrunken: str


class _Blanks(NamedTuple):
    """What stands after a number that has no mark: as wide as the mark where any has one, so that digits align."""

    value: str
    error: str
    adjusted: str
    shrunken: str


def _after(row: LeaderboardRow, marks: Marks) -> str:
    """Return the marks after a value: whether it is illustrative, and whether its source states another one."""
    return (FOOTNOTE if row.illustrative else "") + ("" if row.stated is None else marks.restated)


def _blanks(board: Leaderboard, marks: Marks) -> _Blanks:
    rows = board.rows
    return _Blanks(
        " " * max((len(_after(row, marks)) for row in rows), default=0),
        " " * max((len(error_mark(board, row)) for row in rows), default=0),
        " " * len(DOUBT) if any(row.doubtful for row in rows) else "",
        " " * len(DOUBT) if any(row.shrunken is not None and row.shrunken.borrowed for row in rows) else "",
    )


def _figures(board: Leaderboard, row: LeaderboardRow, marks: Marks, blanks: _Blanks) -> _Figures:
    error, n, fine = board.error(row), row.arm.n, board.fineness(row)
    return _Figures(
        "" if row.rank is None else str(row.rank),
        number(row.value, marks, fine) + _after(row, marks).ljust(len(blanks.value)),
        ""
        if error is None
        else f"{marks.plus_minus}{number(error, marks, fine)}{error_mark(board, row).ljust(len(blanks.error))}",
        "" if n is None else f"({n})",
        _adjusted(board, row, blanks.adjusted),
        "" if row.shrunken is None else _shrunken(row.shrunken, marks, blanks.shrunken, fine),
    )


def _adjusted(board: Leaderboard, row: LeaderboardRow, blank: str) -> str:
    words = adjusted_words(board, row)
    return words and words + (DOUBT if row.doubtful else blank)


def _shrunken(shrunken: Shrunken, marks: Marks, blank: str, fine: float | None) -> str:
    return number(shrunken.value, marks, fine) + (DOUBT if shrunken.borrowed else blank)


class Table:
    """Makes the lines of one leaderboard. To be made in a worker, since it goes through all the rows."""

    def __init__(self, board: Leaderboard, marks: Marks) -> None:
        self.board = board
        self._marks = marks
        self._blanks = _blanks(board, marks)
        self._heads = _HEADS | {name: _HEADS[name] + blank for name, blank in self._blanks._asdict().items()}
        figures: Iterable[_Figures] = (_figures(board, row, marks, self._blanks) for row in board.rows)
        widths = dict.fromkeys(_FIGURES, 0)
        for each in figures:
            for name in _FIGURES:
                widths[name] = max(widths[name], len(getattr(each, name)))
        self._widths = {name: max(width, len(self._heads[name])) if width else 0 for name, width in widths.items()}
        self._layouts: dict[int, _Layout] = {}

    def head(self, width: int) -> Content:
        """Return the names of the columns, with the ends of the scale and what is marked on it."""
        layout = self._layout(width)
        parts = [cut(self._heads[name], layout.columns[name]) if name == "title" else self._heads[name].rjust(
            layout.columns[name]) for name in layout.before]  # fmt: skip
        if layout.bars is not None:
            scale = self.board.scale
            fine = fine_of_scale(scale.low, scale.high)
            low, high = (number(end, self._marks, fine) for end in (scale.low, scale.high))
            parts.append(layout.bars.axis((low, high)))
        parts += [self._heads[name].rjust(layout.columns[name]) for name in layout.after]
        return Content.styled((" " * _GAP).join(parts), "$quiet")

    def line(self, place: int, width: int, *, seeds: bool) -> Content:
        """Return the row at a place within so many cells; ``seeds`` are drawn in place of its interval."""
        row = self.board.rows[place]
        layout, figures = self._layout(width), _figures(self.board, row, self._marks, self._blanks)
        found = row.stands_out
        gap = " " * _GAP
        parts: list[str | tuple[str, str]] = []
        for name in layout.before:
            if parts:
                parts.append(gap)
            if name == "title":
                parts.append(self._title(row, layout.columns[name]))
            else:
                text = getattr(figures, name).rjust(layout.columns[name])
                parts.append((text, "bold" if name == "value" else "$quiet"))
        if layout.bars is not None:
            drawn = layout.bars.dots(row) if seeds else layout.bars.bar(row)
            parts += [gap, *self._coloured(drawn, "$survives" if found else "")]
        for name in layout.after:
            text = getattr(figures, name).rjust(layout.columns[name])
            parts += [gap, (text, "$survives bold") if found and name == "adjusted" else text]
        return Content.assemble(*parts)

    def _coloured(self, drawn: str, style: str) -> Iterator[tuple[str, str]]:
        """Yield a bar in its style, and the lines behind it in theirs."""
        behind = (bar_marks(self._marks).baseline, bar_marks(self._marks).bound)
        for is_behind, run in groupby(drawn, behind.__contains__):
            yield "".join(run), "$quiet" if is_behind else style

    def _title(self, row: LeaderboardRow, width: int) -> str | tuple[str, str]:
        letter = {Role.BASELINE: "b", Role.PROPOSAL: " "}.get(row.role) or ("c" if row.bound is Bound.CEILING else "f")
        title = cut(f"{letter} {safe_line(row.title, _TITLE_LIMIT)}", width, self._marks.ellipsis)
        return title if row.role is Role.PROPOSAL else (title, "italic $quiet")

    def _layout(self, width: int) -> "_Layout":
        layout = self._layouts.get(width)
        if layout is None:
            layout = self._layouts[width] = self._lay_out(width)
        return layout

    def _lay_out(self, width: int) -> "_Layout":
        kept = [name for name in _FIGURES if self._widths[name]]
        kept.append("bar")
        dropped = list(_DROPPED_FIRST)
        while dropped and self._rest(width, kept) < _LEAST_TITLE + (_LEAST_BAR + _GAP) * ("bar" in kept):
            name = dropped.pop(0)
            if name in kept:
                kept.remove(name)
        rest = self._rest(width, kept)
        columns = {name: self._widths[name] for name in kept if name != "bar"}
        bars = None
        columns["title"] = max(1, rest)
        if "bar" in kept:
            columns["title"] = max(_LEAST_TITLE, min(_MOST_TITLE, rest * 45 // 100))
            bars = Bars(self.board, rest - columns["title"] - _GAP, self._marks)
        before = [name for name in ("rank", "title", "value", "error", "seeds") if name in columns]
        after = [name for name in ("adjusted", "shrunken") if name in columns]
        return _Layout(columns, tuple(before), tuple(after), bars)

    def _rest(self, width: int, kept: Sequence[str]) -> int:
        """Return how many cells there are for the title, and for the bar with the gap before it."""
        return width - sum(self._widths[name] + _GAP for name in kept if name != "bar")


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: dict[str, int]
    before: tuple[str, ...]
    after: tuple[str, ...]
    bars: Bars | None


_FIGURES = ("rank", "value", "error", "seeds", "adjusted", "shrunken")
_HEADS = {"rank": "", "title": "  title", "value": "value", "error": "", "seeds": "(n)", "adjusted": "adj. p",
          "shrunken": "shrunken"}  # fmt: skip


def row_words(board: Leaderboard, row: LeaderboardRow, marks: Marks, *, seeds: bool) -> str:
    """Return in words what the row at the cursor says: its interval, the difference, its value after shrinkage."""

    fine = board.fineness(row)

    def between(low: float, high: float) -> str:
        return f"{number(low, marks, fine)} to {number(high, marks, fine)}"

    interval, difference, shrunken = row.interval, board.difference(row), row.shrunken
    own = f"95 % {between(*interval.limits)}" if interval.limits else _within(interval.reason)
    rests_on = f" {BASIS_WORDS[row.basis]}" if row.basis in (Basis.PUBLISHED, Basis.ILLUSTRATIVE) else ""
    stated = "" if row.stated is None else f", where its source states {number(row.stated, marks, fine)}"
    said = [f"{number(row.value, marks, fine)}{rests_on}{stated}, {own}"]
    if difference is not None:
        words = f"{signed(difference.value, marks, fine)} from the {board.baseline_words}"
        if difference.interval is not None:
            words += f", {between(difference.interval.low, difference.interval.high)} ({difference.interval.procedure})"
        elif interval.limits:
            # The value has one, so that it is not plain why the difference has none.
            on = f" (on {metric_label(safe_line(board.base, 40))})" if board.tested_on(row) else ""
            words += f", {_within(difference.reason).rstrip('.')}{on}"
        said.append(words)
    elif row.left_out is not LeftOut.UNRESOLVED and (untested := board.untested(row)):
        said.append(_within(untested))
    if row.p is not None and row.adjusted is not None:
        said.append(f"one-sided {p_value(row.p)}, adjusted {p_value(row.adjusted)}")
    if shrunken is not None:
        by = " by the noise of the others" if shrunken.borrowed else ""
        said.append(f"shrunken{by} {number(shrunken.value, marks, fine)}, {between(shrunken.low, shrunken.high)}")
    if seeds:
        listed = " ".join(
            number(value, marks, None if fine is None else finer(value, fine)) for value in row.seeds[:_SEEDS_TOLD]
        )
        more = f" {marks.ellipsis}" if len(row.seeds) > _SEEDS_TOLD else ""
        said.append(f"by seed {listed}{more}" if listed else "no values by seed are listed")
    return "; ".join(part.rstrip(".") for part in said) + "."


_SEEDS_TOLD = 16


def _within(sentence: str) -> str:
    """Return a sentence as it stands within another."""
    return sentence[:1].lower() + sentence[1:]
