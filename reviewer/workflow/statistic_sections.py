"""What the statistics of a store are made of: sections of figures, each with what has to be said beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.vocabulary import Protocol, Verdict
from reviewer.judgement.corp import Corp
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.pace import Spread
from reviewer.judgement.vanishing import EffectPair


class SectionKind(StrEnum):
    """What a section is about."""

    RECORD = "record"
    """How far one reviewer has come, in judgements and in outcomes of them."""
    PACE = "pace"
    VERDICTS = "verdicts"
    """By one thing that proposals are grouped by."""
    MINUTES = "minutes"
    FORECASTS = "forecasts"
    """Of one reviewer, or of all."""
    DIFFERENCES = "differences"
    """Of two reviewers' forecasts."""
    AGGREGATION = "aggregation"
    AGREEMENT = "agreement"
    """On one thing that is rated, over first or over current judgements."""
    REVEALS = "reveals"
    """What it changed to see more, in the sealed protocol: of one reviewer, or of all."""
    CRITIQUES = "critiques"
    """What changed after Claude's critique: of one reviewer, or of all."""
    SURVIVAL = "survival"
    """By one thing that proposals are grouped by."""
    LAB_AGAINST_PRODUCTION = "lab against production"
    """Of one metric."""
    SCALES = "scales"
    """Of one scale of judgements that were made elsewhere, by groups too, or of several together."""


@dataclass(frozen=True, slots=True)
class ListedForecast:
    """One forecast with its outcome, where there are too few to say more than each."""

    namespace: str
    external_id: str
    forecast: float
    survived: bool


@dataclass(frozen=True, slots=True)
class GroupVerdicts:
    """How many judgements of each verdict there are of a group of proposals; those that are not there are 0."""

    group: str
    counts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together. ``of`` says what of, as a reviewer or a metric; empty where it is of all."""

    kind: SectionKind
    of: str
    figures: tuple[Estimate, ...] = ()
    sentences: tuple[str, ...] = ()
    listed: tuple[ListedForecast, ...] = ()
    curve: Corp | None = None
    """The reliability curve with its band, where there are enough outcomes for one."""
    verdicts: tuple[GroupVerdicts, ...] = ()
    spreads: tuple[Spread, ...] = ()
    """How long proposals took, by verdict."""
    pairs: Sequence[EffectPair] = ()
    """Of lab and production each proposal's effects, in one metric."""


@dataclass(frozen=True, slots=True)
class ProblemStatistics:
    """All figures of one problem; ``judged`` is of how many of its proposals the viewer may see what others hold."""

    problem: str
    judged: int
    sections: tuple[Section, ...]
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Statistics:
    """The figures of each problem, and those that are of several problems together."""

    problems: tuple[ProblemStatistics, ...]
    across: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a row id of ``reviewers`` with its name, 0 for nobody that the store knows.

    ``everyone`` shows what all hold, whatever the viewer has judged.
    """

    id: int = 0
    name: str = ""
    everyone: bool = False

    @property
    def sees_of(self) -> int | None:
        """Return whose judged proposals the viewer may see others' judgements of; None where of all."""
        return None if self.everyone else self.id
