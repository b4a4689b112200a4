"""The lines for words to look for: what is pasted into one is safe, whole, and where the cursor is."""

import pytest
from textual import events
from textual.app import App, ComposeResult

from reviewer.tui.widgets.search_line import SearchLine


class LineApp(App[None]):
    def compose(self) -> ComposeResult:
        yield SearchLine()


@pytest.mark.parametrize(
    ("pasted", "stands_there"),
    [
        ("a\x1b[31mb\x1b]0;x\x07c", "a␛[31mb␛]0;x␇c"),
        ("a\0b\u202ec\x9bd", "a␀b<U+202E>c<U+009B>d"),
        ("\ra\r\nb\n\n  c", " a b c"),
        ("\u0301a", "\u0301a"),
        ("", ""),
    ],
)
async def test_what_is_pasted_is_safe_and_one_line(pasted: str, stands_there: str) -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        await pilot.press("x", "y", "left")
        app.post_message(events.Paste(pasted))
        await pilot.press("z")
        line = app.query_one(SearchLine)
        assert line.value == f"x{stands_there}zy"
        assert line.cursor_position == len(line.value) - 1


async def test_a_paste_takes_the_place_of_what_is_selected() -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        await pilot.press("x", "y", "home", "shift+end")
        app.post_message(events.Paste("a\x1bb"))
        await pilot.pause()
        assert app.query_one(SearchLine).value == "a␛b"
