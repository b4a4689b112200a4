"""The leaderboard at any width: whole columns go before a number is cut, and hostile titles stay in their cells."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reviewer.domain.methods import SeedValue
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.baselines import Ground
from reviewer.evidence.contenders import Contender
from reviewer.evidence.leaderboard import Leaderboard
from reviewer.evidence.ranking import build_leaderboard
from reviewer.tui.leaderboard_notes import notes
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
        facts(BOARD, UNICODE, 120)
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
    assert "(Welch t); one-sided p < .001, adjusted p = .003; shrunken 0.5" in words
    assert words.endswith("; no values by seed are listed.")


@pytest.mark.parametrize("seeds", [False, True])
@pytest.mark.parametrize("width", [20, 40, 76, 110])
def test_what_does_not_fit_above_the_table_is_left_out_whole(width: int, seeds: bool) -> None:
    line = facts(SEEDED, UNICODE, width, seeds=seeds)
    assert cell_len(line) <= width
    whole = {
        "* illustrative",
        "• a seed, 2 two on one spot",
        *("b best baseline 0.300*", "f floor 0.100*", "c ceiling 1.000"),
        "○ a value alone",
    }
    *parts, last = line.split("   ")
    assert set(parts) <= whole
    assert last in whole or last.startswith("b is A title")


def test_the_legend_of_seeds_comes_before_what_may_have_no_room() -> None:
    assert facts(SEEDED, UNICODE, 76, seeds=True).startswith("* illustrative   • a seed, 2 two on one spot   b best")
    assert "on one spot" not in facts(SEEDED, UNICODE, 200)
    assert "on one spot" not in facts(MIXED, UNICODE, 200, seeds=True), "no seed is listed"


DOUBTFUL = board(
    *(contender(i, f"Proposal {i}", 0.3 + i / 20, standard_error=0.02, n_seeds=5) for i in range(6)),
    contender(7, "One run", 0.9, n_seeds=1),
    contender(8, "Confident labels", 0.35, Role.BASELINE, standard_error=0.03, n_seeds=5),
    contender(9, "Absurd", 1e13, standard_error=0.02, n_seeds=5),
)


@pytest.mark.parametrize("width", [100, 160])
def test_what_rests_on_too_little_has_a_mark_and_its_digits_stand_under_digits(width: int) -> None:
    table = Table(DOUBTFUL, UNICODE)
    lines = {row.title: table.line(i, width, seeds=False).plain for i, row in enumerate(DOUBTFUL.rows)}
    assert DOUBTFUL.rows[-1].title == "Absurd"
    assert lines["One run"].count("?") == 2
    assert not any("?" in line for title, line in lines.items() if title != "One run")
    assert lines["One run"].index("0.003?") == lines["Proposal 5"].index("0.003 ")
    words = row_words(DOUBTFUL, DOUBTFUL.rows[0], UNICODE, seeds=False)
    assert "(Crawford–Howell t); one-sided p < .001, adjusted p = .003; shrunken by the noise of the others" in words


def test_where_a_difference_has_no_interval_although_the_value_has_one_the_row_says_why() -> None:
    bare = board(contender(1, "P", 0.6, standard_error=0.02, n_seeds=5), contender(2, "B", 0.3, Role.BASELINE))
    words = row_words(bare, bare.rows[0], UNICODE, seeds=False)
    why = "the baseline states no error and no n."
    assert words.endswith(f"; +0.300 from the best baseline, no interval: {why}")
    under = tuple(measured(v, metric="acc", setting=Setting.LAB, standard_error=e, n_seeds=5)
                  for v, e in ((0.56, 0.01), (0.53, None), (0.5, 0.005), (0.6, 0.005)))  # fmt: skip
    one, other, floor, ceiling = (
        c._replace(beneath=(m,))
        for c, m in zip(
            (
                contender(1, "P", 0.6),
                contender(2, "B", 0.3, Role.BASELINE),
                Contender(3, "u3", "F", Role.REFERENCE, Bound.FLOOR, ()),
                Contender(4, "u4", "C", Role.REFERENCE, Bound.CEILING, ()),
            ),
            under,
            strict=True,
        )
    )
    pgr = Metric("pgr", Direction.HIGHER, derived_from=("acc",))
    beneath = build_leaderboard([one, other, floor, ceiling], GROUND, pgr, base=Metric("acc", Direction.HIGHER))
    words = row_words(beneath, beneath.rows[0], UNICODE, seeds=False)
    assert words.endswith(", no interval: the baseline states no error between seeds (on ACC).")


def test_the_words_of_a_row_that_is_left_out_say_so() -> None:
    words = row_words(DOUBTFUL, DOUBTFUL.rows[-1], UNICODE, seeds=False)
    assert words.endswith("; not tested: nothing is measured that is 1e12 or more in size.")


MIXED = board(
    contender(1, "Printed", 0.93, basis=Basis.PUBLISHED),
    contender(2, "Made up", 0.83, basis=Basis.ILLUSTRATIVE),
    contender(3, "Long", 1234.0, basis=Basis.ILLUSTRATIVE),
    contender(4, "A title that is cut", 0.3, Role.BASELINE, basis=Basis.ILLUSTRATIVE),
    contender(5, "Floor", 0.1, Role.REFERENCE, Bound.FLOOR, basis=Basis.ILLUSTRATIVE),
    contender(6, "Ceiling", 1.0, Role.REFERENCE, Bound.CEILING, basis=Basis.PUBLISHED),
)


SEEDED = board(
    contender(1, "Seeds", 0.83, basis=Basis.ILLUSTRATIVE, seeds=(SeedValue(1, 0.82), SeedValue(2, 0.84))),
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
    assert facts(MIXED, UNICODE, 140) == (
        "* illustrative   b best baseline 0.300*   f floor 0.100*   c ceiling 1.000   ○ a value alone"
        "   b is A title that is cut"
    )
    assert "*" not in facts(BOARD, ASCII, 120)


def test_the_row_in_words_says_what_its_value_rests_on() -> None:
    words = [row_words(MIXED, row, UNICODE, seeds=False) for row in MIXED.rows]
    assert words[place_of("Made up")].startswith("0.830 illustrative, no interval: ")
    assert words[place_of("Printed")].startswith("0.930 published, no interval: ")


def test_a_value_of_which_the_source_states_another_one_is_marked_and_the_row_says_which() -> None:
    def of_gap(number: int, title: str, stated: float, accuracy: float, *, made_up: bool = False) -> Contender:
        under = measured(accuracy, metric="acc", setting=Setting.LAB, standard_error=0.004, n_seeds=5)
        basis = Basis.ILLUSTRATIVE if made_up else Basis.CLAIMED
        return contender(number, title, stated, basis=basis)._replace(beneath=(under,))

    ends = [
        Contender(10 + i, f"u{10 + i}", name, Role.REFERENCE, bound, (), (
            measured(value, metric="acc", setting=Setting.LAB, standard_error=0.004, n_seeds=16),))
        for i, (name, bound, value) in enumerate((("F", Bound.FLOOR, 0.5), ("C", Bound.CEILING, 0.7)))
    ]  # fmt: skip
    made = build_leaderboard(
        [of_gap(1, "As said", 0.25, 0.55), of_gap(2, "Not so", 0.9, 0.6, made_up=True), *ends],
        GROUND,
        Metric("pgr", Direction.HIGHER, derived_from=("acc",)),
        base=Metric("acc", Direction.HIGHER),
    )
    for marks, mark in ((UNICODE, "≠"), (ASCII, "#")):
        first, second = (Table(made, marks).line(i, 120, seeds=False).plain for i in range(2))
        assert f"0.500*{mark}" in first
        assert mark not in second
        assert first.index("0.500") == second.index("0.250")
    assert "0.500 illustrative, where its source states 0.900, 95 %" in row_words(
        made, made.rows[0], UNICODE, seeds=False
    )
    said = [line.mark[0].strip() for line in notes(made, made.rows[0], UNICODE)]
    assert "≠" in said


def test_values_and_their_limits_are_as_fine_as_the_errors_of_the_table() -> None:
    rates = [(0.031616, 3.6e-5), (0.03147, 7e-6), (0.0312, 4e-5)]
    found = board(
        *(contender(i, f"Rate {i}", value, standard_error=error, n_seeds=5) for i, (value, error) in enumerate(rates)),
        contender(4, "Lone", 0.0311),
        contender(5, "Live", 0.031136, Role.BASELINE, standard_error=6e-5, n_seeds=5),
    )
    table = Table(found, UNICODE)
    values = [table.line(place, 160, seeds=False).plain for place in range(len(found.rows))]
    for shown in ("0.031616  ±0.000036", "0.031470  ±0.000007", "0.031136  ±0.000060", "0.031100"):
        assert any(shown in line for line in values), values
    assert "0.031616, 95 % 0.0315" in row_words(found, found.rows[0], UNICODE, seeds=False)
