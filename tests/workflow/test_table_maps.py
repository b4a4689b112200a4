"""Maps that are kept: each is found by all columns of its table, and by nothing else."""

import os
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.sources.table_map import TableMap
from reviewer.workflow.table_maps import Looked, maps_folder, save_map, saved_map_for

MAP = TableMap(id=("id",))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text("id,acc\na,1\n")
    return path


def test_a_map_lies_beside_the_config_and_is_found_by_the_columns_in_any_order(table: Path, tmp_path: Path) -> None:
    folder = maps_folder(tmp_path / "config.toml")
    assert saved_map_for(folder, table) == Looked(None)
    saved = save_map(folder, "mine", MAP, ("acc", "id"))
    assert (saved.path, saved_map_for(folder, table)) == (tmp_path / "maps" / "mine.toml", Looked(saved))
    for other in ("id,acc,more\na,1,2\n", "id\na\n", "id,loss\na,1\n"):
        table.write_text(other)
        assert saved_map_for(folder, table) == Looked(None)


def test_of_several_the_one_saved_last_is_taken(table: Path, tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old")):
        saved = save_map(tmp_path, name, MAP, ("id", "acc"))
        os.utime(saved.path, (1_000_000 - age, 1_000_000 - age))
    found = saved_map_for(tmp_path, table).saved
    assert found is not None
    assert found.name == "new"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[method", "broken.toml: not TOML: "),
        ("made_for = ['id', 'acc']\n", "broken.toml: [method] is missing"),
        ("made_for = ['id', 'acc']\n[method]\nid = 'id'\nidd = 'x'\n", "broken.toml: [method] idd means nothing here"),
        ("[method]\nid = 'id'\n", "broken.toml says of no columns that it was made for them"),
        (f"x = {'[' * 5_000}", "broken.toml: "),
        ("\udcff", "broken.toml is not UTF-8"),
    ],
)
def test_a_map_that_cannot_be_used_is_told_and_the_one_before_it_taken(
    table: Path, tmp_path: Path, text: str, why: str
) -> None:
    saved = save_map(tmp_path, "old", MAP, ("id", "acc"))
    os.utime(saved.path, (1_000_000, 1_000_000))
    (tmp_path / "broken.toml").write_bytes(text.encode(errors="surrogateescape"))
    found = saved_map_for(tmp_path, table)
    assert found.saved == saved
    (sentence,) = found.passed_over
    assert sentence.startswith(f"A saved map cannot be used and was passed over: {tmp_path}/{why}")
    assert sentence.endswith(".")


def test_what_cannot_even_be_looked_at_comes_last(table: Path, tmp_path: Path) -> None:
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.toml").mkdir()
    assert [each.partition(" cannot be read (")[1] for each in saved_map_for(tmp_path, table).passed_over] == [
        " cannot be read (",
        " cannot be read (",
    ]
    saved = save_map(tmp_path, "mine", MAP, ("id", "acc"))
    assert saved_map_for(tmp_path, table).saved == saved


def test_a_name_that_can_be_none_and_a_folder_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'\.\./x' cannot be the name of a map"):
        save_map(tmp_path, "../x", MAP, ())
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="the map cannot be written"):
        save_map(tmp_path / "file", "x", MAP, ())
