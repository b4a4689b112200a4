"""What is said around a leaderboard, whole: the row at the cursor, what it is held against, the marks, the cautions."""

from collections.abc import Iterator

from reviewer.domain.text import safe_line
from reviewer.evidence.figures import FOOTNOTE, FOOTNOTE_WORDS
from reviewer.evidence.leaderboard import Leaderboard, LeaderboardRow
from reviewer.evidence.leaderboard_sentences import intervals_hold, sentences
from reviewer.evidence.many import FALSE_DISCOVERY_RATE
from reviewer.tui.leaderboard_bars import bar_marks
from reviewer.tui.leaderboard_table import held_against, row_words
from reviewer.tui.marks import Marks
from reviewer.tui.widgets.lines import TextLine, plain

_TITLE_LIMIT = 1000
_MARK_CELLS = 7


def notes(board: Leaderboard, row: LeaderboardRow | None, marks: Marks) -> Iterator[TextLine]:
    """Yield the lines, under a heading each."""
    if row is not None:
        yield plain(safe_line(row.title, _TITLE_LIMIT), "strong")
        yield plain(row_words(board, row, marks, seeds=True))
        yield TextLine()
    if held := held_against(board, marks):
        yield plain("Held against", "strong")
        for each in held:
            name = f", {safe_line(board.baseline.title, _TITLE_LIMIT)}" if board.baseline and each[0] == "b" else ""
            yield plain(each[2:] + name, mark=f"{each[0]:<{_MARK_CELLS}}", mark_role="strong")
        yield TextLine()
    if said := sentences(board):
        yield plain("To be known", "strong")
        for sentence in said:
            yield plain(sentence, mark="- ")
        yield TextLine()
    yield plain("Marks", "strong")
    for mark, words in _legend(board, marks):
        yield plain(words, mark=f"{mark:<{_MARK_CELLS}}", mark_role="strong")


def _legend(board: Leaderboard, marks: Marks) -> Iterator[tuple[str, str]]:
    drawn = bar_marks(marks)
    yield (
        "b f c",
        "before a title: a baseline, the floor, the ceiling; above the bars: where the best baseline and these are",
    )
    yield (
        f"{drawn.left}{drawn.line}{drawn.value}{drawn.line}{drawn.right}",
        f"a value in its 95 % interval (of skewed seeds such hold the truth {intervals_hold(board)} of the time)",
    )
    yield drawn.alone, "a value alone: there is no interval, or no seed is listed"
    yield f"{drawn.baseline} {drawn.crossed}", "the best baseline; within an interval"
    yield drawn.bound, "floor, ceiling"
    yield f"{drawn.below} {drawn.above}", "it lies beyond the scale"
    yield drawn.seed, "the value of a seed"
    yield "2 to 9", "so many seeds on one spot, 9 for nine or more"
    if any(row.adjusted is not None for row in board.rows):
        yield (
            "green",
            f"adjusted p up to {FALSE_DISCOVERY_RATE:.2f}, and an interval of the difference that leaves 0 out",
        )
    if any(row.stated is not None for row in board.rows):
        yield (
            marks.restated,
            "the value is the mean of the listed seeds, or what a share's parts come to; its source states another one",
        )
    if board.illustrative:
        yield FOOTNOTE, f"the value is {FOOTNOTE_WORDS.removeprefix(FOOTNOTE).strip()}"
