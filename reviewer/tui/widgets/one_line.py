"""A line of text, drawn anew only where it says something else."""

from textual.content import Content
from textual.widgets import Static


class OneLine(Static):
    """Says one thing on one line. What a key leaves as it was costs that key nothing."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._said = Content()

    def say(self, words: str | Content) -> None:
        """Show ``words``, safe to show."""
        content = words if isinstance(words, Content) else Content(words)
        if not content.is_same(self._said):
            moves = self.styles.auto_dimensions and content.cell_length != self._said.cell_length
            self._said = content
            self.update(content, layout=moves)
