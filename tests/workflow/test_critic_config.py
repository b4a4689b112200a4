"""The table [critic] of the config: what it may say, and writing prices into it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.critic.prices import Price
from reviewer.critic.settings import DEFAULT_MODEL, EFFORTS, CriticSettings
from reviewer.domain.errors import UserError
from reviewer.workflow.config import read_config
from reviewer.workflow.config_writing import remember

WHOLE = """\
theme = "dark"  # as at home

[critic]
model = "claude-x"  # the newest
effort = "high"
max_output_tokens = 20000
deadline_seconds = 300
attempts = 5
call_usd = 2
day_usd = 20.5
store_usd = 0

[critic.prices."claude-x"]
input = 5
output = 25.5
dated = "2026-11-29"

[critic.prices."claude-y"]
input = 0.25
output = 1
dated = 2026-11-01
"""


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def critic(path: Path) -> CriticSettings:
    found = read_config(path).critic
    assert found is not None
    return found


def test_what_it_says_is_read_and_what_it_leaves_out_is_at_its_default(tmp_path: Path) -> None:
    assert read_config(config(tmp_path, "")).critic is None
    assert critic(config(tmp_path, "[critic]\n")) == CriticSettings()
    assert CriticSettings().model == DEFAULT_MODEL
    assert critic(config(tmp_path, WHOLE)) == CriticSettings(
        "claude-x", "high", 20_000, 300, 5, 2.0, 20.5, 0.0,
        (Price("claude-x", 5.0, 25.5, "2026-11-29"), Price("claude-y", 0.25, 1.0, "2026-11-01")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "line", "sentence"),
    [
        ("critic = 5", 1, "critic must be a table: [critic] and below it lines such as"),
        ("critic = []", 1, "critic must be a table"),
        ("[critic]\nmodel = 5", 2, "[critic] model must be the id of a model in quotes"),
        ('[critic]\nmodel = " "', 2, "[critic] model must be the id of a model in quotes"),
        ('[critic]\nmodel = "a\\u001b[31m"', 2, "[critic] model must be the id"),
        ('[critic]\n\neffort = "hard"', 3, '[critic] effort must be one of "low", "medium", "high"'),
        ("[critic]\neffort = [1]", 2, "[critic] effort must be one of"),
        ("[critic]\nmax_output_tokens = 999", 2, "a whole number of tokens from 1,000 to 128,000"),
        ("[critic]\nmax_output_tokens = 2000.5", 2, "a whole number of tokens"),
        ("[critic]\nattempts = true", 2, "a whole number of attempts from 1 to 10"),
        ("[critic]\ndeadline_seconds = 3601", 2, "a whole number of seconds from 5 to 3,600"),
        ("[critic]\nday_usd = -1", 2, "day_usd must be an amount in US dollars from 0 to 1,000,000"),
        ("[critic]\nday_usd = nan", 2, "day_usd must be an amount in US dollars"),
        ("[critic]\nday_usd = inf", 2, "day_usd must be an amount in US dollars"),
        ("[critic]\ncall_usd = true", 2, "call_usd must be an amount in US dollars"),
        ('[critic]\nstore_usd = "5"', 2, "store_usd must be an amount in US dollars"),
        ("critic.day_usd = -1", 1, "day_usd must be an amount"),
        ("[critic]\nkey = 'sk-ant-1'", 2, "[critic] 'key' is no setting of it. There are model, effort"),
        ("[critic]\nprices = 5", 2, '[critic.prices."MODEL"] and below it input = 5'),
        ("[critic.prices]\nx = 5", 1, '[critic.prices."MODEL"]'),
        ('[critic.prices."x"]\ninput = 5\noutput = 25', 1, "prices must be of x: input and output in US dollars"),
        ('[critic.prices."x"]\ninput = 5\noutput = -1\ndated = "2026-01-01"', 1, "prices must be of x"),
        ('[critic.prices."x"]\ninput = 5\noutput = 1\ndated = "soon"', 1, "prices must be of x"),
        ('[critic.prices."x"]\ninput = 5\noutput = 1\ndated = 7', 1, "prices must be of x"),
        ('[critic.prices."x"]\ninput = 5\noutput = 1\ndated = "2026-01-01"\ncached = 1', 1, "prices must be of x"),
        ('[critic.prices.""]\ninput = 5\noutput = 1\ndated = "2026-01-01"', 1, "input and output in US dollars"),
    ],
)
def test_what_cannot_be_is_told_with_the_file_and_the_line(
    tmp_path: Path, lines: str, line: int, sentence: str
) -> None:
    path = config(tmp_path, f"{lines}\n")
    with pytest.raises(UserError) as told:
        read_config(path)
    assert str(told.value).startswith(f"{path}, line {line}: "), told.value
    assert sentence in str(told.value)


def test_a_key_of_the_api_in_the_config_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        read_config(config(tmp_path, "[critic]\napi_key = 'sk-ant-secret'\n"))
    assert "sk-ant-secret" not in str(told.value)


SAID = {"input": 3.0, "output": 15.0, "dated": "2026-12-01"}
PRICED = Price("claude-new", 3.0, 15.0, "2026-12-01")

ALREADY = {
    "nothing": "",
    "another table": '[keys]\nnext = "j"  # as in vi\n',
    "a comment alone": "# mine\n",
    "an empty table": "[critic]\n# nothing yet\n",
    "all of it": WHOLE,
    "that price": '[critic.prices."claude-new"]\n# from the list\ninput = 1\noutput = 2 # dear\ndated = "2026-01-01"\n',
    "inline": '[critic]\nprices = { "claude-y" = { input = 1, output = 2, dated = "2026-01-01" } }\nattempts = 2\n',
    "inline in inline": 'critic = { attempts = 2, prices = { y = { input = 1, output = 2, dated = "2026-01-01" } } }\n',
    "dotted": 'critic.attempts = 2\ncritic.model = "claude-x"\n',
    "dotted price": '[critic]\nattempts = 2\nprices.claude-y.input = 1\nprices.claude-y.output = 2\n'
    'prices.claude-y.dated = "2026-01-01"\n',
    "apart": '[critic]\nattempts = 2\n[keys]\nnext = "j"\n[critic.prices.claude-y]\ninput = 1\noutput = 2\n'
    'dated = "2026-01-01"\n',
    "price first": '[critic.prices.claude-y]\ninput = 1\noutput = 2\ndated = "2026-01-01"\n[keys]\nnext = "j"\n'
    "[critic]\nattempts = 2\n",
    "prices apart": '[critic.prices.claude-y]\ninput = 1\noutput = 2\ndated = "2026-01-01"\n[keys]\nnext = "j"\n'
    '[critic.prices.claude-z]\ninput = 1\noutput = 2\ndated = "2026-01-01"\n',
    "windows": 'theme = "dark"\r\n[critic]\r\nattempts = 2\r\n',
    "no line end": "[critic]\nattempts = 2",
}  # fmt: skip


@pytest.mark.parametrize("already", ALREADY)
def test_a_price_is_written_beside_all_that_is_there(tmp_path: Path, already: str) -> None:
    path = config(tmp_path, "")
    path.write_bytes(ALREADY[already].encode())
    before, text = read_config(path), ALREADY[already]
    remember(path, critic={"prices": {"claude-new": SAID}})
    after = critic(path)
    assert after.price_of("claude-new") == PRICED
    held = before.critic or CriticSettings()
    assert {p for p in after.prices if p != PRICED} == {p for p in held.prices if p.model != "claude-new"}
    for name in ("model", "effort", "max_output_tokens", "deadline_seconds", "attempts", "call_usd", "day_usd",
                 "store_usd"):  # fmt: skip
        assert getattr(after, name) == getattr(held, name), name
    now = read_config(path)
    assert (now.keys, now.theme) == (before.keys, before.theme)
    written = path.read_text()
    for line in text.splitlines():
        if "#" in line:
            assert line.partition("#")[2] in written, "comments are kept"


def test_where_there_is_no_file_one_is_made_that_says_the_price_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    remember(path, critic={"prices": {"claude-new": SAID}})
    assert tomllib.loads(path.read_text()) == {"critic": {"prices": {"claude-new": SAID}}}
    remember(path, critic={"prices": {"claude-new": {**SAID, "input": 4.0}}})
    assert critic(path).prices == (Price("claude-new", 4.0, 15.0, "2026-12-01"),)


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    st.floats(0, 1_000_000),
    st.floats(0, 1_000_000),
)
def test_whatever_a_model_is_called_its_price_is_read_as_it_was_written_or_refused_whole(
    tmp_path_factory: pytest.TempPathFactory, model: str, given_in: float, given_out: float
) -> None:
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(WHOLE)
    said: dict[str, Any] = {"input": given_in, "output": given_out, "dated": "2026-12-01"}
    if model.strip() and model.isprintable():
        remember(path, critic={"prices": {model: said}})
        assert critic(path).price_of(model.strip()) == Price(model.strip(), given_in, given_out, "2026-12-01")
        assert len(critic(path).prices) == 3
    else:
        with pytest.raises(UserError, match="input and output in US dollars"):
            remember(path, critic={"prices": {model: said}})
        assert path.read_text() == WHOLE


@pytest.mark.parametrize("wrong", [{"input": -1.0}, {"output": float("nan")}, {"input": 2e6}, {"dated": "soon"}])
def test_a_price_that_cannot_be_leaves_the_file_alone(tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = config(tmp_path, WHOLE)
    with pytest.raises(UserError, match="input and output in US dollars"):
        remember(path, critic={"prices": {"claude-new": SAID | wrong}})
    assert path.read_text() == WHOLE


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "model": st.sampled_from(("claude-x", "é")),
            "effort": st.sampled_from(EFFORTS),
            "max_output_tokens": st.integers(1_000, 128_000),
            "deadline_seconds": st.integers(5, 3_600),
            "attempts": st.integers(1, 10),
            "call_usd": st.floats(0, 1_000_000),
            "day_usd": st.integers(0, 1_000_000),
            "store_usd": st.floats(0, 1_000_000),
        },
    )
)
def test_every_setting_that_is_remembered_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, said: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("config") / "config.toml"
    remember(path, critic=said)
    found = critic(path)
    assert {name: getattr(found, name) for name in said} == said
