"""Where the tests of the command run: without a person's own config, store, log, name and locale."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.workflow.logs import stop_logging
from tests.builders import build_store, measured, record


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every place lie below ``tmp_path``: the store in ``data``, the log in ``state``."""
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("REVIEWER_STORE", "REVIEWER_CONFIG", "REVIEWER_NAME", "_REVIEWER_COMPLETE", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    yield
    stop_logging()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default store, with one proposal that measured something."""
    built = build_store(tmp_path, record(measurements=(measured(),)))
    built.close()
    monkeypatch.setenv("REVIEWER_STORE", str(built.path))
    return built.path
