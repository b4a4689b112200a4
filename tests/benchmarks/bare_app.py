"""What a Textual app with the same panes costs when it does nothing else: the peer of first paint and of a key."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList, Static

from tests.benchmarks import texts

ROWS = 200


class BareApp(App[None]):
    """A list, two panes of plain text and a line of numbers, from nothing but memory; ``j`` goes round the list."""

    BINDINGS: ClassVar = [("j", "next", "Next"), ("ctrl+q", "quit", "Quit")]
    CSS = "#list { width: 32; } .pane { width: 1fr; } #panes { height: 1fr; } #evidence { height: 6; }"

    def compose(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield OptionList(*(texts.title(i) for i in range(1, ROWS + 1)), id="list", markup=False)
            with VerticalScroll(classes="pane"):
                yield Static(id="proposal", markup=False)
            with VerticalScroll(classes="pane"):
                yield Static(f"{texts.BASELINE_HEADING}\n\n{texts.body(0)}", markup=False)
        yield Static(id="evidence", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def on_option_list_option_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        number = message.option_index + 1
        text = f"{texts.title(number)}\n\n{texts.hypothesis(number)}\n\n{texts.body(number)}"
        self.query_one("#proposal", Static).update(text)
        self.query_one("#evidence", Static).update(f"PGR chat {texts.value(number):.3f}")

    def action_next(self) -> None:
        self.query_one(OptionList).action_cursor_down()


if __name__ == "__main__":
    BareApp().run()
