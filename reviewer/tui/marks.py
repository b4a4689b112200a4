"""The marks that say without colour how a proposal stands."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.checks import Level
from reviewer.domain.vocabulary import Direction, Rating, Status, Verdict


@dataclass(frozen=True, slots=True)
class SpanMarks:
    """What an interval is drawn with, one cell each; ``found`` stands at what runs like these could tell."""

    line: str
    low: str
    high: str
    value: str
    zero: str
    found: str


@dataclass(frozen=True, slots=True)
class Marks:
    """One cell for each state. The ASCII set serves terminals without the others."""

    verdicts: Mapping[Verdict, str]
    statuses: Mapping[Status, str]
    ratings: Mapping[Rating, str]
    directions: Mapping[Direction, str]
    cursor: str
    flag: str
    changed: str
    ellipsis: str
    plus_minus: str
    minus: str
    bar: str
    rule: str
    levels: Mapping[Level, str]
    span: SpanMarks
    restated: str
    """Stands after a value that is computed, where the source states another one."""
    outdone: str
    """Stands after a baseline's value where another baseline has a better one."""
    alike: str
    """Stands before the title of a proposal that is alike to one above it, and before how many there are."""

    def of(self, status: Status, verdict: Verdict | None) -> str:
        """Return the mark of a proposal: its verdict's where it has one, else its status's."""
        return self.verdicts[verdict] if verdict is not None else self.statuses[status]

    @staticmethod
    def waiting(mark: str) -> str:
        """Return a mark as it stands where the disk does not have yet what it says: in brackets, and in no colour."""
        return f"({mark})"


UNICODE = Marks(
    verdicts={
        Verdict.SURVIVES: "✓",
        Verdict.CONDITIONAL: "~",
        Verdict.FAILS: "✗",
        Verdict.CANNOT_TELL: "?",
    },
    statuses={Status.TO_DO: "·", Status.STARTED: "…", Status.JUDGED: "✓", Status.SKIPPED: "»"},
    ratings={
        Rating.PASS: "✓",
        Rating.CONCERN: "~",
        Rating.BLOCKER: "✗",
        Rating.UNKNOWN: "?",
        Rating.NOT_APPLICABLE: "–",
    },
    directions={Direction.HIGHER: "↑", Direction.LOWER: "↓", Direction.UNKNOWN: " "},
    cursor="▌",
    flag="⚑",
    changed="Δ",
    ellipsis="…",
    plus_minus="±",
    minus="−",
    bar="│",
    rule="─",
    levels={Level.ASK: "?", Level.WORTH_A_LOOK: "·", Level.NOTE: "–"},
    span=SpanMarks("─", "├", "┤", "●", "│", "┊"),
    restated="≠",
    outdone="†",
    alike="⋮",
)

ASCII = Marks(
    verdicts={
        Verdict.SURVIVES: "+",
        Verdict.CONDITIONAL: "~",
        Verdict.FAILS: "x",
        Verdict.CANNOT_TELL: "?",
    },
    statuses={Status.TO_DO: ".", Status.STARTED: ":", Status.JUDGED: "+", Status.SKIPPED: ">"},
    ratings={
        Rating.PASS: "+",
        Rating.CONCERN: "~",
        Rating.BLOCKER: "x",
        Rating.UNKNOWN: "?",
        Rating.NOT_APPLICABLE: "-",
    },
    directions={Direction.HIGHER: "^", Direction.LOWER: "v", Direction.UNKNOWN: " "},
    cursor=">",
    flag="!",
    changed="*",
    ellipsis="~",
    plus_minus="+-",
    minus="-",
    bar="|",
    rule="-",
    levels={Level.ASK: "?", Level.WORTH_A_LOOK: ".", Level.NOTE: "-"},
    span=SpanMarks("-", "[", "]", "o", "|", ":"),
    restated="#",
    outdone="<",
    alike='"',
)
"""No mark here needs more than ASCII."""


def choose_marks(wanted: str, encoding: str | None) -> Marks:
    """Return the marks for a config's ``marks`` (``auto``, ``unicode``, ``ascii``) and the terminal's encoding."""
    if wanted == "auto":
        wanted = "unicode" if (encoding or "").lower().replace("-", "") in ("utf8", "utf8sig") else "ascii"
    return UNICODE if wanted == "unicode" else ASCII
