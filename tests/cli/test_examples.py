"""The examples of each command's help: typed as they stand, on the sample study, they do what they say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.workflow.demo import sample_data
from reviewer.workflow.kept_acts import keep_acts
from tests.builders import build_session, judge
from tests.sources.inspect_fixture import log, write_eval

COMMANDS = (
    "import",
    "feedback",
    "sources",
    "export",
    "target",
    "assign",
    "outcome",
    "outcomes",
    "stats",
    "report",
    "dossier",
    "problems",
    "checks",
    "leaderboard",
    "set",
    "schema",
    "config",
    "doctor",
    "completion",
    "backup",
    "restore",
    "recover",
    "merge",
)


REVIEWS = """
[proposal]
id = "paper"
[reviewer]
name = "person"
[scales.overall]
column = "overall"
lowest = 1
highest = 10
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the sample study, of which kim has judged one proposal."""
    from reviewer.store.migrations import open_store
    from reviewer.workflow.importing import run_import

    store = open_store(tmp_path_factory.mktemp("study") / "study.db")
    run_import(store, [sample_data()])
    judge(build_session(store), 7)
    store.close()
    return store.path


def typed(example: str, capsys: pytest.CaptureFixture[str]) -> "subprocess.CompletedProcess[str]":
    """Do what is typed: by a shell where one has something to do, else in this process, which takes much less time."""
    if not re.fullmatch(r"reviewer [\w ./=,:@%+-]*", example):
        return subprocess.run(["sh", "-ec", example], capture_output=True, text=True, timeout=60)
    status = main(example.split()[1:])
    out, err = capsys.readouterr()
    return subprocess.CompletedProcess(example, status, out, err)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_examples_of_the_help_work(
    command: str, study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out.partition("Example")[2].partition("Options:")[0]
    # Behind two blanks stands what it does; completion's stand behind the name of the shell.
    examples = re.findall(
        r"^ {4}(?:bash |zsh  put.*|fish )? *((?:\$EDITOR .*|reviewer (?!=)).*?)(?:  .*)?$", text, re.MULTILINE
    )
    assert examples
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "reviewer").write_text(f'#!/bin/sh\nexec {sys.executable} -m reviewer "$@"\n')
    (programs / "reviewer").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.setenv("REVIEWER_NAME", "kim")
    monkeypatch.setenv("REVIEWER_STORE", str(shutil.copy(study, tmp_path / "own.db")))
    shutil.copy(study, tmp_path / "team.db")
    shutil.copy(sample_data() / "00_study.jsonl", tmp_path / "results.jsonl")
    shutil.copy(study, tmp_path / "kim-laptop.db")
    (tmp_path / "team").mkdir()
    shutil.copy(study, tmp_path / "team" / "noor.db")
    (tmp_path / "reviews.csv").write_text("paper,person,overall\np1,Ann,7\n")
    (tmp_path / "map.toml").write_text(REVIEWS)
    (tmp_path / "logs").mkdir()
    for model in ("gpt-4o", "agent"):
        of_the_study = {"model": f"openai/{model}", "eval_id": model, "task": "weak-to-strong"}
        write_eval(tmp_path / "logs" / f"{model}.eval", log(eval=of_the_study))
    (tmp_path / "table.csv").write_text("name,acc\na,0.7\n")
    (tmp_path / "columns.toml").write_text('[method]\nid = "name"\n')
    keep_acts(tmp_path / "own.db", tmp_path / "kept.jsonl.gz")
    for folder in (".local/share/bash-completion/completions", ".config/fish/completions"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for example in examples:
        if any(
            word in example
            for word in ("experiments.db", "shared_findings", "~/.local/share/reviewer/", "http://localhost")
        ):
            continue
        ran = typed(example, capsys)
        assert ran.returncode == 0, (example, ran)
        assert "reviewer: " not in ran.stderr, (example, ran)
