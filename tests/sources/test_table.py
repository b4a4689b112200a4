"""Any table as a map declares it: each row becomes part of a method, or is refused with its line and a reason."""

import csv
import json
import pickle
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.methods import Measurement, MethodRecord, Notice
from reviewer.domain.vocabulary import Basis, Bound, Direction, Origin, Role, Setting
from reviewer.sources import raw_rows, registry, table_methods
from reviewer.sources.contract import Stated
from reviewer.sources.json_rows import holds_rows
from reviewer.sources.judgement_map import TextColumn
from reviewer.sources.map_table import read_map
from reviewer.sources.raw_rows import RawRows
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap, WordColumn, contradiction, read_table_map
from reviewer.sources.table_map_draft import draft_of_table
from reviewer.sources.table_map_text import map_text

from .reading import Records, read_all
from .truncation import is_never_misread

T = TypeVar("T")
ACC = MeasuredColumn(Said("accuracy"), "acc")
WIDE = TableMap(id=("name",), problem=Said("sparse"), measurements=(ACC,))
KINDS = WordColumn("", "kind", (("agent", "proposal"), ("human", "baseline"), ("oracle", "ceiling")))
LONG = TableMap(
    id=("name",), problem=Said("sparse"), seed="seed",
    measurements=(MeasuredColumn(Said("", "metric"), "value", dataset=Said("", "data")),),
)  # fmt: skip


def read(path: Path, mapping: TableMap, *, problem: str | None = None) -> Records:
    return read_all(path, problem=problem, stated=Stated(table_map=mapping))


def of_text(folder: Path, text: str, mapping: TableMap = WIDE) -> Records:
    path = folder / "table.csv"
    path.write_text(text)
    return read(path, mapping)


def of_objects(folder: Path, objects: Sequence[Mapping[str, Any]], mapping: TableMap = WIDE) -> Records:
    path = folder / "table.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in objects))
    return read(path, mapping)


def told(records: Records) -> list[tuple[str, str]]:
    return [(reject.place, reject.reason) for reject in records.rejects]


def only(records: Records) -> Measurement:
    (method,) = records.methods
    (measurement,) = method.measurements
    return measurement


def test_a_row_is_a_method_with_what_the_map_says_of_its_columns(tmp_path: Path) -> None:
    mapping = TableMap(
        id=("name",), title="title", hypothesis="why", parent="from", agent=Said("", "by"), family=Said("attention"),
        run=Said("sweep"), namespace=Said("cluster"), problem=Said("sparse"), role=KINDS,
        origin=WordColumn("", "kind", (("agent", "agent"), ("human", "human"), ("oracle", "unknown"))),
        texts=(TextColumn("idea", "Idea"), TextColumn("plan", "Plan")), details=("lr", "batch"), time="when",
        time_format="%d.%m.%Y", zone="Europe/Berlin",
        measurements=(
            MeasuredColumn(Said("accuracy"), "acc", error="se", n_test="n", n_seeds="k", dataset=Said("chat"),
                           setting=Setting.LAB, directions=(("accuracy", Direction.HIGHER),), primary=True),
            MeasuredColumn(Said("loss"), "loss", unit="nats"),
        ),
    )  # fmt: skip
    found = of_text(
        tmp_path,
        "name,title,why,from,by,kind,idea,plan,lr,batch,when,acc,se,n,k,loss,odd\n"
        'moe,Mixture,"It, scales",dense,a-1,agent,Route.,,0.1,32,31.12.2025,0.74,0.01,500,3,1.5,x\n',
        mapping,
    )
    (problem,) = found.problems
    assert (problem.slug, problem.primary_metric, problem.primary_dataset) == ("sparse", "accuracy", "chat")
    assert [(m.name, m.direction, m.unit) for m in problem.metrics] == [
        ("accuracy", Direction.HIGHER, None), ("loss", Direction.UNKNOWN, "nats"),
    ]  # fmt: skip
    assert not problem.authoritative
    method = found.method("moe")
    assert method._replace(provenance=method.provenance._replace(file="", sha256=""), raw=None) == MethodRecord(
        namespace="cluster", external_id="moe", role=Role.PROPOSAL, title="Mixture", problem="sparse",
        provenance=method.provenance._replace(file="", sha256="", place="line 2"), origin=Origin.AGENT, agent="a-1",
        run="sweep", parent="dense", family="attention", hypothesis="It, scales",
        body="## Idea\n\nRoute.\n\n- lr: 0.1\n- batch: 32", created_at="2025-12-30T23:00:00.000Z",
        measurements=(
            Measurement("accuracy", "chat", 0.74, 0.01, 3, 500, setting=Setting.LAB),
            Measurement("loss", "unknown", 1.5),
        ),
    )  # fmt: skip
    assert method.raw["odd"] == "x"
    assert len(method.provenance.sha256) == 64
    (left_over,) = [each for each in found if type(each).__name__ == "UnknownFields"]
    assert left_over.names == (("odd", 1),)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("cells", "role", "bound"),
    [
        ("agent,1", Role.PROPOSAL, None),
        ("Human,1", Role.BASELINE, None),
        ("oracle,1", Role.REFERENCE, Bound.CEILING),
        ("agent,base", Role.BASELINE, None),
    ],
)
def test_what_a_row_is_is_said_by_words_or_by_a_column_that_has_a_value(
    cells: str, role: Role, bound: Bound | None, tmp_path: Path
) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), role=KINDS, baseline=(("tag", "BASE"),))
    (method,) = of_text(tmp_path, f"name,kind,tag\na,{cells}\n", mapping).methods
    assert (method.role, method.bound) == (role, bound)


