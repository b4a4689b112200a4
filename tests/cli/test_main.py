"""The command as a whole: help, the options that all share, exit statuses, and the sentence for what goes wrong."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO

import click
import pytest

from reviewer.cli import main as main_module
from reviewer.cli.main import COMMANDS, Invocation, Listed, cli, main
from reviewer.domain.errors import ReviewerError, UserError


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Invocation]:
    """Put a few commands of our own into the table; return what each was invoked with."""
    invocations: list[Invocation] = []
    module = ModuleType("reviewer_test_commands")

    @click.command()
    @click.option("--raise", "kind")
    @click.option("--number", type=int)
    @click.pass_obj
    def plain(invocation: Invocation, kind: str | None, number: int | None) -> int | None:
        invocations.append(invocation)
        if kind is not None:
            raise {
                "user": UserError("x.jsonl: is \x1b[31mnot there."),
                "ours": ReviewerError("the store is damaged."),
                "bug": KeyError("a\nb\x1b]52;c;aGk=\x07"),
                "interrupt": KeyboardInterrupt(),
                "end": EOFError(),
                "pipe": BrokenPipeError(),
                "file": click.FileError("x", "gone"),
            }[kind]
        return number

    @click.group()
    def nested() -> None:
        """Has a command."""

    nested.add_command(plain, "plain")

    @click.command()
    @click.option("--reviewer", multiple=True)
    @click.pass_obj
    def own(invocation: Invocation, reviewer: tuple[str, ...]) -> None:
        invocations.extend([invocation, Invocation(reviewer="|".join(reviewer))])

    for name, command in {"plain": plain, "nested": nested, "own": own}.items():
        setattr(module, name, command)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    table = dict(COMMANDS) | {n: Listed(module.__name__, n, "For tests.") for n in ("plain", "nested", "own")}
    monkeypatch.setattr(main_module, "COMMANDS", table)
    return invocations


def every_command() -> list[tuple[str, ...]]:
    """Return the words of every command and subcommand."""
    found: list[tuple[str, ...]] = [()]
    for name, listed in COMMANDS.items():
        found.append((name,))
        try:
            command = getattr(import_module(listed.module), listed.attribute)
        except ImportError:
            continue
        if isinstance(command, click.Group):
            found += [(name, each) for each in command.commands]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_the_help_of_every_command_carries_an_example(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"Usage: {' '.join(('reviewer', *words))} ")
    heading, example = re.split(r"^  Examples?:\n", out, maxsplit=1, flags=re.MULTILINE)
    assert " ".join(("reviewer", *words)) in example
    assert "\\b" not in heading  # the mark that keeps the lines of the example apart must have been obeyed
    assert max(map(len, out.splitlines())) <= 100


def test_the_list_of_commands_is_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for name, listed in COMMANDS.items():
        assert f"{name} " in out
        assert listed.summary in out


def test_each_line_of_the_list_fits_and_agrees_with_the_command() -> None:
    for name, listed in COMMANDS.items():
        assert len(listed.summary) <= 64, name
        assert listed.summary.endswith(".")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    from importlib.metadata import version

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"reviewer {version('reviewer')}\n"


def test_as_a_module_it_is_the_same_command() -> None:
    ran = subprocess.run([sys.executable, "-m", "reviewer", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("reviewer ")


@pytest.mark.parametrize(
    "args",
    [
        ["--store", "a.db", "--reviewer", "kim", "--config", "c.toml", "plain"],
        ["plain", "--store", "a.db", "--reviewer", "kim", "--config", "c.toml"],
        ["--store", "b.db", "--reviewer", "kim", "plain", "--config=c.toml", "--store=a.db"],
        ["nested", "--store", "a.db", "plain", "--config", "c.toml", "--reviewer", "kim"],
    ],
)
def test_shared_options_stand_before_or_behind_the_command(seen: list[Invocation], args: list[str]) -> None:
    for _ in range(2):
        assert main(args) == 0
    assert seen == [Invocation(Path("a.db"), "kim", Path("c.toml"))] * 2


def test_without_options_nothing_is_said(seen: list[Invocation]) -> None:
    assert main(["plain"]) == 0
    assert seen == [Invocation()]


def test_a_command_keeps_an_option_of_its_own_by_a_shared_name(seen: list[Invocation]) -> None:
    assert main(["--reviewer", "kim", "own", "--reviewer", "lee", "--reviewer", "max"]) == 0
    assert seen == [Invocation(reviewer="kim"), Invocation(reviewer="lee|max")]


def test_without_a_command_the_app_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    module = ModuleType("reviewer.cli.app_command")

    def open_app(ctx: click.Context) -> int:
        opened.append(ctx.obj)
        return 1

    module.__dict__["open_app"] = open_app
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert main(["--store", "a.db"]) == 1
    assert opened == [Invocation(store=Path("a.db"))]


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("user", 2, "reviewer: x.jsonl: is ␛[31mnot there.\n"),
        ("ours", 1, "reviewer: the store is damaged.\n"),
        ("file", 2, "reviewer: could not open file 'x': gone. See 'reviewer --help'.\n"),
        ("pipe", 1, ""),
    ],
)
def test_an_error_is_one_safe_sentence_and_a_status(
    seen: list[Invocation], capfd: pytest.CaptureFixture[str], kind: str, status: int, said: str
) -> None:
    try:
        assert main(["plain", "--raise", kind]) == status
    except SystemExit as left:
        assert left.code == status  # noqa: PT017 - click leaves by itself when the pipe is gone
    assert capfd.readouterr().err == said


@pytest.mark.parametrize("kind", ["interrupt", "end"])
def test_an_interruption_is_quiet(seen: list[Invocation], capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert main(["plain", "--raise", kind]) == 130
    assert capsys.readouterr().err.strip() == ""


def test_a_fault_of_ours_is_one_sentence_and_the_traceback_is_in_the_log_alone(
    seen: list[Invocation], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["plain", "--raise", "bug"]) == 1
    out, err = capsys.readouterr()
    log = tmp_path / "state" / "reviewer" / "log" / "reviewer.log"
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("reviewer: something went wrong on our side (KeyError: ")
    assert err.endswith(f"; the details are in {log}.\n")
    assert "\x1b" not in err
    written = log.read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "KeyError" in written
    assert log.stat().st_mode & 0o777 == 0o600


LOGGING = """
import logging, sys, warnings
import click
from reviewer.cli.main import COMMANDS, LazyGroup, main

