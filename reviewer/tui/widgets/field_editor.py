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
    can_take: Callable[[str], bool] | None = None
    """For a line that not every text will do for: says what is wrong, and returns whether Enter may leave with it."""


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
        self._made: dict[str, tuple[Static, TextField | CompletionField]] = {}
        """Each field that was opened so far, with its label: made once, then only filled and shown."""
        self._known: dict[str, Sequence[str]] = {}
        self._fields: Sequence[Field] = ()
        self.is_opening = False
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

    def open(self, proposal: str, method_id: int, heading: str, fields: Sequence[Field]) -> None:
        """Open the fields on a proposal, the first one with the focus: at once, save where one is opened first."""
        self._proposal, self._method_id = proposal, method_id
        self._names = [f.name for f in fields]
        self._fields = tuple(fields)
        self.query_one("#editor-heading", Static).update(safe_line(heading, 200))
        self.display = True
        missing = [f for f in fields if f.name not in self._made]
        if missing:
            self.is_opening = True
            self.run_worker(self._make_and_show(missing, fields), group="editor", exclusive=True)
        else:
            self._show(fields)

    async def _make_and_show(self, missing: Sequence[Field], fields: Sequence[Field]) -> None:
        try:
            for field in missing:
                made: TextField | CompletionField
                if field.known is not None:
                    made = CompletionField(id=f"field-{field.name}", placeholder=field.placeholder)
                else:
                    made = TextField(one_line=field.one_line, placeholder=field.placeholder, id=f"field-{field.name}")
                label = Static(field.label, classes="editor-label", markup=False)
                self._made[field.name] = (label, made)
                await self.mount(label, made)
            self._show(fields)
        finally:
            self.is_opening = False

    def _show(self, fields: Sequence[Field]) -> None:
        shown = {f.name for f in fields}
        for name, (label, made) in self._made.items():
            label.display = name in shown and len(fields) > 1
            made.display = name in shown
        for field in fields:
            made = self._made[field.name][1]
            keep = self._keeper(field.name)
            if isinstance(made, CompletionField):
                made.offer(self._known.get(field.name, ()))
                made.begin(field.items, keep, draft=field.text if field.draft else None)
            else:
                made.begin(field.text, keep)
        self._focus(fields[0].name)

    def offer(self, name: str, known: Sequence[str]) -> None:
        """Offer what a field with commas can be completed to, now and whenever it is opened again."""
        self._known[name] = known
        if name in self._made:
            made = self._made[name][1]
            assert isinstance(made, CompletionField)
            made.offer(known)

    def _focus(self, name: str) -> None:
        made = self._made[name][1]
        # At once, not when the app comes to it, so that the letters that come next are the field's.
        self.screen.set_focus(made.line if isinstance(made, CompletionField) else made)

    def _keeper(self, name: str) -> Callable[[str], None]:
        proposal = self._proposal
        return lambda text: self._keep_draft(proposal, name, text)

    def on_text_field_advanced(self, message: TextField.Advanced) -> None:
        """Go on to the next field, and after the last one leave."""
        message.stop()
        place = next((i for i, name in enumerate(self._names) if self._made[name][1] is message.field), None)
        if place is None or place + 1 == len(self._names):
            if all(field.can_take is None or field.can_take(self._text(field.name)) for field in self._fields):
                self._finish()
        else:
            self._focus(self._names[place + 1])

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
        return self._made[name][1].text
