"""Whether Claude's critique helps, as far as a viewer may see it: what changed after it, their own first, then all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.domain.counted import counted
from reviewer.domain.outcomes import HeldForecast
from reviewer.judgement.critique_effects import CritiquedPair, OfferedForecast, effect_figures, offer_figures
from reviewer.judgement.resolved import Resolved
from reviewer.store.annotations import Connection
from reviewer.store.critic_settings import OfferSet
from reviewer.store.critiqued import Critiqued, count_verdicts, stream_critiqued
from reviewer.store.ledger import LedgerEntry
from reviewer.workflow.ledger import LedgerRow
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer


@dataclass(frozen=True, slots=True)
class AfterCritiques:
    """What a viewer may see of judgements that a critique came before or between, without their texts.

    ``first_given`` counts those of which a verdict or a forecast was first given after one, ``changed`` those of which
    either is another one now than before it.
    """

    pairs: tuple[CritiquedPair, ...] = ()
    late: tuple[str, ...] = ()
    """By whom those are of which something of the outcome could be seen before the critique: they are only counted."""
    first_given: int = 0
    changed: int = 0


def after_critiques(connection: Connection, problem_id: int, viewer: Viewer) -> AfterCritiques:
    """Return them, read once for all that is told of them."""
    pairs: list[CritiquedPair] = []
    late: list[str] = []
    first = changed = 0
    for each in stream_critiqued(connection, problem_id, viewer.sees_of):
        pair = _pair(each)
        held = (pair.verdict_before, pair.verdict_after), (pair.before, pair.after)
        first += any(before is None and after is not None for before, after in held)
        changed += any(before is not None and before != after for before, after in held)
        if each.is_late:
            late.append(each.reviewer)
        else:
            pairs.append(pair)
    return AfterCritiques(tuple(pairs), tuple(late), first, changed)


def _pair(each: Critiqued) -> CritiquedPair:
    score = None if each.result is None else each.result.score
    return CritiquedPair(
        each.method_id,
        each.reviewer,
        each.before.forecast,
        each.after.forecast,
        each.before.verdict,
        each.after.verdict,
        None if score is None else score == 1,
        each.useful,
        each.not_useful,
    )


def critique_sections(
    connection: Connection, problem_id: int, viewer: Viewer, found: AfterCritiques, arms: "OfferArms"
) -> Iterator[Section]:
    """Yield what changed after critiques; nothing where nobody had one, and no share is judged without the offer."""
    if not found.pairs and not found.late and not arms.is_drawn:
        return
    judged = count_verdicts(connection, problem_id, viewer.sees_of)
    names = {pair.reviewer for pair in found.pairs} | set(found.late)
    if viewer.name in names:
        yield _section(viewer.name, found, judged.get(viewer.name, 0), arms)
    yield _section("", found, sum(judged.values()), arms)


def _section(of: str, found: AfterCritiques, judged: int, arms: "OfferArms") -> Section:
    figures = list(effect_figures([pair for pair in found.pairs if of in ("", pair.reviewer)], judged))
    told = []
    if late := sum(of in ("", name) for name in found.late):
        told.append(f"Left out: {counted(late, 'judgement')} for which something of the outcome could be seen before.")
    if arms.is_drawn:
        compared = [each for each in arms.forecasts if of in ("", each.resolved.reviewer)]
        figures += offer_figures(compared)
        told.append(_BY_CHANCE)
        if undrawn := sum(of in ("", name) for name in arms.undrawn):
            told.append(f"{_NOT_DRAWN} {counted(undrawn, 'forecast')}.")
    return Section(SectionKind.CRITIQUES, of, tuple(figures), tuple(told))


_BY_CHANCE = (
    "Chance drew which proposals are judged without the offer, so that what differs between both is by the offer or by "
    "chance; what was held in the end is scored, whether or not Claude was asked."
)
_NOT_DRAWN = (
    "Not compared, since they were given before the share without the offer was drawn or their proposal changed sides:"
)


class OfferArms:
    """Forecasts as they were held in the end, on either side of the draw, and by whom those are that are on none.

    Where no share was ever set there are no sides, and nothing is gathered.
    """

    def __init__(self, history: Sequence[OfferSet]) -> None:
        self._history = history
        self.is_drawn = any(said.offer.without_share for said in history)
        self.forecasts: list[OfferedForecast] = []
        self.undrawn: list[str] = []

    def add(self, row: LedgerRow) -> None:
        """Take in what was forecast of one outcome."""
        if not self.is_drawn:
            return
        for held in row.forecasts:
            forecast = held.forecast if held.after_critique is None else held.after_critique
            if forecast is None or held.result.score is None:
                continue
            offered = _offered(self._history, row.entry, held)
            if offered is None:
                self.undrawn.append(held.reviewer)
                continue
            resolved = Resolved(held.method_id, held.reviewer, forecast, held.result.score == 1)
            self.forecasts.append(OfferedForecast(resolved, offered))


def _offered(history: Sequence[OfferSet], entry: LedgerEntry, held: HeldForecast) -> bool | None:
    """Return whether chance put a proposal among those with the offer, all the time from when it was forecast on.

    None where no share was set meanwhile, or its place changed: nobody drew then what it was judged with.
    """
    # What few statistics need: it asks for the critic as a whole.
    from reviewer.workflow.critiquing import is_without, named

    began = min(filter(None, (held.forecast_at, held.critique_from)), default=held.seen_from)
    before = [said.offer for said in history if said.set_at <= began]
    meanwhile = [said.offer for said in history if began < said.set_at < held.seen_from]
    if not before or not all(offer.without_share for offer in (before[-1], *meanwhile)):
        return None
    proposal = named(entry)
    sides = {not is_without(proposal, offer.seed, offer.without_share) for offer in (before[-1], *meanwhile)}
    return sides.pop() if len(sides) == 1 else None
