"""The columns of the evidence pane: what stands in them, and which of them fit."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from rich.cells import cell_len

from reviewer.evidence.figures import FOOTNOTE, FOOTNOTE_WORDS
from reviewer.tui.drawn_spans import drawn_spans
from reviewer.tui.evidence_table import COULD_TELL, EvidenceCells
from reviewer.tui.marks import Marks

NOT_MEASURED, NOT_MEASURED_SHORT = "not measured", "none"

Column = tuple[str, Callable[[EvidenceCells], str], str]
"""A column's heading, how its cell is had, and how it is aligned: ``left``, ``right`` or on the ``point``."""

_COLUMNS: tuple[Column, ...] = (
    ("", lambda c: c.metric, "left"),
    ("", lambda c: c.setting, "left"),
    ("", lambda c: c.dataset, "left"),
    ("proposal", lambda c: "" if c.nothing else c.proposal or NOT_MEASURED, "point"),
    ("", lambda c: c.proposal_error, "left"),
    ("", lambda c: c.proposal_n, "right"),
    ("baseline", lambda c: "" if c.nothing else c.baseline or NOT_MEASURED, "point"),
    ("", lambda c: c.baseline_error, "left"),
    ("", lambda c: c.baseline_n, "right"),
    ("difference", lambda c: c.difference, "point"),
    ("95 %", lambda c: c.interval, "left"),
    ("", lambda c: c.told[0], "left"),
    ("", lambda c: "", "left"),
    ("", lambda c: c.basis, "left"),
    ("", lambda c: c.note, "left"),
)
METRIC, SETTING, DATASET, OURS, OURS_ERROR, OURS_N, THEIRS, THEIRS_ERROR, THEIRS_N = 0, 1, 2, 3, 4, 5, 6, 7, 8
DIFFERENCE, INTERVAL, TOLD, SPAN, BASIS, NOTE = 9, 10, 11, 12, 13, 14

_OF_PROPOSAL = frozenset({OURS, OURS_ERROR, OURS_N, DIFFERENCE, INTERVAL, TOLD, SPAN})
GAP = 2
LEAST_NOTE, LEAST_NAME = 16, 6
"""Cells below which a note is left out, and to which a name is cut before any number is."""


def columns_of(cells: Sequence[EvidenceCells], marks: Marks, *, alone: bool) -> dict[int, list[str]]:
    """Return the text of each column, those that hold nothing left out."""
    columns = {
        i: _aligned([cell(row) for row in cells], how)
        for i, (_, cell, how) in enumerate(_COLUMNS)
        if not (alone and i in _OF_PROPOSAL)
    }
    if not alone:
        columns[SPAN] = drawn_spans(cells, marks)
    for column, mark, flags in (
        (OURS, marks.restated, [row.proposal_restated for row in cells]),
        (THEIRS, marks.restated, [row.baseline_restated for row in cells]),
        (THEIRS, marks.outdone, [row.outdone for row in cells]),
    ):
        if column in columns:
            columns[column] = _footnoted(columns[column], flags, mark)
    # The column of the basis speaks for the proposal's value alone.
    unsaid = [row.baseline_illustrative and not row.proposal_illustrative for row in cells]
    columns[THEIRS] = _footnoted(columns[THEIRS], unsaid)
    return {i: texts for i, texts in columns.items() if any(text.strip() for text in texts)}


def fitted(columns: dict[int, list[str]], cells: Sequence[EvidenceCells], width: int, asked: str) -> dict[int, int]:
    """Return the columns that fit, each with its cells; ``columns`` takes on the shorter words of those that have some.

    ``asked`` stands in the corner behind what a mark says.

    What is dropped or shortened first is what a reader misses least; values and their difference always stay.
    """
    widths = {i: _width(i, texts) for i, texts in columns.items()}

    def say(column: int, texts: list[str]) -> None:
        if column in widths:
            columns[column] = texts
            widths[column] = _width(column, texts)

    def say_absent() -> None:
        for column in (OURS, THEIRS):
            say(column, [text.replace(NOT_MEASURED, NOT_MEASURED_SHORT) for text in columns.get(column, ())])

    def note_basis() -> None:
        widths.pop(BASIS, None)
        say(OURS, _footnoted(columns.get(OURS, ()), [row.proposal_illustrative for row in cells]))
        say(THEIRS, _footnoted(columns.get(THEIRS, ()), [row.baseline_illustrative for row in cells]))
        explain()

    def explain() -> None:
        if has_footnotes(columns):
            said = cell_len("  ".join(filter(None, (FOOTNOTE_WORDS, asked))))
            widths[DATASET] += max(0, 3 + said - corner(widths))

    def missing_of_reasons() -> int:
        there = sum(widths[i] + GAP for i in widths if INTERVAL <= i < BASIS) - GAP
        return max((cell_len(row.reason) for row in cells), default=0) - there if TOLD in widths else 0

    explain()
    note = widths.get(NOTE, 0)
    # Why there is no interval goes before what a note has to add.
    for_reasons = max(0, missing_of_reasons())
    if for_reasons:
        widths[TOLD] += for_reasons

    def cut_reasons() -> None:
        if TOLD in widths:
            widths[TOLD] -= for_reasons

    def drop(*sides: int) -> None:
        # Both: a place that is empty on one side alone would say that its source states none.
        for column in sides:
            widths.pop(column, None)

    def say_interval_or_word() -> None:
        """Leave of interval and word the first, where that fits: it says what the word does, and how far."""
        if INTERVAL not in widths or TOLD not in widths:
            return
        word = widths.pop(TOLD)
        say(INTERVAL, [f"{row.interval}?" if row.told[2].endswith("?") else row.interval for row in cells])
        if _total(widths) > width:
            del widths[INTERVAL]
            widths[TOLD] = word

    dropped: tuple[int | Callable[[], None], ...] = (
        NOTE, cut_reasons,
        lambda: say(TOLD, [row.told[1] for row in cells]),
        note_basis,
        lambda: say(TOLD, [row.told[2] for row in cells]),
        SPAN,
        say_absent, partial(drop, OURS_N, THEIRS_N), partial(drop, OURS_ERROR, THEIRS_ERROR),
        say_interval_or_word,
    )  # fmt: skip
    for step in dropped:
        over = _total(widths) - width
        if over <= 0:
            break
        if callable(step):
            step()
        elif step == NOTE and note - over >= LEAST_NOTE:
            widths[NOTE] -= over
        else:
            widths.pop(step, None)
    if TOLD in widths and _total(widths) <= width:
        # What was left out since may have made room for what runs like these could tell.
        for words in ([row.told[1] for row in cells], [_under_heading(row) for row in cells]):
            if _total(widths) - widths[TOLD] + _width(TOLD, words) <= width:
                say(TOLD, words)
                break
    if (room := min(missing_of_reasons(), width - _total(widths))) > 0:
        widths[TOLD] += room
    room = width - _total(widths) - GAP
    if NOTE in columns and NOTE not in widths and room >= LEAST_NOTE:  # What was left out since has made room.
        widths[NOTE] = min(room, note)
    for name in (DATASET, METRIC):
        over = _total(widths) - width
        if name in widths and over > 0:
            widths[name] = max(min(LEAST_NAME, widths[name]), widths[name] - over)
    if _total(widths) > width:
        widths.pop(TOLD, None)
    return widths


