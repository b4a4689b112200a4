"""Telling afterwards: settings, directions and other names of datasets."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.store.connection import Store
from reviewer.store.news import brought_so_far
from reviewer.workflow.setting_rule import SettingRule, parse_settings
from reviewer.workflow.telling import choose_problem, tell
from tests.builders import build_store, import_records, measured, record, table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(
        tmp_path, record("p1", measurements=(measured(), measured(dataset="math", setting=Setting.HELD_OUT)))
    )


def told(store: Store, **more: Any) -> int:
    given: dict[str, Any] = {"settings": SettingRule(), "directions": {}, "aliases": {}}
    return tell(store, choose_problem(store, None), **(given | more))


def settings(store: Store) -> dict[str, str]:
    return dict(table(store, "SELECT DISTINCT dataset, setting FROM measurements"))


def test_only_unknown_settings_are_told_unless_one_overwrites(store: Store) -> None:
    assert told(store, settings=parse_settings("lab")) == 1
    assert settings(store) == {"chat": "lab", "math": "held_out"}
    assert told(store, settings=parse_settings("pilot"), overwrite=True) == 2
    assert settings(store) == {"chat": "pilot", "math": "pilot"}
    assert told(store, settings=parse_settings("pilot"), overwrite=True) == 0


def test_a_telling_that_changes_something_can_be_noticed_and_one_that_does_not_cannot(store: Store) -> None:
    def noticed() -> int:
        with store.read() as connection:
            return brought_so_far(connection, 1, 1).told

    for more in ({"settings": parse_settings("lab")}, {"directions": {"pgr": Direction.LOWER}}):
        before = noticed()
        told(store, **more)
        assert noticed() == before + 1
        told(store, **more)
        assert noticed() == before + 1


def test_a_direction_and_the_primary_metric_are_told(store: Store) -> None:
    told(store, directions={"mood": Direction.LOWER}, primary_metric="mood", primary_dataset="math")
    problem = choose_problem(store, None).problem
    assert problem.metric("mood").direction is Direction.LOWER
    assert (problem.primary_metric, problem.primary_dataset) == ("mood", "math")


def test_an_alias_moves_what_was_measured_under_it(store: Store) -> None:
    import_records(store, record("p2", measurements=(measured(dataset="talk"),)))
    assert told(store, aliases={"talk": "chat"}) == 1
    assert table(store, "SELECT DISTINCT dataset FROM measurements ORDER BY 1") == [("chat",), ("math",)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"directions": {"speed": Direction.LOWER}}, "has no metric 'speed'"),
        ({"primary_metric": "speed"}, "has no metric 'speed'"),
        ({"aliases": {"talk": "chats"}}, "has no dataset 'chats'"),
        ({"settings": parse_settings("chats=lab")}, "has no dataset 'chats'"),
    ],
)
def test_what_the_problem_does_not_have_is_refused(store: Store, more: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        told(store, **more)
    assert settings(store) == {"chat": "unknown", "math": "held_out"}


def test_one_problem_needs_no_name_and_two_do(store: Store) -> None:
    assert choose_problem(store, None).problem.slug == "weak_to_strong"
    with pytest.raises(UserError, match="no problem 'x'; the store has weak_to_strong"):
        choose_problem(store, "x")
    import_records(store, record("q", problem="other"), problem=Problem("other"))
    with pytest.raises(UserError, match="Name one problem by --problem"):
        choose_problem(store, None)
    assert choose_problem(store, "other").problem.slug == "other"
