"""What the forms have in common in which one says something of a proposal by name, corrects it or takes it back."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual._path import CSSPathType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from reviewer.domain.errors import ReviewerError
from reviewer.domain.text import safe_line
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import bind_keys, hint
from reviewer.tui.screens.form import LEAVE, FormScreen
from reviewer.tui.screens.retract import RetractScreen
from reviewer.tui.widgets.form_lines import ChoiceLine, PickLine
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.tui.widgets.text_field import KeepDraft, TextField
from reviewer.tui.wrong_field import WrongFieldError

REASON = "reason"
"""The draft of why what holds is taken back."""

_DRAFT = plain("This is a draft, not saved yet; ctrl+r puts back what is saved.", "notice")

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Said(Generic[What]):
    """What the form did: ``what`` is being saved, or None where what held is being taken back."""

    what: What | None


class SaidForm(FormScreen[Said[What] | None], Generic[What]):
    """A form with the parts of what one says, over all that was said. Gives what is being saved, or None.

    It is saved by name, for everyone: what was written and not saved is a draft, which ``keep_draft`` takes by the
    field's name as it is written, and ``drafts`` brings back; after a save they are the saver's to drop, once it is on
    the disk. ``save`` and ``retract`` raise ReviewerError where they do not take it, with the reason. Nothing stands
    in the fields but what is ``held``, whose texts are ``saved``, in the order of the lines. A form sets what its own
    fields are made of before it calls ``__init__`` here, which makes them.
    """

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/form.tcss", "../styles/said_form.tcss"]
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("text", "dialog", "view")
    NOTHING_SAID: ClassVar[str]
    """The sentence for whoever wants to take back what nobody said."""
    STAYS: ClassVar[str]
    """What becomes of what is taken back."""

    def __init__(
        self,
        heading: str,
        keymap: Keymap,
        marks: Marks,
        *,
        title: str,
        held: What | None,
        saved: Mapping[str, str],
        save: Callable[[What], None],
        retract: Callable[[str], None],
        keep_draft: KeepDraft,
        drafts: Mapping[str, str] | None,
    ) -> None:
        super().__init__(heading, keymap, "Save" if held is None else "Correct it", title=title)
        self.marks = marks
        self.held = held
        self._saved = saved
        self._save = save
        self._retract = retract
        self._keep_draft = keep_draft
        self._drafts = dict(drafts or {})
        begun = {name: self._drafts.get(name, text) for name, text in saved.items()}
        self._has_draft = begun != self._saved
        self.fields = {name: self.make_field(name, text) for name, text in begun.items()}
        self._first, *_, self._last = self.fields
        self._below = {name: Static("", classes="below", markup=False) for name in self.fields}
        bind_keys(self, ("ctrl+s",), "save")
        bind_keys(self, ("ctrl+o",), "retract")
        bind_keys(self, ("ctrl+r",), "as_saved")

    @abstractmethod
    def make_field(self, name: str, text: str) -> Widget:
        """Return the widget of a field, in which ``text`` stands."""

    @abstractmethod
    def read(self, texts: Mapping[str, str]) -> What:
        """Return what is written.

        Raises:
            WrongFieldError: for the first field that cannot be taken.
        """

    @abstractmethod
    def words_of(self, what: What) -> str:
        """Return what one says in a few words."""

    @abstractmethod
    def said_before(self) -> Iterable[TextLine]:
        """Return the lines of what was said so far."""

    def label_of(self, name: str) -> str:
        """Return the label of a field."""
        return name

    def why_not(self, _what: What) -> str:
        """Return why what is written is not worth a save; empty where it is."""
        return ""

    def text_field(self, name: str, text: str, about: str) -> TextField:
        """Return a field of text whose words are kept as a draft; ``about`` stands in it while it is empty."""
        return TextField(text, one_line=True, keep=self.keeper(name), leave=LEAVE, placeholder=about, id=name)

    def lines(self) -> Iterable[tuple[str, Widget]]:
        """Return the fields, each over what is wrong with it."""
        for name, widget in self.fields.items():
            yield self.label_of(name), Vertical(widget, self._below[name], classes="field")

    def hints(self) -> Content:
        """Return the line at the foot; that a save is for everyone is said before one does it."""
        keeps = ("dialog_close", "keeps the draft")
        if self.held is not None:
            return hint(self.keymap, ("ctrl+s", "corrects, for everyone"), ("ctrl+o", "takes back"), keeps)
        return hint(self.keymap, ("ctrl+s", "saves, for everyone"), ("tab", "goes on"), keeps)

    def on_mount(self) -> None:
        """Show what was said so far; before it, that a draft stands in the fields."""
        self._tell_before()

    def _tell_before(self) -> None:
        lines = self.said_before()
        self.tell([_DRAFT, *lines] if self._has_draft else lines)

    def on_resize(self, event: events.Resize) -> None:
        """Leave blank lines out where there is no room for them."""
        self.set_class(event.size.height < 30, "-low")

    @property
    def texts(self) -> dict[str, str]:
        """Return what stands in each field."""
        return {name: text_of(widget) for name, widget in self.fields.items()}

    def keeper(self, name: str) -> Callable[[str], None]:
        """Return what keeps the draft of a field; what is saved already is none."""
        return lambda text: self._keep_draft(name, None if text == self._saved[name] else text)

    @on(ChoiceLine.Changed)
    @on(PickLine.Changed)
    def _chose(self, message: ChoiceLine.Changed | PickLine.Changed) -> None:
        name = str(message.line.id)
        self.keeper(name)(message.line.value)
        self.say(name, "")

    @on(TextArea.Changed)
    def _edited(self, message: TextArea.Changed) -> None:
        if message.text_area.id in self._below:
            self.say(str(message.text_area.id), "")

    def accept(self) -> None:
        """Save what is written."""
        self.action_save()

    def action_save(self) -> None:
        """Save what is written; where something cannot be taken, say so at its field and go there."""
        try:
            what = self.read(self.texts)
        except WrongFieldError as error:
            self.say(error.field, str(error))
            self.fields[error.field].focus()
            return
        if why_not := self.why_not(what):
            self.say(self._last, why_not)
            return
        try:
            self._save(what)
        except ReviewerError as error:
            self.say(self._last, f"Not saved: {error}")
            return
        self.dismiss(Said(what))

    def action_retract(self) -> None:
        """Ask, once, whether what holds is to be taken back, and why."""
        if self.held is None:
            self.say(self._first, self.NOTHING_SAID)
            return
        asked = RetractScreen(
            self.words_of(self.held),
            self.keymap,
            self.marks,
            reason=self._drafts.get(REASON, ""),
            keep=lambda text: self._keep_draft(REASON, text or None),
            stays=self.STAYS,
        )
        self.app.push_screen(asked, self._take_back)

    def _take_back(self, reason: str | None) -> None:
        if reason is None:
            return
        try:
            self._retract(reason)
        except ReviewerError as error:
            self.say(self._last, f"Not taken back: {error}")
            return
        self.dismiss(Said(None))

    def action_as_saved(self) -> None:
        """Put back what is saved, in every field; ctrl+z brings the draft of a field of text back."""
        for name, widget in self.fields.items():
            text = self._saved[name]
            if isinstance(widget, ChoiceLine | PickLine):
                widget.choose(text)
            elif isinstance(widget, TextField) and widget.text != text:
                widget.replace(text, (0, 0), widget.document.end, maintain_selection_offset=False)
            self._keep_draft(name, None)
            self.say(name, "")
        self._has_draft = False
        self._tell_before()

    def action_dialog_accept(self) -> None:
        """Go on to the next line; on the last one save."""
        if self.focused is self.action_line:
            self.accept()
        else:
            self.focus_next()

    def say(self, name: str, sentence: str, *, is_wrong: bool = True) -> None:
        """Say at a field what is wrong with it, or what is to be known; nothing takes away what was said."""
        below = self._below[name]
        below.update(safe_line(sentence, 400))
        below.set_class(bool(sentence), "-said")
        below.set_class(is_wrong, "-wrong")


def chosen(line: ChoiceLine, text: str, known: Iterable[str]) -> ChoiceLine:
    """Return a line on which a value holds; a draft of what there is no longer counts for nothing."""
    if text in tuple(known):
        with line.prevent(ChoiceLine.Changed):
            line.choose(text)
    return line


def text_of(widget: Widget) -> str:
    """Return what stands in the widget of a field."""
    if isinstance(widget, TextField):
        return widget.text
    assert isinstance(widget, ChoiceLine | PickLine)
    return widget.value
