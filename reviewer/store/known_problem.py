"""A problem while records of it are taken in: what each is held against, worked out once and not for every record."""

from dataclasses import replace

from reviewer.domain.problems import Dataset, Problem
from reviewer.domain.vocabulary import Setting
from reviewer.store.claims import claim_rule
from reviewer.store.settings import SettingFor


class KnownProblem:
    """A problem with its row id, and the datasets and metrics that records bring to it as they come.

    ``setting_for`` says which setting the person told for a dataset under its one name.
    """

    def __init__(self, problem_id: int, problem: Problem, setting_for: SettingFor) -> None:
        self.id = problem_id
        self.claims = claim_rule(problem)
        self.new_datasets: list[str] = []
        self.new_metrics: list[str] = []
        self._problem = problem
        self._setting_for = setting_for
        self._names = dict(problem.dataset_names())
        self._said: dict[str, str] = {}
        self._settings: dict[str, Setting] = {}
        self._metrics = {m.name for m in problem.metrics}

    def problem(self) -> Problem:
        """Return the problem with the datasets that records have brought."""
        return replace(self._problem, datasets=(*self._problem.datasets, *map(Dataset, self.new_datasets)))

    def dataset(self, said: str) -> str:
        """Return the one name of a dataset; one that is not known comes to be known by what it was called first."""
        name = self._said.get(said)
        if name is None:
            folded = said.casefold()
            if folded not in self._names:
                self._names[folded] = said
                self.new_datasets.append(said)
            name = self._said[said] = self._names[folded]
        return name

    def knows(self, said: str) -> str | None:
        """Return the one name of a dataset, or None where no such dataset is known."""
        return self._names.get(said.casefold())

    def metric(self, name: str) -> str:
        """Return the metric's name, which is known from then on."""
        if name not in self._metrics:
            self._metrics.add(name)
            self.new_metrics.append(name)
        return name

    def told(self, dataset: str) -> Setting:
        """Return the setting that the person told for a dataset under its one name; ``UNKNOWN`` for none."""
        setting = self._settings.get(dataset)
        if setting is None:
            setting = self._settings[dataset] = self._setting_for(dataset)
        return setting
