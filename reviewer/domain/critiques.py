"""What Claude says of a proposal: constraint by constraint what would break it, and never a score."""

from dataclasses import dataclass
from enum import StrEnum

MOST_FAILURE_MODES = 5
"""How many failure modes of one constraint are kept: more are not read."""

RECORDED = "recorded"
"""The model of an answer that was played from a file for the demo: nothing was sent for it, and nothing paid."""


class Stance(StrEnum):
    """How a critique stands to one constraint."""

    SURVIVES = "survives"
    SURVIVES_IF = "survives_if"
    FAILS = "fails"
    CANNOT_TELL = "cannot_tell"


class TriggerScale(StrEnum):
    """At which scale a failure would first be seen."""

    PROTOTYPE = "prototype"
    TENFOLD = "10x"
    PRODUCTION = "production"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """What a failure would cost, the worst first."""

    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"


class Detectability(StrEnum):
    """When a failure would be noticed."""

    BEFORE_LAUNCH = "before_launch"
    IN_CANARY = "in_canary"
    SILENT = "silent"


class Confidence(StrEnum):
    """How sure a critique says it is, in words: never a number that could stand beside a forecast."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way in which the proposal could break.

    ``quote`` is the sentence of the proposal that shows it, empty where the critique gives none; ``span`` is where that
    stands in the text that was sent, as start and end, or None where it does not stand there word for word.
    """

    claim: str
    quote: str
    section: str
    mechanism: str
    trigger_scale: TriggerScale
    severity: Severity
    detectability: Detectability
    cheapest_check: str
    span: tuple[int, int] | None = None

    @property
    def verified(self) -> bool:
        """Return whether it may be shown: its quote is the proposal's own, or it quotes nothing."""
        return self.span is not None or not self.quote


@dataclass(frozen=True, slots=True)
class Critique:
    """What is said of one constraint."""

    constraint: str
    stance: Stance
    conditions: tuple[str, ...]
    failure_modes: tuple[FailureMode, ...]
    missing_evidence: tuple[str, ...]
    strongest_counterargument: str
    question_for_author: str
    confidence: Confidence
    out_of_scope: bool

    @property
    def shown(self) -> tuple[FailureMode, ...]:
        """Return the failure modes that may be shown, the worst first."""
        worst = list(Severity)
        return tuple(sorted((m for m in self.failure_modes if m.verified), key=lambda m: worst.index(m.severity)))

    @property
    def hidden(self) -> int:
        """Return how many are hidden, since the proposal does not say what they quote."""
        return sum(not m.verified for m in self.failure_modes)


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that one attempt was billed for."""

    input: int = 0
    output: int = 0
    cache_write_short: int = 0
    """Written to be kept for five minutes."""
    cache_write_long: int = 0
    """Written to be kept for an hour."""
    cache_read: int = 0

    @property
    def all_input(self) -> int:
        """Return the tokens of the whole request, whether read from the cache or not."""
        return self.input + self.cache_write_short + self.cache_write_long + self.cache_read
