"""The ledger's lines: columns that are dropped whole, numbers beneath one another, and all of it in words."""

from dataclasses import replace

import pytest

from reviewer.tui.ledger_table import LedgerTable, facts, notes, plot_facts, row_words, sentences
from reviewer.tui.marks import ASCII, UNICODE, Marks
from tests.tui.ledger_boards import ME, board, entry, held, row

ROWS = (
    row(entry(1, "failed", 0.005, 0.004), 0.55, 0.02, held_out=0.2, forecasts=[held(1, "kim", 0.35)], hidden=True),
    row(entry(2, "survived", -0.1, None), 0.3, None, forecasts=[held(2, "ann", 0.6, 2), held(2, "kim", None)]),
    row(entry(3, "", None), 0.4),
)


def lines(width: int, marks: Marks = UNICODE) -> list[str]:
    table = LedgerTable(board(*ROWS), ME, marks)
    return [str(table.head(width)), *(str(table.line(place, width)) for place in range(3))]


def test_every_column_stands_where_there_is_room_and_numbers_line_up() -> None:
    head, first, second, third = lines(156)
    for words in (
        "proposal",
        "ended",
        "lab value",
        "gain in lab",
        "held out",
        "in production",
        "lost",
        "mine",
        "others",
    ):
        assert words in head
    assert "✗ failed" in first
    assert "0.750 ±0.020" in first
    assert "+0.0050 ±0.0040" in first
    assert "35 %" in first
    assert first.rstrip().endswith("?")
    assert "ann 60 %" in second
    assert "○ not said" in third
    assert first.index("0.750") == second.index("0.500") == third.index("0.60")


@pytest.mark.parametrize("width", [156, 100, 73, 50, 30, 5])
@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_no_number_is_cut_at_any_width(width: int, marks: Marks) -> None:
    shown = lines(width, marks)
    if width >= 73:
        assert {len(line) for line in shown} == {len(shown[0])}
        assert len(shown[0]) <= width
        assert "0.545" in shown[1]
        assert "0.75" in shown[1]
        assert "in production" in shown[0]
    assert not any("\x1b" in line for line in shown)


def test_at_80_columns_lab_stands_beside_production_and_what_was_lost() -> None:
    head, first, *_ = lines(73)
    assert [words for words in ("lab value", "in production", "lost") if words in head] == [
        "lab value", "in production", "lost",
    ]  # fmt: skip
    assert "held out" not in head
    assert [words for words in ("0.750 ±0.020", "+0.0050 ±0.0040", "0.545 ±0.020") if words not in first] == []


def test_a_row_is_told_whole_in_words() -> None:
    words = row_words(ROWS[0], ME, UNICODE)
    assert words == (
        "proposal 1 [/x]: failed on 2026-01-01, scale bit, ann says; gain in PGR: lab +0.550 ±0.020, held-out +0.200 "
        "±0.020, in production +0.0050 ±0.0040; lost 0.350 ±0.028 held out and 0.195 ±0.020 from there to production; "
        "forecast: you 35 %; others' forecasts show once you have given a verdict."
    )
    assert "lost 0.400 on the way to production; forecast: ann 60 %." in row_words(ROWS[1], ME, UNICODE)
    assert "nobody has said how it ended, so no forecast is held against it" in row_words(ROWS[2], ME, UNICODE)


def test_an_effect_of_nobody_knows_what_is_shown_and_held_against_nothing() -> None:
    unnamed = row(ROWS[0].entry._replace(metric=""), 0.5)
    assert "(of what?)" in row_words(unnamed, ME, UNICODE)
    assert unnamed.lost is None


def test_what_is_to_be_known_says_how_many_are_missing_and_whom_outcomes_are_of() -> None:
    said = sentences(board(*ROWS), UNICODE)
    assert any("they need 10; 8 are missing" in sentence for sentence in said)
    assert any("mostly of proposals that somebody approved" in sentence for sentence in said)
    assert not any("Spearman" in sentence for sentence in said)
    many = board(*(row(entry(i, "failed", i / 100 % 0.07, 0.01), i / 20, 0.03) for i in range(1, 13)))
    assert any(s.startswith("Spearman ρ of lab and production") and "n = 12" in s for s in sentences(many, UNICODE))
    several = board(replace(ROWS[0], entry=ROWS[0].entry._replace(standing=2)))
    assert any("several say" in sentence for sentence in sentences(several, UNICODE))
    assert "failed*" in str(LedgerTable(several, ME, UNICODE).line(0, 150))


def test_the_facts_keep_to_their_room() -> None:
    made = board(*ROWS, row(entry(4, "failed", 0.1, metric="loss"), 0.2))
    assert facts(made, UNICODE, 200) == (
        "3 outcomes   1 more measured in production   PGR ↑, what lost most first   other metrics below"
    )
    assert facts(made, UNICODE, 20) == "3 outcomes"
    assert "✓ survived   ✗ failed   ~ partly   » withdrawn   ○ not said" in plot_facts(made, UNICODE, 78)


def test_the_notes_have_all_of_it() -> None:
    text = "\n".join(line.mark[0] + line.text for line in notes(board(*ROWS), ROWS[0], ME, UNICODE))
    for words in ("failed on 2026-01-01", "To be known", "Marks", "95 % intervals", "nothing was lost"):
        assert words in text
