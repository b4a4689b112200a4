"""``reviewer critic price``, and what ``reviewer config show`` says of the critic."""

from datetime import datetime
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.critic.prices import Price
from reviewer.critic.settings import CriticSettings
from reviewer.workflow.config import read_config
from tests.workflow.test_critic_config import WHOLE

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("REVIEWER_CONFIG", str(path))
    return path


def price(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(["critic", "price", *words])
    return code, *capsys.readouterr()


def today() -> str:
    return datetime.now().astimezone().date().isoformat()


def test_a_price_goes_into_the_config_with_today_s_date(path: Path, capsys: Capture) -> None:
    path.write_text('# mine\ntheme = "light"\n')
    day = today()
    code, out, err = price(capsys, "claude-x", "--input", "5", "--output", "25.5")
    assert (code, out, err) == (0, f"claude-x costs $5 in and $25.5 out a million tokens, as of {day}.\n", "")
    found = read_config(path).critic
    assert found is not None
    assert found.prices == (Price("claude-x", 5.0, 25.5, day),)
    assert path.read_text().startswith('# mine\ntheme = "light"\n')
    price(capsys, "claude-x", "--input", "4", "--output", "20")
    found = read_config(path).critic
    assert found is not None
    assert found.prices == (Price("claude-x", 4.0, 20.0, day),)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["m", "--input", "-1", "--output", "5"], "A price is of m: input and output in US dollars a million tokens"),
        (["m", "--input", "nan", "--output", "5"], "A price is of m"),
        (["m", "--input", "5", "--output", "inf"], "A price is of m"),
        (["", "--input", "5", "--output", "5"], "No model is called so; `reviewer critic models` lists"),
        (["m\x1b[31m", "--input", "5", "--output", "5"], "No model is called so"),
        (["m", "--input", "five", "--output", "5"], "'five' is no number"),
        (["m", "--input", "5"], "missing option '--output'"),
        ([], "missing argument 'MODEL'"),
    ],
)
def test_what_is_no_price_is_one_sentence_and_leaves_the_config_alone(
    path: Path, capsys: Capture, words: list[str], sentence: str
) -> None:
    path.write_text(WHOLE)
    code, out, err = price(capsys, *words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "\x1b" not in err
    assert path.read_text() == WHOLE


def test_a_config_that_is_broken_is_told_and_left_alone(path: Path, capsys: Capture) -> None:
    broken = '[critic]\nday_usd = "5"\n'
    path.write_text(broken)
    code, _, err = price(capsys, "m", "--input", "5", "--output", "25")
    assert code == 2
    assert err.startswith(f"reviewer: {path}, line 2: [critic] day_usd must be an amount in US dollars")
    assert path.read_text() == broken


@pytest.mark.parametrize("text", ["", WHOLE, '[critic.prices."a b.c"]\ninput = 1234567e-1\noutput = 0.0001\n'
                                             'dated = "2026-01-01"\n'])  # fmt: skip
def test_what_is_shown_is_a_config_that_says_the_same_of_the_critic(
    path: Path, capsys: Capture, tmp_path: Path, text: str
) -> None:
    path.write_text(text)
    assert main(["config", "show"]) == 0
    shown = tmp_path / "shown.toml"
    shown.write_text(capsys.readouterr().out)
    assert read_config(shown).critic == (read_config(path).critic or CriticSettings())


def test_where_each_setting_comes_from_is_told(path: Path, capsys: Capture) -> None:
    path.write_text("[critic]\nday_usd = 5\n")
    main(["config", "show"])
    lines = capsys.readouterr().out.splitlines()
    assert "day_usd = 5.0  # the file" in lines
    assert "store_usd = 100.0  # default" in lines
