"""What became of a proposal: what was said so far, and a form to say it, to correct it, or to take it back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import ClassVar

from textual import events, on
from textual._path import CSSPathType
from textual.widget import Widget

from reviewer.domain.outcome_words import outcome_words
from reviewer.domain.outcomes import Outcome
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Result, Setting
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.matching import completions
from reviewer.tui.outcome_texts import (
    CHOSEN,
    CONSTRAINT,
    DATE,
    EFFECT,
    ERROR,
    EVIDENCE,
    METRIC,
    NOTE,
    RESULT,
    SETTING,
    TODAY,
    outcome_lines,
    outcome_of,
    remark_on,
    texts_of,
)
from reviewer.tui.path_completion import Completion
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.screens.form import LEAVE
from reviewer.tui.screens.said_form import SaidForm, chosen, text_of
from reviewer.tui.widgets.completing_field import CompletingField
from reviewer.tui.widgets.form_lines import ChoiceLine, PickLine
from reviewer.tui.widgets.lines import TextLine
from reviewer.tui.widgets.text_field import KeepDraft, TextField
from reviewer.workflow.outcomes import OutcomeState

LABELS = {RESULT: "result", DATE: "date", EFFECT: "effect", ERROR: "± error", METRIC: "metric", SETTING: "setting",
          CONSTRAINT: "constraint", EVIDENCE: "evidence", CHOSEN: "chance", NOTE: "note"}  # fmt: skip

_RESULTS = {"s": Result.SURVIVED, "f": Result.FAILED, "p": Result.PARTLY, "w": Result.WITHDRAWN}
_SETTINGS = (Setting.LAB, Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION)
_NOT_SAID = "not said"
_MOST_OFFERED = 40
_ABOUT = {
    DATE: f"the day on which it was known, as 2026-03-31, or {TODAY} (in UTC)",
    EFFECT: "what it gained over what production had before, as 0.005",
    ERROR: "the standard error of the effect, as 0.004",
    METRIC: "what the effect is of; tab completes it",
    EVIDENCE: "where it is to be found: a link, a path, a name",
    CHOSEN: "with which it was chosen to be tried, by a draw, as 30 %",
    NOTE: "what else there is to say",
}


class OutcomeScreen(SaidForm[Outcome]):
    """A form with the parts of an outcome over all that was said. Gives what is being saved, or None.

    ``today`` is asked for once somebody writes the word.
    """

    CSS_PATH: ClassVar[CSSPathType] = ["../styles/form.tcss", "../styles/said_form.tcss"]
    AUTO_FOCUS = "#result"
    NOTHING_SAID = "Nobody has said yet what became of it, so there is nothing to take back."
    STAYS = "What was said stays in the history, and a forecast that is made from now on is still not scored."

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
        self._state = state
        self._metrics = tuple(metrics)
        self._constraints = {slug: safe_line(words, 80) for slug, words in constraints.items()}
        self._today = today
        held = state.current.outcome if state.current else None
        super().__init__(
            "Outcome",
            keymap,
            marks,
            title=title,
            held=held,
            saved=texts_of(held),
            save=save,
            retract=retract,
            keep_draft=keep_draft,
            drafts=drafts,
        )

    def make_field(self, name: str, text: str) -> Widget:
        """Return a row of values, the line of the constraint, or a field of text."""
        if name == RESULT:
            results = [("", _NOT_SAID), *((r, f"{key} {r}") for key, r in _RESULTS.items())]
            return chosen(ChoiceLine(results, keys=_RESULTS, id=name), text, Result)
        if name == SETTING:
            settings = [("", _NOT_SAID), *((s, s.replace("_", "-")) for s in _SETTINGS)]
            return chosen(ChoiceLine(settings, id=name), text, _SETTINGS)
        if name == CONSTRAINT:
            about = f"enter chooses the one that bit, of {len(self._constraints)}"
            line = PickLine(self._constraints, placeholder=about, id=name)
            line.value = text
            return line
        about = _ABOUT[name]
        if name == METRIC:
            return CompletingField(
                text, complete=self._complete, keep=self.keeper(name), leave=LEAVE, placeholder=about, id=name
            )
        return self.text_field(name, text, about)

    def label_of(self, name: str) -> str:
        """Return the label of a field."""
        return LABELS[name]

    def read(self, texts: Mapping[str, str]) -> Outcome:
        """Return the outcome that is written."""
        return outcome_of(texts, self._constraints, self._today())

    def words_of(self, what: Outcome) -> str:
        """Return an outcome in a few words."""
        return outcome_words(what)

    def said_before(self) -> Iterable[TextLine]:
        """Return all that was said of how it ended."""
        return outcome_lines(self._state)

    def why_not(self, what: Outcome) -> str:
        """Return who says already just what is written; empty where nobody does."""
        if what != self.held or self._state.current is None:
            return ""
        who = safe_line(self._state.current.said_by, 80)
        return f"Nothing is changed: that is what holds already, as {who} says."

    def _complete(self, typed: str) -> Completion:
        found = completions(typed, self._metrics, _MOST_OFFERED)
        return Completion(found[0], ()) if len(found) == 1 else Completion(typed, tuple(found))

    def action_save(self) -> None:
        """Save the outcome, with the date in place of the word."""
        self._settle_date()
        super().action_save()

    def action_dialog_accept(self) -> None:
        """Go on to the next line; on the one of the constraint choose, on the last one save."""
        if self.focused is self.fields[CONSTRAINT]:
            self._choose_constraint()
        else:
            super().action_dialog_accept()

    @on(PickLine.Asked)
    def _choose_constraint(self) -> None:
        line = self.fields[CONSTRAINT]
        assert isinstance(line, PickLine)
        options = [Option("", "none, or nobody has said")]
        options += [Option(slug, words, slug) for slug, words in self._constraints.items()]

        def take(chosen: str | None) -> None:
            if chosen is not None:
                line.choose(chosen)
                self.set_focus(line)
                self.focus_next()

        self.app.push_screen(
            ChoiceScreen("The constraint that bit", options, line.value, self.keymap, self.marks), take
        )

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """On leaving the date write today's for the word; on leaving the metric say what is to be known of it."""
        if event.widget is self.fields[DATE]:
            self._settle_date()
        elif event.widget in (self.fields[METRIC], self.fields[EFFECT]):
            metric = self.fields[METRIC]
            left = event.widget is metric or text_of(metric)
            self.say(METRIC, remark_on(self.texts, self._metrics) if left else "", is_wrong=False)

    def _settle_date(self) -> None:
        """Write the date for the word, so that one sees which day it is, and a draft of it says the same tomorrow."""
        field = self.fields[DATE]
        assert isinstance(field, TextField)
        if field.text.strip().casefold() == TODAY:
            field.replace(self._today().isoformat(), (0, 0), field.document.end, maintain_selection_offset=False)

    def close(self) -> None:
        """Leave without saving; what is written stays as a draft."""
        self._settle_date()
        self.dismiss(None)
