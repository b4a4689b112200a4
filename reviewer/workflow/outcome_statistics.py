"""What outcomes say of proposals: how many survive, by group, and what is left in production of the gain in the lab."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reviewer.domain.counted import counted
from reviewer.domain.vocabulary import Direction, Result, Setting
from reviewer.judgement.estimates import Estimate, wilson_limits
from reviewer.judgement.survival import group_rates
from reviewer.judgement.vanishing import Effect, EffectPair, EffectPairs, vanishing_of
from reviewer.workflow.ledger import LedgerRow
from reviewer.workflow.statistic_sections import Section, SectionKind

NO_AGENT = "no agent named"
NO_BLOCKER = "no blocker called"

Counts = Mapping[str, tuple[int, int]]
"""By group how many survived, and how many survived or failed."""


class SurvivedBy:
    """How many survived of each group, counted one by one."""

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def add(self, group: str, survived: bool) -> None:
        """Count one of a group."""
        self._found[group][0] += survived
        self._found[group][1] += 1

    @property
    def counts(self) -> Counts:
        """Return how many survived, and how many survived or failed, of each group, by name."""
        return {group: (self._found[group][0], self._found[group][1]) for group in sorted(self._found)}


def survived_by(groups: Iterable[tuple[str, bool]]) -> Counts:
    """Return how many survived of each group, given one by one with whether each did."""
    found = SurvivedBy()
    for group, survived in groups:
        found.add(group, survived)
    return found.counts


def survival_section(of: str, counts: Counts, *sentences: str, every: tuple[int, int] | None = None) -> Section:
    """Return the base rates by group, each beside the share as counted.

    Where a proposal is in several groups, ``every`` says how many survived, and how many survived or failed, of all.
    """
    rates, how = group_rates(counts), "share that survived"
    if not rates.groups:
        return Section(SectionKind.SURVIVAL, of, (Estimate("all, as counted", how, 0, "outcome", reason=rates.reason),))
    shrunken = rates.weight is not None
    method = "beta-binomial, taken towards all; posterior interval" if shrunken else rates.how
    survived, outcomes = every or (sum(pair[0] for pair in counts.values()), rates.outcomes)
    figures = [Estimate("all, as counted", how, outcomes, "outcome", survived / outcomes)]
    for one in rates.groups:
        figures.append(Estimate(one.group, method, one.outcomes, "outcome", one.rate, one.limits))
        figures.append(Estimate(f"{one.group}, as counted", how, one.outcomes, "outcome", one.raw))
    told = (f"The posterior interval: {rates.how}." if shrunken else "", rates.reason, rates.caution, *sentences)
    return Section(SectionKind.SURVIVAL, of, tuple(figures), tuple(filter(None, told)))


class GatheredOutcomes:
    """The outcomes of a ledger, counted; one by one no more is kept than effects in the lab and in production."""

    def __init__(self) -> None:
        self.by_agent = SurvivedBy()
        self.by_blocker = SurvivedBy()
        self.judged = [0, 0]
        """Of what somebody had held something of: how many survived, and how many survived or failed."""
        self.bit: Counter[str] = Counter()
        """How many failed by each constraint; by an empty one where nobody says."""
        self.unplaced = 0
        """Of how many effects nobody says in which setting they were measured."""
        self.effects: dict[tuple[str, Direction], EffectPairs] = defaultdict(EffectPairs)
        """By the metric and the way in which it is better."""

    def add(self, row: LedgerRow) -> None:
        """Count one."""
        self._add_effect(row)
        if Result(row.entry.result).score is None:
            return
        survived = row.entry.result == Result.SURVIVED
        self.by_agent.add(row.entry.agent or NO_AGENT, survived)
        if row.forecasts:
            self.judged[0] += survived
            self.judged[1] += 1
            for slug in {slug for held in row.forecasts for slug in held.blockers} or {NO_BLOCKER}:
                self.by_blocker.add(slug, survived)
        if not survived:
            self.bit[row.entry.constraint] += 1

    def _add_effect(self, row: LedgerRow) -> None:
        lab, production = row.stages.get(Setting.LAB), row.effect
        self.unplaced += row.entry.effect is not None and row.entry.setting is None
        if lab is not None and lab.gain is not None and production is not None:
            pair = EffectPair(Effect(*lab.gain), Effect(*production), row.entry.agent or NO_AGENT)
            self.effects[row.metric, row.direction].append(pair)


def outcome_sections(gathered: GatheredOutcomes, *, judgements: bool) -> Iterator[Section]:
    """Yield what is told of outcomes; ``judgements`` says whether there are any that the viewer may see."""
    yield survival_section("agent", gathered.by_agent.counts)
    if judgements:
        survived, judged = gathered.judged
        every = (survived, judged) if judged else None
        counts = gathered.by_blocker.counts
        yield survival_section("constraint called a blocker", counts, _MANY_BLOCKERS, every=every)
    yield _what_bit(gathered.bit)
    yield from _lab_against_production(gathered)


_MANY_BLOCKERS = (
    "A proposal counts once for each constraint that anybody had called a blocker of it before anything could be seen, "
    "and so often in that towards which the rates are taken."
)


def _what_bit(failed: Mapping[str, int]) -> Section:
    """Return how often each constraint is what a proposal failed by."""
    of, how = "failed proposal", "share of the failed of which a constraint is named; Wilson interval"
    bit = Counter({slug: many for slug, many in failed.items() if slug})
    n = bit.total()
    if not n:
        why = "Undefined: of no failed proposal it is said by which constraint."
        return Section(SectionKind.SURVIVAL, "constraint that bit", (Estimate("failed by", how, 0, of, reason=why),))
    figures = tuple(
        Estimate(f"failed by {slug}", how, n, of, many / n, wilson_limits(many / n, n))
        for slug, many in bit.most_common()
    )
    untold = failed.get("", 0)
    told = f"Left out: {counted(untold, 'failure')} of which nobody says by what." if untold else ""
    return Section(SectionKind.SURVIVAL, "constraint that bit", figures, (told,) if told else ())


def _lab_against_production(gathered: GatheredOutcomes) -> Iterator[Section]:
    pairs, unplaced = gathered.effects, gathered.unplaced
    left_out = (
        f"Left out: {counted(unplaced, 'effect')} of which nobody says in which setting it was measured."
        if unplaced
        else ""
    )
    for (metric, direction), of_metric in sorted(pairs.items()) or ((("", Direction.UNKNOWN), EffectPairs()),):
        found = vanishing_of(of_metric)
        figures = [found.correlation, found.change, found.slope]
        figures += [figure for one in found.groups for figure in (one.change, one.adjusted)]
        way = f"Of {metric} {direction} is better." if direction is not Direction.UNKNOWN else ""
        told = tuple(filter(None, (way, *found.warnings, found.groups_left_out, left_out)))
        yield Section(SectionKind.LAB_AGAINST_PRODUCTION, metric, tuple(figures), told, pairs=of_metric)
