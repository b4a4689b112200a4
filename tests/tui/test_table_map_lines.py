"""What a map says line by line, what each line may say, and what a choice makes of the map."""

from collections.abc import Mapping, Sequence

import pytest

from reviewer.domain.vocabulary import Direction, Setting
from reviewer.sources.judgement_map import TextColumn
from reviewer.sources.likely_columns import is_numeric, likely_map, words_of
from reviewer.sources.raw_rows import RawRow
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap, WordColumn
from reviewer.tui import table_map_choices as choosing
from reviewer.tui.table_map_lines import Known, lines_of

WIDE = (
    {"run_id": "1", "Method": "Dense", "kind": "baseline", "idea": "a", "lr": "1", "val_acc": "0.7", "val_acc_se": ""},
    {"run_id": "2", "Method": "Top", "kind": "proposal", "idea": "k", "lr": "2", "val_acc": "0.8", "val_acc_se": "1"},
)  # fmt: skip
LONG = (
    {"name": "Dense", "metric": "acc", "dataset": "chat", "seed": "1", "value": "0.7"},
    {"name": "Dense", "metric": "loss", "dataset": "chat", "seed": "1", "value": "3"},
)


def known(rows: Sequence[Mapping[str, str]], **more: object) -> Known:
    raw = tuple(RawRow(f"line {n}", row, row) for n, row in enumerate(rows, 2))
    columns = tuple(rows[0])
    numeric = frozenset(column for column in columns if is_numeric(column, raw))
    few = {column: words for column in columns if (words := words_of(column, raw))}
    found = {column: tuple(dict.fromkeys(row[column] for row in rows if row[column])) for column in columns}
    return Known(columns, numeric, likely_map(columns, raw), few, found, **more)  # type: ignore[arg-type]


def values(mapping: TableMap, of: Known) -> dict[str, str]:
    return {line.key: line.value for line in lines_of(mapping, of)}


def test_columns_are_likely_by_their_names_in_a_wide_table() -> None:
    assert known(WIDE).likely == TableMap(
        id=("run_id",), title="Method",
        role=WordColumn("", "kind", (("baseline", "baseline"), ("proposal", "proposal"))),
        texts=(TextColumn("idea", "idea"),),
        measurements=(MeasuredColumn(Said("val_acc"), "val_acc", error="val_acc_se"),),
    )  # fmt: skip


def test_and_in_a_long_one() -> None:
    assert known(LONG).likely == TableMap(
        id=("name",), title="name", seed="seed",
        measurements=(MeasuredColumn(Said("", "metric"), "value", dataset=Said("", "dataset")),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "seeds"),
    [
        (("acc_seed_1", "acc_seed_2"), {"acc": ("acc_seed_1", "acc_seed_2")}),
        (("seed 42", "seed 43"), {"value": ("seed 42", "seed 43")}),
        (("acc.s1", "acc.s2", "loss.s1"), {"acc": ("acc.s1", "acc.s2")}),
        (("acc_seed_1",), {}),
        (("f1", "r2"), {}),
        (("pass1", "pass5"), {}),
        (("loss1", "loss2"), {}),
    ],
)
def test_columns_of_seeds_are_known_by_the_number_after_the_word(
    columns: tuple[str, ...], seeds: dict[str, tuple[str, ...]]
) -> None:
    of = known((dict.fromkeys(columns, "0.5"),))
    found = {each.metric.text: each.seeds for each in of.likely.measurements if each.seeds}
    assert found == seeds


@pytest.mark.parametrize("name", ["acc_std", "score_n", "f1_ci_lower", "epochs", "lr"])
def test_what_goes_with_a_metric_is_likely_none(name: str) -> None:
    assert known(({"id": "a", name: "0.5"},)).likely.measurements == ()


def test_every_choice_of_every_line_is_what_the_line_then_says() -> None:
    for rows in (WIDE, LONG):
        of = known(rows, problems=("sparse",))
        for mapping in (of.likely, TableMap(id=())):
            for line in lines_of(mapping, of):
                for choice in choosing.choices(mapping, of, line.key):
                    kind, _, rest = line.key.partition(":")
                    changed = choosing.chosen(mapping, of, line.key, choice.value)
                    if rest == "+" or (not choice.value and kind in ("text", "detail", "measured")):
                        continue
                    assert choosing.current(changed, line.key) == choice.value, (line.key, choice)


def test_one_more_is_added_at_its_end_and_taken_away_again() -> None:
    of = known(WIDE)
    for key, column in (("text:+", "Method"), ("detail:+", "lr"), ("measured:+", "lr")):
        more = choosing.chosen(of.likely, of, key, f"column:{column}")
        places = [line.key for line in lines_of(more, of) if line.key.startswith(key[:-1]) and line.column == column]
        assert len(places) == 1
        assert choosing.chosen(more, of, places[0], "") == of.likely


def test_another_measurement_is_on_the_same_dataset_in_the_same_setting() -> None:
    of = known(WIDE)
    mapping = choosing.chosen(of.likely, of, "dataset", choosing.typed("dataset", "chat"))
    mapping = choosing.chosen(mapping, of, "setting", "lab")
    mapping = choosing.chosen(mapping, of, "measured:+", "column:lr")
    assert [(m.dataset, m.setting) for m in mapping.measurements] == [(Said("chat"), Setting.LAB)] * 2


