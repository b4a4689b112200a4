"""What an import would come to, without writing anything: each record is held against the store and those before it."""

from collections.abc import Callable
from dataclasses import replace

from reviewer.domain.methods import MethodRecord, Remark
from reviewer.domain.problems import Dataset, Problem
from reviewer.domain.vocabulary import Setting
from reviewer.store import foreseeing, recording
from reviewer.store.problems import problem_by_slug


class Foresight:
    """What the store would hold after the records so far, as far as the next one's outcome hangs on it."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], str] = {}
        self._problems: dict[str, tuple[int, Problem]] = {}

    def problem(self, connection: recording.Connection, slug: str) -> Problem:
        """Return a problem with the datasets that it would have by now."""
        return self._problem(connection, slug)[1]

    def describe(self, connection: recording.Connection, said: Problem) -> None:
        """Hear what a file says of a problem."""
        problem_id, known = self._problem(connection, said.slug)
        self._problems[said.slug] = (problem_id, replace(known, datasets=_joined(known, said)))

    def remark(self, connection: recording.Connection, remark: Remark) -> recording.Change:
        """Return what recording the remark would change."""
        problem_id, _ = self._problem(connection, remark.problem)
        place = (remark.problem, remark.namespace, remark.external_id)
        again = self._again(place, recording.remark_hash(remark))
        return again or foreseeing.change_of_remark(connection, problem_id, remark)

    def method(
        self, connection: recording.Connection, record: MethodRecord, setting_for: Callable[[str], Setting]
    ) -> recording.Recorded:
        """Return what recording the method would come to."""
        problem_id, problem = self._problem(connection, record.problem)
        place = (record.problem, record.namespace, record.external_id, record.part)
        again = self._again(place, record.revision_hash())
        added = (*problem.datasets, *unknown_datasets(record, problem))
        self._problems[record.problem] = (problem_id, replace(problem, datasets=added))
        names = replace(problem, datasets=added).dataset_names()
        named = replace(
            record, measurements=tuple(replace(m, dataset=names[m.dataset.casefold()]) for m in record.measurements)
        )
        outcome = foreseeing.foresee_method(
            connection,
            problem_id,
            named,
            digest=record.revision_hash(),
            setting_for=lambda name: setting_for(names.get(name.casefold(), name)),
        )
        return outcome if again is None else replace(outcome, change=again, settings_told=0)

    def _problem(self, connection: recording.Connection, slug: str) -> tuple[int, Problem]:
        if slug not in self._problems:
            stored = problem_by_slug(connection, slug)
            # No row has the id 0, so nothing is known of a problem that the store does not have.
            self._problems[slug] = (stored.id, stored.problem) if stored else (0, Problem(slug))
        return self._problems[slug]

    def _again(self, place: tuple[str, ...], digest: str) -> recording.Change | None:
        """Return what a record changes that came before in the same files, None where it is the first."""
        before = self._seen.get(place)
        self._seen[place] = digest
        if before is None:
            return None
        return "unchanged" if before == digest else "changed"


def unknown_datasets(record: MethodRecord, problem: Problem) -> tuple[Dataset, ...]:
    """Return the datasets of a record that its problem does not have yet, each once whatever its letters' case."""
    names = problem.dataset_names()
    first: dict[str, str] = {}
    for m in record.measurements:
        if m.dataset.casefold() not in names:
            first.setdefault(m.dataset.casefold(), m.dataset)
    return tuple(Dataset(name) for name in first.values())


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