def _footnoted(texts: Sequence[str], flags: Sequence[bool], mark: str = FOOTNOTE) -> list[str]:
    """Return values that line up already, with a mark after each that has it."""
    return [
        f"{text}{mark}" if marked and not text.endswith(mark) else text
        for text, marked in zip(texts, flags, strict=False)
    ]


def has_footnotes(columns: Mapping[int, Sequence[str]]) -> bool:
    """Return whether any value has the mark of what was not measured but told to illustrate."""
    return any(text.endswith(FOOTNOTE) for i in (OURS, THEIRS) for text in columns.get(i, ()))


def corner(widths: dict[int, int]) -> int:
    """Return how many cells there are on the line of headings before the first heading."""
    return 1 + sum(width + GAP for i, width in widths.items() if i < OURS)


def _under_heading(row: EvidenceCells) -> str:
    """Return in one word what a difference comes to, with what could be told where the heading says so."""
    could = row.told[1].partition(f", {COULD_TELL} ")[2]
    return f"{row.told[2]} {could.replace('0.', '.', 1)}" if could else row.told[2]


def heading(column: int, texts: Sequence[str], cells: Sequence[EvidenceCells]) -> str:
    """Return what stands above a column."""
    if column == TOLD and any(row.span for row in cells) and not any(COULD_TELL in text for text in texts):
        said = any(text == _under_heading(row) != row.told[2] for text, row in zip(texts, cells, strict=True))
        return COULD_TELL if said else ""
    return _COLUMNS[column][0]


def across(row: EvidenceCells, widths: dict[int, int]) -> tuple[range, str]:
    """Return the columns that a row has no use for, and what stands there instead: why there is no more to be said."""
    if row.difference:
        empty, sentence, least = range(_first(INTERVAL, widths), BASIS), row.reason, cell_len(row.told[2])
    else:
        empty = range(_first(DIFFERENCE, widths), BASIS if row.basis else NOTE + 1)
        sentence, least = row.note, widths.get(NOTE, 0)
        if row.told[2]:
            # A word that stands there gives way to a whole part of the note alone.
            least = max(least, cell_len(sentence.split("; ")[0].split(", ")[0]))
    room = sum(widths[i] + GAP for i in widths if i in empty) - GAP
    serves = sentence and room >= max(LEAST_NOTE, least)
    return (empty, sentence) if serves else (range(0), "")


def _first(column: int, widths: dict[int, int]) -> int:
    return min((i for i in widths if i >= column), default=NOTE)


def _width(column: int, texts: Sequence[str]) -> int:
    return max(cell_len(_COLUMNS[column][0]), *map(cell_len, texts))


def gap_before(column: int) -> int:
    """Return how many cells stand before a column: what belongs to the value before it stands close to that."""
    return 1 if column in (OURS_ERROR, OURS_N, THEIRS_ERROR, THEIRS_N) else GAP


def _total(widths: dict[int, int]) -> int:
    return 1 - GAP + sum(width + gap_before(i) for i, width in widths.items())


def _aligned(cells: Sequence[str], how: str) -> list[str]:
    """Return the cells padded so that they line up: on the decimal point, at the right, or not at all."""
    if how == "left":
        return list(cells)
    if how == "right":
        width = max((cell_len(c) for c in cells), default=0)
        return [" " * (width - cell_len(c)) + c for c in cells]
    heads = [c.partition(".")[0] if any(d.isdigit() for d in c) else "" for c in cells]
    width = max((cell_len(h) for h in heads), default=0)
    return [
        " " * (width - cell_len(head)) + c if any(d.isdigit() for d in c) else c
        for c, head in zip(cells, heads, strict=True)
    ]
