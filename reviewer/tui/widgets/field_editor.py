"""The place above the judgement bar where one writes: rationale, condition, tags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from reviewer.domain.text import safe_line
from reviewer.tui.widgets.text_field import TextField


@dataclass(frozen=True, slots=True)
class Field:
    """One field to write in: its name, its label, what stands in it, and whether Enter goes on or makes a new line."""

    name: str
    label: str
    text: str = ""
    one_line: bool = False
    placeholder: str = ""


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
        await self._clear()
        self._proposal, self._method_id = proposal, method_id
        self._names = [f.name for f in fields]
        self.query_one("#editor-heading", Static).update(safe_line(heading, 200))
        for field in fields:
            if len(fields) > 1:
                await self.mount(Static(field.label, classes="editor-label", markup=False))
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
        self.query_one(f"#field-{self._names[0]}", TextField).focus()

    def _keeper(self, name: str) -> Callable[[str], None]:
        proposal = self._proposal
        return lambda text: self._keep_draft(proposal, name, text)

    async def close(self) -> None:
        """Close the fields without saying anything of it."""
        self._names = []
        self.display = False
        await self._clear()

    async def _clear(self) -> None:
        await self.query("TextField, .editor-label").remove()

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

    def _finish(self) -> None:
        if not self._names:
            return
        texts = {name: self.query_one(f"#field-{name}", TextField).text for name in self._names}
        self._names = []
        self.post_message(self.Finished(self._proposal, self._method_id, texts))