def test_a_word_that_nobody_has_explained_is_refused(tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), role=KINDS)
    assert told(of_text(tmp_path, "name,kind\na,robot\nb,\n", mapping)) == [
        ("line 2", "kind is 'robot', which is none of the words in [role.words]: 'agent', 'human', 'oracle'."),
        ("line 3", "kind is '', which is none of the words in [role.words]: 'agent', 'human', 'oracle'."),
    ]


def test_what_the_person_said_beside_the_map_makes_a_baseline_too(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,kind,acc\na,human,1\nb,agent,2\n")
    found = read_all(path, stated=Stated(baseline=(("kind", "human"),), table_map=WIDE))
    assert [method.role for method in found.methods] == [Role.BASELINE, Role.PROPOSAL]
    with pytest.raises(SourceError, match="has no column 'sort', which --baseline names; it has name, kind, acc"):
        read_all(path, stated=Stated(baseline=(("sort", "human"),), table_map=WIDE))


@pytest.mark.parametrize(
    ("cell", "mapping", "value"),
    [
        ("0.71", WIDE, 0.71),
        ("\u22120.5", WIDE, -0.5),
        ("1e-3", WIDE, 0.001),
        ("0,71", TableMap(id=("name",), decimal=",", measurements=(ACC,)), 0.71),
        ("1.234,5", TableMap(id=("name",), decimal=",", thousands=".", measurements=(ACC,)), 1234.5),
        ("1 234 567", TableMap(id=("name",), thousands=" ", measurements=(ACC,)), 1234567),
        ("71 %", TableMap(id=("name",), measurements=(MeasuredColumn(Said("accuracy"), "acc", percent=True),)), 0.71),
        ("71", TableMap(id=("name",), measurements=(MeasuredColumn(Said("accuracy"), "acc", percent=True),)), 0.71),
    ],
)
def test_a_number_is_read_in_the_form_that_the_map_says(
    cell: str, mapping: TableMap, value: float, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"name;acc\na;{cell}\n")
    assert only(read(path, mapping, problem="p")).value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("OOM", "missing = [...] in the map names words for no value"),
        ("0,71", 'decimal = "," in the map says that the comma is a decimal one'),
        ("1,234.5", 'thousands = "," in the map says that the comma parts thousands'),
        (
            "71 %",
            "percent = true in its [[measurement]] takes the column in per cent, and refuses those of its cells "
            "that have no sign of it; where they are right, write this one as they are",
        ),
        ("1_000", "missing = [...] in the map names words for no value"),
        ("٣", "missing = [...] in the map names words for no value"),
        ("0x10", "missing = [...] in the map names words for no value"),
    ],
)
def test_a_text_where_a_number_belongs_refuses_the_row_and_says_what_the_map_may_say(
    cell: str, hint: str, tmp_path: Path
) -> None:
    found = of_text(tmp_path, f"name;acc\na;{cell}\nb;1\n")
    assert told(found) == [("line 2", f"acc is {cell!r}, which is no number; {hint}.")]
    assert [method.external_id for method in found.methods] == ["b"]


def test_one_metric_in_two_settings_is_two_measurements_and_no_mean(tmp_path: Path) -> None:
    both = (
        MeasuredColumn(Said("accuracy"), "lab", setting=Setting.LAB),
        MeasuredColumn(Said("accuracy"), "live", setting=Setting.PRODUCTION),
    )
    mapping = TableMap(id=("name",), problem=Said("p"), measurements=both)
    (method,) = of_text(tmp_path, "name,lab,live\na,0.9,0.5\n", mapping).methods
    assert [(m.setting, m.value, m.n_seeds) for m in method.measurements] == [
        (Setting.LAB, 0.9, None), (Setting.PRODUCTION, 0.5, None),
    ]  # fmt: skip


def test_two_columns_that_a_map_calls_the_same_are_refused_and_not_averaged(tmp_path: Path) -> None:
    both = (ACC, MeasuredColumn(Said("accuracy"), "f1"))
    found = of_text(tmp_path, "name,acc,f1\na,0.1,0.2\n", TableMap(id=("name",), problem=Said("p"), measurements=both))
    assert not found.methods
    assert told(found) == [
        (
            "line 2",
            "Two [[measurement]] of the map tell accuracy on unknown: give one of them its own metric, dataset or "
            "setting, or name the columns together as seeds.",
        )
    ]


