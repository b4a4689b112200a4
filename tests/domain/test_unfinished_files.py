"""A file gets its name when it is whole; what is left of one is taken away, unless its process lives."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.domain.unfinished_files import LOCK, give_name, meant_by, unfinished_file

BEGIN = """
import sys, time
from pathlib import Path
from reviewer.domain.unfinished_files import unfinished_file
with unfinished_file(Path(sys.argv[1])) as part:
    for ending in ("-wal", "-shm"):
        Path(f"{part}{ending}").write_text("more")
    print(part, flush=True)
    time.sleep(600)
"""


def begin(path: Path) -> "subprocess.Popen[str]":
    """Begin a file in another process; return that once there is something of it."""
    process = subprocess.Popen([sys.executable, "-c", BEGIN, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_it_can_be_renamed_and_nothing_else_is_left(tmp_path: Path) -> None:
    with unfinished_file(tmp_path / "a.db") as part:
        assert part.stat().st_mode & 0o777 == 0o600
        assert (part.parent, part.name[:6]) == (tmp_path, ".a.db.")
        part.write_text("whole")
        Path(f"{part}-wal").touch()
        part.replace(tmp_path / "a.db")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.db", "whole")]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_on_any_error_nothing_is_left(tmp_path: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with unfinished_file(tmp_path / "a.db") as part:
            Path(f"{part}-shm").touch()
            raise error

    with pytest.raises(error):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_the_file_that_was_named_is_known_meanwhile(tmp_path: Path) -> None:
    with unfinished_file(tmp_path / "a.db") as part:
        assert meant_by(part) == tmp_path / "a.db"
    assert meant_by(part) == part


def test_what_a_killed_process_left_is_taken_away_whatever_it_was_to_become(tmp_path: Path) -> None:
    end(begin(tmp_path / "killed.db"))
    assert len(list(tmp_path.iterdir())) == 4
    with unfinished_file(tmp_path / "a.db") as part:
        assert sorted(p.name for p in tmp_path.iterdir()) == [part.name, f"{part.name}{LOCK}"]


def test_what_a_living_process_has_stays(tmp_path: Path) -> None:
    process = begin(tmp_path / "living.db")
    try:
        before = sorted(tmp_path.iterdir())
        with unfinished_file(tmp_path / "a.db") as one, unfinished_file(tmp_path / "a.db") as other:
            assert one.exists()
            assert other.exists()
        assert sorted(tmp_path.iterdir()) == before
    finally:
        end(process)


def test_what_is_not_known_to_be_ours_stays(tmp_path: Path) -> None:
    """As a lock of another machine, whose locks the file system may not tell of."""
    name = ".a.db.0123456789ab.part"
    (tmp_path / name).write_text("precious")
    for words in ("", "Locked by reviewer on elsewhere while it writes the file beside this one.\n", "more" * 100):
        (tmp_path / f"{name}{LOCK}").write_text(words)
        with unfinished_file(tmp_path / "b.db"):
            pass
        assert (tmp_path / name).read_text() == "precious"
        assert (tmp_path / f"{name}{LOCK}").read_text() == words


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("x")
    (tmp_path / f".a.db.0123456789ab.part{LOCK}").symlink_to(tmp_path / "words")
    with unfinished_file(tmp_path / "b.db"):
        pass
    assert (tmp_path / "words").read_text() == "x"


def test_the_file_is_synced_before_it_has_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        there = {path.stat().st_ino: path.name for path in (tmp_path, *tmp_path.iterdir())}
        done.append(f"sync {there[os.fstat(handle).st_ino]}")
        fsync(handle)

    def rename(part: Path, path: Path) -> Path:
        done.append("rename")
        return replace(part, path)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", rename)
    with unfinished_file(tmp_path / "out") as part:
        part.write_text("whole")
        give_name(part, tmp_path / "out")
    assert done == [f"sync {part.name}", "rename", f"sync {tmp_path.name}"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
