"""A line for words to look for. What is pasted into it is made safe as in every other field."""

from textual import events
from textual.widgets import Input

from reviewer.tui.widgets.text_field import admitted


class SearchLine(Input):
    """A field of one line without drafts: what is looked for is nothing that one could lose."""

    def on_paste(self, event: events.Paste) -> None:
        """Take in all that is pasted, its lines as one; Textual would take the first of them."""
        event.prevent_default()
        event.stop()
        self.replace(event.text, *self.selection)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put ``text``, made safe, in place of what stands from ``start`` to ``end``."""
        super().replace(admitted(text, self.value[: min(start, end)], one_line=True), start, end)
