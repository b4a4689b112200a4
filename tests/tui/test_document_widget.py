"""The pane shows a document without keeping anybody waiting, and nothing in it reaches the terminal as a command."""

import re
import unicodedata
from collections.abc import Iterable

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Offset, Region
from textual.selection import Selection

from reviewer.tui.document_cache import DocumentCache
from reviewer.tui.documents import Block, BlockKind, Document
from reviewer.tui.widgets.document import DocumentPane
from tests.tui.harness import settle

HOSTILE = (
    "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m\x90q\x9c [/] [/bold] [link=http://a.b]x[/link] [a](http://a.b/\x1b]8;;http://c)\n\n"
    "a\u202eb\u2066c\u200bd\ufeffe\U000e0041f\ud800g\rh `\x1b[31m` &#27;[31m &#x202e;\n\n"
    "```python\nx = '\x1b[31m'\n```\n\n|\x1b|\u202e|\n|-|-|\n|\x07|\x00|\n"
)


@pytest.fixture(autouse=True)
def drawn_at_the_end() -> None:
    """Draw as ever, in place of what other tests of the screen do: a document is laid out when it is drawn."""


def document(text: str, title: str = "Title") -> Document:
    return Document((Block(BlockKind.TITLE, title), Block(BlockKind.BODY, text)))


LONG = document("\n\n".join(f"Paragraph {n} " + "with some words in it " * 6 for n in range(60)))
SHORT = document("Nothing much.", "Short")


