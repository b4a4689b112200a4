"""The evidence pane: columns on the decimal point, and what goes first where there is little room."""

from dataclasses import replace

import pytest

from reviewer.domain.checks import CheckResult, Level
from reviewer.tui.evidence_table import EvidenceCells, Span
from reviewer.tui.marks import ASCII, UNICODE, Marks
from reviewer.tui.widgets.evidence import EvidencePane
from tests.tui.harness import HarnessApp


def cells(proposal: str, baseline: str, difference: str = "") -> EvidenceCells:
    return EvidenceCells(
        "PGR ↑", "chat", "lab", proposal, "±0.020", "(5)", baseline, "±0.100", "(12)", difference, "claimed",
        "floor 0.1", False,
    )  # fmt: skip


def lines(pane: EvidencePane) -> list[str]:
    return ["".join(s.text for s in pane.render_line(y)) for y in range(pane.size.height)]


async def test_numbers_line_up_and_columns_go_in_turn() -> None:
    pane = EvidencePane()
    async with HarnessApp(pane).run_test(size=(140, 6)) as pilot:
        pane.show_rows([cells("0.510", "10.3", "+0.210"), cells("", "9.250"), cells("1,200.5", "0.1")], "")
        await pilot.pause()
        shown = lines(pane)
        assert shown[1].index("0.510") + 1 == shown[3].index("1,200.5") + 5
        assert "not measured" in shown[2]
        assert "floor 0.1" in shown[1]
        for width in (100, 70):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            text = lines(pane)[1]
            assert "0.510" in text
            assert "+0.210" in text
        assert "floor" not in text
        pane.show_rows([], "Nothing was measured.")
        assert "Nothing was measured." in lines(pane)[0]


async def test_a_note_is_cut_between_its_parts_and_never_within_a_number() -> None:
    pane = EvidencePane()
    note = "floor 0.528 (16), lab; ceiling 0.733 (16), lab"
    async with HarnessApp(pane).run_test(size=(150, 6)) as pilot:
        pane.show_rows([replace(cells("0.510", "10.3", "+0.210"), note=note)], "")
        parts = ["floor 0.528 (16)", "floor 0.528 (16), lab", "floor 0.528 (16), lab; ceiling 0.733 (16)"]
        whole = ["", "…", *(f"{part} …" for part in parts), note]
        seen = set()
        for width in range(70, 150):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            seen.add(lines(pane)[1].partition("claimed")[2].strip())
        assert seen <= set(whole)
        assert {f"{parts[1]} …", note} <= seen


REASON = "No interval: the proposal states no error between seeds"


async def test_why_there_is_no_interval_stands_where_it_would() -> None:
    pane = EvidencePane()
    bare = replace(cells("0.510", "0.300", "+0.210"), told=("no interval",) * 3, reason=REASON)
    async with HarnessApp(pane).run_test(size=(160, 6)) as pilot:
        for rows in ([bare], [told("+0.210", Span(0.21, 0.1, 0.3, 0.1)), bare]):
            pane.show_rows(rows, "")
            for width, whole in ((160, True), (145, True), (72, False)):
                await pilot.resize_terminal(width, 6)
                await pilot.pause()
                line = lines(pane)[len(rows)]
                assert "+0.210" in line, width
                assert (REASON in line) is whole, width
                assert whole or "no interval" in line, width


@pytest.mark.parametrize(("marks", "restated", "outdone"), [(UNICODE, "≠", "†"), (ASCII, "#", "<")])
async def test_marks_say_what_is_not_as_stated_and_which_baseline_is_not_the_best(
    marks: Marks, restated: str, outdone: str
) -> None:
    pane = EvidencePane(marks=marks)
    row = replace(
        cells("0.510", "0.300", "+0.210"), proposal_restated=True, outdone=True, dataset="a long dataset name"
    )
    async with HarnessApp(pane).run_test(size=(160, 6)) as pilot:
        pane.show_rows([row, cells("0.410", "0.200", "+0.210")], "")
        for width in (160, 100, 72):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            _, first, second = lines(pane)[:3]
            assert f"0.510{restated}" in first, width
            assert f"0.300{outdone}" in first, width
            assert restated not in second + second, width
            assert first.index("0.510") == second.index("0.410")
        await pilot.resize_terminal(160, 6)
        await pilot.pause()
        assert lines(pane)[0].startswith(f" {restated} computed  {outdone} not best")


async def test_settings_in_which_nothing_was_measured_have_one_line_of_their_own() -> None:
    pane = EvidencePane()
    async with HarnessApp(pane).run_test(size=(120, 6)) as pilot:
        pane.show_rows([cells("0.510", "0.300", "+0.210"), EvidenceCells(nothing="not measured: held-out, pilot")], "")
        await pilot.pause()
        assert lines(pane)[2].strip() == "not measured: held-out, pilot"


