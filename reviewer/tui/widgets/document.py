"""The pane that a document is read in."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.worker import get_current_worker

from reviewer.tui.document_cache import DocumentCache, Layout
from reviewer.tui.document_lines import DocumentStyle
from reviewer.tui.document_search import Search
from reviewer.tui.documents import Document, Heading, Match, RenderedDocument, render_document
from reviewer.tui.quote_places import place_of_quote
from reviewer.tui.widgets.document_looks import COMPONENTS, CSS, component_style, document_style, line_strip
from reviewer.tui.widgets.scrolling import ScrollingPane

_MARGIN = 1
"""How many cells are left between the text and the scroll bar, in a pane that is not narrow."""

_NARROW = 20


class DocumentPane(ScrollingPane):
    """Shows one document, laid out in a worker and drawn line by line from a cache.

    | component class | what it draws |
    | :- | :- |
    | `document--title` | the title |
    | `document--heading`, `document--subheading` | headings and labels; headings from the third level on |
    | `document--strong`, `document--emphasis` | emphasis in the text |
    | `document--dim` | what stands back: bullets, addresses, the line of meta data, notes |
    | `document--rule` | hairlines |
    | `document--code` | code within a line |
    | `document--code-block` | a block of code, to the full width |
    | `document--keyword`, `document--string`, `document--comment` | in a block of code |
    | `document--match`, `document--match-current` | what was searched for |
    | `document--quote` | what somebody quotes from it |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS

    class Rendered(Message):
        """A worker has laid out a document. For the pane itself."""

        def __init__(self, layout: Layout, rendered: RenderedDocument) -> None:
            super().__init__()
            self.layout = layout
            self.rendered = rendered

    class Pointed(Message):
        """It was looked for a quote in the document; ``found`` says whether it stands there."""

        def __init__(self, pane: "DocumentPane", quote: str, found: bool) -> None:
            super().__init__()
            self.pane = pane
            self.quote = quote
            self.found = found

    class _Place(Message):
        """A worker has looked for a quote. For the pane itself."""

        def __init__(self, quote: str, rendered: RenderedDocument, place: Match | None) -> None:
            super().__init__()
            self.quote = quote
            self.rendered = rendered
            self.place = place

    def __init__(
        self,
        cache: DocumentCache | None = None,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._cache = DocumentCache() if cache is None else cache
        self._document: Document | None = None
        self._key: Hashable = None
        self._rendered: RenderedDocument | None = None
        self._wanted: Layout | None = None
        self._ahead: tuple[Document, ...] = ()
        self._call_ahead = 0
        self._style: DocumentStyle | None = None
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._ground = (Style(), 0)
        """The pane's own style and width, which every strip that is kept was made for."""
        self._search = Search()
        self._quote = ""
        self._quoted: Match | None = None

    @property
    def document(self) -> Document | None:
        """The document that is shown, or will be as soon as it is laid out."""
        return self._document

    @property
    def headings(self) -> Sequence[Heading]:
        """The headings of the document, in order; none until it is laid out."""
        return self._rendered.headings if self._rendered else ()

    @property
    def quoted(self) -> Match | None:
        """Where the quote stands that is pointed at; None while there is none, or it cannot be found."""
        return self._quoted

    def text_at(self, line: int) -> str:
        """Return the text of a line as it is laid out."""
        return self._rendered.lines[line].text if self._rendered else ""

    @property
    def is_filled(self) -> bool:
        """Say whether a document is laid out, of which there is something to scroll."""
        return self._rendered is not None

    @property
    def is_waiting(self) -> bool:
        """Say whether the document is still being laid out."""
        return self._wanted is not None

    def show(self, document: Document | None, key: Hashable = None) -> None:
        """Show ``document``; ``key`` says what it is of.

        With the key as before, the place in the document and the search stay; with another key, or none, the
        document is shown from its top, and nothing of the one before stays on the screen.
        """
        if document is None or key is None or key != self._key:
            self._forget()
        self._document, self._key = document, key
        self._lay_out()
        if self._rendered is None and not self.is_waiting:
            self.hold_lines(0)

    def prefetch(self, documents: Iterable[Document]) -> None:
        """Lay out ``documents`` ahead, in order, as soon as nobody waits for the one to be shown.

        Another call takes the place of what is left of this one.
        """
        self._ahead = tuple(documents)
        self._call_ahead += 1
        self._go_ahead()

    def _forget(self) -> None:
        self._rendered = None
        self._strips.clear()
        self._search = Search()
        self._quote, self._quoted = "", None
        if self.is_attached and self.text_selection is not None:
            self.screen.clear_selection()
        self.go_to(0)
        self.refresh()

    def _layout(self, document: Document) -> Layout | None:
        width = self.scrollable_content_region.width if self.is_attached else 0
        if width <= 0:
            return None
        return Layout(document, width - _MARGIN if width > _NARROW else width, self._document_style())

    def _lay_out(self) -> None:
        before = self._wanted
        self._wanted = layout = self._layout(self._document) if self._document is not None else None
        if layout is None or layout == before:
            return
        rendered = self._cache.get(layout)
        if rendered is not None:
            if rendered is self._rendered:
                self._wanted = None
            else:
                self._display(rendered)
            return
        self.run_worker(lambda: self._work([layout], lambda: layout == self._wanted), thread=True, group="document")

    def _go_ahead(self) -> None:
        if not self._ahead or self.is_waiting:
            return
        layouts = [layout for layout in map(self._layout, self._ahead) if layout is not None]
        missing = [layout for layout in layouts if layout not in self._cache]
        if len(layouts) == len(self._ahead):
            self._ahead = ()
        if missing:
            call = self._call_ahead
            self.run_worker(lambda: self._work(missing, lambda: call == self._call_ahead), thread=True, group="ahead")

    def _work(self, layouts: Sequence[Layout], is_wanted: Callable[[], bool]) -> None:
        """Lay out in a worker while it is wanted; cancelled, it would raise wherever workers are awaited."""
        worker = get_current_worker()
        for layout in layouts:
            if worker.is_cancelled or not is_wanted():
                return
            self.post_message(self.Rendered(layout, render_document(*layout)))

    @on(Rendered)
    def _keep(self, message: Rendered) -> None:
        message.stop()
        self._cache.put(message.layout, message.rendered)
        if message.layout == self._wanted:
            self._display(message.rendered)

    def _display(self, rendered: RenderedDocument) -> None:
        before, top = self._rendered, self.scroll_offset.y
        self._wanted = None
        self._rendered = rendered
        self._strips.clear()
        self.hold_lines(len(rendered.lines))
        if before is None:
            # While it was awaited one could scroll through as many empty lines as the one before had.
            self.go_to(0)
        elif before is not rendered:
            self.go_to(rendered.line_at(before.position(top)))
        self._search.again(rendered)
        self._quoted = None
        self._look_for_quote()
        self.refresh()
        self._go_ahead()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew for another width."""
        self._lay_out()
        self._go_ahead()

    def notify_style_update(self) -> None:
        """Lay out anew where the theme or the style sheet changed what the document looks like."""
        super().notify_style_update()
        if self.is_running:
            # The components' styles follow those of the pane, so they are not there yet.
            self.call_next(self._restyle)

    def _restyle(self) -> None:
        self._style = None
        self._strips.clear()
        self._lay_out()
        self.refresh()

    def _document_style(self) -> DocumentStyle:
        if self._style is None:
            self._style = document_style(self)
        return self._style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw what is in view; the pane's own style, which takes long to find, is found once for all of its lines."""
        ground = (self.rich_style, self.size.width)
        if ground != self._ground:
            self._strips.clear()
            if ground[1] != self._ground[1]:
                # Of a size that was asked for between a scroll and the next layout Textual sends no Resize.
                self.call_next(self._lay_out)
            self._ground = ground
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw the line ``y`` of what is in view."""
        number = self.scroll_offset.y + y
        base, width = self._ground
        if self._rendered is None or not 0 <= number < len(self._rendered.lines):
            return Strip.blank(width, base)
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._strip(number, base, width)
        return strip

    def _strip(self, number: int, base: Style, width: int) -> Strip:
        """Return a line as it goes to the screen, with what was found, is quoted or is selected in it."""
        assert self._rendered is not None
        line = self._rendered.lines[number]
        spans = [
            (start, end, component_style(self, "document--match-current" if is_current else "document--match"))
            for start, end, is_current in self._search.spans(number)
        ]
        if self._quoted is not None:
            quote = component_style(self, "document--quote")
            spans = [(start, end, quote) for line, start, end in self._quoted.pieces if line == number] + spans
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(number)) is not None:
            start, end = span
            style = self.screen.get_component_rich_style("screen--selection")
            spans.append((start, len(line.text) if end == -1 else end, style))
        return line_strip(line, number, spans, base, width)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text as the document has it: folded lines whole, without indents and marks."""
        if self._rendered is None:
            return None
        start, end = selection
        text = self._rendered.copy(start and (start.y, start.x), end and (end.y, end.x))
        return (text, "\n") if text else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw anew what is selected."""
        self._strips.clear()
        self.refresh()

    def find(self, text: str) -> int:
        """Search ``text``, highlight where it stands, go to the first place from here on; return how many there are.

        Upper and lower case are one. An empty text ends the search.
        """
        self._search.start(text, self._rendered, self.scroll_offset.y)
        self._go_to_match()
        return self._search.count

    def find_next(self) -> tuple[int, int]:
        """Go to the next place; return its number, from 1, and how many there are ((0, 0) where there is none)."""
        return self._step(1)

    def find_previous(self) -> tuple[int, int]:
        """Go to the place before; the answer is that of ``find_next``."""
        return self._step(-1)

    def _step(self, by: int) -> tuple[int, int]:
        place = self._search.step(by)
        self._go_to_match()
        return place

    def _go_to_match(self) -> None:
        self._strips.clear()
        line, top, height = self._search.line, self.scroll_offset.y, self.size.height
        if line is not None and not top <= line < top + height:
            self.go_to(line - height // 3)
        self.refresh()

    def point_at(self, quote: str) -> None:
        """Mark a quote in the document and bring it into sight; an empty one takes the mark away.

        ``Pointed`` says whether it was found: a worker looks for it, since a document may be long.
        """
        if quote == self._quote:
            return
        self._quote, self._quoted = quote, None
        self._strips.clear()
        self.refresh()
        self._look_for_quote()

    def _look_for_quote(self) -> None:
        quote, rendered = self._quote, self._rendered
        if not quote or rendered is None:
            return

        def look() -> None:
            self.post_message(self._Place(quote, rendered, place_of_quote(rendered, quote)))

        self.run_worker(look, thread=True, group="quote")

    @on(_Place)
    def _show_quote(self, message: _Place) -> None:
        message.stop()
        if message.quote != self._quote or message.rendered is not self._rendered:
            return
        place = message.place if message.place is not None and message.place.pieces else None
        self._quoted = place
        self._strips.clear()
        if place is not None:
            first, last = place.pieces[0][0], place.pieces[-1][0]
            top, height = self.scroll_offset.y, self.size.height
            if first < top or last >= top + height:
                self.go_to(first - min(height // 3, max(0, height - 1 - last + first)))
        self.refresh()
        self.post_message(self.Pointed(self, message.quote, place is not None))
