"""Which proposals of a store say the same, to the letter or nearly, as a viewer may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain.alike import NEAR, Sighting
from reviewer.domain.errors import UserError
from reviewer.domain.problems import no_such_problem
from reviewer.evidence.alike import groups
from reviewer.store import alike
from reviewer.store.alike import Connection
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.store.sketches import count_ungrouped


@dataclass(frozen=True, slots=True)
class Named:
    """A proposal by its UUID, with where it was met, itself first.

    Of what is sealed that is not told, nor how often it was met, since it was so with the same numbers; ``title`` is
    covered as far as it is sealed.
    """

    id: str
    title: str
    times_met: int | None
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """One that stands in a group, and how alike it is to the head, 0 to 100; the head itself is the first one."""

    proposal: Named
    measure: float
    other_content: bool
    """Whether the words are the same, and numbers, claims or marks are not; not told of what is sealed."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What there is of a problem: proposals that were met several times, and groups of those nearly alike.

    Of the ``sealed`` ones the words alone are compared, so that none of them is among the ``exact``. ``compared`` are
    the baselines and references that were met in several places; those are sealed for nobody.
    """

    problem: str
    exact: tuple[Named, ...]
    near: tuple[tuple[Near, ...], ...]
    compared: tuple[Named, ...]
    sealed: int


def duplicates_of(
    store: Store, near: float = NEAR, problem: str | None = None, viewer_id: int | None = None
) -> tuple[Duplicates, ...]:
    """Return what says the same, of one problem or of all, with groups of what is ``near`` or nearer, of 100.

    What is sealed for the viewer tells nothing of where it comes from, nor of its numbers: also not that they are the
    same as others. All is told where ``viewer_id`` is None.

    Raises:
        UserError: when there is no such problem.
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        every = list_problems(connection)
        found = [stored for stored in every if problem in (None, stored.problem.slug)]
        if problem is not None and not found:
            raise UserError(no_such_problem(problem, [stored.problem.slug for stored in every]))
        return tuple(_of_problem(connection, stored, near, viewer_id) for stored in found)


def waiting(store: Store) -> int:
    """Return how many methods were not held against the others yet.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return count_ungrouped(connection)


def _of_problem(connection: Connection, stored: StoredProblem, near: float, viewer_id: int | None) -> Duplicates:
    met = alike.sightings_by_first(connection, stored.id)
    pairs = {pair: how for pair, how in alike.all_pairs(connection, stored.id).items() if how >= near}
    prints = alike.fingerprints_of(connection, {i for pair in pairs for i in pair})
    made = groups(pairs, prints, near)
    ids = {*met, *(i for group in made for i in (group.head, *group.others))}
    titles = alike.titles_shown(connection, stored.id, ids, viewer_id)
    named = {i: _named(connection, titles[i], met.get(i) or alike.sightings_of(connection, i)) for i in sorted(ids)}
    seen = {i for i in ids if titles[i].sees_evidence}
    return Duplicates(
        stored.problem.slug,
        tuple(named[i] for i in sorted(met) if i in seen),
        tuple(_members(group.head, group.others, named, prints, seen) for group in sorted(made, key=lambda g: g.head)),
        tuple(
            Named(places[0].uuid, title, len(places), places)
            for title, places in alike.places_of_compared(connection, stored.id)
        ),
        0 if viewer_id is None else alike.count_sealed(connection, stored.id, viewer_id),
    )


def _named(connection: Connection, shown: alike.TitleShown, sightings: Sequence[Sighting]) -> Named:
    if not shown.sees_evidence:
        return Named(sightings[0].uuid, shown.title, None, ())
    return Named(sightings[0].uuid, shown.title, len(sightings), tuple(sightings))


def _members(
    head: int, others: Mapping[int, float], named: Mapping[int, Named], prints: Mapping[int, bytes], seen: set[int]
) -> tuple[Near, ...]:
    return (
        Near(named[head], 100.0, other_content=False),
        *(
            Near(named[i], how, other_content=how == 100 and {i, head} <= seen and prints[i] != prints[head])
            for i, how in sorted(others.items(), key=lambda other: (-other[1], other[0]))
        ),
    )