def test_digits_that_do_not_stand_in_threes_are_no_thousands(tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), thousands=",", measurements=(ACC,))
    assert len(told(of_text(tmp_path, 'name;acc\na;"1,5"\nb;"1,2345"\nc;",123"\n', mapping))) == 3


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands"),
    [("0.123", ",", "."), ("1.2e3", ",", "."), ("0,123", ".", ","), ("1,2e3", ".", ","), ("-0,971", ".", ",")],
)
def test_a_number_with_the_other_decimal_mark_is_not_taken_for_thousands(
    cell: str, decimal: str, thousands: str, tmp_path: Path
) -> None:
    mapping = TableMap(
        id=("name",), problem=Said("p"), decimal=decimal, thousands=thousands, measurements=(ACC,), delimiter=";"
    )
    found = of_text(tmp_path, f"name;acc\na;{cell}\nb;1\n", mapping)
    assert [place for place, _ in told(found)] == ["line 2"]
    assert [method.external_id for method in found.methods] == ["b"]


@pytest.mark.parametrize(
    ("cell", "missing"),
    [
        ("nan", "the file gives NaN"),
        ("-inf", "the file gives -Infinity"),
        ("4e+263", "the file gives 4e+263, which can be no measurement"),
        ("N/A", "the file says 'N/A'"),
        ("-999", "the file says '-999'"),
    ],
)
def test_what_stands_for_no_value_is_a_measurement_that_says_why(cell: str, missing: str, tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), missing=("n/a", "-999"), measurements=(ACC,))
    measurement = only(of_text(tmp_path, f"name,acc\na,{cell}\n", mapping))
    assert (measurement.value, measurement.missing) == (None, missing)


def test_an_empty_cell_is_no_measurement_unless_something_else_is_told_of_it(tmp_path: Path) -> None:
    mapping = TableMap(
        id=("name",), problem=Said("p"), measurements=(MeasuredColumn(Said("accuracy"), "acc", error="se"),)
    )
    bare, told_of = of_text(tmp_path, "name,acc,se\na,,\nb,,0.1\n", mapping).methods
    assert bare.measurements == ()
    assert [(m.value, m.missing) for m in told_of.measurements] == [(None, "the cell is empty")]


def test_an_error_that_can_be_none_is_left_out_or_refuses_the_row(tmp_path: Path) -> None:
    mapping = TableMap(
        id=("name",), problem=Said("p"), measurements=(MeasuredColumn(Said("accuracy"), "acc", error="se"),)
    )
    found = of_text(tmp_path, "name,acc,se\na,1,nan\nb,1,-0.1\n", mapping)
    (measurement,) = found.method("a").measurements
    assert (measurement.value, measurement.standard_error) == (1, None)
    assert measurement.source == "the stated standard error, NaN, is left out"
    assert told(found) == [("line 3", "se is '-0.1'; an error is 0 or more.")]


def test_a_column_for_each_seed_comes_to_the_mean_with_the_error_of_the_seeds(tmp_path: Path) -> None:
    seeds = MeasuredColumn(Said("accuracy"), seeds=("seed_42", "seed_43", "seed_44"))
    mapping = TableMap(id=("name",), problem=Said("p"), measurements=(seeds,))
    found = of_text(tmp_path, "name,seed_42,seed_43,seed_44\na,0.5,0.7,\nb,nan,,\nc,,,\n", mapping)
    (measurement,) = found.method("a").measurements
    assert [measurement.value, measurement.standard_error] == pytest.approx([0.6, 0.1])
    assert (measurement.n_seeds, measurement.basis) == (2, Basis.RECOMPUTED)
    assert measurement.source == "mean of the values of 2 seeds; 1 more has none"
    assert [(seed.seed, seed.value) for seed in measurement.seeds] == [(42, 0.5), (43, 0.7)]
    (none,) = found.method("b").measurements
    assert (none.value, none.missing) == (None, "the file gives NaN")
    assert found.method("c").measurements == ()


def test_rows_of_one_method_are_joined_wherever_they_stand(tmp_path: Path) -> None:
    found = of_text(
        tmp_path,
        "name,metric,data,seed,value\n"
        "a,acc,chat,1,0.5\nb,acc,chat,1,0.6\na,acc,chat,2,0.7\na,loss,chat,1,3\nb,acc,math,1,\na,acc,chat,3,nan\n",
        LONG,
    )
    first, second = found.methods
    assert first.provenance.place == "line 2 and 3 more, the last line 7"
    acc, loss = first.measurements
    assert (acc.metric, acc.n_seeds) == ("acc", 2)
    assert [acc.value, acc.standard_error] == pytest.approx([0.6, 0.1])
    assert acc.source == "mean of the values of 2 seeds; 1 of 3 seeds has NaN or an infinity for a value"
    assert [(seed.seed, seed.value) for seed in acc.seeds] == [(1, 0.5), (2, 0.7)]
    assert (loss.value, loss.n_seeds, loss.basis) == (3, 1, Basis.CLAIMED)
    assert [(m.dataset, m.value, m.missing) for m in second.measurements] == [
        ("chat", 0.6, ""), ("math", None, "the cell is empty"),
    ]  # fmt: skip
    assert [row["value"] for row in first.raw] == ["0.5", "0.7", "3", "nan"]


