"""What an import came to, in counts, rejects and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.domain.methods import Reject
from reviewer.workflow.tallying import Tally


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to. The counts are of proposals, baselines, references and remarks together.

    ``problems`` counts the problems that were described, which are none of these.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    proposals: int = 0
    settings_told: int = 0
    elsewhere: int = 0
    """Records that were there, and are met as they are in another file than before for the first time."""
    metrics_told: int = 0
    problems: int = 0
    rejects: tuple[Reject, ...] = ()
    sentences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unknown_settings: tuple[str, ...] = ()
    """Datasets with a measurement whose setting nobody has told."""
    unknown_directions: tuple[str, ...] = ()
    """Metrics that were measured and of which nobody has told which way is better."""
    unused_settings: tuple[str, ...] = ()
    """Datasets that the person named with a setting, and that nothing which was read has."""
    unmet_baseline: bool = False
    """Whether the person said by what baselines are told, and nothing that was read is told so."""
    unmet_run: bool = False
    """Whether the person named the run of what names none itself, and nothing that was read is so."""
    unused_metrics: tuple[str, ...] = ()
    """Metrics that the person told something of, and that nothing which was read has."""
    interrupted: bool = False
    unindexed: int = 0
    """Methods of the store, from this import or an earlier one, whose text search does not find yet."""
    nothing_to_judge: bool = False
    """Whether the store holds no proposal, from this import or an earlier one."""

    @property
    def taken(self) -> int:
        """Return how many records were good, the descriptions of problems among them."""
        return self.new + self.changed + self.unchanged + self.problems


def report_of(tally: Tally, sources: Sequence[str], *, interrupted: bool) -> ImportReport:
    """Return what was counted as a report; ``sources`` are the names of the formats that were read."""
    return ImportReport(
        **tally.counts,
        rejected=tally.rejected,
        proposals=tally.proposals,
        settings_told=tally.settings_told,
        elsewhere=tally.elsewhere,
        metrics_told=tally.metrics_told,
        problems=len(tally.problems),
        rejects=tuple(tally.rejects),
        sentences=tuple(tally.sentences),
        sources=tuple(dict.fromkeys(sources)),
        unknown_settings=tuple(sorted(tally.unknown)),
        unknown_directions=tuple(tally.unknown_directions),
        unused_settings=tuple(tally.unused),
        unmet_baseline=tally.unmet_baseline,
        unmet_run=tally.unmet_run,
        unused_metrics=tuple(tally.unused_metrics),
        interrupted=interrupted,
        unindexed=tally.unindexed,
        nothing_to_judge=tally.nothing_to_judge,
    )
