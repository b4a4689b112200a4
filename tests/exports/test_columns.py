"""The columns are stable: this list is what people have built on."""

import re
from pathlib import Path

import pytest

from reviewer.exports.columns import (
    COLUMNS,
    Kind,
    Shape,
    columns_table,
    constraint_columns,
    documented,
    has_ratings,
    pandas_options,
    reviewer_columns,
)

JUDGEMENTS = """\
proposal_id namespace external_id revision revision_is_current problem dataset title agent run family
baseline_id baseline_title metric metric_direction setting
proposal_value proposal_standard_error proposal_n_seeds proposal_basis
baseline_value baseline_standard_error baseline_n_seeds baseline_basis difference
status verdict condition next_experiment forecast blockers tags flagged rationale
seconds visible reviewer first_at updated_at rubric target_version event_id schema_version resolves_on
critique_call critique_model critique_prompt_hash critique_shown_at critique_changed shareable
sightings alike_to alike
"""


def names(columns: object) -> list[str]:
    return [c.name for c in columns]  # type: ignore[attr-defined]


def test_the_columns_of_judgements_stand_in_their_order() -> None:
    assert names(COLUMNS[Shape.JUDGEMENTS]) == re.findall(r"\w+", JUDGEMENTS)


def test_no_name_stands_twice_in_any_shape() -> None:
    for shape in Shape:
        assert len(set(names(documented(shape)))) == len(documented(shape))


def test_every_column_says_what_it_means() -> None:
    assert all(c.meaning for shape in Shape for c in documented(shape))


def test_each_constraint_has_two_columns_under_its_slug() -> None:
    assert names(constraint_columns(Shape.JUDGEMENTS, ["scale", "cost"])) == [
        "scale", "scale_note", "cost", "cost_note",
    ]  # fmt: skip


def test_a_slug_that_is_taken_gives_way() -> None:
    found = names(constraint_columns(Shape.JUDGEMENTS, ["status", "a", "a_note", "constraint_status"]))
    assert found[:4] == ["constraint_status", "constraint_status_note", "a", "a_note"]
    assert len(set(found)) == 8
    assert not set(found) & set(re.findall(r"\w+", JUDGEMENTS))


def test_reviewers_whose_names_look_alike_are_numbered() -> None:
    found = names(reviewer_columns(["Kim", "kim", "kim 2", "!!"]))
    assert [n for n in found if n.startswith("verdict_")] == [
        "verdict_kim_3", "verdict_kim", "verdict_kim_2", "verdict_reviewer",
    ]  # fmt: skip
    assert len(set(found)) == len(found)


def test_nobody_has_the_column_that_looks_like_anothers() -> None:
    found = names(reviewer_columns(["a b", "a_b", "A-b", "a_b_2"]))
    assert [n for n in found if n.startswith("verdict_")] == [
        "verdict_a_b_3", "verdict_a_b", "verdict_a_b_4", "verdict_a_b_2",
    ]  # fmt: skip


def test_the_documentation_is_a_table_of_every_column() -> None:
    lines = columns_table().splitlines()
    assert lines[2].startswith("| `proposal_id` | word |")
    assert len(lines) == 2 + len(documented(Shape.JUDGEMENTS))
    assert all(line.count("|") == 4 for line in lines)


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_pandas_is_told_a_type_or_a_date_for_every_column_of_every_shape(
    tmp_path: Path, shape: Shape, mark: str
) -> None:
    columns = [*COLUMNS[shape]]
    if has_ratings(shape):
        columns += constraint_columns(shape, ["scale", "verdict"])
    elif shape is Shape.WIDE:
        columns += reviewer_columns(["kim", "Lee B"])
    path = tmp_path / "out.csv"
    path.write_text(mark + ",".join(c.name for c in columns) + "\r\n", encoding="utf-8")
    options = pandas_options(path)
    assert sorted([*options["dtype"], *options["parse_dates"]]) == sorted(c.name for c in columns)
    assert set(options["parse_dates"]) == {c.name for c in columns if c.kind is Kind.TIME}
    types = {Kind.NUMBER: "float64", Kind.INTEGER: "Int64", Kind.BOOLEAN: "boolean"}
    assert options["dtype"] == {c.name: types.get(c.kind, "string") for c in columns if c.kind is not Kind.TIME}
