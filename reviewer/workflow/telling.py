"""Telling afterwards what no file says: settings, the direction of metrics, a dataset's other names."""

from collections.abc import Mapping
from dataclasses import replace

from reviewer.domain.errors import UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.problems import Dataset, Problem, no_such_problem
from reviewer.domain.vocabulary import Direction
from reviewer.store.claims import refresh_claims
from reviewer.store.connection import Store
from reviewer.store.decisions import set_decision
from reviewer.store.news import note_telling
from reviewer.store.problems import (
    StoredProblem,
    list_problems,
    problem_by_id,
    rename_dataset,
    save_problem,
)
from reviewer.store.settings import set_settings
from reviewer.store.stated_directions import settle_directions
from reviewer.workflow.setting_rule import SettingRule


def choose_problem(store: Store, slug: str | None) -> StoredProblem:
    """Return the problem of that name, or the only one there is.

    Raises:
        UserError: when there is none of that name, or no name and more than one problem.
    """
    with store.read() as connection:
        problems = list_problems(connection)
    found = [p for p in problems if slug is None or p.problem.slug == slug]
    if len(found) == 1:
        return found[0]
    slugs = [p.problem.slug for p in problems]
    if slug is not None and not found:
        raise UserError(no_such_problem(slug, slugs))
    raise UserError(f"Name one problem by --problem; the store has {', '.join(slugs) or 'none'}.")


def tell(
    store: Store,
    stored: StoredProblem,
    *,
    settings: SettingRule,
    directions: Mapping[str, Direction],
    aliases: Mapping[str, str],
    primary_metric: str | None = None,
    primary_dataset: str | None = None,
    overwrite: bool = False,
    decision: float | None = None,
    clock: Clock = utc_now,
) -> int:
    """Write what the person told of a problem; return how many measurements have another setting or dataset now.

    ``aliases`` gives for another name of a dataset the one that it stands for; measurements under it are moved there.
    ``decision`` is the probability at which one would decide the other way.

    Raises:
        UserError: when a metric or dataset is named that the problem does not have.
        StoreError: when the store cannot be written.
    """
    problem = stored.problem
    metrics = {m.name for m in problem.metrics}
    datasets = {d.name for d in problem.datasets}
    for name in (*directions, *([primary_metric] if primary_metric else [])):
        if name not in metrics:
            raise UserError(f"{problem.slug} has no metric {name!r}; it has {', '.join(sorted(metrics)) or 'none'}.")
    for name in (*aliases.values(), *([primary_dataset] if primary_dataset else [])):
        if name not in datasets:
            raise UserError(f"{problem.slug} has no dataset {name!r}; it has {', '.join(sorted(datasets)) or 'none'}.")
    known = problem.dataset_names()
    for name in settings.by_dataset:
        if name not in known and name not in {a.casefold() for a in aliases}:
            raise UserError(f"{problem.slug} has no dataset {name!r}; it has {', '.join(sorted(datasets)) or 'none'}.")
    changed = 0
    with store.write() as connection:
        before = problem_by_id(connection, stored.id).problem
        for alias, name in aliases.items():
            changed += rename_dataset(connection, stored.id, alias, name)
        said = Problem(
            slug=problem.slug,
            title=problem.title,
            primary_metric=primary_metric,
            primary_dataset=primary_dataset,
            metrics=tuple(replace(problem.metric(n), direction=d) for n, d in directions.items()),
            datasets=tuple(Dataset(name, (alias,)) for alias, name in aliases.items()),
        )
        save_problem(connection, said, timestamp(clock()))
        settle_directions(connection, stored.id, directions)
        now = problem_by_id(connection, stored.id).problem
        changed += set_settings(connection, stored.id, settings.under(now).of, overwrite=overwrite)
        refresh_claims(connection, stored.id, now)
        if decision is not None:
            set_decision(connection, stored.id, decision, timestamp(clock()))
        if changed or now != before:
            note_telling(connection, stored.id)
    return changed
