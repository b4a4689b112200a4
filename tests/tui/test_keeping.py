"""What people did is kept in the background of the open app, and what hinders that is in the log alone."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.store.connection import Store
from reviewer.tui import app as app_module
from tests.tui.triage_app import records, store_with, toasts, triage


async def test_it_is_kept_off_the_screen_s_thread_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "KEEPING_WAITS_SECONDS", 0.2)
    monkeypatch.setattr(app_module, "HOUR_SECONDS", 0.05)
    asked: list[str] = []
    failures: list[BaseException] = []

    def keep(store: Store) -> None:
        assert store.path == tmp_path / "reviewer.db"
        asked.append(threading.current_thread().name)
        if len(asked) == 1:
            raise OSError("the disk is full")

    original = app_module.ReviewerApp.on_mount

    def on_mount(app: app_module.ReviewerApp) -> None:
        app.opening = replace(app.opening, keep_acts=keep)
        original(app)

    monkeypatch.setattr(app_module.ReviewerApp, "on_mount", on_mount)
    async with triage(store_with(tmp_path, *records()), failures=failures) as shown:
        await shown.until(lambda: len(asked) > 2)
        assert toasts(shown.app) == []
    assert all(name.startswith("keeping") for name in asked)
    assert [str(f) for f in failures] == ["the disk is full"]
