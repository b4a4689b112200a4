"""Documents that are laid out already, so that the next proposal is on the screen as soon as its key goes down."""

from collections import OrderedDict
from typing import NamedTuple

from reviewer.tui.document_lines import DocumentStyle
from reviewer.tui.documents import Document, RenderedDocument

MOST_CACHED_LINES = 40_000


class Layout(NamedTuple):
    """What lines depend on: the document, the width in cells, the style."""

    document: Document
    width: int
    style: DocumentStyle


class DocumentCache:
    """Keeps what was used last, up to ``most_lines`` lines in all. Panes share one. For the UI thread alone."""

    def __init__(self, most_lines: int = MOST_CACHED_LINES) -> None:
        self._most_lines = most_lines
        self._lines = 0
        self._entries: OrderedDict[Layout, RenderedDocument] = OrderedDict()

    def __contains__(self, layout: Layout) -> bool:
        return layout in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, layout: Layout) -> RenderedDocument | None:
        """Return the lines of ``layout``, which count as just used; None where they are not kept."""
        rendered = self._entries.get(layout)
        if rendered is not None:
            self._entries.move_to_end(layout)
        return rendered

    def put(self, layout: Layout, rendered: RenderedDocument) -> None:
        """Keep ``rendered``, and forget what was not used for the longest time where it is too much."""
        before = self._entries.pop(layout, None)
        self._lines += len(rendered.lines) - (len(before.lines) if before else 0)
        self._entries[layout] = rendered
        while self._lines > self._most_lines and len(self._entries) > 1:
            _, forgotten = self._entries.popitem(last=False)
            self._lines -= len(forgotten.lines)
