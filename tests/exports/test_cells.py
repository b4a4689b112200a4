"""What makes cells safe for spreadsheets can always be undone."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewer.exports.cells import GUARDED, SAFE_START, column_name, guard_cell, join_list, restore_cell, split_list

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\tplain",
    "\r=1",
    "  =1",
    "\n-1",
    "\nplain",
    "\u00a0=1",
    "\ufeff=1",
    "\u200b=1",
    "＝1",
    "＋1",
    "－1",
    "＠A",
    "- a list in Markdown",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_runs_gets_an_apostrophe(text: str) -> None:
    assert guard_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "a=1", "'tis so", "0.5", "(=1)", "é", "it's = 1"])
def test_other_text_is_left_alone(text: str) -> None:
    assert guard_cell(text) == text


@given(st.text() | st.text("'=+-@ \t\r\n＝a"))
@example("'=1")
@example("''=1")
@example("'")
def test_the_guard_is_undone_exactly(text: str) -> None:
    assert restore_cell(guard_cell(text)) == text


@given(st.text("'=+-@ \t\r\n\u200b＝a", min_size=1))
def test_no_guarded_text_starts_like_a_formula(text: str) -> None:
    cell = guard_cell(text)
    assert cell.lstrip(" \n\u200b")[:1] not in ("=", "+", "-", "@", "＝")
    assert cell[0] not in "\t\r\n"


def test_no_start_that_is_passed_over_needs_a_guard() -> None:
    assert not [c for c in SAFE_START if GUARDED.match(f"'{c}=1")]


@given(st.lists(st.text(min_size=1) | st.text(";\\a", min_size=1)))
def test_a_list_comes_back_from_its_cell(items: list[str]) -> None:
    assert split_list(join_list(items)) == items


def test_a_plain_list_reads_plainly() -> None:
    assert join_list(["scale", "cost"]) == "scale;cost"


@pytest.mark.parametrize(
    ("name", "column"), [("Kim", "kim"), ("A. B-C", "a_b_c"), ("=cmd|x", "cmd_x"), ("Łukasz", "łukasz"), ("!!", "")]
)
def test_names_become_parts_of_columns(name: str, column: str) -> None:
    assert column_name(name) == column