class Panes(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.scrolled: list[tuple[str | None, float]] = []

    def compose(self) -> ComposeResult:
        cache = DocumentCache()
        with Horizontal():
            yield DocumentPane(cache, id="left")
            yield DocumentPane(cache, id="right")

    def on_scrolling_pane_scrolled(self, event: DocumentPane.Scrolled) -> None:
        self.scrolled.append((event.control.id, event.fraction))

    def pane(self, name: str = "left") -> DocumentPane:
        return self.query_one(f"#{name}", DocumentPane)


def segments(pane: DocumentPane) -> Iterable[Segment]:
    return [segment for y in range(pane.size.height) for segment in pane.render_line(y)]


def lines(pane: DocumentPane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


async def test_a_document_is_laid_out_in_a_worker_and_then_shown() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        assert pane.is_waiting
        assert not any(lines(pane))
        await settle(pilot)
        assert not pane.is_waiting
        assert lines(pane)[0] == "Title"
        assert pane.headings[0].text == "Title"
        assert pane.virtual_size.height > 100


async def test_of_another_proposal_nothing_of_the_one_before_stays() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        await settle(pilot)
        pane.page_down()
        assert pane.find("paragraph") > 0
        pane.show(SHORT, 2)
        assert not any(lines(pane))
        assert pane.headings == ()
        assert pane.find_next() == (0, 0)
        await settle(pilot)
        assert lines(pane)[0] == "Short"
        assert pane.scroll_offset.y == 0
        pane.show(None)
        assert not any(lines(pane))


async def test_a_document_is_shown_from_its_top_wherever_one_scrolled_while_it_was_awaited() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        await settle(pilot)
        pane.show(document("\n\n".join(f"Another {n}" for n in range(400)), "Longer"), 2)
        assert pane.is_waiting
        pane.page_down()
        await settle(pilot)
        assert lines(pane)[0] == "Longer"


async def test_of_two_shown_at_once_the_last_one_stays() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        pane.show(SHORT, 2)
        await settle(pilot)
        assert lines(pane)[0] == "Short"


async def test_what_was_laid_out_ahead_is_shown_at_once_in_either_pane() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        app.pane().show(LONG, 1)
        app.pane().prefetch([SHORT])
        await settle(pilot)
        for name in ("left", "right"):
            app.pane(name).show(SHORT, 2)
            assert not app.pane(name).is_waiting
            assert lines(app.pane(name))[0] == "Short"


async def test_before_it_is_on_the_screen_a_pane_remembers_what_to_show_and_to_prefetch() -> None:
    class Early(App[None]):
        def compose(self) -> ComposeResult:
            pane = DocumentPane()
            pane.show(LONG, 1)
            pane.prefetch([SHORT])
            yield pane

    app = Early()
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await settle(pilot)
        pane = app.query_one(DocumentPane)
        assert lines(pane)[0] == "Title"
        pane.show(SHORT, 2)
        assert not pane.is_waiting


async def test_scrolling_by_line_page_and_end_says_whether_it_moved() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        await settle(pilot)
        assert pane.line_down()
        assert pane.scroll_offset.y == 1
        assert pane.page_down()
        assert pane.scroll_offset.y == 1 + 24 - 2
        assert pane.page_up()
        assert pane.line_up()
        assert not pane.line_up()
        assert pane.to_end()
        assert pane.scroll_fraction == 1.0
        assert not pane.page_down()
        assert pane.to_top()
        pane.focus()
        await pilot.press("pagedown", "down")
        assert pane.scroll_offset.y == 24 - 2 + 1
        await pilot.press("end", "up", "home")
        assert pane.scroll_offset.y == 0


async def test_a_pane_that_follows_posts_nothing_back() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        for name in ("left", "right"):
            app.pane(name).show(LONG, name)
        await settle(pilot)
        app.pane("left").to_end()
        await pilot.pause()
        assert app.scrolled == [("left", 1.0)]
        app.pane("right").scroll_fraction = 0.5
        await pilot.pause()
        assert app.scrolled == [("left", 1.0)]
        assert app.pane("right").scroll_fraction == pytest.approx(0.5, abs=0.01)


async def test_finding_goes_round_and_marks_what_it_found() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        await settle(pilot)
        assert pane.find("PARAGRAPH 4") == 11
        assert any("Paragraph 4 " in line for line in lines(pane))
        assert pane.find_next() == (2, 11)
        assert any("Paragraph 40" in line for line in lines(pane))
        assert pane.find_previous() == (1, 11)
        assert pane.find_previous() == (11, 11)
        marked = [s for s in segments(pane) if s.text.startswith("Paragraph 4")]
        assert "Paragraph 4" in [s.text for s in marked]
        assert [s.text for s in segments(pane) if s.style and s.style.reverse] == ["Paragraph 4"]
        assert pane.find("") == 0
        assert not [s for s in segments(pane) if s.style and s.style.reverse]


async def test_the_same_proposal_at_another_width_keeps_place_and_search() -> None:
    app = Panes()
    async with app.run_test(size=(120, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG, 1)
        await settle(pilot)
        found = pane.find("paragraph 30")
        pane.to_line(next(n for n in range(999) if "Paragraph 30" in pane.render_line(n - pane.scroll_offset.y).text))
        await pilot.resize_terminal(60, 24)
        await settle(pilot)
        assert lines(pane)[0].startswith("Paragraph 30")
        assert found == 1
        assert pane.find_next() == (1, 1)


async def test_a_size_that_textual_tells_nobody_of_is_laid_out_for() -> None:
    app = Panes()
    async with app.run_test(size=(61, 24)) as pilot:
        left, right = app.pane("left"), app.pane("right")
        for pane in (left, right):
            pane.show(document("0123456789" * 40), 1)
        await settle(pilot)
        before, narrow, wide = lines(left), left.size.width, right.size.width
        assert (before != lines(right), wide) == (True, narrow + 1)
        app.query_one(Horizontal).move_child(right, before=left)
        # As Textual does for a scroll, after which who asks for all regions has the layout made that is to come.
        compositor = app.screen._compositor
        compositor.reflow_visible(app.screen, app.size)
        assert compositor.full_map[left].region.width == wide
        await settle(pilot)
        assert (left.size.width, right.size.width) == (wide, narrow)
        assert lines(right) == before


async def test_selected_text_is_copied_as_the_document_has_it() -> None:
    app = Panes()
    async with app.run_test(size=(44, 24)) as pilot:
        pane = app.pane()
        pane.show(document("- one two three four five six seven\n\nend"), 1)
        await settle(pilot)
        assert lines(pane)[2:4] == ["• one two three four", "  five six seven"]
        await pilot.mouse_down(pane, offset=(2, 2))
        await pilot.hover(pane, offset=(5, 3))
        await pilot.mouse_up(pane, offset=(5, 3))
        await pilot.pause()
        assert app.screen.get_selected_text() == "one two three four five"
        assert pane.get_selection(Selection(Offset(6, 2), Offset(6, 3))) == ("two three four five", "\n")
        assert pane.get_selection(Selection(None, None)) == (
            "Title\n\n• one two three four five six seven\n\nend",
            "\n",
        )
        background = app.screen.get_component_rich_style("screen--selection").bgcolor
        drawn = [s.text for s in segments(pane) if s.style and s.style.bgcolor == background]
        assert "".join(drawn).startswith("one two three")
        pane.show(SHORT, 2)
        assert app.screen.get_selected_text() is None


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (3, 2), (6, 3), (10, 5), (40, 10)])
async def test_a_screen_of_any_size_does(size: tuple[int, int]) -> None:
    app = Panes()
    async with app.run_test(size=size) as pilot:
        pane = app.pane()
        pane.show(document(HOSTILE + "- x\n  - y\n\n> > z\n\n|a|b|\n|-|-|\n|1.5|2|\n"), 1)
        pane.prefetch([SHORT])
        await settle(pilot)
        pane.find("x")
        pane.page_down()
        pane.scroll_fraction = 1.0
        await pilot.resize_terminal(80, 24)
        await pilot.resize_terminal(*size)
        await settle(pilot)
        assert pane.scroll_fraction >= 0


async def test_a_pane_that_is_hidden_and_shown_again_has_its_document() -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.display = False
        await pilot.pause()
        pane.show(LONG, 1)
        pane.display = True
        await settle(pilot)
        await settle(pilot)
        assert lines(pane)[0] == "Title"


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_a_theme_is_taken_up(theme: str) -> None:
    app = Panes()
    async with app.run_test(size=(100, 24)) as pilot:
        pane = app.pane()
        pane.show(document("Some `code` here."), 1)
        await settle(pilot)
        app.theme = theme
        await pilot.pause()
        await settle(pilot)
        code = next(s for s in segments(pane) if s.text == "code")
        wanted = pane.get_component_rich_style("document--code")
        assert code.style is not None
        assert (code.style.color, code.style.bgcolor) == (wanted.color, wanted.bgcolor)


async def test_nothing_of_a_hostile_text_reaches_the_terminal_as_a_command() -> None:
    app = Panes()
    async with app.run_test(size=(120, 30)) as pilot:
        app.pane("left").show(document(HOSTILE, HOSTILE), 1)
        app.pane("right").show(Document((Block(BlockKind.RAW, HOSTILE, label="json"),)), 2)
        await settle(pilot)
        app.pane("left").find("31m")
        await pilot.pause()
        rows = app.screen._compositor.render_strips()
        for row in rows:
            assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in row.text)
        written = "".join(row.render(app.console) for row in rows)
        assert "␛]52;c;aGk=␇" in written
        assert "<U+202E>" in written
        assert "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", written)
        picture = app.export_screenshot()
        assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in picture if c not in "\n\t")


