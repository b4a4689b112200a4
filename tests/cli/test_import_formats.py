"""``reviewer import`` of what others' tools leave behind, from the command line to the numbers in the store."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from tests.sources.inspect_fixture import log, score, write_eval, write_json
from tests.sources.openevolve_fixture import build_run
from tests.sources.shinka_fixture import build_database


@pytest.fixture(autouse=True)
def default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    store = tmp_path / "store" / "s.db"
    store.parent.mkdir()
    monkeypatch.setenv("REVIEWER_STORE", str(store))
    return store


def rows(store: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute(sql).fetchall()


MEASURED = (
    "SELECT m.role, m.title, x.metric, x.value, x.standard_error, x.n_test FROM methods m "
    "JOIN measurements x ON x.method_id = m.id JOIN revisions r ON r.id = x.revision_id AND r.current ORDER BY 2, 3"
)


def test_inspect_logs_as_agent_and_baseline(
    tmp_path: Path, default_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    write_eval(logs / "a.eval", log(eval={"model": "acme/base", "eval_id": "a"}))
    results = {"completed_samples": 40, "scores": [score(accuracy=0.9, stderr=0.05)]}
    write_json(logs / "b.json", log(eval={"model": "acme/agent", "eval_id": "b"}, results=results))
    (logs / "c.eval").write_bytes(b"PK\x03\x04cut off")
    assert main(["import", str(logs), "--baseline", "model=base", "--setting", "lab"]) == 2
    out, err = capsys.readouterr()
    assert "2 new, 0 changed, 0 unchanged, 1 rejected   (1 proposal; read as inspect)" in out
    assert f"rejected: {logs / 'c.eval'}: cannot be read as a ZIP archive" in err
    assert rows(default_store, MEASURED) == [
        ("proposal", "agent on sums", "match/accuracy", 0.9, 0.05, 40),
        ("baseline", "base on sums", "match/accuracy", 0.75, 0.07, 40),
    ]
    assert rows(default_store, "SELECT slug, title, primary_metric FROM problems") == [
        ("sums", "sums", "match/accuracy")
    ]  # fmt: skip
    (logs / "c.eval").unlink()
    assert main(["import", str(logs), "--baseline", "model=base"]) == 0
    assert "0 new, 0 changed, 2 unchanged" in capsys.readouterr().out
    assert main(["import", str(logs), "--baseline", "model=nobody", "--dry-run"]) == 2
    assert "`--baseline model=nobody`: nothing that was read is so" in capsys.readouterr().out
    raw = rows(
        default_store, "SELECT raw FROM revisions r JOIN methods m ON m.id = r.method_id AND m.external_id = 'b'"
    )
    assert json.loads(str(raw[0][0]))["eval"]["model"] == "acme/agent"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (["model"], "'model' is no field with its value; write it as in model=gpt-4o"),
        (["=x"], "'=x' is no field with its value"),
        (["model="], "'model=' is no field with its value"),
        (["colour=red"], "the format inspect has no field 'colour' to tell baselines by; it has model, solver"),
    ],
)
def test_a_rule_that_is_none_is_told(
    tmp_path: Path, default_store: Path, capsys: pytest.CaptureFixture[str], rule: list[str], said: str
) -> None:
    path = write_eval(tmp_path / "a.eval", log())
    assert main(["import", str(path), "--baseline", *rule]) == 2
    assert said in capsys.readouterr().err
    assert not default_store.exists()


def test_baselines_that_files_tell_themselves_take_no_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "ours.jsonl"
    path.write_text('{"type": "proposal", "id": "a", "title": "A", "problem": "p"}\n')
    assert main(["import", str(path), "--baseline", "agent=x"]) == 2
    assert "its files say themselves what is a baseline" in capsys.readouterr().err
    assert main(["import", "--list", "--baseline", "agent=x"]) == 2
    assert "--list stands alone" in capsys.readouterr().err


def test_programs_of_openevolve(tmp_path: Path, default_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = build_run(tmp_path / "packing")
    assert main(["import", str(run), "--baseline", "generation=0", "--problem", "packing"]) == 0
    out = capsys.readouterr().out
    assert "3 new, 0 changed, 0 unchanged, 0 rejected   (2 proposals; read as openevolve)" in out
    assert rows(default_store, "SELECT external_id, role, parent, run FROM methods ORDER BY 1") == [
        ("aaaa-0", "baseline", "", "packing"), ("bbbb-1", "proposal", "aaaa-0", "packing"),
        ("cccc-2", "proposal", "bbbb-1", "packing"),
    ]  # fmt: skip


def test_programs_of_shinka(tmp_path: Path, default_store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = build_database(tmp_path / "evolution_db.sqlite")
    assert main(["import", str(path), "--baseline", "generation=0"]) == 0
    assert "3 new, 0 changed, 0 unchanged, 0 rejected   (2 proposals; read as shinka)" in capsys.readouterr().out
    assert [row[2:4] for row in rows(default_store, MEASURED) if row[0] == "baseline"] == [
        ("combined_score", 0.31), ("private/holdout", 0.2), ("radius", 0.3),
    ]  # fmt: skip
