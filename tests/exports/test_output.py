"""A file takes its place whole or not at all, and never that of the store."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.exports.output import is_export, to_file, to_stdout


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def save(path: Path, text: str) -> None:
    with to_file(path) as write:
        write(text)


@pytest.mark.usefixtures("usual_umask")
def test_a_new_file_is_utf8_with_the_usual_permissions(tmp_path: Path) -> None:
    save(tmp_path / "é.csv", "é\r\n")
    assert (tmp_path / "é.csv").read_bytes() == b"\xc3\xa9\r\n"
    assert stat.S_IMODE((tmp_path / "é.csv").stat().st_mode) == 0o644
    assert [p.name for p in tmp_path.iterdir()] == ["é.csv"]


def test_an_old_file_gives_way_and_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    target.chmod(0o600)
    save(target, "new")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    save(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_on_an_error_the_old_file_stays_and_nothing_else_is_left(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")

    def fail() -> None:
        with to_file(target) as write:
            write("half")
            assert target.read_text() == "old"
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    def fill() -> None:
        with to_file(tmp_path / "out.csv") as write:
            write("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match=r"out\.csv cannot be written \(No space left on device\)"):
        fill()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        save(tmp_path, "x")
    with pytest.raises(UserError, match="There is no folder"):
        save(tmp_path / "no" / "out.csv", "x")


@pytest.mark.parametrize("name", ["a\0b", "~nobody-of-that-name/x"])
def test_what_is_no_path_is_told(name: str) -> None:
    with pytest.raises(UserError, match="cannot be used as a path"):
        save(Path(name), "x")


def test_the_store_is_refused_under_any_name(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    store.write_text("precious")
    (tmp_path / "soft").symlink_to(store)
    (tmp_path / "hard").hardlink_to(store)
    for name in ("s.db", "soft", "hard"):
        with pytest.raises(UserError, match="belongs to the store"), to_file(tmp_path / name, [store]) as write:
            write("x")
    assert store.read_text() == "precious"


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    save(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()


def test_standard_output_gets_the_bytes_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with to_stdout() as write:
        write("é\x1b\r\n")
    assert capfdbinary.readouterr().out == b"\xc3\xa9\x1b\r\n"


def test_a_terminal_is_given_nothing_that_it_would_obey(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with to_stdout() as write:
        write("a\x1b[2Jb\r\n")
    assert capsys.readouterr().out == "a␛[2Jb\n"


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("", True),
        ("\ufeffproposal_id,namespace,external_id\r\n", True),
        ('{"event_id": "e", "proposal_id": "p", "external_id": "x"}', True),
        ('{"type": "proposal", "id": "x"}', False),
        ("my own words", False),
    ],
)
def test_an_export_is_known_by_its_columns(tmp_path: Path, text: str, ours: bool) -> None:
    (tmp_path / "f").write_text(text, encoding="utf-8")
    assert is_export(tmp_path / "f") is ours
