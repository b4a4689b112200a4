"""Intervals drawn in cells: where each mark stands, what lies beyond the scale, and that ASCII says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Direction, Role, Setting
from reviewer.evidence.arms import Arm
from reviewer.evidence.baselines import Ground
from reviewer.evidence.leaderboard import Leaderboard, LeaderboardRow, Scale
from reviewer.tui.leaderboard_bars import Bars
from reviewer.tui.marks import ASCII, UNICODE


def row(value: float, error: float | None = None, *seeds: float, role: Role = Role.PROPOSAL) -> LeaderboardRow:
    """A row whose interval is some two errors to either side."""
    return LeaderboardRow(1, "u", "Title", role, None, Arm(value, error), seeds, Basis.CLAIMED)


def board(*, baseline: float | None = None, floor: float | None = None, ceiling: float | None = None) -> Leaderboard:
    """A board from 0 to 20, so that each cell of 20 is one wide."""
    best = None if baseline is None else row(baseline, role=Role.BASELINE)
    ground = Ground("pgr", "chat", Setting.LAB, "")
    return Leaderboard(ground, Metric("pgr", Direction.HIGHER), (), Scale(0, 20), best, floor=floor, ceiling=ceiling)


def drawn(one: LeaderboardRow, **lines: float) -> str:
    return Bars(board(**lines), 20, UNICODE).bar(one)


def test_an_interval_has_its_ends_and_its_value() -> None:
    assert drawn(row(10.5, 2.0)) == "      ├───●───┤     "
    assert drawn(row(10.5)) == "          ○         "


def test_baseline_floor_and_ceiling_stand_behind_and_the_baseline_crosses() -> None:
    assert drawn(row(10.5, 2.0), baseline=8.5, floor=0.5, ceiling=19.5) == "┊     ├─┼─●───┤    ┊"
    assert drawn(row(10.5, 2.0), baseline=3.5) == "   │  ├───●───┤     "
    assert drawn(row(10.5, 2.0), baseline=10.5) == "      ├───●───┤     "


def test_what_lies_beyond_the_scale_points_there() -> None:
    assert drawn(row(25, 1.0)) == f"{' ' * 19}›"
    assert drawn(row(-3, 3.0)) == "‹─┤                 "
    assert drawn(row(-3)) == f"‹{' ' * 19}"
    assert drawn(row(10.5, 8.0)) == "─" * 10 + "●" + "─" * 9


def test_seeds_are_dots_and_several_in_one_cell_their_number() -> None:
    bars = Bars(board(baseline=3.5), 20, UNICODE)
    assert bars.dots(row(10, 1.0, 5.5, 8.1, 8.9, 12.5, 40.0)) == "   │ •  2   •      ›"
    assert bars.dots(row(10.5, 1.0)) == "   │      ○         "


def test_ascii_says_the_same() -> None:
    bars = Bars(board(baseline=8.5, floor=0.5, ceiling=19.5), 20, ASCII)
    assert bars.bar(row(10.5, 2.0)) == ":     [-+-*---]    :"
    assert bars.bar(row(25)) == ":       |          >"
    assert bars.bar(row(3.5)) == ":  o    |          :"
    assert bars.dots(row(10, None, 5.5)) == ":    .  |          :"


def test_the_head_names_the_lines_and_the_ends_where_there_is_room() -> None:
    bars = Bars(board(baseline=8.5, floor=5.5, ceiling=18.5), 20, UNICODE)
    assert bars.axis(("0.0", "20.0")) == "0.0  f  b         c "
    assert Bars(board(), 20, UNICODE).axis(("0.0", "20.0")) == "0.0             20.0"
    assert Bars(board(floor=3.5), 20, UNICODE).axis(("0.0", "20.0")) == "   f            20.0"
    assert Bars(board(), 6, UNICODE).axis(("-0.123", "20.456")) == "-0.123"
    assert Bars(board(), 3, UNICODE).axis(("-0.123", "20.456")) == "   "


@given(
    value=st.floats(-1e99, 1e99),
    error=st.none() | st.floats(1e-99, 1e99),
    seeds=st.lists(st.floats(-1e99, 1e99), max_size=5),
    cells=st.integers(1, 80),
    lines=st.tuples(*[st.none() | st.floats(-50, 50)] * 3),
)
def test_whatever_comes_takes_its_cells(
    value: float, error: float | None, seeds: list[float], cells: int, lines: tuple[float | None, ...]
) -> None:
    baseline, floor, ceiling = lines
    bars = Bars(board(baseline=baseline, floor=floor, ceiling=ceiling), cells, UNICODE)
    one = row(value, error, *seeds)
    for text in (bars.bar(one), bars.dots(one), bars.axis(("0", "20"))):
        assert len(text) == cells
    assert any(mark in bars.bar(one) for mark in "●○‹›")


@pytest.mark.parametrize("marks", [UNICODE, ASCII])
def test_no_two_marks_look_alike(marks: object) -> None:
    from reviewer.tui.leaderboard_bars import bar_marks
    from reviewer.tui.marks import Marks

    assert isinstance(marks, Marks)
    found = [getattr(bar_marks(marks), name) for name in bar_marks(marks).__slots__]
    assert len(set(found)) == len(found)
