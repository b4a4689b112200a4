"""``reviewer evidence``: what it prints, and how it exits."""

import json
import sqlite3
from contextlib import closing
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


def test_the_questions_are_those_of_the_data_and_the_thresholds_that_hold_now(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def questions(*options: str) -> dict[str, str]:
        assert main([*options, "evidence", "run-1/m", "--json"]) == 0
        return {q["rule"]: q["question"] for q in json.loads(capsys.readouterr().out)["questions"]}

    assert "few-seeds" not in questions(), "nothing has been checked yet, and five seeds are enough"
    config = tmp_path / "strict.toml"
    config.write_text("[checks]\nfew-seeds.seeds = 9\n")
    assert "5 seeds, and fewer than 9 are unsafe" in questions("--config", str(config))["few-seeds"]
    assert "few-seeds" not in questions()
    opened = Store(store)
    import_records(opened, record("m", measurements=(measured(0.7, standard_error=0.02, n_seeds=3),)))
    opened.close()
    assert "3 seeds, and fewer than 5 are unsafe" in questions()["few-seeds"]


def test_of_a_damaged_store_it_prints_what_can_be_read_whole_and_says_so(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evidence", "run-1/m"]) == 0
    whole = capsys.readouterr().out
    break_root(store, "counts")
    assert main(["evidence", "run-1/m"]) in (0, 1)
    assert capsys.readouterr().out == whole, "what is counted stands in nobody's way"
    with closing(sqlite3.connect(store)) as connection:
        (uuid,) = connection.execute("SELECT uuid FROM methods WHERE external_id = 'm'").fetchone()
    break_root(store, "measurements")
    assert main(["evidence", uuid]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "saves what can be saved of it (not all of the evidence can be read)" in told.err


def break_root(path: Path, *tables: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_master"))
        connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
    raw = bytearray(path.read_bytes())
    for table in tables:
        raw[(roots[table] - 1) * 16384 : roots[table] * 16384] = b"\xa5" * 16384
    path.write_bytes(raw)
