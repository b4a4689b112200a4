"""A drafted map, and one that is kept, name the columns of their table to the letter, whatever these are called."""

import csv
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord
from reviewer.sources import registry
from reviewer.sources.contract import Stated
from reviewer.sources.judgement_map_draft import draft_of
from reviewer.sources.raw_rows import RawRows
from reviewer.sources.table_map import TableMap, read_table_map
from reviewer.sources.table_map_draft import draft_of_table
from reviewer.sources.toml_text import quoted
from reviewer.workflow.table_maps import save_map, saved_map_for

LETTERS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("\t\n\r\x00\x1b\x7f\x85\u2028\u202e\ufeff\ufdd0\"'\\#=[].\U000e0001\U0010ffff"),
)
NAMES = st.lists(st.text(LETTERS, min_size=1, max_size=10), min_size=2, max_size=5, unique=True)


def in_csv(path: Path, names: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([names, *rows])
    return path


def in_json_lines(path: Path, names: list[str], rows: list[list[str]]) -> Path:
    path.write_text("".join(f"{json.dumps(dict(zip(names, row, strict=True)))}\n" for row in rows))
    return path


def columns(table: Path) -> tuple[str, ...]:
    """Return the columns of a table; none where it is none, as of names that are blank."""
    raw = RawRows(table, str)
    try:
        list(raw)
    except SourceError:
        return ()
    return raw.columns


@settings(deadline=None)
@given(NAMES, st.sampled_from([in_csv, in_json_lines]))
def test_columns_of_any_names_come_through_a_draft(
    names: list[str], write: Callable[[Path, list[str], list[list[str]]], Path]
) -> None:
    rows = [[f"{row}{place}" for place in range(len(names))] for row in range(3)]
    with TemporaryDirectory() as folder:
        table = write(Path(folder, "table"), names, rows)
        found = columns(table)
        if not found:
            return
        draft = draft_of_table(RawRows(table, str), "table\x1b\n")
        assert tuple(tomllib.loads(draft)["made_for"]) == found
        assert all(line.isprintable() for line in draft.splitlines())
        tomllib.loads(draft_of(RawRows(table, str), "table"))
        filled_in = Path(folder, "filled-in.toml")
        filled_in.write_text(draft.replace('id = ""', f"id = {quoted(found[0])}", 1), encoding="utf-8")
        mapping = read_table_map(filled_in)
        assert (mapping.made_for, mapping.id) == (found, (found[0],))
        (plan,) = registry.planned(table, problem="p", format_name="table", stated=Stated(table_map=mapping)).plans
        records = [each for each in registry.read(plan) if isinstance(each, MethodRecord)]
        # A header of CSV has no name of blanks, and none at the ends of a name.
        first = 0 if write is in_json_lines else next(place for place, name in enumerate(names) if name.strip())
        assert [each.external_id for each in records] == [row[first] for row in rows]


@settings(deadline=None)
@given(NAMES)
def test_columns_of_any_names_come_through_a_map_that_is_kept(names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        table = in_csv(Path(folder, "table.csv"), names, [["1"] * len(names)])
        found = columns(table)
        if found:
            mapping = TableMap(id=found[:1], details=found, baseline=tuple((column, column) for column in found))
            saved = save_map(Path(folder, "maps"), "mine", mapping, found)
            assert saved_map_for(Path(folder, "maps"), table).saved == saved