def test_what_a_metric_is_like_goes_by_one_key_each() -> None:
    of = known(WIDE)
    mapping = of.likely
    for direction in (Direction.HIGHER, Direction.LOWER):
        mapping = choosing.with_next_direction(mapping, 0)
        assert mapping.measurements[0].directions == (("val_acc", direction),)
    mapping = choosing.with_name(mapping, 0, "accuracy")
    assert mapping.measurements[0].directions == (("accuracy", Direction.LOWER),)
    assert choosing.with_next_direction(mapping, 0).measurements[0].directions == ()
    mapping = choosing.with_primary(choosing.with_percent(mapping, 0), 0)
    assert values(mapping, of)["measured:0"] == (
        "val_acc ± val_acc_se, lower is better, called accuracy, in %, comes first"
    )
    errors = []
    for _ in range(3):
        mapping = choosing.with_next_error(mapping, of, 0)
        errors.append(mapping.measurements[0].error)
    assert errors == ["", "run_id", "lr"]


def test_what_comes_first_is_of_one_dataset() -> None:
    of = known(WIDE)
    mapping = choosing.with_primary(of.likely, 0)
    assert not choosing.chosen(mapping, of, "dataset", "column:kind").measurements[0].primary


def test_a_long_table_has_a_line_for_the_direction_of_each_metric() -> None:
    of = known(LONG)
    mapping = choosing.chosen(of.likely, of, "metric:loss", "lower")
    said = values(mapping, of)
    assert (said["metric:acc"], said["metric:loss"]) == ("better: not said", "lower is better")
    wide = choosing.chosen(mapping, of, "shape", "wide")
    assert wide.measurements == ()
    assert choosing.chosen(wide, of, "shape", "long").measurements == of.likely.measurements


def test_what_must_be_said_is_marked_until_it_is() -> None:
    of = known(WIDE)
    needed = [line.key for line in lines_of(TableMap(id=()), of) if line.is_needed]
    assert needed == ["id", "problem"]
    given = known(WIDE, problem="sparse")
    assert [line.key for line in lines_of(given.likely, given) if line.is_needed] == []
    shape = choosing.chosen(of.likely, of, "shape", "long")
    assert [line.key for line in lines_of(shape, of) if line.is_needed] == ["problem", "long:metric", "long:column"]


def test_typed_words_are_words_for_nothing_and_names_have_a_form() -> None:
    of = known(WIDE)
    mapping = choosing.chosen(of.likely, of, "missing", choosing.typed("missing", "N/A, oom,"))
    assert mapping.missing == ("n/a", "oom")
    assert choosing.trouble_with("problem", "two words").startswith("'two words' cannot be a problem's name")
    assert choosing.trouble_with("keep", "a/b").startswith("'a/b' cannot be the name of a map")
    assert choosing.trouble_with("problem", "sparse") == choosing.trouble_with("agent", "two words") == ""


def test_whatever_is_likely_has_a_line_that_says_it() -> None:
    row = {"name": "Dense", "metric": "acc", "value": "0.7", "split": "lab", "subset": "hard", "n_test": "9",
           "n_correct": "6", "n_seeds": "2", "stderr": "0.1"}  # fmt: skip
    of = known((row,))
    in_sight = {line.column for line in lines_of(of.likely, of)}
    assert {column for column, _ in of.likely.columns()} <= in_sight
    assert {"split", "subset", "n_correct", "n_seeds"} <= in_sight


def test_a_word_is_likely_nothing_but_the_role_that_it_names() -> None:
    kinds = ("control", "Oracle", "", "baseline", "human", "ceiling")
    of = known(tuple({"method": f"m{n}", "kind": kind, "acc": "1"} for n, kind in enumerate(kinds)))
    words = {line.key: (line.value, line.is_needed) for line in lines_of(of.likely, of) if line.is_part}
    unsaid = ("nobody says it yet", True)
    assert words == {
        "word:": unsaid, "word:baseline": ("baseline", False), "word:ceiling": ("ceiling", False),
        "word:control": unsaid, "word:human": unsaid, "word:oracle": unsaid,
    }  # fmt: skip


def test_what_tells_rows_apart_and_says_so_is_what_they_are_known_by() -> None:
    runs = [{"Idea": "a", "Run": f"r{n}", "acc": "1"} for n in range(3)]
    assert known(runs).likely.id == ("Run",)
    assert known([row | {"Run": "r0"} for row in runs]).likely.id == ("Idea",)


def test_the_error_of_a_value_is_never_the_value_nor_a_seed() -> None:
    rows = ({"name": "a", "acc_s1": "1", "acc_s2": "2", "lr": "3"},)
    of = known(rows)
    found = [choosing.with_next_error(of.likely, of, 0)]
    for _ in range(3):
        found.append(choosing.with_next_error(found[-1], of, 0))
    assert {each.measurements[0].error for each in found} == {"lr", ""}
    of = known(LONG)
    assert [choice.words for choice in choosing.choices(of.likely, of, "long:error")] == ["—"]
