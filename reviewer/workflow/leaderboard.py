"""The leaderboard of a problem: on what its methods can be put in order, and their order on one of these."""

from collections.abc import Callable, Collection, Iterator, Sequence

from reviewer.domain.errors import UserError
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Role, Setting
from reviewer.evidence.baselines import Ground
from reviewer.evidence.contenders import Contender
from reviewer.evidence.derived import Derivation
from reviewer.evidence.leaderboard import Leaderboard
from reviewer.evidence.metrics import beneath
from reviewer.evidence.ranking import build_leaderboard
from reviewer.evidence.units import as_measured
from reviewer.store.connection import Store
from reviewer.store.measured import MeasuredGround, measured_grounds, measured_methods
from reviewer.store.methods import methods_of_role
from reviewer.store.problems import StoredProblem, counts

EVERYBODY = 0
"""The reviewer under whom the store counts what is nobody's own."""


class UnwantedError(Exception):
    """Nobody waits for the table any longer."""


def grounds(store: Store, stored: StoredProblem) -> tuple[MeasuredGround, ...]:
    """Return on what the methods of a problem can be put in order, the primary metric and dataset first.

    Lab comes before held-out, pilot, production and unknown; what only references have a value of is left out.
    """
    with store.read() as connection:
        baselines, references = (methods_of_role(connection, stored.id, r) for r in (Role.BASELINE, Role.REFERENCE))
        stated = measured_grounds(connection, stored.id)
    found = _with_derived(stated, Derivation(as_measured(stored.problem, baselines, references), references))
    problem = stored.problem
    metrics, datasets = [m.name for m in problem.metrics], [d.name for d in problem.datasets]
    settings = list(Setting)

    def place(g: MeasuredGround) -> tuple[bool, int, str, bool, int, str, int, int, str]:
        return (
            g.metric != problem.primary_metric,
            metrics.index(g.metric) if g.metric in metrics else len(metrics),
            g.metric,
            g.dataset != problem.primary_dataset,
            datasets.index(g.dataset) if g.dataset in datasets else len(datasets),
            g.dataset,
            settings.index(g.setting),
            -g.proposals,
            g.split,
        )

    return tuple(sorted((g for g in found if g.proposals or g.baselines), key=place))


def _with_derived(stated: Sequence[MeasuredGround], derivation: Derivation) -> Sequence[MeasuredGround]:
    """Return the grounds with those on which nobody states a share of a gap although its parts are there."""
    found = {(g.metric, g.dataset, g.setting, g.split): g for g in stated}
    for metric, base in derivation.pairs():
        for beneath_it in (g for g in stated if g.metric == base):
            key = metric, beneath_it.dataset, beneath_it.setting, beneath_it.split
            if derivation.has_gap(key):
                held = found.get(key, beneath_it)
                n = max(held.proposals, beneath_it.proposals), max(held.baselines, beneath_it.baselines)
                found[key] = MeasuredGround(*key, *n)
    return tuple(found.values())


def choose_ground(
    problem: Problem,
    found: Sequence[MeasuredGround],
    *,
    metric: str | None = None,
    dataset: str | None = None,
    setting: Setting | None = None,
    split: str | None = None,
) -> Ground:
    """Return the first ground that is as asked; one on which proposals have values goes before one without any.

    Raises:
        UserError: when there is none; it says what there is.
    """
    if not found:
        raise UserError(f"No method of {problem.slug} has measured anything yet; `reviewer import PATH` takes some in.")
    named = {name.casefold(): m.name for m in reversed(problem.metrics) for name in (m.title or m.name, m.name)}
    if metric is not None and metric not in {g.metric for g in found}:
        metric = named.get(metric.casefold(), metric)
    dataset = None if dataset is None else problem.dataset_names().get(dataset.casefold(), dataset)
    left = found
    for what, wanted in (("metric", metric), ("dataset", dataset), ("setting", setting), ("split", split)):
        if wanted is None:
            continue
        there = tuple(dict.fromkeys(getattr(g, what) for g in left))
        left = [g for g in left if getattr(g, what) == wanted]
        if not left:
            names = ", ".join(str(name) or "the one without a name" for name in there)
            raise UserError(f"Nothing was measured for the {what} {str(wanted)!r} there; what there is: {names}.")
    best = next((g for g in left if g.proposals), left[0])
    return as_ground(best)


def as_ground(measured: MeasuredGround) -> Ground:
    """Return what methods are compared on there."""
    return Ground(measured.metric, measured.dataset, measured.setting, measured.split)


def read_leaderboard(
    store: Store,
    stored: StoredProblem,
    ground: Ground,
    is_wanted: Callable[[], bool] = lambda: True,
    *,
    shared_seeds: Collection[str] = (),
    told: Callable[[int, int], object] = lambda _read, _of: None,
) -> Leaderboard:
    """Return the table of a problem's methods on a ground, read page by page; for a worker, since it may take seconds.

    ``shared_seeds`` are the problems in which runs of one seed number share that seed's artefacts. ``told`` hears after
    each page how many methods are read, and of how many.

    Raises:
        UnwantedError: when ``is_wanted`` says so between two pages.
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        held = counts(connection, stored.id, EVERYBODY)
        held_against = [methods_of_role(connection, stored.id, role) for role in (Role.BASELINE, Role.REFERENCE)]
    problem = as_measured(stored.problem, *held_against)
    metric = problem.metric_at(ground.metric, ground.dataset, ground.setting, ground.split)
    name = beneath(metric)
    of = held.proposals + held.baselines + held.references
    contenders = _contenders(store, stored.id, ground, name, is_wanted, lambda read: told(min(read, of), of))
    shared = stored.problem.slug in shared_seeds
    base = problem.metric_at(name, ground.dataset, ground.setting, ground.split) if name else None
    return build_leaderboard(contenders, ground, metric, base=base, shared_seeds=shared)


def _contenders(
    store: Store,
    problem_id: int,
    ground: Ground,
    base: str | None,
    is_wanted: Callable[[], bool],
    told: Callable[[int], object],
) -> Iterator[Contender]:
    read = 0
    for role in Role:
        after = 0
        while True:
            if not is_wanted():
                raise UnwantedError
            with store.read() as connection:
                page = measured_methods(connection, problem_id, role, ground.metric, ground.dataset, after=after)
                under = () if base is None else measured_methods(
                    connection, problem_id, role, base, ground.dataset, after=after
                )  # fmt: skip
            if not page:
                break
            more = {m.method_id: m.measurements for m in under}
            for m in page:
                yield Contender(
                    m.method_id,
                    m.uuid,
                    m.title,
                    m.role,
                    m.bound,
                    m.measurements,
                    more.get(m.method_id, ()),
                    m.origin,
                    m.namespace,
                    m.external_id,
                )
            after = page[-1].method_id
            read += len(page)
            told(read)
