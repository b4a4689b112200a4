"""What became of a proposal: what was said so far, and a form to say it, to correct it, or to take it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual._path import CSSPathType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from reviewer.domain.errors import ReviewerError
from reviewer.domain.outcome_words import outcome_words
from reviewer.domain.outcomes import Outcome
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Result, Setting
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.matching import completions
from reviewer.tui.outcome_texts import (
    CONSTRAINT,
    DATE,
    EFFECT,
    ERROR,
    EVIDENCE,
    FIELDS,
    METRIC,
    NOTE,
    RESULT,
    SETTING,
    TODAY,
    WrongFieldError,
    outcome_lines,
    outcome_of,
    remark_on,
    texts_of,
)
from reviewer.tui.path_completion import Completion
from reviewer.tui.screens.binding import bind_keys, hint
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.screens.dialog import DialogScreen
from reviewer.tui.screens.form import LEAVE, FormScreen
from reviewer.tui.widgets.completing_field import CompletingField
from reviewer.tui.widgets.form_lines import ChoiceLine, PickLine
from reviewer.tui.widgets.lines import plain
from reviewer.tui.widgets.text_field import KeepDraft, TextField
from reviewer.workflow.outcomes import OutcomeState

REASON = "reason"
"""The draft of why an outcome is taken back."""

LABELS = {RESULT: "result", DATE: "date", EFFECT: "effect", ERROR: "± error", METRIC: "metric", SETTING: "setting",
          CONSTRAINT: "constraint", EVIDENCE: "evidence", NOTE: "note"}  # fmt: skip

_RESULTS = {"s": Result.SURVIVED, "f": Result.FAILED, "p": Result.PARTLY, "w": Result.WITHDRAWN}
_SETTINGS = (Setting.LAB, Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION)
_NOT_SAID = "not said"
_MOST_OFFERED = 40
_DRAFT = plain("This is a draft, not saved yet; ctrl+r puts back what is saved.", "notice")


@dataclass(frozen=True, slots=True)
class Said:
    """What the form did: an outcome that is being saved, or None where what held is being taken back."""

    outcome: Outcome | None


class OutcomeScreen(FormScreen[Said | None]):
    """A form with the parts of an outcome over all that was said. Gives what is being saved, or None.

    It is saved by name, for everyone: what was written and not saved is a draft, which ``keep_draft`` takes by the
    field's name as it is written, and ``drafts`` brings back; after a save they are the saver's to drop, once the
    outcome is on the disk. ``save`` and ``retract`` raise ReviewerError where they do not take it, with the reason.
    Nothing stands in the fields but what holds; ``today`` is asked for once somebody writes the word.
    """

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/form.tcss", "../styles/outcome.tcss"]
    AUTO_FOCUS = "#result"
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("text", "dialog", "view")

    def __init__(
        self,
        title: str,
        state: OutcomeState,
        keymap: Keymap,
        marks: Marks = UNICODE,
        *,
        metrics: Sequence[str],
        constraints: Mapping[str, str],
        today: Callable[[], date],
        save: Callable[[Outcome], None],
        retract: Callable[[str], None],
        keep_draft: KeepDraft,
        drafts: Mapping[str, str] | None = None,
    ) -> None:
        """Make the form; ``constraints`` are those that may have bitten, by their slugs, each with its title."""
        self._held = state.current.outcome if state.current else None
        super().__init__("Outcome", keymap, "Correct it" if self._held else "Save", title=title)
        self._state = state
        self._marks = marks
        self._metrics = tuple(metrics)
        self._constraints = {slug: safe_line(words, 80) for slug, words in constraints.items()}
        self._today = today
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

    def _field(self, name: str, text: str) -> Widget:
        if name == RESULT:
            results = [("", _NOT_SAID), *((r, f"{key} {r}") for key, r in _RESULTS.items())]
            return _chosen(ChoiceLine(results, keys=_RESULTS, id=name), text, Result)
        if name == SETTING:
            settings = [("", _NOT_SAID), *((s, s.replace("_", "-")) for s in _SETTINGS)]
            return _chosen(ChoiceLine(settings, id=name), text, _SETTINGS)
        if name == CONSTRAINT:
            about = f"enter chooses the one that bit, of {len(self._constraints)}"
            line = PickLine(self._constraints, placeholder=about, id=name)
            line.value = text
            return line
        about = _ABOUT[name]
        if name == METRIC:
            return CompletingField(
                text, complete=self._complete, keep=self._keeper(name), leave=LEAVE, placeholder=about, id=name
            )
        return TextField(text, one_line=True, keep=self._keeper(name), leave=LEAVE, placeholder=about, id=name)

    def lines(self) -> Iterable[tuple[str, Widget]]:
        """Return the fields, each over what is wrong with it."""
        for name, widget in self._made.items():
            yield LABELS[name], Vertical(widget, self._below[name], classes="field")

    def hints(self) -> Content:
        """Return the line at the foot; that a save is for everyone is said before one does it."""
        keeps = ("dialog_close", "keeps the draft")
        if self._held:
            return hint(self.keymap, ("ctrl+s", "corrects, for everyone"), ("ctrl+o", "takes back"), keeps)
        return hint(self.keymap, ("ctrl+s", "saves, for everyone"), ("tab", "goes on"), keeps)

    def on_mount(self) -> None:
        """Show what was said so far; before it, that a draft stands in the fields."""
        self._tell_state()

    def _tell_state(self) -> None:
        lines = list(outcome_lines(self._state))
        if self._has_draft:
            lines.insert(0, _DRAFT)
        self.tell(lines)

    def on_resize(self, event: events.Resize) -> None:
        """Leave blank lines out where there is no room for them."""
        self.set_class(event.size.height < 30, "-low")

    @property
    def _written(self) -> dict[str, str]:
        return {name: _text_of(widget) for name, widget in self._made.items()}

    def _keeper(self, name: str) -> Callable[[str], None]:
        return lambda text: self._keep_draft(name, None if text == self._saved[name] else text)

    @on(ChoiceLine.Changed)
    @on(PickLine.Changed)
    def _chose(self, message: ChoiceLine.Changed | PickLine.Changed) -> None:
        name = str(message.line.id)
        self._keeper(name)(message.line.value)
        self._say(name, "")

    @on(TextArea.Changed)
    def _edited(self, message: TextArea.Changed) -> None:
        if message.text_area.id in self._below:
            self._say(str(message.text_area.id), "")

    def _complete(self, typed: str) -> Completion:
        found = completions(typed, self._metrics, _MOST_OFFERED)
        return Completion(found[0], ()) if len(found) == 1 else Completion(typed, tuple(found))

    def accept(self) -> None:
        """Save what is written."""
        self.action_save()

    def action_save(self) -> None:
        """Save the outcome; where something cannot be taken, say so at its field and go there."""
        self._settle_date()
        try:
            outcome = outcome_of(self._written, self._constraints, self._today(), self._held)
        except WrongFieldError as error:
            self._say(error.field, str(error))
            self._made[error.field].focus()
            return
        if outcome == self._held and self._state.current is not None:
            who = safe_line(self._state.current.said_by, 80)
            self._say(NOTE, f"Nothing is changed: that is what holds already, as {who} says.")
            return
        try:
            self._save(outcome)
        except ReviewerError as error:
            self._say(NOTE, f"Not saved: {error}")
            return
        self.dismiss(Said(outcome))

    def action_retract(self) -> None:
        """Ask, once, whether what holds is to be taken back, and why."""
        if self._held is None:
            self._say(RESULT, "Nobody has said yet what became of it, so there is nothing to take back.")
            return
        asked = RetractScreen(
            outcome_words(self._held),
            self.keymap,
            self._marks,
            reason=self._drafts.get(REASON, ""),
            keep=lambda text: self._keep_draft(REASON, text or None),
        )
        self.app.push_screen(asked, self._take_back)

    def _take_back(self, reason: str | None) -> None:
        if reason is None:
            return
        try:
            self._retract(reason)
        except ReviewerError as error:
            self._say(NOTE, f"Not taken back: {error}")
            return
        self.dismiss(Said(None))

    def action_as_saved(self) -> None:
        """Put back what is saved, in every field; ctrl+z brings the draft of a field of text back."""
        for name, widget in self._made.items():
            text = self._saved[name]
            if isinstance(widget, TextField) and widget.text != text:
                widget.replace(text, (0, 0), widget.document.end, maintain_selection_offset=False)
            elif isinstance(widget, ChoiceLine | PickLine):
                widget.choose(text)
            self._keep_draft(name, None)
            self._say(name, "")
        self._has_draft = False
        self._tell_state()
        self.set_hints()

    def action_dialog_accept(self) -> None:
        """Go on to the next line; on the one of the constraint choose, on the last one save."""
        if self.focused is self.action_line:
            self.accept()
        elif self.focused is self._made[CONSTRAINT]:
            self._choose_constraint()
        else:
            self.focus_next()

    @on(PickLine.Asked)
    def _choose_constraint(self) -> None:
        line = self._made[CONSTRAINT]
        assert isinstance(line, PickLine)
        options = [Option("", "none, or nobody has said")]
        options += [Option(slug, words, slug) for slug, words in self._constraints.items()]

        def take(chosen: str | None) -> None:
            if chosen is not None:
                line.choose(chosen)
                self.set_focus(line)
                self.focus_next()

        self.app.push_screen(
            ChoiceScreen("The constraint that bit", options, line.value, self.keymap, self._marks), take
        )

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """On leaving the date write today's for the word; on leaving the metric say what is to be known of it."""
        if event.widget is self._made[DATE]:
            self._settle_date()
        elif event.widget in (self._made[METRIC], self._made[EFFECT]):
            metric = self._made[METRIC]
            left = event.widget is metric or _text_of(metric)
            self._say(METRIC, remark_on(self._written, self._metrics) if left else "", is_wrong=False)

    def _settle_date(self) -> None:
        """Write the date for the word, so that one sees which day it is, and a draft of it says the same tomorrow."""
        field = self._made[DATE]
        assert isinstance(field, TextField)
        if field.text.strip().casefold() == TODAY:
            field.replace(self._today().isoformat(), (0, 0), field.document.end, maintain_selection_offset=False)

    def close(self) -> None:
        """Leave without saving; what is written stays as a draft."""
        self._settle_date()
        self.dismiss(None)

    def _say(self, name: str, sentence: str, *, is_wrong: bool = True) -> None:
        """Say at a field what is wrong with it, or what is to be known; nothing takes away what was said."""
        below = self._below[name]
        below.update(safe_line(sentence, 400))
        below.set_class(bool(sentence), "-said")
        below.set_class(is_wrong, "-wrong")


