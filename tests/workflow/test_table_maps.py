"""Maps that are kept: each is found by all columns of its table, and by nothing else."""

import os
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.sources.table_map import TableMap
from reviewer.workflow.table_maps import maps_folder, save_map, saved_map_for

MAP = TableMap(id=("id",))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text("id,acc\na,1\n")
    return path


def test_a_map_lies_beside_the_config_and_is_found_by_the_columns_in_any_order(table: Path, tmp_path: Path) -> None:
    folder = maps_folder(tmp_path / "config.toml")
    assert saved_map_for(folder, table) is None
    saved = save_map(folder, "mine", MAP, ("acc", "id"))
    assert (saved.path, saved_map_for(folder, table)) == (tmp_path / "maps" / "mine.toml", saved)
    for other in ("id,acc,more\na,1,2\n", "id\na\n", "id,loss\na,1\n"):
        table.write_text(other)
        assert saved_map_for(folder, table) is None


def test_of_several_the_one_saved_last_is_taken_and_what_is_no_map_is_passed_over(table: Path, tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old")):
        saved = save_map(tmp_path, name, MAP, ("id", "acc"))
        os.utime(saved.path, (1_000_000 - age, 1_000_000 - age))
    (tmp_path / "broken.toml").write_text("[method")
    found = saved_map_for(tmp_path, table)
    assert found is not None
    assert found.name == "new"


def test_a_name_that_can_be_none_and_a_folder_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"'\.\./x' cannot be the name of a map"):
        save_map(tmp_path, "../x", MAP, ())
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="the map cannot be written"):
        save_map(tmp_path / "file", "x", MAP, ())
