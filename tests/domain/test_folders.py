"""Folders of ours, whatever the umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.folders import make_private_folder


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_each_folder_that_is_made_is_for_its_owner_alone_and_others_stay_as_they_are(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    make_private_folder(there / "a" / "b" / "c")
    modes = [folder.stat().st_mode & 0o777 for folder in (there, there / "a", there / "a" / "b", there / "a/b/c")]
    assert modes == [0o755, 0o700, 0o700, 0o700]
    make_private_folder(there)
    assert there.stat().st_mode & 0o777 == 0o755


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        make_private_folder(tmp_path / "file")
