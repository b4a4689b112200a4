"""The leaderboard at any width: whole columns go before a number is cut, and hostile titles stay in their cells."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.baselines import Ground
from reviewer.evidence.contenders import Contender
from reviewer.evidence.leaderboard import Leaderboard, build_leaderboard
from reviewer.tui.leaderboard_table import Table, facts, ground_words, row_words
from reviewer.tui.marks import ASCII, UNICODE, Marks
from tests.builders import measured

GROUND = Ground("pgr", "chat", Setting.LAB, "")


def contender(number: int, title: str, value: float, role: Role = Role.PROPOSAL, bound: Bound | None = None,
              **more: Any) -> Contender:  # fmt: skip
    told = measured(value, setting=Setting.LAB, **more)
    return Contender(number, f"u{number}", title, role, bound, (told,))


def board(*contenders: Contender) -> Leaderboard:
    return build_leaderboard(contenders, GROUND, Metric("pgr", Direction.HIGHER, title="PGR"))


BOARD = board(
    *(contender(i, f"Proposal {i} [/b] \x1b[31m 日本", 0.3 + i / 20, standard_error=0.02, n_seeds=5) for i in range(6)),
    contender(7, "Bare", 0.9),
    contender(8, "Confident labels", 0.35, Role.BASELINE, standard_error=0.03, n_seeds=5),
    contender(9, "Weak teacher", 0.0, Role.REFERENCE, Bound.FLOOR, standard_error=0.01, n_seeds=16),
    contender(10, "True labels", 1.0, Role.REFERENCE, Bound.CEILING),
)
TABLE = Table(BOARD, UNICODE)


def plain(place: int, width: int, *, seeds: bool = False) -> str:
    return TABLE.line(place, width, seeds=seeds).plain


@settings(max_examples=60, deadline=None)
@given(width=st.integers(10, 200), seeds=st.booleans())
def test_every_line_fits_and_no_number_is_cut(width: int, seeds: bool) -> None:
    head = TABLE.head(width).plain
    assert cell_len(head) <= max(width, 14)
    for place, row in enumerate(BOARD.rows):
        line = plain(place, width, seeds=seeds)
        assert cell_len(line) == cell_len(head) or width < 14
        assert f"{row.value:.3f}" in line
        if "adj. p" in head and row.adjusted is not None:
            assert (f"{row.adjusted:.3f}" if row.adjusted >= 0.0005 else "<.001") in line
        if "shrunken" in head and row.shrunken is not None:
            assert f"{row.shrunken.value:.3f}" in line
        assert "\x1b" not in line


def test_columns_go_one_by_one() -> None:
    row = BOARD.rows[2]
    assert row.shrunken is not None
    shrunken, adjusted = row.shrunken.value, row.adjusted
    assert adjusted is not None

    def columns(width: int) -> list[bool]:
        line = plain(2, width)
        return [mark in line for mark in ("(5)", "±0.020", f"{shrunken:.3f}", f"{adjusted:.3f}", "●")]

    seen = [columns(width) for width in range(160, 12, -1)]
    assert seen[0] == [True] * 5
    assert [sum(each) for each in seen] == sorted((sum(each) for each in seen), reverse=True)
    assert columns(75)[-2:] == [True, True]


def test_roles_have_their_letter() -> None:
    titles = {row.title: plain(place, 160) for place, row in enumerate(BOARD.rows)}
    assert " b Confident labels " in titles["Confident labels"]
    assert " f Weak teacher " in titles["Weak teacher"]
    assert " c True labels " in titles["True labels"]


def test_what_it_is_held_against_stands_above_with_its_letters() -> None:
    assert ground_words(BOARD, UNICODE) == "PGR ↑ on chat, lab"
    assert ground_words(BOARD, ASCII) == "PGR ^ on chat, lab"
    assert (
        facts(BOARD, UNICODE)
        == "b best baseline 0.350   f floor 0.000   c ceiling 1.000   ○ a value alone   b is Confident labels"
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Bare", "0.900, no interval: no error between seeds is stated; +0.550 from the best baseline."),
        ("Confident labels", "0.350, 95 % 0.267 to 0.433."),
    ],
)
def test_the_row_at_the_cursor_in_words(title: str, words: str) -> None:
    row = next(row for row in BOARD.rows if row.title == title)
    assert row_words(BOARD, row, UNICODE, seeds=False) == words


def test_the_words_of_the_top_have_raw_and_shrunken_side_by_side() -> None:
    words = row_words(BOARD, BOARD.rows[2], UNICODE, seeds=True)
    assert words.startswith("0.550, 95 % 0.494 to 0.606; +0.200 from the best baseline, ")
    assert "(Welch t); shrunken 0.5" in words
    assert words.endswith("; no values by seed are listed.")


MIXED = board(
    contender(1, "Printed", 0.93, basis=Basis.PUBLISHED),
    contender(2, "Made up", 0.83, basis=Basis.ILLUSTRATIVE),
    contender(3, "Long", 1234.0, basis=Basis.ILLUSTRATIVE),
    contender(4, "A title that is cut", 0.3, Role.BASELINE, basis=Basis.ILLUSTRATIVE),
    contender(5, "Floor", 0.1, Role.REFERENCE, Bound.FLOOR, basis=Basis.ILLUSTRATIVE),
    contender(6, "Ceiling", 1.0, Role.REFERENCE, Bound.CEILING, basis=Basis.PUBLISHED),
)


def place_of(title: str) -> int:
    return next(place for place, row in enumerate(MIXED.rows) if row.title == title)


@pytest.mark.parametrize("marks", [UNICODE, ASCII])
@pytest.mark.parametrize("width", [24, 60, 100, 160])
def test_an_illustrative_value_has_a_mark_and_its_digits_stand_under_digits(width: int, marks: Marks) -> None:
    table = Table(MIXED, marks)
    printed, made_up, long = (
        table.line(place_of(title), width, seeds=False).plain for title in ("Printed", "Made up", "Long")
    )
    assert "0.830*" in made_up
    assert "1,234*" in long
    assert "*" not in printed
    assert printed.index("0.930") == made_up.index("0.830") == long.index("1,234")
    assert table.head(width).plain.index("value") == printed.index("0.930")


def test_the_mark_is_explained_before_anything_that_may_be_cut() -> None:
    assert facts(MIXED, UNICODE) == (
        "* illustrative   b best baseline 0.300*   f floor 0.100*   c ceiling 1.000   ○ a value alone"
        "   b is A title that is cut"
    )
    assert "*" not in facts(BOARD, ASCII)


def test_the_row_in_words_says_what_its_value_rests_on() -> None:
    words = [row_words(MIXED, row, UNICODE, seeds=False) for row in MIXED.rows]
    assert words[place_of("Made up")].startswith("0.830 illustrative, no interval: ")
    assert words[place_of("Printed")].startswith("0.930 published, no interval: ")
