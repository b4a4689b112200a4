"""What an import would come to, without writing anything: each record is held against the store and those before it."""

from collections.abc import Callable
from dataclasses import replace

from reviewer.domain.methods import Remark
from reviewer.domain.problems import Dataset, Problem
from reviewer.domain.vocabulary import Direction
from reviewer.store import foreseeing, recording
from reviewer.store.known_problem import KnownProblem
from reviewer.store.met_elsewhere import FilesNamed
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
        self._seen: dict[int, str] = {}
        """What each record said last, by the hash of what it is known by."""
        self._met: dict[int, int] = {}
        """In which file a content of a method was read first, by the hash of the content; files by their numbers."""
        self._met_further: set[int] = set()
        """Hashes of contents with each further file."""
        self._numbers: dict[str, int] = {}
        self._files: dict[str, FilesNamed] = {}
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
        files = self._files.get(path) or self._files.setdefault(path, FilesNamed(connection, path))
        outcome = foreseeing.foresee_method(connection, known, record, files)
        elsewhere = self._is_elsewhere((*place, record.content_hash), files.lies(record.provenance[0]), outcome)
        outcome = replace(outcome, elsewhere=elsewhere)
        return outcome if again is None else replace(outcome, change=again, settings_told=0)

    def _is_elsewhere(self, content: tuple[str, ...], path: str, outcome: Recorded) -> bool:
        """Return whether a content would be met in a file as in another one, be that in the store or read before."""
        says, file = hash(content), self._numbers.setdefault(path, len(self._numbers))
        first = self._met.get(says)
        if first is None:
            self._met[says] = file
        further = hash((says, file))
        if first == file or further in self._met_further:
            return False
        if first is not None:
            self._met_further.add(further)
        return outcome.elsewhere if outcome.revision_id is not None else first is not None

    def _know(self, problem_id: int, problem: Problem) -> None:
        self._problems[problem.slug] = KnownProblem(problem_id, problem, self._settings_under(problem))

    def _again(self, place: tuple[str, ...], digest: str) -> Change | None:
        """Return what a record changes that came before in the same files, None where it is the first."""
        known_as = hash(place)
        before = self._seen.get(known_as)
        self._seen[known_as] = digest
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
