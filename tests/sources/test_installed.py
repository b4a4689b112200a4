"""Formats that other packages bring: what they may do, and what they cannot break."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.methods import MethodRecord, Reject
from reviewer.sources import native, registry
from reviewer.sources.installed import InstalledSourceError, installed_sources

from .installing import lay_package, on_the_path
from .reading import read_all

CODE = """
import json
from pathlib import Path
from reviewer.domain.methods import *
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import *
from reviewer.sources.contract import *

def recognise(head):
    return head.start.startswith(b"ACME")

def plan(path, *, problem=None):
    return Plan("acme", path, (path,), "acme", problem)

def method(number, line, path):
    where = Provenance(str(path), "0" * 64, f"line {number}")
    return MethodRecord("acme", f"m{number}", Role.PROPOSAL, line, "p", where)

def read(plan, progress=None):
    for number, line in enumerate(plan.path.read_text().splitlines()[1:], 1):
        yield method(number, line, plan.path)

SOURCE = Source("acme", "Acme's log", False, recognise, plan, read, sign="begins with ACME")
"""

LINE = json.dumps({"type": "proposal", "id": "a", "title": "A", "problem": "p"})

ALTERED = "\nfrom dataclasses import replace; SOURCE = replace(SOURCE, "

Lay = Callable[..., Path]


@pytest.fixture
def lay(tmp_path: Path) -> Iterator[Lay]:
    """Lay a package with the format of ``CODE``, as ``more`` code changes it; return a folder with a file of it."""
    packages = tmp_path / "packages"
    packages.mkdir()
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "run.acme").write_text("ACME 1\nFirst\nSecond\n")
    (runs / "ours.jsonl").write_text(LINE + "\n")
    (runs / "README.md").write_text("# Runs")

    def lay_it(more: str = "", name: str = "acme-formats", formats: dict[str, str] | None = None) -> Path:
        lay_package(packages, name, CODE + more, formats or {"acme": "SOURCE"})
        installed_sources.cache_clear()
        return runs

    with on_the_path(packages):
        yield lay_it


def test_a_format_of_another_package_is_found_by_content_and_read(lay: Lay) -> None:
    runs = lay()
    assert {(each.source.name, each.path.name) for each in registry.recognise(runs).found} == {
        ("acme", "run.acme"),
        ("native", "ours.jsonl"),
    }
    records = read_all(runs)
    assert sorted(m.title for m in records.methods) == ["A", "First", "Second"]
    assert not records.rejects
    assert [(o.source.name, o.package) for o in registry.offered() if o.package] == [("acme", "acme-formats 1.2")]


def test_nothing_is_loaded_where_a_file_is_of_one_of_our_formats(lay: Lay) -> None:
    runs = lay("\nraise RuntimeError('loaded')\n")
    (plan,) = registry.planned(runs / "ours.jsonl").plans
    assert len(list(registry.read(plan))) == 1
    assert installed_sources.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("\nimport none_such_module\n", r"cannot be loaded \(ModuleNotFoundError: No module named"),
        ("\nraise SystemExit(3)\n", r"cannot be loaded \(SystemExit: 3\)"),
        ("\ndel SOURCE\n", r"cannot be loaded \(AttributeError"),
        ("\nSOURCE = {}\n", "is left out: it is of the type dict, not a Source"),
        (ALTERED + "name='native')\n",
         "is left out: its name 'native' is taken by reviewer itself"),
        (ALTERED + "name='A b')\n", "its name 'A b' is not of the form"),
        (ALTERED + "read=5)\n", "its read is of the wrong type"),
        (ALTERED + "fields=('a',))\n", "its fields is of the wrong"),
        (ALTERED + "beside='.json')\n", "its beside is of the wrong"),
    ],
)  # fmt: skip
def test_one_that_cannot_be_used_is_told_with_its_package_and_the_others_work_on(
    lay: Lay, more: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    runs = lay(more)
    planned = registry.planned(runs)
    assert [plan.source for plan in planned.plans] == ["native"]
    (sentence,) = planned.troubles
    assert sentence.startswith("The format 'acme' of the package acme-formats 1.2 ")
    with pytest.raises(SourceError, match=words):
        registry.recognise(runs / "run.acme")
    with pytest.raises(UserError, match=words):
        registry.by_name("acme")
    assert ("Traceback" in caplog.text) == ("cannot be loaded" in sentence)


def test_the_second_of_two_packages_that_give_a_format_one_name_is_refused(lay: Lay) -> None:
    lay(name="beta-formats")
    runs = lay(name="alpha-formats")
    assert [o.package for o in registry.offered() if o.package] == ["alpha-formats 1.2"]
    (sentence,) = registry.planned(runs).troubles
    assert "beta-formats 1.2 is left out: its name 'acme' is taken by alpha-formats 1.2." in sentence


def test_one_that_takes_every_file_takes_none_of_ours_and_in_a_folder_none_at_all(lay: Lay) -> None:
    runs = lay(ALTERED + "recognise=lambda head: True)\n")
    assert [each.source.name for each in registry.recognise(runs).found] == ["native"]
    assert [each.source.name for each in registry.recognise(runs / "ours.jsonl").found] == ["native"]
    assert [each.source.name for each in registry.recognise(runs / "run.acme").found] == ["acme"]


def test_ours_of_nearly_any_text_come_after_one_that_knows_a_file_and_before_one_that_takes_every_file(
    lay: Lay, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_text = replace(native.SOURCE, name="any", recognise=lambda _: True, only_named=True)
    monkeypatch.setattr(registry, "SOURCES", (any_text, native.SOURCE))
    runs = lay("\nEAGER = Source('eager', 'Every file', False, lambda head: True, plan, read)\n",
               formats={"acme": "SOURCE", "eager": "EAGER"})  # fmt: skip
    assert [o.source.name for o in registry.offered()] == ["native", "acme", "any", "eager"]
    assert [each.source.name for each in registry.recognise(runs / "run.acme").found] == ["acme"]
    assert [each.source.name for each in registry.recognise(runs / "README.md").found] == ["any"]


def test_one_that_fails_to_tell_what_it_knows_is_told_once_and_the_others_work_on(
    lay: Lay, caplog: pytest.LogCaptureFixture
) -> None:
    runs = lay("\ndef recognise(head): raise ValueError('odd\\nfile')\n"
               + ALTERED + "recognise=recognise)\n")  # fmt: skip
    planned = registry.planned(runs)
    assert [plan.source for plan in planned.plans] == ["native"]
    (sentence,) = planned.troubles
    assert sentence.startswith("The format acme (package acme-formats 1.2) could not tell whether it knows ")
    assert sentence.endswith("(ValueError: odd file); the traceback is in the log.")
    assert "Traceback" in caplog.text
    with pytest.raises(SourceError, match=r"text of no known format.*could not tell whether it knows"):
        registry.recognise(runs / "run.acme")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("\ndef plan(path, *, problem=None): return {}['x']\n", r"failed at .*run.acme \(KeyError: 'x'\)"),
        ("\ndef plan(path, *, problem=None): return None\n", "makes no Plan"),
        ("\ndef plan(path, *, problem=None): return Plan('native', path, (path,), 'acme')\n", "makes no Plan"),
        ("\ndef plan(path, *, problem=None): return Plan('acme', path, str(path), 'acme')\n", "makes no Plan"),
    ],
)  # fmt: skip
def test_one_that_cannot_plan_is_told_and_the_others_of_a_folder_are_read(lay: Lay, more: str, words: str) -> None:
    runs = lay(more + ALTERED + "plan=plan)\n")
    with pytest.raises(InstalledSourceError, match=words):
        registry.planned(runs / "run.acme")
    planned = registry.planned(runs)
    assert [plan.source for plan in planned.plans] == ["native"]
    (failed,) = planned.failed
    assert failed.file == str(runs / "run.acme")


@pytest.mark.parametrize(
    ("body", "titles", "reason"),
    [
        ("yield method(1, 'One', plan.path); raise ValueError('\\ud800 at 7')", ["One"],
         "failed while it read; what came before that was taken (ValueError: \ufffd at 7); the trace"),
        ("raise KeyError('x')\n    yield", [], "failed while it read"),
        ("return 5", [], "failed while it read"),
        ("from reviewer.domain.errors import SourceError; raise SourceError(f'{plan.path}: is cut short.')\n    yield",
         [], "is cut short."),
        ("yield 5; yield method(2, 'Two', plan.path)", ["Two"], "gives what cannot be taken: 5 is no record"),
        ("yield method(1, 'One', plan.path); yield method(1, 'Other', plan.path)", ["One"], "has the same id as"),
        ("progress('half'); yield method(1, 'One', plan.path)", [], "failed while it read"),
    ],
)  # fmt: skip
def test_a_reader_that_fails_costs_what_it_has_not_read_and_is_a_reject(
    lay: Lay, body: str, titles: list[str], reason: str
) -> None:
    runs = lay(f"\ndef read(plan, progress=None):\n    {body}\n"
               + ALTERED + "read=read)\n")  # fmt: skip
    (plan,) = registry.planned(runs / "run.acme").plans

    def add(done: int) -> None:
        assert done + 1

    records = list(registry.read(plan, add))
    assert [r.title for r in records if isinstance(r, MethodRecord)] == titles
    (reject,) = [r for r in records if isinstance(r, Reject)]
    assert reason in reject.reason
    assert reject.file == str(runs / "run.acme")


def test_what_is_logged_of_a_reader_that_fails_has_its_traceback(lay: Lay, caplog: pytest.LogCaptureFixture) -> None:
    runs = lay("\ndef read(plan, progress=None):\n    yield {}['deep in acme']\n"
               + ALTERED + "read=read)\n")  # fmt: skip
    with caplog.at_level(logging.ERROR):
        read_all(runs / "run.acme")
    assert "the format acme (package acme-formats 1.2) failed while it read" in caplog.text
    assert "yield {}['deep in acme']" in caplog.text
