"""``reviewer import`` of logs, Markdown and single texts, from the file to what is told of the evidence."""

from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store


@pytest.fixture(autouse=True)
def default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))


def test_a_log_becomes_proposals_beside_its_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run-7" / "results.tsv"
    path.parent.mkdir()
    path.write_text(
        "commit\tval_bpb\tmemory_gb\tstatus\tdescription\n"
        "0a1b2c3\t0.9979\t44.0\tkeep\tbaseline\n"
        "1b2c3d4\t0.9860\t43.9\tkeep\thalf the batch\n"
        "## Phase 2\n"
        "2c3d4e5\t0.0000\t0.0\tcrash\tdouble width\n"
        "3d4e5f6\t0.9801\t60.2\tdiscard\tdepth 9"
    )
    assert main(["import", str(path.parent), "--setting", "lab", "--problem", "speedrun"]) == 2
    told = capsys.readouterr()
    assert "4 new, 0 changed, 0 unchanged, 1 rejected   (3 proposals; read as autoresearch)" in told.out
    assert f"rejected: {path}, line 4: is no row: it has no tabs, where a row has 5 cells" in told.err
    assert main(["set", "--problem", "speedrun", "--direction", "val_bpb=lower"]) == 0
    with closing(Store(tmp_path / "s.db")) as store, store.read() as connection:
        (run,) = connection.execute("SELECT DISTINCT namespace FROM methods").fetchone()
    assert main(["evidence", f"{run}/1b2c3d4"]) == 0
    assert "0.998" in capsys.readouterr().out
    assert main(["leaderboard", "speedrun", "--metric", "val_bpb"]) == 0
    board = capsys.readouterr().out
    assert board.index("depth 9") < board.index("half the batch")
    moved = path.parent.rename(tmp_path / "run-seven")
    assert main(["import", str(moved), "--problem", "speedrun"]) == 2
    assert "0 new, 0 changed, 4 unchanged, 1 rejected" in capsys.readouterr().out


def test_a_folder_of_markdown_becomes_proposals_beside_baselines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ideas"
    folder.mkdir()
    (folder / "README.md").write_text("# Ideas\n")
    (folder / "vanilla.md").write_text(
        "---\ntitle: Vanilla\nrole: baseline\nproblem: w2s\ndataset: chat\nmetrics: {pgr: 0.2}\n---\nAs it is.\n"
    )
    (folder / "em.md").write_text(
        "---\ntitle: EM\nproblem: w2s\nparent: vanilla\ndataset: chat\nmetrics: {pgr: 0.7}\nmoood: x\n---\nNoise.\n"
    )
    assert main(["import", str(folder), "--setting", "lab"]) == 0
    told = capsys.readouterr().out
    assert "2 new, 0 changed, 0 unchanged, 0 rejected   (1 proposal; read as markdown)" in told
    assert "1 file in" in told
    assert "README.md" in told
    assert "moood (1" in told
    assert main(["evidence", "local/em"]) == 0
    assert "Vanilla" in capsys.readouterr().out
    assert main(["import", str(folder)]) == 0
    assert "0 new, 0 changed, 2 unchanged" in capsys.readouterr().out


def test_a_text_that_is_named_becomes_a_proposal_and_a_table_does_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.md"
    report.write_text("# A noisy channel\n\nIt reaches 0.93.\n")
    assert main(["import", str(report), "--problem", "w2s"]) == 0
    assert "(1 proposal; read as report)" in capsys.readouterr().out
    table = tmp_path / "table.csv"
    table.write_text("name,value,note\na,1,x\nb,2,y\n")
    assert main(["import", str(table)]) == 2
    assert "is a table with the columns name, value, note" in capsys.readouterr().err


def test_beside_another_problem_it_is_told_how_one_says_which_way_a_metric_is_better(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idea, log = tmp_path / "em.md", tmp_path / "results.tsv"
    idea.write_text("---\ntitle: EM\nproblem: w2s\n---\nNoise.\n")
    log.write_text("commit\tval_bpb\tstatus\tdescription\n0a1b2c3\t0.9979\tkeep\tbaseline\n1b2c3d4\t0.98\tkeep\tx\n")
    assert main(["import", str(idea)]) == 0
    assert main(["import", str(log), "--dry-run", "--direction", "val_bpb=lower"]) == 0
    assert "If not," not in capsys.readouterr().out
    assert main(["import", str(log)]) == 0
    assert "If not, `--direction val_bpb=higher` (or lower) tells which way a metric is better." in (
        capsys.readouterr().out
    )


def test_an_explanation_leaves_no_column_of_a_log_or_text_of_an_idea_to_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    idea, log = tmp_path / "em.md", tmp_path / "results.tsv"
    idea.write_text("---\ntitle: EM\nproblem: w2s\n---\nNoise.\n")
    log.write_text("commit\tval_bpb\tmemory_gb\tstatus\tdescription\n0a1b2c3\t0.9979\t44\tkeep\tbaseline\n")
    assert main(["import", "--explain", str(idea), str(log)]) == 0
    assert "Named by none of these" not in capsys.readouterr().out