def works(**_):
    logging.getLogger("reviewer.anything").error("a fault with a \\x1b[31m colour")
    warnings.warn("a library warns")

def loaded(group, ctx, name):
    return click.Command(name, callback=works, params=[])

LazyGroup.get_command = loaded
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("name", [name for name, listed in COMMANDS.items() if listed.works])
def test_what_a_command_logs_is_in_the_log_alone(name: str, tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", LOGGING, name], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("", "")
    written = (tmp_path / "state" / "reviewer" / "log" / "reviewer.log").read_text(encoding="utf-8")
    assert "ERROR reviewer.anything: a fault with a ␛[31m colour" in written
    assert "a library warns" in written


def test_only_what_prints_our_own_text_logs_nothing() -> None:
    assert [name for name, listed in COMMANDS.items() if not listed.works] == ["schema", "completion"]


def test_a_log_that_cannot_be_written_is_said(
    seen: list[Invocation], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("in the way")
    assert main(["plain", "--raise", "bug"]) == 1
    err = capsys.readouterr().err
    assert "the details could not be written to" in err
    assert "Traceback" not in err


def test_a_command_may_return_its_status(seen: list[Invocation]) -> None:
    assert main(["plain", "--number", "1"]) == 1
    assert main(["plain"]) == 0


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["exprot"], "there is no command 'exprot'; did you mean 'reviewer export'? See 'reviewer --help'."),
        (["zzz"], "there is no command 'zzz'. See 'reviewer --help'."),
        (["--stor"], "--store"),
        (["plain", "--number", "x"], "See 'reviewer plain --help'."),
        (["plain", "--nonsense"], "See 'reviewer plain --help'."),
        (["plain", "more"], "See 'reviewer plain --help'."),
        (["--store"], "--store"),
        (["--store", "/", "plain"], "is a directory"),
    ],
)
def test_a_slip_on_the_command_line_is_one_sentence_with_a_hint(
    seen: list[Invocation], capsys: pytest.CaptureFixture[str], args: list[str], said: str
) -> None:
    assert main(args) == 2
    err = capsys.readouterr().err
    assert err.startswith("reviewer: ")
    assert said in err
    assert err.count("\n") == 1
    assert seen == []


def test_a_path_in_place_of_a_command_is_told_how_to_import_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("findings.jsonl").touch()
    assert main(["findings.jsonl"]) == 2
    assert "use 'reviewer import findings.jsonl'" in capsys.readouterr().err


def run(*args: str, stdout: IO[bytes]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reviewer", *args]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, check=False, text=True)


@pytest.mark.parametrize("args", [["schema"], ["config", "show", "--keys"], ["--help"]])
def test_a_reader_that_goes_away_is_no_matter(args: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        ran = run(*args, stdout=gone)
    assert (ran.returncode, ran.stderr) == (1, "")


def test_output_that_cannot_be_written_is_told_once() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = run("config", "path", stdout=full)
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "No space left on device" in ran.stderr


def test_nothing_is_said_to_a_shell_that_asks_for_completions(
    seen: list[Invocation], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_REVIEWER_COMPLETE", "tcsh_complete")
    with pytest.raises(SystemExit):
        main([])
    monkeypatch.setattr(cli, "main", lambda *args, **kwargs: (_ for _ in ()).throw(UserError("no store.")))
    assert main([]) == 2
    assert capsys.readouterr() == ("", "")
