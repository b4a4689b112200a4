"""Plots in cells: within their width, in ASCII where that is asked for, and true to their numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewer.exports.pages import Bar, Bars, Box, Boxes, CurvePoint, PairPoint, Plot, Reliability, Scatter
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.tui.page_plots import plot_lines
from tests.exports.pages import PLOTS

WORDS = ("survives", "conditional", "fails", "cannot tell")


def drawn(plot: Plot, width: int = 60, marks: Marks = UNICODE) -> list[str]:
    return [line.text for line in plot_lines(plot, width, marks)]


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("width", [24, 36, 76, 126])
def test_no_line_but_the_legend_is_wider_than_the_room(plot: Plot, width: int) -> None:
    for line in drawn(plot, width):
        assert cell_len(line) <= width or "survives" in line or "calibrated" in line or "nothing lost" in line, line


@pytest.mark.parametrize("plot", PLOTS)
def test_ascii_marks_are_ascii(plot: Plot) -> None:
    for line in drawn(plot, 60, ASCII):
        assert line.replace("−", "-").replace("…", "~").isascii() or "script" in line, line


def test_a_bar_has_a_mark_for_each_judgement_where_there_is_room() -> None:
    lines = drawn(Bars(WORDS, (Bar("a", (2, 1, 3, 1)), Bar("longer", (0, 0, 1, 0)))))
    assert lines == [
        "a       ✓✓~✗✗✗?  7",
        "longer  ✗  1",
        "✓ survives   ~ conditional   ✗ fails   ? cannot tell",
    ]


@given(st.lists(st.integers(0, 5000), min_size=4, max_size=4))
def test_of_many_no_verdict_is_left_out_and_the_bar_fits(counts: list[int]) -> None:
    bar = drawn(Bars(WORDS, (Bar("a", tuple(counts)), Bar("b", (5000, 5000, 5000, 5000)))), 76)[0]
    marks = bar.split()[1] if sum(counts) else ""
    assert cell_len(bar) <= 76
    for mark, n in zip("✓~✗?", counts, strict=True):
        assert (mark in marks) is (n > 0)


def test_a_box_stands_between_its_quartiles() -> None:
    line, axis = drawn(Boxes("min", (Box("all", 0.0, 5.0, 10.0),)), 76)
    assert line.startswith("all  ├")
    assert line.endswith("┤")
    assert abs(line.index("●") - (line.index("├") + line.index("┤")) / 2) <= 1
    assert axis.rstrip().endswith("10 min")


def test_a_reliability_curve_lies_where_its_points_are() -> None:
    points = (CurvePoint(0.05, 0.9, 0.0, 0.2), CurvePoint(0.95, 0.1, 0.8, 1.0))
    lines = drawn(Reliability(points), 50)
    rows = {y: line for y, line in enumerate(lines) if "●" in line}
    (high, left), (low, right) = rows.items()
    assert high < low, "what survived more often stands higher"
    assert left.index("●") < right.index("●")
    assert "░" in "".join(lines)
    assert any("·" in line for line in lines)


def test_intervals_are_left_out_of_many_points() -> None:
    few = Scatter(tuple(PairPoint(i / 10, i / 20, (i / 10 - 0.1, i / 10 + 0.1)) for i in range(8)))
    many = Scatter((*few.points, PairPoint(0.3, 0.3, (0.2, 0.4))))
    assert "─" in "".join(drawn(few))
    assert "─" not in "".join(drawn(many))
    assert "no intervals, of so many" in drawn(many)[0]


def test_one_point_has_a_scale() -> None:
    assert sum("●" in line for line in drawn(Scatter((PairPoint(0.0, 0.0),)))) == 1


def test_a_narrow_window_says_that_the_plot_needs_more() -> None:
    assert drawn(Scatter((PairPoint(0.1, 0.0),)), 20) == ["The plot needs a wider window."]
