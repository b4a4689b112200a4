"""``reviewer backup``: where the copy goes, what gives way to it, and what is said."""

import re
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from tests.builders import build_session, build_store, judge, record


@pytest.fixture
def judged(store: Path) -> Path:
    opened = Store(store)
    judge(build_session(opened), 1)
    opened.close()
    return store


def backup(capsys: pytest.CaptureFixture[str], *args: str | Path, status: int = 0) -> str:
    found = main(["backup", *map(str, args)])
    out, err = capsys.readouterr()
    assert found == status, out + err
    assert (err if status else out).count("\n") == 1
    return err if status else out


def test_without_a_place_the_copy_lies_beside_the_store(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = backup(capsys)
    folder = judged.parent / "reviewer.db-backups"
    (copy,) = folder.iterdir()
    assert re.fullmatch(r"reviewer-\d{8}T\d{6}Z\.db", copy.name)
    assert re.fullmatch(
        rf"Copied to {copy}: [\d.]+ [kM]B, 1 proposal; every page and index of the copy was checked\.\n", said
    )
    assert (folder.stat().st_mode & 0o777, copy.stat().st_mode & 0o777) == (0o700, 0o600)
    assert main(["doctor", "--store", str(copy)]) == 0


def test_how_much_all_have_judged_is_told_to_who_organises_alone(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "1 proposal and 1 annotation event; every page" in backup(capsys, tmp_path / "one.db", "--everyone")
    kept = [tmp_path / "one.gz", tmp_path / "two.gz"]
    assert re.fullmatch(
        rf"Kept in {kept[0]}: [\d.]+ \w+; `reviewer restore {kept[0]}` puts it back\.\n",
        backup(capsys, "--people", kept[0]),
    )
    assert ", 1 annotation event; `reviewer restore" in backup(capsys, "--people", "--everyone", kept[1])


def test_an_earlier_copy_gives_way_and_nothing_else_does(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, notes = tmp_path / "copy.db", tmp_path / "notes.txt"
    notes.write_text("notes")
    other = build_store(tmp_path, record("q"), name="other.db")
    other.close()
    assert "in place of what was there" not in backup(capsys, copy)
    assert "in place of what was there" in backup(capsys, copy)
    for path in (notes, other.path):
        before = path.read_bytes()
        said = backup(capsys, path, status=2)
        assert f"{path} is there already and is no earlier copy of {judged}" in said
        assert path.read_bytes() == before
    assert "in place of what was there" in backup(capsys, notes, "--force")
    assert main(["doctor", "--store", str(notes)]) == 0


@pytest.mark.parametrize("own", ["reviewer.db", "reviewer.db-wal", "reviewer.db-drafts"])
def test_the_store_itself_is_never_written_over(judged: Path, own: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = judged.with_name(own)
    assert "belongs to the store itself" in backup(capsys, path, "--force", status=2)
    link = judged.with_name("link")
    link.symlink_to(path)
    assert "belongs to the store itself" in backup(capsys, link, "--force", status=2)


def test_a_store_that_is_not_there_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = backup(capsys, "--store", tmp_path / "none.db", status=2)
    assert "There is no store at" in said
    assert [p.name for p in tmp_path.iterdir() if "none" in p.name] == []


def test_a_folder_takes_the_copy_under_its_own_name(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copies").mkdir()
    backup(capsys, tmp_path / "copies")
    (copy,) = (tmp_path / "copies").iterdir()
    assert copy.name.startswith("reviewer-")
