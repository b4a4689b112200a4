"""In which letters is printed: for people those of the screen, for files and programs all that there are."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from reviewer.cli.main import COMMANDS
from reviewer.cli.output import echo_exactly
from tests.builders import build_store, measured, record

NO_UTF8 = (
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "C"},
    {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONIOENCODING": "latin-1"},
)
TITLE = "naïve 漢字 → “so” ≥ ±3"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    built = build_store(
        tmp_path,
        record("exp1", title=TITLE, measurements=(measured(0.7, standard_error=0.01, n_seeds=5),)),
        record("exp2", title=TITLE, measurements=(measured(0.2, standard_error=0.01, n_seeds=5),)),
    )
    built.close()
    monkeypatch.setenv("REVIEWER_STORE", str(built.path))
    return built.path


def run(*args: str, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "reviewer", *args], capture_output=True, env=os.environ | environ)


EACH = """
import sys
from reviewer.cli.main import main
for line in sys.argv[1:]:
    status = main(line.split())
    assert not status, (line, status)
    sys.stdout.flush()
"""


def run_each(*lines: str, environ: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run one command after the other in one process; its status is 0 when that of each was."""
    return subprocess.run([sys.executable, "-c", EACH, *lines], capture_output=True, env=os.environ | environ)


@pytest.mark.parametrize("environ", NO_UTF8)
def test_without_utf8_people_are_told_in_ascii(store: Path, environ: dict[str, str]) -> None:
    ran = run_each("leaderboard", "checks", "export --columns", "rubric", "doctor", environ=environ)
    assert ran.returncode == 0, ran
    assert ran.stdout.isascii(), ran
    assert ran.stderr.isascii(), ran
    ran = run("evidence", "exp1", environ=environ)
    assert (ran.returncode, ran.stdout.isascii(), ran.stderr.isascii()) == (0, True, True), ran
    assert b'naive \\u6f22\\u5b57 -> "so" >= +-3' in ran.stdout


def test_without_utf8_the_help_is_in_ascii(store: Path) -> None:
    ran = run_each(*(f"{command} --help" for command in COMMANDS), environ=NO_UTF8[0])
    assert ran.returncode == 0, ran
    assert ran.stdout.count(b"Usage: ") >= len(COMMANDS)
    assert ran.stdout.isascii(), ran


@pytest.mark.parametrize("environ", NO_UTF8)
def test_without_utf8_a_refusal_is_in_ascii(store: Path, environ: dict[str, str], tmp_path: Path) -> None:
    wrong = tmp_path / "größe.toml"
    wrong.write_text('slug = "ours"\nversion = 1\n[[constraints]]\nslug = "a"\nsources = 1\n', encoding="utf-8")
    ran = run("rubric", "use", str(wrong), environ=environ)
    assert ran.returncode == 2
    assert ran.stderr.isascii()
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.parametrize("environ", NO_UTF8)
def test_files_and_programs_are_given_all_letters_whatever_the_locale(
    store: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    shown = json.loads(run("evidence", "exp1", "--json", environ=environ).stdout.decode())
    assert TITLE in json.dumps(shown, ensure_ascii=False)
    assert TITLE in run("leaderboard", "--csv", environ=environ).stdout.decode()
    config = tmp_path / "größe.toml"
    config.write_text('reviewer = "Jürgen"\n', encoding="utf-8")
    assert run("--config", str(config), "config", "path", environ=environ).stdout.decode() == f"{config}\n"
    settings = run("--config", str(config), "config", "show", environ=environ).stdout.decode()
    assert tomllib.loads(settings)["reviewer"] == "Jürgen"


@pytest.mark.parametrize("where", ["default", "variable", "before", "behind"])
def test_the_config_overrules_the_locale_wherever_it_lies(store: Path, where: str, tmp_path: Path) -> None:
    config = tmp_path / "config" / "reviewer" / "config.toml" if where == "default" else tmp_path / "here.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    variables = {"REVIEWER_CONFIG": str(config)} if where == "variable" else {}
    option = ["--config", str(config)]
    command = [*option, "evidence", "exp1"] if where == "before" else ["evidence", "exp1"]
    command += option if where == "behind" else []
    config.write_text('marks = "unicode"\n')
    assert TITLE in run(*command, environ=NO_UTF8[0] | variables).stdout.decode()
    config.write_text('marks = "ascii"\n')
    ran = run(*command, environ={"LC_ALL": "C.UTF-8"} | variables)
    assert (ran.returncode, ran.stdout.isascii()) == (0, True)


def test_what_the_output_has_no_letter_for_is_an_escape_where_the_config_asks_for_all(
    store: Path, tmp_path: Path
) -> None:
    config = tmp_path / "here.toml"
    config.write_text('marks = "unicode"\n')
    ran = run("--config", str(config), "evidence", "exp1", environ=NO_UTF8[2])
    assert ran.returncode == 0, ran
    assert "naïve \\u6f22".encode("latin-1") in ran.stdout


def test_a_refusal_goes_by_the_config_that_the_call_names(store: Path, tmp_path: Path) -> None:
    config = tmp_path / "here.toml"
    config.write_text('marks = "ascii"\n')
    ran = run("evidence", "größe", "--config", str(config), environ={"LC_ALL": "C.UTF-8"})
    assert (ran.returncode, ran.stderr.isascii()) == (2, True)
    assert "größe" in run("evidence", "größe", environ={"LC_ALL": "C.UTF-8"}).stderr.decode()


def test_a_broken_config_is_told_in_the_letters_of_the_locale(store: Path, tmp_path: Path) -> None:
    config = tmp_path / "größe.toml"
    config.write_text('marks = "asci"\n')
    for environ, told in ((NO_UTF8[0], "auto"), ({"LC_ALL": "C.UTF-8"}, "größe.toml, line 1")):
        ran = run("--config", str(config), "evidence", "exp1", environ=environ)
        assert ran.returncode == 2
        assert told in ran.stderr.decode()


def test_what_a_program_takes_is_exact_in_a_pipe_and_harmless_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    text = "a\x1b]52;c;eA==\x07\u202eé"
    echo_exactly(text)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    echo_exactly(text)
    exact, shown = capfdbinary.readouterr().out.decode().splitlines()
    assert (exact, shown) == (text, "a␛]52;c;eA==␇<U+202E>é")
