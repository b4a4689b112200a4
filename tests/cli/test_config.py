"""``reviewer config`` and ``reviewer schema``: what they print can be used as it stands."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from reviewer.cli.main import main
from reviewer.domain.methods import MethodRecord, Remark
from reviewer.domain.problems import Problem
from reviewer.sources import native
from reviewer.tui.actions import ACTIONS
from reviewer.tui.keys import effective_keymap
from reviewer.workflow.config import read_config


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    return tmp_path / "config.toml"


def shown(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["config", *args]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def test_the_path_is_printed_whether_or_not_the_file_is_there(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "path") == f"{path}\n"


def test_without_a_file_all_settings_are_shown_as_defaults(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, "show")
    assert f"# {path} is not there" in out
    assert 'theme = "dark"  # default' in out
    assert "# reviewer is not set" in out


def test_what_is_shown_is_a_config_that_means_the_same(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(
        'reviewer = "kim \\"K\\" é"\nmove_on = false\nrubric = "mine.toml"\n'
        '[keys]\nnext = ["n", ","]\nnext_match = ""\n'
        "[checks]\nfew-seeds.seeds = 3\ntest-set-noise.errors = 1.5\nsame-title = false\n"
    )
    config = read_config(path)
    out = shown(capsys, "show")
    assert "move_on = false  # the file" in out
    again = path.with_name("again.toml")
    again.write_text(out)
    copy = read_config(again)
    assert (copy.reviewer, copy.move_on, copy.rubric, copy.keys, copy.checks) == (
        config.reviewer, config.move_on, config.rubric, config.keys, config.checks)  # fmt: skip
    assert copy.checks.thresholds == {"few-seeds": {"seeds": 3}, "test-set-noise": {"errors": 1.5}}


def test_who_judges_is_shown_with_who_said_it(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text('reviewer = "kim"\n')
    assert 'reviewer = "kim"  # the file' in shown(capsys, "show")
    monkeypatch.setenv("REVIEWER_NAME", "lee")
    assert 'reviewer = "lee"  # REVIEWER_NAME' in shown(capsys, "show")
    assert 'reviewer = "max"  # --reviewer' in shown(capsys, "show", "--reviewer", "max")


def test_the_list_of_keys_can_be_copied_into_a_config(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text('[keys]\nskip = "comma"\nflag = "ctrl+space"\n')
    out = shown(capsys, "show", "--keys")
    keys = tomllib.loads(out)["keys"]
    assert set(keys) == {each.id for each in ACTIONS if not each.fixed}
    assert effective_keymap(keys) == effective_keymap(read_config(path).keys)
    assert out.count(", changed:") == 2
    assert all(f"# {each.id} = " in out for each in ACTIONS if each.fixed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("them = 1", "line 1: 'them' is no setting. Did you mean 'theme'?"),
        ("[keys]\n\nnxt = 'n'", "line 3: [keys] nxt = 'n': there is no such action. Did you mean 'next'?"),
        ("[keys]\nnext = 'pagdown'", "line 2: [keys] next = 'pagdown': 'pagdown' is no key."),
        ("[keys]\nskip = 'n'", "line 2: [keys] the key 'n' would mean both 'skip' and 'next_match'"),
        ("theme = dark", "line 1"),
    ],
)
def test_a_wrong_config_is_one_sentence_and_status_2(
    path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    path.write_text(text)
    assert main(["config", "show"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"reviewer: {path}")
    assert said in err
    assert err.count("\n") == 1


def test_a_config_named_on_the_command_line_must_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(tmp_path / "none.toml"), "config", "show"]) == 2
    assert "there is no file" in capsys.readouterr().err


def test_the_example_is_valid_and_read_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert main(["schema", "--example"]) == 0
    example = capsys.readouterr().out
    for line in example.splitlines():
        jsonschema.validate(json.loads(line), schema)
    file = tmp_path / "example.jsonl"
    file.write_text(example, encoding="utf-8")
    read = list(native.read(native.plan(file)))
    assert [type(record) for record in read] == [Problem, MethodRecord, MethodRecord, Remark]
