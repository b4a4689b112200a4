"""The judgement bar at the foot: the four verdicts with their keys, and what is held so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from reviewer.domain.judgements import Judgement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Verdict
from reviewer.tui.marks import UNICODE, Marks

VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.SURVIVES: "survives",
    Verdict.CONDITIONAL: "conditional",
    Verdict.FAILS: "fails",
    Verdict.CANNOT_TELL: "can't tell",
}


@dataclass(frozen=True, slots=True)
class BarState:
    """What the bar shows: the judgement, and what is being typed or was left unsaved."""

    judgement: Judgement
    constraints: int
    forecast_digits: str = ""
    drafts: tuple[str, ...] = ()
    """The fields in which an unsaved draft is waiting."""
    changed: bool = False
    """Whether the verdict was given on an older revision."""


class JudgementBar(Widget):
    """Draws one judgement. It takes no keys: the screen does, since they act wherever the focus is."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--key",
        "bar--quiet",
        "bar--chosen",
        "bar--survives",
        "bar--conditional",
        "bar--fails",
        "bar--cannot-tell",
        "bar--notice",
    }

    def __init__(self, keys: Mapping[str, str], *, marks: Marks = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys = keys
        self._marks = marks
        self._state: BarState | None = None

    def show_state(self, state: BarState | None) -> None:
        """Show this judgement; None where there is no proposal to judge."""
        self._state = state
        self.refresh()

    def render(self) -> Text:
        """Draw the verdicts on the first line, and what else is held on the second."""
        if self._state is None:
            return Text("")
        narrow = self.size.width < 100
        return Text("\n").join([self._verdicts(self._state), self._rest(self._state, narrow)])

    def _verdicts(self, state: BarState) -> Text:
        text = Text(" ", no_wrap=True, overflow="ellipsis")
        for verdict, label in VERDICT_LABELS.items():
            key = self._keys.get(verdict.value, "")
            if state.judgement.verdict is verdict:
                style = self.get_component_rich_style("bar--" + verdict.replace("_", "-"))
                mark = self._marks.verdicts[verdict]
                # A mark that is a letter would be read as a key.
                words = label if mark.isalnum() else f"{label} {mark}"
                text.append(f" {key} {words} ", style + Style(bold=True, reverse=True))
            else:
                text.append(f" {key} ", self.get_component_rich_style("bar--key"))
                text.append(f"{label} ", self._quiet if state.judgement.verdict else Style())
            text.append(" ")
        text.append(f" {self._marks.bar} ", self._quiet)
        if state.forecast_digits:
            text.append(f"{state.forecast_digits} %", self.get_component_rich_style("bar--notice"))
            text.append("_", self._quiet)
        elif state.judgement.forecast is not None:
            text.append(f"{state.judgement.forecast:.0%}".replace("%", " %"), "bold")
        else:
            text.append("0–9", self.get_component_rich_style("bar--key"))
            text.append(" forecast %", self._quiet)
        if state.judgement.skipped and state.judgement.verdict is None:
            text.append("  skipped for now", self._quiet)
        if state.judgement.flagged:
            text.append(f"  {self._marks.flag} flagged", self.get_component_rich_style("bar--notice"))
        if state.changed:
            text.append(
                f"  {self._marks.changed} judged on an older revision: "
                f"{self._keys.get('differences', '')} what changed",
                self.get_component_rich_style("bar--notice"),
            )
        return text

    def _rest(self, state: BarState, narrow: bool) -> Text:
        judgement = state.judgement
        text = Text("  ", no_wrap=True, overflow="ellipsis")
        rubric = f"rubric {judgement.rated}/{state.constraints}"
        if blockers := len(judgement.blockers):
            rubric += f", {blockers} blocker{'s' if blockers > 1 else ''}"
        self._field(text, "rubric", rubric, bool(judgement.rated))
        rationale = judgement.rationale.split("\n", 1)[0]
        words = f"note: {safe_line(rationale, 24 if narrow else 48)}" if rationale else "note"
        self._field(text, "rationale", "draft" if "rationale" in state.drafts else words, bool(rationale))
        tags = ", ".join(safe_line(tag, 24) for tag in judgement.tags)
        self._field(text, "tags", f"tags: {tags}" if tags else "tags", bool(tags))
        if judgement.verdict is Verdict.CONDITIONAL:
            condition = safe_line(judgement.condition, 24 if narrow else 60)
            words = f"if {condition}" if condition else "no condition given"
            text.append(f"{self._marks.bar} {words}", Style() if condition else self._quiet)
        return text

    def _field(self, text: Text, action: str, words: str, filled: bool) -> None:
        text.append(f"{self._keys.get(action, '')} ", self.get_component_rich_style("bar--key"))
        notice = words == "draft"
        style = self.get_component_rich_style("bar--notice") if notice else Style() if filled else self._quiet
        text.append("draft, unsaved" if notice else words, style)
        text.append("   ")

    @property
    def _quiet(self) -> Style:
        return Style(color=self.get_component_rich_style("bar--quiet").color)
