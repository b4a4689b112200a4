"""Shell completion: the scripts, and what the command answers to each shell."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli.completion import SHELLS
from reviewer.cli.main import COMMANDS, main


def ask(shell: str, words: str, at: str) -> list[str]:
    """Return the lines that the command answers when ``shell`` asks to complete ``words``."""
    environ = os.environ | {"_REVIEWER_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": at}
    ran = subprocess.run(
        [sys.executable, "-m", "reviewer"], capture_output=True, text=True, check=True, env=environ
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_asks_the_command_for_its_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"_REVIEWER_COMPLETE={shell}_complete" in script
    assert "reviewer" in script


def test_another_shell_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


def test_bash_gets_every_command() -> None:
    assert ask("bash", "reviewer ", "1") == [f"plain,{name}" for name in COMMANDS]


def test_zsh_gets_the_command_with_its_summary() -> None:
    assert ask("zsh", "reviewer exp", "1") == ["plain", "export", COMMANDS["export"].summary]


def test_fish_gets_the_command_with_its_summary() -> None:
    assert ask("fish", "reviewer exp", "exp") == [f"plain,export\t{COMMANDS['export'].summary}"]


@pytest.mark.parametrize(
    ("words", "at", "answer"),
    [
        ("reviewer config ", "2", ["plain,path", "plain,show"]),
        ("reviewer config show --k", "3", ["plain,--keys"]),
        ("reviewer completion z", "2", ["plain,zsh"]),
        ("reviewer --sto", "1", ["plain,--store"]),
        ("reviewer --store a.db conf", "3", ["plain,config"]),
        ("reviewer --store a", "2", ["file,a"]),
        ("reviewer config show --store a", "4", ["file,a"]),
        ("reviewer nothing ", "2", []),
    ],
)
def test_options_values_and_subcommands_are_completed(words: str, at: str, answer: list[str]) -> None:
    got = ask("bash", words, at)
    assert got[: len(answer)] == answer
    if not answer:
        assert got == [f"plain,{name}" for name in COMMANDS]


def test_the_script_works_in_bash(tmp_path: Path) -> None:
    """Runs the printed script in bash, with a ``reviewer`` on the path as an installation puts it there."""
    bash = shutil.which("bash")
    assert bash is not None
    command = tmp_path / "reviewer"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m reviewer "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = (
        'eval "$(reviewer completion bash)"; complete -p reviewer; '
        'COMP_WORDS=(reviewer config s); COMP_CWORD=2; _reviewer_completion reviewer; echo "${COMPREPLY[@]}"'
    )
    environ = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run([bash, "--norc", "-c", script], capture_output=True, text=True, check=True, env=environ)
    assert ran.stdout.splitlines() == ["complete -o nosort -F _reviewer_completion reviewer", "show"]
