"""Putting back what people told of a problem: what counts first in it, directions, names, settings, the target.

Whatever the store has stays as it is; where that is something else, it is told.
"""

import sqlite3
from dataclasses import replace

from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.store.acts import TARGET_COLUMNS, Record
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
        connection.execute(
            "UPDATE problems SET decision = ? WHERE id = ? AND decision IS NULL", (record["decision"], problem_id)
        )
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


def restore_target(connection: sqlite3.Connection, record: Record, here: RowsHere, done: Restored) -> None:
    """Put back a version of the target of a problem that is in the store."""
    problem_id = here.problems.get(record["problem"])
    if problem_id is None:
        done.differing.append(
            f"The target of {here.slugs[record['problem']]} was left out: that problem is not in the store."
        )
        return
    columns = TARGET_COLUMNS[1:-2]
    # Reviewers before schema 9 knew of no months, those before 10 of nobody who decides.
    record = {"months": None, "decider": "", **record}
    values = tuple(record[name] for name in columns)
    Target(*values)
    found = connection.execute(
        f"SELECT {', '.join(columns)} FROM targets WHERE problem_id = ? AND version = ?",
        (problem_id, record["version"]),
    ).fetchone()
    if found is None:
        connection.execute(
            f"INSERT INTO targets (problem_id, {', '.join(TARGET_COLUMNS)}) "
            f"VALUES ({', '.join('?' * (1 + len(TARGET_COLUMNS)))})",
            (problem_id, *(record[name] for name in TARGET_COLUMNS)),
        )
        done.targets += 1
    elif found != values:
        done.differing.append(
            f"Version {record['version']} of the target of {here.slugs[record['problem']]} says something else in "
            "the store, and stays as it is there."
        )


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
