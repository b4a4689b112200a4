"""What an empty store offers: import a path, open the sample data, see the format."""

from collections.abc import Callable
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from reviewer.domain.text import safe_line
from reviewer.tui.cells import cut
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import bind, bind_action, bind_keys, hint
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import is_escape

Answer = Literal["import", "demo"] | None
"""What to go on with; None is to leave."""

EXAMPLE = (
    '{"type": "proposal", "id": "exp12", "run": "run-3", "problem": "weak-to-strong", "title": "Noisy-channel EM", '
    '"agent": "agent-4", "hypothesis": "Modelling the weak labels\' errors recovers more of the gap.", '
    '"method": "# Method\\n\\nFit a noise model and the strong model in turn.", '
    '"claims": ["recovers 0.78 of the gap"], '
    '"measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.78, "n_seeds": 5, "setting": "lab", '
    '"basis": "illustrative"}]}'
)
"""One line in the native format."""

_FIELDS = (
    ("type", "proposal, baseline or reference; or problem, remark"),
    ("id", "its name in the run that it comes from (run or namespace says which)"),
    ("title", "one line"),
    ("problem", "what it is for; --problem says it for a whole file"),
    ("hypothesis", "why it should work"),
    ("method", "what is done, as Markdown"),
    ("claims", "a list of sentences"),
    ("measurements", "a list: metric, dataset, value; standard_error, n_seeds, n_test; setting, basis"),
)


class FormatScreen(ViewScreen):
    """Shows the native format in short, with one line of it."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__("The format", "JSON Lines: one object a line, in UTF-8", keymap)

    def fill(self) -> None:
        """Show the fields and the example."""
        lines = [plain(text, mark=f"  {name:<14}") for name, text in _FIELDS]
        self.pane.show(
            [
                plain("A proposal must have type, id and title, and a problem from somewhere:"),
                TextLine(),
                *lines,
                TextLine(),
                plain("One line, folded here:"),
                TextLine(),
                plain(EXAMPLE, mark="  "),
                TextLine(),
                TextLine((("reviewer schema", "strong"), (" prints the whole format as a JSON Schema,", "dim"))),
                TextLine((("reviewer schema --example", "strong"), (" a small file to begin with.", "dim"))),
                TextLine(),
                plain("A study server's database, its shared findings and its cached results are read as they are.",
                      "dim"),
            ]
        )  # fmt: skip


class WelcomeScreen(ModalScreen[Answer]):
    """Is shown over a store with nothing in it; ``store_path`` says where that is."""

    CSS_PATH: ClassVar[str] = "../styles/welcome.tcss"
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, store_path: str, keymap: Keymap, marks: Marks = UNICODE) -> None:
        super().__init__()
        self._keymap = keymap
        self._store_path = safe_line(store_path, 400)
        self._offers: tuple[tuple[str, str, str, Callable[[], object]], ...] = (
            (_first(keymap, "import", "i"), "import", "a file or a folder of your own", self.action_import_path),
            ("s", "sample data", "a weak-to-strong study, to try it out", self.action_demo),
            ("f", "the format", "what a file looks like", self.action_format),
            (_first(keymap, "back_or_quit", "q"), "quit", "nothing is lost: there is nothing yet", self.action_leave),
        )
        self._rows = RowList(marks=marks, id="offers")
        for name in ("help", "palette", "theme", "suspend", "quit"):
            bind_action(self, keymap, name, f"app.{name}")
        bind(self, "view", keymap)
        bind(self, "dialog", keymap)
        bind_action(self, keymap, "back_or_quit", "leave")
        bind_keys(self, keymap["import"] or ("i",), "import_path")
        bind_keys(self, ("s",), "demo")
        bind_keys(self, ("f",), "format")

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        with Vertical(id="welcome"):
            yield Static(Content.styled("reviewer", "bold"), markup=False)
            yield Static("Nothing to review yet: the store is empty.", markup=False)
            yield Static(Content.styled(self._store_path, "$quiet"), id="store", markup=False)
            yield self._rows
            yield Static(
                hint(self._keymap, ("view_down", "down"), ("view_up", "up"), ("dialog_accept", "choose")),
                id="hints",
                markup=False,
            )

    def on_mount(self) -> None:
        """Show what is offered."""
        self._rows.show(len(self._offers), self._draw)

    def _draw(self, place: int, width: int) -> Content:
        key, words, more, _ = self._offers[place]
        head = Content.assemble((f"{key_label(key):<3}", "bold"), f"{words:<13}")
        return head + Content.styled(cut(more, width - head.cell_length), "$quiet")

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        self._offers[message.place][3]()

    def on_key(self, event: events.Key) -> None:
        """Take Esc and a letter in one breath for Esc: here it does nothing, and the letter is dropped."""
        if event.key != "escape" and is_escape(event.key):
            event.stop()

    def action_dialog_accept(self) -> None:
        """Take what the cursor stands on."""
        if self._rows.cursor is not None:
            self._offers[self._rows.cursor][3]()

    def action_view_down(self) -> None:
        """Go to the next offer."""
        self._rows.move(1)

    def action_view_up(self) -> None:
        """Go to the offer before."""
        self._rows.move(-1)

    def action_import_path(self) -> None:
        """Import a path."""
        self.dismiss("import")

    def action_demo(self) -> None:
        """Open the sample data."""
        self.dismiss("demo")

    def action_format(self) -> None:
        """Show the format, and come back."""
        self.app.push_screen(FormatScreen(self._keymap))

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss(None)


def _first(keymap: Keymap, action_id: str, otherwise: str) -> str:
    return keymap[action_id][0] if keymap[action_id] else otherwise
