"""Where a file lies, however it was named."""

from os.path import normpath
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.whereabouts import links_followed, whereabouts


@pytest.mark.parametrize(
    ("file", "import_path", "lies"),
    [
        ("/w/a.jsonl", "/w/a.jsonl", "/w/a.jsonl"),
        ("a.jsonl", "/w/a.jsonl", "/w/a.jsonl"),
        ("./run/a.jsonl", "/w/run/a.jsonl", "/w/run/a.jsonl"),
        ("../x/a.jsonl", "/w/y/../x/a.jsonl", "/w/x/a.jsonl"),
        ("/w/x/a.jsonl", "/w/y/../x/a.jsonl", "/w/x/a.jsonl"),
        ("run/deep/a.jsonl", "/w/run", "/w/run/deep/a.jsonl"),
        ("a.jsonl", "/w/run", "/w/run/a.jsonl"),
        ("b/a.jsonl", "/w/b/b", "/w/b/b/a.jsonl"),
        ("http://host:8000/api", "http://host:8000", "http://host:8000/api"),
        ("standard input", "standard input", "standard input"),
        ("https://host/x", "/w/run", "https://host/x"),
        ("", "/w/run", ""),
    ],
)
def test_where_a_file_lies(file: str, import_path: str, lies: str) -> None:
    assert whereabouts(file, import_path) == lies


NAMES = st.sampled_from(["a", "b", "run", "..", "."])


@given(
    begun=st.lists(st.sampled_from(["a", "b", "run"]), min_size=3, max_size=5),
    named=st.lists(NAMES, min_size=1, max_size=3),
    deeper=st.lists(st.sampled_from(["a", "b", "run"]), max_size=2),
)
def test_it_is_the_same_named_absolutely_and_from_where_the_import_was_begun(
    begun: list[str], named: list[str], deeper: list[str]
) -> None:
    folder, path = Path("/", *begun), Path(*named)
    file = Path(path, *deeper)
    absolute = whereabouts(str(folder / file), str(folder / path))
    assert absolute == normpath(folder / file)
    own = whereabouts(str(file), str(folder / path))
    # Of several folders in which it may have been begun the deepest is meant: their files are the import's own.
    assert own == absolute or own.startswith(f"{normpath(folder / path)}")


def test_links_lead_where_the_file_is_and_what_is_no_path_stays(tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "x"
    folder.mkdir()
    (folder / "a.jsonl").touch()
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "b.jsonl").symlink_to(folder / "a.jsonl")
    for path in (tmp_path / "link" / "a.jsonl", tmp_path / "b.jsonl", folder / "a.jsonl"):
        assert links_followed(str(path)) == str(folder / "a.jsonl")
    assert links_followed(str(folder / "gone" / "c.jsonl")) == str(folder / "gone" / "c.jsonl")
    for name in ("", "a.jsonl", "standard input", "http://host/api"):
        assert links_followed(name) == name
