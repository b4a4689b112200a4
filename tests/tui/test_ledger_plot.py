"""Lab against production in cells: read without colour, in Unicode and in ASCII."""

import pytest

from reviewer.tui.ledger_plot import LEAST_CELLS, LEAST_LINES, Plot
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.workflow.ledger_board import LedgerBoard
from tests.tui.ledger_boards import board, entry, row


def drawn(
    made: LedgerBoard, cells: int = 60, lines: int = 16, cursor: int | None = None, marks: Marks = UNICODE
) -> str:
    return str(Plot(made, cells, lines, marks).draw(cursor))


def inside(text: str) -> list[str]:
    """The lines of the plot without the heading and the axes."""
    return [line[line.index(side) + 1 :] for line in text.splitlines() for side in "┃┨" if side in line]


def test_what_kept_its_gain_stands_on_the_dots_and_what_lost_it_beneath() -> None:
    made = board(row(entry(1, "survived", 0.5, None), 0.5, None), row(entry(2, "failed", 0.0, None), 0.5, None))
    lines = inside(drawn(made))
    high, low = (next(i for i, line in enumerate(lines) if mark in line) for mark in "✓✗")
    assert high < low
    assert lines[high].index("✓") == lines[low].index("✗")
    assert lines[high][lines[high].index("✓") - 1] == "·"
    assert all("·" in line for line in lines), "the line y = x goes all the way"


def test_the_intervals_are_drawn_both_ways_and_end_within_the_plot() -> None:
    lines = inside(drawn(board(row(entry(1, "failed", 0.1, 0.1), 0.5, 0.05), row(entry(2, "failed", 0.5, 5.0), 0.1))))
    assert any("──✗──" in line for line in lines)
    assert sum("│" in line for line in lines) > 4
    assert all(len(line) <= 60 for line in lines)


def test_many_points_show_the_interval_of_the_row_at_the_cursor_alone() -> None:
    made = board(*(row(entry(i, "failed", i / 40, 0.01), i / 20, 0.03) for i in range(1, 15)))
    assert not any("─" in line for line in inside(drawn(made)))
    lines = inside(drawn(made, cursor=0))
    assert sum("─" in line for line in lines) == 1
    assert any("[✗]" in line for line in lines)
    plot = Plot(made, 60, 16, UNICODE).draw(0)
    bold = {str(plot)[span.start : span.end] for span in plot.spans if "bold" in str(span.style)}
    assert {"─", "✗"} <= bold, "it stands out from what lies beside it"


def test_the_row_at_the_cursor_has_brackets_and_several_on_one_spot_a_number() -> None:
    made = board(*(row(entry(i, "failed", 0.1, None), 0.5, None) for i in range(1, 4)), row(entry(9, "", 0.4), 0.4))
    assert "3" in "".join(inside(drawn(made)))
    assert "[✗]" in "".join(inside(drawn(made, cursor=0)))
    assert "○" in drawn(made)


@pytest.mark.parametrize("cells", [LEAST_CELLS, 60, 76, 100])
@pytest.mark.parametrize("lines", [LEAST_LINES, 12, 20])
def test_it_keeps_to_its_room_in_ascii(cells: int, lines: int) -> None:
    made = board(
        row(entry(1, "survived", 0.5), 0.4), row(entry(2, "", -0.3), 0.9), row(entry(3, "withdrawn", 0.1), 0.2)
    )
    text = drawn(made, cells, lines, 1, ASCII)
    assert text.isascii()
    assert len(text.splitlines()) == lines
    assert max(map(len, text.splitlines())) <= cells
    assert "lab" in text
    assert "production" in text


def test_the_ends_of_the_axes_and_zero_are_told() -> None:
    text = drawn(board(row(entry(1, "failed", -0.2, None), 0.6, None)))
    assert text.count("0.64") == 2
    assert text.count("−0.24") == 2
    assert any(line.strip().startswith("0┨") for line in text.splitlines())


@pytest.mark.parametrize("lab", [-0.6, 0.6])
def test_what_the_axes_are_is_told_wherever_zero_stands(lab: float) -> None:
    for cells in range(LEAST_CELLS, 100):
        text = drawn(board(row(entry(1, "failed", -lab, None), lab, None)), cells)
        assert " lab " in text
        assert " 0 " in text


def test_the_mark_of_a_point_lies_over_the_intervals_of_the_row_at_the_cursor() -> None:
    made = board(
        row(entry(1, "failed", 0.1, 0.3), 0.5, 0.2), *(row(entry(i, "survived", 0.1), i / 20) for i in range(2, 10))
    )
    at = next(place for place, each in enumerate(made.rows) if each.entry.result == "failed")
    assert "".join(inside(drawn(made, cursor=at))).count("✓") == 8
