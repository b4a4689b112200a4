"""``reviewer outcomes``: the ledger as a table and as JSON, the CSV out and in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.methods import Measurement
from reviewer.domain.vocabulary import Act, Role, Setting
from reviewer.store.connection import Store
from reviewer.workflow import judging
from tests.builders import act, build_session, build_store, import_records, judge, measured, record, table


def in_lab_and_held_out(lab: float, held_out: float) -> tuple[Measurement, ...]:
    return measured(lab, setting=Setting.LAB), measured(held_out, "math", setting=Setting.HELD_OUT)


@pytest.fixture
def judged(store: Path) -> Path:
    """A store in which two people forecast a proposal, which then failed."""
    opened = Store(store)
    import_records(
        opened,
        record("p2", measurements=in_lab_and_held_out(0.8, 0.5)),
        record("b1", Role.BASELINE, measurements=in_lab_and_held_out(0.2, 0.3)),
    )
    kim, noor = build_session(opened), build_session(opened, "noor")
    act(kim, 2, Act.FORECAST, judging.set_forecast(0.2))
    act(noor, 2, Act.FORECAST, judging.set_forecast(0.7))
    judge(noor, 2)
    opened.close()
    assert main(["outcome", "run-1/p2", "failed", "--date", "2026-01-01", "--by", "lee", "--metric", "pgr", "--effect",
                 "0.05", "--error", "0.04", "--setting", "production", "--constraint", "cost"]) == 0  # fmt: skip
    return store


def test_the_table_has_what_was_measured_forecast_and_lost(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["outcomes", "--reviewer", "noor"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "weak_to_strong: 1 outcome",
        "date        result  of   lab    gain: lab  held out  production     lost held out  lost then  bit   forecasts"
        "            id",
        "2026-01-01  failed  pgr  0.800  +0.600     +0.200    +0.050 ±0.040  0.400          0.150      cost  "
        "kim 20 %, noor 70 %  run-1/p2",
        "Of 1 proposal that you judged: 1 resolved, 0 open, 0 unresolved past their day (not failed).",
    ]


@pytest.mark.parametrize(
    ("who", "shown", "sentence"),
    [
        (["--reviewer", "kim"], "kim 20 %, ?", "? others' forecasts are shown once you have given a verdict yourself."),
        ([], "  ?  ", "? others' forecasts are shown to who has given a verdict; --reviewer says who you are."),
    ],
)
def test_what_others_forecast_is_kept_back_until_one_has_judged(
    judged: Path, who: list[str], shown: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main([*who, "outcomes"]) == 0
    out = capsys.readouterr().out
    assert shown in out
    assert sentence in out
    assert "70" not in out
    assert "noor" not in out
    assert main([*who, "outcomes", "--json"]) == 0
    assert "noor" not in capsys.readouterr().out


def test_json_has_every_figure(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["outcomes", "--json", "--reviewer", "noor", "--problem", "weak_to_strong"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["external_id"], row["result"], row["effect"], row["constraint"]) == ("p2", "failed", 0.05, "cost")
    assert row["stages"]["lab"]["gain"] == {"value": pytest.approx(0.6), "standard_error": None}
    assert [f["forecast"] for f in row["forecasts"]] == [0.2, 0.7]


def test_where_nobody_has_said_anything_it_says_how(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcomes"]) == 0
    assert capsys.readouterr().out == (
        "Nobody has said yet what became of a proposal; `reviewer outcome PROPOSAL failed` does.\n"
    )
    assert main(["outcomes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["outcomes", "--problem", "none"]) == 2
    assert "There is no problem 'none'" in capsys.readouterr().err


def test_a_csv_goes_out_and_comes_in_again(judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "o.csv"
    capsys.readouterr()
    assert main(["outcomes", "export", "-o", str(path)]) == 0
    assert capsys.readouterr().err == f"Wrote 1 outcome to {path}.\n"
    assert main(["outcomes", "import", str(path)]) == 0
    assert capsys.readouterr().out == ("0 new (0 of them in place of what was said before), 1 unchanged, 0 rejected\n")
    assert main(["outcomes", "export", "-o", str(path)]) == 0, "an export of ours gives way"
    path.write_text("notes")
    assert main(["outcomes", "export", "-o", str(path)]) == 2
    assert "is there already and is no export" in capsys.readouterr().err
    ran = subprocess.run(
        [sys.executable, "-m", "reviewer", "outcomes", "export"], capture_output=True, check=True, timeout=60
    )
    assert ran.stdout.startswith(b"proposal_id,namespace,external_id,problem,")
    assert ran.stdout.count(b"\r\n") == 2


def test_what_cannot_be_taken_in_is_told_by_line_with_status_2(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "o.csv"
    path.write_text("proposal,result,date,colour\nrun-1/p1,failed,2026-01-01,red\nrun-1/p1,maybe,2026-01-01,red\n")
    assert main(["outcomes", "import", str(path), "--by", "kim"]) == 2
    out, err = capsys.readouterr()
    assert out == (
        "1 new (0 of them in place of what was said before), 0 unchanged, 1 rejected\n"
        "Columns that mean nothing here were left out: 'colour'.\n"
    )
    assert err == (f"rejected: {path}, line 3: The result 'maybe' is none of survived, failed, partly, withdrawn.\n")
    assert table(Store(store), "SELECT result FROM outcomes") == [("failed",)]
    path.write_text("\n".join(["proposal,result,date", *["x,failed,2026-01-01"] * 25]))
    assert main(["outcomes", "import", str(path), "--by", "kim"]) == 2
    assert capsys.readouterr().err.endswith("… and 5 more.\n")


def test_options_stand_where_they_belong(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcomes", "--json", "export"]) == 2
    assert "options of 'export' stand behind it" in capsys.readouterr().err
    assert main(["outcomes", "import", "none.csv", "--by", "kim"]) == 2
    assert "none.csv cannot be read (No such file or directory)" in capsys.readouterr().err


def test_outcomes_whose_columns_are_called_otherwise_come_in_by_a_map(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = build_store(tmp_path, record("p1"))
    built.close()
    (tmp_path / "told.csv").write_text(
        "Paper,Status,result,decided\np1,Accepted,7,2026-01-05\np1,unclear,7,2026-01-05\n"
    )
    (tmp_path / "map.toml").write_text(
        '[columns]\nproposal = "Paper"\nresult = "Status"\ndate = "decided"\n[result.words]\naccepted = "survived"\n'
    )
    words = ["import", str(tmp_path / "told.csv"), "--as", "outcomes", "--store", str(built.path), "--reviewer", "kim"]
    assert main([*words, "--map", str(tmp_path / "map.toml")]) == 2
    told = capsys.readouterr()
    assert told.out.startswith("1 new (0 of them in place of what was said before), 0 unchanged, 1 rejected\n")
    assert "The result 'unclear' is none of survived" in told.err
    assert table(Store(built.path), "SELECT result, happened_on FROM current_outcomes") == [("survived", "2026-01-05")]
    (tmp_path / "map.toml").write_text('[columns]\nproposal = "Papre"\n')
    assert main([*words, "--map", str(tmp_path / "map.toml")]) == 2
    assert "has no column 'papre', which [columns] names" in capsys.readouterr().err


def test_what_gives_way_is_told_line_by_line_as_far_as_it_is_not_too_much(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Store(store)
    import_records(opened, *(record(f"q{i}") for i in range(22)))
    opened.close()
    path = tmp_path / "told.csv"
    for result in ("survived", "failed"):
        path.write_text("proposal,result,date\n" + "".join(f"run-1/q{i},{result},2026-01-01\n" for i in range(22)))
        assert main(["outcomes", "import", str(path), "--by", "kim"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "22 new (22 of them in place of what was said before), 0 unchanged, 0 rejected"
    assert lines[2] == (
        "line 2: the outcome of run-1/q0 (failed, 2026-01-01) takes the place of what was said before "
        "(survived, 2026-01-01, said by kim)."
    )
    assert len(lines) == 23
    assert lines[22] == "… and 2 more."
