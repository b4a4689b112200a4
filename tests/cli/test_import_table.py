"""``reviewer import`` of any table: a map is begun, filled in, read by, saved, and found again by the columns."""

import os
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.sources.table_map import read_table_map
from reviewer.workflow.table_maps import save_map

TABLE = """Method;Kind;Idea;Accuracy;Accuracy SE;notes
Dense;human;Attend to all of it.;71,0;0,8;
Top-k;agent;Attend to the k largest.;72,4;1,1;fast
Routed;agent;Let a router choose.;OOM;;
Local;agent;Attend to what is near.;69,9
"""
MAP = """
decimal = ","
[method]
id = "Method"
problem = "sparse-attention"
[role]
column = "Kind"
[role.words]
human = "baseline"
agent = "proposal"
[[text]]
column = "Idea"
[[measurement]]
metric = "accuracy"
column = "Accuracy"
error = "Accuracy SE"
dataset = "long-context"
direction = "higher"
setting = "lab"
percent = true
primary = true
"""


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config" / "config.toml"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").touch()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "runs.csv"
    path.write_text(TABLE)
    return path


def rows(tmp_path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection:
        return connection.execute(sql).fetchall()


def test_a_table_without_a_map_is_named_with_its_columns_and_with_how_to_begin(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(table)]) == 2
    err = capsys.readouterr().err
    assert "is a table with the columns Method, Kind, Idea, Accuracy, Accuracy SE, notes; what they mean" in err
    assert "`reviewer import FILE --as proposals > map.toml` begins a map" in err
    assert not (tmp_path / "s.db").exists()


def test_a_map_is_begun_by_the_names_of_the_columns_and_declares_nothing(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(table), "--as", "proposals"]) == 0
    begun = capsys.readouterr().out
    columns = ["Method", "Kind", "Idea", "Accuracy", "Accuracy SE", "notes"]
    assert tomllib.loads(begun) == {"made_for": columns, "method": {"id": ""}}
    for proposed in (
        '# decimal = ","',
        ': "Method"?',
        '# column = "Kind"',
        '# error = "Accuracy SE"',
        '# "human" = ""',
    ):
        assert proposed in begun
    assert main(["import", str(table), "--as", "proposals", "--problem", "p"]) == 2