def test_a_row_that_contradicts_one_before_it_is_refused_whole(tmp_path: Path) -> None:
    mapping = TableMap(
        id=("name",), title="title", problem=Said("p"), role=KINDS, seed="seed", measurements=(ACC,)
    )  # fmt: skip
    found = of_text(
        tmp_path,
        "name,title,kind,seed,acc\na,A,agent,1,0.5\na,,agent,1,0.6\na,B,agent,2,0.7\na,A,human,3,0.8\na,A,agent,1,0.5\n",
        mapping,
    )
    assert told(found) == [
        ("line 3", "It tells accuracy on unknown with seed 1 otherwise than line 2 does."),
        ("line 4", "Its title is 'B', and 'A' in line 2, which tells of the same method."),
        ("line 5", "Its role is baseline, and proposal in line 2, which tells of the same method."),
    ]
    assert only(found).value == 0.5


def test_rows_that_repeat_a_measurement_are_runs_only_where_the_map_says_so(tmp_path: Path) -> None:
    text = "name,acc,data\na,0.5,chat\na,0.7,chat\na,0.7,chat\n"
    by_data = MeasuredColumn(Said("accuracy"), "acc", dataset=Said("", "data"))
    once = TableMap(id=("name",), problem=Said("p"), measurements=(by_data,))
    assert told(of_text(tmp_path, text, once)) == [
        (line, "It tells accuracy on chat otherwise than line 2 does; where these are runs, seed in the map names the "
               "column of their numbers, or repeats = true says so.")
        for line in ("line 3", "line 4")
    ]  # fmt: skip
    runs = TableMap(id=("name",), problem=Said("p"), repeats=True, measurements=(by_data,))
    measurement = only(of_text(tmp_path, text, runs))
    assert [measurement.value, measurement.n_seeds] == pytest.approx([1.9 / 3, 3])
    assert [seed.seed for seed in measurement.seeds] == [None] * 3


def test_one_id_twice_passes_where_it_says_the_same_and_is_refused_where_not(tmp_path: Path) -> None:
    found = of_text(tmp_path, "name,acc\na,1\na,1\na,2\n")
    assert [method.provenance.place for method in found.methods] == ["line 2", "line 3"]
    ((place, reason),) = told(found)
    assert place == "line 4"
    assert reason.startswith("has the same id as line 2, 'a', but says something else; the first one was taken.")


def test_several_columns_tell_methods_apart_together(tmp_path: Path) -> None:
    mapping = TableMap(id=("name", "lr"), problem=Said("p"))
    found = of_text(tmp_path, "name,lr\na,0.1\na,0.2\nb,\n", mapping)
    assert [method.external_id for method in found.methods] == ["a / 0.1", "a / 0.2"]
    assert told(found) == [("line 4", "It has no id: lr is empty.")]


def test_one_id_of_two_problems_is_two_methods(tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("", "task"), measurements=(ACC,))
    found = of_text(tmp_path, "name,task,acc\na,Long Context!,1\na,math,2\nb,,3\nc,你,4\n", mapping)
    assert [(problem.slug, problem.title) for problem in found.problems] == [("Long-Context", "Long Context!")]
    assert [(method.problem, method.external_id) for method in found.methods] == [("Long-Context", "a"), ("math", "a")]
    assert [reason.partition(" is ")[0] for _, reason in told(found)] == ["It names no problem: task", "task"]


def test_who_gives_a_problem_outweighs_the_map_but_not_the_row(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,task,acc\na,math,1\nb,,2\n")
    by_row = TableMap(id=("name",), problem=Said("", "task"))
    assert [m.problem for m in read(path, by_row, problem="given").methods] == ["math", "given"]
    assert [m.problem for m in read(path, WIDE, problem="given").methods] == ["given", "given"]
    with pytest.raises(SourceError, match="nobody says of which problem they are; --problem says it"):
        read(path, TableMap(id=("name",)))


def test_the_run_that_a_table_is_keeps_its_name_when_it_grows_or_moves(tmp_path: Path) -> None:
    (first,) = of_text(tmp_path, "name,acc\na,1\n").methods
    (tmp_path / "else").mkdir()
    again, _ = of_text(tmp_path / "else", "name,acc\na,1\nb,2\n").methods
    other, *_ = of_text(tmp_path, "name,acc\na,2\n").methods
    assert first.namespace == again.namespace != other.namespace
    assert first.revision_hash() == again.revision_hash()


@pytest.mark.parametrize(
    ("cell", "form", "zone", "at"),
    [
        ("2026-03-31 12:00", "", "", "2026-03-31T12:00:00"),
        ("2026-03-31T12:00:00+02:00", "", "", "2026-03-31T10:00:00.000Z"),
        ("2026-03-31 12:00", "", "UTC", "2026-03-31T12:00:00.000Z"),
        ("2026-03-31 12:00", "", "Europe/Berlin", "2026-03-31T10:00:00.000Z"),
        ("2025-10-26 02:30", "", "Europe/Berlin", "2025-10-26T02:30:00"),
        ("2025-03-30 02:30", "", "Europe/Berlin", "2025-03-30T02:30:00"),
        ("3/31/2026", "%m/%d/%Y", "", "2026-03-31T00:00:00"),
        ("1774958400", "epoch", "", "2026-03-31T12:00:00.000Z"),
        ("1774958400000", "epoch_ms", "", "2026-03-31T12:00:00.000Z"),
    ],
)
def test_a_time_is_in_utc_only_where_its_zone_is_said(cell: str, form: str, zone: str, at: str, tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), time="when", time_format=form, zone=zone)
    (method,) = of_text(tmp_path, f"name,when\na,{cell}\n", mapping).methods
    assert method.created_at == at
    assert len(told(of_text(tmp_path, "name,when\na,soon\nb,1e999\n", mapping))) == 2


