"""What people type by mistake, and where output cannot go: one sentence, the right status, nothing changed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.cli.main import main


def reviewer(*args: str | bytes | Path, stdout: int | None = subprocess.PIPE) -> "subprocess.CompletedProcess[bytes]":
    """Run the command in a process of its own; None closes its standard output."""
    command: Sequence[str | bytes | Path] = [sys.executable, "-m", "reviewer", *args]
    if stdout is None:
        command = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)


@pytest.mark.parametrize(
    "command",
    [["import", ""], ["problems", "--store", ""], ["export", "--everyone", "-o", ""], ["doctor", "--config", ""]],
)
def test_an_empty_path_is_not_the_folder_at_hand(
    store: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(command) == 2
    assert "the path is empty. See" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["merge"], ["restore"], ["export", "--everyone", "-o"], ["backup"], ["problems", "--store"]],
)
def test_the_home_of_somebody_who_is_not_known_is_one_sentence(
    store: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main([*command, "~no-such-user/x.jsonl"]) == 2
    assert "'~no-such-user/x.jsonl' cannot be used as a path (" in capsys.readouterr().err


def test_a_pipe_or_a_device_is_no_store(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        for command in (["problems"], ["doctor"], ["import", str(tmp_path / "x.jsonl")]):
            ran = reviewer(*command, "--store", path)
            assert ran.returncode in (1, 2), ran
            assert b"is a pipe or a device and no plain file" in ran.stderr or b"no such file" in ran.stderr, ran


@pytest.mark.parametrize(
    "command",
    [
        ["import", "k.csv", "--map", "pipe.toml", "--problem", "p", "--dry-run"],
        ["import", "k.csv", "--map", "pipe.toml", "--problem", "p", "--explain"],
        ["import", "k.csv", "--as", "judgements", "--map", "pipe.toml"],
        ["import", "k.csv", "--as", "outcomes", "--map", "pipe.toml"],
        ["import", "pipe.toml", "--as", "outcomes"],
        ["import", "pipe.toml", "--as", "judgements"],
        ["import", "pipe.toml", "--as", "proposals"],
        ["outcomes", "import", "pipe.toml"],
        ["rubric", "use", "pipe.toml"],
        ["assign", "--problem", "weak_to_strong", "--conflicts", "pipe.toml", "--reviewers", "kim", "--by", "kim"],
        ["restore", "pipe.toml"],
        ["problems", "--config", "pipe.toml"],
    ],
)
def test_no_command_waits_for_what_a_pipe_gives(store: Path, tmp_path: Path, command: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "k.csv").write_text("id,title\na,One\n")
    run = [sys.executable, "-m", "reviewer", *command, "--store", str(store)]
    ran = subprocess.run(run, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, cwd=tmp_path)
    assert ran.returncode == 2, ran
    assert b"pipe.toml" in ran.stderr + ran.stdout, ran


@pytest.mark.parametrize("option", ["--dry-run", "--explain"])
def test_a_pipe_among_the_saved_maps_is_a_map_that_cannot_be_used(store: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "maps").mkdir()
    os.mkfifo(tmp_path / "maps" / "pipe.toml")
    (tmp_path / "config.toml").touch()
    (tmp_path / "k.csv").write_text("id,title\na,One\nb,Two\n")
    ran = reviewer(
        "import", tmp_path / "k.csv", option, "--config", tmp_path / "config.toml", "--store", store, "--problem", "p"
    )
    told = b" ".join((ran.stdout + ran.stderr).split())
    assert b"A saved map cannot be used and was passed over: " in told, ran
    assert b"maps/pipe.toml cannot be read (it is a pipe or a device and no plain file)" in told, ran


def test_the_null_device_is_an_empty_config(store: Path) -> None:
    assert reviewer("problems", "--config", os.devnull, "--store", store).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--direction", "pgr=higher", "--direction", "pgr=lower"], "--direction says two things of 'pgr'; say one."),
        (["--alias", "x=chat", "--alias", "x=math"], "--alias says two things of 'x'; say one."),
        (["--alias", "chat=math", "--alias", "math=chat"], "for another name and for the one that stays"),
        (["--alias", "CHAT=chat"], "--alias takes 'chat' for another name and for the one that stays"),
    ],
)
def test_what_contradicts_itself_is_refused(
    store: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    before = store.read_bytes()
    assert main(["set", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert store.read_bytes() == before


@pytest.mark.parametrize("horizon", ["20270331", "2027-W13-3", "31.3.2027", "2027-02-30", " 2027-03-31"])
def test_a_date_has_one_form(store: Path, capsys: pytest.CaptureFixture[str], horizon: str) -> None:
    assert main(["target", "--criterion", "x", "--reviewer", "kim", "--horizon", horizon]) == 2
    assert "is no date; write it as 2027-03-31." in capsys.readouterr().err
    assert not store.with_name(f"{store.name}-wal").exists(), "the store was closed"


def test_a_group_without_its_command_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config"]) == 2
    assert capsys.readouterr().err == "reviewer: missing command. See 'reviewer config --help'.\n"
    assert main(["completion", "tcsh"]) == 2
    assert "invalid value for 'SHELL': 'tcsh'" in capsys.readouterr().err
    for command in ("config", "completion"):
        assert main([command, "--help"]) == 0
        assert "\b" not in capsys.readouterr().out


def test_bytes_that_are_no_text_are_told(store: Path, tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xe9.jsonl"
    with Path(os.fsdecode(file)).open("w") as results:
        results.write('{"type": "problem", "id": "p", "title": "P"}\n')
    for command in (["import", file, "--store", tmp_path / "new.db"],
                    ["target", "--criterion", b"\xff", "--reviewer", "kim"],
                    ["export", "--everyone", "--agent", b"\xff"],
                    ["export", "--everyone", "--tag", b"\xff"]):  # fmt: skip
        ran = reviewer(*command)
        assert ran.returncode == 2, ran
        assert b"is not UTF-8" in ran.stderr
        assert ran.stderr.count(b"\n") == 1
    assert not (tmp_path / "new.db").exists()


def test_output_that_has_no_room_or_nowhere_to_go_is_told(store: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    for command in (
        ["export", "--everyone"],
        ["problems"],
        ["leaderboard"],
        ["schema"],
        ["--help"],
        ["config", "path"],
    ):
        ran = reviewer(*command, stdout=full)
        assert ran.returncode == 2, ran
        assert ran.stderr.endswith(
            b"reviewer: What there was to write could not be written (No space left on device); make room, or have it "
            b"written elsewhere.\n"
        )
    os.close(full)
    ran = reviewer("export", "--everyone", stdout=None)
    assert ran.returncode == 2
    assert ran.stderr == b"reviewer: Standard output is closed; name a file by -o.\n"
    for command in (["problems"], ["doctor"], ["schema"], ["config", "path"], ["--help"], ["--version"]):
        ran = reviewer(*command, stdout=None)
        assert ran.returncode == 2, ran
        assert ran.stderr.startswith(b"reviewer: Standard output is closed, so that nothing can be written to it; ")


def test_letters_that_the_output_has_not_are_written_as_escapes(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    for command in (["target", "--criterion", "größer … ☃", "--reviewer", "kim"], ["target"]):
        ran = reviewer(*command)
        assert ran.returncode == 0, ran
        assert "größer \\u2026 \\u2603".encode("latin-1") in ran.stdout


@pytest.mark.parametrize("word", ["x" * 300, "a/" * 3000, "\x1b]52;c;eA==\x07"])
def test_a_word_that_can_name_neither_a_command_nor_a_file_is_told_as_such(
    word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word]) == 2
    err = capsys.readouterr().err
    assert err.startswith("reviewer: there is no command ")
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["import", "t.csv", "--as", "judgements", "--newer"], "--as judgements does not go with --newer, which is of"),
        (["import", "t.csv", "--as", "outcomes", "--setting", "lab"], "--as outcomes does not go with --setting"),
        (["import", "t.csv", "--as", "judgements", "--json"], "--as judgements does not go with --json"),
        (["import", "t.csv", "u.csv", "--as", "judgements"], "--as judgements takes one file."),
        (["import", "t.csv", "--missing", "make"], "--missing goes with --as judgements."),
        (["import", "t.csv", "--as", "outcomes", "--missing", "make"], "--missing goes with --as judgements."),
        (["import", "t.csv", "--every", "5"], "--every goes with --watch."),
        (["import", "ftp://x/y"], "ftp://x/y: an address begins with http:// or https://; save what is there, and"),
        (["duplicates", "--near", "abc"], "'abc' is no number."),
        (["target", "--months", "1.5"], "'1.5' is no whole number."),
    ],
)
def test_the_option_that_does_not_fit_is_named(
    capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    assert main(command) == 2
    assert said in capsys.readouterr().err
