"""Checking what waits to be checked, batch by batch: after an import, in the open app, and where a command asks."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reviewer.domain.checks import CheckResult, CheckSettings
from reviewer.domain.methods import Method, Opinions
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks.case import Case, Namesake
from reviewer.evidence.checks.context import Context, at_least
from reviewer.evidence.checks.measured import rerun_distances
from reviewer.evidence.checks.registry import Checker, words_of
from reviewer.evidence.comparison import Key
from reviewer.evidence.units import as_measured
from reviewer.store import check_results, titles
from reviewer.store.check_results import Connection
from reviewer.store.connection import Store
from reviewer.store.imports import data_version
from reviewer.store.methods import method_by_id, methods_by_ids, methods_of_role
from reviewer.store.opinions import opinions_of, reruns, self_score_shares
from reviewer.store.problems import StoredProblem, counts, list_problems, problem_by_id
from reviewer.store.protocols import sees_evidence
from reviewer.workflow.earlier_titles import EarlierTitles

CHECKED_AT_ONCE = 400
"""Methods whose results are written in one transaction, which holds the write lock for some 25 ms."""

EVERYBODY = 0
"""The reviewer under whom the store counts what is nobody's own."""


Results = dict[int, Sequence[CheckResult]]
"""What is asked of methods, by their row ids."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A problem as its methods are held against it, and the stamp that stands for that and for the settings."""

    problem_id: int
    context: Context
    stamp: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What is asked of methods of one problem, by their row ids, and which earlier one some are asked about.

    ``later`` are others that may be asked about one of these from now on, and wait to be checked anew.
    """

    ground: Ground
    results: Results
    later: Sequence[int]
    earlier: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Methods to be checked, by their row ids as these rise, with the earlier ones of which some have the title.

    ``stamp`` is that of the ground that they are checked on.
    """

    problem_id: int
    stamp: str
    ids: Sequence[int]
    namesakes: Mapping[int, Namesake]


class Others(Protocol):
    """Other processes of ours, which check some of each batch."""

    def begin(self, batch: Batch) -> Sequence[int]:
        """Have them check their share; return the row ids of those that are left."""

    def end(self) -> Results | None:
        """Return what they found; None where they do not see the ground that the batch stands on."""


class Beside(Protocol):
    """What another process of ours writes while a batch is checked; it changes nothing of what is asked of methods."""

    def begin(self) -> None:
        """Let it write piece by piece."""

    def end(self) -> None:
        """Let it stop, and wait for the piece at which it is."""

    def written_by_others(self) -> int:
        """Return a number that changes when anybody else has written; not between ``begin`` and ``end``."""


Version = tuple[int, int]
"""Changes when another connection has written, or this one."""


def _version(connection: Connection) -> Version:
    return data_version(connection), connection.total_changes


class Checking:
    """Checks what waits in one store by one set of settings. Used by one thread at a time."""

    def __init__(self, store: Store, settings: CheckSettings | None = None) -> None:
        self._store = store
        self._settings = settings or CheckSettings()
        self._checker = Checker(self._settings)
        self._earlier = EarlierTitles(self._settings)
        self._grounds: Sequence[Ground] = ()
        self._version: Version | None = None
        self._at = 0
        """The ground that was worked on last, from where the next is looked for: there may be many problems."""

    def waiting(self) -> int:
        """Return how many methods of the store wait to be checked.

        Raises:
            StoreError: when the store cannot be read.
        """
        self._version = None
        return self.left()[0]

    def left(self) -> tuple[int, int]:
        """Return how many methods wait to be checked, and how many there are; two counts, by an index.

        Raises:
            StoreError: when the store cannot be read.
        """
        with self._store.read() as connection:
            grounds = self.grounds(connection)
            waiting = sum(check_results.count_waiting(connection, g.problem_id, g.stamp) for g in grounds)
            return waiting, check_results.count_checkable(connection)

    def check_some(self, limit: int | None = None, beside: Beside | None = None, others: Others | None = None) -> int:
        """Check one batch of what waits, of ``limit`` methods; return how many they were, 0 where none waits.

        They are checked before the write lock is taken, some of them by ``others``, while ``beside`` writes pieces of
        its own; only where somebody else has written meanwhile, once more under it.

        Raises:
            StoreError: when the store cannot be read or written.
        """
        before = 0 if beside is None else beside.written_by_others()
        with self._store.read() as connection:
            self.grounds(connection)
            version = _version(connection)
            if beside is not None:
                beside.begin()
            try:
                found = self._next(connection, limit or CHECKED_AT_ONCE, others)
            finally:
                if beside is not None:
                    beside.end()
        if found is None:
            return 0
        with self._store.write(durable=False) as connection:
            changed = _version(connection) != version if beside is None else beside.written_by_others() != before
            if changed:
                self._version = None
                found = self._next(connection, limit or CHECKED_AT_ONCE)
            if found is None:
                return 0
            ground = found.ground
            check_results.keep_results(connection, ground.problem_id, ground.stamp, found.results, found.earlier)
            titles.have_wait(connection, found.later)
            # What was written here changes nothing of what methods are held against.
            self._version = _version(connection)
        return len(found.results)

    def check_all(
        self,
        cancelled: Callable[[], bool] = lambda: False,
        beside: Beside | None = None,
        others: Others | None = None,
        progress: Callable[[int], object] = lambda done: None,
    ) -> int:
        """Check all that waits, batch by batch, until ``cancelled``; return how many methods that were.

        ``beside`` writes pieces of its own with each batch, of which ``others`` check some. ``progress`` is told after
        each how many were checked so far.

        Raises:
            StoreError: when the store cannot be read or written; what was checked before stays.
        """
        total = 0
        self._version = None
        while not cancelled() and (n := self.check_some(beside=beside, others=others)):
            total += n
            progress(total)
        return total

    def _next(self, connection: Connection, limit: int, others: Others | None = None) -> Checked | None:
        grounds = self.grounds(connection)
        for place in range(self._at, self._at + len(grounds)):
            ground = grounds[place % len(grounds)]
            ids = check_results.waiting(connection, ground.problem_id, ground.stamp, limit)
            if ids:
                self._at = place % len(grounds)
                return self._checked(connection, ground, ids, others)
        return None

    def _checked(self, connection: Connection, ground: Ground, ids: Sequence[int], others: Others | None) -> Checked:
        namesakes = self._earlier.of(connection, ground.problem_id, ids)

        def found(some: Sequence[int]) -> Results:
            return results_on(connection, self._checker, ground.context, some, namesakes)

        # Those that are no more have nothing that is asked of them.
        results: Results = dict.fromkeys(ids, ())
        own = ids if others is None else others.begin(Batch(ground.problem_id, ground.stamp, ids, namesakes))
        later = self._earlier.later(connection, ground.problem_id, ids)
        results |= found(own)
        if others is not None:
            theirs = others.end()
            results |= found(sorted({*ids} - {*own})) if theirs is None else theirs
        return Checked(ground, results, later, {method_id: of.id for method_id, of in namesakes.items()})

    def grounds(self, connection: Connection) -> Sequence[Ground]:
        """Return every problem as it is now; what nobody has changed is not read anew."""
        version = _version(connection)
        if version != self._version:
            self._earlier.forget()
            self._grounds = [ground_of(connection, stored, self._settings) for stored in list_problems(connection)]
            self._version = version
        return self._grounds


