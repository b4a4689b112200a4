"""The place above the judgement bar where one writes: rationale, condition, tags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from reviewer.domain.text import safe_line
from reviewer.tui.widgets.completion_field import CompletionField
from reviewer.tui.widgets.text_field import TextField


@dataclass(frozen=True, slots=True)
class Field:
    """One field to write in: its name, its label, what stands in it, and whether Enter goes on or makes a new line."""

    name: str
    label: str
    text: str = ""
    one_line: bool = False
    placeholder: str = ""
    known: Sequence[str] | None = None
    """For a line of items with commas between them: those that can be completed."""
    items: tuple[str, ...] = ()
    draft: bool = False
    """Whether ``text`` is a draft, which stands in place of the items."""


class FieldEditor(Vertical):
    """Shows one or more fields, one after the other. Every edit is kept as a draft before it is echoed.

    ``Finished`` carries the texts when the fields are left by Esc, or by Enter in the last one.
    """

    @dataclass
    class Finished(Message):
        """The fields were left; ``texts`` holds each by its name."""

        proposal: str
        method_id: int
        texts: dict[str, str]

    def __init__(self, keep: Callable[[str, str, str], None], *, id: str | None = None) -> None:
        """Make an editor; ``keep(proposal, field, text)`` writes a draft down."""
        super().__init__(id=id)
        self._keep_draft = keep
        self._proposal = ""
        self._method_id = 0
        self._names: list[str] = []
        self.opening = False
        """Whether a field is about to have the focus: letters that come now are for it."""
        self.display = False

    def compose(self) -> ComposeResult:
        """Make the line of the heading; the fields come when they are asked for."""
        yield Static(id="editor-heading", markup=False)

    @property
    def writing(self) -> bool:
        """Return whether a field is open."""
        return bool(self._names)

    @property
    def method_id(self) -> int:
        """Return the proposal that is written about."""
        return self._method_id

    async def open(self, proposal: str, method_id: int, heading: str, fields: Sequence[Field]) -> None:
        """Open the fields on a proposal, the first one with the focus."""
        self.opening = True
        try:
            await self._open(proposal, method_id, heading, fields)
        finally:
            self.opening = False

    async def _open(self, proposal: str, method_id: int, heading: str, fields: Sequence[Field]) -> None:
        await self._clear()
        self._proposal, self._method_id = proposal, method_id
        self._names = [f.name for f in fields]
        self.query_one("#editor-heading", Static).update(safe_line(heading, 200))
        for field in fields:
            if len(fields) > 1:
                await self.mount(Static(field.label, classes="editor-label", markup=False))
            if field.known is not None:
                await self.mount(
                    CompletionField(
                        field.items,
                        field.known,
                        keep=self._keeper(field.name),
                        draft=field.text if field.draft else None,
                        id=f"field-{field.name}",
                    )
                )
                continue
            await self.mount(
                TextField(
                    field.text,
                    one_line=field.one_line,
                    keep=self._keeper(field.name),
                    placeholder=field.placeholder,
                    id=f"field-{field.name}",
                )
            )
        self.display = True
        self.query_one(f"#field-{self._names[0]}").focus()

    def _keeper(self, name: str) -> Callable[[str], None]:
        proposal = self._proposal
        return lambda text: self._keep_draft(proposal, name, text)

    async def _clear(self) -> None:
        await self.query("FieldEditor > TextField, FieldEditor > CompletionField, .editor-label").remove()

    def on_text_field_advanced(self, message: TextField.Advanced) -> None:
        """Go on to the next field, and after the last one leave."""
        message.stop()
        fields = list(self.query(TextField))
        place = fields.index(message.field)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self._finish()

    def on_text_field_closed(self, message: TextField.Closed) -> None:
        """Leave the fields; what is written is saved by whoever hears of it."""
        message.stop()
        self._finish()

    @on(CompletionField.Advanced)
    @on(CompletionField.Closed)
    def _items_done(self, message: CompletionField.Advanced | CompletionField.Closed) -> None:
        message.stop()
        self._finish()

    def _finish(self) -> None:
        if not self._names:
            return
        texts = {name: self._text(name) for name in self._names}
        # At once, not when the message is heard: what is typed next belongs to the keys again, and may open it anew.
        self._names = []
        self.display = False
        self.screen.set_focus(None)
        self.post_message(self.Finished(self._proposal, self._method_id, texts))

    def _text(self, name: str) -> str:
        field = self.query_one(f"#field-{name}")
        assert isinstance(field, TextField | CompletionField)
        return field.text