ROWS = [{"name": "a", "acc": 0.5, "cfg": {"lr": 0.1}}, {"name": "b", "acc": float("nan"), "cfg": {"lr": None}}]


def _written(path: Path, kind: str) -> None:
    columns = {key: [row[key] for row in ROWS] for key in ROWS[0]}
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
        return
    text = {
        "list": json.dumps(ROWS, indent=1),
        "rows": json.dumps({"version": 2, "rows": ROWS}),
        "columns": json.dumps({**columns, "cfg.lr": [0.1, None]}),
        "pretty columns": json.dumps(columns, indent=2),
        "lines": "".join(json.dumps(row) + "\n" for row in ROWS),
        "bom": "\ufeffname,acc,cfg.lr\r\na,0.5,0.1\r\nb,nan,\r\n",
        "tabs": "name\tacc\tcfg.lr\na\t0.5\t0.1\nb\tnan\t\n",
        "bars": "name|acc|cfg.lr\na|0.5|0.1\nb|nan|\n",
        "quoted": '"name","acc","cfg.lr"\n"a","0.5","0.1"\n"b","nan",""\n',
    }[kind]
    path.write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize(
    "kind", ["list", "rows", "columns", "pretty columns", "lines", "bom", "tabs", "bars", "quoted", "parquet"]
)
def test_a_table_may_be_written_in_any_of_these_ways(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _written(path, kind)
    mapping = TableMap(id=("name",), problem=Said("p"), details=("cfg.lr",), measurements=(ACC,))
    found = read(path, mapping)
    assert not found.rejects
    assert [(m.external_id, m.body, m.measurements[0].value) for m in found.methods] == [
        ("a", "- cfg.lr: 0.1", 0.5), ("b", "", None),
    ]  # fmt: skip


def test_a_number_that_the_file_has_as_one_is_read_as_one_whatever_the_map_says_of_texts(tmp_path: Path) -> None:
    mapping = TableMap(id=("name",), problem=Said("p"), decimal=",", thousands=".", measurements=(ACC,))
    assert only(of_objects(tmp_path, [{"name": "a", "acc": 1.234}], mapping)).value == 1.234
    assert only(of_objects(tmp_path, [{"name": "a", "acc": "1.234"}], mapping)).value == 1234


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "there is no row in it"),
        (b"name,acc\n", "there is no row in it"),
        (b"name,name\na,1\n", "has two columns 'name'; give each a name of its own"),
        ("name,acc\na,1\n".encode("utf-16"), "is UTF-16; save it in UTF-8"),
        (b"name,acc\na,1\nb\xe4,2\n", "is not UTF-8 in line 3; save it in UTF-8"),
        (b"name,other\na,1\n", r"has no column 'acc', which \[\[measurement\]\] column names; it has name, other"),
        (b'{"name": ["a", "b"], "acc": [1]}', "its columns are not of one length: 'acc' has 1 values, 'name' has 2"),
        (b'{\n"x": [{"name": 1}], "y": 3}', "is one object of JSON; a table is a list of objects"),
        (b'[{"name": "a"', "is not JSON"),
        (b"PAR1 and no more", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        read(path, WIDE)


def test_ragged_rows_and_broken_lines_are_refused_and_the_next_ones_read(tmp_path: Path) -> None:
    found = of_text(tmp_path, 'name,acc\na,1\nb\nc,1,2\n"d"x,1\ne,1\n\nf,"1\n')
    assert told(found) == [
        ("line 3", "It has 1 cell, and the first line names 2 columns."),
        ("line 4", "It has 3 cells, and the first line names 2 columns."),
        ("line 5", "It is no CSV: ',' expected after '\"'."),
        ("line 8", "It is no CSV: unexpected end of data."),
    ]
    assert [method.external_id for method in found.methods] == ["a", "e"]


def test_a_line_that_nobody_can_hold_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_rows, "LONGEST_LINE", 20)
    with pytest.raises(SourceError, match="line 3 is longer than 20 letters; write a row a line"):
        of_text(tmp_path, "name,acc\na,1\n" + "b" * 30 + ",1\n")


def test_blank_lines_stand_for_nothing_before_the_header_too(tmp_path: Path) -> None:
    found = of_text(tmp_path, "\n,\nname,acc\n\na,1\n")
    assert [(method.external_id, method.provenance.place) for method in found.methods] == [("a", "line 5")]


