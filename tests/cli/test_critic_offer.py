"""``reviewer critic offer`` as a person or a script calls it."""

import json
from pathlib import Path

import pytest

from reviewer.cli.main import main

Capture = pytest.CaptureFixture[str]

pytestmark = pytest.mark.usefixtures("store")


def said(capsys: Capture, *words: str) -> tuple[int, str, str]:
    code = main(["critic", "offer", *words])
    return code, *capsys.readouterr()


def test_it_says_what_holds_by_default(capsys: Capture) -> None:
    assert said(capsys) == (
        0,
        "Critiques are offered after one's own verdict, of every proposal. By default: nobody has said otherwise.\n",
        "",
    )
    assert said(capsys, "--json")[1] == "[]\n"


def test_it_is_set_by_somebody_and_what_was_before_is_told(capsys: Capture) -> None:
    code, out, _ = said(capsys, "--without", "20%", "--seed", "7", "--reviewer", "kim")
    assert code == 0
    assert out.startswith(
        "now     Critiques are offered after one's own verdict, but of 20 % of the proposals none, drawn by seed 7. "
        "Set by kim, 20"
    )
    now, before = said(capsys, "--no-lock", "--without", "0", "--reviewer", "lee")[1].splitlines()
    assert now.startswith("now     Critiques are offered also before one's own verdict, of every proposal. Set by lee,")
    assert before == out.rstrip("\n").replace("now   ", "before")
    first, second = json.loads(said(capsys, "--json")[1])
    assert (first["locked"], first["without_share"], first["seed"], first["set_by"]) == (True, 0.2, 7, "kim")
    assert (second["locked"], second["without_share"], second["set_by"]) == (False, 0, "lee")
    assert said(capsys, "--no-lock", "--reviewer", "kim")[2] == "They are offered so already.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--lock"], "It is kept who says how critiques are offered; add --reviewer NAME."),
        (["--without", "much", "--reviewer", "kim"], "--without: “much” is no probability"),
        (["--without", "1", "--reviewer", "kim"], "may be 1 % or 100 %"),
        (["--without", "100%", "--reviewer", "kim"], "is from 0 to 90 %"),
        (["--seed", "3", "--reviewer", "kim"], "say how large that is too"),
        (["--seed", "x", "--reviewer", "kim"], "'x' is no whole number"),
        (["--without", "20%", "--reviewer", "\x1b[31m"], ""),
    ],
)
def test_what_cannot_be_done_is_one_sentence(capsys: Capture, words: list[str], sentence: str) -> None:
    code, out, err = said(capsys, *words)
    assert (code, out) == (2, "")
    assert sentence in err
    assert "\x1b" not in err
    assert said(capsys, "--json")[1] == "[]\n", "nothing was set"


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "none.db"
    assert said(capsys, "--lock", "--reviewer", "kim", "--store", str(path))[0] == 2
    assert said(capsys, "--store", str(path))[0] == 2
    assert not path.exists()
