"""Rubrics in the store: a version, once written, never changes."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.rubrics import Constraint
from reviewer.store.rubrics import all_constraint_slugs, save_rubric
from tests.builders import NOW, RUBRIC, build_store, table


def test_version_is_written_once_and_never_changes(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    changed = replace(RUBRIC, constraints=(*RUBRIC.constraints, Constraint("latency", "Latency", "Fast enough?")))
    with store.write() as connection:
        save_rubric(connection, RUBRIC, NOW)
        save_rubric(connection, RUBRIC, NOW)
        with pytest.raises(UserError, match=r"test/1 is in the store with other constraints.*higher version"):
            save_rubric(connection, changed, NOW)
        save_rubric(connection, replace(changed, version=2), NOW)
    assert table(store, "SELECT slug, version FROM rubrics") == [("test", 1), ("test", 2)]
    assert table(store, "SELECT count(*) FROM constraints") == [(7,)]
    assert all_constraint_slugs(store.connection()) == ("scale", "cost", "signals", "latency")


def test_what_is_required_may_change_within_a_version(tmp_path: Path) -> None:
    """Judgements refer to the constraints, not to what had to be filled in."""
    with build_store(tmp_path).write() as connection:
        save_rubric(connection, RUBRIC, NOW)
        save_rubric(connection, replace(RUBRIC, required=("forecast",)), NOW)