def test_a_column_of_which_no_object_says_anything_is_told(tmp_path: Path) -> None:
    found = of_objects(tmp_path, [{"name": "a"}])
    assert (len(found.methods), found.rejects) == (1, []), "the row is taken, and no part of it counts as refused"
    (notice,) = [each.words for each in found if isinstance(each, Notice)]
    assert notice.endswith(" has the column 'acc', which [[measurement]] column names.")


def test_without_pyarrow_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "table.parquet"
    _written(path, "parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(SourceError, match=r"pip install 'reviewer\[parquet\]'"):
        read(path, WIDE)


def test_without_a_map_it_is_told_what_the_columns_are_and_in_a_folder_it_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,acc\na,1\n")
    with pytest.raises(SourceError, match="is a table with the columns name, acc; what they mean is for you to say"):
        read_all(path)
    (tmp_path / "native.jsonl").write_text('{"type": "proposal", "id": "a", "title": "A", "problem": "p"}\n')
    found = registry.planned(tmp_path)
    assert [plan.source for plan in found.plans] == ["native"]
    assert found.unknown == (path,)


def test_a_map_takes_those_tables_of_a_folder_that_have_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,acc\na,1\n")
    (tmp_path / "b.csv").write_text("name,loss\na,1\n")
    found = registry.planned(tmp_path, stated=Stated(table_map=WIDE))
    assert [plan.path.name for plan in found.plans] == ["a.csv"]
    assert [path.name for path in found.unknown] == ["b.csv"]
    with pytest.raises(SourceError, match="no table in the folder has all columns that the map names: nothing"):
        registry.planned(tmp_path, stated=Stated(table_map=TableMap(id=("nothing",))))


def test_a_map_is_of_a_table_whatever_the_format_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,acc\na,1\n")
    assert len(read_all(path, format_name="table", stated=Stated(table_map=WIDE)).methods) == 1
    with pytest.raises(UserError, match="a map is of a table's columns; the format native has fields of its own"):
        read_all(path, format_name="native", stated=Stated(table_map=WIDE))


def test_a_plan_goes_to_another_process_and_serves_as_a_key(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,acc\na,1\n")
    (plan,) = registry.planned(path, stated=Stated(table_map=LONG)).plans
    assert {pickle.loads(pickle.dumps(plan)): 1}[plan] == 1


def test_more_rows_of_one_method_than_can_be_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_methods, "MOST_ROWS", 3)
    found = of_text(tmp_path, "name,metric,data,seed,value\n" + "".join(f"a,m,d,{n},1\n" for n in range(5)), LONG)
    assert [place for place, _ in told(found)] == ["line 5", "line 6"]
    assert only(found).n_seeds == 3


@pytest.mark.parametrize("kind", ["list", "rows", "columns", "lines", "bom", "tabs", "quoted", "parquet"])
def test_a_table_that_is_cut_off_is_never_misread(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "table"
    _written(path, kind)
    stated = Stated(table_map=TableMap(id=("name",), problem=Said("p"), namespace=Said("n"), measurements=(ACC,)))
    is_never_misread(path, stated=stated)


_CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["", "0.5", "1", "nan", "a", "b", "agent", "human", "2026-01-01", "-1", "1e400", "1,5"]),
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _CELL,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_CELL, inner, max_size=3),
    max_leaves=6,
)
EVERYTHING = TableMap(
    id=("id",), title="title", hypothesis="why", problem=Said("p"), role=KINDS, texts=(TextColumn("title"),),
    time="when", seed="seed",
    measurements=(
        MeasuredColumn(Said("", "metric"), "value", error="se", n_test="n", dataset=Said("", "data")),
        MeasuredColumn(Said("loss"), "loss", percent=True),
    ),
)  # fmt: skip
COLUMNS = ("id", "title", "why", "kind", "when", "seed", "metric", "value", "se", "n", "data", "loss")
_slow = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def _rows_taken(found: Records) -> int:
    taken = sum(len(m.raw) if isinstance(m.raw, list) else 1 for m in found.methods)
    return taken + sum(bool(reject.place) for reject in found.rejects)


