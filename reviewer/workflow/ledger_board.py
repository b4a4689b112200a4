"""The ledger of a problem in order by what was lost on the way, with what may be said of lab against production."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reviewer.domain.vocabulary import Direction, Setting
from reviewer.evidence.leaderboard import Scale
from reviewer.judgement.vanishing import Effect, EffectPair, Vanishing, vanishing_of
from reviewer.store.connection import Store
from reviewer.store.ledger import count_ledger
from reviewer.store.protocols import any_sealed
from reviewer.workflow.leaderboard import UnwantedError
from reviewer.workflow.ledger import LedgerRow, ledger, measured_only

_TOLD_EVERY = 20
_ROOM = 0.05
"""So much of the scale is left free at either end."""


@dataclass(frozen=True, slots=True)
class Point:
    """A proposal on the plot: its place among the rows, and its gains in the lab and in production."""

    place: int
    pair: EffectPair


@dataclass(frozen=True, slots=True)
class LedgerBoard:
    """The rows in order, those of ``metric`` first, of which alone are the points and the figures.

    What was lost of one metric says nothing beside what was lost of another, which has another unit.
    """

    rows: tuple[LedgerRow, ...]
    metric: str
    direction: Direction
    metrics: tuple[str, ...]
    """The metrics of the rows, those with the most points first."""
    points: tuple[Point, ...]
    scale: Scale | None
    """Of lab and production alike, so that what kept its gain stands on one line; None where there is no point."""
    vanishing: Vanishing
    elsewhere: int
    """How many proposals have both gains, of another metric."""


def read_rows(
    store: Store,
    problem_id: int,
    viewer_id: int,
    is_wanted: Callable[[], bool] = lambda: True,
    told: Callable[[int, int], object] = lambda _read, _of: None,
) -> tuple[LedgerRow, ...]:
    """Return every proposal of a problem with an outcome or a measurement in production, as one viewer may see it.

    It may take seconds. ``told`` hears how many are read, and of how many.

    Raises:
        UnwantedError: when ``is_wanted`` says so meanwhile.
        StoreError: when the store cannot be read.
    """
    rows: list[LedgerRow] = []
    with store.read() as connection:
        # How many there are of what is sealed would tell something of it.
        of = 0 if any_sealed(connection, problem_id, viewer_id) else count_ledger(connection, problem_id)
        for stream in (ledger, measured_only):
            for row in stream(connection, problem_id, viewer_id):
                rows.append(row)
                if len(rows) % _TOLD_EVERY == 0:
                    told(len(rows), max(of, len(rows)))
                    if not is_wanted():
                        raise UnwantedError
    return tuple(rows)


def board_of(rows: Sequence[LedgerRow], metric: str | None = None) -> LedgerBoard:
    """Return the rows in order, what lost most first; ``metric`` comes first, else the one that has the most points.

    Loads scipy the first time.
    """
    both = Counter(row.metric for row in rows if _pair(row) is not None)
    alone = Counter(row.metric for row in rows)
    metrics = tuple(sorted(alone, key=lambda name: (-both[name], -alone[name], name)))
    chosen = metric if metric is not None and metric in alone else next(iter(metrics), "")
    rank = {name: (name != chosen, place) for place, name in enumerate(metrics)}

    def key(row: LedgerRow) -> tuple[tuple[bool, int], bool, float]:
        return rank[row.metric], row.lost is None, -row.lost.value if row.lost else 0.0

    ordered = tuple(sorted(rows, key=key))
    points = tuple(
        Point(place, pair)
        for place, row in enumerate(ordered)
        if row.metric == chosen and (pair := _pair(row)) is not None
    )
    return LedgerBoard(
        ordered,
        chosen,
        next((row.direction for row in ordered if row.metric == chosen), Direction.UNKNOWN),
        metrics,
        points,
        _scale([point.pair for point in points]),
        vanishing_of([point.pair for point in points]),
        both.total() - both[chosen],
    )


def _pair(row: LedgerRow) -> EffectPair | None:
    lab, end = row.gain(Setting.LAB), row.effect
    if lab is None or end is None:
        return None
    stage = row.stages.get(Setting.PRODUCTION)
    runs = stage.n if stage is not None and row.entry.effect is None else None
    return EffectPair(Effect(*lab, row.stages[Setting.LAB].n), Effect(*end, runs), row.entry.agent)


def _scale(pairs: Sequence[EffectPair]) -> Scale | None:
    """Return the scale of all values, and of the intervals as far as these are no longer than the values lie apart."""
    effects = [effect for pair in pairs for effect in (pair.lab, pair.production)]
    if not effects:
        return None
    low, high = min(0.0, *(e.value for e in effects)), max(0.0, *(e.value for e in effects))
    apart = high - low or 1.0
    ends = [end for e in effects for end in e.limits or ()]
    low = min(low, max(min(ends, default=low), low - apart))
    high = max(high, min(max(ends, default=high), high + apart))
    room = _ROOM * (high - low or 1.0)
    return Scale(low - room, high + room)
