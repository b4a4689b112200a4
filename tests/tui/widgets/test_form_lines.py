"""The lines of a form that are not typed in."""

from textual.app import App, ComposeResult

from reviewer.tui.widgets.form_lines import ChoiceLine, PickLine
from tests.tui.harness import HarnessApp


async def test_a_choice_is_taken_by_its_key_and_other_letters_do_nothing() -> None:
    line = ChoiceLine((("", "not said"), ("yes", "y yes"), ("no", "n no")), keys={"y": "yes", "n": "no"})
    async with HarnessApp(line).run_test() as pilot:
        line.focus()
        await pilot.press("n", "q")
        assert line.value == "no"
        await pilot.press("right")
        assert line.value == ""


class Asking(App[None]):
    def __init__(self, line: PickLine) -> None:
        super().__init__()
        self.line = line
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.line

    def on_pick_line_asked(self) -> None:
        self.heard.append("asked")

    def on_pick_line_changed(self, message: PickLine.Changed) -> None:
        self.heard.append(message.control.value)


async def test_a_value_is_asked_for_by_a_click_and_taken_away_by_backspace() -> None:
    app = Asking(PickLine({"scale": "Scale"}, placeholder="none"))
    async with app.run_test() as pilot:
        assert str(app.line.render()) == "none"
        await pilot.click(PickLine)
        app.line.choose("scale")
        await pilot.pause()
        assert str(app.line.render()) == "Scale"
        await pilot.press("backspace", "backspace")
        await pilot.pause()
        assert app.heard == ["asked", "scale", ""]


def test_a_value_without_words_is_shown_as_it_is() -> None:
    line = PickLine({})
    line.value = "odd\x1b[31m"
    assert "odd" in str(line.render())
    assert "\x1b" not in str(line.render())
