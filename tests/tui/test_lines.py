from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Offset
from textual.selection import Selection

from reviewer.domain.text import safe_text
from reviewer.tui.widgets.lines import LinesPane, TextLine, fold, plain
from tests.tui.harness import HarnessApp, settle

LONG = plain("one two three four five six seven eight nine ten " * 30, mark="  - ")


@given(st.lists(st.text(max_size=30).map(lambda text: safe_text(text, keep_newlines=False))), st.integers(2, 40))
@example(texts=["    0"], width=2)
def test_folding_keeps_every_word_and_the_width(texts: list[str], width: int) -> None:
    line = TextLine(tuple((text, "dim") for text in texts))
    rows = ["".join(text for text, _ in row) for row in fold(line, width)]
    assert all(cell_len(row) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == line.text.replace(" ", "")


def test_the_rest_of_a_line_stands_under_its_beginning() -> None:
    rows = ["".join(text for text, _ in row) for row in fold(LONG, 40)]
    assert rows[0].startswith("  - one")
    assert all(row.startswith("    ") for row in rows[1:])


def test_each_word_keeps_its_role() -> None:
    line = TextLine((("one two ", "removed"), ("three four", "added")))
    rows = list(fold(line, 9))
    assert [(text, role) for row in rows for text, role in row] == [
        ("one two", "removed"), ("three", "added"), ("four", "added"),
    ]  # fmt: skip


async def test_the_place_stays_when_the_width_changes() -> None:
    pane = LinesPane()
    async with HarnessApp(pane).run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        pane.show([plain(f"{n} " + "word " * 30) for n in range(100)])
        await pilot.pause()
        pane.go_to(pane.first_row(50))
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert pane.scroll_offset.y == pane.first_row(50)
        pane.show_line(80, after=1)
        assert pane.first_row(80) >= pane.scroll_offset.y


async def test_selected_text_can_be_copied() -> None:
    pane = LinesPane()
    async with HarnessApp(pane).run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        pane.show([plain("first line"), plain("second line")])
        await pilot.pause()
        app = pilot.app
        app.screen.selections = {pane: Selection.from_offsets(Offset(6, 0), Offset(6, 1))}
        await pilot.pause()
        assert app.screen.get_selected_text() == "line\nsecond"


async def test_what_is_shown_last_is_shown_even_where_the_one_before_took_longer() -> None:
    pane = LinesPane()
    async with HarnessApp(pane).run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        pane.show([LONG] * 200)
        pane.show([plain("short")])
        await settle(pilot)
        assert pane.plain_text == "short"
        assert not pane.is_waiting