async def test_the_scroll_bar_is_that_of_the_document_that_is_shown() -> None:
    longer = document("\n\n".join(f"Another {n}" for n in range(400)), "Longer")
    app = Panes()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane()
        for shown in (LONG, longer, SHORT, longer, LONG, None, LONG, SHORT):
            pane.show(shown, shown)
            await settle(pilot)
            count = 0 if shown is None else len(pane._rendered.lines if pane._rendered else ())
            assert pane.virtual_size.height == count
            assert pane.show_vertical_scrollbar == (count > pane.size.height)
            if pane.show_vertical_scrollbar:
                assert pane.vertical_scrollbar.window_virtual_size == count
            pane.to_end()
            assert pane.scroll_offset.y == max(0, count - pane.size.height)
            await pilot.pause()


async def test_another_document_as_long_as_the_window_or_longer_lays_no_screen_out_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That the panes keep their places is a tenth of what a key to the next proposal may cost."""
    longer, fresh = (document("\n\n".join(f"{name} {n}" for n in range(400)), name) for name in ("Longer", "Fresh"))
    app = Panes()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane()
        for shown in (longer, LONG):
            pane.show(shown, shown)
            await settle(pilot)
        laid_out: list[bool] = []
        refresh = DocumentPane.refresh

        def note(pane: DocumentPane, *regions: Region, layout: bool = False, **more: bool) -> DocumentPane:
            laid_out.append(layout)
            return refresh(pane, *regions, layout=layout, **more)

        monkeypatch.setattr(DocumentPane, "refresh", note)
        for shown in (longer, LONG, fresh):
            pane.show(shown, shown)
            await settle(pilot)
        assert laid_out
        assert not any(laid_out)
        pane.show(SHORT)
        await settle(pilot)
        assert any(laid_out)


async def test_a_quote_is_marked_brought_into_sight_and_found_again_at_another_width() -> None:
    app = Panes()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG)
        pane.point_at("Paragraph 40 with some words in it")
        await settle(pilot)
        await settle(pilot)
        for size in ((80, 24), (50, 12)):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            await settle(pilot)
            assert pane.quoted is not None
            line, start, end = pane.quoted.pieces[0]
            assert pane.text_at(line)[start:end].startswith("Paragraph 40")
            assert pane.scroll_offset.y <= line < pane.scroll_offset.y + pane.size.height
            underlined = [s.text for s in segments(pane) if s.style is not None and s.style.underline]
            assert underlined[0].startswith("Paragraph 40")
        pane.point_at("")
        await settle(pilot)
        assert pane.quoted is None
        assert not [s.text for s in segments(pane) if s.style is not None and s.style.underline]


async def test_a_quote_goes_with_the_document_that_it_is_of() -> None:
    app = Panes()
    async with app.run_test(size=(80, 24)) as pilot:
        pane = app.pane()
        pane.show(LONG)
        await settle(pilot)
        pane.point_at("Paragraph 2 with some words in it")
        await settle(pilot)
        assert pane.quoted is not None
        pane.show(document("Paragraph 2 with some words in it, of another"))
        await settle(pilot)
        assert pane.quoted is None