def test_each_row_comes_in_beside_its_baseline_or_is_told_with_line_and_reason(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    assert main(["import", str(table), "--map", str(tmp_path / "map.toml"), "--dry-run"]) == 2
    assert "would be 2 new, 0 changed, 0 unchanged, 2 rejected" in capsys.readouterr().out
    assert not (tmp_path / "s.db").exists()
    assert main(["import", str(table), "--map", str(tmp_path / "map.toml")]) == 2
    out, err = capsys.readouterr()
    assert "2 new, 0 changed, 0 unchanged, 2 rejected   (1 proposal; read as table)" in out
    assert "of which the map says nothing stay in the raw records alone: notes (1)." in out
    assert f"{table}, line 4: Accuracy is 'OOM', which is no number; missing = [...] in the map names words" in err
    assert f"{table}, line 5: It has 4 cells, and the first line names 6 columns." in err
    found = rows(
        tmp_path,
        "SELECT m.role, m.title, x.value, x.standard_error, x.setting, p.primary_metric, p.primary_dataset "
        "FROM methods m JOIN measurements x ON x.method_id = m.id JOIN problems p ON p.id = m.problem_id ORDER BY m.id",
    )
    assert found == [
        ("baseline", "Dense", 0.71, 0.008, "lab", "accuracy", "long-context"),
        ("proposal", "Top-k", pytest.approx(0.724), pytest.approx(0.011), "lab", "accuracy", "long-context"),
    ]
    assert rows(tmp_path, "SELECT direction FROM metrics") == [("higher",)]
    assert rows(tmp_path, "SELECT place FROM rejects ORDER BY id") == [("line 4",), ("line 5",)]
    assert main(["import", str(table), "--map", str(tmp_path / "map.toml"), "--as", "proposals"]) == 2
    assert "0 new, 0 changed, 2 unchanged, 2 rejected" in capsys.readouterr().out


def test_a_saved_map_is_used_for_the_same_columns_and_named_and_another_outweighs_it(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    maps = tmp_path / "config" / "maps"
    columns = ("Method", "Kind", "Idea", "Accuracy", "Accuracy SE", "notes")
    saved = save_map(maps, "sweeps", read_table_map(tmp_path / "map.toml"), columns)
    assert main(["import", str(table)]) == 2
    out = capsys.readouterr().out
    assert f"{table} was read by the saved map sweeps ({saved.path}); --map takes another." in out
    assert "2 new" in out
    (tmp_path / "other.toml").write_text('[method]\nid = "Method"\nproblem = "other"\n')
    main(["import", str(table), "--map", str(tmp_path / "other.toml")])
    assert "saved map" not in capsys.readouterr().out
    table.write_text(TABLE.replace("notes", "remarks"))
    assert main(["import", str(table)]) == 2
    assert "what they mean is for you to say" in capsys.readouterr().err


def test_a_saved_map_that_is_broken_is_told_with_what_is_wrong_in_it(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    maps = tmp_path / "config" / "maps"
    maps.mkdir(parents=True)
    broken = maps / "broken.toml"
    broken.write_text("[method")
    told = f"A saved map cannot be used and was passed over: {broken}: not TOML: "
    for more in ([], ["--dry-run"], ["--explain"]):
        assert main(["import", str(table), *more]) == 2
        said = capsys.readouterr()
        # What is explained is wrapped, and a long path broken.
        run_together = "".join((said.out + said.err).split())
        assert "whattheymeanisforyoutosay" in run_together
        assert "".join(told.split()) in run_together
    columns = ("Method", "Kind", "Idea", "Accuracy", "Accuracy SE", "notes")
    saved = save_map(maps, "sweeps", read_table_map(tmp_path / "map.toml"), columns)
    os.utime(saved.path, (1_000_000, 1_000_000))
    assert main(["import", str(table)]) == 2
    out = capsys.readouterr().out
    assert told in out
    assert f"{table} was read by the saved map sweeps" in out
    assert "2 new" in out


def test_a_large_table_is_read_in_the_other_process_by_its_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("reviewer.workflow.reading.APART_FROM", 1)
    monkeypatch.setattr("reviewer.workflow.apart.worth_it", lambda: True)
    (tmp_path / "map.toml").write_text('[method]\nid = "id"\nproblem = "p"\n')
    path = tmp_path / "large.csv"
    path.write_text("id,text\n" + "".join(f"m{n},{n}\n" for n in range(1_000)))
    assert main(["import", str(path), "--map", str(tmp_path / "map.toml")]) == 0
    assert "1000 new" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["--as", "proposals", "--missing", "make"],
        ["--list", "--map", "map.toml"],
        ["--as", "outcomes", "--dry-run"],
    ],
)
def test_what_does_not_go_together_is_said(words: list[str], table: Path, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    given = [str(tmp_path / word) if word == "map.toml" else word for word in words]
    assert main(["import", *([] if "--list" in words else [str(table)]), *given]) == 2


def test_what_columns_become_and_what_stays_unsaid_is_explained_by_the_map(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.toml").write_text(MAP.replace('setting = "lab"\n', ""))
    main(["import", str(table), "--explain", "--map", str(tmp_path / "m.toml")])
    out = capsys.readouterr().out
    columns = out.partition("What its columns become, by the map:")[2].partition("What would come")[0]
    for column, becomes in (
        ("Method", "what a method is known by"), ("Kind", "what a row is, by what its words mean"),
        ("Accuracy", "the value of accuracy"), ("Accuracy SE", "the standard error of accuracy"),
    ):  # fmt: skip
        assert f"    {column} → {becomes}\n" in columns
    unsaid = out.partition("What neither the table nor the map says:")[2].partition("In all:")[0]
    assert unsaid.split() == ["in", "which", "setting", "it", "was", "measured"]


def test_a_folder_of_tables_says_that_they_need_a_map(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(table.parent)]) == 2
    assert "`reviewer import FILE --as proposals`" in capsys.readouterr().err
    native = '{"type": "proposal", "id": "a", "title": "A", "problem": "p"}\n'
    (table.parent / "a.jsonl").write_text(native)
    assert main(["import", str(table.parent)]) == 0
    assert "1 of them are" not in (out := capsys.readouterr().out)
    assert "is a table. It needs a map" in out


def test_a_header_alone_has_no_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "header.csv"
    path.write_text("name,acc,loss\n")
    assert main(["import", str(path)]) == 2
    assert "is a table with 3 columns and no row" in capsys.readouterr().err


def test_what_is_no_file_of_a_table_is_told_which_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path), "--as", "proposals"]) == 2
    assert "name a table: CSV, TSV, JSON, JSON Lines or Parquet" in capsys.readouterr().err


