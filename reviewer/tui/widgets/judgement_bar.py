"""The judgement bar at the foot: the four verdicts with their keys, and what is held so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from reviewer.domain.counted import counted
from reviewer.domain.judgements import Judgement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Rating, Status, Verdict
from reviewer.tui.cells import cut
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
    unscored: str = ""
    """Why a forecast that is given now is not scored; empty where it is."""
    alike: int = 0
    """How many are alike, this one among them; 0 where it stands alone."""
    for_all: int = 0
    """Of how many of these the next verdict and forecast are meant; 0 where of this one alone."""
    own_forecasts: tuple[float, ...] = ()
    """The forecasts that some of these have and keep, as probabilities: the next verdict alone reaches them."""


_KEEPS = "{m} of {n} {keep} {their} own {each}"


def kept_words(forecasts: Sequence[float], n: int, words: str = _KEEPS) -> str:
    """Return that of ``n`` which are judged at once some keep the ``forecasts`` that they have, as probabilities."""
    m = len(forecasts)
    each = " and ".join(dict.fromkeys(f"{100 * forecast:.0f} %" for forecast in forecasts))
    keep, their = ("keeps", "its") if m == 1 else ("keep", "their")
    return words.format(m=m, n=n, keep=keep, their=their, each=each)


@dataclass(frozen=True, slots=True)
class _VerdictWords:
    """With how many words the line of the verdicts is drawn."""

    changed: str = "judged on an older revision: {key} what changed"
    flagged: str = "flagged"
    skipped: str = "skipped for now"
    forecast: str = "% it survives"
    unscored: str = "not scored: {why}"
    spaced: bool = True
    labels: bool = True
    """Whether the verdicts that were not chosen have their labels."""
    for_all: str = "for {which} alike: "
    keeps: str = _KEEPS
    """That some keep the forecasts that they have."""


_VERDICT_WORDS = (
    _VerdictWords(),
    _VerdictWords("older revision: {key} what changed"),
    _VerdictWords("older revision: {key}", skipped="skipped"),
    _VerdictWords("older revision: {key}", skipped="skipped", unscored="not scored"),
    _VerdictWords("{key} what changed", "", "skipped", "%", "not scored", keeps="{m} {keep} {each}"),
    _VerdictWords("{key} what changed", "", "skipped", "%", "not scored", False, keeps="{m} {keep} {each}"),
    _VerdictWords("{key}", "", "", "%", "not scored", False, for_all="{which}: ", keeps="{m} {keep} {each}"),
    _VerdictWords("{key}", "", "", "%", "not scored", False, for_all="{which}: ", keeps="{m} {keep} own"),
    _VerdictWords("{key}", "", "", "%", "not scored", False, False, for_all="{which}: ", keeps="{m} {keep} own"),
)
"""From all words to the fewest: the first that fits is taken, so that no line is torn."""


@dataclass(frozen=True, slots=True)
class _RestWords:
    """With how many words, and in how many cells, the line of what else is held is drawn."""

    rationale: int
    tags: int
    condition: int
    gap: int = 3
    blockers: bool | None = True
    """Whether the number of blockers has its word, and not a sign; None where it is left out."""
    draft: str = "draft, unsaved"
    no_condition: str = "no condition given"
    experiment: str = "next experiment"
    day: str | None = "known by "
    """What stands before the day by which one expects to know; None where that is left out."""
    names_condition: bool = True
    """Whether a draft of a condition, or of the experiment that goes with it, has more than its key before it."""
    alike: bool = True
    """Whether it is said how many are alike."""


_REST_WORDS = (
    _RestWords(48, 1_000, 60),
    _RestWords(48, 48, 40),
    _RestWords(36, 24, 24),
    _RestWords(24, 16, 16),
    _RestWords(16, 12, 12, 2, False, "draft", "no condition", "experiment", "by "),
    _RestWords(8, 8, 8, 2, False, "draft", "no condition", "experiment", "by "),
    _RestWords(0, 0, 0, 2, False, "draft", "", "experiment", ""),
    _RestWords(0, 0, 0, 2, False, "draft", "", "experiment", None),
    _RestWords(0, 0, 0, 2, False, "draft", "", "experiment", None, names_condition=False),
    _RestWords(0, 0, 0, 2, False, "draft", "", "experiment", None, names_condition=False, alike=False),
    _RestWords(0, 0, 0, 2, None, "draft", "", "experiment", None, names_condition=False, alike=False),
)
"""As above; rubric, rationale and tags are named in each."""

RESOLVES_ON = "resolves_on"

_LIMIT = 200
"""Of a rationale or a condition no more letters are looked at: more than any line has cells."""


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
        if state != self._state:
            self._state = state
            self.refresh()

    def render(self) -> Text:
        """Draw the verdicts on the first line, and what else is held on the second: each with the words that fit."""
        if self._state is None or self.size.width < 1:
            return Text("")
        return Text("\n").join([self._verdicts(self._state), self._rest(self._state)])

    def _verdicts(self, state: BarState) -> Text:
        for words in _VERDICT_WORDS:
            text = self._verdict_line(state, words)
            if text.cell_len <= self.size.width:
                return text
        text.truncate(self.size.width, overflow="ellipsis")
        return text

    def _verdict_line(self, state: BarState, words: "_VerdictWords") -> Text:
        chosen = state.judgement.verdict
        pad = " " if words.spaced else ""
        text = Text(pad)
        if state.for_all:
            which = f"all {state.alike}" if state.for_all == state.alike else f"{state.for_all} of {state.alike}"
            text.append(f" {self._marks.alike} {words.for_all.format(which=which)}", self._notice + Style(bold=True))
        for verdict, label in VERDICT_LABELS.items():
            key = self._keys.get(verdict.value, "")
            if chosen is verdict:
                style = self.get_component_rich_style("bar--" + verdict.replace("_", "-"))
                mark = self._marks.verdicts[verdict]
                # A mark that is a letter would be read as a key.
                named = label if mark.isalnum() else f"{label} {mark}"
                text.append(f" {key} {named}{pad}", style + Style(bold=True, reverse=True))
            else:
                text.append(f" {key}", self.get_component_rich_style("bar--key"))
                if words.labels or chosen is None:
                    text.append(f" {label}{pad}", self._quiet if chosen else Style())
            text.append(pad)
        text.append(f" {self._marks.bar} ", self._quiet)
        if state.forecast_digits:
            text.append(f"{state.forecast_digits} %", self._notice)
            text.append("_", self._quiet)
        elif state.judgement.forecast is not None:
            text.append(f"{state.judgement.forecast:.0%}".replace("%", " %"), "bold")
        else:
            text.append("0–9", self.get_component_rich_style("bar--key"))
            text.append(f" {words.forecast}", self._quiet)
        if state.own_forecasts:
            text.append(f", {kept_words(state.own_forecasts, state.for_all, words.keeps)}", self._notice)
        if state.unscored:
            # One that was given before it could be seen counts on, whatever is typed now.
            another = "" if state.judgement.forecast is None else "another is "
            text.append(f", {another}{words.unscored.format(why=state.unscored)}", self._notice)
        if state.judgement.skipped and chosen is None:
            text.append(f"{pad} {words.skipped or self._marks.statuses[Status.SKIPPED]}", self._quiet)
        notices = [f"{self._marks.flag} {words.flagged}".rstrip()] if state.judgement.flagged else []
        if state.changed:
            key = self._keys.get("differences", "")
            notices.append(f"{self._marks.changed} {words.changed.format(key=key)}".rstrip())
        for notice in notices:
            text.append(f"{pad} {notice}", self._notice)
        return text

    def _rest(self, state: BarState) -> Text:
        width = self.size.width
        for words in _REST_WORDS:
            text = self._rest_line(state, words)
            if text.cell_len <= width:
                # What the steps before left unused is for the tags, which are the first to be cut.
                for tags in range(words.tags + width - text.cell_len, words.tags, -1):
                    longer = self._rest_line(state, replace(words, tags=tags))
                    if longer.cell_len <= width:
                        return longer
                return text
        text.truncate(width, overflow="ellipsis")
        return text

    def _rest_line(self, state: BarState, words: "_RestWords") -> Text:
        judgement = state.judgement
        text = Text("  ")
        rubric = f"rubric {judgement.rated}/{state.constraints}"
        if blockers := len(judgement.blockers):
            if words.blockers:
                rubric += f", {counted(blockers, 'blocker')}"
            elif words.blockers is False:
                rubric += f" {self._marks.ratings[Rating.BLOCKER]}{blockers}"
        self._field(text, "rubric", rubric, bool(judgement.rated))
        rationale = judgement.rationale.split("\n", 1)[0]
        shared = ", shared" if judgement.shareable else ""
        for action, name, held, limit in (
            ("rationale", f"rationale{shared}", safe_line(rationale, _LIMIT), words.rationale),
            ("tags", "tags", ", ".join(safe_line(tag, _LIMIT) for tag in judgement.tags), words.tags),
        ):
            text.append(" " * words.gap)
            if action in state.drafts:
                self._field(text, action, f"{name}: {words.draft}", True, notice=True)
            elif held:
                self._field(text, action, f"{name}: {self._cut(held, limit)}", True)
            else:
                self._field(text, action, name, False)
        if state.alike and words.alike:
            text.append(" " * words.gap)
            said = "for this one alone" if state.for_all else f"{state.alike} alike"
            self._field(text, "for_all", said, bool(state.for_all))
        if RESOLVES_ON in state.drafts:
            text.append(" " * words.gap)
            self._field(text, RESOLVES_ON, words.draft, True, notice=True)
        elif judgement.resolves_on and words.day is not None:
            text.append(" " * words.gap)
            self._field(text, RESOLVES_ON, f"{words.day}{judgement.resolves_on}", True)
        names = {"condition": "condition", "next_experiment": words.experiment}
        if drafts := [name for field, name in names.items() if field in state.drafts]:
            text.append(" " * words.gap)
            if words.names_condition:
                self._field(text, "conditional", f"{', '.join(drafts)}: {words.draft}", True, notice=True)
            else:
                self._field(text, "conditional", words.draft, True, notice=True)
        elif judgement.verdict is Verdict.CONDITIONAL:
            condition = safe_line(judgement.condition, _LIMIT)
            if condition or words.condition:
                said = f"if {self._cut(condition, words.condition)}" if condition else words.no_condition
                text.append(f"{' ' * words.gap}{self._marks.bar} {said}", Style() if condition else self._quiet)
        return text

    def _cut(self, text: str, cells: int) -> str:
        if cell_len(text) <= cells:
            return text
        return cut(text, max(cells, len(self._marks.ellipsis)), self._marks.ellipsis).rstrip()

    def _field(self, text: Text, action: str, words: str, filled: bool, *, notice: bool = False) -> None:
        text.append(f"{self._keys.get(action, '')} ", self.get_component_rich_style("bar--key"))
        style = self._notice if notice else Style() if filled else self._quiet
        text.append(words, style)

    @property
    def _notice(self) -> Style:
        return self.get_component_rich_style("bar--notice")

    @property
    def _quiet(self) -> Style:
        return Style(color=self.get_component_rich_style("bar--quiet").color)
