"""Looking through folders: what is yielded in which order, and what is passed over."""

import os
from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError
from reviewer.sources.files import PassedOver, walk
from tests.deep_folders import nested


def test_files_come_in_order_and_what_is_passed_over_is_noted_on_the_same_way(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "c", "a", ".hidden/x", "node_modules/x", "b/z/3", ".file", "b/y/4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "b" / "pipe")
    os.mkfifo(tmp_path / ".pipe")
    (tmp_path / "back").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    passed_over = PassedOver()
    files = [str(file.relative_to(tmp_path)) for file in walk(tmp_path, passed_over)]
    assert files == [".file", "a", "c", "link", "b/1", "b/2", "b/y/4", "b/z/3"]
    assert [str(path.relative_to(tmp_path)) for path in passed_over.odd] == ["back", "circle", "gone", "b/pipe"]
    assert not passed_over.closed


def test_folders_may_be_as_deep_as_the_system_takes_them(tmp_path: Path) -> None:
    with nested(tmp_path / "deep", 1_500) as root:
        passed_over = PassedOver()
        assert [file.name for file in walk(root, passed_over)] == ["kept.jsonl"]
        assert passed_over == PassedOver()


def test_a_folder_beyond_that_is_noted(tmp_path: Path) -> None:
    with nested(tmp_path / "deep", 50, "a" * 100) as root:
        passed_over = PassedOver()
        assert not list(walk(root, passed_over))
        assert len(passed_over.closed) == 1


def test_a_folder_that_has_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be looked into"):
        list(walk(tmp_path / "gone"))
