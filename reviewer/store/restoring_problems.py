"""Putting back what people told of a problem: what counts first in it, directions, names, settings, the target.

Whatever the store has stays as it is; where that is something else, it is told.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain.problems import Dataset, Metric, Problem
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.store.acts import Record
from reviewer.store.decisions import said_decision, settle_decision
from reviewer.store.merging_targets import take_targets
from reviewer.store.problems import problem_by_id, rename_dataset, save_problem
from reviewer.store.restored import Restored
from reviewer.store.rows_here import RowsHere
from reviewer.store.stated_directions import TOLD


def restore_problem(connection: sqlite3.Connection, record: Record, here: RowsHere, done: Restored, at: str) -> bool:
    """Put back what was told of a problem that is in the store; return whether measurements or what counts changed."""
    slug = record["slug"]
    here.slugs[record["id"]] = slug
    found = connection.execute("SELECT id FROM problems WHERE slug = ?", (slug,)).fetchone()
    if found is None:
        return False
    (problem_id,) = found
    here.problems[record["id"]] = problem_id
    known = problem_by_id(connection, problem_id).problem
    metrics = {m.name: m for m in known.metrics}
    datasets = {d.name for d in known.datasets}
    names = known.dataset_names()
    missing = {
        alias: name
        for alias, name in record["aliases"].items()
        if name in datasets and names.get(alias.casefold()) in (None, alias)
    }
    told = {
        name: Direction(word)
        for name, word in record["directions"].items()
        if name in metrics and metrics[name].direction is Direction.UNKNOWN
    }
    for alias, name in missing.items():
        rename_dataset(connection, problem_id, alias, name)
    metric, dataset = record["primary_metric"], record["primary_dataset"]
    said = Problem(
        slug=slug,
        title=known.title,
        primary_metric=metric if metric in metrics else None,
        primary_dataset=dataset if dataset in datasets else None,
        metrics=tuple(replace(metrics[name], direction=direction) for name, direction in told.items()),
        datasets=tuple(Dataset(name, (alias,)) for alias, name in missing.items()),
        authoritative=False,
    )
    save_problem(connection, said, at)
    connection.executemany(
        "INSERT OR IGNORE INTO stated_directions (problem_id, metric, source, direction) VALUES (?, ?, ?, ?)",
        [(problem_id, name, TOLD, direction) for name, direction in told.items()],
    )
    if record.get("decision") is not None:
        # Reviewers before 0.14 did not write down when that was said.
        said_at, before = record.get("decided_at") or "", said_decision(connection, problem_id)
        differs = settle_decision(connection, problem_id, slug, record["decision"], said_at)
        done.settled.extend([differs] if differs else [])
        done.told += before != said_decision(connection, problem_id)
    now = problem_by_id(connection, problem_id).problem
    first = (now.primary_metric != known.primary_metric) + (now.primary_dataset != known.primary_dataset)
    done.told += len(missing) + len(told) + first
    _tell_what_differs(record, now, done)
    return bool(missing or told or first)


def _tell_what_differs(record: Record, now: Problem, done: Restored) -> None:
    slug = record["slug"]
    for what, was, stands in (
        ("primary metric", record["primary_metric"], now.primary_metric),
        ("primary dataset", record["primary_dataset"], now.primary_dataset),
    ):
        if was is not None and stands != was:
            done.differing.append(
                f"The {what} of {slug} is {stands}, and was {was}; `reviewer set --{what.replace(' ', '-')}` "
                "changes it."
            )
    directions = {m.name: m for m in now.metrics}
    for name, word in record["directions"].items():
        metric = directions.get(name, Metric(name))
        if metric.direction != word:
            done.differing.append(
                f"The metric {name} of {slug} is {metric.direction}, and was told to be {word}; "
                f"`reviewer set --direction {name}={word}` changes it."
            )


def restore_targets(
    connection: sqlite3.Connection,
    problem_id: int,
    records: Sequence[Record],
    here: RowsHere,
    done: Restored,
    *,
    from_store: bool,
) -> None:
    """Put back the versions of a problem's target, all of them at once; ``from_store`` as for :func:`take_targets`."""
    slug = next(here.slugs[number] for number, row_id in here.problems.items() if row_id == problem_id)
    taken = take_targets(connection, problem_id, slug, records, from_store=from_store)
    done.targets += taken.new
    done.differing.extend(
        f"Version {version} of the target of {slug} says something else in the store, and stays as it is there."
        for version in taken.differing
    )
    done.settled.extend([taken.settled] if taken.settled else [])


def restore_setting(connection: sqlite3.Connection, record: Record, here: RowsHere, done: Restored) -> bool:
    """Put back the setting that a person told of measurements; return whether there were any that had another."""
    problem_id = here.problems.get(record["problem"])
    if problem_id is None:
        return False
    change = (
        "UPDATE measurements SET setting = :setting, setting_from = 'person', setting_in_file = "
        "CASE setting WHEN 'unknown' THEN NULL ELSE setting END WHERE dataset = :dataset AND setting_from = 'file' "
        "AND setting IN ('unknown', :stated) AND setting <> :setting AND method_id IN "
        "(SELECT id FROM methods WHERE problem_id = :problem"
    )
    values = {
        "setting": str(Setting(record["setting"])),
        "stated": str(Setting(record["stated"])),
        "dataset": record["dataset"],
        "problem": problem_id,
    }
    changed = 0
    if record["of"] is None:
        changed = connection.execute(f"{change})", values).rowcount
    else:
        names = ("namespace", "external_id", "metric", "split", "subset")
        for place in record["of"]:
            changed += connection.execute(
                f"{change} AND namespace = :namespace AND external_id = :external_id) "
                "AND metric = :metric AND split = :split AND subset = :subset",
                values | dict(zip(names, place, strict=True)),
            ).rowcount
    done.settings += changed
    return changed > 0
