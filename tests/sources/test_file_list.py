"""A list of very many files: the paths that went in come out, and it takes little more than their names."""

import pickle
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.sources.file_list import FileList

NAMES = st.lists(st.text(st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1).filter(lambda n: n != "."))


@given(NAMES)
def test_it_reads_as_a_tuple_of_the_paths(names: list[str]) -> None:
    files, paths = FileList(Path("a/b"), names), tuple(Path("a/b", name) for name in names)
    assert tuple(files) == paths
    assert len(files) == len(paths)
    assert files[1:] == paths[1:]
    assert [files[i] for i in range(-len(paths), len(paths))] == [*paths, *paths]
    assert files == pickle.loads(pickle.dumps(files))
    assert hash(files) == hash(FileList(Path("a/b"), names))


def test_what_is_not_utf8_keeps_its_bytes() -> None:
    (file,) = FileList(Path("a"), ["\udcff.json"])
    assert file.name == "\udcff.json"


def test_beyond_its_end_there_is_nothing() -> None:
    with pytest.raises(IndexError):
        FileList(Path("a"), ["x"])[1]


def test_it_takes_little_more_than_the_names() -> None:
    names = [f"{n}_some_idea.json" for n in range(2_000)]
    tracemalloc.start()
    try:
        files = FileList(Path("shared_findings"), names)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(files) == 2_000
    assert held < 3 * sum(map(len, names))
