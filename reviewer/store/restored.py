"""What came of putting people's acts back into a store: numbers, and sentences."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Restored:
    """What became of what people did: numbers, and sentences on what stands otherwise in the store."""

    events: int = 0
    events_there: int = 0
    """Events that the store had already."""
    outcomes: int = 0
    outcomes_there: int = 0
    """Outcomes that the store had already."""
    without_proposal: dict[str, int] = field(default_factory=dict)
    """How many events and outcomes are of a proposal that is not in the store, by the proposal's name."""
    without_text: dict[str, int] = field(default_factory=dict)
    """How many are of a text that it never had in this store, by the proposal's name."""
    unsound: list[str] = field(default_factory=list)
    """The ids of events that hold what no store of ours writes, and what would show them could not read."""
    by_only_text: int = 0
    """Events that were added to the only text of their proposal, since it is lost which one they are of."""
    without_baseline: dict[str, int] = field(default_factory=dict)
    """How many are held against a baseline that is not in the store, by the baseline's name."""
    baseline_given_up: int = 0
    """Events that were added without the baseline that they were held against, since that was asked for."""
    reviewers: int = 0
    rubrics: int = 0
    targets: int = 0
    protocols: int = 0
    adjudications: int = 0
    rounds: int = 0
    """Rounds of assignment."""
    critiques: int = 0
    """Attempts at asking Claude, and ends of such of which the store knew none."""
    critique_readings: int = 0
    critique_marks: int = 0
    critic_settings: int = 0
    """How critiques were to be offered."""
    critic_batches: int = 0
    """Batches of questions to Claude, and of such that are here how it stood with them."""
    spending_stops: int = 0
    """Stops of spending, and of these that somebody said go on."""
    settings: int = 0
    """Measurements that have the setting again that a person told."""
    told: int = 0
    """Directions of metrics, other names of datasets, what counts first, and where one would decide the other way."""
    differing: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    """On what stood otherwise, and is the same now on either side."""

    @property
    def said(self) -> int:
        """Return how many things came that people said."""
        on_critiques = self.critique_readings + self.critique_marks
        of_critic = self.critiques + on_critiques + self.critic_settings + self.critic_batches + self.spending_stops
        return self.events + self.outcomes + self.protocols + self.adjudications + self.rounds + of_critic

    @property
    def left_out(self) -> int:
        """Return how many events and outcomes were not added."""
        missing = (self.without_proposal, self.without_text, self.without_baseline)
        return sum(sum(each.values()) for each in missing) + len(self.unsound)