async def test_a_baseline_alone_has_no_columns_of_a_proposal() -> None:
    pane = EvidencePane()
    async with HarnessApp(pane).run_test(size=(100, 6)) as pilot:
        pane.show_rows([replace(cells("", "0.234"), proposal_error="", proposal_n="")], "", alone=True)
        await pilot.pause()
        shown = "\n".join(lines(pane))
        assert "0.234" in shown
        assert "proposal" not in shown
        assert "not measured" not in shown


def told(difference: str, span: Span, words: str = "better") -> EvidenceCells:
    return replace(
        cells("0.510", "0.300", difference),
        interval=f"[{span.low:+.3f}, {span.high:+.3f}]",
        told=(f"{words} at length", words, words[:6]),
        span=span,
        scale="pgr",
    )


ROWS = (told("+0.210", Span(0.21, 0.11, 0.31, 0.1)), told("-0.050", Span(-0.05, -0.15, 0.05, 0.15), "not told apart"))


async def test_intervals_are_drawn_on_one_scale_with_zero_and_what_could_be_found() -> None:
    pane = EvidencePane(marks=ASCII)
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows(ROWS, "")
        await pilot.pause()
        first, second = lines(pane)[1:3]
        assert "  :    |    [----o----]  " in first
        assert first.rindex("|") == second.rindex("|")


async def test_at_any_width_the_difference_stays_whole_and_no_number_is_cut() -> None:
    pane = EvidencePane()
    long_name = replace(
        ROWS[0], metric="a_very_long_metric_name ↑", dataset="helpfulness-preferences", difference="+0.777"
    )
    whole = {"0.510", "0.300", "+0.210", "-0.050", "+0.777", "±0.020", "±0.100", "(5)", "(12)",
             "[+0.110,", "+0.310]", "[-0.150,", "+0.050]"}  # fmt: skip
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows((*ROWS, long_name), "")
        for width in range(60, 201, 7):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            shown = lines(pane)[1:4]
            assert [line for line in shown if "+0.210" in line or "-0.050" in line or "+0.777" in line] == shown
            numbers = {word for line in shown for word in line.split() if any(c.isdigit() for c in word)}
            assert numbers - {"0.1"} <= whole, (width, numbers - whole)


async def test_rows_of_which_more_is_known_stay_where_they_were_scrolled_to() -> None:
    pane = EvidencePane()
    async with HarnessApp(pane).run_test(size=(120, 4)) as pilot:
        pane.show_rows(ROWS * 5, "")
        await pilot.pause()
        pane.scroll_to(y=3, animate=False)
        pane.show_rows(ROWS * 5, "", again=True)
        await pilot.pause()
        assert pane.scroll_offset.y == 3
        pane.show_rows(ROWS * 5, "")
        await pilot.pause()
        assert pane.scroll_offset.y == 0


async def test_what_the_checks_ask_stands_below_and_scrolls_with_the_rows() -> None:
    pane = EvidencePane()
    asked = (
        CheckResult("few-seeds", Level.ASK, "3 seeds; enough? [/x] \x1b[31m", {}),
        CheckResult("missing-words", Level.NOTE, "The text names no baseline.", {}),
    )
    async with HarnessApp(pane).run_test(size=(100, 6)) as pilot:
        pane.show_rows(ROWS, "", asked)
        await pilot.pause()
        shown = lines(pane)
        assert pane.height_wanted == 5
        assert shown[0].startswith(" ? 2 below         proposal"), "all are in sight"
        assert shown[3].startswith(" ? 3 seeds; enough? [/x]")
        assert "\x1b" not in shown[3]
        assert shown[4].startswith(" – The text names no baseline.")
        pane.show_rows((), "Nothing was measured.", asked)
        assert [line[:10] for line in lines(pane)[:2]] == [" Nothing w", " ? 3 seeds"]


async def test_questions_out_of_sight_name_the_key_that_shows_them() -> None:
    asked = tuple(CheckResult("few-seeds", Level.ASK, f"{i} seeds; enough?", {}) for i in range(15))
    pane = EvidencePane(whole_by="w")
    async with HarnessApp(pane).run_test(size=(120, 6)) as pilot:
        pane.show_rows([replace(row, dataset="a longer dataset") for row in ROWS], "", asked)
        await pilot.pause()
        assert lines(pane)[0].startswith(" ? 15 questions, w ")
        await pilot.resize_terminal(120, 20)
        await pilot.pause()
        assert lines(pane)[0].startswith(" ? 15 questions below ")


