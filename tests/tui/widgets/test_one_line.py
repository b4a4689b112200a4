"""A line is drawn anew where it says something else, and moves what is beside it only where it needs other room."""

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Region

from reviewer.tui.widgets.one_line import OneLine


class LineApp(App[None]):
    CSS = "#fixed { width: 20; height: 1; } #fitted { width: auto; height: 1; }"

    def compose(self) -> ComposeResult:
        yield OneLine(id="fixed")
        yield OneLine(id="fitted")


async def test_only_another_text_or_another_colour_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, bool]] = []
    refresh = OneLine.refresh

    def note(
        line: OneLine, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> OneLine:
        asked.append((line.id, layout))
        return refresh(line, *regions, repaint=repaint, layout=layout, recompose=recompose)

    app = LineApp()
    async with app.run_test():
        fixed, fitted = (app.query_one(f"#{name}", OneLine) for name in ("fixed", "fitted"))
        for line in (fixed, fitted):
            line.say("ten of 12")
        monkeypatch.setattr(OneLine, "refresh", note)
        for line in (fixed, fitted):
            line.say("ten of 12")
            line.say(Content("ten of 12"))
        assert asked == []
        for line in (fixed, fitted):
            line.say("two of 12")
            line.say(Content.styled("two of 12", "$accent"))
            line.say("100 of 12[/")
        assert asked == [("fixed", False)] * 3 + [("fitted", False)] * 2 + [("fitted", True)]
        assert str(fixed.render()) == str(fitted.render()) == "100 of 12[/"


async def test_a_line_as_wide_as_its_words_grows_and_shrinks_with_them() -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        line = app.query_one("#fitted", OneLine)
        for words in ("a", "a longer one", "b"):
            line.say(words)
            await pilot.pause()
            assert line.size.width == len(words)