@_slow
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, _CELL)), min_size=1, max_size=6))
def test_whatever_stands_in_the_cells_each_row_is_taken_or_refused(rows: list[dict[str, str]], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    buffer = StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    filled = sum(any(cell.strip() for cell in row.values()) for row in rows)
    if not filled:
        with pytest.raises(SourceError, match="there is no row"):
            read(path, EVERYTHING)
        return
    assert _rows_taken(read(path, EVERYTHING)) == filled


@_slow
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, _ANY)), min_size=1, max_size=4))
def test_whatever_json_stands_there_each_row_is_taken_or_refused(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    # A file of one object that has objects under "data" is a document with its rows there.
    assume(len(rows) > 1 or not holds_rows(rows[0]))
    for mapping in (EVERYTHING, TableMap(id=("id",), title="title", problem=Said("p"), measurements=(ACC,))):
        assert _rows_taken(of_objects(tmp_path, rows, mapping)) == len(rows)


@_slow
@given(content=st.binary(max_size=200))
@example(content=b"\n\x00")
@example(content=b"{}\n{}\n")
@example(content=b"\n \nname,acc\n\na,1")
def test_whatever_the_file_is_it_is_read_or_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    for mapping in (WIDE, LONG):
        try:
            found = read(path, mapping)
        except SourceError:
            continue
        assert all(reject.reason.strip() for reject in found.rejects)
    try:
        draft = draft_of_table(RawRows(path, str), path.name)
    except SourceError:
        return
    (tmp_path / "map.toml").write_text(draft)
    assert read_map(tmp_path / "map.toml", lambda top: top.names()) == ("made_for", "method")


def test_a_draft_declares_nothing_and_holds_once_it_is_uncommented(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("name,kind,acc,acc_se,epochs\na,human,0.5,0.1,3\nb,agent,0.6,0.1,4\n")
    draft = draft_of_table(RawRows(path, str), path.name)
    file = tmp_path / "map.toml"
    file.write_text(draft)
    with pytest.raises(SourceError, match=r"\[method\] id is missing: it names a column"):
        read_table_map(file)
    wanted = {
        'id = ""': 'id = "name"', '# title = "name"': 'title = "name"', '# [role]': "[role]",
        '# column = "kind"': 'column = "kind"', "# [role.words]": "[role.words]",
        '# "agent" = ""': 'agent = "proposal"', '# "human" = ""': 'human = "baseline"',
        "# [[measurement]]  # 0.5 to 0.6 are in it": "[[measurement]]", '# metric = "acc"': 'metric = "acc"',
        '# column = "acc"': 'column = "acc"', '# error = "acc_se"': 'error = "acc_se"',
    }  # fmt: skip
    for begun, meant in wanted.items():
        assert begun in draft
        draft = draft.replace(begun, meant, 1)
    file.write_text(draft)
    assert read_table_map(file) == TableMap(
        id=("name",), title="name", made_for=("name", "kind", "acc", "acc_se", "epochs"),
        role=WordColumn("", "kind", (("agent", "proposal"), ("human", "baseline"))),
        measurements=(MeasuredColumn(Said("acc"), "acc", error="acc_se"),),
    )  # fmt: skip


_NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_SAID = st.one_of(st.just(Said()), st.builds(Said, _NAME), st.builds(Said, st.just(""), _NAME))
_COLUMN = st.one_of(st.just(""), _NAME)


def _word_column(known: Sequence[str], unsaid: str) -> st.SearchStrategy[WordColumn]:
    words = st.dictionaries(_NAME.map(str.casefold), st.sampled_from(known), min_size=1, max_size=3)
    return st.one_of(
        st.builds(WordColumn, st.sampled_from(known)),
        st.builds(WordColumn, st.just(""), _NAME, words.map(lambda w: tuple(w.items()))),
    ).filter(lambda w: len({each.casefold() for each, _ in w.words}) == len(w.words))


def _pairs(said: dict[str, T]) -> tuple[tuple[str, T], ...]:
    return tuple(said.items())


@given(
    st.builds(
        TableMap, st.lists(_NAME, min_size=1, max_size=2, unique=True).map(tuple), _COLUMN, _COLUMN, _COLUMN, _SAID,
        _SAID, _SAID, _SAID, problem=st.sampled_from([Said(), Said("p"), Said("", "task")]),
        role=_word_column(["proposal", "baseline", "floor"], "proposal"),
        baseline=st.dictionaries(_NAME, _NAME, max_size=2).map(_pairs),
        texts=st.lists(st.builds(TextColumn, _NAME, _COLUMN), max_size=2).map(tuple),
        details=st.lists(_NAME, max_size=2).map(tuple), time=_NAME, time_format=_COLUMN, zone=st.just("UTC"),
        measurements=st.lists(
            st.builds(
                MeasuredColumn, _SAID.filter(lambda said: said != Said()), _NAME, error=_COLUMN, n_test=_COLUMN,
                dataset=st.sampled_from([Said("unknown"), Said("chat"), Said("", "data")]), split=_SAID,
                setting=st.sampled_from(Setting), unit=_COLUMN, percent=st.booleans(),
                directions=st.dictionaries(_NAME, st.sampled_from(Direction), max_size=2).map(_pairs),
            ), max_size=2,
        ).map(tuple),
        seed=_COLUMN, missing=st.lists(_NAME.map(str.casefold), max_size=2).map(tuple),
        decimal=st.sampled_from([".", ","]), delimiter=st.sampled_from(["", ";", "\t"]),
        made_for=st.lists(_NAME, max_size=3).map(tuple),
    ).filter(lambda mapping: not contradiction(mapping))
)  # fmt: skip
def test_a_map_that_is_written_declares_the_same_again(
    tmp_path_factory: pytest.TempPathFactory, mapping: TableMap
) -> None:
    path = tmp_path_factory.mktemp("maps") / "map.toml"
    path.write_text(map_text(mapping), encoding="utf-8", newline="")
    assert read_table_map(path) == mapping


def test_an_empty_cell_may_be_a_word_too(tmp_path: Path) -> None:
    words = WordColumn("", "kind", (("", "proposal"), ("human", "baseline")))
    mapping = TableMap(id=("name",), problem=Said("p"), role=words)
    path = tmp_path / "map.toml"
    path.write_text(map_text(mapping))
    assert read_table_map(path) == mapping
    found = of_text(tmp_path, "name,kind\na,\nb,human\n", mapping)
    assert [method.role for method in found.methods] == [Role.PROPOSAL, Role.BASELINE]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"\[method\] is missing; `reviewer import TABLE --as proposals`"),
        ("[method]\nid = 3", r"\[method\] id has to be a text or a list of texts, and is 3"),
        ('[method]\nid = "a"\nagent = "x"\nagent_column = "y"', "agent and agent_column are both there"),
        ('[method]\nid = "a"\nproblem = "no slug"', r"\[method\] problem is 'no slug'; a problem's name is of"),
        ('[method]\nid = "a"\n[role]\nfixed = "king"', r"\[role\] knows no 'king'; there are proposal, baseline"),
        ('[method]\nid = "a"\n[role]\ncolumn = "k"', r"\[role\] column and \[role.words\] go together"),
        ('[method]\nid = "a"\n[[measurement]]\ncolumn = "k"', "metric is missing"),
        ('[method]\nid = "a"\n[[measurement]]\nmetric = "k"', "has to say column = the one of the values, or seeds"),
        ('[method]\nid = "a"\n[[measurement]]\nmetric = "k"\ncolumn = "c"\ndirection = "up"', "be one of higher"),
        ('[method]\nid = "a"\n[[measurement]]\nmetric = "k"\ncolumn = "c"\nerror = "c"', "'c', which is a column of"),
        ('[method]\nid = "a"\n[[measurement]]\nmetric = "k"\nseeds = ["c", "d"]\nerror = "d"', "'d', which is a"),
        ('seed = "s"\n[method]\nid = "a"\n[[measurement]]\nmetric = "k"\ncolumn = "c"\nerror = "s"', "numbers the s"),
        ('[method]\nid = "a"\n[[measurement]]\nmetric = "k"\ncolumn = "c"\nsetting = "home"', "has to be one of lab"),
        ('decimal = ";"\n[method]\nid = "a"', "decimal has to be a point or a comma"),
        ('thousands = "."\n[method]\nid = "a"', "thousands has to be one character, no letter, no digit"),
        ('seed = "s"\nrepeats = true\n[method]\nid = "a"', "repeats = true is for rows without one"),
        ('[method]\nid = "a"\nname = "b"', r"\[method\] name means nothing here"),
        ('[method]\nid = "a"\n[time]\ncolumn = "t"\nzone = "Mars/North"', "which is no zone"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_map_is_told_by_its_place(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(SourceError, match=sentence):
        read_table_map(path)


@pytest.mark.parametrize("rows", ["a,0.6\nb,85%\nc,0.8\n", "b,85%\na,0.6\nc,0.8\n"])
def test_where_some_cells_have_the_sign_of_per_cent_those_without_are_refused(rows: str, tmp_path: Path) -> None:
    mapping = TableMap(
        id=("name",), problem=Said("p"), measurements=(MeasuredColumn(Said("acc"), "acc", percent=True),)
    )
    found = of_text(tmp_path, f"name,acc\n{rows}d,\ne,nan\n", mapping)
    assert [reason.partition(",")[0] for _, reason in told(found)] == [
        "acc is '0.6' without a sign of per cent", "acc is '0.8' without a sign of per cent",
    ]  # fmt: skip
    assert [(m.external_id, [each.value for each in m.measurements]) for m in found.methods] == [
        ("b", [0.85]), ("d", []), ("e", [None]),
    ]  # fmt: skip
    assert [m.measurements[0].value for m in of_text(tmp_path, "name,acc\na,60\nb,85\n", mapping).methods] == [
        0.6,
        0.85,
    ]


def test_errors_and_numbers_of_seeds_of_rows_that_are_runs_are_told_and_not_lost_without_a_word(tmp_path: Path) -> None:
    acc = MeasuredColumn(metric=Said("acc"), column="acc", error="se", n_seeds="n")
    mapping = TableMap(id=("name",), problem=Said("p"), seed="seed", measurements=(acc,))
    (method,) = of_text(tmp_path, "name,seed,acc,se,n\na,1,0.5,0.1,5\na,2,0.7,0.2,5\n", mapping).methods
    (found,) = method.measurements
    assert (found.value, found.n_seeds) == (0.6, 2)
    assert found.source == (
        "mean of the values of 2 seeds; the error and number of seeds that each row states is of it alone, and in the "
        "raw record"
    )


def test_what_is_longer_than_any_map_is_not_read_to_its_end(tmp_path: Path) -> None:
    long = tmp_path / "long.toml"
    long.write_bytes(b"#" * 1_000_001)
    with pytest.raises(SourceError, match=r"long\.toml is no map of columns: it is longer than 1,000,000 bytes"):
        read_table_map(long)
    with pytest.raises(SourceError, match=r"/dev/zero cannot be read \(it is a pipe or a device and no plain file\)"):
        read_table_map(Path("/dev/zero"))
