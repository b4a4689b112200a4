"""What AI Scientists and AIDE left behind, from the files to what a person reads of it."""

from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.sources.idea_text import idea_id
from tests.sources.ai_scientist_fixture import (
    LISTED,
    build_idea_folder,
    build_search_folder,
    failed,
    journal,
    node,
    node_id,
    write,
)


@pytest.fixture(autouse=True)
def default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))


def told(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    assert main(command) == 0
    return " ".join(capsys.readouterr().out.split())


def test_an_idea_that_was_tried_stands_beside_its_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = build_idea_folder(tmp_path / "results")
    write(folder / "experiment.py", "print(1)\n")
    out = told(capsys, "import", str(folder))
    # Three ideas and the baseline; what came of one idea changes it; the seed is one of the three.
    assert "4 new, 1 changed, 1 unchanged, 0 rejected (5 proposals; read as ai-scientist)" in out
    assert "experiment.py" in out
    assert "notes.txt" not in out
    assert "0 new, 0 changed, 6 unchanged" in told(capsys, "import", str(folder))
    evidence = told(capsys, "evidence", idea_id(LISTED[1]))
    assert "1.3" in evidence
    assert "1.5" in evidence


def test_a_search_is_in_order_of_its_metric(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nodes = [node(2), failed(1), node(0)]
    path = write(tmp_path / "0-calm-robin" / "journal.json", journal(nodes, {2: 0}))
    assert "3 new, 0 changed, 0 unchanged, 0 rejected" in told(capsys, "import", str(path))
    board = told(capsys, "leaderboard")
    assert "lower is better" in board
    assert board.index("Plan 0 is short.") < board.index("Plan 2 is short.")
    assert "1 method of the problem has no value here." in board


def test_attempts_and_repeats_of_the_second_version_are_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = build_search_folder(tmp_path)
    assert "5 new, 0 changed, 0 unchanged, 0 rejected (4 proposals;" in told(capsys, "import", str(folder))
    assert "0 new, 0 changed, 5 unchanged" in told(capsys, "import", str(folder))
    evidence = told(capsys, "evidence", node_id(2))
    assert "0.65" in evidence
    assert "2 repeats with another seed" in evidence


def test_a_folder_with_all_of_them_is_read_as_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_idea_folder(tmp_path / "all")
    build_search_folder(tmp_path / "all")
    write(tmp_path / "all" / "logs" / "journal.json", journal([node(90)], {}))
    out = told(capsys, "import", str(tmp_path / "all"))
    assert "0 rejected" in out
    assert all(name in out for name in ("ai-scientist,", "ai-scientist-v2", "aide"))