def test_two_runs_of_a_table_are_told_apart_by_a_name(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    other = tmp_path / "other" / "runs.csv"
    other.parent.mkdir()
    other.write_text(TABLE.replace("72,4", "62,4"))
    by_map = ["--map", str(tmp_path / "map.toml")]
    assert main(["import", str(table), *by_map]) == 2  # Two rows are refused.
    capsys.readouterr()
    told = []
    for more in (["--dry-run"], ["--explain"], []):
        assert main(["import", str(other), *by_map, *more]) == 2
        told.append("".join("".join(capsys.readouterr()).split()))
    words = f"that are in {table} (line 3 there) as well: 'Top-k'. It looks like another run"
    assert all("".join(words.split()) in each and "`--namespaceNAME`" in each and "`--newer`" in each for each in told)
    assert main(["import", str(other), *by_map, "--namespace", "other"]) == 2
    assert "2 new, 0 changed, 0 unchanged, 2 rejected" in capsys.readouterr().out
    assert main(["import", str(other), *by_map, "--newer"]) == 2
    assert "0 new, 1 changed, 1 unchanged, 2 rejected" in capsys.readouterr().out
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT namespace) FROM methods") == [(4, 2)]


@pytest.mark.parametrize("option", [["--newer"], ["--namespace", "x"]])
def test_what_a_run_is_has_no_sense_beside_a_list(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "--list", *option]) == 2
    assert "--list stands alone" in capsys.readouterr().err


def test_a_row_is_counted_once_though_no_row_has_a_column_of_the_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nested.json").write_text('{"rows": [{"id": "a", "acc": 1}]}')
    Path("map.toml").write_text(
        '[method]\nid = "id"\ntitle = "title"\nproblem = "p"\n[[measurement]]\nmetric = "acc"\ncolumn = "acc"\n'
    )
    given = ["import", "nested.json", "--map", "map.toml", "--store", "s.db"]
    assert main([*given, "--dry-run"]) == 0
    assert main([*given, "--explain"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.count("No row of nested.json has the column 'title', which [method] title names.") == 2
    assert "In all: would be 1 new, 0 changed, 0 unchanged, 0 rejected" in told


def test_what_names_no_dataset_and_what_may_be_a_baseline_are_asked_for_once_and_by_no_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("id,acc\na,1\n")
    Path("map.toml").write_text('[method]\nid = "id"\nproblem = "p"\n[[measurement]]\nmetric = "acc"\ncolumn = "acc"\n')
    given = ["import", "t.csv", "--map", "map.toml", "--store", "s.db"]
    assert main([*given, "--dry-run"]) == 0
    assert "The setting is unknown until told: `reviewer set --setting lab`.\n" in capsys.readouterr().out
    assert main([*given, "--explain"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Unknown: in which setting it was measured; `--setting lab` tells it." in told
    in_all = told.partition("In all:")[2]
    assert in_all.count("aseline is in") + in_all.count("is a baseline") == 1
    assert main([*given, "--map", "map.toml"]) == 0
    assert main(["set", "--setting", "lab", "--store", "s.db"]) == 0
