"""Formats of other packages, read in the process beside this one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.methods import Reject
from reviewer.sources import registry
from reviewer.store.connection import Store
from reviewer.workflow.importing import run_import
from reviewer.workflow.reading import batches
from reviewer.workflow.reading_apart import read_apart
from tests.builders import build_store
from tests.sources.installing import lay_package, on_the_path
from tests.sources.test_installed import ALTERED, CODE

FAILING = f"\ndef read(plan, progress=None):\n    yield {{}}['deep in acme']\n{ALTERED}read=read)\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path)


@pytest.fixture
def packages(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "packages"
    folder.mkdir()
    with on_the_path(folder):
        yield folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / "run.acme").write_text("ACME 1\nFirst\nSecond\n")
    (folder / "z.jsonl").write_text('{"type": "proposal", "id": "a", "title": "A", "problem": "p"}\n')
    return folder


def test_the_other_process_finds_the_format_by_its_name(packages: Path, runs: Path) -> None:
    lay_package(packages, "acme-formats", CODE, {"acme": "SOURCE"})
    (plan,) = registry.planned(runs / "run.acme").plans
    there = [record for batch in read_apart(plan, print) for record in batch]
    assert there == [record for batch in batches(plan, print) for record in batch]
    assert len(there) == 2


def test_a_reader_that_fails_in_the_other_process_is_told_and_its_traceback_is_logged(
    packages: Path, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lay_package(packages, "acme-formats", CODE + FAILING, {"acme": "SOURCE"})
    (plan,) = registry.planned(runs / "run.acme").plans
    ((reject,),) = read_apart(plan, print)
    assert isinstance(reject, Reject)
    assert "the format acme (package acme-formats 1.2) failed while it read" in reject.reason
    assert "yield {}['deep in acme']" in caplog.text


@pytest.mark.parametrize("dry_run", [True, False])
def test_one_that_fails_costs_no_other_format_its_records(
    packages: Path, runs: Path, store: Store, dry_run: bool
) -> None:
    lay_package(packages, "acme-formats", CODE + FAILING, {"acme": "SOURCE"})
    report = run_import(store, [runs], dry_run=dry_run)
    assert (report.new, report.rejected, report.interrupted) == (1, 1, False)
    assert "package acme-formats 1.2" in report.rejects[0].reason


@pytest.mark.parametrize("dry_run", [True, False])
def test_one_that_cannot_plan_or_be_loaded_is_told_at_the_end_of_the_import(
    packages: Path, runs: Path, store: Store, dry_run: bool
) -> None:
    broken = f"\ndef plan(path, *, problem=None): raise ValueError('odd')\n{ALTERED}plan=plan)\n"
    lay_package(packages, "acme-formats", CODE + broken, {"acme": "SOURCE"})
    lay_package(packages, "beta-formats", "import none_such\n", {"beta": "SOURCE"})
    report = run_import(store, [runs], dry_run=dry_run)
    assert (report.new, report.rejected) == (1, 1)
    assert "failed at" in report.rejects[0].reason
    (sentence,) = [s for s in report.sentences if "beta-formats" in s]
    assert "cannot be loaded (ModuleNotFoundError" in sentence
