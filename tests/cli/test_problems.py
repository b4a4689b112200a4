"""``reviewer problems``: what it prints, and how it exits."""

from pathlib import Path

import pytest

from reviewer.cli.main import main
from tests.builders import build_store, measured, record


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("REVIEWER_CONFIG", "REVIEWER_NAME"):
        monkeypatch.delenv(name, raising=False)
    built = build_store(tmp_path, record(measurements=(measured(),)))
    built.close()
    monkeypatch.setenv("REVIEWER_STORE", str(built.path))
    return built.path


def test_problems_are_listed_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--reviewer", "kim", "problems"]) == 0
    out = capsys.readouterr().out
    assert "weak_to_strong  1 proposals, 0 baselines, 0 references; 0 judged by kim" in out
    assert "pgr (higher), loss (lower), mood (unknown)" in out
    assert "survives if: not written yet" in out
