"""The closed lists of words that records, the store and the screen share.

Each is a ``StrEnum``, so that its value is what stands in the database, in JSON and in the CSV.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a method is for in its problem."""

    PROPOSAL = "proposal"
    BASELINE = "baseline"
    REFERENCE = "reference"


class Origin(StrEnum):
    """Who put a method forward."""

    AGENT = "agent"
    HUMAN = "human"
    UNKNOWN = "unknown"


class Bound(StrEnum):
    """Which end of the scale a reference marks."""

    FLOOR = "floor"
    CEILING = "ceiling"


class Direction(StrEnum):
    """Which way a metric is better. Never guessed: ``UNKNOWN`` until somebody says."""

    HIGHER = "higher"
    LOWER = "lower"
    UNKNOWN = "unknown"

    @property
    def of_more(self) -> str:
        """Return what more of the metric is: better, worse, or nothing that anybody has said."""
        return {Direction.HIGHER: "better", Direction.LOWER: "worse"}.get(self, "unknown")


class Setting(StrEnum):
    """Where a measurement was taken, in the order in which evidence is shown. Never guessed."""

    LAB = "lab"
    HELD_OUT = "held_out"
    PILOT = "pilot"
    PRODUCTION = "production"
    UNKNOWN = "unknown"


OF_USERS = frozenset({Setting.PILOT, Setting.PRODUCTION})
"""Settings in which each side is measured on cases of its own, as they come."""


class Basis(StrEnum):
    """What a number rests on."""

    CLAIMED = "claimed"
    RECOMPUTED = "recomputed"
    PUBLISHED = "published"
    ILLUSTRATIVE = "illustrative"


class Verdict(StrEnum):
    """Whether a proposal is likely to survive production's constraints."""

    SURVIVES = "survives"
    CONDITIONAL = "conditional"
    FAILS = "fails"
    CANNOT_TELL = "cannot_tell"


class Rating(StrEnum):
    """How a proposal stands against one constraint; declared in the order of the keys 1 to 5."""

    PASS = "pass"
    CONCERN = "concern"
    BLOCKER = "blocker"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class RemarkKind(StrEnum):
    """What kind of post hangs on an idea without being a proposal itself."""

    INSIGHT = "insight"
    ERROR = "error"
    OBSERVATION = "observation"
    COMMENT = "comment"


class Act(StrEnum):
    """What a reviewer did; the kind of an annotation event."""

    VERDICT = "verdict"
    CONDITION = "condition"
    FORECAST = "forecast"
    RATING = "rating"
    RATIONALE = "rationale"
    TAGS = "tags"
    FLAG = "flag"
    SKIP = "skip"
    RESOLVES_ON = "resolves_on"
    """Said by which day it will be known what became of it."""
    SHARE = "share"
    """Let agents read the rationale as it stands, or no longer."""
    REVEAL = "reveal"
    """Went on to the next stage of the sealed protocol. What has been seen has been seen: it is never undone."""
    IMPORTED = "imported"
    """Said elsewhere, and brought in by a file."""
    UNDO = "undo"
    REDO = "redo"


class Protocol(StrEnum):
    """What of others a reviewer sees before their own judgement is in."""

    OPEN = "open"
    """All of it, from the beginning."""
    BLIND = "blind"
    """Nothing before their own verdict."""
    SEALED = "sealed"
    """First the idea alone, then its evidence, then others, each after a forecast and a verdict on what was there."""


class Stage(StrEnum):
    """How far a reviewer has come with a proposal in the sealed protocol, the first first."""

    IDEA = "idea"
    EVIDENCE = "evidence"
    OTHERS = "others"


class Status(StrEnum):
    """Where a proposal stands for one reviewer."""

    TO_DO = "to_do"
    STARTED = "started"
    JUDGED = "judged"
    SKIPPED = "skipped"


class Result(StrEnum):
    """What became of a proposal in production."""

    SURVIVED = "survived"
    FAILED = "failed"
    PARTLY = "partly"
    WITHDRAWN = "withdrawn"

    @property
    def score(self) -> int | None:
        """Return what forecasts are held against: 1 or 0, None for the two of which no forecast spoke."""
        return {Result.SURVIVED: 1, Result.FAILED: 0}.get(self)


class Resolution(StrEnum):
    """Whether it is known what became of a proposal. What has passed its day without an outcome has not failed."""

    RESOLVED = "resolved"
    OPEN = "open"
    UNRESOLVED = "unresolved"
