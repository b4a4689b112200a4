"""A look at a table: at its first rows alone, of nothing that a format knows, with what is missing yet told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Role
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap
from reviewer.tui.table_preview_lines import preview_lines
from reviewer.workflow.table_looking import LOOKED_AT, MOST_VALUES, TableLook, look_at_table, preview_of
from reviewer.workflow.table_maps import save_map


def look(path: Path, text: str) -> TableLook:
    path.write_text(text)
    found = look_at_table(path, path.parent / "maps")
    assert found is not None
    return found


def test_only_a_file_that_no_format_knows_is_looked_at(tmp_path: Path) -> None:
    native = tmp_path / "a.jsonl"
    native.write_text(json.dumps({"type": "proposal", "id": "a", "title": "A", "problem": "p"}) + "\n")
    (tmp_path / "notes.txt").write_text("nothing but words\n")
    for path in (native, tmp_path, tmp_path / "notes.txt", tmp_path / "missing.csv"):
        assert look_at_table(path, tmp_path) is None


def test_of_a_long_table_the_first_rows_are_looked_at(tmp_path: Path) -> None:
    found = look(tmp_path / "t.csv", "name,acc\n" + "".join(f"m{n},{n}\n" for n in range(LOOKED_AT + 5)))
    assert (len(found.rows), found.is_whole) == (LOOKED_AT, False)
    assert len(found.values["name"]) == MOST_VALUES
    assert found.numeric == {"acc"}
    assert look(tmp_path / "u.csv", "name,acc\n" + "m,1\n" * LOOKED_AT).is_whole


def test_what_is_refused_is_told_by_its_line_as_at_import(tmp_path: Path) -> None:
    found = look(tmp_path / "t.csv", "name,kind,acc\na,baseline,1\nragged\nb,proposal,OOM\nc,proposal,2\n")
    preview = preview_of(found, found.mapping, "p")
    assert [(r.place, r.reason.partition(",")[0]) for r in preview.rejects] == [
        ("line 3", "It has 1 cell"), ("line 4", "acc is 'OOM'"),
    ]  # fmt: skip
    assert (preview.count(Role.BASELINE), preview.count(Role.PROPOSAL), preview.trouble) == (1, 1, "")


@pytest.mark.parametrize(
    ("mapping", "trouble"),
    [
        (TableMap(id=()), "Say by which column a method is known: no two methods have the same in it."),
        (TableMap(id=("name",)), "Say which problem the methods are of."),
        (TableMap(id=("name",), measurements=(MeasuredColumn(Said(), "acc"),)), "Say which column names the metric."),
        (TableMap(id=("name",), measurements=(MeasuredColumn(Said("acc")),)), "Say which column has the values."),
        (TableMap(id=("nobody",)), "has no column 'nobody', which [method] id names; it has name, acc."),
    ],
)
def test_what_is_missing_yet_is_told(mapping: TableMap, trouble: str, tmp_path: Path) -> None:
    found = look(tmp_path / "t.csv", "name,acc\na,1\n")
    assert preview_of(found, mapping, None).trouble == trouble
    fixed = replace(mapping, problem=Said("p"))
    assert bool(preview_of(found, fixed, None).trouble) is (trouble != "Say which problem the methods are of.")


def test_a_saved_map_is_what_it_begins_with(tmp_path: Path) -> None:
    saved = save_map(tmp_path / "maps", "mine", TableMap(id=("acc",)), ("name", "acc"))
    found = look(tmp_path / "t.csv", "name,acc\na,1\n")
    assert (found.saved, found.mapping) == (saved, saved.mapping)


def test_a_saved_map_that_cannot_be_used_is_told_by_the_look(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,acc\na,1\n")
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "broken.toml").write_text("[method")
    look = look_at_table(tmp_path / "t.csv", tmp_path / "maps")
    assert look is not None
    assert look.saved is None
    assert "broken.toml: not TOML" in look.passed_over[0]
    shown = [line.text for line in preview_lines(look, preview_of(look, look.mapping, "p"))]
    assert shown[0] == look.passed_over[0]


def test_what_cannot_be_the_error_of_a_value_is_told(tmp_path: Path) -> None:
    found = look(tmp_path / "t.csv", "name,s1,s2\na,1,2\n")
    measured = MeasuredColumn(Said("acc"), seeds=("s1", "s2"), error="s1")
    preview = preview_of(found, TableMap(id=("name",), measurements=(measured,)), "p")
    assert (
        preview.trouble == "error is 's1', which is a column of values; the error of a value has a column of its own."
    )


def test_a_column_that_no_row_has_is_told_and_rejects_no_row(tmp_path: Path) -> None:
    found = look(tmp_path / "t.jsonl", '{"name": "a", "acc": 1}\n{"name": "b", "acc": 2}\n')
    preview = preview_of(found, TableMap(id=("name",), title="title"), "p")
    assert (len(preview.methods), preview.rejects) == (2, ())
    assert preview.notices == (f"No row of {found.path} has the column 'title', which [method] title names.",)
    shown = [line.text for line in preview_lines(found, preview)]
    assert shown[1] == preview.notices[0]