def results_on(
    connection: Connection,
    checker: Checker,
    context: Context,
    ids: Sequence[int],
    namesakes: Mapping[int, Namesake],
) -> Results:
    """Return what a checker asks of methods of one problem.

    Raises:
        sqlite3.Error: when the store cannot be read.
    """
    opinions = opinions_of(connection, ids)
    return {
        m.id: checker.check(Case(m, context, namesakes.get(m.id), opinions.get(m.id, Opinions())))
        for m in methods_by_ids(connection, ids)
    }


def _distances(connection: Connection, problem_id: int, problem: Problem) -> Mapping[tuple[str, Key], float]:
    pairs = reruns(connection, problem_id)
    found = {m.id: m for m in methods_by_ids(connection, sorted({i for pair in pairs for i in pair}))} if pairs else {}
    known = ((found[again], found[of]) for again, of in pairs if again in found and of in found)
    return rerun_distances(known, problem)


def ground_of(connection: Connection, stored: StoredProblem, settings: CheckSettings) -> Ground:
    """Return a problem as its methods are held against it by these settings.

    Raises:
        sqlite3.Error: when the store cannot be read.
    """
    baselines = methods_of_role(connection, stored.id, Role.BASELINE)
    references = methods_of_role(connection, stored.id, Role.REFERENCE)
    problem = as_measured(stored.problem, baselines, references)
    n = counts(connection, stored.id, EVERYBODY)
    # Which of them are sightings is found out afterwards, and is to change nothing of what was asked.
    proposals = at_least(n.proposals + n.sightings)
    shared = problem.slug in settings.shared_seeds
    distances, scores = _distances(connection, stored.id, problem), self_score_shares(connection, stored.id)
    rounded = {key: [(share, at_least(n)) for share, n in given] for key, given in scores.items()}
    said = hashlib.sha256(words_of(settings).encode())
    for part in (
        (problem.primary_metric, problem.primary_dataset, problem.metrics, proposals, shared),
        *sorted(distances.items()),
        *rounded.items(),
        *((m.id, m.title, m.bound, m.measurements) for m in (*baselines, *references)),
    ):
        said.update(repr(part).encode("utf-8", "surrogatepass"))
    context = Context(
        problem, baselines, references, proposals=proposals, shared_seeds=shared, rerun_distances=distances,
        self_scores=scores,
    )  # fmt: skip
    return Ground(stored.id, context, said.hexdigest())


def questions_now(
    connection: Connection, method: Method, settings: CheckSettings, viewer_id: int | None = None
) -> tuple[CheckResult, ...]:
    """Return what the checks ask of a method as it is now, by these settings, whether or not it waits for them.

    What names another proposal that is sealed for the viewer is left out; all is told where ``viewer_id`` is None.

    Raises:
        sqlite3.Error: when the store cannot be read.
    """
    ground = ground_of(connection, problem_by_id(connection, method.problem_id), settings)
    earlier = EarlierTitles(settings).of(connection, method.problem_id, [method.id]).get(method.id)
    if earlier is not None and viewer_id is not None and not sees_evidence(connection, earlier.id, viewer_id):
        earlier = None
    opinions = opinions_of(connection, [method.id]).get(method.id, Opinions())
    return Checker(settings).check(Case(method, ground.context, earlier, opinions))


def results_of(store: Store, method_id: int) -> tuple[CheckResult, ...]:
    """Return what the checks ask of a method, the most pressing level first; nothing where it still waits for them.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return check_results.results_of(connection, method_by_id(connection, method_id).problem_id, method_id, None)
