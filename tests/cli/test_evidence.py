"""``reviewer evidence``: what it prints, and how it exits."""

import json
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Role
from reviewer.store.connection import Store
from tests.builders import import_records, measured, record


@pytest.fixture(autouse=True)
def measured_store(store: Path) -> None:
    opened = Store(store)
    import_records(
        opened,
        record("m", title="Mine\x1b[31m", measurements=(measured(0.7, standard_error=0.02, n_seeds=5),)),
        record("b", Role.BASELINE, title="Theirs", measurements=(measured(0.5, standard_error=0.02, n_seeds=5),)),
    )
    opened.close()


def test_it_prints_every_figure_and_nothing_that_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "run-1/m"]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "against: Theirs" in out
    assert "+0.200 [" in out
    assert "Welch t" in out


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "run-1/m", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert row["difference"]["told"] == "better"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run-1/none",), "There is no proposal"),
        (("run-1/m", "--baseline", "zz"), "is no baseline and no other proposal of this problem"),
    ],
)
def test_what_is_wrong_is_told(words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", *words]) == 2
    assert sentence in capsys.readouterr().err
