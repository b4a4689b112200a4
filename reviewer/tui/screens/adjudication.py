"""A form to adjudicate a proposal on which judgements differ, to correct that, or to take it back."""

from collections.abc import Callable, Iterable, Mapping

from textual.widget import Widget

from reviewer.domain.adjudications import Adjudication, check_adjudication
from reviewer.domain.errors import UserError
from reviewer.domain.probabilities import probability_of
from reviewer.domain.vocabulary import Verdict
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.others_lines import others_lines
from reviewer.tui.screens.said_form import SaidForm, chosen
from reviewer.tui.widgets.form_lines import ChoiceLine
from reviewer.tui.widgets.lines import TextLine
from reviewer.tui.widgets.text_field import KeepDraft
from reviewer.tui.wrong_field import WrongFieldError
from reviewer.workflow.adjudicating import adjudication_words
from reviewer.workflow.others import Others

VERDICT, FORECAST, CONDITION, RATIONALE = FIELDS = ("verdict", "forecast", "condition", "rationale")

_KEYS = {"s": Verdict.SURVIVES, "c": Verdict.CONDITIONAL, "f": Verdict.FAILS, "x": Verdict.CANNOT_TELL}
_WORDS = {Verdict.CANNOT_TELL: "can't tell"}
_ABOUT = {
    FORECAST: "the probability that it survives, as 40 %; may stay empty",
    CONDITION: "what a conditional verdict depends on",
    RATIONALE: "why; what the others did not see",
}


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
        WrongFieldError: for the first field that cannot be taken.
    """
    if not texts[VERDICT]:
        raise WrongFieldError(VERDICT, "Say what it comes to: survives, conditional, fails or can't tell.")
    try:
        forecast = probability_of(texts[FORECAST]) if texts[FORECAST].strip() else None
    except UserError as error:
        raise WrongFieldError(FORECAST, str(error)) from error
    try:
        return check_adjudication(Adjudication(Verdict(texts[VERDICT]), forecast, texts[CONDITION], texts[RATIONALE]))
    except UserError as error:
        raise WrongFieldError(CONDITION, str(error)) from error


class AdjudicationScreen(SaidForm[Adjudication]):
    """A form with the parts of an adjudication over all judgements. Gives what is being saved, or None."""

    AUTO_FOCUS = "#verdict"
    NOTHING_SAID = "Nobody has adjudicated it, so that there is nothing to take back."
    STAYS = "What was said stays in its history, and every judgement as it is."

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
        self._others = others
        held = others.adjudication.adjudication if others.adjudication else None
        super().__init__(
            "Adjudicate",
            keymap,
            marks,
            title=others.title,
            held=held,
            saved=texts_of(held),
            save=save,
            retract=retract,
            keep_draft=keep_draft,
            drafts=drafts,
        )

    def make_field(self, name: str, text: str) -> Widget:
        """Return the row of verdicts, or a field of text."""
        if name != VERDICT:
            return self.text_field(name, text, _ABOUT[name])
        verdicts = [("", "not said"), *((v, f"{key} {_WORDS.get(v, str(v))}") for key, v in _KEYS.items())]
        return chosen(ChoiceLine(verdicts, keys=_KEYS, id=name), text, Verdict)

    def read(self, texts: Mapping[str, str]) -> Adjudication:
        """Return the adjudication that is written."""
        return adjudication_of(texts)

    def words_of(self, what: Adjudication) -> str:
        """Return an adjudication in a few words."""
        return adjudication_words(what)

    def said_before(self) -> Iterable[TextLine]:
        """Return all judgements, and what was adjudicated."""
        return others_lines(self._others, "", self.marks)
