"""A form to adjudicate a proposal on which judgements differ, to correct that, or to take it back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual._path import CSSPathType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from reviewer.domain.adjudications import Adjudication, check_adjudication
from reviewer.domain.errors import ReviewerError, UserError
from reviewer.domain.probabilities import probability_of
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Verdict
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.others_lines import others_lines
from reviewer.tui.screens.binding import bind_keys, hint
from reviewer.tui.screens.form import LEAVE, FormScreen
from reviewer.tui.screens.outcome import RetractScreen
from reviewer.tui.widgets.form_lines import ChoiceLine
from reviewer.tui.widgets.lines import plain
from reviewer.tui.widgets.text_field import KeepDraft, TextField
from reviewer.workflow.adjudicating import adjudication_words
from reviewer.workflow.others import Others

VERDICT, FORECAST, CONDITION, RATIONALE = FIELDS = ("verdict", "forecast", "condition", "rationale")
REASON = "reason"
"""The draft of why an adjudication is taken back."""

_KEYS = {"s": Verdict.SURVIVES, "c": Verdict.CONDITIONAL, "f": Verdict.FAILS, "x": Verdict.CANNOT_TELL}
_WORDS = {Verdict.CANNOT_TELL: "can't tell"}
_ABOUT = {
    FORECAST: "the probability that it survives, as 40 %; may stay empty",
    CONDITION: "what a conditional verdict depends on",
    RATIONALE: "why; what the others did not see",
}
_STAYS = "What was said stays in its history, and every judgement as it is."
_DRAFT = plain("This is a draft, not saved yet; ctrl+r puts back what is saved.", "notice")


class WrongPartError(UserError):
    """What stands in one field cannot be taken; ``field`` names it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def texts_of(adjudication: Adjudication | None) -> dict[str, str]:
    """Return what stands in each field for an adjudication; nothing for none."""
    if adjudication is None:
        return dict.fromkeys(FIELDS, "")
    p = adjudication.forecast
    return {
        VERDICT: adjudication.verdict,
        FORECAST: "" if p is None else f"{100 * p:.12g} %",
        CONDITION: adjudication.condition,
        RATIONALE: adjudication.rationale,
    }


