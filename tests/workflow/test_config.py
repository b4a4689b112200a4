"""The config file: what it may hold, what is said when it holds something else, and writing it back."""

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.critic.settings import CriticSettings
from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.workflow.config import SETTINGS, Config, did_you_mean, read_config, reviewer_name
from reviewer.workflow.config_writing import remember


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_everything_is_at_its_default(path: Path) -> None:
    config = read_config(path)
    assert config == Config()
    assert (config.move_on, config.idle_seconds, config.reviewer, config.given) == (True, 180, None, frozenset())


def test_a_full_file_is_read_into_types(path: Path) -> None:
    write(
        path,
        """
        reviewer = "kim"
        theme = "light"
        move_on = false
        idle_seconds = 60
        rubric = "mine.toml"
        editor = "code --wait"
        mouse = false
        order = "claim"
        marks = "ascii"
        shared_seeds = ["weak-to-strong"]
        near = 92.5
        [keys]
        next = "n,down"
        previous = ["p", ",", "up"]
        skip = ""
        flag = ","
        [checks]
        few-seeds.seeds = 3
        test-set-noise = { errors = 1.5 }
        no-error = true
        same-title = false
        [critic]
        day_usd = 5
        """,
    )
    config = read_config(path)
    assert config.reviewer == "kim"
    assert config.theme == "light"
    assert config.move_on is False
    assert config.idle_seconds == 60
    assert config.rubric == path.parent / "mine.toml"
    assert config.editor == "code --wait"
    assert config.mouse is False
    assert config.order == "claim"
    assert config.marks == "ascii"
    assert config.shared_seeds == ("weak-to-strong",)
    assert (config.near, config.checks.near) == (92.5, 92.5)
    assert config.keys == {"next": "n,down", "previous": "p,comma,up", "skip": "", "flag": "comma"}
    assert config.checks == CheckSettings(
        frozenset({"same-title"}),
        {"few-seeds": {"seeds": 3}, "test-set-noise": {"errors": 1.5}},
        frozenset({"weak-to-strong"}),
        near=92.5,
    )
    assert config.critic == CriticSettings(day_usd=5.0)
    assert config.given == set(SETTINGS)
    assert config.key_places["next"] == f"{path}, line 14"


def test_a_byte_order_mark_and_carriage_returns_are_taken(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbfreviewer = "kim"\r\nmove_on = false\r\n')
    assert read_config(path) == Config(reviewer="kim", move_on=False, given=frozenset({"reviewer", "move_on"}))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\nthem = 'dark'", 2, "'them' is no setting. Did you mean 'theme'?"),
        ("[key]\nnext = 'n'", 1, "'key' is no setting. Did you mean 'keys'?"),
        ("# theme = 1\ntheme = 1", 2, "theme must be text in quotes"),
        ("theme = ''", 1, "theme must be text"),
        ("move_on = 'yes'", 1, "move_on must be true or false, without quotes"),
        ("idle_seconds = true", 1, "idle_seconds must be a whole number"),
        ("idle_seconds = 0", 1, "from 1 to 86400"),
        ("idle_seconds = 1.5", 1, "idle_seconds must be a whole number"),
        ("reviewer = ''", 1, "reviewer must be a name"),
        ('reviewer = "a\\u001b[31m"', 1, "reviewer must be a name"),
        ('reviewer = "a\\u202eb"', 1, "reviewer must be a name"),
        ("rubric = 3", 1, "rubric must be a path"),
        ("near = 69", 1, "near must be a number from 70 to 100, without quotes"),
        ("near = '90'", 1, "near must be a number from 70 to 100, without quotes"),
        ("near = true", 1, "near must be a number"),
        ("marks = 'emoji'", 1, 'marks must be one of "auto", "unicode", "ascii"'),
        ("keys = 'j'", 1, "keys must be a table"),
        ("[keys]\nfails = 'f'\nnext = 3", 3, "[keys] next must be its keys in quotes"),
        ("[keys]\nnext = ['j', 3]", 2, "[keys] next must be its keys in quotes"),
        ("mouse = true\nkeys.next = 3", 2, "[keys] next must be"),
        ("checks = 3", 1, "checks must be a table"),
        ("[checks]\n\nfew-seed = false", 3, "[checks] 'few-seed' is no rule. Did you mean 'few-seeds'?"),
        ("[checks]\nfew-seeds = 3", 2, "[checks] few-seeds must be false, for a rule that asks nothing, or a"),
        ("[checks]\nfew-seeds.seed = 3", 2, "few-seeds has no threshold 'seed'. Did you mean 'seeds'? It has seeds"),
        ("[checks]\nfew-seeds.seeds = 2.5", 2, "few-seeds.seeds must be a whole number from 0 to 1e+15"),
        ("[checks]\nfew-seeds.seeds = true", 2, "few-seeds.seeds must be a whole number"),
        ("[checks]\nwithin-noise.confidence = nan", 2, "within-noise.confidence must be a number from 0.5 to 0.9999"),
        ("[keys]\n[checks.few-seeds]\nseeds = '3'", 2, "few-seeds.seeds must be a whole number"),
        ("checks.few-seeds.seeds = '3'", 1, "few-seeds.seeds must be a whole number"),
        ("theme = 'dark'\ntheme = 'light'", 2, "not TOML"),
        ("a = 1\ntheme = dark", 2, "not TOML"),
    ],
)
def test_what_does_not_belong_is_told_with_file_and_line(path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(UserError) as told:
        read_config(write(path, text))
    message = str(told.value)
    assert said in message
    assert str(path) in message
    assert f"line {line}" in message
    assert "\n" not in message


def test_a_file_that_is_not_utf_8_is_told_with_its_line(path: Path) -> None:
    path.write_bytes(b"move_on = true\nreviewer = 'J\xfcrgen'\n")
    with pytest.raises(UserError, match="line 2: not UTF-8"):
        read_config(path)


def test_a_directory_in_its_place_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UserError, match=r"config\.toml: the config cannot be read"):
        read_config(path)