_ABOUT = {
    DATE: f"the day on which it was known, as 2026-03-31, or {TODAY} (in UTC)",
    EFFECT: "what it gained over what production had before, as 0.005",
    ERROR: "the standard error of the effect, as 0.004",
    METRIC: "what the effect is of; tab completes it",
    EVIDENCE: "where it is to be found: a link, a path, a name",
    NOTE: "what else there is to say",
}


def _chosen(line: ChoiceLine, text: str, known: Iterable[str]) -> ChoiceLine:
    """Return a line on which a value holds; a draft of what there is no longer counts for nothing."""
    if text in tuple(known):
        with line.prevent(ChoiceLine.Changed):
            line.choose(text)
    return line


def _text_of(widget: Widget) -> str:
    if isinstance(widget, TextField):
        return widget.text
    assert isinstance(widget, ChoiceLine | PickLine)
    return widget.value


NOT_SCORED = "What was said stays in the history, and a forecast that is made from now on is still not scored."


class RetractScreen(DialogScreen[str | None]):
    """Asks whether what was said is to be taken back, and why. Gives the reason, which may be empty, or None.

    ``stays`` says what becomes of it.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/outcome.tcss"]
    AUTO_FOCUS = "TextField"
    HELP_PLACES: ClassVar[Sequence[str]] = ("text", "dialog")

    def __init__(
        self,
        words: str,
        keymap: Keymap,
        marks: Marks,
        *,
        reason: str,
        keep: Callable[[str], None],
        stays: str = NOT_SCORED,
    ) -> None:
        super().__init__("Take it back?", words, keymap, marks)
        self._stays = stays
        self._field = TextField(reason, one_line=True, keep=keep, placeholder="why; it may stay empty", id="name")

    def body(self) -> Sequence[Widget]:
        """Return the field, and what becomes of what was said."""
        return (self._field, Static(Content.styled(self._stays, "$quiet"), id="why", markup=False))

    def hints(self) -> Sequence[Content]:
        """Return the line at the foot."""
        return (hint(self.keymap, ("dialog_accept", "takes it back, for everyone"), ("dialog_close", "leaves it")),)

    @on(TextField.Advanced)
    def action_dialog_accept(self) -> None:
        """Take it back."""
        self.dismiss(self._field.text.strip())

    @on(TextField.Closed)
    def _leave(self) -> None:
        self.close()