def adjudication_of(texts: Mapping[str, str]) -> Adjudication:
    """Return the adjudication that is written.

    Raises:
        WrongPartError: for the first field that cannot be taken.
    """
    if not texts[VERDICT]:
        raise WrongPartError(VERDICT, "Say what it comes to: survives, conditional, fails or can't tell.")
    try:
        forecast = probability_of(texts[FORECAST]) if texts[FORECAST].strip() else None
    except UserError as error:
        raise WrongPartError(FORECAST, str(error)) from error
    try:
        return check_adjudication(Adjudication(Verdict(texts[VERDICT]), forecast, texts[CONDITION], texts[RATIONALE]))
    except UserError as error:
        raise WrongPartError(CONDITION, str(error)) from error


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What the form did: an adjudication that is being saved, or None where what held is being taken back."""

    adjudication: Adjudication | None


class AdjudicationScreen(FormScreen[Adjudicated | None]):
    """A form with the parts of an adjudication over all judgements. Gives what is being saved, or None.

    It is saved by name, for everyone: what was written and not saved is a draft, which ``keep_draft`` takes by the
    field's name as it is written, and ``drafts`` brings back; after a save they are the saver's to drop, once it is on
    the disk. ``save`` and ``retract`` raise ReviewerError where they do not take it, with the reason. Nothing stands
    in the fields but what holds.
    """

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/form.tcss", "../styles/adjudication.tcss"]
    AUTO_FOCUS = "#verdict"
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("text", "dialog", "view")

    def __init__(
        self,
        others: Others,
        keymap: Keymap,
        marks: Marks = UNICODE,
        *,
        save: Callable[[Adjudication], None],
        retract: Callable[[str], None],
        keep_draft: KeepDraft,
        drafts: Mapping[str, str] | None = None,
    ) -> None:
        self._held = others.adjudication.adjudication if others.adjudication else None
        super().__init__("Adjudicate", keymap, "Correct it" if self._held else "Save", title=others.title)
        self._others = others
        self._marks = marks
        self._save = save
        self._retract = retract
        self._keep_draft = keep_draft
        self._drafts = dict(drafts or {})
        self._saved = texts_of(self._held)
        begun = {name: self._drafts.get(name, text) for name, text in self._saved.items()}
        self._has_draft = begun != self._saved
        self._made = {name: self._field(name, begun[name]) for name in FIELDS}
        self._below = {name: Static("", classes="below", markup=False) for name in FIELDS}
        bind_keys(self, ("ctrl+s",), "save")
        bind_keys(self, ("ctrl+o",), "retract")
        bind_keys(self, ("ctrl+r",), "as_saved")

    def _field(self, name: str, text: str) -> ChoiceLine | TextField:
        if name != VERDICT:
            return TextField(
                text, one_line=True, keep=self._keeper(name), leave=LEAVE, placeholder=_ABOUT[name], id=name
            )
        verdicts = [("", "not said"), *((v, f"{key} {_WORDS.get(v, str(v))}") for key, v in _KEYS.items())]
        line = ChoiceLine(verdicts, keys=_KEYS, id=name)
        if text in tuple(Verdict):
            with line.prevent(ChoiceLine.Changed):
                line.choose(text)
        return line

    def lines(self) -> Iterable[tuple[str, Widget]]:
        """Return the fields, each over what is wrong with it."""
        for name, widget in self._made.items():
            yield name, Vertical(widget, self._below[name], classes="field")

    def hints(self) -> Content:
        """Return the line at the foot; that a save is for everyone is said before one does it."""
        keeps = ("dialog_close", "keeps the draft")
        if self._held:
            return hint(self.keymap, ("ctrl+s", "corrects, for everyone"), ("ctrl+o", "takes back"), keeps)
        return hint(self.keymap, ("ctrl+s", "saves, for everyone"), ("tab", "goes on"), keeps)

    def on_mount(self) -> None:
        """Show what is held; before it, that a draft stands in the fields."""
        self._tell_others()

    def _tell_others(self) -> None:
        lines = list(others_lines(self._others, "", self._marks))
        self.tell([_DRAFT, *lines] if self._has_draft else lines)

    def on_resize(self, event: events.Resize) -> None:
        """Leave blank lines out where there is no room for them."""
        self.set_class(event.size.height < 30, "-low")

    @property
    def _written(self) -> dict[str, str]:
        return {name: _text_of(widget) for name, widget in self._made.items()}

    def _keeper(self, name: str) -> Callable[[str], None]:
        return lambda text: self._keep_draft(name, None if text == self._saved[name] else text)

    @on(ChoiceLine.Changed)
    def _chose(self, message: ChoiceLine.Changed) -> None:
        self._keeper(VERDICT)(message.line.value)
        self._say(VERDICT, "")

    @on(TextArea.Changed)
    def _edited(self, message: TextArea.Changed) -> None:
        if message.text_area.id in self._below:
            self._say(str(message.text_area.id), "")

    def accept(self) -> None:
        """Save what is written."""
        self.action_save()

    def action_save(self) -> None:
        """Save the adjudication; where something cannot be taken, say so at its field and go there."""
        try:
            adjudication = adjudication_of(self._written)
        except WrongPartError as error:
            self._say(error.field, str(error))
            self._made[error.field].focus()
            return
        try:
            self._save(adjudication)
        except ReviewerError as error:
            self._say(RATIONALE, f"Not saved: {error}")
            return
        self.dismiss(Adjudicated(adjudication))

    def action_retract(self) -> None:
        """Ask, once, whether what holds is to be taken back, and why."""
        if self._held is None:
            self._say(VERDICT, "Nobody has adjudicated it, so that there is nothing to take back.")
            return
        asked = RetractScreen(
            adjudication_words(self._held),
            self.keymap,
            self._marks,
            reason=self._drafts.get(REASON, ""),
            keep=lambda text: self._keep_draft(REASON, text or None),
            stays=_STAYS,
        )
        self.app.push_screen(asked, self._take_back)

    def _take_back(self, reason: str | None) -> None:
        if reason is None:
            return
        try:
            self._retract(reason)
        except ReviewerError as error:
            self._say(RATIONALE, f"Not taken back: {error}")
            return
        self.dismiss(Adjudicated(None))

    def action_as_saved(self) -> None:
        """Put back what is saved, in every field; ctrl+z brings the draft of a field of text back."""
        for name, widget in self._made.items():
            text = self._saved[name]
            if isinstance(widget, ChoiceLine):
                widget.choose(text)
            elif widget.text != text:
                widget.replace(text, (0, 0), widget.document.end, maintain_selection_offset=False)
            self._keep_draft(name, None)
            self._say(name, "")
        self._has_draft = False
        self._tell_others()

    def action_dialog_accept(self) -> None:
        """Go on to the next line; on the last one save."""
        if self.focused is self.action_line:
            self.accept()
        else:
            self.focus_next()

    def _say(self, name: str, sentence: str) -> None:
        """Say at a field what is wrong with it; nothing takes away what was said."""
        below = self._below[name]
        below.update(safe_line(sentence, 400))
        below.set_class(bool(sentence), "-said")


def _text_of(widget: ChoiceLine | TextField) -> str:
    return widget.value if isinstance(widget, ChoiceLine) else widget.text