@given(st.text())
def test_any_text_is_either_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        outcome = str(read_config(path)) and str(path)
    except UserError as error:
        outcome = str(error)
    assert outcome.startswith(str(path))


def test_remembering_creates_a_private_file(path: Path) -> None:
    target = path.parent / "not" / "there" / "config.toml"
    remember(target, reviewer="kim", theme="light")
    assert read_config(target) == Config(reviewer="kim", theme="light", given=frozenset({"reviewer", "theme"}))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [each.name for each in target.parent.iterdir()] == ["config.toml"]


def test_remembering_keeps_comments_order_and_mode(path: Path) -> None:
    write(path, '# mine\r\ntheme = "dark"  # at night\r\n\r\n[keys]\r\n# vim\r\nnext = "j"\r\n')
    path.chmod(0o640)
    remember(path, theme="light", move_on=False, keys={"skip": ""})
    text = path.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# at night" in text
    assert "# vim" in text
    config = read_config(path)
    assert (config.theme, config.move_on, config.keys) == ("light", False, {"next": "j", "skip": ""})
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_remembering_none_takes_the_setting_out(path: Path) -> None:
    write(path, 'reviewer = "kim"\ntheme = "dark"\n')
    remember(path, reviewer=None, editor=None)
    assert path.read_text(encoding="utf-8") == 'theme = "dark"\n'


def test_remembering_writes_through_a_link(path: Path) -> None:
    real = write(path.parent / "dotfiles.toml", "mouse = false\n")
    path.symlink_to(real)
    remember(path, theme="light")
    assert path.is_symlink()
    assert tomllib.loads(real.read_text(encoding="utf-8")) == {"mouse": False, "theme": "light"}


@pytest.mark.parametrize("change", [{"theme": 3}, {"colour": "red"}, {"reviewer": ""}, {"keys": {"next": 3}}])
def test_what_the_config_could_not_hold_is_never_written(path: Path, change: dict[str, object]) -> None:
    write(path, 'theme = "dark"\n')
    with pytest.raises(UserError):
        remember(path, **change)
    assert path.read_text(encoding="utf-8") == 'theme = "dark"\n'


def test_a_broken_file_is_left_alone(path: Path) -> None:
    write(path, "theme = dark\n")
    with pytest.raises(UserError, match="not TOML"):
        remember(path, theme="light")
    assert path.read_text(encoding="utf-8") == "theme = dark\n"


def test_a_place_that_cannot_be_written_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(UserError, match=r"cannot be written \(Permission denied\); theme is not remembered"):
        remember(path, theme="light")


def test_a_failed_write_leaves_the_old_file_and_no_other(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, 'theme = "dark"\n')

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(UserError, match="No space left on device"):
        remember(path, theme="light")
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]
    assert path.read_text(encoding="utf-8") == 'theme = "dark"\n'


def test_who_judges_is_said_by_the_option_then_the_variable_then_the_config() -> None:
    config = Config(reviewer="config")
    assert reviewer_name("option", config, {"REVIEWER_NAME": "variable"}) == "option"
    assert reviewer_name(None, config, {"REVIEWER_NAME": "variable"}) == "variable"
    assert reviewer_name(None, config, {"REVIEWER_NAME": ""}) == "config"
    assert reviewer_name(None, Config(), {}) is None
    with pytest.raises(UserError, match="--reviewer: '' cannot be"):
        reviewer_name("", config, {})


def test_did_you_mean_is_silent_without_a_near_word() -> None:
    assert did_you_mean("zzz", ["next"]) == ""
    assert did_you_mean("nxt", ["next", "fails"]) == " Did you mean 'next'?"
