"""``reviewer recover``: what is said of a damaged store, and that its exit status tells of what people did."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE
from tests.builders import build_session, judge


@pytest.fixture
def judged(store: Path) -> Path:
    opened = Store(store)
    judge(build_session(opened), 1)
    opened.close()
    return store


def overwrite(path: Path, *names: str) -> None:
    """Overwrite the root pages of these tables and indexes."""
    with closing(sqlite3.connect(path)) as connection:
        roots = connection.execute(
            f"SELECT rootpage FROM sqlite_master WHERE name IN ({','.join('?' * len(names))})", names
        ).fetchall()
    raw = bytearray(path.read_bytes())
    for (root,) in roots:
        raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = bytes(PAGE_SIZE)
    path.write_bytes(raw)


def recover(path: Path, out: Path, capsys: pytest.CaptureFixture[str], status: int) -> tuple[str, str]:
    found = main(["recover", str(out), "--store", str(path)])
    said = capsys.readouterr()
    assert found == status, said
    return said.out, said.err


def test_a_whole_store_is_taken_over(judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = recover(judged, tmp_path / "saved.db", capsys, 0)
    assert out.splitlines()[0].split() == ["read", "of", "known", "in", "the", "new", "store"]
    assert "annotations                  1           1                 1" in out
    assert out.endswith(
        f"Saved in {tmp_path}/saved.db: 1 proposal and 1 annotation event of at least 1; no page was found broken.\n"
    )
    assert err == ""
    assert main(["doctor", "--store", str(tmp_path / "saved.db")]) == 0


def test_a_terminal_is_told_how_far_it_is(
    judged: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(judged, "annotations_of_method")
    monkeypatch.setattr("reviewer.cli.output._Readable.isatty", lambda _: True)
    _, err = recover(judged, tmp_path / "saved.db", capfd, 0)
    told = [line.rstrip() for line in err.split("\r") if line.strip()]
    pages = judged.stat().st_size // PAGE_SIZE
    for expected in (
        rf"finding pages: +\d+ % of {pages}",
        r"reading pages: 100 % of \d+",
        r"saving the rows of pages: +\d+ % of \d+",
        r"setting right what refers to lost rows …",
        r"indexing texts: 100 % of 1",
        r"checking methods: 100 % of 1",
        r"looking over what was saved …",
    ):
        assert any(re.fullmatch(expected, line) for line in told), (expected, told)
    assert err.rpartition("\r")[2].startswith("reviewer: "), "the line is gone at the end"


def test_doctor_names_it_and_it_counts_what_is_lost(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(judged, "annotations")
    before = judged.read_bytes()
    assert main(["doctor"]) == 1
    assert "`reviewer recover OUT` saves what can be saved of it (" in capsys.readouterr().err
    out, err = recover(judged, tmp_path / "saved.db", capsys, 1)
    assert "annotations                  0           1                 0" in out
    assert "0 annotation events of at least 1" in out
    assert "could not be read as they should be" in out
    assert "reviewer: 1 annotation event is lost; a file that the app kept daily may have them" in err
    assert judged.read_bytes() == before


def test_what_lacks_its_text_is_put_beside_and_comes_back(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(judged, "revisions")
    out, err = recover(judged, tmp_path / "saved.db", capsys, 0)
    assert "0 proposals and 0 annotation events of at least 1" in out
    aside = tmp_path / "saved-people.jsonl.gz"
    assert f"reviewer: 1 event of such texts is kept in {aside}; after that import" in err
    assert aside.stat().st_mode & 0o777 == 0o600
    assert main(["restore", str(aside), "--store", str(tmp_path / "saved.db")]) == 2
    assert "is not in the store: weak_to_strong/run-1/p1. Import it" in capsys.readouterr().err


def test_lost_names_stand_in(judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overwrite(judged, "imports", "reviewers")
    out, err = recover(judged, tmp_path / "saved.db", capsys, 0)
    assert "1 proposal and 1 annotation event of at least 1" in out
    assert "stand there under what was known of them: 1 of reviewers, 1 of imports." in err
    with closing(Store(tmp_path / "saved.db")) as saved:
        assert saved.connection().execute("SELECT name FROM reviewers").fetchall() == [("kim",)]


def test_where_the_beginning_is_lost_recover_is_named(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(shutil.copy(judged, tmp_path / "headless.db"))
    raw = path.read_bytes()
    path.write_bytes(b"\xa5" * PAGE_SIZE + raw[PAGE_SIZE:])
    assert main(["problems", "--store", str(path)]) == 2
    assert (
        "Of a store whose beginning is lost, `reviewer recover OUT` saves what can be saved." in capsys.readouterr().err
    )
    recover(path, tmp_path / "saved.db", capsys, 0)


def test_a_row_that_is_lost_without_a_word_of_sqlite_is_told_as_damage(
    judged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(judged, "annotations_of_method")
    with closing(sqlite3.connect(judged)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE metrics SET derived_from = '[]'")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE metrics SET derived_from = '{'")
        connection.commit()
    assert main(["problems"]) == 1
    err = capsys.readouterr().err
    assert "is damaged;" in err
    assert "our side" not in err
