"""What is told of metrics as files are taken in."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Direction
from reviewer.store.connection import Store
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import take_in
from reviewer.workflow.reading import Reading
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.telling import choose_problem
from reviewer.workflow.told_metrics import ToldMetrics, parse_directions
from tests.builders import build_store, table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path)


def results(path: Path, problem: str, *metrics: str, described: dict[str, str] | None = None) -> Path:
    """Write a proposal with a value of each metric, and where directions are stated the problem before it."""
    lines: list[dict[str, Any]] = []
    if described is not None:
        stated = [{"name": name, "direction": direction} for name, direction in described.items()]
        lines.append({"type": "problem", "id": problem, "title": problem.title(), "metrics": stated})
    measurements = [{"metric": metric, "dataset": "chat", "value": 0.5} for metric in metrics]
    lines.append({"type": "proposal", "id": "a", "problem": problem, "title": "A", "measurements": measurements})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def taken(store: Store, *paths: Path, dry_run: bool = False, primary: str | None = None, **told: str) -> ImportReport:
    directions = {name: Direction(word) for name, word in told.items()}
    with closing(Reading(paths)) as reading:
        return take_in(
            store, reading, settings=parse_settings("lab"), told=ToldMetrics(directions, primary), dry_run=dry_run
        )


def directions(store: Store, slug: str) -> dict[str, str]:
    return {m.name: str(m.direction) for m in choose_problem(store, slug).problem.metrics}


def test_directions_are_told_of_every_problem_that_was_read_and_of_no_other(store: Store, tmp_path: Path) -> None:
    taken(store, results(tmp_path / "before.jsonl", "before", "loss"))
    one, two = results(tmp_path / "1.jsonl", "one", "loss", "pgr"), results(tmp_path / "2.jsonl", "two", "loss")
    report = taken(store, one, two, loss="lower", pgr="higher", primary="loss")
    assert directions(store, "one") == {"loss": "lower", "pgr": "higher"}
    assert directions(store, "two") == {"loss": "lower"}
    assert directions(store, "before") == {"loss": "unknown"}
    assert choose_problem(store, "two").problem.primary_metric == "loss"
    assert [s for s in report.sentences if "as better in" in s] == [
        "Lower loss counts as better in one from now on, as you say.",
        "Higher pgr counts as better in one from now on, as you say.",
        "Lower loss counts as better in two from now on, as you say.",
    ]
    assert not report.unused_metrics


def test_a_dry_run_foretells_what_would_count_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    path = results(tmp_path / "1.jsonl", "one", "loss", "pgr", described={"pgr": "higher"})
    foretold = taken(store, path, dry_run=True, loss="lower", primary="loss").sentences
    assert table(store, "SELECT count(*) FROM problems") == [(0,)]
    told = taken(store, path, loss="lower", primary="loss").sentences
    assert foretold == tuple(sentence.replace(" counts ", " would count ") for sentence in told)
    assert foretold[0] == "Lower loss would count as better in one from now on, as you say."
    assert not any("Nobody has said whether more of" in sentence for sentence in foretold)


def test_what_a_person_tells_counts_whatever_the_file_says_then_and_later(store: Store, tmp_path: Path) -> None:
    path = results(tmp_path / "1.jsonl", "one", "loss", described={"loss": "higher"})
    for _ in range(2):
        taken(store, path, loss="lower")
        metric = choose_problem(store, "one").problem.metric("loss")
        assert (metric.direction, metric.disputed_by) == (Direction.LOWER, ())
    assert taken(store, path).sentences == ()
    assert directions(store, "one") == {"loss": "lower"}


def test_the_same_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = results(tmp_path / "1.jsonl", "one", "loss")
    taken(store, path, loss="lower", primary="loss")
    before = table(store, "SELECT * FROM metrics"), table(store, "SELECT * FROM problems")
    report = taken(store, path, loss="lower", primary="loss")
    assert (report.new, report.changed, report.unchanged) == (0, 0, 1)
    assert not any("as you say" in sentence for sentence in report.sentences)
    assert (table(store, "SELECT * FROM metrics"), table(store, "SELECT * FROM problems")) == before


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_metric_that_nothing_has_is_told_with_those_that_there_are(
    store: Store, tmp_path: Path, dry_run: bool
) -> None:
    path = results(tmp_path / "1.jsonl", "one", "loss", "pgr")
    report = taken(store, path, dry_run=dry_run, los="lower", primary="acc")
    assert report.unused_metrics == ("los", "acc")
    for option, name in (("--direction", "los"), ("--primary-metric", "acc")):
        sentence = f"{option} names {name}, but nothing that was read has that metric; it has loss, pgr."
        assert sentence in report.sentences
    assert report.new == 1


def test_an_import_that_is_stopped_tells_what_it_has_read_and_of_nothing_unused(store: Store, tmp_path: Path) -> None:
    paths = [results(tmp_path / "1.jsonl", "one", "loss"), results(tmp_path / "2.jsonl", "two", "pgr")]
    with closing(Reading(paths)) as reading:
        told = ToldMetrics({"loss": Direction.LOWER, "pgr": Direction.HIGHER})
        report = take_in(store, reading, told=told, cancelled=lambda: True)
    assert report.interrupted
    assert directions(store, "one") == {"loss": "lower"}
    assert not report.unused_metrics


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["loss"], "'loss' is not of the form METRIC=higher"),
        (["=lower"], "is not of the form"),
        (["loss=up"], "--direction: 'loss=up' says neither; a metric is better when higher or when lower"),
        (["loss=unknown"], "a metric is better when higher or when lower"),
        (["loss=lower", "loss=higher"], "says two things of 'loss'"),
    ],
)
def test_what_is_no_direction_is_refused(texts: list[str], words: str) -> None:
    with pytest.raises(UserError, match=words):
        parse_directions(texts)
