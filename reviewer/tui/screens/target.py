"""The problem's target, to be written: what "survives in production" means, and by when it is decided."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from reviewer.domain.errors import ReviewerError
from reviewer.domain.problems import Target
from reviewer.domain.text import safe_line
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import bind_keys, hint
from reviewer.tui.screens.dialog import DialogScreen
from reviewer.tui.widgets.text_field import KeepDraft, TextField

FIELDS = (
    ("criterion", "survives if", "what must hold in production for a proposal to have survived"),
    ("horizon", "by", "the date on which it is decided, as 2027-03-31"),
    ("system", "system", "the model or product that it must work in"),
    ("scale", "scale", "how large: parameters, tokens, requests a day"),
    ("budget", "budget", "what it may cost to train and to run"),
    ("latency", "latency", "how long an answer may take"),
    ("signals", "signals", "what production can observe: labels, clicks, tests"),
    ("decider", "decides", "who says in the end whether it is met"),
)
"""Each field of a target with its label and a word on what belongs there."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class TargetScreen(DialogScreen[Target | None]):
    """A form with the parts of the target. Gives the target where it was saved, else None.

    A save is a new version for everyone, so nothing is saved by closing: what was written and not saved is a draft,
    which ``keep_draft`` takes by the field's name as it is written, and ``drafts`` brings back; after a save they are
    the saver's to drop, once the target is on the disk. Where no ``keep_draft`` is given, the first Esc says so and
    stays. ``save`` raises ReviewerError where it does not take the target, with the reason.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/target.tcss"]
    AUTO_FOCUS = "#criterion"
    HELP_PLACES: ClassVar[Sequence[str]] = ("text", "dialog")

    def __init__(
        self,
        problem_title: str,
        target: Target | None,
        version: int | None,
        keymap: Keymap,
        marks: Marks = UNICODE,
        *,
        save: Callable[[Target], None],
        keep_draft: KeepDraft | None = None,
        drafts: Mapping[str, str] | None = None,
    ) -> None:
        state = "not written yet" if target is None else "" if version is None else f"version {version}"
        title = safe_line(problem_title, 120)
        super().__init__("Target", f"{title}, {state}" if state else title, keymap, marks)
        self.add_class("-page")
        self._save = save
        self._keep_draft = keep_draft
        self._months = target.months if target else None
        self._saved = {name: str(getattr(target, name)) if target else "" for name, _, _ in FIELDS}
        left = {name: text for name, text in (drafts or {}).items() if text != self._saved.get(name)}
        self._has_draft = bool(left.keys() & self._saved.keys())
        self._warned = False
        self._fields = {
            name: TextField(
                left.get(name, self._saved[name]),
                one_line=name != "criterion",
                keep=self._keeper(name),
                leave=() if name == "criterion" else ("up", "down"),
                placeholder=about,
                id=name,
            )
            for name, _, about in FIELDS
        }
        bind_keys(self, ("ctrl+s",), "save")
        bind_keys(self, ("down",), "field_below")
        bind_keys(self, ("up",), "field_above")
        bind_keys(self, ("ctrl+r",), "as_saved")

    def body(self) -> Sequence[Widget]:
        """Return the fields, and under them what may be wrong."""
        lines = [
            Horizontal(Static(label, classes="label", markup=False), self._fields[name], classes="line")
            for name, label, _ in FIELDS
        ]
        draft = "This is a draft, not saved yet; ctrl+r puts back what is saved." if self._has_draft else ""
        form = VerticalScroll(
            *lines,
            Static("", id="problem", markup=False),
            Static(Content.styled(draft, "$quiet"), id="draft", markup=False),
            id="fields",
            can_focus=False,
        )
        return (form,)

    def hints(self) -> Sequence[Content]:
        """Return the lines at the foot; that a save is for everyone is said before one does it."""
        closing = "closes; the draft stays" if self._keep_draft is not None else "closes"
        return (
            hint(self.keymap, ("ctrl+s", "saves a new version, for everyone")),
            hint(self.keymap, ("tab", "goes on"), ("dialog_close", closing), ("ctrl+z", "undoes")),
        )

    def on_resize(self, event: events.Resize) -> None:
        """Leave the lines between the fields out where there is no room for them."""
        self.set_class(event.size.height < 30, "-low")

    def _keeper(self, name: str) -> Callable[[str], None]:
        def keep(text: str) -> None:
            self._warned = False
            if self._keep_draft is not None:
                self._keep_draft(name, None if text == self._saved[name] else text)

        return keep

    @property
    def _written(self) -> Target:
        texts = {name: field.text.strip() for name, field in self._fields.items()}
        return Target(**texts, months=None if texts["horizon"] else self._months)

    def _wrong(self, target: Target) -> tuple[str, str] | None:
        """Return which field keeps the target from being saved, and the sentence that says why."""
        if not target.criterion:
            return "criterion", "A target needs a criterion: what must hold in production to have survived."
        sentence = _wrong_date(target.horizon)
        return ("horizon", sentence) if sentence else None

    def action_save(self) -> None:
        """Save the target as a new version; where something is missing, say what and go there."""
        target = self._written
        wrong = self._wrong(target)
        if wrong is not None:
            self._say(wrong[1])
            self._fields[wrong[0]].focus()
            return
        try:
            self._save(target)
        except ReviewerError as error:
            self._say(f"Not saved: {error}")
            return
        self.dismiss(target)

    def action_as_saved(self) -> None:
        """Put back what is saved, in every field; ctrl+z brings the draft of a field back."""
        for name, field in self._fields.items():
            if field.text != self._saved[name]:
                field.replace(self._saved[name], (0, 0), field.document.end, maintain_selection_offset=False)
            if self._keep_draft is not None:
                self._keep_draft(name, None)
        self.query_one("#draft", Static).update("")
        self._say("")

    def action_field_below(self) -> None:
        """Go to the field below."""
        self._go(1)

    def action_field_above(self) -> None:
        """Go to the field above."""
        self._go(-1)

    def _go(self, by: int) -> None:
        fields = list(self._fields.values())
        place = next((i for i, field in enumerate(fields) if field.has_focus), 0) + by
        if 0 <= place < len(fields):
            fields[place].focus()

    @on(TextField.Advanced)
    def _advance(self, message: TextField.Advanced) -> None:
        if message.field is self._fields[FIELDS[-1][0]]:
            self.action_save()
        else:
            self._go(1)

    @on(TextField.Closed)
    def close(self) -> None:
        """Leave without saving; where no draft is kept, not before saying so."""
        texts = {name: field.text for name, field in self._fields.items()}
        if self._keep_draft is None and texts != self._saved and not self._warned:
            self._warned = True
            self._say("This is not saved. ctrl+s saves it; Esc once more leaves it.")
            return
        self.dismiss(None)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Say, on leaving the date, what is wrong with it."""
        sentence = _wrong_date(self._fields["horizon"].text.strip())
        if event.widget is self._fields["horizon"] and sentence:
            self._say(sentence)

    @on(TextArea.Changed, "#criterion, #horizon")
    def _edited(self) -> None:
        self._say("")

    def _say(self, sentence: str) -> None:
        self.query_one("#problem", Static).update(safe_line(sentence, 400))


def _wrong_date(written: str) -> str:
    """Return a sentence on what is wrong with a horizon; none where it is a date, or empty."""
    if not written:
        return ""
    try:
        if _DATE.fullmatch(written):
            date.fromisoformat(written)
            return ""
        why = "is no date"
    except ValueError:
        why = "is no day of the calendar"
    return f"“{safe_line(written, 40)}” {why}: write it as 2027-03-31, or leave it empty."
