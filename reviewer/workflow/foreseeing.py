"""What an import would come to, without writing anything: each record is held against the store and those before it."""

import sys
from collections.abc import Callable
from dataclasses import replace

from reviewer.domain.methods import Remark
from reviewer.domain.problems import Dataset, Problem
from reviewer.domain.vocabulary import Direction
from reviewer.domain.whereabouts import whereabouts
from reviewer.store import foreseeing, recording
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import PreparedMethod
from reviewer.store.problems import problem_by_slug
from reviewer.store.recorded import Change, Recorded
from reviewer.store.settings import SettingFor


class Foresight:
    """What the store would hold after the records so far, as far as the next one's outcome hangs on it.

    ``settings_under`` gives, for a problem, the settings that the person told of its datasets.
    """

    def __init__(self, settings_under: Callable[[Problem], SettingFor]) -> None:
        self._settings_under = settings_under
        self._seen: dict[tuple[str, ...], str] = {}
        self._met: dict[tuple[str, ...], set[str]] = {}
        """In which files a content of a method was read."""
        self._problems: dict[str, KnownProblem] = {}

    def problem(self, connection: recording.Connection, slug: str) -> KnownProblem:
        """Return a problem with the datasets that it would have by now."""
        if slug not in self._problems:
            stored = problem_by_slug(connection, slug)
            # No row has the id 0, so nothing is known of a problem that the store does not have.
            self._know(*((stored.id, stored.problem) if stored else (0, Problem(slug))))
        return self._problems[slug]

    def describe(self, connection: recording.Connection, said: Problem) -> None:
        """Hear what a file says of a problem."""
        known = self.problem(connection, said.slug)
        problem = known.problem()
        metrics = {m.name: m for m in problem.metrics}
        for m in said.metrics:
            if m.name not in metrics or (said.authoritative and m.direction is not Direction.UNKNOWN):
                metrics[m.name] = m
        self._know(known.id, replace(problem, datasets=_joined(problem, said), metrics=tuple(metrics.values())))

    def remark(self, connection: recording.Connection, remark: Remark) -> Change:
        """Return what recording the remark would change."""
        known = self.problem(connection, remark.problem)
        place = (remark.problem, remark.namespace, remark.external_id)
        again = self._again(place, remark.revision_hash())
        return again or foreseeing.change_of_remark(connection, known.id, remark)

    def method(self, connection: recording.Connection, record: PreparedMethod, path: str) -> Recorded:
        """Return what recording the method would come to, in an import that is known by ``path``."""
        known = self.problem(connection, record.problem)
        place = (record.problem, record.namespace, record.external_id, record.part)
        again = self._again(place, record.content_hash)
        outcome = foreseeing.foresee_method(connection, known, record, path)
        elsewhere = self._is_elsewhere((*place, record.content_hash), whereabouts(record.provenance[0], path), outcome)
        outcome = replace(outcome, elsewhere=elsewhere)
        return outcome if again is None else replace(outcome, change=again, settings_told=0)

    def _is_elsewhere(self, content: tuple[str, ...], path: str, outcome: Recorded) -> bool:
        """Return whether a content would be met in a file as in another one, be that in the store or read before."""
        before = self._met.setdefault(content, set())
        new = outcome.elsewhere if outcome.revision_id is not None else bool(before)
        elsewhere = new and path not in before
        before.add(sys.intern(path))
        return elsewhere

    def _know(self, problem_id: int, problem: Problem) -> None:
        self._problems[problem.slug] = KnownProblem(problem_id, problem, self._settings_under(problem))

    def _again(self, place: tuple[str, ...], digest: str) -> Change | None:
        """Return what a record changes that came before in the same files, None where it is the first."""
        before = self._seen.get(place)
        self._seen[place] = digest
        if before is None:
            return None
        return "unchanged" if before == digest else "changed"


def _joined(known: Problem, said: Problem) -> tuple[Dataset, ...]:
    """Return the datasets of a problem with those that a file describes; a known one that is an alias now is gone."""
    names = known.dataset_names()
    datasets = {d.name: d for d in known.datasets}
    own = {d.name.casefold() for d in said.datasets}
    for d in said.datasets:
        name = names.get(d.name.casefold(), d.name)
        held = datasets.get(name, Dataset(name))
        for alias in d.aliases:
            if alias.casefold() not in own:
                datasets.pop(names.get(alias.casefold(), alias), None)
        datasets[name] = replace(held, aliases=(*held.aliases, *d.aliases))
    return tuple(datasets.values())