async def test_numbers_of_seeds_and_errors_outlast_the_basis_and_the_words_for_nothing() -> None:
    pane = EvidencePane()
    absent = replace(cells("", "0.300"), proposal_error="", proposal_n="", basis="")
    rows = (*(replace(row, told=("better, at length", "better", "better")) for row in ROWS), absent)
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows(rows, "")
        kept = []
        for width in range(200, 70, -1):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            first, last = lines(pane)[1], lines(pane)[3]
            if first.count("(5)") == 0:
                assert "claim" not in first
                assert "not measured" not in last
            if first.count("±0.020") == 0:
                assert first.count("(5)") == first.count("(12)") == 0
            kept.append(first.count("(5)"))
        assert {0, 1} == set(kept)


async def test_why_a_value_is_missing_is_said_at_any_width_and_its_words_may_be_cut() -> None:
    pane = EvidencePane()
    why = "the run ended before the evaluation of held-out problems began"
    absent = replace(cells("", "0.300"), proposal_error="", proposal_n="", basis="", note=why)
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows((*ROWS, absent), "")
        for width in range(80, 201, 10):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            assert why in lines(pane)[3] or ("the run ended" in lines(pane)[3] and "…" in lines(pane)[3]), width
        whole = replace(absent, note="no value after 1,234,567 steps of training and more words than there is room for")
        pane.show_rows((*ROWS, whole), "")
        for width in range(80, 201, 3):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            said = lines(pane)[3]
            assert "1,234,567" in said or "1" not in said.partition("no value")[2].partition("…")[0], width


def based(row: EvidenceCells, basis: str, *, baseline_illustrative: bool) -> EvidenceCells:
    return replace(
        row,
        basis=basis,
        proposal_illustrative=basis == "illustrative",
        baseline_illustrative=baseline_illustrative,
    )


@pytest.mark.parametrize("marks", [UNICODE, ASCII])
async def test_at_any_width_what_is_illustrative_says_so_in_a_whole_word_or_by_a_mark(marks: Marks) -> None:
    pane = EvidencePane(marks=marks, whole_by="v")
    asked = tuple(CheckResult("few-seeds", Level.ASK, f"{i} seeds; enough?", {}) for i in range(9))
    rows = (
        based(ROWS[0], "illustrative", baseline_illustrative=True),
        based(replace(ROWS[1], proposal="1,234", baseline="10.5"), "published", baseline_illustrative=False),
    )
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows(rows, "", asked)
        corners = set()
        for width in range(200, 57, -1):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            head, made_up, printed = lines(pane)[:3]
            words = {word for line in (made_up, printed) for word in line.split() if word[:2] in ("il", "pu")}
            corner = head.partition("proposal")[0].strip()
            if words:
                assert words == {"illustrative", "published"}, width
                assert "*" not in head + made_up + printed, width
            else:
                assert "0.510* " in made_up, width
                assert "0.300* " in made_up, width
                assert "*" not in printed, width
                assert corner.startswith("* illustrative"), width
                assert made_up.index("0.510") + 1 == printed.index("1,234") + 5, width
                assert made_up.index("0.300") + 1 == printed.index("10.5") + 2, width
            corners.add(corner)
        assert corners == {"? 9 questions, v", "* illustrative  ? 9"}
        pane.show_rows([replace(row, dataset="a still longer dataset") for row in rows], "", asked)
        for width, corner in ((100, "* illustrative  ? 9 questions, v"), (74, "* illustrative  ? 9, v")):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            assert lines(pane)[0].partition("proposal")[0].strip() == corner


async def test_a_baseline_of_which_the_column_says_nothing_has_its_mark_beside_it() -> None:
    pane = EvidencePane()
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows([based(ROWS[0], "published", baseline_illustrative=True)], "")
        await pilot.pause()
        head, row = lines(pane)[:2]
        assert "0.510 " in row
        assert "0.300* " in row
        assert "published" in row
        assert head.startswith(" * illustrative ")
        pane.show_rows([based(cells("", "0.234"), "", baseline_illustrative=True)], "", alone=True)
        head, row = lines(pane)[:2]
        assert "0.234* " in row
        assert head.startswith(" * illustrative ")
        assert len(head.partition("baseline")[0]) == row.index("0.234"), "short names leave room for what it says"


async def test_what_is_not_illustrative_has_no_mark_at_any_width() -> None:
    pane = EvidencePane()
    async with HarnessApp(pane).run_test(size=(200, 6)) as pilot:
        pane.show_rows([based(row, "published", baseline_illustrative=False) for row in ROWS], "")
        for width in range(60, 201, 20):
            await pilot.resize_terminal(width, 6)
            await pilot.pause()
            assert "*" not in "".join(lines(pane)), width
